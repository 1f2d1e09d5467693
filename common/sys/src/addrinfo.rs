//! getaddrinfo(3) as it is: every hint, every flag, every entry in libc's order.

use std::ffi::{CStr, CString};
use std::net::SocketAddr;
use std::ptr;

use crate::gai::{GaiCode, GaiError};
use crate::numbers::{Family, Protocol, SockType};
use crate::registry::flags;
use crate::sockaddr;

flags! {
    /// The flags of a hint, and of an answer.
    ///
    /// The values are those of Linux; a libc that does not know a flag answers `EAI_BADFLAGS`.
    ///
    /// # Source
    /// POSIX.1-2024, freeaddrinfo(); getaddrinfo(3) for the IDN ones.
    AiFlags(i32) {
        /// Without a node, the wildcard address, for bind(2); otherwise loopback, for connect(2).
        PASSIVE = 0x0001, "AI_PASSIVE";
        /// Ask for the canonical name.
        CANONNAME = 0x0002, "AI_CANONNAME";
        /// The node is an address in numbers: ask nobody.
        NUMERICHOST = 0x0004, "AI_NUMERICHOST";
        /// With `AF_INET6`: IPv4 addresses as `::ffff:a.b.c.d` if there is no IPv6 one.
        V4MAPPED = 0x0008, "AI_V4MAPPED";
        /// With `V4MAPPED`: both, even if there is an IPv6 one.
        ALL = 0x0010, "AI_ALL";
        /// Only families of which this host has an address that is not loopback.
        ADDRCONFIG = 0x0020, "AI_ADDRCONFIG";
        /// Encode the node to its IDN form (glibc).
        IDN = 0x0040, "AI_IDN";
        /// Decode the canonical name from its IDN form (glibc).
        CANONIDN = 0x0080, "AI_CANONIDN";
        /// Without effect since glibc 2.28: once, characters that Unicode 3.2 had not yet assigned.
        IDN_ALLOW_UNASSIGNED = 0x0100, "AI_IDN_ALLOW_UNASSIGNED";
        /// Without effect since glibc 2.28: once, only letters, digits and hyphens.
        IDN_USE_STD3_ASCII_RULES = 0x0200, "AI_IDN_USE_STD3_ASCII_RULES";
        /// The service is a port number: look up no name.
        NUMERICSERV = 0x0400, "AI_NUMERICSERV";
    }
}

/// What is asked for. The default asks for everything: `AF_UNSPEC`, any type, any protocol, no flag.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Hints {
    /// `ai_flags`.
    pub flags: AiFlags,
    /// `ai_family`.
    pub family: Family,
    /// `ai_socktype`: zero is any.
    pub socktype: SockType,
    /// `ai_protocol`: zero is any.
    pub protocol: Protocol,
}

/// One entry of the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddrInfo {
    /// `ai_flags`: libc repeats the hint's.
    pub flags: AiFlags,
    /// `ai_family`.
    pub family: Family,
    /// `ai_socktype`.
    pub socktype: SockType,
    /// `ai_protocol`.
    pub protocol: Protocol,
    /// What `ai_addr` says, its scope id included.
    pub addr: SocketAddr,
    /// The `ai_addrlen` octets at `ai_addr`, as they lie in memory.
    pub sockaddr: Vec<u8>,
    /// `ai_canonname`: on the first entry, if it was asked for. Octets that are not UTF-8 are `\DDD`.
    pub canonname: Option<String>,
}

/// Asks getaddrinfo(3). Every entry, in libc's order.
///
/// An absent `node` means this host, an absent `service` port zero; both absent is `EAI_NONAME`.
///
/// # Errors
/// [`GaiError`] with libc's code. A NUL inside `node` or `service`, which C cannot even express, is `EAI_SYSTEM` with an
/// errno that says so.
///
/// # Source
/// POSIX.1-2024, freeaddrinfo(); RFC 3493 section 6.1.
pub fn lookup(node: Option<&str>, service: Option<&str>, hints: &Hints) -> Result<Vec<AddrInfo>, GaiError> {
    ask(node, service, Some(hints))
}

/// Asks getaddrinfo(3) with a null `hints`, which in glibc is not the same as [`Hints::default`].
///
/// glibc then takes `AI_V4MAPPED|AI_ADDRCONFIG`.
///
/// # Errors
/// As [`lookup`].
///
/// # Source
/// getaddrinfo(3).
pub fn lookup_without_hints(node: Option<&str>, service: Option<&str>) -> Result<Vec<AddrInfo>, GaiError> {
    ask(node, service, None)
}

fn ask(node: Option<&str>, service: Option<&str>, hints: Option<&Hints>) -> Result<Vec<AddrInfo>, GaiError> {
    const CALL: &str = "getaddrinfo";
    let node = node.map(CString::new).transpose().map_err(|_| GaiError::embedded_nul(CALL, "node"))?;
    let service = service.map(CString::new).transpose().map_err(|_| GaiError::embedded_nul(CALL, "service"))?;
    let hints = hints.map(raw_hints);
    let mut answer: *mut libc::addrinfo = ptr::null_mut();
    // SAFETY: each pointer is null or points to a NUL-terminated string or a whole addrinfo that outlives the call;
    // `answer` receives a list that libc owns.
    let code = unsafe {
        libc::getaddrinfo(
            node.as_deref().map_or(ptr::null(), CStr::as_ptr),
            service.as_deref().map_or(ptr::null(), CStr::as_ptr),
            hints.as_ref().map_or(ptr::null(), ptr::from_ref),
            &raw mut answer,
        )
    };
    if code != 0 {
        return Err(GaiError::from_code(CALL, GaiCode(code)));
    }
    let list = List(answer);
    list.entries().map(entry).collect()
}

fn raw_hints(hints: &Hints) -> libc::addrinfo {
    libc::addrinfo {
        ai_flags: hints.flags.0,
        ai_family: hints.family.0,
        ai_socktype: hints.socktype.0,
        ai_protocol: hints.protocol.0,
        ai_addrlen: 0,
        ai_addr: ptr::null_mut(),
        ai_canonname: ptr::null_mut(),
        ai_next: ptr::null_mut(),
    }
}

/// The list that getaddrinfo(3) returned; freed when dropped.
struct List(*mut libc::addrinfo);

impl List {
    fn entries(&self) -> impl Iterator<Item = &libc::addrinfo> {
        // SAFETY: the head and every ai_next is null or points to an addrinfo that lives as long as the list.
        let head = unsafe { self.0.as_ref() };
        // SAFETY: as above.
        std::iter::successors(head, |entry| unsafe { entry.ai_next.as_ref() })
    }
}

impl Drop for List {
    fn drop(&mut self) {
        if !self.0.is_null() {
            // SAFETY: the list came from getaddrinfo and is freed once.
            unsafe { libc::freeaddrinfo(self.0) };
        }
    }
}

/// Copies one entry out of libc's memory. No libc is known to answer in a family that was not asked for.
fn entry(raw: &libc::addrinfo) -> Result<AddrInfo, GaiError> {
    let len = usize::try_from(raw.ai_addrlen).unwrap_or(0);
    let octets = if raw.ai_addr.is_null() {
        &[]
    } else {
        // SAFETY: ai_addr points to ai_addrlen octets that live as long as the list.
        unsafe { std::slice::from_raw_parts(raw.ai_addr.cast::<u8>(), len) }
    };
    let canonname = (!raw.ai_canonname.is_null()).then(|| {
        // SAFETY: ai_canonname points to a NUL-terminated string that lives as long as the list.
        sockaddr::text(unsafe { CStr::from_ptr(raw.ai_canonname) })
    });
    Ok(AddrInfo {
        flags: AiFlags(raw.ai_flags),
        family: Family(raw.ai_family),
        socktype: SockType(raw.ai_socktype),
        protocol: Protocol(raw.ai_protocol),
        addr: sockaddr::parse(octets).ok_or(GaiError::from_code("getaddrinfo", GaiCode::FAMILY))?,
        sockaddr: octets.to_vec(),
        canonname,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_have_the_values_of_the_header() {
        for (flag, value) in [
            (AiFlags::PASSIVE, libc::AI_PASSIVE),
            (AiFlags::CANONNAME, libc::AI_CANONNAME),
            (AiFlags::NUMERICHOST, libc::AI_NUMERICHOST),
            (AiFlags::V4MAPPED, libc::AI_V4MAPPED),
            (AiFlags::ALL, libc::AI_ALL),
            (AiFlags::ADDRCONFIG, libc::AI_ADDRCONFIG),
            (AiFlags::NUMERICSERV, libc::AI_NUMERICSERV),
            // glibc 2.36, netdb.h; the libc crate has none of them.
            (AiFlags::IDN, 64),
            (AiFlags::CANONIDN, 128),
            (AiFlags::IDN_ALLOW_UNASSIGNED, 256),
            (AiFlags::IDN_USE_STD3_ASCII_RULES, 512),
        ] {
            assert_eq!(flag.0, value, "{flag}");
        }
    }

    const NUMERIC: AiFlags = AiFlags::NUMERICHOST.union(AiFlags::NUMERICSERV);

    fn stream(flags: AiFlags) -> Hints {
        Hints { flags, socktype: SockType::STREAM, ..Hints::default() }
    }

    fn addresses(node: Option<&str>, service: Option<&str>, hints: &Hints) -> Vec<String> {
        lookup(node, service, hints).unwrap().iter().map(|entry| entry.addr.to_string()).collect()
    }

    #[test]
    fn without_hints_every_address_comes_three_times() {
        for answer in [
            lookup(Some("192.0.2.1"), Some("80"), &Hints::default()),
            lookup_without_hints(Some("192.0.2.1"), Some("80")),
        ] {
            let answer = answer.unwrap();
            let kinds: Vec<_> = answer.iter().map(|entry| (entry.socktype, entry.protocol)).collect();
            let expected =
                [(SockType::STREAM, Protocol::TCP), (SockType::DGRAM, Protocol::UDP), (SockType::RAW, Protocol::IP)];
            assert_eq!(kinds, expected);
            for entry in answer {
                assert_eq!((entry.family, entry.addr.to_string()), (Family::INET, "192.0.2.1:80".to_owned()));
                assert_eq!(entry.sockaddr.len(), 16);
                assert_eq!(entry.sockaddr[2..8], [0, 80, 192, 0, 2, 1]);
            }
        }
    }

    #[test]
    fn the_scope_of_a_link_local_address() {
        let lo = crate::interface::index("lo").unwrap();
        let answer = lookup(Some("fe80::1%lo"), Some("80"), &stream(NUMERIC)).unwrap();
        assert_eq!(answer[0].addr.to_string(), format!("[fe80::1%{lo}]:80"));
        assert_eq!((answer[0].sockaddr.len(), answer[0].family), (28, Family::INET6));
        assert_eq!(answer[0].sockaddr[24..], lo.to_ne_bytes());
        assert_eq!(lookup(Some("fe80::1%nope"), None, &stream(NUMERIC)).unwrap_err().code, GaiCode::NONAME);
    }

    #[test]
    fn no_node_is_this_host_or_any_address() {
        // reference/dig.md section 6. Which loopback address comes first depends on whether IPv6 is up.
        let mut loopback = addresses(None, Some("80"), &stream(NUMERIC));
        loopback.sort();
        assert_eq!(loopback, ["127.0.0.1:80", "[::1]:80"]);
        assert_eq!(addresses(None, Some("80"), &stream(NUMERIC | AiFlags::PASSIVE)), ["0.0.0.0:80", "[::]:80"]);
    }

    #[cfg(target_env = "gnu")]
    #[test]
    fn forms_of_inet_aton_and_ports_beyond_the_last() {
        // reference/dig.md section 6.
        for (node, service, address) in [
            ("192.0.517", None, "192.0.2.5:0"),
            ("0x7f.1", None, "127.0.0.1:0"),
            ("2130706433", None, "127.0.0.1:0"),
            ("127.0.0.1", Some("99999"), "127.0.0.1:34463"),
        ] {
            assert_eq!(addresses(Some(node), service, &stream(NUMERIC)), [address], "{node} {service:?}");
        }
    }

    #[test]
    fn an_ipv4_address_as_ipv6() {
        let mut hints = stream(NUMERIC | AiFlags::V4MAPPED);
        hints.family = Family::INET6;
        assert_eq!(addresses(Some("192.0.2.2"), Some("80"), &hints), ["[::ffff:192.0.2.2]:80"]);
    }

    #[test]
    fn the_canonical_name_is_on_the_first_entry_only() {
        let hints = Hints { flags: AiFlags::NUMERICHOST | AiFlags::CANONNAME, ..Hints::default() };
        let names: Vec<_> =
            lookup(Some("192.0.2.1"), None, &hints).unwrap().into_iter().map(|entry| entry.canonname).collect();
        assert_eq!(names, [Some("192.0.2.1".to_owned()), None, None]);
    }

    #[cfg(target_env = "gnu")]
    #[test]
    fn every_code_that_needs_no_network() {
        // Node, service, flags, family, type, protocol, code: reference/dig.md section 6.
        let inet6 = Family::INET6;
        let any = Family::UNSPEC;
        let host = Some("192.0.2.1");
        for (node, service, flags, family, socktype, protocol, code) in [
            (host, None, 0x4000_0000, any, 0, 0, GaiCode::BADFLAGS),
            (None, Some("80"), AiFlags::CANONNAME.0, any, 0, 0, GaiCode::BADFLAGS),
            (None, None, 0, any, 0, 0, GaiCode::NONAME),
            (Some("name.invalid"), None, AiFlags::NUMERICHOST.0, any, 0, 0, GaiCode::NONAME),
            (host, Some("http"), AiFlags::NUMERICSERV.0, any, 0, 0, GaiCode::NONAME),
            (host, None, 0, Family(99), 0, 0, GaiCode::FAMILY),
            (host, None, 0, any, 99, 0, GaiCode::SOCKTYPE),
            (host, None, 0, any, SockType::STREAM.0, Protocol::UDP.0, GaiCode::SOCKTYPE),
            (host, Some("no-such-service"), 0, any, SockType::STREAM.0, 0, GaiCode::SERVICE),
            (host, None, 0, inet6, 0, 0, GaiCode::ADDRFAMILY),
            (Some("b\u{fc}cher"), None, AiFlags::IDN.0, any, 0, 0, GaiCode::IDN_ENCODE),
        ] {
            let hints =
                Hints { flags: AiFlags(flags), family, socktype: SockType(socktype), protocol: Protocol(protocol) };
            let error = lookup(node, service, &hints).unwrap_err();
            assert_eq!(error.code, code, "{node:?} {service:?} {hints:?}");
            assert!(error.errno.is_none());
        }
    }

    #[test]
    fn a_nul_inside_is_an_error() {
        for (node, service, argument) in [(Some("a\0b"), None, "node"), (None, Some("8\0"), "service")] {
            let error = lookup(node, service, &Hints::default()).unwrap_err();
            assert_eq!((error.code, error.name()), (GaiCode::SYSTEM, "EAI_SYSTEM"));
            assert!(error.to_string().ends_with(&format!(": {argument} contains a NUL octet")), "{error}");
        }
    }
}
