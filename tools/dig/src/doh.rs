//! DNS over HTTPS (RFC 8484): the request, and what its response is worth.
//!
//! HTTP itself is in `http2` and `http3`: one request at a time, as a dialogue that owns no socket.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

mod fields;
pub mod http2;
pub mod http3;
mod huffman;

/// The media type of a message.
const MEDIA_TYPE: &str = "application/dns-message";
/// The longest message, in octets.
const MAX_MESSAGE: usize = 65535;

/// A request for an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    fields: Vec<(&'static str, String)>,
    /// The message, if it does not stand in the path.
    body: Vec<u8>,
}

impl Request {
    /// The request that asks `authority` (the server, and its port) for an answer to `query`.
    pub fn new(query: &[u8], https: bool, get: bool, authority: &str, path: &str) -> Self {
        let mut fields = vec![
            (":method", if get { "GET" } else { "POST" }.to_owned()),
            (":scheme", if https { "https" } else { "http" }.to_owned()),
            (":authority", authority.to_owned()),
        ];
        let accept = ("accept", MEDIA_TYPE.to_owned());
        if get {
            fields.push((":path", format!("{path}?dns={}", URL_SAFE_NO_PAD.encode(query))));
            fields.push(accept);
            return Self { fields, body: Vec::new() };
        }
        fields.push((":path", path.to_owned()));
        fields.push(("content-type", MEDIA_TYPE.to_owned()));
        fields.push(accept);
        fields.push(("content-length", query.len().to_string()));
        Self { fields, body: query.to_vec() }
    }

    fn fields(&self) -> Vec<(&str, &str)> {
        self.fields.iter().map(|(name, value)| (*name, value.as_str())).collect()
    }
}

/// A response, as much of it as came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Response {
    /// The status; `None` if the stream ended without any.
    pub status: Option<u16>,
    content_type: Option<Vec<u8>>,
    content_length: Option<usize>,
    body: Vec<u8>,
}

impl Response {
    /// The message in it; an empty one if it is something else.
    ///
    /// # Errors
    /// [`Refused`] if the status is none of success.
    pub fn message(mut self) -> Result<Vec<u8>, Refused> {
        if !self.status.is_some_and(|status| (200..300).contains(&status)) {
            return Err(Refused { status: self.status });
        }
        let is_message = self.content_type.as_ref().is_none_or(|media_type| {
            media_type.get(..MEDIA_TYPE.len()).is_some_and(|start| start.eq_ignore_ascii_case(MEDIA_TYPE.as_bytes()))
        });
        // A response with this status has no content (RFC 9110, section 15.3.5).
        if !is_message || self.status == Some(204) {
            return Ok(Vec::new());
        }
        self.body.truncate(self.content_length.unwrap_or(MAX_MESSAGE));
        Ok(self.body)
    }

    /// Takes a block of fields. Says whether the final ones have come: those with 1xx only go before them.
    fn take_fields(&mut self, fields: &[fields::Field]) -> Result<(), Broken> {
        let number = |value: &[u8]| std::str::from_utf8(value).ok().and_then(|text| text.parse::<usize>().ok());
        let find = |wanted: &str| fields.iter().find(|(name, _)| name == wanted.as_bytes()).map(|(_, value)| value);
        if self.status.is_some() {
            // Trailers.
            return Ok(());
        }
        let status = find(":status").and_then(|value| number(value)).and_then(|status| u16::try_from(status).ok());
        let status = status.ok_or(Broken("status"))?;
        if (100..200).contains(&status) {
            return Ok(());
        }
        self.status = Some(status);
        self.content_type = find("content-type").cloned();
        self.content_length = find("content-length").and_then(|value| number(value));
        Ok(())
    }

    fn take_body(&mut self, octets: &[u8]) -> Result<(), Broken> {
        if self.body.len().saturating_add(octets.len()) > MAX_MESSAGE {
            return Err(Broken("body: longer than a message can be"));
        }
        self.body.extend_from_slice(octets);
        Ok(())
    }
}

/// The server has no answer for us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The status of HTTP; `None` if it ended the stream without one.
    pub status: Option<u16>,
}

/// What the peer sent is not HTTP as it should be; the part that is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Broken(pub &'static str);

impl fmt::Display for Broken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "broken HTTP: {}", self.0)
    }
}

impl std::error::Error for Broken {}
