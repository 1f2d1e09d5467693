//! `addr if`: this machine's interfaces and their addresses.

use std::borrow::Cow;
use std::io;
use std::net::IpAddr;

use serde::Serialize;
use sockeye_cli::escape::escape;
use sockeye_cli::output::Role;
use sockeye_cli::{Failure, Output, Render, Status, Text};
use sockeye_common::addr::IpText;
use sockeye_common::hex;
use sockeye_common::prefix::Prefix;
use sockeye_sys::Listed;
use sockeye_sys::addresses::{AddressFlags, AddressRow};
use sockeye_sys::links::Link;

use crate::address::Special;
use crate::cli::Interfaces;
use crate::mac::{Eui64, Mac};
use crate::sheet::Sheet;
use crate::shell;

/// An interface.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Report {
    /// The name.
    name: String,
    /// Its other names.
    other_names: Vec<String>,
    /// The index: what sin6_scope_id holds.
    index: u32,
    /// The flags by their names in C.
    flags: Vec<&'static str>,
    /// By RFC 2863: `up`, `down`.
    state: Option<&'static str>,
    /// The largest packet, in octets.
    mtu_octets: Option<u32>,
    /// What kind of hardware.
    hardware: Hardware,
    /// The MAC address, if it has one.
    mac: Option<String>,
    /// The addresses.
    addresses: Vec<Own>,
}

/// A kind of hardware.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Hardware {
    /// ARPHRD.
    code: u16,
    /// The name.
    name: Option<&'static str>,
}

/// An address of an interface.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Own {
    /// The address.
    address: String,
    /// How many bits are the network's.
    prefix_length: u8,
    /// The network.
    network: Option<String>,
    /// The other end of a point-to-point link.
    peer: Option<String>,
    /// The broadcast address that is set.
    broadcast: Option<String>,
    /// How far it means this host: by name, or the number that somebody set.
    scope: Cow<'static, str>,
    /// What the kernel thinks of it, by the names in C.
    flags: Vec<&'static str>,
    /// For how many seconds it is for new connections; `None` is for ever.
    preferred_s: Option<u32>,
    /// For how many seconds it is this host's; `None` is for ever.
    valid_s: Option<u32>,
    /// What IANA reserved it for.
    special: Option<Special>,
    /// Whether its second half is made of the interface's MAC address.
    of_mac: bool,
}

/// # Source
/// Linux, include/uapi/linux/if_arp.h.
fn hardware(code: u16) -> Option<&'static str> {
    Some(match code {
        1 => "Ethernet",
        32 => "InfiniBand",
        512 => "PPP",
        768 => "IPv4 tunnel",
        769 => "IPv6 tunnel",
        772 => "loopback",
        776 => "IPv6-in-IPv4 tunnel",
        778 => "GRE tunnel",
        801..=803 => "IEEE 802.11",
        823 => "GRE tunnel over IPv6",
        65534 => "none",
        _ => return None,
    })
}

/// # Source
/// Linux, include/uapi/linux/if.h, IF_OPER_*.
fn state(operstate: u8) -> Option<&'static str> {
    ["unknown", "not present", "down", "lower layer down", "testing", "dormant", "up"]
        .get(usize::from(operstate))
        .copied()
}

/// # Source
/// rtnetlink(7), rtm_scope.
fn scope(scope: u8) -> Cow<'static, str> {
    Cow::Borrowed(match scope {
        0 => "global",
        200 => "site",
        253 => "link",
        254 => "host",
        255 => "nowhere",
        other => return Cow::Owned(other.to_string()),
    })
}

/// The flags of an address. One bit has two names: of IPv4 it says that an address of the same network came first.
///
/// # Source
/// Linux, include/uapi/linux/if_addr.h: `#define IFA_F_TEMPORARY IFA_F_SECONDARY`.
fn flags(addr: IpAddr, flags: AddressFlags) -> Vec<&'static str> {
    let name = |name| if addr.is_ipv4() && name == "IFA_F_TEMPORARY" { "IFA_F_SECONDARY" } else { name };
    flags.names().map(name).collect()
}

/// Several, as one text.
struct Reports<'a>(&'a [Report]);

/// Shows the interfaces of these names, or all.
///
/// # Errors
/// [`Failure`] if the kernel cannot be asked, there is no such interface, or standard output does not take them.
pub fn run(job: &Interfaces, output: &mut Output<'_>) -> Result<Status, Failure> {
    let (Listed { rows: links, doubt }, rows) = shell::interfaces()?;
    doubt.into_iter().chain(rows.doubt).for_each(|doubt| output.note(doubt));
    let mut status = Status::YES;
    for name in &job.names {
        if !links.iter().any(|link| is_called(link, name)) {
            let failure = Failure::new(Status::NO, format!("{}: no such interface", escape(name)));
            let names = links.iter().map(|link| link.name.as_str()).collect::<Vec<_>>().join(", ");
            output.failure(&failure.hint(format!("there are {}", escape(&names))));
            status = Status::NO;
        }
    }
    let wanted = |link: &&Link| job.names.is_empty() || job.names.iter().any(|name| is_called(link, name));
    let reports: Vec<Report> = links.iter().filter(wanted).map(|link| report(link, &rows.rows)).collect();
    output.list(&Reports(&reports), &reports)?;
    if status == Status::YES { Ok(status) } else { Err(Failure::Silent(status)) }
}

fn is_called(link: &Link, name: &String) -> bool {
    link.name == *name || link.index.to_string() == *name || link.other_names.contains(name)
}

fn report(link: &Link, rows: &[AddressRow]) -> Report {
    let mac = <[u8; 6]>::try_from(link.address.as_slice()).ok().map(Mac);
    Report {
        name: link.name.clone(),
        other_names: link.other_names.clone(),
        index: link.index,
        flags: link.flags.names().collect(),
        state: link.operstate.and_then(state),
        mtu_octets: link.mtu,
        hardware: Hardware { code: link.hardware_type, name: hardware(link.hardware_type) },
        mac: match mac {
            Some(mac) => Some(mac.colons()),
            None if link.address.is_empty() => None,
            None => Some(hex::spaced(&link.address).replace(' ', ":")),
        },
        addresses: rows.iter().filter(|row| row.own.index == link.index).map(|row| own(row, mac)).collect(),
    }
}

fn own(row: &AddressRow, mac: Option<Mac>) -> Own {
    let AddressRow { own, peer, broadcast, scope: reach, preferred, valid } = row;
    let text = |addr: IpAddr| IpText(addr).to_string();
    let of_mac = match own.addr {
        IpAddr::V6(addr) => mac.is_some_and(|mac| mac.0 != [0; 6] && mac.modified_eui64() == Eui64::of_address(addr)),
        IpAddr::V4(_) => false,
    };
    Own {
        address: text(own.addr),
        prefix_length: own.prefix_length,
        network: Prefix::new(peer.unwrap_or(own.addr), own.prefix_length).map(|prefix| prefix.to_string()),
        peer: peer.map(text),
        broadcast: broadcast.map(text),
        scope: scope(*reach),
        flags: flags(own.addr, own.flags),
        preferred_s: *preferred,
        valid_s: *valid,
        special: Special::of(own.addr),
        of_mac,
    }
}

impl Render for Reports<'_> {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        for (index, report) in self.0.iter().enumerate() {
            if index > 0 {
                text.blank()?;
            }
            report.render(text)?;
        }
        Ok(())
    }
}

impl Render for Report {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let name = text.paint(Role::Strong, &escape(&self.name));
        let state = self.state.map_or_else(String::new, |state| format!("  {state}"));
        text.line(format!("{name}  index {}{state}", self.index))?;
        let mut sheet = Sheet::new(2);
        let up: Vec<&str> = self.flags.iter().map(|flag| flag.trim_start_matches("IFF_")).collect();
        sheet.row(["flags", &up.join(" ")]);
        sheet.pair("also", (!self.other_names.is_empty()).then(|| escape(&self.other_names.join(", ")).into_owned()));
        sheet.pair("hardware", self.hardware.name);
        sheet.pair("MAC", self.mac.as_deref());
        sheet.pair("MTU", self.mtu_octets.map(|mtu| format!("{mtu} octets")));
        for own in &self.addresses {
            sheet.row(own.row());
        }
        sheet.render(text)
    }
}

impl Own {
    /// The family, and the address with what is to be known of it.
    fn row(&self) -> [String; 2] {
        let Self { address, prefix_length, peer, .. } = self;
        let label = if address.contains(':') { "IPv6" } else { "IPv4" };
        let mut said = Vec::new();
        said.extend(self.broadcast.as_ref().map(|broadcast| format!("broadcast {broadcast}")));
        said.push(format!("scope {}", self.scope));
        said.extend(self.special.as_ref().map(|special| special.name.to_owned()));
        if self.of_mac {
            said.push("made of the MAC".to_owned());
        }
        let shown = self.flags.iter().filter(|flag| **flag != "IFA_F_PERMANENT");
        said.extend(shown.map(|flag| flag.trim_start_matches("IFA_F_").to_ascii_lowercase()));
        // What is over says so by a flag.
        said.extend(self.preferred_s.filter(|left| *left > 0).map(|left| format!("preferred for {left} s")));
        said.extend(self.valid_s.map(|left| format!("valid for {left} s")));
        // The network is the other end's, where there is one.
        let peer = peer.as_ref().map_or_else(String::new, |peer| format!(" peer {peer}"));
        [label.to_owned(), format!("{address}{peer}/{prefix_length}  {}", said.join(", "))]
    }
}

#[cfg(test)]
mod tests {
    use sockeye_sys::addresses::InterfaceAddress;
    use sockeye_sys::interface::InterfaceFlags;

    use super::*;

    #[test]
    fn an_interface_has_its_addresses_and_no_others() {
        let link = Link {
            index: 2,
            name: "eth0".to_owned(),
            other_names: vec!["uplink".to_owned()],
            hardware_type: 1,
            flags: InterfaceFlags::UP | InterfaceFlags::RUNNING,
            mtu: Some(1500),
            address: vec![0x52, 0x54, 0, 0x12, 0x34, 0x56],
            broadcast: vec![0xff; 6],
            operstate: Some(6),
        };
        let row = |addr: &str, prefix_length, index| AddressRow {
            own: InterfaceAddress { addr: addr.parse().unwrap(), prefix_length, index, flags: AddressFlags::PERMANENT },
            peer: None,
            broadcast: None,
            scope: 253,
            preferred: Some(50),
            valid: None,
        };
        let rows = [row("fe80::5054:ff:fe12:3456", 64, 2), row("127.0.0.1", 8, 1), row("10.0.0.5", 24, 2)];
        let found = report(&link, &rows);
        assert_eq!(found.addresses.len(), 2);
        assert!(is_called(&link, &"uplink".to_owned()) && !is_called(&link, &"up".to_owned()));
        let [label, said] = found.addresses[0].row();
        assert_eq!((label.as_str(), found.addresses[0].valid_s), ("IPv6", None));
        assert!(said.ends_with("made of the MAC, preferred for 50 s"), "{said}");
        assert!(found.addresses[0].of_mac && !found.addresses[1].of_mac);
        assert_eq!(found.addresses[1].network.as_deref(), Some("10.0.0.0/24"));
        assert_eq!((found.state, found.hardware.name), (Some("up"), Some("Ethernet")));
        let twice = |addr: &str| {
            own(
                &AddressRow {
                    own: InterfaceAddress { flags: AddressFlags::TEMPORARY, ..row(addr, 24, 2).own },
                    ..row(addr, 24, 2)
                },
                None,
            )
        };
        assert_eq!(twice("10.0.0.6").flags, ["IFA_F_SECONDARY"], "the second address of a network");
        assert_eq!(twice("2001:db8::6").flags, ["IFA_F_TEMPORARY"]);
        let numbered = own(&AddressRow { scope: 7, ..row("10.0.0.5", 24, 2) }, None);
        assert_eq!(numbered.scope, "7", "as ip address has it");
        assert!(numbered.row()[1].contains("scope 7, "));
        let far = AddressRow { peer: Some("192.168.7.1".parse().unwrap()), ..row("10.5.0.1", 24, 2) };
        assert_eq!(own(&far, None).network.as_deref(), Some("192.168.7.0/24"), "of the other end");
    }
}
