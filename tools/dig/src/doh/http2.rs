//! HTTP/2 (RFC 9113), the client's side, one request at a time.
//!
//! [`Client`] owns no socket: octets go in with [`Client::receive`] and come out of [`Client::take_output`].

use super::{Broken, Request, Response, fields};

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const HEADER_LEN: usize = 9;
/// The longest payload of a frame that either side may send, since neither asks for more.
const MAX_PAYLOAD: usize = 16384;
/// The longest block of fields that is taken, in octets.
const MAX_BLOCK: usize = 256 * 1024;
/// How many frames a block of fields may go on in: more are a flood (CVE-2024-28182 and its like).
const MAX_CONTINUATIONS: usize = 8;
/// How much may be sent before the peer says more, on a stream and on the connection.
const WINDOW: i64 = 65535;

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PUSH_PROMISE: u8 = 5;
const PING: u8 = 6;
const GOAWAY: u8 = 7;
const WINDOW_UPDATE: u8 = 8;
const CONTINUATION: u8 = 9;

const ACK: u8 = 0x1;
const END_STREAM: u8 = 0x1;
const END_HEADERS: u8 = 0x4;
const PADDED: u8 = 0x8;
const PRIORITY: u8 = 0x20;

const SETTINGS_HEADER_TABLE_SIZE: u16 = 1;
const SETTINGS_ENABLE_PUSH: u16 = 2;
const SETTINGS_INITIAL_WINDOW_SIZE: u16 = 4;

/// A connection.
#[derive(Debug)]
pub struct Client {
    /// The stream of the request; 0 before the first.
    stream: u32,
    output: Vec<u8>,
    /// Octets of a frame that is not whole.
    input: Vec<u8>,
    /// What of the request's body waits for the peer's leave.
    body: Vec<u8>,
    connection_window: i64,
    stream_window: i64,
    /// What the peer lets each new stream send.
    initial_window: i64,
    response: Response,
    /// A block of fields that goes on in the next frame.
    block: Option<Block>,
    greeted: bool,
    ended: bool,
}

#[derive(Debug)]
struct Block {
    octets: Vec<u8>,
    /// The stream ends with it.
    ends: bool,
    continuations: usize,
}

struct Frame<'a> {
    kind: u8,
    flags: u8,
    stream: u32,
    payload: &'a [u8],
}

impl Default for Client {
    fn default() -> Self {
        Self::new()
    }
}

impl Client {
    /// A connection that begins. The octets of its preface are in the output.
    pub fn new() -> Self {
        let mut client = Self {
            stream: 0,
            output: PREFACE.to_vec(),
            input: Vec::new(),
            body: Vec::new(),
            connection_window: WINDOW,
            stream_window: WINDOW,
            initial_window: WINDOW,
            response: Response::default(),
            block: None,
            greeted: false,
            ended: false,
        };
        let mut settings = Vec::new();
        for (setting, value) in [(SETTINGS_HEADER_TABLE_SIZE, 0_u32), (SETTINGS_ENABLE_PUSH, 0)] {
            settings.extend(setting.to_be_bytes());
            settings.extend(value.to_be_bytes());
        }
        client.send(SETTINGS, 0, 0, &settings);
        client
    }

    /// Sends a request on the next stream.
    pub fn request(&mut self, request: &Request) {
        // Streams of the client are odd.
        self.stream = if self.stream == 0 { 1 } else { self.stream.saturating_add(2) };
        self.stream_window = self.initial_window;
        (self.response, self.block, self.ended) = (Response::default(), None, false);
        let block = fields::hpack(&request.fields());
        let mut chunks = block.chunks(MAX_PAYLOAD).peekable();
        let mut kind = HEADERS;
        while let Some(chunk) = chunks.next() {
            let mut flags = if chunks.peek().is_none() { END_HEADERS } else { 0 };
            if kind == HEADERS && request.body.is_empty() {
                flags |= END_STREAM;
            }
            self.send(kind, flags, self.stream, chunk);
            kind = CONTINUATION;
        }
        self.body.clone_from(&request.body);
        self.send_body();
    }

    /// What has to be sent.
    pub fn take_output(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.output)
    }

    /// Takes octets from the peer.
    ///
    /// # Errors
    /// [`Broken`] if they are not what HTTP/2 allows: the connection is of no more use then.
    pub fn receive(&mut self, octets: &[u8]) -> Result<(), Broken> {
        self.input.extend_from_slice(octets);
        let input = std::mem::take(&mut self.input);
        let mut rest = input.as_slice();
        while let Some((frame, more)) = Frame::parse(rest)? {
            self.handle(&frame)?;
            rest = more;
        }
        self.input = rest.to_vec();
        Ok(())
    }

    /// Whether any of the response has come.
    pub fn has_begun(&self) -> bool {
        self.ended || self.block.is_some() || self.response.status.is_some()
    }

    /// The response, once the peer has ended the stream.
    pub fn take_response(&mut self) -> Option<Response> {
        self.ended.then(|| std::mem::take(&mut self.response))
    }

    fn send(&mut self, kind: u8, flags: u8, stream: u32, payload: &[u8]) {
        let length = u32::try_from(payload.len()).unwrap_or_default().to_be_bytes();
        self.output.extend(length.iter().skip(1));
        self.output.extend([kind, flags]);
        self.output.extend(stream.to_be_bytes());
        self.output.extend_from_slice(payload);
    }

    /// Sends as much of the body as the peer takes.
    fn send_body(&mut self) {
        while !self.body.is_empty() {
            let room = usize::try_from(self.connection_window.min(self.stream_window)).unwrap_or_default();
            let length = self.body.len().min(room).min(MAX_PAYLOAD);
            if length == 0 {
                return;
            }
            let chunk: Vec<u8> = self.body.drain(..length).collect();
            let taken = i64::try_from(length).unwrap_or_default();
            self.connection_window -= taken;
            self.stream_window -= taken;
            let flags = if self.body.is_empty() { END_STREAM } else { 0 };
            self.send(DATA, flags, self.stream, &chunk);
        }
    }

    fn handle(&mut self, frame: &Frame<'_>) -> Result<(), Broken> {
        if !std::mem::replace(&mut self.greeted, true) && frame.kind != SETTINGS {
            return Err(Broken("greeting: no SETTINGS"));
        }
        if self.block.is_some() && (frame.kind != CONTINUATION || frame.stream != self.stream) {
            return Err(Broken("fields: they do not go on"));
        }
        let ours = frame.stream == self.stream && !self.ended;
        match frame.kind {
            DATA => self.data(frame, ours),
            HEADERS => {
                let fragment = frame.without_padding()?;
                let skipped = if frame.flags & PRIORITY == 0 { 0 } else { 5 };
                let fragment = fragment.get(skipped..).ok_or(Broken("HEADERS: too short"))?;
                let ends = frame.flags & END_STREAM != 0;
                self.fields(frame, Block { octets: fragment.to_vec(), ends, continuations: 0 }, ours)
            }
            CONTINUATION => {
                let mut block = self.block.take().ok_or(Broken("CONTINUATION: of nothing"))?;
                block.octets.extend_from_slice(frame.payload);
                block.continuations += 1;
                self.fields(frame, block, ours)
            }
            RST_STREAM if frame.stream == self.stream => {
                self.ended = true;
                Ok(())
            }
            SETTINGS => self.settings(frame),
            PUSH_PROMISE => Err(Broken("PUSH_PROMISE: we take none")),
            PING if frame.flags & ACK == 0 => {
                if frame.payload.len() != 8 {
                    return Err(Broken("PING: not 8 octets"));
                }
                self.send(PING, ACK, 0, frame.payload);
                Ok(())
            }
            GOAWAY => {
                let last = frame.payload.first_chunk().ok_or(Broken("GOAWAY: too short"))?;
                // Later streams than the last are not served.
                self.ended |= u32::from_be_bytes(*last) & 0x7fff_ffff < self.stream;
                Ok(())
            }
            WINDOW_UPDATE => self.window_update(frame),
            // PRIORITY, and kinds that nobody knows yet.
            _ => Ok(()),
        }
    }

    fn data(&mut self, frame: &Frame<'_>, ours: bool) -> Result<(), Broken> {
        // Padding counts too (RFC 9113, section 6.9.1).
        let taken = u32::try_from(frame.payload.len()).unwrap_or_default();
        if taken > 0 {
            self.send(WINDOW_UPDATE, 0, 0, &taken.to_be_bytes());
            if ours {
                self.send(WINDOW_UPDATE, 0, frame.stream, &taken.to_be_bytes());
            }
        }
        if !ours {
            return Ok(());
        }
        if self.response.status.is_none() {
            return Err(Broken("DATA: before the status"));
        }
        self.response.take_body(frame.without_padding()?)?;
        self.ended = frame.flags & END_STREAM != 0;
        Ok(())
    }

    fn fields(&mut self, frame: &Frame<'_>, block: Block, ours: bool) -> Result<(), Broken> {
        if block.octets.len() > MAX_BLOCK || block.continuations > MAX_CONTINUATIONS {
            return Err(Broken("fields: too many"));
        }
        if frame.flags & END_HEADERS == 0 {
            self.block = Some(block);
            return Ok(());
        }
        let fields = fields::read_hpack(&block.octets)?;
        if ours {
            self.response.take_fields(&fields)?;
            self.ended = block.ends;
        }
        Ok(())
    }

    fn settings(&mut self, frame: &Frame<'_>) -> Result<(), Broken> {
        if frame.flags & ACK != 0 {
            return Ok(());
        }
        let (settings, rest) = frame.payload.as_chunks::<6>();
        if frame.stream != 0 || !rest.is_empty() {
            return Err(Broken("SETTINGS"));
        }
        for [high, low, value @ ..] in settings {
            if u16::from_be_bytes([*high, *low]) == SETTINGS_INITIAL_WINDOW_SIZE {
                let window = i64::from(u32::from_be_bytes(*value));
                self.stream_window += window - self.initial_window;
                self.initial_window = window;
            }
        }
        self.send(SETTINGS, ACK, 0, &[]);
        self.send_body();
        Ok(())
    }

    fn window_update(&mut self, frame: &Frame<'_>) -> Result<(), Broken> {
        let increment = frame.payload.first_chunk().ok_or(Broken("WINDOW_UPDATE: too short"))?;
        let increment = i64::from(u32::from_be_bytes(*increment) & 0x7fff_ffff);
        if frame.stream == 0 {
            self.connection_window = self.connection_window.saturating_add(increment);
        } else if frame.stream == self.stream {
            self.stream_window = self.stream_window.saturating_add(increment);
        }
        self.send_body();
        Ok(())
    }
}

impl<'a> Frame<'a> {
    /// The frame at the start, and what follows it; `None` if it is not whole.
    fn parse(octets: &'a [u8]) -> Result<Option<(Self, &'a [u8])>, Broken> {
        let Some((header, rest)) = octets.split_first_chunk::<HEADER_LEN>() else { return Ok(None) };
        let [a, b, c, kind, flags, stream @ ..] = *header;
        let length = usize::try_from(u32::from_be_bytes([0, a, b, c])).unwrap_or(usize::MAX);
        if length > MAX_PAYLOAD {
            return Err(Broken("frame: too long"));
        }
        let Some((payload, rest)) = rest.split_at_checked(length) else { return Ok(None) };
        let stream = u32::from_be_bytes(stream) & 0x7fff_ffff;
        Ok(Some((Self { kind, flags, stream, payload }, rest)))
    }

    fn without_padding(&self) -> Result<&'a [u8], Broken> {
        const PADDING: Broken = Broken("padding");
        if self.flags & PADDED == 0 {
            return Ok(self.payload);
        }
        let (padding, rest) = self.payload.split_first().ok_or(PADDING)?;
        let length = rest.len().checked_sub((*padding).into()).ok_or(PADDING)?;
        rest.get(..length).ok_or(PADDING)
    }
}

#[cfg(test)]
mod tests;
