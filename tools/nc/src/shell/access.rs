//! The lists of who may connect: files read and names looked up, once.

#![expect(clippy::disallowed_methods, reason = "the shell: reads files")]

use std::net::SocketAddr;

use sockeye_cli::Failure;
use sockeye_cli::escape::escape;

use super::names::hints;
use super::{FAILED, Session};
use crate::access::{Addresses, Entry, Lists, entry, file_entries, width};
use crate::explain::Event;
use crate::explain::server::{Client, Did};
use crate::options::{Access, Dialect, Role};

impl Session<'_, '_> {
    /// Reads the lists.
    ///
    /// # Errors
    /// [`Failure`] that names the entry, and in a file its line.
    pub(super) fn prepare_lists(&mut self) -> Result<(), Failure> {
        let Role::Listen(listen) = &self.options.role else { return Ok(()) };
        if listen.access == Access::default() {
            return Ok(());
        }
        let Access { allow, allow_files, deny, deny_files } = &listen.access;
        let allow = if allow.is_empty() && allow_files.is_empty() {
            None
        } else {
            Some(self.read_list("--allow", allow, "--allowfile", allow_files)?)
        };
        let deny = self.read_list("--deny", deny, "--denyfile", deny_files)?;
        self.lists = Some(Lists { allow, deny });
        Ok(())
    }

    fn read_list(
        &mut self,
        option: &str,
        entries: &[String],
        file_option: &str,
        files: &[String],
    ) -> Result<Vec<Addresses>, Failure> {
        let mut list = Vec::new();
        for text in entries {
            self.add(&mut list, text, option)?;
        }
        for file in files {
            let text =
                std::fs::read_to_string(file).map_err(|error| Failure::call(FAILED, file_option, file, &error))?;
            for (line, text) in file_entries(&text) {
                self.add(&mut list, text, &format!("{file_option} {}:{line}", escape(file)))?;
            }
        }
        Ok(list)
    }

    fn add(&mut self, list: &mut Vec<Addresses>, text: &str, place: &str) -> Result<(), Failure> {
        let wrong = |why: String| Failure::new(FAILED, format!("{place}: {}: {}", escape(text), escape(&why)));
        match entry(text).map_err(|error| wrong(error.to_string()))? {
            Entry::Addresses(addresses) => list.push(addresses),
            Entry::Name { name, bits } => {
                let hints = hints(self.options.transport, self.options.family);
                let found = self.lookup(Some(&name), None, hints).map_err(|error| wrong(error.text()))?;
                for info in found {
                    let addr = info.addr.ip();
                    let bits = bits.unwrap_or(width(&addr)).min(width(&addr));
                    list.push(Addresses::Network { addr, bits });
                }
            }
        }
        Ok(())
    }

    /// Whether `peer` may connect. Who may not is told of under `-v`.
    pub(super) fn admits(&mut self, peer: &SocketAddr) -> bool {
        if self.lists.as_ref().is_none_or(|lists| lists.admit(peer.ip())) {
            return true;
        }
        self.say(match self.options.dialect {
            Dialect::Ncat => "New connection denied: not allowed".to_owned(),
            Dialect::OpenBsd | Dialect::Traditional => format!("New connection denied: not allowed ({peer})"),
        });
        self.explain(|| Event::Client(Box::new(Client { client: 0, peer: (*peer).into(), did: Did::Denied })));
        false
    }
}
