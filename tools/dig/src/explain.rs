//! What happened, as data: each step of an exchange, and what an answer means.

use std::io;
use std::net::{IpAddr, SocketAddr};

use serde::Serialize;
use sockeye_cli::output::Role;
use sockeye_cli::{Confined, Render, Text};
use sockeye_common::words::counted;

use crate::fault::Fault;
use crate::registry::{Class, Opcode, Rcode, Type};
use crate::transport::TlsFailure;
pub use crate::transport::Transport;
use crate::tsig::VerifyError;

/// Where the servers to ask came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ServerSource {
    /// `@server`
    CommandLine,
    /// `nameserver` lines of resolv.conf.
    ResolvConf,
    /// resolv.conf names none: this host.
    Loopback,
}

/// What a remark is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// What kind of message it is.
    Opcode,
    /// The question.
    Question,
    /// EDNS as a whole.
    Edns,
    /// An EDNS option.
    Option,
    /// A record, mostly of DNSSEC.
    Record,
    /// Something that should not be.
    Warning,
}

/// One fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// Whom to ask.
    ServersChosen {
        /// Why these.
        source: ServerSource,
        /// In the order in which they are asked.
        servers: Vec<SocketAddr>,
    },
    /// What is not needed any more was given up.
    Confined(Box<Confined>),
    /// A server of a family that the options rule out.
    ServerSkipped {
        /// Which.
        server: SocketAddr,
    },
    /// All servers are of a family that the options rule out.
    NoAcceptableServers,
    /// A query went out.
    Asked {
        /// The name.
        qname: String,
        /// The type.
        qtype: Type,
        /// The class.
        qclass: Class,
        /// To whom.
        server: SocketAddr,
        /// How.
        transport: Transport,
        /// The query's id.
        id: u16,
        /// Its size.
        length_octets: usize,
        /// How long an answer may take.
        timeout_ms: u64,
    },
    /// The socket could not be made or connected.
    SetupFailed {
        /// Which kind.
        transport: Transport,
        /// To whom.
        server: SocketAddr,
        /// The name as it was written.
        name: String,
        /// dig's word for the cause.
        reason: String,
    },
    /// There is no TLS with the server.
    TlsFailed {
        /// Which.
        server: SocketAddr,
        /// Why.
        failure: TlsFailure,
    },
    /// HTTP worked, but brought no message.
    HttpRefused {
        /// From whom.
        server: SocketAddr,
        /// Its status, if there was one.
        status: Option<u16>,
    },
    /// Nothing came back, or the connection broke.
    CommunicationsError {
        /// Who was asked.
        server: SocketAddr,
        /// dig's word for the cause.
        reason: String,
    },
    /// Nobody is left to ask.
    NoServers,
    /// A server failed, and another is asked.
    ServFail {
        /// Which.
        server: SocketAddr,
        /// Nobody is left to ask: this is the answer.
        is_last: bool,
    },
    /// The answer did not fit into a datagram.
    Truncated,
    /// The server speaks an older EDNS.
    BadVersion {
        /// The version that it speaks.
        version: u8,
    },
    /// The server wants its own cookie back.
    BadCookie {
        /// This is the second time.
        in_tcp: bool,
    },
    /// A message with another id. It was not for us, or forged.
    IdMismatch {
        /// Ours.
        expected: u16,
        /// Its.
        got: u16,
        /// Over a connection nothing better can follow, and dig gives up.
        transport: Transport,
    },
    /// A message with another id in the middle of a transfer.
    IdMismatchInTransfer {
        /// Ours.
        expected: u16,
        /// Its.
        got: u16,
    },
    /// A message from another address or port.
    SourceMismatch {
        /// Who was asked.
        expected: SocketAddr,
        /// Who sent it.
        got: SocketAddr,
    },
    /// A message about another question.
    QuestionMismatch {
        /// `name/type/class`
        got: String,
    },
    /// A message of another kind.
    OpcodeMismatch {
        /// Ours.
        expected: Opcode,
        /// Its.
        got: Opcode,
    },
    /// A message that does not say that it is a response.
    ResponseBitClear,
    /// A message without a whole header.
    ShortMessage {
        /// Its size.
        length_octets: usize,
        /// Over a connection nothing better can follow, and dig gives up.
        transport: Transport,
    },
    /// A message that could be read only in part, or has things where they should not be.
    Malformed {
        /// Where it breaks, if it does.
        fault: Option<Fault>,
    },
    /// The cookie that came back does not begin with ours.
    ClientCookieMismatch,
    /// The message was signed by whoever has the key, or goes with others that are.
    SignatureGood {
        /// The key's name.
        key: String,
        /// The signature stands in this message.
        signed: bool,
    },
    /// The message was not signed with the key that the query was signed with, or the server says that the query was
    /// not.
    SignatureBad {
        /// What is wrong.
        error: VerifyError,
    },
    /// The last message of a transfer that should be signed is not. dig takes no notice.
    TransferEndsUnsigned,
    /// An answer came.
    Answered {
        /// From whom.
        server: SocketAddr,
        /// How.
        transport: Transport,
        /// How long it took.
        rtt_us: u64,
        /// Its size.
        length_octets: usize,
    },
    /// How it went.
    Status {
        /// The rcode.
        rcode: Rcode,
        /// What it means.
        meaning: &'static str,
    },
    /// A header flag.
    Flag {
        /// As dig prints it.
        flag: &'static str,
        /// Whether it is set.
        set: bool,
        /// What that means here.
        meaning: &'static str,
    },
    /// What is in a section.
    Section {
        /// Which.
        section: &'static str,
        /// How many records were read.
        records: usize,
        /// What they are.
        meaning: String,
    },
    /// The name is an alias.
    Alias {
        /// The name.
        owner: String,
        /// What it stands for.
        target: String,
    },
    /// The aliases lead back to one of themselves.
    AliasLoop {
        /// The first that comes again.
        name: String,
    },
    /// The aliases lead to a name of which the server says nothing.
    AliasLeadsAway {
        /// The name.
        name: String,
    },
    /// The name exists, but not with this type.
    NoData {
        /// The name that was asked for, or that its aliases lead to.
        name: String,
        /// How long to remember that, from the SOA record: the smaller of its TTL and its MINIMUM.
        negative_ttl_s: Option<u32>,
    },
    /// The name does not exist.
    NoName {
        /// The name that was asked for, or that its aliases lead to.
        name: String,
        /// How long to remember that.
        negative_ttl_s: Option<u32>,
    },
    /// The server does not know, and says who does.
    Referral {
        /// The zone that is delegated.
        zone: String,
        /// Its servers.
        servers: Vec<String>,
    },
    /// A referral to a zone that the server's own zone is not above.
    BadReferral,
    /// A referral to the very zone that the server was asked as a server of.
    HorizontalReferral,
    /// A name server's name has no address.
    ServerUnknown {
        /// The name.
        name: String,
        /// dig's word for why.
        reason: String,
    },
    /// The server's cookie is known, and now there is no EDNS in its answer.
    OptMissing {
        /// Who answered.
        server: SocketAddr,
    },
    /// None of the zone's servers answered.
    NoZoneServers,
    /// The C library was asked, and no name server by us.
    LibraryAsked {
        /// `getaddrinfo` or `getnameinfo`.
        call: &'static str,
        /// Where it looks.
        meaning: &'static str,
    },
    /// What one of the hints does.
    Hint {
        /// As it is written in C.
        hint: String,
        /// What it asks for.
        meaning: &'static str,
    },
    /// The C library answered.
    LibraryAnswered {
        /// How many entries.
        entries: usize,
        /// How many different addresses they have.
        addresses: usize,
        /// The types and protocols with which each address comes.
        kinds: Vec<String>,
        /// Why with these.
        meaning: &'static str,
    },
    /// A field of a sockaddr.
    SockaddrField {
        /// Of which entries, from 1; none for the sockaddr of a question.
        entries: Vec<usize>,
        /// Where it starts.
        offset: usize,
        /// Its name in C.
        field: &'static str,
        /// Its octets.
        octets: String,
        /// What they mean.
        meaning: String,
    },
    /// What a file, a source or the host has to do with a name: `+compare`.
    Compared {
        /// `hosts`, `nsswitch`, `source`, `search`, `dns`, `policy`, `host`.
        about: &'static str,
        /// The fact.
        fact: String,
    },
    /// Why one address comes before another.
    OrderDecided {
        /// Which comes first.
        first: IpAddr,
        /// Which comes next.
        second: IpAddr,
        /// The rule of RFC 6724 section 6; null if none puts them so.
        rule: Option<u8>,
        /// Its name.
        name: &'static str,
        /// What it compared.
        reason: String,
    },
    /// The C library said what an address is called.
    LibraryNamed {
        /// What it said.
        meaning: &'static str,
    },
    /// The C library failed.
    LibraryFailed {
        /// The EAI code by name.
        name: &'static str,
        /// What it means.
        meaning: &'static str,
    },
    /// What something in the message means.
    Remark {
        /// What kind of thing.
        about: About,
        /// The thing.
        subject: String,
        /// What it means.
        meaning: String,
    },
    /// The server says more about what went wrong.
    ExtendedError {
        /// The code.
        code: crate::registry::ExtendedError,
        /// Its own words, control characters as dots.
        text: String,
    },
}

/// In front of every line, so that what reads zone files takes it for a comment.
const PREFIX: &str = ";; explain:";

impl Render for Event {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let role = match self {
            Self::CommunicationsError { .. }
            | Self::SetupFailed { .. }
            | Self::TlsFailed { .. }
            | Self::HttpRefused { .. }
            | Self::NoServers
            | Self::Malformed { .. } => Role::Bad,
            Self::BadReferral
            | Self::HorizontalReferral
            | Self::ServerUnknown { .. }
            | Self::IdMismatch { .. }
            | Self::SourceMismatch { .. }
            | Self::QuestionMismatch { .. }
            | Self::OpcodeMismatch { .. }
            | Self::ClientCookieMismatch
            | Self::TransferEndsUnsigned
            | Self::ResponseBitClear
            | Self::ShortMessage { .. } => Role::Warning,
            _ => Role::Dim,
        };
        let line = format!("{PREFIX} {}", self.sentence());
        let line = text.paint(role, &line);
        text.line(line)
    }
}

impl Event {
    /// The server that could not be asked or did not answer, and dig's word for why.
    pub fn failure(&self) -> Option<(SocketAddr, &str)> {
        match self {
            Self::CommunicationsError { server, reason, .. } | Self::SetupFailed { server, reason, .. } => {
                Some((*server, reason))
            }
            _ => None,
        }
    }

    /// The fact in one sentence.
    pub fn sentence(&self) -> String {
        match self {
            Self::ServersChosen { source, servers } => servers_chosen(*source, servers),
            Self::Confined(confined) => confined.line(),
            Self::ServerSkipped { server } => {
                format!("{} is left out: -4, -6 or -b rules out its address family", server.ip())
            }
            Self::NoAcceptableServers => "no server of an address family that may be used".to_owned(),
            Self::Asked { qname, qtype, qclass, server, transport, id, length_octets, timeout_ms } => format!(
                "asked {server} over {} for {qname} {qclass} {qtype}: id {id}, {length_octets} octets, waiting {} s",
                transport.name(),
                seconds(*timeout_ms)
            ),
            Self::SetupFailed { transport, server, reason, .. } => {
                format!("no {} socket to {server}: {reason}", transport.name())
            }
            Self::TlsFailed { server, failure } => failure.sentence(*server),
            Self::HttpRefused { server, status: None } => format!("{server} ended the request without an answer"),
            Self::HttpRefused { server, status: Some(status) } => {
                let hint = if *status == 404 { ": is there a resolver at that path?" } else { "" };
                format!("{server} answered with status {status} of HTTP, and no message{hint}")
            }
            Self::CommunicationsError { server, reason } => match reason.as_str() {
                "timed out" => format!("{server} did not answer in time"),
                "connection refused" => format!("{server} refused: nothing listens on that port"),
                other => format!("the exchange with {server} failed: {other}"),
            },
            Self::ServFail { server, is_last } => {
                let next = if *is_last { "nobody is left to ask" } else { "asking the next" };
                format!("{server} says SERVFAIL: it could not find out; {next}")
            }
            Self::NoServers => "nobody is left to ask".to_owned(),
            Self::Truncated => "tc is set: the answer did not fit into a datagram; asking again over TCP".to_owned(),
            Self::BadVersion { version } => {
                format!("the server speaks EDNS version {version} at most; asking with that")
            }
            Self::BadCookie { in_tcp: false } => {
                "BADCOOKIE: the server wants its own cookie back; asking again with it".to_owned()
            }
            Self::BadCookie { in_tcp: true } => {
                "BADCOOKIE again, with the server's own cookie; asking over TCP".to_owned()
            }
            Self::IdMismatch { expected, got, transport } => {
                format!("a message with id {got} instead of {expected}: not our answer, or forged{}", then(*transport))
            }
            Self::IdMismatchInTransfer { expected, got } => {
                format!("a message with id {got} instead of {expected} in the middle of a transfer: taken, as dig does")
            }
            Self::SourceMismatch { expected, got } => {
                format!("a message from {got}, but {expected} was asked: forged, or a confused server; waiting on")
            }
            Self::QuestionMismatch { got } => {
                format!("a message with our id about {got}, which was not asked")
            }
            Self::OpcodeMismatch { expected, got } => {
                format!("a message with opcode {got} instead of {expected}; waiting on")
            }
            Self::ResponseBitClear => "qr is clear: the message claims to be a query".to_owned(),
            Self::ShortMessage { length_octets, transport } => {
                format!("a message of {length_octets} octets: a header alone has 12{}", then(*transport))
            }
            Self::Malformed { fault: Some(fault) } => format!("the message breaks: {fault}"),
            Self::Malformed { fault: None } => "the message has records where they should not be".to_owned(),
            Self::ClientCookieMismatch => "the cookie that came back does not begin with ours: forged?".to_owned(),
            Self::SignatureGood { key, signed: true } => format!("signed with {key}, and the signature is good"),
            Self::SignatureGood { signed: false, .. } => {
                "without a signature: the next one that comes is for this message too".to_owned()
            }
            Self::SignatureBad { error } => error.meaning(),
            Self::TransferEndsUnsigned => {
                "the last message of the transfer is not signed, as it has to be: what came since the last signed one may be \
                 anybody's"
                    .to_owned()
            }
            Self::Answered { server, transport, rtt_us, length_octets } => {
                let (ms, us) = (rtt_us / 1000, rtt_us % 1000);
                format!("{server} answered over {} after {ms}.{us:03} ms: {length_octets} octets", transport.name())
            }
            Self::Status { rcode, meaning } => format!("status {rcode}: {meaning}"),
            Self::Flag { flag, set, meaning } => {
                format!("{flag} is {}: {meaning}", if *set { "set" } else { "clear" })
            }
            Self::Section { section, records, meaning } => {
                format!("{section} has {}: {meaning}", counted(*records, "record"))
            }
            Self::Alias { owner, target } => format!("{owner} is an alias (CNAME) of {target}"),
            Self::AliasLoop { name } => format!("the aliases lead back to {name}: a loop, in which no record can be"),
            Self::AliasLeadsAway { name } => format!("of {name} this server says nothing: ask for that name"),
            Self::NoData { name, negative_ttl_s } => {
                format!("NODATA: {name} exists, but has no record of this type{}", remember(*negative_ttl_s))
            }
            Self::NoName { name, negative_ttl_s } => {
                format!("{name} does not exist, with any type{}", remember(*negative_ttl_s))
            }
            Self::Referral { zone, servers } => {
                format!("a referral: the servers of {zone} know, ask {}", servers.join(", "))
            }
            Self::BadReferral => {
                "a bad referral: it leads up or aside, to a zone that is not below the server's own; left alone"
                    .to_owned()
            }
            Self::HorizontalReferral => {
                "a referral that leads nowhere: the servers of this zone say that the servers of this zone know"
                    .to_owned()
            }
            Self::ServerUnknown { name, reason } => format!("the name server {name} has no address: {reason}"),
            Self::OptMissing { server } => format!("{server} answers without EDNS, although a cookie of it is known"),
            Self::NoZoneServers => "none of the zone's servers answered".to_owned(),
            Self::LibraryAsked { call, meaning } => format!("asked {call}(3): {meaning}"),
            Self::Hint { hint, meaning } => format!("{hint}: {meaning}"),
            Self::LibraryAnswered { entries, addresses, kinds, meaning } => {
                library_answered(*entries, *addresses, kinds, meaning)
            }
            Self::SockaddrField { entries, offset, field, octets, meaning } => {
                let numbers: Vec<String> = entries.iter().map(ToString::to_string).collect();
                let of = if entries.is_empty() { String::new() } else { format!(" of {}", numbers.join(", ")) };
                format!("sockaddr{of}, octet {offset}: {field} = {octets}: {meaning}")
            }
            Self::Compared { about, fact } => format!("{about}: {fact}"),
            Self::OrderDecided { first, second, rule, name, reason } => match rule {
                Some(rule) => format!("{first} before {second} by rule {rule}, {name}: {reason}"),
                None => format!("{first} before {second}: {reason}"),
            },
            Self::LibraryNamed { meaning } => format!("in the answer: {meaning}"),
            Self::LibraryFailed { name, meaning } => format!("{name}: {meaning}"),
            Self::Remark { subject, meaning, .. } => format!("{subject}: {meaning}"),
            Self::ExtendedError { code, text } => {
                let name = code.name().unwrap_or("no name");
                let said = if text.is_empty() { String::new() } else { format!(", in its words: {text}") };
                format!("extended error {} ({name}){said}", code.0)
            }
        }
    }
}

impl TlsFailure {
    fn sentence(&self, server: SocketAddr) -> String {
        match self {
            Self::HalfIdentity => {
                "no TLS: our certificate without its key, or the key without the certificate".to_owned()
            }
            Self::Context { reason, .. } => format!("no TLS: {reason}"),
            Self::Certificate { reason } => {
                format!("{server} showed a certificate that does not prove who it is: {reason}; nothing was asked")
            }
            Self::Handshake { reason } => format!("the TLS handshake with {server} broke: {reason}; nothing was asked"),
        }
    }
}

fn servers_chosen(source: ServerSource, servers: &[SocketAddr]) -> String {
    let list: Vec<String> = servers.iter().map(ToString::to_string).collect();
    let list = list.join(", then ");
    match source {
        ServerSource::CommandLine => format!("asking {list}, as the command line says"),
        ServerSource::ResolvConf => format!("asking {list}, from the nameserver lines of /etc/resolv.conf"),
        ServerSource::Loopback => format!("asking {list}: /etc/resolv.conf names no server"),
    }
}

fn library_answered(entries: usize, addresses: usize, kinds: &[String], meaning: &str) -> String {
    let plural = |count: usize, one: &str, many: &str| format!("{count} {}", if count == 1 { one } else { many });
    let entries = plural(entries, "entry", "entries");
    let addresses = plural(addresses, "address", "addresses");
    format!("{entries}: {addresses}, each with {}: {meaning}", kinds.join(", "))
}

/// What follows a message that is not ours.
fn then(transport: Transport) -> &'static str {
    match transport {
        Transport::Udp => "; waiting on",
        _ => "; giving up",
    }
}

fn remember(negative_ttl_s: Option<u32>) -> String {
    negative_ttl_s.map_or_else(
        || "; without an SOA record nobody may remember that".to_owned(),
        |ttl| format!("; caches may remember that for {ttl} s (the SOA record's TTL or MINIMUM, whichever is smaller)"),
    )
}

fn seconds(milliseconds: u64) -> String {
    if milliseconds.is_multiple_of(1000) {
        (milliseconds / 1000).to_string()
    } else {
        format!("{}.{:03}", milliseconds / 1000, milliseconds % 1000)
    }
}
