//! All that can be said of a link-layer address.

use std::io;
use std::net::{IpAddr, Ipv6Addr};

use serde::Serialize;
use sockeye_cli::escape::escape;
use sockeye_cli::output::Role;
use sockeye_cli::{Render, Text};
use sockeye_common::addr::IpText;
use sockeye_common::hex;
use sockeye_common::prefix::Prefix;

use crate::mac::{Eui64, Mac};
use crate::sheet::Sheet;

/// A MAC address or an EUI-64.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// `mac` or `eui64`.
    pub kind: &'static str,
    /// The text as it was given.
    pub input: String,
    /// A MAC address with colons, an EUI-64 with hyphens.
    pub text: String,
    /// With hyphens.
    pub hyphens: Option<String>,
    /// Three groups of four digits.
    pub dots: Option<String>,
    /// The octets in hexadecimal.
    pub hex: String,
    /// The first octet in binary.
    pub first_octet: String,
    /// The bit that says who is meant: one interface or a group.
    pub group: bool,
    /// The bit that says who gave it: a manufacturer, or somebody here.
    pub local: bool,
    /// The first three octets, where a manufacturer has them.
    pub oui: Option<String>,
    /// The EUI-64 with hyphens, as IEEE has it: of a MAC address with ff-fe in the middle.
    pub eui64: Option<String>,
    /// The modified EUI-64, as the second half of an IPv6 address.
    pub modified_eui64: Option<String>,
    /// The MAC address inside an EUI-64.
    pub mac: Option<String>,
    /// The link-local address that is made of it.
    pub link_local: Option<String>,
    /// The addresses that are made of it in the networks that were given.
    pub addresses: Vec<String>,
    /// What it is known for.
    pub known: Option<String>,
}

/// Says all of a MAC address.
pub fn of_mac(input: &str, mac: Mac, networks: &[Prefix]) -> Report {
    let [first, second, third, ..] = mac.0;
    // A group has no interface, and so no address of its own.
    let eui64 = (!mac.is_group()).then(|| mac.modified_eui64());
    Report {
        kind: "mac",
        input: input.to_owned(),
        text: mac.colons(),
        hyphens: Some(mac.hyphens()),
        dots: Some(mac.dots()),
        hex: hex::encode(&mac.0),
        first_octet: format!("{first:08b}"),
        group: mac.is_group(),
        local: mac.is_local(),
        oui: (!mac.is_local()).then(|| hex::spaced(&[first, second, third]).replace(' ', "-")),
        eui64: eui64.map(|eui64| eui64.turned().hyphens()),
        modified_eui64: eui64.map(Eui64::groups),
        mac: None,
        link_local: eui64.map(link_local),
        addresses: eui64.map(|eui64| addresses(eui64, networks)).unwrap_or_default(),
        known: known(mac),
    }
}

/// Says all of an EUI-64. An IPv6 address has it with its universal/local bit turned.
///
/// # Source
/// RFC 4291 appendix A: "Links or Nodes with IEEE EUI-64 Identifiers".
pub fn of_eui64(input: &str, eui64: Eui64, networks: &[Prefix]) -> Report {
    let [first, second, third, ..] = eui64.0;
    let modified = eui64.turned();
    let mac = modified.mac();
    let (group, local) = (first & 1 != 0, first & 2 != 0);
    // A group has no interface, and so no address of its own.
    let id = (!group).then_some(modified);
    Report {
        kind: "eui64",
        input: input.to_owned(),
        text: eui64.hyphens(),
        hyphens: None,
        dots: None,
        hex: hex::encode(&eui64.0),
        first_octet: format!("{first:08b}"),
        group,
        local,
        oui: (!local).then(|| hex::spaced(&[first, second, third]).replace(' ', "-")),
        eui64: Some(eui64.hyphens()),
        modified_eui64: id.map(Eui64::groups),
        mac: mac.map(Mac::colons),
        link_local: id.map(link_local),
        addresses: id.map(|id| addresses(id, networks)).unwrap_or_default(),
        known: None,
    }
}

fn link_local(eui64: Eui64) -> String {
    text(eui64.address(Ipv6Addr::from_bits(0xfe80 << 112)))
}

fn addresses(eui64: Eui64, networks: &[Prefix]) -> Vec<String> {
    let v6 = |prefix: &Prefix| match prefix.first() {
        IpAddr::V6(addr) => Some(addr),
        IpAddr::V4(_) => None,
    };
    networks.iter().filter_map(v6).map(|addr| text(eui64.address(addr))).collect()
}

fn text(addr: Ipv6Addr) -> String {
    IpText(IpAddr::V6(addr)).to_string()
}

/// # Source
/// IANA, Ethernet Numbers; IEEE 802.1D for the groups of bridges, RFC 9568 section 7.3 for VRRP.
fn known(mac: Mac) -> Option<String> {
    if let Some([a, b, c, d]) = mac.ipv6_groups() {
        return Some(format!("IPv6 multicast: every group that ends in {a:02x}{b:02x}:{c:02x}{d:02x} (RFC 2464)"));
    }
    if let Some(low) = mac.ipv4_groups() {
        let [_, b, c, d] = low.to_be_bytes();
        return Some(format!(
            "IPv4 multicast: 32 groups, 224.{b}.{c}.{d} and 224.{}.{c}.{d} among them (RFC 1112)",
            b | 0x80
        ));
    }
    Some(
        match mac.0 {
            [0xff, 0xff, 0xff, 0xff, 0xff, 0xff] => "broadcast",
            [0, 0, 0, 0, 0, 0] => "none: what the loopback interface has",
            [0x01, 0x80, 0xc2, 0x00, 0x00, 0x00] => "spanning tree (IEEE 802.1D)",
            [0x01, 0x80, 0xc2, 0x00, 0x00, 0x0e] => "LLDP (IEEE 802.1AB)",
            [0x01, 0x80, 0xc2, 0x00, 0x00, 0..=0x0f] => "not forwarded by bridges (IEEE 802.1D)",
            [0x00, 0x00, 0x5e, 0x00, 0x01, _] => "VRRP for IPv4 (RFC 9568)",
            [0x00, 0x00, 0x5e, 0x00, 0x02, _] => "VRRP for IPv6 (RFC 9568)",
            [0x00, 0x00, 0x5e, 0x00, 0x53, _] => "documentation (RFC 9542)",
            [0x52, 0x54, 0x00, ..] => "QEMU's and KVM's own",
            [0x02, 0x42, ..] => "Docker's own",
            _ => return None,
        }
        .to_owned(),
    )
}

impl Render for Report {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let strong = text.paint(Role::Strong, &self.text);
        text.line(format!("{strong}  {}", if self.kind == "mac" { "MAC address (EUI-48)" } else { "EUI-64" }))?;
        let mut sheet = Sheet::new(2);
        if self.input != self.text {
            sheet.row(["given as", &escape(&self.input)]);
        }
        if let (Some(hyphens), Some(dots)) = (&self.hyphens, &self.dots) {
            sheet.row(["written", &format!("{hyphens}, {dots}, {}", self.hex)]);
        }
        sheet.row(["first octet", &self.first_octet]);
        sheet.row(["", "      ||"]);
        let group = if self.group { "1: a group's (multicast, broadcast)" } else { "0: of one interface" };
        sheet.row(["", &format!("      |+-- I/G {group}")]);
        let bit = u8::from(self.local);
        let local = if self.local { "made up locally" } else { "universal, bought by a manufacturer" };
        sheet.row(["", &format!("      +--- U/L {bit}: {local}")]);
        sheet.pair("OUI", self.oui.as_deref());
        sheet.pair("known as", self.known.as_deref());
        sheet.pair("MAC inside", self.mac.as_deref());
        sheet.pair("EUI-64", self.eui64.as_deref().filter(|_| self.kind == "mac"));
        sheet.pair("interface", self.modified_eui64.as_ref().map(|id| format!("{id}  (modified EUI-64: U/L turned)")));
        sheet.pair("link-local", self.link_local.as_deref());
        for address in &self.addresses {
            sheet.row(["address", address]);
        }
        if self.group {
            sheet.row(["address", "none: a group has no interface"]);
        }
        sheet.render(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given::parse_network;

    #[test]
    fn a_mac_address_makes_addresses() {
        let network = parse_network("2001:db8:1:2::/64").unwrap().prefix;
        let found = of_mac("x", Mac([0x52, 0x54, 0, 0x12, 0x34, 0x56]), &[network]);
        assert_eq!(found.link_local.as_deref(), Some("fe80::5054:ff:fe12:3456"));
        assert_eq!(found.addresses, ["2001:db8:1:2:5054:ff:fe12:3456"]);
        assert!(found.local && !found.group && found.oui.is_none());
        assert_eq!(found.eui64.as_deref(), Some("52-54-00-ff-fe-12-34-56"));
        let back = of_eui64("x", Eui64([0x52, 0x54, 0, 0xff, 0xfe, 0x12, 0x34, 0x56]), &[network]);
        assert_eq!(
            (&back.link_local, &back.addresses),
            (&found.link_local, &found.addresses),
            "of the MAC address inside"
        );
        assert_eq!((back.mac.as_deref(), back.local), (Some("52:54:00:12:34:56"), true));
        let universal = of_eui64("x", Eui64([0, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77]), &[]);
        assert_eq!(universal.link_local.as_deref(), Some("fe80::211:2233:4455:6677"));
        assert!(!universal.local && universal.oui.as_deref() == Some("00-11-22"));
        let group = of_eui64("x", Eui64([1, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77]), &[network]);
        assert!(group.link_local.is_none() && group.addresses.is_empty());
        let broadcast = of_mac("x", Mac([0xff; 6]), &[network]);
        assert!(broadcast.group && broadcast.link_local.is_none() && broadcast.addresses.is_empty());
    }

    #[test]
    fn some_are_known() {
        for (mac, words) in [
            ([0x01, 0, 0x5e, 0, 0, 1], "224.0.0.1 and 224.128.0.1"),
            ([0x33, 0x33, 0, 0, 0, 1], "ends in 0000:0001"),
            ([0xff; 6], "broadcast"),
            ([0x00, 0x00, 0x5e, 0x00, 0x01, 7], "VRRP"),
        ] {
            assert!(known(Mac(mac)).unwrap().contains(words), "{mac:?}");
        }
        assert_eq!(known(Mac([0, 1, 2, 3, 4, 5])), None);
    }
}
