//! IPv4, IPv6 and its extension headers.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use pnet_packet::ipv4::Ipv4Packet;
use pnet_packet::ipv6::Ipv6Packet;
use sockeye_common::wire::Reader;

use super::{Extension, Fragment, Header, Ipv4, Ipv6, Layer, Layers, Network, Next, Presence, Stop, protocol};

const IPV4_LEN: usize = 20;
const IPV6_LEN: usize = 40;
const FRAGMENT_LEN: usize = 8;
/// IPv4's flags, as pnet gives them: the reserved bit, Don't Fragment, More Fragments.
const MORE_FRAGMENTS: u8 = 1;
/// The Jumbo Payload option of RFC 2675.
const JUMBO_PAYLOAD: u8 = 0xc2;
/// The Home Address option of RFC 6275 section 6.3.
const HOME_ADDRESS: u8 = 0xc9;

impl Layers<'_> {
    /// IP of the version that its first octet says.
    pub(super) fn ip(&mut self) -> Option<Layer> {
        match self.fixed("IP", 1)? {
            [first] if first >> 4 == 4 => self.ipv4(),
            [first] if first >> 4 == 6 => self.ipv6(),
            [first, ..] => self.malformed("IP", "Version", self.at, (first >> 4).into()),
            [] => None,
        }
    }

    /// RFC 791 section 3.1.
    #[inline]
    pub(super) fn ipv4(&mut self) -> Option<Layer> {
        let offset = self.at;
        let fields = Ipv4Packet::new(self.fixed("IPv4", IPV4_LEN)?)?;
        if fields.get_version() != 4 {
            return self.malformed("IPv4", "Version", offset, fields.get_version().into());
        }
        let header_len = usize::from(fields.get_header_length()) * 4;
        if header_len < IPV4_LEN {
            return self.malformed("IPv4", "IHL", offset, fields.get_header_length().into());
        }
        let options = self.fixed("IPv4", header_len)?.get(IPV4_LEN..).unwrap_or_default();
        let total_length = fields.get_total_length();
        // Zero: a capture on the host that left segmentation to its interface.
        let len = match usize::from(total_length) {
            0 => self.end - offset,
            total => total,
        };
        let identification = fields.get_identification();
        let fragment = fragment(
            identification.into(),
            usize::from(fields.get_fragment_offset()) * 8,
            fields.get_flags() & MORE_FRAGMENTS != 0,
        );
        let ip = Ipv4 {
            src: fields.get_source(),
            dst: fields.get_destination(),
            protocol: fields.get_next_level_protocol().0,
            total_length,
            identification,
            fragment,
            ttl: fields.get_ttl(),
            checksum: fields.get_checksum(),
        };
        let dst = if options.is_empty() { ip.dst } else { source_route_end(options).unwrap_or(ip.dst) };
        let payload_len = len.saturating_sub(header_len);
        let mut layer =
            self.network(header_len, payload_len, Header::Ipv4(ip), ip.protocol, ip.src.into(), dst.into(), fragment);
        if len < header_len {
            // The header is there, and its checksum can tell whether this is damage.
            layer.payload.presence = Presence::Inconsistent;
            let found = total_length.into();
            self.finish(Stop::Malformed { header: "IPv4", field: "Total Length", offset, found });
        }
        Some(layer)
    }

    /// RFC 8200 section 3.
    #[inline]
    pub(super) fn ipv6(&mut self) -> Option<Layer> {
        let offset = self.at;
        let fields = Ipv6Packet::new(self.fixed("IPv6", IPV6_LEN)?)?;
        if fields.get_version() != 6 {
            return self.malformed("IPv6", "Version", offset, fields.get_version().into());
        }
        let ip = Ipv6 {
            src: fields.get_source(),
            dst: fields.get_destination(),
            next_header: fields.get_next_header().0,
            payload_length: fields.get_payload_length(),
            hop_limit: fields.get_hop_limit(),
        };
        let start = offset + IPV6_LEN;
        let payload_len = match (ip.payload_length, ip.next_header) {
            (0, protocol::NO_NEXT_HEADER) => 0,
            // A jumbogram says its length in an option; a host that left segmentation to its interface nowhere.
            (0, next) => self.jumbo_len(next, start).unwrap_or(self.end - start),
            (len, _) => len.into(),
        };
        Some(self.network(IPV6_LEN, payload_len, Header::Ipv6(ip), ip.next_header, ip.src.into(), ip.dst.into(), None))
    }

    /// A network header at the cursor, which moves to its payload.
    #[inline]
    #[expect(clippy::too_many_arguments, reason = "private, and all are fields of what it sets")]
    fn network(
        &mut self,
        header_len: usize,
        payload_len: usize,
        header: Header,
        protocol: u8,
        src: IpAddr,
        dst: IpAddr,
        fragment: Option<Fragment>,
    ) -> Layer {
        let offset = self.at;
        let start = offset + header_len;
        let payload = self.extent(start, payload_len);
        self.network = Network { src, dst, fragment, end: start.saturating_add(payload_len) };
        self.narrow(start, payload_len);
        if fragment.is_some() {
            self.beyond = Presence::Fragment;
        }
        self.guessed = false;
        self.at = start;
        self.next = Next::Upper(protocol);
        Layer { offset, header_len, payload, quoted: self.quoted, header }
    }

    /// The Jumbo Payload option of a Hop-by-Hop Options header at `start`, if there is one.
    fn jumbo_len(&self, next_header: u8, start: usize) -> Option<usize> {
        if next_header != protocol::HOP_BY_HOP {
            return None;
        }
        let header = self.octets.get(start..)?;
        let [_, len, ..] = header else { return None };
        let data = option(header.get(..extension_len(*len)).unwrap_or(header), JUMBO_PAYLOAD)?;
        usize::try_from(u32::from_be_bytes(data.try_into().ok()?)).ok()
    }

    /// An extension header of the given kind at the cursor. Their lengths: RFC 8200 section 4; RFC 4302 section 2.2.
    pub(super) fn extension(&mut self, kind: u8) -> Option<Layer> {
        let name = match kind {
            protocol::HOP_BY_HOP => "Hop-by-Hop Options",
            protocol::ROUTING => "Routing header",
            protocol::FRAGMENT => "Fragment header",
            protocol::AUTHENTICATION => "Authentication Header",
            _ => "Destination Options",
        };
        let [next_header, len] = *self.fixed(name, 2)? else { return None };
        let header_len = match kind {
            protocol::FRAGMENT => FRAGMENT_LEN,
            protocol::AUTHENTICATION => (usize::from(len) + 2) * 4,
            _ => extension_len(len),
        };
        let octets = self.fixed(name, header_len)?;
        let mut fragment = None;
        match kind {
            protocol::FRAGMENT => {
                fragment = fragment_header(octets);
                self.network.fragment = fragment;
                if fragment.is_some() {
                    self.beyond = Presence::Fragment;
                }
            }
            protocol::ROUTING => {
                if let Some(last) = route_end(octets, self.network.dst) {
                    self.network.dst = last.into();
                }
            }
            protocol::DESTINATION_OPTIONS => {
                if let Some(home) = home_address(octets) {
                    self.network.src = home.into();
                }
            }
            _ => {}
        }
        let header = Header::Extension(Extension { kind, next_header, fragment });
        Some(self.advance(header_len, header, Next::Upper(next_header)))
    }
}

/// The length of an extension header that counts eight octets after the first eight.
fn extension_len(len: u8) -> usize {
    (usize::from(len) + 1) * 8
}

/// The data of the first option of type `wanted` in a Hop-by-Hop or Destination Options header: RFC 8200 section 4.2.
fn option(header: &[u8], wanted: u8) -> Option<&[u8]> {
    let mut reader = Reader::new(header.get(2..)?);
    loop {
        match reader.u8("Option Type").ok()? {
            // Pad1 is the only option without a length.
            0 => {}
            found => {
                let len = reader.u8("Opt Data Len").ok()?;
                let data = reader.octets(len.into(), "Option Data").ok()?;
                if found == wanted {
                    return Some(data);
                }
            }
        }
    }
}

/// The address that a mobile node is known by: the pseudo-header has it in place of the one that the packet was sent from.
///
/// # Source
/// RFC 6275 sections 9.3.1 and 11.3.1.
fn home_address(header: &[u8]) -> Option<Ipv6Addr> {
    let octets: [u8; 16] = option(header, HOME_ADDRESS)?.try_into().ok()?;
    Some(octets.into())
}

fn fragment(identification: u32, offset: usize, more: bool) -> Option<Fragment> {
    (offset > 0 || more).then_some(Fragment { identification, offset, more })
}

/// RFC 8200 section 4.5. One with offset 0 and no more to come is a whole datagram: RFC 6946.
fn fragment_header(octets: &[u8]) -> Option<Fragment> {
    let [_, _, high, low, a, b, c, d] = *octets else { return None };
    let offset = u16::from_be_bytes([high, low]);
    fragment(u32::from_be_bytes([a, b, c, d]), usize::from(offset & !7), offset & 1 == 1)
}

/// Where a loose or strict source route that is not used up ends: the pseudo-header has that address.
///
/// # Source
/// RFC 791 section 3.1, RFC 1122 section 4.2.3.8.
fn source_route_end(options: &[u8]) -> Option<Ipv4Addr> {
    let mut reader = Reader::new(options);
    loop {
        match reader.u8("option-type").ok()? {
            0 => return None,
            1 => {}
            option => {
                let len = reader.u8("option-length").ok()?;
                let data = reader.octets(usize::from(len).checked_sub(2)?, "option-data").ok()?;
                if let (131 | 137, [pointer, route @ ..]) = (option, data) {
                    return (*pointer < len).then(|| route.last_chunk::<4>().map(|last| Ipv4Addr::from(*last)))?;
                }
            }
        }
    }
}

/// Where a routing header that has segments left ends: the pseudo-header has that address.
///
/// # Source
/// RFC 8200 section 8.1; the address is last in types 0 (RFC 8200's example) and 2 (RFC 6275), and first in type 4
/// (RFC 8754); type 3 (RFC 6554) leaves out the octets that it shares with the destination.
fn route_end(octets: &[u8], dst: IpAddr) -> Option<Ipv6Addr> {
    let [_, _, routing_type, segments_left, compression, pad, _, _, addresses @ ..] = octets else { return None };
    let last = match (routing_type, segments_left) {
        (_, 0) => return None,
        (0 | 2, _) => *addresses.last_chunk::<16>()?,
        (4, _) => *addresses.first_chunk::<16>()?,
        (3, _) => {
            let IpAddr::V6(dst) = dst else { return None };
            let mut last = dst.octets();
            let own = last.get_mut(usize::from(compression & 0xf)..)?;
            let end = addresses.len().checked_sub(usize::from(pad >> 4))?;
            own.copy_from_slice(addresses.get(end.checked_sub(own.len())?..end)?);
            last
        }
        _ => return None,
    };
    Some(last.into())
}
