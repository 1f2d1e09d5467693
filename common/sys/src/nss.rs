//! The name service switch of glibc: which modules answer when a host's name is asked for.

use std::ffi::{CStr, CString, c_char, c_int};
use std::io;

/// What `__nss_configure_lookup` is in glibc: a database, and a line as in nsswitch.conf(5). Zero is success.
type ConfigureLookup = unsafe extern "C" fn(*const c_char, *const c_char) -> c_int;

/// The modules that glibc has in itself since 2.34.
const BUILT_IN: &[&str] = &["files", "dns"];

/// Whether this C library has a name service switch that [`ask_only`] can set. musl has none.
pub fn is_switchable() -> bool {
    configure_lookup().is_some()
}

/// Makes getaddrinfo(3) and its kin ask what `line` says, as if it stood behind `hosts:` in nsswitch.conf(5).
///
/// It holds for the whole process until the next call, and cannot be taken back but by naming the old line.
/// `getent -s` does the same.
///
/// # Errors
/// ENOSYS if the C library has no such call, EINVAL if it does not like the line.
///
/// # Source
/// glibc, nss.h: `__nss_configure_lookup`.
pub fn ask_only(line: &str) -> io::Result<()> {
    let configure = configure_lookup().ok_or_else(|| io::Error::from_raw_os_error(libc::ENOSYS))?;
    let line = CString::new(line)?;
    // SAFETY: the symbol is glibc's and has this signature; both strings end with a NUL and are copied by the call.
    let failed = unsafe { configure(c"hosts".as_ptr(), line.as_ptr()) };
    if failed == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Whether the module `service` is on this machine: `mymachines` is libnss_mymachines.so.2.
///
/// What is in a folder that the dynamic linker does not search is not there for getaddrinfo(3) either. A module that is
/// there stays loaded.
pub fn is_installed(service: &str) -> bool {
    if BUILT_IN.contains(&service) && is_switchable() {
        return true;
    }
    // A name with a slash would be a path of somebody's choice.
    let plain = service.bytes().all(|octet| octet.is_ascii_alphanumeric() || octet == b'_' || octet == b'-');
    let Some(library) = CString::new(format!("libnss_{service}.so.2")).ok().filter(|_| plain) else { return false };
    // SAFETY: the name ends with a NUL; a module's constructors run as they do when getaddrinfo(3) loads it.
    let handle = unsafe { libc::dlopen(library.as_ptr(), libc::RTLD_LAZY | libc::RTLD_LOCAL) };
    !handle.is_null()
}

fn configure_lookup() -> Option<ConfigureLookup> {
    const NAME: &CStr = c"__nss_configure_lookup";
    // SAFETY: the name ends with a NUL.
    let symbol = unsafe { libc::dlsym(libc::RTLD_DEFAULT, NAME.as_ptr()) };
    if symbol.is_null() {
        return None;
    }
    // SAFETY: a symbol of that name is glibc's function, whose signature has not changed since 2.0.
    Some(unsafe { std::mem::transmute::<*mut libc::c_void, ConfigureLookup>(symbol) })
}

#[cfg(all(test, target_env = "gnu"))]
mod tests {
    use super::*;

    #[test]
    fn which_modules_there_are() {
        assert!(is_switchable());
        assert!(is_installed("files") && is_installed("dns"));
        for service in ["no-such-module", "", "../../tmp/x", "a\0b", "a b"] {
            assert!(!is_installed(service), "{service:?}");
        }
    }

    #[test]
    fn a_nul_in_the_line_is_an_error() {
        assert!(ask_only("files\0dns").is_err());
    }
}
