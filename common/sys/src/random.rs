//! Random octets from the kernel, for ids and cookies that nobody may guess.

use std::io;

/// Fills `octets`.
///
/// # Errors
/// What getrandom(2) says: ENOSYS before Linux 3.17. Never EINTR.
pub fn fill(octets: &mut [u8]) -> io::Result<()> {
    let mut rest = octets;
    while !rest.is_empty() {
        // SAFETY: the buffer is writable for the length given.
        let got = unsafe { libc::getrandom(rest.as_mut_ptr().cast(), rest.len(), 0) };
        if let Ok(got) = usize::try_from(got) {
            rest = rest.get_mut(got..).unwrap_or_default();
            continue;
        }
        let error = io::Error::last_os_error();
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_draws_differ() {
        let (mut first, mut second) = ([0_u8; 32], [0_u8; 32]);
        fill(&mut first).unwrap();
        fill(&mut second).unwrap();
        assert_ne!(first, second);
        assert!(fill(&mut []).is_ok());
    }
}
