//! What `and`, `or` and `not` make of tests, whatever the tests are.

use std::fmt;

/// An expression over leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tree<T> {
    /// `and`. With nothing in it, it always holds.
    All(Vec<Self>),
    /// `or`. With nothing in it, it never holds.
    Any(Vec<Self>),
    /// `not`.
    Not(Box<Self>),
    /// One test.
    Leaf(T),
}

impl<T> Tree<T> {
    /// What always holds, or never does.
    pub fn constant(holds: bool) -> Self {
        if holds { Self::All(Vec::new()) } else { Self::Any(Vec::new()) }
    }

    /// Whether this always holds, or never does; `None` if that depends on a leaf.
    pub fn as_constant(&self) -> Option<bool> {
        match self {
            Self::All(parts) if parts.is_empty() => Some(true),
            Self::Any(parts) if parts.is_empty() => Some(false),
            _ => None,
        }
    }

    /// `not`, unless it holds already.
    #[must_use]
    pub fn negated_unless(self, holds: bool) -> Self {
        if holds { self } else { Self::Not(Box::new(self)) }
    }

    /// `and`, where one part needs none, and parts that are `and` themselves are taken apart.
    pub fn all(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut flat = Vec::new();
        for part in parts {
            match part {
                Self::All(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        only(flat).unwrap_or_else(Self::All)
    }

    /// `or`, where one part needs none, and parts that are `or` themselves are taken apart.
    pub fn any(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut flat = Vec::new();
        for part in parts {
            match part {
                Self::Any(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        only(flat).unwrap_or_else(Self::Any)
    }

    /// Whether the whole holds, where `test` says which leaves do; `None` is not known, of a leaf and of the whole. Looks at
    /// no more leaves than it must.
    pub fn holds(&self, test: &mut dyn FnMut(&T) -> Option<bool>) -> Option<bool> {
        match self {
            Self::All(parts) => decided(parts, false, test),
            Self::Any(parts) => decided(parts, true, test),
            Self::Not(part) => part.holds(test).map(|holds| !holds),
            Self::Leaf(leaf) => test(leaf),
        }
    }

    /// The same expression over what `map` makes of each leaf.
    ///
    /// # Errors
    /// The first that `map` returns.
    pub fn try_map<U, E>(&self, map: &mut dyn FnMut(&T) -> Result<Tree<U>, E>) -> Result<Tree<U>, E> {
        Ok(match self {
            Self::All(parts) => Tree::All(parts.iter().map(|part| part.try_map(map)).collect::<Result<_, E>>()?),
            Self::Any(parts) => Tree::Any(parts.iter().map(|part| part.try_map(map)).collect::<Result<_, E>>()?),
            Self::Not(part) => Tree::Not(Box::new(part.try_map(map)?)),
            Self::Leaf(leaf) => map(leaf)?,
        })
    }

    /// Each leaf, from left to right.
    pub fn each_leaf<'a>(&'a self, see: &mut dyn FnMut(&'a T)) {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.each_leaf(see)),
            Self::Not(part) => part.each_leaf(see),
            Self::Leaf(leaf) => see(leaf),
        }
    }

    /// Whether any leaf is such.
    pub fn has(&self, such: impl Fn(&T) -> bool) -> bool {
        let mut found = false;
        self.each_leaf(&mut |leaf| found |= such(leaf));
        found
    }
}

/// What the parts come to, where one that is `by` decides.
fn decided<T>(parts: &[Tree<T>], by: bool, test: &mut dyn FnMut(&T) -> Option<bool>) -> Option<bool> {
    let mut undecided = Some(!by);
    for part in parts {
        match part.holds(test) {
            Some(holds) if holds == by => return Some(by),
            Some(_) => {}
            None => undecided = None,
        }
    }
    undecided
}

/// The one part, or all of them if there is not one.
fn only<T>(mut parts: Vec<T>) -> Result<T, Vec<T>> {
    match parts.pop() {
        Some(part) if parts.is_empty() => Ok(part),
        Some(part) => {
            parts.push(part);
            Err(parts)
        }
        None => Err(parts),
    }
}

impl<T: fmt::Display> Tree<T> {
    /// Brackets stand around every `and` and `or` that is part of something.
    fn write(&self, f: &mut fmt::Formatter<'_>, inside: bool) -> fmt::Result {
        let (parts, word) = match self {
            Self::Leaf(leaf) => return leaf.fmt(f),
            Self::Not(part) => {
                f.write_str("not ")?;
                return part.write(f, true);
            }
            Self::All(parts) if parts.is_empty() => return f.write_str("true"),
            Self::Any(parts) if parts.is_empty() => return f.write_str("false"),
            Self::All(parts) => (parts, " and "),
            Self::Any(parts) => (parts, " or "),
        };
        if inside {
            f.write_str("(")?;
        }
        for (index, part) in parts.iter().enumerate() {
            if index > 0 {
                f.write_str(word)?;
            }
            part.write(f, true)?;
        }
        if inside {
            f.write_str(")")?;
        }
        Ok(())
    }
}

impl<T: fmt::Display> fmt::Display for Tree<T> {
    /// With brackets around all that could be read in two ways.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, false)
    }
}
