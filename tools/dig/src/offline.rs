//! Messages that are not asked for but given: hex digits, a file, a frame of a capture.

/// What `+decode` names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// Where the octets are.
    pub source: Source,
    /// `+frame=N`: which frame of a capture, counted from 1; `None` lists the frames that hold messages.
    pub frame: Option<u64>,
}

/// Where the octets of a message are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// `+decode=HEX`: in the line itself.
    Line(String),
    /// `+decode=@FILE`; `-` is standard input.
    File(String),
}
