//! What the man page says of `+gai`.

pub(in crate::manual) const SECTION: (&str, &str) = ("Asking the C library", "\
`+gai[=FLAG,...] [NAME]` asks getaddrinfo(3) and prints the hints and then every entry in the C library's order: family,
socket type, protocol, address with its scope, port, the octets of the sockaddr, and the canonical name where there is one.
Without a name the node is NULL, and then a service is needed. FLAG is `passive`, `canonname`, `numerichost`, `v4mapped`,
`all`, `addrconfig`, `idn`, `canonidn`, `numericserv`, `idn_allow_unassigned`, `idn_use_std3_ascii_rules`, or `nohints` for a
null pointer in place of hints, which to glibc is `v4mapped,addrconfig`.

  +family=unspec|inet|inet6|N
  +socktype=any|stream|dgram|raw|rdm|seqpacket|N
  +protocol=any|tcp|udp|sctp|dccp|udplite|icmp|icmpv6|N
  +service=NAME|PORT

`-x ADDRESS +gai[=FLAG,...]` asks getnameinfo(3), with `+service=PORT` for the service's name too. FLAG is `numerichost`,
`numericserv`, `nofqdn`, `namereqd`, `dgram`, `idn`, `idn_allow_unassigned` or `idn_use_std3_ascii_rules`.

Names in C are taken as well, as `AI_PASSIVE`, and numbers, so that the C library can be seen to refuse them. Flags of IDN use
the characters of the locale (`LC_ALL`). The letters of NetBSD's getaddrinfo(1) mean something else to dig: its `-f` is
`+family` here, `-t` `+socktype`, `-p` `+protocol`, `-s` `+service`, `-c` `+gai=canonname`, `-n` `+gai=numerichost`, `-N`
`+gai=numericserv` and `-P` `+gai=passive`.

`;; WARNING:` stands before what is likely not meant: a service above 65535, of which glibc takes the low 16 bits; an address
in an old form, as `192.0.517`; a flag without effect. A failure is told by the name, the number and the text of the EAI code,
and EAI_SYSTEM by errno too.

With `+explain` each hint is told, why there are so many entries, the octets of each sockaddr field by field, and for each
address why it comes before the next one: the rule of RFC 6724 and the values that it compared, with the labels and precedences
of `/etc/gai.conf` or of the C library.");
