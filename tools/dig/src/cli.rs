//! The options as clap tells them: for help, man page and completions. [`crate::args`] reads the line.

use std::fmt::Write as _;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, Args as _, Command};
use sockeye_cli::{Exit, Presentation, Status};

use crate::args::{Asked, VERSION};
use crate::registry::TYPES;

/// The description of the command line.
pub fn command() -> Command {
    let value = |id: &'static str, letter: char, name: &'static str, help: &'static str| {
        Arg::new(id).short(letter).value_name(name).help(help)
    };
    let switch = |id: &'static str, letter: char, help: &'static str| {
        Arg::new(id).short(letter).action(ArgAction::SetTrue).help(help)
    };
    let command = Command::new("dig")
        .version(env!("CARGO_PKG_VERSION"))
        .override_usage("dig [@SERVER] [-p PORT] [NAME] [TYPE] [CLASS] [+OPTION...] [NAME ...]")
        .disable_help_flag(true)
        .disable_version_flag(true)
        .next_line_help(false)
        .arg(
            Arg::new("word")
                .value_name("WORD")
                .num_args(0..)
                .action(ArgAction::Append)
                .value_parser(PossibleValuesParser::new(words()))
                .hide_possible_values(true)
                .help("@SERVER, a name, a type, a class, or a +OPTION, in any order; see QUERY OPTIONS in dig(1)"),
        )
        .arg(switch("ipv4", '4', "Use IPv4 only"))
        .arg(switch("ipv6", '6', "Use IPv6 only"))
        .arg(value("source", 'b', "ADDRESS[#PORT]", "Send from this address and port"))
        .arg(value("class", 'c', "CLASS", "Ask in this class: IN, CH, HS, CLASS300"))
        .arg(value("batch", 'f', "FILE", "Look up what each line of the file says; - is standard input"))
        .arg(switch("ip6-int", 'i', "Do nothing: ip6.int is gone"))
        .arg(value("key-file", 'k', "FILE", "Sign queries with the key of this file"))
        .arg(switch("memory", 'm', "Do nothing: there is no memory to report on"))
        .arg(switch("nibble", 'n', "Do nothing: bit-string labels are gone"))
        .arg(value("port", 'p', "PORT", "Ask at this port, not at 53"))
        .arg(value("name", 'q', "NAME", "Ask for this name, even if it looks like something else"))
        .arg(switch("no-digrc", 'r', "Do not read ~/.digrc"))
        .arg(value("type", 't', "TYPE", "Ask for this type: A, MX, TYPE65280"))
        .arg(switch("usec", 'u', "Tell times in microseconds"))
        .arg(switch("dig-version", 'v', "Print the version on standard error, as dig does"))
        .arg(value("reverse", 'x', "ADDRESS", "Ask for the name of this address, or of part of it"))
        .arg(value("key", 'y', "[HMAC:]NAME:SECRET", "Sign queries with this key"))
        .arg(Arg::new("help").short('h').long("help").action(ArgAction::SetTrue).help("Print this help"))
        .arg(Arg::new("version").long("version").action(ArgAction::SetTrue).help("Print the version"));
    // The flattened options would bring a description of their own.
    Presentation::augment_args(command).about("Ask name servers as dig does, or the C library").long_about(None)
}

/// What a shell may complete a word to.
fn words() -> Vec<&'static str> {
    let types = TYPES.iter().map(|row| row.1);
    SWITCHES.iter().chain(VALUED).map(|row| row.0).chain(types).collect()
}

/// The options that take `no`, for help.
pub const SWITCHES: &[(&str, &str)] = &[
    ("+short", "only the rdata of answers"),
    ("+tcp", "ask over TCP; also +vc"),
    ("+tls", "ask over TLS"),
    ("+quic", "ask over QUIC (not in dig)"),
    ("+keepopen", "keep the connection open for the next query"),
    ("+ignore", "take a truncated answer, do not ask again over TCP"),
    ("+fail", "take SERVFAIL for an answer, which is the default"),
    ("+search", "try the names of the search list; also +defname"),
    ("+showsearch", "the same, and show the answers on the way"),
    ("+idnin", "take names in Unicode, which is the default on a terminal"),
    ("+idnout", "show names in Unicode, which is the default on a terminal"),
    ("+trace", "ask from the root on, zone by zone"),
    ("+tree", "the same as a tree, every server asked (not in dig)"),
    ("+nssearch", "ask every server of the zone for its SOA record"),
    ("+dns64prefix", "find the prefix of DNS64"),
    ("+diff", "ask every server and say in what they differ (not in dig)"),
    ("+recurse", "set RD, which is the default; also +rdflag"),
    ("+aaflag", "set AA in the query; also +aaonly"),
    ("+adflag", "set AD in the query, which is the default"),
    ("+cdflag", "set CD in the query"),
    ("+raflag", "set RA in the query"),
    ("+tcflag", "set TC in the query"),
    ("+zflag", "set the reserved bit in the query"),
    ("+header-only", "send no question"),
    ("+dnssec", "set DNSSEC OK; also +do"),
    ("+coflag", "set compact answers OK"),
    ("+ednsnegotiation", "on BADVERS ask with the server's version, which is the default"),
    ("+nsid", "ask for the server's identifier"),
    ("+expire", "ask when the zone expires"),
    ("+keepalive", "ask how long a connection may idle"),
    ("+badcookie", "ask again on BADCOOKIE, which is the default"),
    ("+showbadcookie", "show the BADCOOKIE too"),
    ("+all", "print every part, or with +noall none"),
    ("+cmd", "print the banner"),
    ("+comments", "print header, headings and OPT"),
    ("+question", "print the question"),
    ("+answer", "print the answer section"),
    ("+authority", "print the authority section"),
    ("+additional", "print the additional section"),
    ("+stats", "print time, server and size"),
    ("+identify", "print who answered"),
    ("+qr", "print the query before it is sent"),
    ("+besteffort", "print what can be read of a broken message, which is the default"),
    ("+onesoa", "print the SOA record of a transfer once"),
    ("+ttlid", "print the TTL of records"),
    ("+ttlunits", "print TTLs as 1h30m"),
    ("+class", "print the class of records"),
    ("+multiline", "print records over several lines, with remarks"),
    ("+rrcomments", "print remarks on records"),
    ("+crypto", "print keys and signatures, which is the default"),
    ("+unknownformat", "print rdata as RFC 3597 writes it"),
    ("+expandaaaa", "print every digit of IPv6 addresses"),
    ("+yaml", "print YAML"),
    ("+compare", "one name, every source side by side: hosts file, nsswitch.conf, DNS, getaddrinfo(3)"),
    ("+explain", "as --explain"),
    ("+json", "as --json"),
    ("+wire", "print every octet of query and answer (not in dig)"),
    ("+timing", "print connect, TLS and first octet apart (not in dig)"),
    ("+status", "tell by the exit status what the answer was (not in dig)"),
    ("+bulk", "with -f: print answers as they arrive (not in dig)"),
];

/// The options with a value, for help.
pub const VALUED: &[(&str, &str)] = &[
    ("+edns", "EDNS version; +noedns sends none"),
    ("+ednsflags", "further EDNS flags"),
    ("+ednsopt", "an EDNS option, CODE[:HEX]"),
    ("+bufsize", "largest datagram to take, in octets (default 1232)"),
    ("+cookie", "client cookie in hex (default: random); +nocookie sends none"),
    ("+subnet", "the network that asks, ADDRESS[/PREFIX]"),
    ("+padding", "pad the query to a multiple of so many octets"),
    ("+opcode", "opcode, by name or number"),
    ("+qid", "id of the query"),
    ("+timeout", "seconds to wait for an answer (default 5, over a connection 10)"),
    ("+tries", "how often to ask (default 3)"),
    ("+decode", "show the message in hex digits or in @FILE (octets, hex text, pcap); ask nobody"),
    ("+frame", "which frame of the capture, or which of several messages, +decode shows"),
    ("+retry", "how often to ask again (default 2); also +retries"),
    ("+ndots", "dots that a name needs to be asked for as it is (default 1)"),
    ("+domain", "domain to search, in place of the list"),
    ("+https", "ask over HTTPS at this path (default /dns-query); also +https-get, +https-post"),
    ("+http-plain", "the same without TLS; also +http-plain-get, +http-plain-post"),
    ("+https3", "ask over HTTP/3 (not in dig)"),
    ("+tls-ca", "authorities to believe (default: the system's)"),
    ("+tls-hostname", "name that the server's certificate has to be for"),
    ("+tls-certfile", "our own certificate chain"),
    ("+tls-keyfile", "our own private key"),
    ("+split", "digits a word in keys and hex"),
    ("+fuzztime", "time that signatures carry"),
    ("+watch", "ask again when the TTL ends, so many times (not in dig)"),
    ("+validate", "show the DNSSEC chain, from the trust anchors of this file (not in dig)"),
    ("+parallel", "lookups of -f at once (default 64, not in dig)"),
    ("+compat", "9.18 or 9.20: whose output (not in dig)"),
    ("+gai", "ask getaddrinfo(3), or with -x getnameinfo(3), with these flags"),
    ("+family", "hint for +gai: unspec, inet, inet6"),
    ("+socktype", "hint for +gai: any, stream, dgram, raw, rdm, seqpacket"),
    ("+protocol", "hint for +gai: any, tcp, udp, sctp, dccp, udplite, icmp, icmpv6, or a number"),
    ("+service", "service for +gai: a name or a port"),
];

/// A text that was asked for.
pub fn text(asked: Asked) -> Exit {
    let (text, on_stderr) = match asked {
        Asked::Help => (help(), false),
        Asked::Version => (format!("DiG {VERSION}\n"), true),
        Asked::LongVersion => (format!("dig {} (Sockeye; prints as dig 9.18)\n", env!("CARGO_PKG_VERSION")), false),
    };
    Exit::Text { text, on_stderr, status: Status::YES }
}

/// The same of the `host` dialect.
pub fn host_text(asked: crate::host::args::Asked) -> Exit {
    Exit::Text { text: asked.text, on_stderr: asked.on_stderr, status: Status::YES }
}

fn help() -> String {
    let mut text = command().render_help().to_string();
    text.push_str("\nQuery options, with +no.. for the opposite:\n");
    for (name, meaning) in SWITCHES {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "  {name:<16} {meaning}");
    }
    text.push_str("\nQuery options with a value, +OPTION=VALUE:\n");
    for (name, meaning) in VALUED {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "  {name:<16} {meaning}");
    }
    text.push_str("\nExamples:\n  dig @127.0.0.1 example.com MX\n  dig +short -x 192.0.2.80\n  dig +gai example.com +service=https\n");
    text
}
