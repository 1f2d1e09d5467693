//! `component=data`, as `--set`, `--append`, `--iterate`, `--trim` and `--replace` have it.

use std::fmt;

use crate::template::Part;

/// `--set`: what a component becomes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Set {
    /// Which.
    pub part: Part,
    /// Nothing takes it away.
    pub value: Vec<u8>,
    /// Whether it is still to be percent-encoded: `=`, not `:=`.
    pub encode: bool,
    /// `?=`: only where the URL has none.
    pub if_absent: bool,
}

/// What is wrong with a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SpecError {
    /// No `component=data`.
    Syntax(String),
    /// No component, or not one that can be set.
    Component(String),
}

impl fmt::Display for SpecError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax(text) => write!(f, "invalid --set syntax: {text}"),
            Self::Component(name) => write!(f, "unknown component: {name}"),
        }
    }
}

/// The component of that name, if it can be set.
fn settable(name: &[u8]) -> Option<Part> {
    Part::named(name).filter(|part| *part != Part::Url)
}

impl Set {
    /// Reads `component[?][:]=data`.
    ///
    /// # Errors
    /// [`SpecError`], which quotes it.
    pub fn parse(text: &[u8]) -> Result<Self, SpecError> {
        let quoted = |text: &[u8]| String::from_utf8_lossy(text).into_owned();
        let (mut name, value) = split(text).ok_or_else(|| SpecError::Syntax(quoted(text)))?;
        let (mut encode, mut if_absent) = (true, false);
        while let [before @ .., mark @ (b':' | b'?')] = name
            && !before.is_empty()
        {
            match mark {
                b':' => encode = false,
                _ => if_absent = true,
            }
            name = before;
        }
        if name.is_empty() {
            return Err(SpecError::Syntax(quoted(text)));
        }
        let part = settable(name).ok_or_else(|| SpecError::Component(quoted(name)))?;
        Ok(Self { part, value: value.to_vec(), encode, if_absent })
    }
}

/// `--iterate`: what a component becomes, one after the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Iterate {
    /// Which.
    pub part: Part,
    /// At least one; an empty one takes the component away.
    pub values: Vec<Vec<u8>>,
    /// As in [`Set`].
    pub encode: bool,
}

impl Iterate {
    /// Reads `component[:]=item item`.
    ///
    /// # Errors
    /// What is wrong, in trurl's words.
    pub fn parse(text: &[u8]) -> Result<Self, &'static str> {
        let (name, values) = split(text).ok_or("wrong iterate syntax")?;
        let (name, encode) = name.strip_suffix(b":").map_or((name, true), |name| (name, false));
        let part = settable(name).ok_or("bad component for iterate")?;
        Ok(Self { part, values: values.split(|octet| *octet == b' ').map(<[u8]>::to_vec).collect(), encode })
    }
}

/// The sides of the first equals sign.
fn split(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let equals = text.iter().position(|octet| *octet == b'=')?;
    let (name, value) = text.split_at(equals);
    Some((name, value.get(1..)?))
}

/// `--trim`: which pairs of a query go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trim {
    name: Vec<u8>,
    prefix: bool,
}

impl Trim {
    /// Reads a name; an asterisk at its end is a wildcard unless a backslash stands before it.
    pub fn new(text: &[u8]) -> Self {
        let (name, prefix) = match text {
            [name @ .., b'\\', b'*'] => ([name, b"*"].concat(), false),
            [name @ .., b'*'] => (name.to_vec(), true),
            name => (name.to_vec(), false),
        };
        Self { name, prefix }
    }

    /// Whether it means this name, in whichever case.
    pub fn means(&self, name: &[u8]) -> bool {
        let compared = if self.prefix { name.get(..self.name.len()) } else { Some(name) };
        compared.is_some_and(|compared| compared.eq_ignore_ascii_case(&self.name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_says_how_and_when() {
        for (text, encode, if_absent, value) in [
            (&b"port=1"[..], true, false, &b"1"[..]),
            (b"port:=1=2", false, false, b"1=2"),
            (b"port?=", true, true, b""),
            (b"port:?=1", false, true, b"1"),
            (b"port?:=1", false, true, b"1"),
        ] {
            let set = Set { part: Part::Port, value: value.to_vec(), encode, if_absent };
            assert_eq!(Set::parse(text), Ok(set));
        }
        for (text, said) in [
            (&b"port"[..], "invalid --set syntax: port"),
            (b"=1", "invalid --set syntax: =1"),
            (b"url=1", "unknown component: url"),
            (b"?:=1", "unknown component: ?"),
            (b"Port=1", "unknown component: Port"),
        ] {
            assert_eq!(Set::parse(text).map_err(|error| error.to_string()), Err(said.to_owned()));
        }
    }

    #[test]
    fn a_trim_ends_in_a_wildcard_or_not() {
        assert!(Trim::new(b"a*").means(b"AB"));
        assert!(Trim::new(b"*").means(b""));
        assert!(Trim::new(b"a\\*").means(b"a*"));
        assert!(!Trim::new(b"a\\*").means(b"ab"));
        assert!(!Trim::new(b"a").means(b"ab"));
        assert!(!Trim::new(b"ab*").means(b"a"));
    }
}
