//! Which frames are meant: `tcp syn !ack port=7000`, `udp data="ABCDE"`, `arp request`.

use std::net::IpAddr;
use std::ops::Range;

use sockeye_capture::details::Neighbour;
use sockeye_capture::layers::Ethernet;
use sockeye_common::number::{digits, four_hexadecimal};

use crate::backslash;
use crate::frames::Annotated;
use crate::frames::application::Application;
use crate::frames::flow::{Part, Remark};
use crate::frames::packet::{Body, Flags, Packet};
use crate::record::Fate;

/// A description of frames: all of its words must hold. Without a word every frame is meant.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    /// As it was written.
    pub text: String,
    terms: Vec<Term>,
}

/// A word of a filter that means nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongWord {
    /// Where it is, in octets of the text.
    pub span: Range<usize>,
    /// What is wrong with it, or what was expected in its place.
    pub message: String,
}

/// A word, and whether it is negated.
#[derive(Clone, Debug, PartialEq)]
struct Term {
    negated: bool,
    test: Test,
}

/// What a word asks.
#[derive(Clone, Debug, PartialEq)]
enum Test {
    Word(Word),
    Number(Number, Comparison, u64),
    /// `src=`, `dst=`, `addr=`: which of the two, and an address or a node that has it.
    Addr(Side, Party),
    /// `target=`: whom ARP or neighbour discovery asks for.
    Target(IpAddr),
    From(String),
    To(String),
    /// `data="text"`.
    Data(Vec<u8>),
    /// `says="text"`: the line of the ladder has it.
    Says(String),
    Checksum(u16),
    /// `checksum=good`, `checksum=bad`.
    Judged(bool),
}

#[derive(Clone, Debug, PartialEq)]
enum Party {
    Addr(IpAddr),
    Node(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Source,
    Destination,
    Either,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparison {
    Equal,
    Above,
    Below,
}

/// Words that stand alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Word {
    Arp,
    Ip4,
    Ip6,
    Tcp,
    Udp,
    Icmp,
    Icmp6,
    Dns,
    Tls,
    Http,
    Request,
    Reply,
    Echo,
    Flag(u8),
    Data,
    Opens,
    LastAck,
    Refused,
    Remark(Remark),
    Lost,
    Cut,
    QueueFull,
    Duplicate,
    Absent,
    Fragment,
    DontFragment,
    Quoted,
    Broadcast,
    Multicast,
}

/// The words in the order in which a mistake lists them.
const WORDS: [(&str, Word); 43] = [
    ("arp", Word::Arp),
    ("ip4", Word::Ip4),
    ("ip6", Word::Ip6),
    ("tcp", Word::Tcp),
    ("udp", Word::Udp),
    ("icmp", Word::Icmp),
    ("icmp6", Word::Icmp6),
    ("dns", Word::Dns),
    ("tls", Word::Tls),
    ("http", Word::Http),
    ("request", Word::Request),
    ("reply", Word::Reply),
    ("echo", Word::Echo),
    ("syn", Word::Flag(Flags::SYN)),
    ("ack", Word::Flag(Flags::ACK)),
    ("fin", Word::Flag(Flags::FIN)),
    ("rst", Word::Flag(Flags::RST)),
    ("psh", Word::Flag(Flags::PSH)),
    ("urg", Word::Flag(Flags::URG)),
    ("data", Word::Data),
    ("opens", Word::Opens),
    ("last-ack", Word::LastAck),
    ("refused", Word::Refused),
    ("retransmission", Word::Remark(Remark::Retransmission)),
    ("out-of-order", Word::Remark(Remark::OutOfOrder)),
    ("gap", Word::Remark(Remark::Gap)),
    ("keepalive", Word::Remark(Remark::KeepAlive)),
    ("window-probe", Word::Remark(Remark::WindowProbe)),
    ("probe-ack", Word::Remark(Remark::ProbeAck)),
    ("duplicate-ack", Word::Remark(Remark::DuplicateAck)),
    ("window-update", Word::Remark(Remark::WindowUpdate)),
    ("zero-window", Word::Remark(Remark::ZeroWindow)),
    ("lost", Word::Lost),
    ("cut", Word::Cut),
    ("queue-full", Word::QueueFull),
    ("duplicate", Word::Duplicate),
    ("checksum=absent", Word::Absent),
    ("fragment", Word::Fragment),
    ("df", Word::DontFragment),
    ("quoted", Word::Quoted),
    ("broadcast", Word::Broadcast),
    ("multicast", Word::Multicast),
    ("checksum=none", Word::Absent),
];

/// What has a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Number {
    Len,
    Port,
    SrcPort,
    DstPort,
    Ttl,
    Type,
    Code,
    Window,
    Sequence,
    Acknowledgment,
    Mtu,
}

const NUMBERS: [(&str, Number); 11] = [
    ("len", Number::Len),
    ("port", Number::Port),
    ("sport", Number::SrcPort),
    ("dport", Number::DstPort),
    ("ttl", Number::Ttl),
    ("type", Number::Type),
    ("code", Number::Code),
    ("window", Number::Window),
    ("seq", Number::Sequence),
    ("ack", Number::Acknowledgment),
    ("mtu", Number::Mtu),
];

/// What has a text.
const TEXTS: [&str; 8] = ["src", "dst", "addr", "target", "from", "to", "says", "checksum"];

impl Filter {
    /// Reads words with blanks between them; a value may stand in quotation marks.
    ///
    /// # Errors
    /// [`WrongWord`]: the first that means nothing.
    pub fn parse(text: &str) -> Result<Self, WrongWord> {
        let mut terms = Vec::new();
        let mut from = 0;
        while let Some(span) = next_word(text, from)? {
            from = span.end;
            let written = text.get(span.clone()).unwrap_or_default();
            let (negated, word) = match written.strip_prefix('!') {
                Some(rest) => (true, rest),
                None => (false, written),
            };
            let test = Test::parse(word).map_err(|message| WrongWord { span, message })?;
            terms.push(Term { negated, test });
        }
        Ok(Self { text: text.trim().to_owned(), terms })
    }

    /// Whether this frame is meant.
    pub fn matches(&self, frame: &Annotated<'_>) -> bool {
        self.terms.iter().all(|term| term.test.holds(frame) != term.negated)
    }

    /// The nodes that it names, for who knows which there are.
    pub fn nodes(&self) -> impl Iterator<Item = &str> {
        self.terms.iter().filter_map(|term| match &term.test {
            Test::Addr(_, Party::Node(node)) | Test::From(node) | Test::To(node) => Some(node.as_str()),
            _ => None,
        })
    }
}

/// Where the next word is, from this octet on: to a blank outside quotation marks.
fn next_word(text: &str, from: usize) -> Result<Option<Range<usize>>, WrongWord> {
    let rest = text.get(from..).unwrap_or_default();
    let Some(start) = rest.find(|character: char| !character.is_whitespace()) else { return Ok(None) };
    let word = rest.get(start..).unwrap_or_default();
    let (mut quoted, mut escaped) = (false, false);
    let mut end = word.len();
    for (at, character) in word.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            blank if blank.is_whitespace() && !quoted => {
                end = at;
                break;
            }
            _ => {}
        }
    }
    let start = from.saturating_add(start);
    let span = start..start.saturating_add(end);
    if quoted {
        return Err(WrongWord { span, message: "a quotation mark is missing at its end".to_owned() });
    }
    Ok(Some(span))
}

impl Test {
    fn parse(word: &str) -> Result<Self, String> {
        if let Some((_, found)) = WORDS.iter().find(|(name, _)| *name == word) {
            return Ok(Self::Word(*found));
        }
        let Some(at) = word.find(['=', '<', '>']) else { return Err(unknown(word)) };
        let (name, rest) = word.split_at(at);
        let mut characters = rest.chars();
        let comparison = match characters.next() {
            Some('<') => Comparison::Below,
            Some('>') => Comparison::Above,
            _ => Comparison::Equal,
        };
        let value = unquoted(characters.as_str())?;
        if let Some((_, number)) = NUMBERS.iter().find(|(known, _)| *known == name) {
            let text = String::from_utf8_lossy(&value);
            let wanted = digits(&text).and_then(|(digits, radix)| u64::from_str_radix(digits, radix).ok());
            return match wanted {
                Some(wanted) => Ok(Self::Number(*number, comparison, wanted)),
                None => Err(format!("{name} is a number, not {text:?}")),
            };
        }
        if comparison != Comparison::Equal {
            return Err(if TEXTS.contains(&name) || name == "data" {
                format!("{name} is no number: it can be compared with = only")
            } else {
                unknown(word)
            });
        }
        if value.is_empty() {
            return Err(format!("{name}= needs a value"));
        }
        if name == "data" {
            return Ok(Self::Data(value));
        }
        let text = String::from_utf8_lossy(&value).into_owned();
        match name {
            "src" => Ok(Self::Addr(Side::Source, Party::of(text))),
            "dst" => Ok(Self::Addr(Side::Destination, Party::of(text))),
            "addr" => Ok(Self::Addr(Side::Either, Party::of(text))),
            "target" => match text.parse() {
                Ok(addr) => Ok(Self::Target(addr)),
                Err(_) => Err(format!("target is an address, not {text:?}")),
            },
            "from" => Ok(Self::From(text)),
            "to" => Ok(Self::To(text)),
            "says" => Ok(Self::Says(text)),
            "checksum" => match text.as_str() {
                "good" => Ok(Self::Judged(true)),
                "bad" => Ok(Self::Judged(false)),
                hex => match four_hexadecimal(hex) {
                    Some(sum) => Ok(Self::Checksum(sum)),
                    None => Err(format!("checksum is good, bad, absent or four hex digits, not {text:?}")),
                },
            },
            _ => Err(unknown(word)),
        }
    }

    fn holds(&self, frame: &Annotated<'_>) -> bool {
        let packet = &frame.packet;
        match self {
            Self::Word(word) => word.holds(frame),
            Self::Number(number, comparison, wanted) => number.of(frame).iter().any(|found| match comparison {
                Comparison::Equal => found == wanted,
                Comparison::Above => found > wanted,
                Comparison::Below => found < wanted,
            }),
            Self::Addr(side, party) => {
                let Some(addrs) = packet.addresses() else { return false };
                let [source, destination] = &frame.parties;
                let [src, dst] = addrs;
                match side {
                    Side::Source => party.is(src, source),
                    Side::Destination => party.is(dst, destination),
                    Side::Either => party.is(src, source) || party.is(dst, destination),
                }
            }
            Self::Target(addr) => packet.target() == Some(*addr),
            Self::From(node) => frame.frame.from == *node,
            Self::To(node) => frame.frame.to == *node,
            Self::Data(wanted) => {
                packet.payload_of(&frame.frame.octets).windows(wanted.len()).any(|octets| octets == wanted)
            }
            Self::Says(wanted) => frame.words().contains(wanted),
            Self::Checksum(wanted) => packet.checksum.is_some_and(|stored| stored.value == *wanted),
            Self::Judged(wanted) => packet.checksum.is_some_and(|stored| stored.good == Some(*wanted)),
        }
    }
}

/// What a mistake says.
fn unknown(word: &str) -> String {
    let words = WORDS.iter().map(|(name, _)| *name).filter(|name| !name.contains('='));
    let values = NUMBERS.iter().map(|(name, _)| *name).chain(TEXTS).chain(["data"]);
    let values: Vec<_> = values.map(|name| format!("{name}=")).collect();
    let words: Vec<_> = words.collect();
    format!("{word:?} says nothing about a frame: known are {} and {}", words.join(" "), values.join(" "))
}

/// A value without its quotation marks, if it has some: `\" \\ \n \r \t \0 \xHH` stand for one octet each.
fn unquoted(value: &str) -> Result<Vec<u8>, String> {
    let Some(inner) = value.strip_prefix('"') else { return Ok(value.as_bytes().to_vec()) };
    let Some(inner) = inner.strip_suffix('"') else { return Err("nothing may follow a quotation mark".to_owned()) };
    let mut octets = Vec::new();
    let mut characters = inner.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            octets.extend(character.encode_utf8(&mut [0; 4]).bytes());
            continue;
        }
        let octet = backslash::octet(&mut characters);
        octets.push(octet.ok_or("known are \\\" \\\\ \\n \\r \\t \\0 \\xHH")?);
    }
    Ok(octets)
}

impl Party {
    fn of(text: String) -> Self {
        text.parse().map_or(Self::Node(text), Self::Addr)
    }

    fn is(&self, addr: IpAddr, nodes: &[&str]) -> bool {
        match self {
            Self::Addr(wanted) => *wanted == addr,
            Self::Node(node) => nodes.contains(&node.as_str()),
        }
    }
}

impl Number {
    /// The numbers of this kind that a frame has.
    fn of(self, frame: &Annotated<'_>) -> Vec<u64> {
        let packet = &frame.packet;
        let segment = frame.segment.as_ref();
        let ports = packet.ports().or_else(|| packet.quoted.as_ref()?.ports());
        let icmp = match packet.body {
            Body::Icmp(icmp) => Some(icmp),
            _ => None,
        };
        let number = match self {
            Self::Port => return ports.into_iter().flat_map(|(src, dst)| [src.into(), dst.into()]).collect(),
            Self::SrcPort => ports.map(|(src, _)| src.into()),
            Self::DstPort => ports.map(|(_, dst)| dst.into()),
            Self::Len => u64::try_from(packet.payload.len()).ok(),
            Self::Ttl => packet.ip.map(|ip| ip.ttl.into()),
            Self::Type => icmp.map(|icmp| icmp.icmp_type.into()),
            Self::Code => icmp.map(|icmp| icmp.code.into()),
            Self::Mtu => icmp.and_then(|icmp| icmp.mtu(packet.is_v6())).map(Into::into),
            Self::Window => segment.map(|segment| segment.window.into()),
            Self::Sequence => segment.map(|segment| segment.sequence.into()),
            Self::Acknowledgment => segment.map(|segment| segment.acknowledgment.into()),
        };
        number.into_iter().collect()
    }
}

impl Word {
    fn holds(self, frame: &Annotated<'_>) -> bool {
        let packet = &frame.packet;
        let part = frame.segment.as_ref().map(|segment| segment.part);
        let fate = frame.frame.fate;
        match self {
            Self::Arp => matches!(packet.body, Body::Arp(_)),
            Self::Ip4 => packet.ip.is_some_and(|ip| ip.src.is_ipv4()),
            Self::Ip6 => packet.is_v6(),
            Self::Tcp => packet.is_tcp(),
            Self::Udp => matches!(packet.body, Body::Udp { .. }),
            Self::Icmp => matches!(packet.body, Body::Icmp(_)) && !packet.is_v6(),
            Self::Icmp6 => matches!(packet.body, Body::Icmp(_)) && packet.is_v6(),
            Self::Dns => matches!(packet.application, Some(Application::Dns(_))),
            Self::Tls => matches!(packet.application, Some(Application::Tls(_))),
            Self::Http => matches!(packet.application, Some(Application::Http { .. })),
            Self::Request => packet.asks() == Some(true),
            Self::Reply => packet.asks() == Some(false),
            Self::Echo => packet.echo().is_some(),
            Self::Flag(bits) => packet.tcp().is_some_and(|tcp| tcp.flags.has(bits)),
            Self::Data => !packet.payload.is_empty(),
            Self::Opens => part == Some(Part::Opens),
            Self::LastAck => part == Some(Part::LastAck),
            Self::Refused => part == Some(Part::Refuses),
            Self::Remark(remark) => frame.segment.as_ref().is_some_and(|segment| segment.remarks.contains(&remark)),
            Self::Lost => fate.is_lost(),
            Self::Cut => fate == Fate::Cut,
            Self::QueueFull => fate == Fate::QueueFull,
            Self::Duplicate => fate == Fate::Duplicate,
            Self::Absent => packet.checksum.is_some_and(|stored| stored.absent),
            Self::Fragment => packet.ip.is_some_and(|ip| ip.fragment.is_some()),
            Self::DontFragment => packet.ip.is_some_and(|ip| ip.dont_fragment),
            Self::Quoted => packet.quoted.is_some(),
            Self::Broadcast => packet.ethernet.is_some_and(|ethernet| ethernet.dst == [0xff; 6]),
            Self::Multicast => packet.ethernet.is_some_and(|Ethernet { dst, .. }| {
                dst.first().is_some_and(|first| first & 1 == 1) && dst != [0xff; 6]
            }),
        }
    }
}

impl Packet {
    /// Whether it asks or replies, where its protocol knows both.
    fn asks(&self) -> Option<bool> {
        match (&self.body, &self.application) {
            (Body::Arp(arp), _) => Some(arp.operation == 1),
            (_, Some(Application::Dns(dns))) => Some(!dns.response),
            (_, Some(Application::Http { request, .. })) => Some(*request),
            (Body::Icmp(icmp), _) => match icmp.neighbour {
                Some(Neighbour::Solicitation(_) | Neighbour::RouterSolicitation) => Some(true),
                Some(Neighbour::Advertisement { .. } | Neighbour::RouterAdvertisement) => Some(false),
                None => self.echo(),
            },
            _ => None,
        }
    }

    fn echo(&self) -> Option<bool> {
        match &self.body {
            Body::Icmp(icmp) => icmp.echo(self.is_v6()),
            _ => None,
        }
    }

    /// Whose MAC address is asked for or told.
    fn target(&self) -> Option<IpAddr> {
        match &self.body {
            Body::Arp(arp) if arp.operation == 1 => Some(arp.target.into()),
            Body::Arp(arp) => Some(arp.sender.into()),
            Body::Icmp(icmp) => match icmp.neighbour? {
                Neighbour::Solicitation(target) | Neighbour::Advertisement { target, .. } => Some(target.into()),
                _ => None,
            },
            _ => None,
        }
    }
}
