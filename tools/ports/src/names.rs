//! Names that stand for numbers: interfaces, services, users, control groups, hosts.

use std::collections::HashMap;
use std::net::IpAddr;

use sockeye_cli::escape::{escape, escape_octets};
use sockeye_sys::Protocol;

/// What is known by name. Everything in it is safe for a terminal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    interfaces: HashMap<u32, String>,
    services: HashMap<(Protocol, u16), String>,
    users: HashMap<u32, String>,
    cgroups: HashMap<u64, String>,
    hosts: HashMap<IpAddr, String>,
}

impl Names {
    /// Takes in the name of an interface.
    pub fn add_interface(&mut self, index: u32, name: &str) {
        self.interfaces.insert(index, escape(name).into_owned());
    }

    /// Takes in a services database. Where it has two names for a port, the first holds.
    ///
    /// # Source
    /// services(5).
    pub fn add_services(&mut self, database: &[u8]) {
        for line in database.split(|octet| *octet == b'\n') {
            if let Some((protocol, port, name)) = service(line) {
                self.services.entry((protocol, port)).or_insert_with(|| escape_octets(name));
            }
        }
    }

    /// Takes in a list of users. Where it has two names for a number, the first holds.
    ///
    /// # Source
    /// passwd(5).
    pub fn add_users(&mut self, database: &[u8]) {
        for line in database.split(|octet| *octet == b'\n') {
            if let Some((uid, name)) = user(line) {
                self.users.entry(uid).or_insert_with(|| escape_octets(name));
            }
        }
    }

    /// Takes in the path of a control group.
    pub fn add_cgroup(&mut self, id: u64, path: &[u8]) {
        self.cgroups.insert(id, escape_octets(path));
    }

    /// Takes in the name of a host.
    pub fn add_host(&mut self, address: IpAddr, name: &str) {
        self.hosts.insert(address, escape(name).into_owned());
    }

    /// Whether any port has a name.
    pub fn has_services(&self) -> bool {
        !self.services.is_empty()
    }

    /// Whether any host has a name.
    pub fn has_hosts(&self) -> bool {
        !self.hosts.is_empty()
    }

    /// The name of a user, if the list has one.
    pub fn user(&self, uid: u32) -> Option<&str> {
        self.users.get(&uid).map(String::as_str)
    }

    /// The path of a control group, if it has been taken in.
    pub fn cgroup(&self, id: u64) -> Option<&str> {
        self.cgroups.get(&id).map(String::as_str)
    }

    /// The name of a host, if it has been taken in.
    pub fn host(&self, address: IpAddr) -> Option<&str> {
        self.hosts.get(&address).map(String::as_str)
    }

    /// The name of an interface, if it has been taken in.
    pub fn interface(&self, index: u32) -> Option<&str> {
        self.interfaces.get(&index).map(String::as_str)
    }

    /// The name of a port, if the database has one.
    pub fn service(&self, protocol: Protocol, port: u16) -> Option<&str> {
        self.services.get(&(protocol, port)).map(String::as_str)
    }
}

/// The port of a service by its name or one of its aliases in a services database; names are told apart by case.
///
/// # Source
/// services(5).
pub fn port_of(database: &[u8], protocol: Protocol, name: &str) -> Option<u16> {
    database.split(|octet| *octet == b'\n').find_map(|line| {
        let (of, port, first) = service(line)?;
        let text = line.split(|octet| *octet == b'#').next()?;
        let mut aliases = text.split(u8::is_ascii_whitespace).filter(|field| !field.is_empty()).skip(2);
        let named = first == name.as_bytes() || aliases.any(|alias| alias == name.as_bytes());
        (of == protocol && named).then_some(port)
    })
}

/// The number of a user by its name in a list of users.
///
/// # Source
/// passwd(5).
pub fn uid_of(database: &[u8], name: &str) -> Option<u32> {
    let users = database.split(|octet| *octet == b'\n').filter_map(user);
    users.into_iter().find_map(|(uid, user)| (user == name.as_bytes()).then_some(uid))
}

/// One line of the list of users: `root:x:0:0:root:/root:/bin/sh`.
fn user(line: &[u8]) -> Option<(u32, &[u8])> {
    let mut fields = line.split(|octet| *octet == b':');
    let name = fields.next().filter(|name| !name.is_empty())?;
    let uid = std::str::from_utf8(fields.nth(1)?).ok()?.parse().ok()?;
    Some((uid, name))
}

/// One line of the database: `ssh  22/tcp  alias  # comment`.
fn service(line: &[u8]) -> Option<(Protocol, u16, &[u8])> {
    let text = line.split(|octet| *octet == b'#').next()?;
    let mut fields = text.split(u8::is_ascii_whitespace).filter(|field| !field.is_empty());
    let name = fields.next()?;
    let (port, protocol) = std::str::from_utf8(fields.next()?).ok()?.split_once('/')?;
    let protocol = match protocol {
        "tcp" => Protocol::TCP,
        "udp" => Protocol::UDP,
        _ => return None,
    };
    Some((protocol, port.parse().ok()?, name))
}

/// The first name of each protocol, by number.
///
/// # Source
/// protocols(5).
pub fn protocols(database: &[u8]) -> HashMap<u8, String> {
    let mut names = HashMap::new();
    for line in database.split(|octet| *octet == b'\n') {
        let text = line.split(|octet| *octet == b'#').next().unwrap_or_default();
        let mut fields = text.split(u8::is_ascii_whitespace).filter(|field| !field.is_empty());
        let (Some(name), Some(number)) = (fields.next(), fields.next()) else { continue };
        if let Some(number) = std::str::from_utf8(number).ok().and_then(|number| number.parse().ok()) {
            names.entry(number).or_insert_with(|| escape_octets(name));
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_services_database_as_services_5_describes_it() {
        let mut names = Names::default();
        names.add_services(
            b"# Network services\nssh\t\t22/tcp\t\t\t# SSH Remote Login\ndomain 53/tcp\ndomain 53/udp nameserver\n\
              other 22/tcp\nbad x/tcp\nworse 99999/udp\nlonely\n\nsctp-only 9/sctp\nodd\x1b[2J\xff 7/udp",
        );
        assert_eq!(names.service(Protocol::TCP, 22), Some("ssh"));
        assert_eq!(names.service(Protocol::UDP, 22), None);
        assert_eq!(names.service(Protocol::UDP, 53), Some("domain"));
        assert_eq!(names.service(Protocol::UDP, 7), Some("odd\\x1b[2J\\xff"));
        assert_eq!(names.services.len(), 4);
    }

    #[test]
    fn a_service_is_found_by_its_name_and_its_aliases() {
        let database = b"domain 53/tcp\ndomain 54/udp nameserver # www\nhttp 80/tcp www";
        assert_eq!(port_of(database, Protocol::TCP, "domain"), Some(53));
        assert_eq!(port_of(database, Protocol::UDP, "nameserver"), Some(54));
        assert_eq!(port_of(database, Protocol::TCP, "www"), Some(80));
        assert_eq!(port_of(database, Protocol::UDP, "www"), None, "a comment is no alias");
        assert_eq!(port_of(database, Protocol::TCP, "HTTP"), None);
    }

    #[test]
    fn the_list_of_users_as_passwd_5_describes_it() {
        let mut names = Names::default();
        names
            .add_users(b"root:x:0:0:root:/root:/bin/sh\ntoor:x:0:0::/:\n:x:5:\nbad:x:y:\nshort:x\nodd\x1b:x:7:7::/:\n");
        assert_eq!(names.user(0), Some("root"));
        assert_eq!(names.user(7), Some("odd\\x1b"));
        assert_eq!(names.users.len(), 2);
    }

    #[test]
    fn a_user_is_found_by_the_whole_name() {
        let users = b"root:x:0:0:root:/root:/bin/sh\n\nbroken\nann:x:1000:1000::/:\n\xff:x:1:1\nbad:x:-1:0\n";
        let found = ["root", "ann", "an", "bad", "broken"].map(|name| uid_of(users, name));
        assert_eq!(found, [Some(0), Some(1000), None, None, None]);
    }

    #[test]
    fn protocols_as_protocols_5_describes_them() {
        let names = protocols(b"ip\t0\tIP\nicmp 1 ICMP # x\n# tcp 6\nodd x\nother 1\nhuge 256\n");
        assert_eq!((names.len(), names[&0].as_str(), names[&1].as_str()), (2, "ip", "icmp"));
    }

    proptest! {
        #[test]
        fn no_database_panics(database: Vec<u8>) {
            Names::default().add_services(&database);
            port_of(&database, Protocol::TCP, "http");
            Names::default().add_users(&database);
            uid_of(&database, "root");
        }
    }
}
