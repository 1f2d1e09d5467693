//! The characters of the user's language.

/// Makes the C library read and write names in the characters that the environment names (`LC_ALL`, `LC_CTYPE`, `LANG`).
///
/// Without it a program is in the C locale, and getaddrinfo(3) takes no `bücher` for a name whatever the terminal shows.
/// Only the characters change: messages, times and numbers stay as they are. Says whether there is such a locale.
///
/// Not to be called while another thread runs: the locale belongs to the process.
///
/// # Source
/// setlocale(3); getaddrinfo(3) for `AI_IDN`.
pub fn adopt_characters() -> bool {
    // SAFETY: the string ends with a NUL; the result is not kept. No other thread reads the locale at that time.
    let locale = unsafe { libc::setlocale(libc::LC_CTYPE, c"".as_ptr()) };
    !locale.is_null()
}
