//! The calls of `lab calls`, from their text: `socket tcp; bind 0.0.0.0:7000; listen 5; accept; recv 100`.

use std::fmt;
use std::net::SocketAddr;
use std::ops::Range;
use std::time::Duration;

use sockeye_common::addr::{Endpoint, Service, Zone};
use sockeye_common::order::ByteOrder;

use super::option::{self, Kind, SocketOption, Value};
use crate::placeholder::TIME_UNITS;

mod token;

#[cfg(test)]
mod tests;

use token::{Token, What};

/// How deep `repeat` may stand in itself.
const DEPTH_LIMIT: usize = 8;
/// The longest buffer of a recv, and the longest text of a send, in octets; also all that `100x` makes in one script.
const LENGTH_LIMIT: u32 = 64 << 20;
/// The longest wait.
const TIME_LIMIT: Duration = Duration::from_secs(86_400);

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Statement {
    /// socket(2): the new one is used from here on.
    Socket(SocketKind),
    /// A call on a socket.
    Call(Target, Call),
    /// `on 4`: the socket that is used from here on.
    Use(Target),
    /// Nothing, for so long.
    Pause(Duration),
    /// Nothing, until a line of standard input comes.
    Wait,
    /// So often.
    Repeat(u32, Vec<Statement>),
}

/// What socket(2) makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SocketKind {
    /// SOCK_STREAM of AF_INET.
    Tcp,
    /// SOCK_DGRAM of AF_INET.
    Udp,
    /// SOCK_STREAM of AF_INET6.
    Tcp6,
    /// SOCK_DGRAM of AF_INET6.
    Udp6,
}

/// Which socket is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// The one that was made last, by socket(2) or accept(2), and is not closed.
    Current,
    /// The one with this descriptor.
    Fd(i32),
    /// The one that listens.
    Listener,
}

/// A call on a socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Call {
    /// setsockopt(2).
    SetOption(&'static SocketOption, Value),
    /// getsockopt(2).
    GetOption(&'static SocketOption),
    /// bind(2).
    Bind(Address),
    /// listen(2).
    Listen(i32),
    /// connect(2).
    Connect(Address),
    /// connect(2) with AF_UNSPEC.
    Disconnect,
    /// accept(2): the new socket is used from here on.
    Accept,
    /// send(2).
    Send(Vec<u8>, Vec<Flag>),
    /// sendto(2).
    SendTo(Address, Vec<u8>, Vec<Flag>),
    /// recv(2), with a buffer of so many octets.
    Recv(usize, Vec<Flag>),
    /// recvfrom(2), with a buffer of so many octets.
    RecvFrom(usize, Vec<Flag>),
    /// shutdown(2).
    Shutdown(Direction),
    /// close(2).
    Close,
    /// getsockname(2).
    GetSockName,
    /// getpeername(2).
    GetPeerName,
    /// poll(2).
    Poll(Ready, Option<Duration>),
    /// fcntl(2) with O_NONBLOCK, or without.
    Nonblock(bool),
    /// send(2) with MSG_DONTWAIT until the kernel takes no more.
    WriteUntilFull,
    /// ioctl(2): octets that wait to be read (SIOCINQ) or to be acknowledged (SIOCOUTQ).
    Queue(Ready),
}

/// An address of a script: the zone of an IPv6 address is still a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// The address and the port, with scope id 0.
    pub addr: SocketAddr,
    /// The interface.
    pub zone: Option<Zone>,
}

/// A flag of send(2) or recv(2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flag {
    /// MSG_PEEK.
    Peek,
    /// MSG_WAITALL.
    WaitAll,
    /// MSG_DONTWAIT.
    DontWait,
    /// MSG_OOB.
    Oob,
    /// MSG_MORE.
    More,
    /// MSG_TRUNC.
    Trunc,
}

/// What shutdown(2) ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// SHUT_RD.
    Read,
    /// SHUT_WR.
    Write,
    /// SHUT_RDWR.
    Both,
}

/// What poll(2) waits for, and which queue is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ready {
    /// POLLIN; what came in.
    In,
    /// POLLOUT; what goes out.
    Out,
}

/// What is wrong with a script, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScriptError {
    /// Which octets of it.
    pub at: Range<usize>,
    /// What is wrong with them.
    pub message: String,
}

impl fmt::Display for ScriptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ScriptError {}

/// Reads a script.
///
/// # Errors
/// [`ScriptError`] with what was expected in the place of what stands there.
pub fn parse(text: &str) -> Result<Vec<Statement>, ScriptError> {
    let tokens = token::split(text)?;
    let mut parser = Parser { tokens: &tokens, next: 0, end: text.len(), left: LENGTH_LIMIT };
    parser.block(0)
}

struct Parser<'a> {
    tokens: &'a [Token],
    next: usize,
    /// Where the text ends, for what is missing there.
    end: usize,
    /// How many octets `100x` may still make: a short script is not to fill the memory.
    left: u32,
}

impl<'a> Parser<'a> {
    /// Statements up to the end, or up to the brace that ends a `repeat`.
    fn block(&mut self, depth: usize) -> Result<Vec<Statement>, ScriptError> {
        let mut statements = Vec::new();
        loop {
            while self.take(&What::Separator).is_some() {}
            match self.peek() {
                None if depth == 0 => return Ok(statements),
                None => return Err(self.missing("a } that ends repeat")),
                Some(token) if token.what == What::Close => {
                    if depth == 0 {
                        return Err(token.wrong("there is no { that this ends"));
                    }
                    self.next += 1;
                    return Ok(statements);
                }
                Some(_) => {
                    let statement = self.statement(depth)?;
                    statements.push(statement);
                    self.ended()?;
                }
            }
        }
    }

    /// A statement is over where the next one, or the end, begins.
    fn ended(&self) -> Result<(), ScriptError> {
        match self.peek() {
            Some(token) if !matches!(token.what, What::Separator | What::Close) => {
                Err(token.wrong("one word too many: ; goes between two calls"))
            }
            _ => Ok(()),
        }
    }

    fn statement(&mut self, depth: usize) -> Result<Statement, ScriptError> {
        let (word, token) = self.word("a call, such as socket or connect")?;
        Ok(match word {
            "socket" => Statement::Socket(self.choice("tcp, udp, tcp6 or udp6", SOCKETS)?),
            "pause" => Statement::Pause(self.time()?),
            "wait" => Statement::Wait,
            "repeat" => {
                if depth >= DEPTH_LIMIT {
                    return Err(token.wrong("repeat stands too often in repeat"));
                }
                let times = self.number("how often", u32::MAX)?;
                if self.take(&What::Open).is_none() {
                    return Err(self.unexpected("{"));
                }
                Statement::Repeat(times, self.block(depth + 1)?)
            }
            "on" => {
                let fd = self.number("a descriptor, such as 4", i32::MAX as u32)?;
                self.targeted(Target::Fd(i32::try_from(fd).unwrap_or(i32::MAX)))?
            }
            "listener" => self.targeted(Target::Listener)?,
            _ => Statement::Call(Target::Current, self.call(word, token)?),
        })
    }

    /// What follows `on 4` and `listener`: a call, or nothing.
    fn targeted(&mut self, target: Target) -> Result<Statement, ScriptError> {
        match self.peek() {
            Some(token) if !matches!(token.what, What::Separator | What::Close) => {
                let (word, token) = self.word("a call")?;
                Ok(Statement::Call(target, self.call(word, token)?))
            }
            _ => Ok(Statement::Use(target)),
        }
    }

    fn call(&mut self, word: &str, token: &Token) -> Result<Call, ScriptError> {
        Ok(match word {
            "setsockopt" => {
                let option = self.option()?;
                Call::SetOption(option, self.value(option)?)
            }
            "getsockopt" => Call::GetOption(self.option()?),
            "bind" => Call::Bind(self.address()?),
            "listen" => {
                let backlog =
                    if self.has_word() { self.number("a backlog", i32::MAX as u32)? } else { DEFAULT_BACKLOG };
                Call::Listen(i32::try_from(backlog).unwrap_or(i32::MAX))
            }
            "connect" => Call::Connect(self.address()?),
            "disconnect" => Call::Disconnect,
            "accept" => Call::Accept,
            "send" => Call::Send(self.octets()?, self.flags(SEND_FLAGS)?),
            "sendto" => Call::SendTo(self.address()?, self.octets()?, self.flags(SEND_FLAGS)?),
            "recv" => Call::Recv(self.length()?, self.flags(RECV_FLAGS)?),
            "recvfrom" => Call::RecvFrom(self.length()?, self.flags(RECV_FLAGS)?),
            "shutdown" => Call::Shutdown(self.choice("rd, wr or rdwr", DIRECTIONS)?),
            "close" => Call::Close,
            "getsockname" => Call::GetSockName,
            "getpeername" => Call::GetPeerName,
            "poll" => {
                let ready = self.choice("in or out", &[("in", Ready::In), ("out", Ready::Out)])?;
                Call::Poll(ready, if self.has_word() { Some(self.time()?) } else { None })
            }
            "nonblock" => Call::Nonblock(self.choice("on or off", FLAGS)?),
            "write-until-full" => Call::WriteUntilFull,
            "siocinq" => Call::Queue(Ready::In),
            "siocoutq" => Call::Queue(Ready::Out),
            _ => return Err(token.wrong("there is no such call")),
        })
    }

    fn option(&mut self) -> Result<&'static SocketOption, ScriptError> {
        let (word, token) = self.word("an option, such as reuseaddr")?;
        option::find(word).ok_or_else(|| {
            let names: Vec<_> = option::all().iter().map(|option| option.name).collect();
            token.wrong(format!("there is no such option; there are {}", names.join(", ")))
        })
    }

    fn value(&mut self, option: &SocketOption) -> Result<Value, ScriptError> {
        let off = self.peek().is_some_and(|token| token.what == What::Word("off".to_owned()));
        Ok(match option.kind {
            Kind::Flag if !self.has_word() => Value::Number(1),
            Kind::Flag => Value::Number(self.choice("on or off", FLAGS)?.into()),
            Kind::Number => Value::Number(i32::try_from(self.number("a number", i32::MAX as u32)?).unwrap_or(i32::MAX)),
            Kind::Linger | Kind::Timeout if off => {
                self.next += 1;
                Value::Time(None)
            }
            Kind::Linger | Kind::Timeout => Value::Time(Some(self.time()?)),
            Kind::Error | Kind::Info => return Err(self.here(format!("{} cannot be set", option.c_name))),
        })
    }

    fn address(&mut self) -> Result<Address, ScriptError> {
        let expected = "an address and a port, such as 10.0.0.2:7000 or [::1]:7000";
        let (word, token) = self.word(expected)?;
        let text = if word.starts_with(':') { format!("0.0.0.0{word}") } else { word.to_owned() };
        let endpoint: Endpoint = text.parse().map_err(|error| token.wrong(format!("{error}")))?;
        let port = endpoint.port.as_ref().and_then(Service::number);
        let addr = endpoint.host.ip().zip(port).map(|(ip, port)| SocketAddr::new(ip, port));
        let mut addr = addr.ok_or_else(|| token.wrong(format!("expected {expected}")))?;
        // As somebody writes it who forgets htons(3): the octets of the port are in host order.
        if self.take(&What::Word("hostorder".to_owned())).is_some() {
            addr.set_port(u16::from_be_bytes(ByteOrder::HOST.u16_octets(addr.port())));
        }
        Ok(Address { addr, zone: endpoint.host.zone().cloned() })
    }

    /// A text, or `100x`, `100xB`: so many octets of one kind.
    fn octets(&mut self) -> Result<Vec<u8>, ScriptError> {
        let Some(token) = self.peek() else { return Err(self.missing("a text, or a length such as 100x")) };
        match &token.what {
            What::Text(octets) => {
                self.next += 1;
                Ok(octets.clone())
            }
            What::Word(word) => {
                self.next += 1;
                match repeated(word) {
                    Some((length, _)) if length > LENGTH_LIMIT => {
                        Err(token.wrong(format!("{LENGTH_LIMIT} is the most")))
                    }
                    Some((length, octet)) => {
                        let left = self.left.checked_sub(length);
                        self.left =
                            left.ok_or_else(|| token.wrong(format!("{LENGTH_LIMIT} is the most for all of a script")))?;
                        Ok(vec![octet; usize::try_from(length).unwrap_or_default()])
                    }
                    None => Ok(word.clone().into_bytes()),
                }
            }
            _ => Err(self.unexpected("a text, or a length such as 100x")),
        }
    }

    fn length(&mut self) -> Result<usize, ScriptError> {
        self.number("a length in octets", LENGTH_LIMIT).map(|length| usize::try_from(length).unwrap_or_default())
    }

    fn flags(&mut self, known: &[(&str, Flag)]) -> Result<Vec<Flag>, ScriptError> {
        let names: Vec<_> = known.iter().map(|(name, _)| *name).collect();
        let expected = format!("a flag: {}", names.join(", "));
        let mut flags = Vec::new();
        while self.has_word() {
            flags.push(self.choice(&expected, known)?);
        }
        Ok(flags)
    }

    fn time(&mut self) -> Result<Duration, ScriptError> {
        let expected = "a time, such as 2, 1.5 s or 200 ms";
        let (word, token) = self.word(expected)?;
        let digits = word.find(|character: char| !character.is_ascii_digit() && character != '.').unwrap_or(word.len());
        let (number, mut unit) = word.split_at(digits);
        if unit.is_empty()
            && let Some(Token { what: What::Word(next), .. }) = self.peek()
            && TIME_UNITS.iter().any(|(name, _)| name == next)
        {
            unit = next;
            self.next += 1;
        }
        let scale = if unit.is_empty() {
            Some(1.0)
        } else {
            TIME_UNITS.iter().find(|(name, _)| *name == unit).map(|(_, scale)| *scale)
        };
        let seconds = number.parse::<f64>().ok().zip(scale).map(|(number, scale)| number * scale);
        let time = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        time.filter(|time| *time <= TIME_LIMIT).ok_or_else(|| token.wrong(format!("expected {expected}")))
    }

    fn number(&mut self, expected: &str, most: u32) -> Result<u32, ScriptError> {
        let (word, token) = self.word(expected)?;
        let number = word.parse().ok().filter(|_| word.bytes().all(|octet| octet.is_ascii_digit()));
        let number = number.ok_or_else(|| token.wrong(format!("expected {expected}")))?;
        if number > most { Err(token.wrong(format!("{most} is the most"))) } else { Ok(number) }
    }

    fn choice<T: Copy>(&mut self, expected: &str, choices: &[(&str, T)]) -> Result<T, ScriptError> {
        let (word, token) = self.word(expected)?;
        let found = choices.iter().find(|(name, _)| *name == word).map(|(_, value)| *value);
        found.ok_or_else(|| token.wrong(format!("expected {expected}")))
    }

    fn word(&mut self, expected: &str) -> Result<(&'a str, &'a Token), ScriptError> {
        match self.tokens.get(self.next) {
            Some(token @ Token { what: What::Word(word), .. }) => {
                self.next += 1;
                Ok((word, token))
            }
            _ => Err(self.unexpected(expected)),
        }
    }

    fn has_word(&self) -> bool {
        matches!(self.peek(), Some(Token { what: What::Word(_), .. }))
    }

    fn peek(&self) -> Option<&'a Token> {
        self.tokens.get(self.next)
    }

    fn take(&mut self, what: &What) -> Option<&'a Token> {
        let token = self.peek().filter(|token| token.what == *what)?;
        self.next += 1;
        Some(token)
    }

    /// What was expected where something else, or nothing, stands.
    fn unexpected(&self, expected: &str) -> ScriptError {
        match self.peek() {
            Some(token) => token.wrong(format!("expected {expected}")),
            None => self.missing(expected),
        }
    }

    fn missing(&self, expected: &str) -> ScriptError {
        ScriptError { at: self.end..self.end, message: format!("the script ends here; expected {expected}") }
    }

    fn here(&self, message: String) -> ScriptError {
        let at = self.peek().map_or(self.end..self.end, |token| token.at.clone());
        ScriptError { at, message }
    }
}

/// `100x` and `100xB`: how many, and of which octet.
fn repeated(word: &str) -> Option<(u32, u8)> {
    let (number, octet) = word.split_once('x')?;
    if number.is_empty() || !number.bytes().all(|octet| octet.is_ascii_digit()) {
        return None;
    }
    let octet = match octet.as_bytes() {
        [] => b'A',
        [octet] => *octet,
        _ => return None,
    };
    Some((number.parse().unwrap_or(u32::MAX), octet))
}

/// The backlog of a listen without one.
const DEFAULT_BACKLOG: u32 = 5;

const SOCKETS: &[(&str, SocketKind)] =
    &[("tcp", SocketKind::Tcp), ("udp", SocketKind::Udp), ("tcp6", SocketKind::Tcp6), ("udp6", SocketKind::Udp6)];

const DIRECTIONS: &[(&str, Direction)] =
    &[("rd", Direction::Read), ("wr", Direction::Write), ("rdwr", Direction::Both)];

const FLAGS: &[(&str, bool)] = &[("on", true), ("off", false), ("1", true), ("0", false)];

const SEND_FLAGS: &[(&str, Flag)] = &[("dontwait", Flag::DontWait), ("oob", Flag::Oob), ("more", Flag::More)];

const RECV_FLAGS: &[(&str, Flag)] = &[
    ("peek", Flag::Peek),
    ("waitall", Flag::WaitAll),
    ("dontwait", Flag::DontWait),
    ("oob", Flag::Oob),
    ("trunc", Flag::Trunc),
];
