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
