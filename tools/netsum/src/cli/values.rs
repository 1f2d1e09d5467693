//! The values of options, each with what it may be.

use std::net::Ipv4Addr;
use std::sync::Arc;

use sockeye_cli::values;
use sockeye_common::hex::decode;

use crate::form::{FORMS, Form, TCP_FLAGS};

/// An unsigned number, in decimal or, behind 0x, in hexadecimal.
pub(super) fn number<T: TryFrom<u128> + 'static>(text: &str) -> Result<T, String> {
    values::number(..)(text)
}

/// An address of IPv4.
pub(super) fn group(text: &str) -> Result<Ipv4Addr, String> {
    text.parse().map_err(|_| "an IPv4 address is wanted, such as 224.0.0.1".to_owned())
}

/// Octets as hexadecimal digits, behind `hex:` if the user writes that as in data.
pub(super) fn hex(text: &str) -> Result<Arc<[u8]>, String> {
    decode(text.strip_prefix("hex:").unwrap_or(text)).map(Arc::from).map_err(|error| error.to_string())
}

/// Four octets as hexadecimal digits.
pub(super) fn message_rest(text: &str) -> Result<[u8; 4], String> {
    let octets = hex(text)?;
    let len = octets.len();
    octets.as_ref().try_into().map_err(|_| format!("four octets are wanted, eight digits, and these are {len}"))
}

/// A protocol's number or the word for it.
pub(super) fn protocol(text: &str) -> Result<u8, String> {
    if let Some(number) = Form::named(text).and_then(|form| form.number) {
        return Ok(number);
    }
    number(text).map_err(|_| {
        let numbered = FORMS.iter().filter(|form| form.number.is_some());
        let names: Vec<&str> = numbered.map(|form| form.name).collect();
        format!("a number from 0 to 255 is wanted, or one of {}", names.join(", "))
    })
}

/// TCP's control bits, by names, letters or number.
pub(super) fn tcp_flags(text: &str) -> Result<u8, String> {
    if text.eq_ignore_ascii_case("none") {
        return Ok(0);
    }
    if let Ok(number) = number(text) {
        return Ok(number);
    }
    let bit = |place: Option<usize>| place.and_then(|place| 0x80_u8.checked_shr(u32::try_from(place).ok()?));
    let named = |word: &str| bit(TCP_FLAGS.iter().position(|name| name.eq_ignore_ascii_case(word)));
    // Of two names with one letter there are none.
    let lettered = |letter: char| bit(TCP_FLAGS.iter().position(|name| name.starts_with(letter.to_ascii_uppercase())));
    let add = |bits: Option<u8>, bit: Option<u8>| Some(bits? | bit?);
    let by_name = text.split([',', '+', '|']).map(|word| named(word.trim())).fold(Some(0), add);
    let by_letter = || text.chars().map(lettered).fold(Some(0), add);
    by_name.or_else(by_letter).filter(|_| !text.is_empty()).ok_or_else(|| {
        format!(
            "names with commas between them are wanted ({}), their first letters, a number up to 255, or none",
            TCP_FLAGS.join(", ").to_lowercase()
        )
    })
}

/// The fields of fragmentation.
pub(super) mod fragment {
    /// The flags, where the header has them.
    pub(crate) fn flags(text: &str) -> Result<u16, String> {
        text.split(',').try_fold(0, |flags, word| match word.trim().to_ascii_lowercase().as_str() {
            "df" => Ok(flags | 0x4000),
            "mf" => Ok(flags | 0x2000),
            "none" => Ok(flags),
            _ => Err("df (don't fragment), mf (more fragments), both with a comma, or none is wanted".to_owned()),
        })
    }

    /// The offset in units of 8 octets, as the header has it.
    pub(crate) fn offset(text: &str) -> Result<u16, String> {
        super::number::<u16>(text)
            .ok()
            .filter(|octets| octets % 8 == 0)
            .map(|octets| octets / 8)
            .ok_or_else(|| "a multiple of 8 from 0 to 65528 is wanted".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_of_tcp() {
        for (text, bits) in
            [("syn,ack", 0x12), ("SA", 0x12), ("0x12", 0x12), ("none", 0), ("cwr", 0x80), ("F", 1), ("FIN", 1)]
        {
            assert_eq!(tcp_flags(text), Ok(bits), "{text}");
        }
        for wrong in ["", "x", "syn,", "syn,x", "0x100"] {
            let error = tcp_flags(wrong).expect_err(wrong);
            assert!(error.ends_with("a number up to 255, or none"), "{error}");
        }
    }

    #[test]
    fn fragments_and_protocols() {
        assert_eq!((fragment::flags("df,mf"), fragment::offset("1480")), (Ok(0x6000), Ok(185)));
        assert!(fragment::flags("x").is_err() && fragment::offset("7").is_err());
        assert_eq!((protocol("tcp"), protocol("89"), protocol("ospf")), (Ok(6), Ok(89), Ok(89)));
        assert!(protocol("smtp").unwrap_err().contains("udp"));
        assert_eq!(message_rest("00010002"), Ok([0, 1, 0, 2]));
        assert_eq!(message_rest("hex:00010002"), Ok([0, 1, 0, 2]));
        assert!(message_rest("0001").is_err());
        assert_eq!(hex("hex:02 04").as_deref(), Ok(&[2, 4][..]));
    }
}
