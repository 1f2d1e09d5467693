//! Percent-encoding, and the form encoding on top of it.

use std::borrow::Cow;

/// The octets that `text` stands for: `%XX` becomes one, anything else stays.
///
/// A `%` without two hexadecimal digits behind it stays as it is, as WHATWG has it and RFC 3986 does not say.
///
/// # Source
/// RFC 3986 section 2.1; WHATWG URL, section 1.3, "percent-decode".
pub fn decode(text: &str) -> Cow<'_, [u8]> {
    if text.contains('%') { Cow::Owned(decode_octets(text.as_bytes())) } else { Cow::Borrowed(text.as_bytes()) }
}

/// As [`decode`], of a text that need not be UTF-8.
pub fn decode_octets(text: &[u8]) -> Vec<u8> {
    let mut octets = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [first, after @ ..] = rest {
        rest = after;
        match (first, hex_pair(after)) {
            (b'%', Some((octet, after_pair))) => {
                octets.push(octet);
                rest = after_pair;
            }
            _ => octets.push(*first),
        }
    }
    octets
}

/// Undoes percent-encoding in `octets` from `start` on, as [`decode`] does, without a copy.
pub fn decode_in_place(octets: &mut Vec<u8>, start: usize) {
    let Some(tail) = octets.get_mut(start..) else { return };
    let Some(first) = tail.iter().position(|octet| *octet == b'%') else { return };
    let (mut from, mut to) = (first, first);
    while let Some([octet, after @ ..]) = tail.get(from..) {
        let pair = if *octet == b'%' { hex_pair(after) } else { None };
        let decoded = pair.map_or(*octet, |(decoded, _)| decoded);
        from = from.saturating_add(if pair.is_some() { 3 } else { 1 });
        if let Some(place) = tail.get_mut(to) {
            *place = decoded;
        }
        to = to.saturating_add(1);
    }
    octets.truncate(start.saturating_add(to));
}

/// The octets of [`decode_form`], one by one.
pub fn form_octets(text: &[u8]) -> impl Iterator<Item = u8> + '_ {
    let mut rest = text;
    std::iter::from_fn(move || {
        let [first, after @ ..] = rest else { return None };
        rest = after;
        Some(match (*first, hex_pair(after)) {
            (b'%', Some((octet, after_pair))) => {
                rest = after_pair;
                octet
            }
            (b'+', _) => b' ',
            (other, _) => other,
        })
    })
}

/// Appends `%XX`, in upper case as RFC 3986 section 2.1 asks.
pub fn push_escape(octet: u8, text: &mut String) {
    const DIGITS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'];
    let digit = |value: u8| DIGITS.get(usize::from(value & 0xf)).copied().unwrap_or('0');
    text.extend(['%', digit(octet >> 4), digit(octet)]);
}

/// The octets of [`decode_form`].
pub fn decode_form_octets(text: &[u8]) -> Vec<u8> {
    form_octets(text).collect()
}

/// Appends `%XX`, in lower case as curl writes it.
pub fn encode_octet(octet: u8, line: &mut Vec<u8>) {
    let digit = |value: u8| if value < 10 { b'0'.saturating_add(value) } else { b'a'.saturating_add(value - 10) };
    line.extend_from_slice(&[b'%', digit(octet >> 4), digit(octet & 15)]);
}

fn encode_except(octets: &[u8], keep: &[u8], line: &mut Vec<u8>) {
    for octet in octets {
        if octet.is_ascii_alphanumeric() || b"-._~".contains(octet) || keep.contains(octet) {
            line.push(*octet);
        } else {
            encode_octet(*octet, line);
        }
    }
}

/// Every octet but the unreserved ones as `%XX`.
///
/// # Source
/// RFC 3986 section 2.3.
pub fn encode_octets(octets: &[u8]) -> Vec<u8> {
    let mut line = Vec::with_capacity(octets.len());
    encode_except(octets, b"", &mut line);
    line
}

/// As [`encode_octets`], with slashes left alone.
pub fn encode_path(octets: &[u8]) -> Vec<u8> {
    let mut line = Vec::with_capacity(octets.len());
    encode_except(octets, b"/", &mut line);
    line
}

/// As [`encode_octets`], with `+` for a blank, and asterisks left alone as forms have it.
pub fn encode_query(octets: &[u8]) -> Vec<u8> {
    let mut line = Vec::with_capacity(octets.len());
    for word in octets.split_inclusive(|octet| *octet == b' ') {
        match word.strip_suffix(b" ") {
            Some(word) => {
                encode_except(word, b"*", &mut line);
                line.push(b'+');
            }
            None => encode_except(word, b"*", &mut line),
        }
    }
    line
}

/// Octets outside ASCII and blanks as `%XX`, and no others.
pub fn encode_foreign(octets: &[u8]) -> Vec<u8> {
    let mut line = Vec::with_capacity(octets.len());
    for octet in octets {
        if octet.is_ascii_graphic() { line.push(*octet) } else { encode_octet(*octet, &mut line) }
    }
    line
}

/// What was encoded, with the digits in upper case.
pub fn with_capital_digits(encoded: &[u8]) -> Vec<u8> {
    let mut digits = 0_u8;
    let capital = |octet: &u8| {
        let is_digit = digits > 0;
        digits = if *octet == b'%' { 2 } else { digits.saturating_sub(1) };
        if is_digit { octet.to_ascii_uppercase() } else { *octet }
    };
    encoded.iter().map(capital).collect()
}

/// The same text with the digits of percent-encoding in lower case.
pub fn with_small_digits(text: &[u8]) -> Vec<u8> {
    let mut line = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [first, after @ ..] = rest {
        rest = after;
        match (first, hex_pair(after)) {
            (b'%', Some((octet, after_pair))) => {
                encode_octet(octet, &mut line);
                rest = after_pair;
            }
            _ => line.push(*first),
        }
    }
    line
}

/// What is left of `text`, encoded as forms are, behind `prefix`, which is not encoded.
pub fn strip_form_prefix<'a>(text: &'a [u8], prefix: &[u8]) -> Option<&'a [u8]> {
    let mut rest = text;
    for expected in prefix {
        let [first, after @ ..] = rest else { return None };
        let (octet, after) = match (*first, hex_pair(after)) {
            (b'%', Some(pair)) => pair,
            (b'+', _) => (b' ', after),
            (other, _) => (other, after),
        };
        if octet != *expected {
            return None;
        }
        rest = after;
    }
    Some(rest)
}

/// As [`decode`], with `+` for a blank before: the encoding of HTML forms.
///
/// # Source
/// WHATWG URL, section 5.1, "application/x-www-form-urlencoded parsing".
pub fn decode_form(text: &str) -> Vec<u8> {
    decode_octets(text.replace('+', " ").as_bytes())
}

/// How many `%XX` there are in `text`.
pub fn count(text: &str) -> usize {
    text.match_indices('%').filter(|(offset, _)| text.as_bytes().get(offset + 1..).and_then(hex_pair).is_some()).count()
}

/// The octet of the two hexadecimal digits in front, and what follows them.
pub(crate) fn hex_pair(octets: &[u8]) -> Option<(u8, &[u8])> {
    let [high, low, rest @ ..] = octets else { return None };
    let high = char::from(*high).to_digit(16)?;
    let low = char::from(*low).to_digit(16)?;
    Some((u8::try_from(high << 4 | low).ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_become_octets_and_the_rest_stays() {
        for (text, octets) in [
            ("a%20b", &b"a b"[..]),
            ("%E4%bD%A0", "你".as_bytes()),
            ("100%", b"100%"),
            ("%4", b"%4"),
            ("%zz%41", b"%zzA"),
            ("%%41", b"%A"),
            ("%00", b"\0"),
            ("a+b", b"a+b"),
        ] {
            assert_eq!(decode(text), octets, "{text}");
            let mut line = [b"<%41", text.as_bytes()].concat();
            decode_in_place(&mut line, 4);
            assert_eq!(line, [b"<%41", octets].concat(), "{text}");
            assert_eq!(form_octets(text.as_bytes()).collect::<Vec<u8>>(), decode_form(text), "{text}");
        }
        assert_eq!(decode_form("a+b%2Bc"), b"a b+c");
        assert_eq!(encode_octets("a /*~ä".as_bytes()), b"a%20%2f%2a~%c3%a4");
        assert_eq!(encode_path(b"a /b"), b"a%20/b");
        assert_eq!(encode_foreign("ä %C3;".as_bytes()), b"%c3%a4%20%C3;");
        assert_eq!(with_capital_digits(b"a%c3%a4a"), b"a%C3%A4a");
        assert_eq!(with_small_digits(b"A%2B%2b%2"), b"A%2b%2b%2");
        assert_eq!(encode_query(b" a b&*"), b"+a+b%26*");
        assert_eq!(strip_form_prefix(b"a+%62=c%3d", b"a b="), Some(&b"c%3d"[..]));
        assert_eq!(strip_form_prefix(b"a+%62", b"a b="), None);
        assert_eq!(count("%41%4%zz%42"), 2);
    }
}
