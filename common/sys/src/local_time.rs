//! The time of day where the user is, as the C library knows it: TZ, or /etc/localtime.

use std::ffi::{CStr, c_char};

/// `seconds` after 1970-01-01T00:00:00Z in local time, in the form of strftime(3): `%a %b %d %H:%M:%S %Z %Y`.
///
/// The names are English ones: the C locale is what a program has that does not ask for another. `None` if the C
/// library cannot tell, or the form is longer than 255 octets or holds a NUL.
///
/// # Source
/// localtime_r(3), strftime(3).
pub fn format(seconds: i64, form: &str) -> Option<String> {
    let form = std::ffi::CString::new(form).ok()?;
    let time: libc::time_t = seconds;
    // SAFETY: all zeroes is a valid tm; its pointer member may be null.
    let mut broken_down: libc::tm = unsafe { std::mem::zeroed() };
    // SAFETY: tzset takes nothing; localtime_r reads `time` and fills `broken_down`, both live.
    let filled = unsafe {
        tzset();
        libc::localtime_r(&raw const time, &raw mut broken_down)
    };
    if filled.is_null() {
        return None;
    }
    let mut text = [0_u8; 256];
    // SAFETY: the buffer is writable for the length given, the form is NUL-terminated, `broken_down` was filled.
    let length = unsafe {
        libc::strftime(text.as_mut_ptr().cast::<c_char>(), text.len(), form.as_ptr(), &raw const broken_down)
    };
    if length == 0 {
        return None;
    }
    CStr::from_bytes_until_nul(&text).ok().map(|text| text.to_string_lossy().into_owned())
}

// localtime_r(3) need not look at TZ; tzset(3) does. The libc crate does not declare it for Linux.
unsafe extern "C" {
    fn tzset();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_are_where_they_belong() {
        // Whatever the zone is, the 15th of a month at noon is no other year, month or minute.
        let text = format(1_784_116_800 + 42, "%a %b %d %H:%M:%S %Z %Y").unwrap();
        let words: Vec<&str> = text.split(' ').collect();
        assert_eq!(words.len(), 6, "{text}");
        assert_eq!((words[1], words[5]), ("Jul", "2026"), "{text}");
        assert!(words[3].ends_with(":42"), "{text}");
        assert_eq!(format(0, "a\0b"), None);
        assert_eq!(format(i64::MAX, "%Y"), None, "no such year fits into a tm");
    }
}
