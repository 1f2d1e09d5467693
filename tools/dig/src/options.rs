//! What a command line asks for.

use std::net::{IpAddr, SocketAddr};

use sockeye_cli::{Presentation, Status};
use sockeye_sys::addrinfo::Hints;

use crate::args::Asked;
use crate::args::batch::Defaults;
use crate::gai::Request;
use crate::offline::Given;
use crate::registry::{Class, Opcode, Type};
use crate::style::Style;
use crate::transport::{Https, Tls};
use crate::tsig::key::KeyText;

/// EDNS as dig asks by default: 1232 octets fit every path without fragments.
pub const UDP_SIZE: u16 = 1232;

/// How many lookups of `-f` are under way at once, unless `+parallel` says otherwise.
pub const PARALLEL: u16 = 64;

/// A whole command line.
#[derive(Clone, Debug)]
pub struct Options {
    /// Text, JSON, explanations, colour.
    pub presentation: Presentation,
    /// What to say on standard error before anything is done, line ends included where dig has them.
    pub warnings: Vec<String>,
    /// What to write to standard output before anything is done.
    pub preamble: String,
    /// What to do.
    pub plan: Plan,
}

/// What to do.
#[derive(Clone, Debug)]
pub enum Plan {
    /// Nothing: the line is wrong, and this is how dig says so.
    Refuse(Refusal),
    /// Nothing: a text was asked for.
    Tell(Asked),
    /// Nothing: dig passes over this line of a batch, and this is what it says.
    Skip(String),
    /// Ask name servers.
    Lookups(Globals, Vec<Lookup>),
    /// `-f FILE`: ask for the names of the line, then for those of each line of a file.
    Batch(Box<Batch>),
    /// Ask getaddrinfo(3) or getnameinfo(3).
    AddressInfo(Request),
    /// `+compare`: ask everybody for one name. The lookup says how name servers are asked, the hints how getaddrinfo(3) is.
    Compare(Globals, Box<Lookup>, Hints),
    /// Do as BIND's host does.
    Host(crate::host::Request),
    /// Ask nobody: show a message that is given. The lookup says what to print.
    Decode(Globals, Box<Lookup>, Given),
}

/// `-f FILE`
#[derive(Clone, Debug)]
pub struct Batch {
    /// The file; `-` is standard input.
    pub file: String,
    /// What holds for the names of the command line.
    pub globals: Globals,
    /// The names of the command line: they come before the file's.
    pub lookups: Vec<Lookup>,
    /// What the lines of the file start from.
    pub defaults: Defaults,
}

/// dig's words for a wrong line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Lines on standard output, line ends included.
    pub stdout: String,
    /// Lines on standard error, without the tool's name.
    pub stderr: Vec<String>,
    /// A last line on standard error that starts with the tool's name.
    pub message: Option<String>,
    /// The exit status.
    pub status: Status,
}

impl Refusal {
    /// The refusal in one line: what dig says on standard error, then what it says on standard output.
    pub fn sentence(&self) -> String {
        let message = self.message.as_ref().or(self.stderr.first()).cloned().unwrap_or_default();
        match self.stdout.trim_end() {
            "" => message,
            detail => format!("{message}: {detail}"),
        }
    }
}

/// What holds for every lookup of the call, wherever it stands on the line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Globals {
    /// Only the rdata of answers.
    pub short: bool,
    /// Print the banner.
    pub banner: bool,
    /// The banner, if it was wanted where the first name stood.
    pub greeting: Option<String>,
    /// The servers' port.
    pub port: u16,
    /// `-p` stood on the line: otherwise the transport has a port of its own.
    pub explicit_port: bool,
    /// Use IPv4.
    pub ipv4: bool,
    /// Use IPv6.
    pub ipv6: bool,
    /// Where queries come from.
    pub source: Option<SocketAddr>,
    /// How long to wait for an answer, in seconds; `None` for what resolv.conf says, or what dig waits.
    pub timeout_s: Option<u32>,
    /// `+keepopen`: one connection for consecutive queries to the same server.
    pub keep_open: bool,
    /// `+search`: try the names of the search list.
    pub search: bool,
    /// `+showsearch`: show the answers on the way.
    pub show_search: bool,
    /// `+ndots=N`
    pub ndots: Option<u32>,
    /// `+domain=NAME`, in place of the search list.
    pub domain: Option<String>,
    /// `+yaml`
    pub yaml: bool,
    /// `-k FILE`
    pub key_file: Option<String>,
    /// `-y [HMAC:]NAME:SECRET`: the key, if no file is named.
    pub key_text: Option<KeyText>,
    /// `+compat=9.20`: what 9.20 prints otherwise.
    pub compat: Compat,
    /// `+status`: the exit status tells what the answer was.
    pub status: bool,
    /// `+parallel=N`: how many lookups of `-f` may be under way at once.
    pub parallel: u16,
    /// `+bulk`: answers of `-f` in the order in which they arrive.
    pub bulk: bool,
    /// `+diff`: ask every server and say in what they differ.
    pub diff: bool,
    /// `+split=N`: the last one of the line holds for all names, as in dig.
    pub split: Option<u16>,
}

/// Whose output is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Compat {
    /// BIND 9.18
    #[default]
    V9_18,
    /// BIND 9.20
    V9_20,
}

/// One server to ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// Its address; IPv6 with its scope.
    pub addr: SocketAddr,
    /// As it was written, on the line or in resolv.conf.
    pub written: String,
}

/// The cookie to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cookie {
    /// None.
    No,
    /// Eight random octets, the same for every lookup of the call.
    Random,
    /// Hex digits as given.
    Given(String),
}

/// One lookup with its own options.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lookup {
    /// The name as it was written.
    pub name: String,
    /// The type to ask for.
    pub qtype: Type,
    /// The class to ask in.
    pub qclass: Class,
    /// The servers given with `@`; none means resolv.conf's.
    pub servers: Vec<Server>,
    /// Ask over TCP, once that has been said. Asking for ANY says it.
    pub tcp: Option<bool>,
    /// Do not ask again over TCP when an answer is truncated.
    pub ignore_truncation: bool,
    /// How often to ask; `None` for what resolv.conf says, or 3.
    pub tries: Option<u32>,
    /// Ask again with the server's cookie on BADCOOKIE.
    pub retry_bad_cookie: bool,
    /// Header flags.
    pub flags: Flags,
    /// EDNS version, or `None` for a message without EDNS.
    pub edns: Option<u8>,
    /// The largest datagram to take, in octets, if that was said: then the query has EDNS whatever else was said.
    pub udp_size: Option<u16>,
    /// DNSSEC OK.
    pub dnssec: bool,
    /// `+coflag`: compact answers OK.
    pub compact_ok: bool,
    /// `+ednsflags=N`: further EDNS flags.
    pub edns_flags: u16,
    /// `+ednsnegotiation`: on BADVERS ask again with the server's version.
    pub edns_negotiation: bool,
    /// Ask for the server's identifier.
    pub nsid: bool,
    /// The cookie.
    pub cookie: Cookie,
    /// `+subnet=ADDRESS/PREFIX`
    pub subnet: Option<Subnet>,
    /// `+expire`
    pub expire: bool,
    /// `+keepalive`
    pub keepalive: bool,
    /// `+padding=N`: pad to a multiple of N octets; 0 pads nothing.
    pub padding: u16,
    /// `+ednsopt=CODE[:HEX]`, in order.
    pub edns_options: Vec<(u16, Vec<u8>)>,
    /// `+opcode=N`
    pub opcode: Opcode,
    /// `+qid=N`
    pub qid: Option<u16>,
    /// `+header-only`: no question.
    pub header_only: bool,
    /// `IXFR=SERIAL`
    pub ixfr_serial: u32,
    /// `+besteffort`: show what can be read of a broken message.
    pub best_effort: bool,
    /// `+fail`: a SERVFAIL is an answer. Without it the next server is asked.
    pub fail: bool,
    /// `+mapped`: IPv4 servers may be asked through an IPv6 socket.
    pub mapped: bool,
    /// `+showbadcookie`
    pub show_bad_cookie: bool,
    /// `+trace`
    pub trace: bool,
    /// `+nssearch`
    pub nssearch: bool,
    /// `+dns64prefix`
    pub dns64prefix: bool,
    /// `+fuzztime[=N]`: the time that signatures carry.
    pub fuzz_time: Option<u64>,
    /// `+idnin`, `+noidnin`; `None` is on if standard output is a terminal.
    pub idn_in: Option<bool>,
    /// `+idnout`, `+noidnout`; `None` is on if standard output is a terminal.
    pub idn_out: Option<bool>,
    /// `+tls` and what belongs to it; also for HTTPS and QUIC.
    pub tls: Tls,
    /// `+https`, `+http-plain`, `+https3`
    pub https: Option<Https>,
    /// `+quic`
    pub quic: bool,
    /// `+wire`: annotated octets of query and response.
    pub wire: bool,
    /// `+timing`: connect, TLS and first octet apart.
    pub timing: bool,
    /// `+tree`: `+trace` as a tree.
    pub tree: bool,
    /// `+watch[=N]`: ask again when the TTL ends, print when the RRset changes, N times at most.
    pub watch: Option<Option<u32>>,
    /// `+validate[=FILE]`: validate from the root's keys, or from the trust anchors of the file.
    pub validate: Option<Option<String>>,
    /// What to print.
    pub show: Show,
}

/// The network that asks, as it goes into CLIENT-SUBNET.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subnet {
    /// The address, its octets behind the prefix zero; `None` for family 0.
    pub addr: Option<IpAddr>,
    /// SOURCE PREFIX-LENGTH, in bits.
    pub prefix: u8,
}

/// The header flags of a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flags {
    /// AA.
    pub aa: bool,
    /// TC.
    pub tc: bool,
    /// RD.
    pub rd: bool,
    /// RA.
    pub ra: bool,
    /// Z.
    pub z: bool,
    /// AD.
    pub ad: bool,
    /// CD.
    pub cd: bool,
}

/// Which parts of a message to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Show {
    /// Header, section headings, OPT, empty lines.
    pub comments: bool,
    /// The question.
    pub question: bool,
    /// The answer section.
    pub answer: bool,
    /// The authority section.
    pub authority: bool,
    /// The additional section.
    pub additional: bool,
    /// Query time, server, time of day, size.
    pub stats: bool,
    /// The query before it is sent.
    pub query: bool,
    /// `+identify`: who answered, beside `+short`.
    pub identify: bool,
    /// `-u`: microseconds.
    pub usec: bool,
    /// `+onesoa`: the SOA record at the end of a transfer is left out.
    pub one_soa: bool,
    /// How records are written.
    pub style: Style,
}

impl Default for Globals {
    fn default() -> Self {
        Self {
            short: false,
            banner: true,
            greeting: None,
            port: 53,
            explicit_port: false,
            ipv4: true,
            ipv6: true,
            source: None,
            timeout_s: None,
            keep_open: false,
            search: false,
            show_search: false,
            ndots: None,
            domain: None,
            yaml: false,
            key_file: None,
            key_text: None,
            compat: Compat::default(),
            status: false,
            parallel: PARALLEL,
            bulk: false,
            diff: false,
            split: None,
        }
    }
}

impl Globals {
    /// Whether -4 and -6 allow this family. They never rule out both.
    pub fn speaks(&self, addr: IpAddr) -> bool {
        if addr.is_ipv4() { self.ipv4 } else { self.ipv6 }
    }

    /// Whether an address of this family can be asked: a socket that is bound to an address of the other cannot.
    pub fn allows(&self, addr: IpAddr) -> bool {
        self.speaks(addr) && self.source.is_none_or(|source| source.is_ipv4() == addr.is_ipv4())
    }
}

impl Default for Lookup {
    fn default() -> Self {
        Self {
            name: String::new(),
            qtype: Type::A,
            qclass: Class::IN,
            servers: Vec::new(),
            tcp: None,
            ignore_truncation: false,
            tries: None,
            retry_bad_cookie: true,
            flags: Flags { aa: false, tc: false, rd: true, ra: false, z: false, ad: true, cd: false },
            edns: Some(0),
            udp_size: None,
            dnssec: false,
            compact_ok: false,
            edns_flags: 0,
            edns_negotiation: true,
            nsid: false,
            cookie: Cookie::Random,
            subnet: None,
            expire: false,
            keepalive: false,
            padding: 0,
            edns_options: Vec::new(),
            opcode: Opcode::QUERY,
            qid: None,
            header_only: false,
            ixfr_serial: 0,
            best_effort: true,
            fail: true,
            mapped: true,
            show_bad_cookie: false,
            trace: false,
            nssearch: false,
            dns64prefix: false,
            fuzz_time: None,
            idn_in: None,
            idn_out: None,
            tls: Tls::default(),
            https: None,
            quic: false,
            wire: false,
            timing: false,
            tree: false,
            watch: None,
            validate: None,
            show: Show::default(),
        }
    }
}

impl Default for Show {
    fn default() -> Self {
        Self {
            comments: true,
            question: true,
            answer: true,
            authority: true,
            additional: true,
            stats: true,
            query: false,
            identify: false,
            usec: false,
            one_soa: false,
            style: Style::default(),
        }
    }
}
