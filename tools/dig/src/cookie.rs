//! DNS cookies: what came back, held against what was sent.

use std::fmt;

use serde::Serialize;

/// The length of the client's part, in octets.
pub const CLIENT_LEN: usize = 8;

/// What an answer's cookie is worth.
///
/// # Source
/// RFC 7873 section 5.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It begins with ours and the server has added its own.
    Good,
    /// It does not begin with ours.
    Bad,
    /// It is ours and nothing more.
    Echoed,
}

/// Holds the answer's cookie against the query's.
pub fn judge(sent: &[u8], received: &[u8]) -> Verdict {
    let client = |cookie: &[u8]| cookie.get(..CLIENT_LEN.min(cookie.len())).map(<[u8]>::to_vec);
    if client(sent) != client(received) {
        Verdict::Bad
    } else if received.len() <= CLIENT_LEN {
        Verdict::Echoed
    } else {
        Verdict::Good
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Good => "good",
            Self::Bad => "bad",
            Self::Echoed => "echoed",
        })
    }
}
