//! Patterns for names: `*`, `?`, `[a-z]`, `[!a-z]`.

/// Whether the whole of `text` is as `pattern` says. A bracket that is not closed stands for itself.
///
/// # Source
/// POSIX.1-2024, XCU section 2.14, without character classes by name.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let text: Vec<char> = text.chars().collect();
    let (mut at, mut seen) = (0, 0);
    // Where to go on if what follows the last `*` does not fit: that star takes one character more.
    let mut retry: Option<(usize, usize)> = None;
    while let Some(character) = text.get(seen) {
        let rest = pattern.get(at..).unwrap_or_default();
        let step = match rest.first() {
            Some('*') => {
                at += 1;
                retry = Some((at, seen));
                continue;
            }
            Some('?') => Some(1),
            Some('[') => match class(rest, *character) {
                Some((length, true)) => Some(length),
                Some((_, false)) => None,
                None => (*character == '[').then_some(1),
            },
            Some('\\') if rest.len() > 1 => (rest.get(1) == Some(character)).then_some(2),
            Some(plain) => (plain == character).then_some(1),
            None => None,
        };
        match (step, retry) {
            (Some(step), _) => {
                at += step;
                seen += 1;
            }
            (None, Some((star, taken))) => {
                at = star;
                seen = taken + 1;
                retry = Some((star, seen));
            }
            (None, None) => return false,
        }
    }
    pattern.get(at..).unwrap_or_default().iter().all(|rest| *rest == '*')
}

/// How long the bracket expression at the start of `pattern` is, and whether it has `character`.
fn class(pattern: &[char], character: char) -> Option<(usize, bool)> {
    let negated = matches!(pattern.get(1), Some('!' | '^'));
    let first = if negated { 2 } else { 1 };
    let mut at = first;
    let mut found = false;
    loop {
        let low = *pattern.get(at)?;
        if low == ']' && at > first {
            return Some((at + 1, found != negated));
        }
        match (pattern.get(at + 1), pattern.get(at + 2)) {
            (Some('-'), Some(high)) if *high != ']' => {
                found |= (low..=*high).contains(&character);
                at += 3;
            }
            _ => {
                found |= low == character;
                at += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_of_the_shell() {
        for (pattern, text, expected) in [
            ("nginx", "nginx", true),
            ("nginx", "nginx2", false),
            ("ng*", "nginx", true),
            ("*x", "nginx", true),
            ("*n*x*", "nginx", true),
            ("a*b*c", "aXbYbZc", true),
            ("a*b*c", "aXbYbZ", false),
            ("?", "ü", true),
            ("?", "", false),
            ("*", "", true),
            ("[a-c]1", "b1", true),
            ("[!a-c]1", "b1", false),
            ("[!a-c]1", "d1", true),
            ("[]]", "]", true),
            ("[x", "[x", true),
            ("\\*", "*", true),
            ("\\*", "x", false),
            ("/run/*.sock", "/run/a/b.sock", true),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn many_stars_take_no_long_time() {
        assert!(!matches(&"a*".repeat(60), &"a".repeat(3000).replace("aaa", "aab").repeat(2).replace('a', "b")));
        assert!(!matches(&format!("{}b", "*a".repeat(60)), &"a".repeat(5000)));
    }
}
