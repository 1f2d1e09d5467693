//! inet_aton(3) and inet_pton(3), as the C library of this host has them.

use std::ffi::{CString, c_char, c_int, c_void};
use std::net::{Ipv4Addr, Ipv6Addr};

unsafe extern "C" {
    // The libc crate declares neither for Linux.
    fn inet_aton(text: *const c_char, addr: *mut libc::in_addr) -> c_int;
    fn inet_pton(family: c_int, text: *const c_char, addr: *mut c_void) -> c_int;
}

/// Asks inet_aton(3): one to four numbers, decimal, octal or hexadecimal. `None` if it refuses the text.
///
/// A text with a NUL inside, which C cannot express, is refused too. glibc ignores what follows a blank.
///
/// # Source
/// inet_aton(3).
pub fn aton(text: &str) -> Option<Ipv4Addr> {
    let text = CString::new(text).ok()?;
    let mut addr = libc::in_addr { s_addr: 0 };
    // SAFETY: the text is NUL-terminated and `addr` is a whole in_addr; both outlive the call.
    let taken = unsafe { inet_aton(text.as_ptr(), &raw mut addr) };
    (taken != 0).then(|| Ipv4Addr::from(addr.s_addr.to_ne_bytes()))
}

/// Asks inet_pton(3) with `AF_INET`: four decimal octets and nothing else. `None` if it refuses the text.
///
/// # Source
/// POSIX.1-2024, inet_ntop().
pub fn pton_v4(text: &str) -> Option<Ipv4Addr> {
    let mut octets = [0_u8; 4];
    pton(libc::AF_INET, text, &mut octets).then(|| Ipv4Addr::from(octets))
}

/// Asks inet_pton(3) with `AF_INET6`. `None` if it refuses the text, as it does a zone.
///
/// # Source
/// POSIX.1-2024, inet_ntop().
pub fn pton_v6(text: &str) -> Option<Ipv6Addr> {
    let mut octets = [0_u8; 16];
    pton(libc::AF_INET6, text, &mut octets).then(|| Ipv6Addr::from(octets))
}

fn pton<const N: usize>(family: c_int, text: &str, octets: &mut [u8; N]) -> bool {
    let Ok(text) = CString::new(text) else { return false };
    // SAFETY: the text is NUL-terminated, and `octets` has as many octets as an address of the family: both callers see
    // to that.
    unsafe { inet_pton(family, text.as_ptr(), octets.as_mut_ptr().cast()) == 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_manual_page_says() {
        for (text, addr) in [
            ("127.0.0.1", Some([127, 0, 0, 1])),
            ("127.1", Some([127, 0, 0, 1])),
            ("0x7f.1", Some([127, 0, 0, 1])),
            ("010.0.0.1", Some([8, 0, 0, 1])),
            ("2130706433", Some([127, 0, 0, 1])),
            ("256.0.0.1", None),
            ("1.2.3.4.5", None),
            ("", None),
            ("1\0", None),
        ] {
            assert_eq!(aton(text), addr.map(Ipv4Addr::from), "{text:?}");
        }
        assert_eq!(pton_v4("127.0.0.1"), Some(Ipv4Addr::LOCALHOST));
        assert_eq!(pton_v4("127.1"), None);
        assert_eq!(pton_v6("::1"), Some(Ipv6Addr::LOCALHOST));
        assert_eq!(pton_v6("fe80::1%lo"), None);
        assert_eq!(pton_v6("::1\0"), None);
    }
}
