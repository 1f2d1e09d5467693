//! NAPTR: whether a text is a substitution expression.
//!
//! # Source
//! RFC 3402 section 3.2, and POSIX for extended regular expressions.

/// Whether it is one, or nothing: `!pattern!replacement!flags`.
pub(super) fn is_substitution(text: &[u8]) -> bool {
    let Some((&delimiter, rest)) = text.split_first() else { return true };
    if matches!(delimiter, 0 | b'\\' | b'i') || delimiter.is_ascii_digit() {
        return false;
    }
    let Some((pattern, rest)) = until(rest, delimiter) else { return false };
    let Some((replacement, flags)) = until(rest, delimiter) else { return false };
    let groups = Pattern::new(&pattern).groups();
    flags.iter().all(|flag| *flag == b'i') && groups.is_some_and(|groups| is_replacement(&replacement, groups))
}

/// What stands before the delimiter, and what behind it. A backslash hides a delimiter.
fn until(text: &[u8], delimiter: u8) -> Option<(Vec<u8>, &[u8])> {
    let mut found = Vec::with_capacity(text.len());
    let mut rest = text;
    loop {
        rest = match rest {
            [b'\\', 0, ..] => return None,
            [b'\\', hidden, behind @ ..] => {
                if *hidden != delimiter {
                    found.push(b'\\');
                }
                found.push(*hidden);
                behind
            }
            [octet, behind @ ..] if *octet == delimiter => return Some((found, behind)),
            [0, ..] | [] => return None,
            [octet, behind @ ..] => {
                found.push(*octet);
                behind
            }
        };
    }
}

/// Whether every backreference is to a group that there is.
fn is_replacement(text: &[u8], groups: u8) -> bool {
    let mut octets = text.iter();
    while let Some(&octet) = octets.next() {
        if octet == b'\\' {
            match octets.next() {
                Some(b'0') | None => return false,
                Some(digit @ b'1'..=b'9') if digit - b'0' > groups => return false,
                Some(_) => {}
            }
        }
    }
    true
}

/// The largest count of a repetition.
const MOST: u32 = 255;

/// An extended regular expression, as far as its form goes.
struct Pattern<'a> {
    rest: &'a [u8],
    groups: u8,
    /// How many groups are open.
    depth: usize,
    /// Whether something stands here that can be repeated.
    atom: bool,
    /// Whether the branch has anything in it.
    branch: bool,
    /// Whether the group may end though its branch is empty: there has been no other.
    first_branch: bool,
}

impl<'a> Pattern<'a> {
    fn new(text: &'a [u8]) -> Self {
        Self { rest: text, groups: 0, depth: 0, atom: false, branch: false, first_branch: true }
    }

    /// How many groups it has, or `None` if it is no expression.
    fn groups(mut self) -> Option<u8> {
        while let Some((&octet, behind)) = self.rest.split_first() {
            self.rest = behind;
            self.octet(octet)?;
        }
        (self.depth == 0 && self.branch).then_some(self.groups)
    }

    fn octet(&mut self, octet: u8) -> Option<()> {
        match octet {
            b'(' => {
                self.groups = self.groups.saturating_add(1);
                self.depth = self.depth.saturating_add(1);
                (self.atom, self.branch, self.first_branch) = (false, false, true);
            }
            b')' if self.depth > 0 => {
                if !self.branch && !self.first_branch {
                    return None;
                }
                self.depth -= 1;
                self.put(true);
            }
            b'|' => {
                if !self.branch {
                    return None;
                }
                (self.atom, self.branch, self.first_branch) = (false, false, false);
            }
            b'*' | b'+' | b'?' => {
                if !std::mem::take(&mut self.atom) {
                    return None;
                }
            }
            b'{' if self.rest.first().is_some_and(u8::is_ascii_digit) => self.bound()?,
            b'[' => self.bracket()?,
            b'^' | b'$' => self.put(false),
            b'\\' => {
                let (&hidden, behind) = self.rest.split_first()?;
                self.rest = behind;
                // Of a group that is not there yet.
                if matches!(hidden, b'1'..=b'9') && hidden - b'0' > self.groups {
                    return None;
                }
                self.put(true);
            }
            _ => self.put(true),
        }
        Some(())
    }

    fn put(&mut self, atom: bool) {
        self.atom = atom;
        self.branch = true;
    }

    /// `2}`, `2,}`, `2,3}`
    fn bound(&mut self) -> Option<()> {
        if !std::mem::take(&mut self.atom) {
            return None;
        }
        let least = self.number()?;
        if let [b',', behind @ ..] = self.rest {
            self.rest = behind;
            if self.rest.first().is_some_and(u8::is_ascii_digit) && self.number()? < least {
                return None;
            }
        }
        self.rest = self.rest.strip_prefix(b"}")?;
        Some(())
    }

    fn number(&mut self) -> Option<u32> {
        let digits = self.rest.iter().take_while(|octet| octet.is_ascii_digit()).count();
        let (digits, behind) = self.rest.split_at_checked(digits)?;
        self.rest = behind;
        std::str::from_utf8(digits).ok()?.parse().ok().filter(|number| *number <= MOST)
    }

    /// What stands behind `[`, with the bracket that closes it.
    fn bracket(&mut self) -> Option<()> {
        self.rest = self.rest.strip_prefix(b"^").unwrap_or(self.rest);
        let mut first = true;
        // What may be the start of a range.
        let mut start: Option<u8> = None;
        loop {
            let (&octet, behind) = self.rest.split_first()?;
            self.rest = behind;
            match (octet, behind.first()) {
                (b']', _) if !first => break,
                (b'[', Some(kind @ (b':' | b'.' | b'='))) => {
                    self.class(*kind)?;
                    start = None;
                }
                (b'-', Some(b'[')) if !first && matches!(behind.get(1), Some(b':' | b'=')) => return None,
                (b'-', Some(end)) if !first && *end != b']' => {
                    if start.take().is_none_or(|start| start > *end) {
                        return None;
                    }
                    self.rest = behind.get(1..)?;
                }
                _ => start = Some(octet),
            }
            first = false;
        }
        self.put(true);
        Some(())
    }

    /// `:alpha:]`, `.a.]`, `=a=]`
    fn class(&mut self, kind: u8) -> Option<()> {
        const NAMES: [&[u8]; 12] = [
            b"alnum", b"alpha", b"blank", b"cntrl", b"digit", b"graph", b"lower", b"print", b"punct", b"space",
            b"upper", b"xdigit",
        ];
        let text = self.rest.get(1..)?;
        let end = text.windows(2).position(|pair| pair == [kind, b']'])?;
        let name = text.get(..end)?;
        self.rest = text.get(end + 2..)?;
        let good = if kind == b':' { NAMES.contains(&name) } else { !name.is_empty() };
        good.then_some(())
    }
}
