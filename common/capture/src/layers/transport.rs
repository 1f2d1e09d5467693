//! UDP, TCP, ICMP, ICMPv6.

use pnet_packet::icmp::IcmpPacket;
use pnet_packet::icmpv6::Icmpv6Packet;
use pnet_packet::tcp::TcpPacket;
use pnet_packet::udp::UdpPacket;

use super::tunnel::Tunnel;
use super::{Extent, Header, Icmp, Layer, Layers, Next, Presence, Stop, Tcp, Udp, Upper, protocol};

const UDP_LEN: usize = 8;
const TCP_LEN: usize = 20;
const ICMP_LEN: usize = 4;

impl Layers<'_> {
    /// What an IP protocol number announces.
    #[inline]
    pub(super) fn upper(&mut self, number: u8) -> Option<Layer> {
        let v6 = self.network.src.is_ipv6();
        if self.network.fragment.is_some_and(|fragment| fragment.offset > 0) {
            let upper = self.describe(number);
            return Some(self.conclude(0, Header::FragmentData(upper), upper.segment));
        }
        match (number, v6) {
            (protocol::UDP, _) => self.udp(),
            (protocol::TCP, _) => self.tcp(),
            (protocol::ICMP, _) => self.icmp(),
            (protocol::ICMPV6, true) => self.icmpv6(),
            (protocol::AUTHENTICATION, _)
            | (protocol::HOP_BY_HOP | protocol::ROUTING | protocol::FRAGMENT | protocol::DESTINATION_OPTIONS, true) => {
                self.extension(number)
            }
            (protocol::NO_NEXT_HEADER, true) => None,
            _ => self.rare_upper(number, v6),
        }
    }

    /// Upper layers that few packets have.
    #[cold]
    #[inline(never)]
    fn rare_upper(&mut self, number: u8, v6: bool) -> Option<Layer> {
        match number {
            protocol::IPV4 => self.ipv4(),
            protocol::IPV6 => self.ipv6(),
            protocol::GRE => self.gre(),
            protocol::MPLS => self.mpls(),
            protocol::ETHERNET => self.ethernet(),
            protocol::ETHERIP => self.etherip(),
            _ => self.summed(number, v6),
        }
    }

    /// An upper layer that the walk does not know.
    pub(super) fn other(&self, number: u8) -> Layer {
        let upper = self.describe(number);
        self.conclude(0, Header::Other(upper), upper.segment)
    }

    /// What the network layer says of the packet at the cursor.
    #[inline]
    pub(super) fn describe(&self, protocol: u8) -> Upper {
        let network = &self.network;
        let mut segment = self.extent(self.at, network.end.saturating_sub(self.at));
        if network.fragment.is_some() {
            segment.presence = Presence::Fragment;
        }
        Upper { src: network.src, dst: network.dst, protocol, segment, fragment: network.fragment }
    }

    /// The last layer of the walk: what follows its header is the application's.
    #[inline]
    pub(super) fn conclude(&self, header_len: usize, header: Header, whole: Extent) -> Layer {
        let offset = self.at;
        let header_len = header_len.min(whole.captured);
        let payload = Extent {
            start: offset + header_len,
            len: whole.len.saturating_sub(header_len),
            captured: whole.captured - header_len,
            presence: whole.presence,
        };
        Layer { offset, header_len, payload, quoted: self.quoted, header }
    }

    /// RFC 768.
    #[inline]
    fn udp(&mut self) -> Option<Layer> {
        let fields = UdpPacket::new(self.fixed("UDP", UDP_LEN)?)?;
        let upper = self.describe(protocol::UDP);
        let length = fields.get_length();
        let datagram = self.udp_extent(length, &upper);
        let header = Header::Udp(Udp {
            src_port: fields.get_source(),
            dst_port: fields.get_destination(),
            length,
            checksum: fields.get_checksum(),
            datagram,
            upper,
        });
        // A Length that lies still leaves a header that is there.
        let whole = Extent { captured: datagram.captured.max(UDP_LEN), ..datagram };
        if let Some(tunnel) = Tunnel::of_port(fields.get_destination()) {
            self.next = Next::Tunnel(tunnel);
        }
        Some(self.conclude(UDP_LEN, header, whole))
    }

    /// What a UDP Length announces.
    #[inline]
    fn udp_extent(&self, length: u16, upper: &Upper) -> Extent {
        let segment = upper.segment;
        let len = match usize::from(length) {
            // RFC 2675 section 4: more than 16 bits can say.
            0 if segment.len > usize::from(u16::MAX) => segment.len,
            len => len,
        };
        let mut datagram = self.extent(segment.start, len);
        if len < UDP_LEN {
            datagram.presence = Presence::Inconsistent;
        } else if upper.fragment.is_some() {
            datagram.presence = Presence::Fragment;
        }
        datagram
    }

    /// RFC 9293 section 3.1.
    #[inline]
    fn tcp(&mut self) -> Option<Layer> {
        let offset = self.at;
        let fields = TcpPacket::new(self.fixed("TCP", TCP_LEN)?)?;
        let upper = self.describe(protocol::TCP);
        let data_offset = usize::from(fields.get_data_offset()) * 4;
        let header = Header::Tcp(Tcp {
            src_port: fields.get_source(),
            dst_port: fields.get_destination(),
            sequence: fields.get_sequence(),
            acknowledgment: fields.get_acknowledgement(),
            data_offset,
            flags: fields.get_flags(),
            window: fields.get_window(),
            checksum: fields.get_checksum(),
            upper,
        });
        let layer = self.conclude(data_offset.max(TCP_LEN), header, upper.segment);
        if data_offset < TCP_LEN {
            self.finish(Stop::Malformed { header: "TCP", field: "Data Offset", offset, found: data_offset / 4 });
        }
        Some(layer)
    }

    /// RFC 792.
    fn icmp(&mut self) -> Option<Layer> {
        let fields = IcmpPacket::new(self.fixed("ICMP", ICMP_LEN)?)?;
        let upper = self.describe(protocol::ICMP);
        let icmp = Icmp {
            icmp_type: fields.get_icmp_type().0,
            code: fields.get_icmp_code().0,
            checksum: fields.get_checksum(),
            upper,
        };
        match icmp.icmp_type {
            // Destination Unreachable, Source Quench, Redirect, Time Exceeded, Parameter Problem.
            3 | 4 | 5 | 11 | 12 => Some(self.icmp_error(Header::Icmp(icmp), &icmp)),
            _ => Some(self.conclude(ICMP_LEN, Header::Icmp(icmp), upper.segment)),
        }
    }

    /// RFC 4443.
    fn icmpv6(&mut self) -> Option<Layer> {
        let fields = Icmpv6Packet::new(self.fixed("ICMPv6", ICMP_LEN)?)?;
        let upper = self.describe(protocol::ICMPV6);
        let icmp = Icmp {
            icmp_type: fields.get_icmpv6_type().0,
            code: fields.get_icmpv6_code().0,
            checksum: fields.get_checksum(),
            upper,
        };
        match icmp.icmp_type {
            // Destination Unreachable, Packet Too Big, Time Exceeded, Parameter Problem.
            1..=4 => Some(self.icmp_error(Header::Icmpv6(icmp), &icmp)),
            _ => Some(self.conclude(ICMP_LEN, Header::Icmpv6(icmp), upper.segment)),
        }
    }
}
