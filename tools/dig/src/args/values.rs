//! Options with a plus and a value: what the value may be, and what dig says if it is not that.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use sockeye_cli::Status;
use sockeye_common::hex;
use sockeye_common::number::digits_of_c;

use super::plus::{Said, enable_edns};
use super::{Draft, Stop, number, refused_number};
use crate::options::{Cookie, Refusal, Subnet, UDP_SIZE};
use crate::registry::Opcode;
use crate::transport::Https;

type Taken = Result<(), Stop>;

/// The value of an option that is nothing without one.
fn needed(said: Said<'_>) -> Result<&str, Stop> {
    said.value.filter(|_| said.on).ok_or(Stop::Missing)
}

fn narrow<T: TryFrom<u32> + Default>(value: u32) -> T {
    T::try_from(value).unwrap_or_default()
}

pub(super) fn edns(draft: &mut Draft<'_>, said: Said<'_>) -> Taken {
    let version = match said.value.filter(|_| said.on) {
        None => 0,
        Some(text) => number(text, u8::MAX.into(), "edns", 10)?,
    };
    draft.current().edns = said.on.then(|| narrow(version));
    Ok(())
}

pub(super) fn bufsize(draft: &mut Draft<'_>, said: Said<'_>) -> Taken {
    if !said.on {
        return Err(Stop::Missing);
    }
    let size = match said.value {
        None => UDP_SIZE.into(),
        Some(text) => number(text, u16::MAX.into(), "buffer size", 10)?,
    };
    enable_edns(draft, true);
    draft.current().udp_size = Some(narrow(size));
    Ok(())
}

/// The longest cookie that `+cookie=` takes, in hex digits.
const COOKIE_DIGITS: usize = 80;

pub(super) fn cookie(draft: &mut Draft<'_>, said: Said<'_>) -> Taken {
    let value = said.value.filter(|_| said.on);
    if value.is_some_and(|hex| hex.len() > COOKIE_DIGITS) {
        return Err(Stop::fatal("COOKIE data too large", 10));
    }
    enable_edns(draft, said.on);
    draft.current().cookie = match value {
        Some(hex) => Cookie::Given(hex.to_owned()),
        None if said.on => Cookie::Random,
        None => Cookie::No,
    };
    Ok(())
}

pub(super) fn domain(draft: &mut Draft<'_>, said: Said<'_>) -> Taken {
    draft.globals.domain = Some(needed(said)?.to_owned());
    Ok(())
}

pub(super) fn ndots(draft: &mut Draft<'_>, said: Said<'_>) -> Taken {
    let value = number(needed(said)?, u32::MAX, "ndots", 10)?;
    draft.globals.ndots = Some(value);
    Ok(())
}

pub(super) fn padding(draft: &mut Draft<'_>, said: Said<'_>) -> Taken {
    let text = said.value.ok_or(Stop::Missing)?;
    if said.on {
        enable_edns(draft, true);
    }
    draft.current().padding = narrow(number(text, 512, "padding", 10)?);
    Ok(())
}

pub(super) fn qid(draft: &mut Draft<'_>, said: Said<'_>) -> Taken {
    if !said.on {
        draft.current().qid = None;
        return Ok(());
    }
    draft.current().qid = Some(narrow(number(needed(said)?, u16::MAX.into(), "qid", 10)?));
    Ok(())
}

/// The opcodes by name, as dig takes them.
const OPCODES: &[&str] = &[
    "QUERY",
    "IQUERY",
    "STATUS",
    "RESERVED3",
    "NOTIFY",
    "UPDATE",
    "RESERVED6",
    "RESERVED7",
    "RESERVED8",
    "RESERVED9",
    "RESERVED10",
    "RESERVED11",
    "RESERVED12",
    "RESERVED13",
    "RESERVED14",
    "RESERVED15",
];

pub(super) fn opcode(draft: &mut Draft<'_>, said: Said<'_>) -> Taken {
    if !said.on {
        draft.current().opcode = Opcode::QUERY;
        return Ok(());
    }
    let text = needed(said)?;
    let named = OPCODES.iter().position(|name| name.eq_ignore_ascii_case(text));
    let code = match named {
        Some(at) => u8::try_from(at).unwrap_or_default(),
        None => narrow(number(text, 15, "opcode", 10)?),
    };
    draft.current().opcode = Opcode(code);
    Ok(())
}

/// A number as C writes it: `0x10`, `010`, `8`.
pub(super) fn edns_flags(draft: &mut Draft<'_>, said: Said<'_>) -> Taken {
    let flags = match said.value.filter(|_| said.on) {
        None => 0,
        Some(text) => match digits_of_c(text).and_then(|(digits, radix)| u64::from_str_radix(digits, radix).ok()) {
            None => return Err(refused_number("ednsflags", text, "not a valid number", 10)),
            Some(value) => u16::try_from(value).map_err(|_| refused_number("ednsflags", text, "out of range", 10))?,
        },
    };
    if flags != 0 {
        enable_edns(draft, true);
    }
    draft.current().edns_flags = flags;
    Ok(())
}

/// As many options as dig takes for a name.
const MAX_OPTIONS: usize = 100;

/// The options that `+ednsopt` knows by name.
const OPTION_NAMES: &[(&str, u16)] = &[
    ("LLQ", 1),
    ("NSID", 3),
    ("DAU", 5),
    ("DHU", 6),
    ("N3U", 7),
    ("ECS", 8),
    ("EXPIRE", 9),
    ("COOKIE", 10),
    ("KEEPALIVE", 11),
    ("PADDING", 12),
    ("PAD", 12),
    ("CHAIN", 13),
    ("KEY-TAG", 14),
    ("EDE", 15),
    ("CLIENT-TAG", 16),
    ("SERVER-TAG", 17),
    ("DEVICEID", 26946),
];

pub(super) fn edns_option(draft: &mut Draft<'_>, said: Said<'_>) -> Taken {
    if !said.on {
        draft.current().edns_options.clear();
        return Ok(());
    }
    let missing = || Stop::fatal("ednsopt no code point specified", 10);
    let (code, data) = match said.value.ok_or_else(missing)?.trim_start_matches(':').split_once(':') {
        Some((code, data)) => (code, Some(data)),
        None => (said.value.unwrap_or_default().trim_start_matches(':'), None),
    };
    if code.is_empty() {
        return Err(missing());
    }
    let named = OPTION_NAMES.iter().find(|(name, _)| name.eq_ignore_ascii_case(code)).map(|row| row.1);
    let number = match named {
        Some(number) => number,
        None => number(code, u16::MAX.into(), "ednsopt", 1)
            .map(narrow)
            .map_err(|stop| stop.with_message(format!("bad edns code point: {code}")))?,
    };
    // Blanks may stand anywhere between them, and nothing else.
    let digits: String = data.unwrap_or_default().chars().filter(|digit| *digit != ' ').collect();
    let only_digits = digits.bytes().all(|digit| digit.is_ascii_hexdigit()).then_some(digits);
    let data = only_digits
        .and_then(|digits| hex::decode(&digits).ok())
        .ok_or_else(|| Stop::fatal("isc_hex_decodestring: bad hex encoding", 1))?;
    let options = &mut draft.current().edns_options;
    if options.len() >= MAX_OPTIONS {
        return Err(Stop::fatal("too many ednsopts", 1));
    }
    options.push((number, data));
    Ok(())
}

/// What dig takes for the time without a value.
const FUZZ_TIME: u64 = 0x622a_cce1;

pub(super) fn fuzz_time(draft: &mut Draft<'_>, said: Said<'_>) -> Taken {
    let time = match said.value.filter(|_| said.on) {
        None => FUZZ_TIME,
        Some(text) => number(text, u32::MAX, "fuzztime", 10)?.into(),
    };
    draft.current().fuzz_time = said.on.then_some(time);
    Ok(())
}

pub(super) fn split(draft: &mut Draft<'_>, said: Said<'_>) -> Taken {
    let width = match (said.on, said.value) {
        (false, None) => Some(0),
        (false, Some(_)) => return Err(Stop::Missing),
        // dig leaves it as it was.
        (true, None) => return Ok(()),
        (true, Some(text)) => {
            let parsed = number(text, 1023, "split", 10);
            let width = parsed.as_ref().map_or(0, |width| width.next_multiple_of(4));
            if parsed.as_ref().map_or(true, |width| !width.is_multiple_of(4)) {
                // dig says this of what is no number at all, too.
                warn_split(draft, width);
            }
            parsed?;
            Some(narrow(width))
        }
    };
    draft.globals.split = width;
    Ok(())
}

fn warn_split(draft: &mut Draft<'_>, width: u32) {
    draft.warnings.push(format!(";; Warning, split must be a multiple of 4; adjusting to {width}\n"));
}

pub(super) fn subnet(draft: &mut Draft<'_>, said: Said<'_>) -> Taken {
    if !said.on {
        draft.current().subnet = None;
        return Ok(());
    }
    let text = said.value.ok_or(Stop::Missing)?;
    enable_edns(draft, true);
    draft.current().subnet = Some(netprefix(text)?);
    Ok(())
}

/// `ADDRESS[/PREFIX]`: a prefix that the family does not have is cut to its longest, an IPv4 address with a prefix may
/// leave out octets at its end. `0` alone is no address and no prefix.
fn netprefix(text: &str) -> Result<Subnet, Stop> {
    if text == "0" {
        return Ok(Subnet { addr: Some(Ipv4Addr::UNSPECIFIED.into()), prefix: 0 });
    }
    let (written, prefix) = match text.rsplit_once('/') {
        Some((written, prefix)) => (written, Some(prefix)),
        None => (text, None),
    };
    let prefix = match prefix {
        None => None,
        Some(digits) => Some(
            number(digits, 128, "prefix length", 1)
                .or_else(|stop| if digits.parse::<u64>().is_ok() { Ok(128) } else { Err(stop) })
                .map_err(|_| {
                    // dig's sentence has two line ends.
                    let sentence = format!("dig: invalid prefix length in '{text}': not a valid number");
                    Stop::Refused(Refusal {
                        stdout: String::new(),
                        stderr: vec![sentence, String::new()],
                        message: None,
                        status: Status(1),
                    })
                })?,
        ),
    };
    let addr = written.parse::<IpAddr>().ok().or_else(|| prefix.and_then(|_| partial(written)));
    let addr = addr.ok_or_else(|| Stop::fatal(format!("invalid address '{text}'"), 1))?;
    let longest = if addr.is_ipv4() { 32 } else { 128 };
    let prefix = prefix.map_or(longest, |prefix| prefix.min(longest));
    Ok(Subnet { addr: Some(masked(addr, prefix)), prefix: narrow(prefix) })
}

/// `10`, `10.1`, `10.1.2`: the octets that are not there are zero.
fn partial(text: &str) -> Option<IpAddr> {
    let mut octets = [0_u8; 4];
    let mut parts = text.split('.');
    for octet in &mut octets {
        let Some(part) = parts.next() else { break };
        if part.is_empty() || !part.bytes().all(|digit| digit.is_ascii_digit()) {
            return None;
        }
        *octet = part.parse().ok()?;
    }
    parts.next().is_none().then(|| Ipv4Addr::from(octets).into())
}

fn masked(addr: IpAddr, prefix: u32) -> IpAddr {
    match addr {
        IpAddr::V4(v4) => {
            let mask = u32::MAX.checked_shl(32_u32.saturating_sub(prefix)).unwrap_or(0);
            Ipv4Addr::from_bits(v4.to_bits() & mask).into()
        }
        IpAddr::V6(v6) => {
            let mask = u128::MAX.checked_shl(128_u32.saturating_sub(prefix)).unwrap_or(0);
            Ipv6Addr::from_bits(v6.to_bits() & mask).into()
        }
    }
}

/// Where a resolver of queries over HTTP listens, unless the line says otherwise.
const HTTP_PATH: &str = "/dns-query";

pub(super) fn https(draft: &mut Draft<'_>, said: Said<'_>) -> Taken {
    if !said.on {
        draft.current().https = None;
        return Ok(());
    }
    let path = said.value.unwrap_or(HTTP_PATH);
    if !is_http_path(path) {
        draft.warnings.push(format!(";; The given HTTP path \"{path}\" is not a valid absolute path\n"));
        return Err(Stop::Missing);
    }
    let lookup = draft.current();
    lookup.https = Some(Https {
        path: path.to_owned(),
        // As in dig, +https behind +https-get is still a GET.
        get: said.word.ends_with("-get") || lookup.https.as_ref().is_some_and(|before| before.get),
        plain: said.word.starts_with("http-plain"),
        version3: said.word == "https3",
    });
    lookup.tcp.get_or_insert(true);
    Ok(())
}

/// Absolute, without query and fragment (RFC 3986 section 3.3).
fn is_http_path(path: &str) -> bool {
    let is_pchar = |octet: u8| octet.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/%".contains(&octet);
    path.starts_with('/') && path.bytes().all(is_pchar)
}

pub(super) fn tls_file(draft: &mut Draft<'_>, said: Said<'_>) -> Taken {
    let value = said.value.filter(|_| said.on).map(str::to_owned);
    let lost = match (said.word, &value) {
        _ if !said.on => None,
        ("tls-certfile", None) => Some("TLS certificate file"),
        ("tls-keyfile", None) => Some("TLS private key file"),
        ("tls-hostname", None) => Some("TLS hostname"),
        _ => None,
    };
    if let Some(what) = lost {
        draft.warnings.push(format!(";; {what} is not specified\n"));
        return Err(Stop::Missing);
    }
    let tls = &mut draft.current().tls;
    match said.word {
        "tls-ca" => tls.ca = said.on.then_some(value),
        "tls-certfile" => tls.cert_file = value,
        "tls-keyfile" => tls.key_file = value,
        _ => tls.hostname = value,
    }
    Ok(())
}
