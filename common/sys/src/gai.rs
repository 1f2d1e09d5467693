//! What getaddrinfo(3) and getnameinfo(3) say when they fail.

use std::ffi::CStr;
use std::{fmt, io};

use crate::error::cause;
use crate::registry::registry;
use crate::sockaddr;

registry! {
    /// An EAI code, with the values of Linux.
    ///
    /// # Source
    /// `<netdb.h>`; RFC 3493 section 6.1. Those from -100 on are of getaddrinfo_a(3), except the last two.
    GaiCode(i32) {
        /// A flag that libc does not know, or `AI_CANONNAME` without a node.
        BADFLAGS = -1, "EAI_BADFLAGS";
        /// No such name: NXDOMAIN, or neither node nor service given.
        NONAME = -2, "EAI_NONAME";
        /// Nobody answered, or SERVFAIL: ask again later.
        AGAIN = -3, "EAI_AGAIN";
        /// The name server says never.
        FAIL = -4, "EAI_FAIL";
        /// The name exists and has no address (of this family).
        NODATA = -5, "EAI_NODATA";
        /// No such family here.
        FAMILY = -6, "EAI_FAMILY";
        /// No such socket type, or not with this protocol.
        SOCKTYPE = -7, "EAI_SOCKTYPE";
        /// No such service for this socket type.
        SERVICE = -8, "EAI_SERVICE";
        /// The node is an address of another family.
        ADDRFAMILY = -9, "EAI_ADDRFAMILY";
        /// Out of memory.
        MEMORY = -10, "EAI_MEMORY";
        /// errno has the cause.
        SYSTEM = -11, "EAI_SYSTEM";
        /// A buffer of getnameinfo(3) was too small.
        OVERFLOW = -12, "EAI_OVERFLOW";
        /// Still at work.
        INPROGRESS = -100, "EAI_INPROGRESS";
        /// The request was cancelled.
        CANCELED = -101, "EAI_CANCELED";
        /// The request could not be cancelled.
        NOTCANCELED = -102, "EAI_NOTCANCELED";
        /// Every request is finished.
        ALLDONE = -103, "EAI_ALLDONE";
        /// A signal came in between.
        INTR = -104, "EAI_INTR";
        /// The name cannot be encoded for IDN.
        IDN_ENCODE = -105, "EAI_IDN_ENCODE";
    }
}

impl GaiCode {
    /// What gai_strerror(3) says, in libc's words and language. glibc 2.36 has none for `EAI_OVERFLOW`.
    pub fn text(self) -> String {
        // SAFETY: gai_strerror takes any number and returns null or a string that is never freed.
        let text = unsafe { libc::gai_strerror(self.0) };
        if text.is_null() {
            return "Unknown error".to_owned();
        }
        // SAFETY: not null, hence NUL-terminated and valid for ever.
        sockaddr::text(unsafe { CStr::from_ptr(text) })
    }
}

/// A failed getaddrinfo(3) or getnameinfo(3).
#[derive(Debug)]
pub struct GaiError {
    /// `getaddrinfo` or `getnameinfo`.
    pub call: &'static str,
    /// The EAI code.
    pub code: GaiCode,
    /// The cause of `EAI_SYSTEM`; `None` with any other code.
    pub errno: Option<io::Error>,
}

impl GaiError {
    /// To be called at once after the call, while errno is still its.
    pub(crate) fn from_code(call: &'static str, code: GaiCode) -> Self {
        let errno = (code == GaiCode::SYSTEM).then(io::Error::last_os_error);
        Self { call, code, errno }
    }

    pub(crate) fn embedded_nul(call: &'static str, argument: &'static str) -> Self {
        let cause = io::Error::new(io::ErrorKind::InvalidInput, format!("{argument} contains a NUL octet"));
        Self { call, code: GaiCode::SYSTEM, errno: Some(cause) }
    }

    /// The name of the code: `EAI_NONAME`. Codes without a name are `EAI_?`.
    pub fn name(&self) -> &'static str {
        self.code.name().unwrap_or("EAI_?")
    }

    /// What gai_strerror(3) says.
    pub fn text(&self) -> String {
        self.code.text()
    }
}

/// `getaddrinfo: Name or service not known (EAI_NONAME, -2)`, and for `EAI_SYSTEM` the cause after it.
impl fmt::Display for GaiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} ({}, {})", self.call, self.text(), self.name(), self.code.0)?;
        self.errno.as_ref().map_or(Ok(()), |errno| write!(f, ": {}", cause(errno)))
    }
}

impl std::error::Error for GaiError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.errno.as_ref().map(|errno| errno as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_env = "gnu")]
    #[test]
    fn the_texts_of_glibc() {
        // reference/dig.md section 6, the C locale.
        for (code, number, text) in [
            (GaiCode::BADFLAGS, -1, "Bad value for ai_flags"),
            (GaiCode::NONAME, -2, "Name or service not known"),
            (GaiCode::AGAIN, -3, "Temporary failure in name resolution"),
            (GaiCode::FAIL, -4, "Non-recoverable failure in name resolution"),
            (GaiCode::NODATA, -5, "No address associated with hostname"),
            (GaiCode::FAMILY, -6, "ai_family not supported"),
            (GaiCode::SOCKTYPE, -7, "ai_socktype not supported"),
            (GaiCode::SERVICE, -8, "Servname not supported for ai_socktype"),
            (GaiCode::ADDRFAMILY, -9, "Address family for hostname not supported"),
            (GaiCode::MEMORY, -10, "Memory allocation failure"),
            (GaiCode::SYSTEM, -11, "System error"),
            (GaiCode::INPROGRESS, -100, "Processing request in progress"),
            (GaiCode::CANCELED, -101, "Request canceled"),
            (GaiCode::NOTCANCELED, -102, "Request not canceled"),
            (GaiCode::ALLDONE, -103, "All requests done"),
            (GaiCode::INTR, -104, "Interrupted by a signal"),
            (GaiCode::IDN_ENCODE, -105, "Parameter string not correctly encoded"),
        ] {
            assert_eq!((code.0, code.text().as_str()), (number, text));
        }
        assert_eq!(GaiCode::OVERFLOW.0, -12, "whose text changed between versions");
    }

    #[test]
    fn an_unknown_code_prints() {
        let error = GaiError::from_code("getaddrinfo", GaiCode(-77));
        assert_eq!((error.name(), error.code.to_string().as_str()), ("EAI_?", "-77"));
        assert!(error.to_string().ends_with("(EAI_?, -77)"), "{error}");
    }
}
