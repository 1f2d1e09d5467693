//! Numbers that a header file names: newtypes, so that values nobody has named yet survive and print.

/// A newtype over an integer of which some values have names.
macro_rules! registry {
    ($(#[$doc:meta])* $name:ident($int:ty) { $($(#[$item_doc:meta])* $constant:ident = $value:expr, $text:literal;)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub $int);

        impl $name {
            $($(#[$item_doc])* pub const $constant: Self = Self($value);)*

            /// Every named value with its name in the header file, in the order of the header file.
            pub const NAMES: &'static [(&'static str, Self)] = &[$(($text, Self::$constant)),*];

            /// The name in the header file, if the value has one.
            pub fn name(self) -> Option<&'static str> {
                Self::NAMES.iter().find(|(_, value)| *value == self).map(|(name, _)| *name)
            }

            /// The value of that name, whatever the case of its letters.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
            }
        }

        /// The name, or the number where there is none.
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match self.name() {
                    Some(name) => f.pad(name),
                    None => f.pad(&self.0.to_string()),
                }
            }
        }
    };
}

/// A newtype over an integer whose bits have names.
macro_rules! flags {
    ($(#[$doc:meta])* $name:ident($int:ty) { $($(#[$item_doc:meta])* $constant:ident = $value:expr, $text:literal;)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        pub struct $name(pub $int);

        impl $name {
            /// No bit at all.
            pub const EMPTY: Self = Self(0);
            $($(#[$item_doc])* pub const $constant: Self = Self($value);)*

            /// Every named bit with its name in the header file, in the order of the header file.
            pub const NAMES: &'static [(&'static str, Self)] = &[$(($text, Self::$constant)),*];

            /// The bit of that name, whatever the case of its letters.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
            }

            /// Whether every bit of `other` is set.
            pub const fn contains(self, other: Self) -> bool {
                self.0 & other.0 == other.0
            }

            /// The names of the bits that are set. Bits without a name are left to [`Self::unnamed`].
            pub fn names(self) -> impl Iterator<Item = &'static str> {
                Self::NAMES.iter().filter(move |(_, bit)| self.contains(*bit)).map(|(name, _)| *name)
            }

            /// The bits that have no name.
            #[must_use]
            pub fn unnamed(self) -> Self {
                Self::NAMES.iter().fold(self, |rest, (_, bit)| rest.without(*bit))
            }
        }

        $crate::set_operations!($name);

        /// The names joined by `|`, then the unnamed bits in hexadecimal; `0` if there is none.
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                let mut text = self.names().collect::<Vec<_>>().join("|");
                let unnamed = self.unnamed();
                if !unnamed.is_empty() {
                    let separator = if text.is_empty() { "" } else { "|" };
                    text = format!("{text}{separator}{:#x}", unnamed.0);
                }
                f.pad(if text.is_empty() { "0" } else { &text })
            }
        }
    };
}

pub(crate) use {flags, registry};

#[cfg(test)]
mod tests {
    use crate::addrinfo::AiFlags;
    use crate::numbers::Family;

    #[test]
    fn flags_print_names_then_the_rest() {
        let both = AiFlags::PASSIVE | AiFlags::NUMERICSERV;
        assert_eq!(AiFlags::EMPTY.to_string(), "0");
        assert_eq!(both.to_string(), "AI_PASSIVE|AI_NUMERICSERV");
        assert_eq!(AiFlags(0x8001).to_string(), "AI_PASSIVE|0x8000");
        assert_eq!(AiFlags(0x8000).to_string(), "0x8000");
        assert_eq!(AiFlags::from_name("ai_numericserv"), Some(AiFlags::NUMERICSERV));
        assert!(
            both.contains(AiFlags::PASSIVE) && !AiFlags::PASSIVE.contains(both) && AiFlags::PASSIVE.intersects(both)
        );
        assert_eq!(both.without(AiFlags::PASSIVE), AiFlags::NUMERICSERV);
    }

    #[test]
    fn unknown_numbers_survive() {
        assert_eq!(Family::INET.to_string(), "AF_INET");
        assert_eq!(Family(-8).to_string(), "-8");
        assert_eq!(Family::from_name("af_inet6"), Some(Family::INET6));
        assert_eq!(format!("{:>9}", Family(5)), "        5");
    }
}
