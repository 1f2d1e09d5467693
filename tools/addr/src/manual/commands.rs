//! The sections of the man page.

type Section = (&'static str, &'static str);

pub(super) const NOTATIONS: Section = (
    "Notations",
    "An address is read in any of these:

  127.0.0.1  127.1  0x7f.1  0177.0.0.1  2130706433  0x7f000001  7f00000a
  2001:db8::1  [2001:db8::1]:80  fe80::1%eth0  ::ffff:192.0.2.1
  0x20010db8000000000000000000000001  42540766411282592856903984951653826561
  1.0.0.127.in-addr.arpa  the names under ip6.arpa
  10.0.0.1:8080, whose port is put into the sockaddr

A network is an address with `/24`, with a mask (`/255.255.255.0`, `/0xffffff00`) or with a wildcard as routers have it \
(`/0.0.0.255`), which is said; the mask may be a word of its own behind the address, if it begins with 255. `/0.0.0.0` is the mask \
of all addresses. A reverse name with fewer labels is the network that it stands for, and `0/25.2.0.192.in-addr.arpa` is 192.0.2.0/25 (RFC 2317).

A MAC address is six pairs of digits with colons or hyphens, `5254.0012.3456`, or twelve digits; an EUI-64 is eight pairs with hyphens, or sixteen digits (with \
colons it is an IPv6 address, except behind `addr mac`). Digits alone are an IPv4 address \
wherever inet_aton(3) takes them: `addr mac` takes them for a MAC address. Three groups of four digits are a MAC address, even in octal (`0010.0020.0030`).

What is short is refused before a slash: `10/8` is 10.0.0.0/8 to a person, and 0.0.0.10 to the C library. A port, or a zone, is refused where it would say \
nothing, as in a range or a routing table.",
);

pub(super) const ADDRESSES: Section = (
    "Addresses",
    "Below the notations stand the special range with the answers of its registry (may be a source, a destination, forwarded by \
routers, reachable globally, reserved by IP itself), and of IPv6 the scope, the second half and the MAC address that it was made of, the \
solicited-node group, and an IPv4 address inside (mapped, compatible, 6to4, Teredo, NAT64, ISATAP).

Of a group there are its scope, who is in it, and the MAC address of its frames.

`no ntohl` is the number that a program on this host reads that forgets ntohl(3).

Where one call of the C library takes what another refuses, or reads it otherwise, a warning says so: who checks an address with \
one and connects with the other lets through what was to be kept out.",
);

pub(super) const NETWORKS: Section = (
    "Networks",
    "The first address of a network names it and the last is its broadcast address, so that hosts have two fewer than there are. \
A /31 has neither: both are hosts' (RFC 3021). A /32 is one address. A network of groups (multicast) has neither: all of them count. IPv6 has no broadcast; its first address is that of any router \
(RFC 4291 section 2.6.1), except in a /127 (RFC 6164) and a /128.

The stroke in the bits is the boundary between network and host. `role` is what the address is in its network, `class` what all of it was before CIDR, \
and `delegated` the zone to which the names of a part of a /24 are delegated by CNAME records (RFC 2317).",
);

pub(super) const PLANS: Section = (
    "Planning",
    "`addr split NETWORK -n COUNT` cuts a network into equal ones, of which there is always a power of two; `-p LENGTH` says how long they are. \
More than 65,536 are listed only with `--limit`.

`addr vlsm NETWORK SIZE...` places subnets of different sizes, the largest first, and says what is left. A size is a number \
of hosts, to which the network and the broadcast address are added (of IPv6 the first address), or a length as `/26`. `lan=500` gives it a name. \
Where they do not fit the status is 1. Two hosts that are the ends of one link may do without both (RFC 3021): say `link=/31`.

`addr range FIRST-LAST` finds the fewest networks that are exactly a range. `addr supernet` finds the smallest network around all that \
are given, the fewest that are exactly theirs, and what the one takes in beyond the other. `addr overlap` says which of them have addresses in \
common: with more than two, disjoint pairs are shown only with `--all`, and no more than 65,536 pairs unless `--limit` says otherwise. Both take networks from \
files too (`-f`), and stop at a line that is none.",
);

pub(super) const SAME: Section = (
    "Same address, same network",
    "`addr same A B` says whether two texts are one address. If one of them or both have a mask, it says what each of the two hosts thinks \
of the other: the same network, so that it asks for its MAC address and sends to it, or another, so that it sends to its router. Where only one has a \
mask it is taken for both. A zone is a part of its address: `fe80::1%eth0` and `fe80::1%eth1` are two. If the one's mask makes the other's \
address the broadcast address of the network, or one of them is a group's or only one is loopback, the status is 1 too. If the two do not agree, or their masks differ, one mask is wrong, and the last sentence says what follows.",
);

pub(super) const ROUTES: Section = (
    "Routes",
    "`addr lpm TABLE ADDRESS...` looks up which route an address takes: the one with the longest prefix that matches; of two to the same \
destination the one with the lower metric, and then the one that stands first. The others that match follow with what they lose by. With \
`--explain` all routes of the family are compared bit by bit.

The packet is an ordinary one: routes with `tos`, `dead` ones, and those of tables to which only a rule leads are shown and lose. The tables local, main and \
default (of IPv6 local and main) are asked one after the other, the next one also where a route of the type throw ends the search of one. \
Linux that was never given a rule searches local and main of IPv4 together, the longest prefix first. Where a route of the types unreachable, prohibit, blackhole or throw wins, a line says what becomes of the packet, and \
the status is 1.

The table is a file, or `-` for standard input, with what `ip route`, `ip -6 route` or `route -n` print, or with lines of a network \
and any words. `#` begins a comment. `--route NETWORK=VIA`, as often as you like, stands in its place. A default route without a gateway \
is of the family of the first route of the table.",
);

pub(super) const ORDER: Section = (
    "Byte order",
    "`addr port` shows a port as it is sent (network order, the most significant octet first) and as this host keeps it, and the port that \
a program gets that forgets htons(3). `addr order` does the same for numbers of 16, 32 and 64 bits.",
);

pub(super) const MACS: Section = (
    "MAC addresses and EUI-64",
    "Two bits of the first octet say whether a MAC address is a group's (I/G) and whether it was made up locally (U/L). `addr eui64 MAC NETWORK` makes the \
IPv6 address that an interface gives itself in a network: `ff:fe` in the middle, and the U/L bit turned (RFC 4291 appendix A). An EUI-64 is taken as \
IEEE gives it, and its bit is turned too; the second half of an IPv6 address has it turned already. Hosts that \
care for their privacy have random ones instead (RFC 8981, RFC 7217). A group has no interface, and so no such address: the status is 1.

`addr if` lists the interfaces of this machine with index, flags, MTU, MAC address and addresses, as the kernel has them, with the flags and lifetimes of each; \
`made of the MAC` marks an address whose second half gives the MAC address away. An interface is found by its other names (`ip link property`) too.",
);

pub(super) const MANY: Section = (
    "Many at once",
    "`-f FILE` takes addresses from a file, one a line; `#` begins a comment, and `-` is standard input. A line that is none is told of with its number, the \
others go on, and the status is 1 in the end.

`--get TEMPLATE` prints a line each. A field stands in braces; `{{` is a brace, `\\t` a tab, `\\n` the end of a line. A field that a thing does not have is \
empty. The fields are input, kind, text, family, address, zone, port, decimal, hex, binary, expanded, reverse, special, rfc, scope, v4, mac, eui64, \
solicited_node, sockaddr, aton, pton and getaddrinfo, and of a network network, length, mask, wildcard, broadcast, first, last, first_usable, last_usable, addresses and usable.",
);

pub(super) const JSON: Section = (
    "JSON",
    "With `--json` each result is one object. Of addresses, networks and MAC addresses `kind` says which it is. Numbers that may be more than 2^53 \
(`decimal`, `addresses`, `usable`, `value`) are strings of decimal digits; octets are lower-case hexadecimal. `split`, `if` and `special` print an object for each row; `asked` in those \
of `special` is the network that was asked about. `overlap` has `pairs`, no more than the limit, and how many there are: `pairs_total` in all, `overlapping_total` \
that overlap. `preferred_s` and `valid_s` of an address of `if` are null where it is for ever.

`readings` has `text`, which was asked, `calls` (`call`, `address` or null, `why` or null) and `differ`. `sockaddr` has `structure`, `hex`, `length_octets` and \
`fields` (`name`, `offset`, `octets`, `meaning`). `lpm` has `winner` and `losers`, each with `prefix`, `via`, `metric` and `line`, and `refused`: a sentence, \
or null.",
);
