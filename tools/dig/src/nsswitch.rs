//! nsswitch.conf(5): which modules are asked for a host's name, in which order, and when the asking ends.

use std::fmt;

use serde::Serialize;

/// What a module came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It has the name.
    Success,
    /// It works and has not the name.
    Notfound,
    /// It is not there, or not set up.
    Unavail,
    /// It cannot say at the moment.
    Tryagain,
}

const STATUSES: [(Status, &str); 4] = [
    (Status::Success, "SUCCESS"),
    (Status::Notfound, "NOTFOUND"),
    (Status::Unavail, "UNAVAIL"),
    (Status::Tryagain, "TRYAGAIN"),
];

impl Status {
    /// As it is written in the file.
    pub fn name(self) -> &'static str {
        STATUSES.iter().find(|row| row.0 == self).map_or("", |row| row.1)
    }
}

/// What then happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reaction {
    /// Nobody else is asked.
    Return,
    /// The next module is asked.
    Continue,
    /// The next module is asked and its answer added: only for groups.
    Merge,
}

const REACTIONS: [(Reaction, &str); 3] =
    [(Reaction::Return, "return"), (Reaction::Continue, "continue"), (Reaction::Merge, "merge")];

/// `[!STATUS=REACTION]`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Action {
    /// With `!`: for every other status.
    pub negated: bool,
    /// For which status.
    pub status: Status,
    /// What happens.
    pub reaction: Reaction,
}

/// `NOTFOUND=return`
impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reaction = REACTIONS.iter().find(|row| row.0 == self.reaction).map_or("", |row| row.1);
        write!(f, "{}{}={reaction}", if self.negated { "!" } else { "" }, self.status.name())
    }
}

/// A module of the line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// Its name: `dns` is libnss_dns.so.2.
    pub name: String,
    /// What stands in brackets behind it.
    pub actions: Vec<Action>,
}

impl Service {
    /// What happens after that status: a success ends the asking, everything else goes on, unless an action says
    /// otherwise. The last one that fits counts.
    pub fn reaction(&self, status: Status) -> Reaction {
        let default = if status == Status::Success { Reaction::Return } else { Reaction::Continue };
        let fitting = self.actions.iter().rev().find(|action| (action.status == status) != action.negated);
        fitting.map_or(default, |action| action.reaction)
    }
}

/// The module and its actions as they are written.
impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        if self.actions.is_empty() {
            return Ok(());
        }
        let actions: Vec<String> = self.actions.iter().map(ToString::to_string).collect();
        write!(f, " [{}]", actions.join(" "))
    }
}

/// The `hosts:` line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostsLine {
    /// Which line of the file, from 1; `None` if the file has none and glibc's default holds.
    pub number: Option<usize>,
    /// The modules in order.
    pub services: Vec<Service>,
    /// The line cannot be read: glibc then finds no name at all.
    pub malformed: bool,
}

/// What glibc asks without a `hosts:` line, seen with 2.36.
pub const DEFAULT: &str = "files dns";

/// Reads the text of the file. Of several `hosts:` lines the last one counts.
///
/// A comment is a line of its own: behind the modules `#` is, to glibc 2.36, the name of one more, and so are the words
/// behind it.
///
/// # Source
/// nsswitch.conf(5).
pub fn parse(text: &str) -> HostsLine {
    let mut found = None;
    for (number, line) in (1..).zip(text.lines()) {
        if line.trim_start().starts_with('#') {
            continue;
        }
        let Some((database, rest)) = line.split_once(':') else { continue };
        if database.trim() == "hosts" {
            found = Some((number, rest));
        }
    }
    let (number, line) = found.map_or((None, DEFAULT), |(number, rest)| (Some(number), rest));
    match services(line) {
        Some(services) => HostsLine { number, services, malformed: false },
        None => HostsLine { number, services: Vec::new(), malformed: true },
    }
}

/// `None` if a bracket stands first, does not end, or holds what is no action.
fn services(line: &str) -> Option<Vec<Service>> {
    let mut services: Vec<Service> = Vec::new();
    let mut rest = line.trim_start();
    while !rest.is_empty() {
        if let Some(bracket) = rest.strip_prefix('[') {
            let (inside, behind) = bracket.split_once(']')?;
            services.last_mut()?.actions.extend(actions(inside)?);
            rest = behind.trim_start();
        } else {
            let end = rest.find(|letter: char| letter.is_ascii_whitespace() || letter == '[').unwrap_or(rest.len());
            let (name, behind) = rest.split_at_checked(end)?;
            services.push(Service { name: name.to_owned(), actions: Vec::new() });
            rest = behind.trim_start();
        }
    }
    Some(services)
}

fn actions(inside: &str) -> Option<Vec<Action>> {
    let mut actions = Vec::new();
    let mut rest = inside.trim();
    while !rest.is_empty() {
        let (status, behind) = rest.split_once('=')?;
        let (negated, status) = match status.trim().strip_prefix('!') {
            Some(status) => (true, status.trim()),
            None => (false, status.trim()),
        };
        let status = STATUSES.iter().find(|row| row.1.eq_ignore_ascii_case(status))?.0;
        let behind = behind.trim_start();
        let end = behind.find(|letter: char| letter.is_ascii_whitespace()).unwrap_or(behind.len());
        let (reaction, behind) = behind.split_at_checked(end)?;
        let reaction = REACTIONS.iter().find(|row| row.1.eq_ignore_ascii_case(reaction))?.0;
        actions.push(Action { negated, status, reaction });
        rest = behind.trim_start();
    }
    Some(actions)
}

/// What the well-known modules ask.
pub const MODULES: &[(&str, &str)] = &[
    ("files", "the hosts file"),
    ("dns", "the name servers of resolv.conf"),
    ("myhostname", "this host's own name, localhost and _gateway (systemd)"),
    ("mymachines", "containers of systemd-machined"),
    ("resolve", "systemd-resolved, with its cache and its servers for each link"),
    ("mdns", "multicast DNS: names in .local (avahi)"),
    ("mdns4", "multicast DNS for IPv4 addresses (avahi)"),
    ("mdns6", "multicast DNS for IPv6 addresses (avahi)"),
    ("mdns_minimal", "multicast DNS, only names in .local (avahi)"),
    ("mdns4_minimal", "multicast DNS for IPv4 addresses, only names in .local (avahi)"),
    ("mdns6_minimal", "multicast DNS for IPv6 addresses, only names in .local (avahi)"),
    ("libvirt", "guests of libvirt by their host names"),
    ("libvirt_guest", "guests of libvirt by libvirt's names"),
    ("wins", "NetBIOS names (Samba)"),
    ("db", "the database files in /var/db"),
    ("compat", "the hosts file in an old form"),
    ("nis", "NIS maps"),
    ("nisplus", "NIS+ tables"),
    ("ldap", "an LDAP directory"),
    ("hesiod", "Hesiod, over DNS"),
    ("sss", "sssd"),
    ("cache", "a cache of another module (nsscache)"),
];

/// What a module asks, if it is a well-known one.
pub fn describe(module: &str) -> Option<&'static str> {
    MODULES.iter().find(|row| row.0 == module).map(|row| row.1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(text: &str) -> (Option<usize>, String, bool) {
        let line = parse(text);
        let services: Vec<String> = line.services.iter().map(ToString::to_string).collect();
        (line.number, services.join(" "), line.malformed)
    }

    #[test]
    fn the_lines_that_glibc_was_seen_to_read() {
        // Each tried with getent ahosts on glibc 2.36.
        for (text, number, services, malformed) in [
            ("", None, "files dns", false),
            ("passwd: files\n", None, "files dns", false),
            ("hosts: dns\nhosts: files\n", Some(2), "files", false),
            (" hosts : files\n", Some(1), "files", false),
            ("hosts:\n", Some(1), "", false),
            ("hosts: files [notfound=return]dns\n", Some(1), "files [NOTFOUND=return] dns", false),
            (
                "hosts: files [ NOTFOUND = return success=return ] dns\n",
                Some(1),
                "files [NOTFOUND=return SUCCESS=return] dns",
                false,
            ),
            ("#hosts: dns\n  # hosts: dns\nhosts: files\n", Some(3), "files", false),
            ("hosts: files # dns\n", Some(1), "files # dns", false),
            ("hosts: files#dns\n", Some(1), "files#dns", false),
            ("hosts: files [!SUCCESS=return] dns\n", Some(1), "files [!SUCCESS=return] dns", false),
            ("hosts: files [NOTFOUND=bogus] dns\n", Some(1), "", true),
            ("hosts: [NOTFOUND=return] files dns\n", Some(1), "", true),
            ("hosts: files [NOTFOUND=return dns\n", Some(1), "", true),
        ] {
            assert_eq!(shown(text), (number, services.to_owned(), malformed), "{text}");
        }
    }

    #[test]
    fn what_happens_after_each_status() {
        let line = parse("hosts: files mdns4_minimal [NOTFOUND=return] a [!UNAVAIL=return] b [success=continue]");
        let reactions = |index: usize| -> Vec<Reaction> {
            STATUSES.iter().map(|row| line.services[index].reaction(row.0)).collect()
        };
        let (stop, go) = (Reaction::Return, Reaction::Continue);
        assert_eq!(reactions(0), [stop, go, go, go]);
        assert_eq!(reactions(1), [stop, stop, go, go]);
        assert_eq!(reactions(2), [stop, stop, go, stop]);
        assert_eq!(reactions(3), [go, go, go, go]);
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "(hosts:|files|dns|\\[|\\]|!|=|notfound|return|[ \t\n#a-z]|\\PC){0,24}") {
            let line = parse(&text);
            prop_assert!(!line.malformed || line.services.is_empty());
        }

        #[test]
        fn what_is_written_is_read_again(text in "hosts:( [a-z]{1,4}( \\[!?(NOTFOUND|UNAVAIL)=(return|continue)\\])?){0,4}") {
            let line = parse(&text);
            let services: Vec<String> = line.services.iter().map(ToString::to_string).collect();
            prop_assert_eq!(format!("hosts: {}", services.join(" ")).trim_end().to_owned(), text.trim_end());
        }
    }
}
