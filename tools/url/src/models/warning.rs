//! The warning that the readers of a URL do not go to the same host, for commands that have no comparison to show.

use std::io;

use serde::Serialize;
use sockeye_cli::{Failure, Output, Text};

use super::explain::Event;
use super::{HostOf, compare, report};
use crate::dissect;

/// That the host of a URL depends on who reads it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HostWarning {
    /// The URL as it was given.
    pub input: String,
    /// To which host each reader goes.
    pub hosts: Vec<HostOf>,
    /// Why they differ.
    pub why: String,
    /// Whether it was told already, among the steps.
    #[serde(skip)]
    told: bool,
}

impl HostWarning {
    /// The warning of `input`; `None` where all go to the same host.
    pub fn of(input: &str) -> Option<Self> {
        let comparison = compare(input, dissect::of(input).as_ref());
        let (hosts, why) = (comparison.hosts, comparison.host_warning?);
        Some(Self { input: input.to_owned(), hosts, why, told: false })
    }

    /// Those of two URLs, once if they are one text.
    pub fn of_pair(first: &str, second: &str) -> Vec<Self> {
        let second = Some(second).filter(|second| *second != first);
        [Some(first), second].into_iter().flatten().filter_map(Self::of).collect()
    }

    /// Tells of it among the steps, where they are shown; `named` as in [`HostWarning::render`].
    ///
    /// # Errors
    /// [`Failure`] if the output cannot be written.
    pub fn tell(&mut self, output: &mut Output<'_>, named: bool) -> Result<(), Failure> {
        self.told = output.is_explained();
        let url = named.then(|| self.input.clone());
        output.event(&Event::HostDiffers { url, hosts: self.hosts.clone(), why: self.why.clone() })
    }

    /// Shows it, unless it was told already; `named` says of which URL, where there are two.
    ///
    /// # Errors
    /// Whatever the writer says.
    pub fn render(&self, text: &mut Text<'_>, named: bool) -> io::Result<()> {
        if self.told {
            return Ok(());
        }
        report::render_warning(text, Some(&*self.input).filter(|_| named), &self.hosts, &self.why)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_is_warned_of_where_a_host_is_in_doubt() {
        let of = |first, second| {
            let found = HostWarning::of_pair(first, second).into_iter();
            found.map(|warning| warning.input).collect::<Vec<_>>()
        };
        assert_eq!(of("http://010.0.0.1/", "http://8.0.0.1/"), ["http://010.0.0.1/"]);
        assert_eq!(of("http://a\\@b/", "http://a\\@b/"), ["http://a\\@b/"]);
        assert_eq!(of("http://010.0.0.1/", "http://a\\@b/"), ["http://010.0.0.1/", "http://a\\@b/"]);
        assert_eq!(of("http://h/", "a/b"), Vec::<String>::new());
    }
}
