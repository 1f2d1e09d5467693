//! What the manual says of the links, tunnels and checksums that are read.

/// Which they are.
pub(super) const READ: &str = "\
Link types: Ethernet, Linux cooked captures of both versions, BSD loopback, raw IP, PPP, PPPoE, Cisco HDLC, Frame Relay, ATM
(RFC 2684), MPLS, IPoIB, FDDI, Token Ring, IEEE 802.11 data in the clear with or without radiotap, netfilter's and the
packet filter's log, OpenBSD's enc. In them: VLAN tags, also several, IEEE 802.1ah, IEEE 802.2 with SNAP, MACsec that does
not encrypt, MPLS with any number of labels and with Ethernet behind them. A link type that is not read is named at the
end.

Tunnels: IPv4, IPv6, Ethernet and MPLS in IP, GRE, PPTP, ERSPAN; by the port that a datagram is sent to, VXLAN (4789 and 8472),
VXLAN-GPE (4790), NSH, Geneve (6081), GTP-U (2152), L2TP (1701), LISP (4341), GRE (4754), MPLS (6635), SCTP (9899). What
comes to such a port and does not look like the tunnel is data. ESP and IPComp end the walk.

IPv4 with options, and IPv6 with extension headers, AH included: the pseudo-header has the final destination of a routing
header and the home address of a mobile node. Octets behind the packet, such as the padding of Ethernet, are not summed.

Checksums, by their names in the list:

  ip                IPv4 headers
  udp tcp           with the pseudo-header
  icmp icmpv6       messages; icmp.ext the structure behind a quotation (RFC 4884)
  igmp pim          a PIM Register's covers its first eight octets, or,
                    as of some routers, all of it (RFC 7761)
  sctp              CRC32c; 00000000 is `none` (RFC 9653, and hosts that leave it to their interface)
  dccp udplite      as much as their coverage says
  gre               where the header has one
  ospf              version 2 without its authentication, none where it is signed; version 3
  eigrp vrrp carp   VRRP's version 3 and VRRP over IPv6 with the pseudo-header
  rsvp pgm          0000 is `none`
  mipv6 hip shim6   Mobility Header, HIP, Shim6's control messages

What an ICMP error quotes is judged too, and marked `quoted`. It is the packet as it came to who complains, so a router that
counted its TTL down without the checksum, or a NAT that changed the quotation, shows as bad here and nowhere else. What
the quotation does not reach is unverified.";
