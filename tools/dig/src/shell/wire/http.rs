//! A connection with HTTP/2 on it, one request at a time.

#![expect(clippy::disallowed_methods, reason = "the shell: when the first octet came")]

use std::io;
use std::time::Instant;

use super::stream::Stream;
use crate::doh::http2::Client;
use crate::doh::{Request, Response};

/// Larger than any frame, so that one read takes all that is there.
const ROOM: usize = 32 * 1024;

/// A connection.
pub(super) struct Http {
    stream: Stream,
    client: Client,
}

impl Http {
    pub(super) fn new(stream: Stream) -> Self {
        Self { stream, client: Client::new() }
    }

    pub(super) fn send(&mut self, request: &Request, until: Instant) -> io::Result<()> {
        self.client.request(request);
        self.flush(until)
    }

    /// Waits until the server has ended the stream of the request, and notes when the first octet of its answer came.
    pub(super) fn response(&mut self, until: Instant, first: &mut Option<Instant>) -> io::Result<Response> {
        let mut room = vec![0; ROOM];
        loop {
            if let Some(response) = self.client.take_response() {
                return Ok(response);
            }
            let octets = match self.stream.read(&mut room, until)? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                got => room.get(..got).unwrap_or_default(),
            };
            self.client.receive(octets).map_err(io::Error::other)?;
            if self.client.has_begun() {
                first.get_or_insert_with(Instant::now);
            }
            self.flush(until)?;
        }
    }

    fn flush(&mut self, until: Instant) -> io::Result<()> {
        let octets = self.client.take_output();
        if octets.is_empty() { Ok(()) } else { self.stream.write_all(&octets, until) }
    }
}
