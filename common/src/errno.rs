//! The words of an operating system error.

use std::io;

/// The text of an error as strerror(3) gives it, without the ` (os error 13)` that the standard library appends.
pub fn cause(error: &io::Error) -> String {
    let text = error.to_string();
    match error.raw_os_error().and_then(|code| text.strip_suffix(&format!(" (os error {code})"))) {
        Some(words) => words.to_owned(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_goes_and_other_brackets_stay() {
        assert_eq!(cause(&io::Error::from_raw_os_error(111)), "Connection refused");
        assert_eq!(cause(&io::Error::other("odd (os error 7)")), "odd (os error 7)");
        assert_eq!(cause(&io::ErrorKind::UnexpectedEof.into()), "unexpected end of file");
    }
}
