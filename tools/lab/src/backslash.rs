//! What stands behind a backslash, in lab files, in filters and in the scripts of `lab calls` alike.

/// The octet that `n`, `r`, `t`, `0`, `"`, `\\` or `xHH` at the start of `characters` stands for; `None` if it is none of these.
pub(crate) fn octet(characters: &mut impl Iterator<Item = char>) -> Option<u8> {
    match characters.next()? {
        'n' => Some(b'\n'),
        'r' => Some(b'\r'),
        't' => Some(b'\t'),
        '0' => Some(0),
        character @ ('\\' | '"') => u8::try_from(character).ok(),
        'x' => {
            let mut digit = || characters.next().and_then(|digit| digit.to_digit(16));
            let (high, low) = (digit()?, digit()?);
            u8::try_from(high * 16 + low).ok()
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_digits_and_nothing_else_are_an_octet() {
        let of = |text: &str| octet(&mut text.chars());
        assert_eq!(["n", "0", "\\", "x7f", "xFFx"].map(of), [Some(10), Some(0), Some(92), Some(127), Some(255)]);
        assert_eq!(["", "q", "x", "x1", "x+1", "x1g"].map(of), [None; 6]);
    }
}
