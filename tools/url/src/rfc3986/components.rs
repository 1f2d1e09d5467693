//! The components as texts of their own, and how they are put together again.

use std::fmt::{self, Write as _};

use super::{Cut, cut};
use crate::spans::Span;

/// The components of a URI reference as texts. There is an authority if there is a host, be it empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Components {
    /// Without the colon.
    pub scheme: Option<String>,
    /// Without the `@`.
    pub userinfo: Option<String>,
    /// With its brackets.
    pub host: Option<String>,
    /// Without the colon.
    pub port: Option<String>,
    /// Perhaps empty.
    pub path: String,
    /// Without the question mark.
    pub query: Option<String>,
    /// Without the number sign.
    pub fragment: Option<String>,
}

impl Components {
    /// The components of `input`, cut at its delimiters and not checked.
    pub fn of(input: &str) -> Self {
        Self::of_cut(input, &cut(input))
    }

    /// The components of `input` where `cut` says that they stand.
    pub fn of_cut(input: &str, cut: &Cut) -> Self {
        let text = |span: Option<Span>| span.map(|span| span.of(input).to_owned());
        Self {
            scheme: text(cut.scheme),
            userinfo: text(cut.userinfo),
            host: text(cut.host),
            port: text(cut.port),
            path: cut.path.of(input).to_owned(),
            query: text(cut.query),
            fragment: text(cut.fragment),
        }
    }

    /// Userinfo, host and port with what separates them.
    pub fn authority(&self) -> Option<String> {
        let mut authority = String::new();
        // Writing to a String cannot fail.
        let _ = self.write_authority(&mut authority);
        self.host.is_some().then_some(authority)
    }

    fn write_authority(&self, to: &mut impl fmt::Write) -> fmt::Result {
        if let Some(userinfo) = &self.userinfo {
            to.write_str(userinfo)?;
            to.write_char('@')?;
        }
        to.write_str(self.host.as_deref().unwrap_or_default())?;
        if let Some(port) = &self.port {
            to.write_char(':')?;
            to.write_str(port)?;
        }
        Ok(())
    }
}

/// Put together again, by RFC 3986 section 5.3.
///
/// A path of `//` without an authority gets `/.` before it, and one with a colon in its first segment without a scheme
/// `./`: as they are they would be read as an authority and as a scheme (sections 3.3 and 4.2).
impl fmt::Display for Components {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(scheme) = &self.scheme {
            f.write_str(scheme)?;
            f.write_char(':')?;
        }
        if self.host.is_some() {
            f.write_str("//")?;
            self.write_authority(f)?;
        } else if self.path.starts_with("//") {
            f.write_str("/.")?;
        } else if self.scheme.is_none() && self.path.split('/').next().is_some_and(|first| first.contains(':')) {
            f.write_str("./")?;
        }
        f.write_str(&self.path)?;
        if let Some(query) = &self.query {
            f.write_char('?')?;
            f.write_str(query)?;
        }
        if let Some(fragment) = &self.fragment {
            f.write_char('#')?;
            f.write_str(fragment)?;
        }
        Ok(())
    }
}
