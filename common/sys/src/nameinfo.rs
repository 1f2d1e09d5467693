//! getnameinfo(3): from an address to the names of its host and its service.

use std::ffi::{CStr, c_char};
use std::net::SocketAddr;

use crate::gai::{GaiCode, GaiError};
use crate::registry::flags;
use crate::sockaddr::{self, RawSockaddr};

/// `NI_MAXHOST` of glibc: a name of 1024 octets and its NUL.
const HOST_LEN: usize = 1025;
/// `NI_MAXSERV`.
const SERVICE_LEN: usize = 32;

flags! {
    /// The flags of getnameinfo(3), with the values of Linux.
    ///
    /// # Source
    /// POSIX.1-2024, getnameinfo(); getnameinfo(3) for `NI_IDN`.
    NiFlags(i32) {
        /// The address in numbers: ask nobody.
        NUMERICHOST = 1, "NI_NUMERICHOST";
        /// The port in numbers.
        NUMERICSERV = 2, "NI_NUMERICSERV";
        /// Only the first label for hosts of the local domain.
        NOFQDN = 4, "NI_NOFQDN";
        /// No name is an error, not a reason to answer in numbers.
        NAMEREQD = 8, "NI_NAMEREQD";
        /// The service of UDP, where it differs from that of TCP: port 514.
        DGRAM = 16, "NI_DGRAM";
        /// Decode the name from its IDN form (glibc).
        IDN = 32, "NI_IDN";
        /// Without effect since glibc 2.28.
        IDN_ALLOW_UNASSIGNED = 64, "NI_IDN_ALLOW_UNASSIGNED";
        /// Without effect since glibc 2.28.
        IDN_USE_STD3_ASCII_RULES = 128, "NI_IDN_USE_STD3_ASCII_RULES";
    }
}

/// What getnameinfo(3) answered. Octets that are not UTF-8 are `\DDD`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameInfo {
    /// The host's name, or its address in numbers.
    pub host: String,
    /// The service's name, or the port in numbers.
    pub service: String,
}

/// Asks getnameinfo(3) for the names of `addr`'s host and port.
///
/// # Errors
/// [`GaiError`] with libc's code: `EAI_NONAME` if there is no name and [`NiFlags::NAMEREQD`] is set.
///
/// # Source
/// POSIX.1-2024, getnameinfo(); RFC 3493 section 6.2.
pub fn nameinfo(addr: &SocketAddr, flags: NiFlags) -> Result<NameInfo, GaiError> {
    let raw = RawSockaddr::from(addr);
    let mut host = [0_u8; HOST_LEN];
    let mut service = [0_u8; SERVICE_LEN];
    // SAFETY: `raw` is a whole sockaddr of the length given; both buffers are writable for the lengths given, which
    // are small constants.
    let code = unsafe {
        libc::getnameinfo(
            raw.as_ptr(),
            raw.len(),
            host.as_mut_ptr().cast::<c_char>(),
            libc::socklen_t::try_from(host.len()).unwrap_or(0),
            service.as_mut_ptr().cast::<c_char>(),
            libc::socklen_t::try_from(service.len()).unwrap_or(0),
            flags.0,
        )
    };
    if code != 0 {
        return Err(GaiError::from_code("getnameinfo", GaiCode(code)));
    }
    // A name that has lost its NUL was longer than the buffer.
    let text = |buffer: &[u8]| {
        CStr::from_bytes_until_nul(buffer)
            .map(sockaddr::text)
            .map_err(|_| GaiError::from_code("getnameinfo", GaiCode::OVERFLOW))
    };
    Ok(NameInfo { host: text(&host)?, service: text(&service)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_have_the_values_of_the_header() {
        for (flag, value) in [
            (NiFlags::NUMERICHOST, libc::NI_NUMERICHOST),
            (NiFlags::NUMERICSERV, libc::NI_NUMERICSERV),
            (NiFlags::NOFQDN, libc::NI_NOFQDN),
            (NiFlags::NAMEREQD, libc::NI_NAMEREQD),
            (NiFlags::DGRAM, libc::NI_DGRAM),
            // glibc 2.36, netdb.h; the libc crate has it not.
            (NiFlags::IDN, 32),
        ] {
            assert_eq!(flag.0, value, "{flag}");
        }
    }

    const NUMERIC: NiFlags = NiFlags::NUMERICHOST.union(NiFlags::NUMERICSERV);

    #[test]
    fn numbers_need_nobody() {
        for (addr, host, service) in [
            ("192.0.2.25:514", "192.0.2.25", "514"),
            ("[2001:db8::1]:65535", "2001:db8::1", "65535"),
            ("[::ffff:192.0.2.1]:0", "::ffff:192.0.2.1", "0"),
        ] {
            let answer = nameinfo(&addr.parse().unwrap(), NUMERIC).unwrap();
            assert_eq!((answer.host.as_str(), answer.service.as_str()), (host, service));
        }
    }

    #[test]
    fn a_scope_has_the_name_of_its_interface() {
        let lo = crate::interface::index("lo").unwrap();
        let addr = format!("[fe80::1%{lo}]:1").parse().unwrap();
        assert_eq!(nameinfo(&addr, NUMERIC).unwrap().host, "fe80::1%lo");
    }

    #[test]
    fn a_number_is_no_name_where_one_is_required() {
        let error = nameinfo(&"192.0.2.1:1".parse().unwrap(), NUMERIC | NiFlags::NAMEREQD).unwrap_err();
        assert_eq!((error.call, error.code), ("getnameinfo", GaiCode::NONAME));
    }

    #[test]
    fn an_unknown_flag_is_refused() {
        let error = nameinfo(&"192.0.2.1:1".parse().unwrap(), NiFlags(0x4000_0000)).unwrap_err();
        assert_eq!(error.code, GaiCode::BADFLAGS);
    }
}
