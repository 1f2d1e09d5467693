//! What the man page says about the listing.

use sockeye_cli::manual::Example;

/// DESCRIPTION, up to the commands.
pub(crate) const DESCRIPTION: &str = "Lists the sockets of this network namespace, as the kernel tells them over netlink \
(`sock_diag`(7)), one a line. Without an option for a kind of sockets TCP and UDP are listed, without `-4` or `-6` both \
families.

Without `-l`, `-a` or `-B` only connections are listed: TCP from SYN-SENT to LAST-ACK, without half-open ones and TIME-WAIT, \
and sockets of other kinds that have a peer. Packet and netlink sockets, which have none ever, are listed always, but not by \
`-B` alone, or by a filter that names a state. `-l` lists what waits for peers instead, `-a` everything. `ports -tulnp`, \
`ports -tanpo` and `ports -xp` do what they do in `ss`(8) and `netstat`(8).

No privilege is needed, except for `-p` to see the processes of other users. How many owners are hidden for want of it \
is said on standard error. So is a TCP socket that listens on, is bound to or calls a port that is a well-known one with its octets \
swapped, as 36895 is 8080: somebody forgot `htons`(3).

No address is resolved unless `--resolve` asks for it, and nothing else is sent on the network.";

/// "Columns".
pub(crate) const COLUMNS: &str = "`Proto`: `tcp`, `udp`, `udplite`, `raw`, `icmp` (a ping socket), `mptcp`, `sctp`, `dccp` for sockets of \
the IPv4 family, with a `6` behind it for those of the IPv6 family. An IPv6 socket may carry IPv4, and then has addresses \
like `[::ffff:192.0.2.1]:80`. Unix-domain sockets are `u_str`, `u_dgr`, `u_seq`, packet sockets `p_raw`, `p_dgr`, netlink \
sockets `nl`, vsock sockets `v_str`, `v_dgr`, `v_seq`.

`State`: for TCP as RFC 9293 spells it, in capitals. `BOUND` is a socket that has a port and neither listens nor \
connects (from Linux 6.8 on), perhaps after a connection has failed or ended; it has no peer, and its queues are not shown. What has no states of TCP is written in small letters; `connected` and `unconnected` say \
whether the process called `connect`(2), also of Unix-domain datagram sockets, which the kernel calls connected as soon as \
another has called them.

`Recv-Q`, `Send-Q`: for TCP, octets that the process has not read, and octets that the peer has not acknowledged; a FIN \
counts as one until the process has read the end of the stream. In LISTEN: connections that wait for `accept`(2), and how \
many may. For UDP, memory that unread and unsent datagrams take: more than their data, since the kernel counts its own \
buffers.

`Local`, `Peer`: address and port. `0.0.0.0` is every IPv4 address, `[::]` every IPv6 address, `*` every address of \
both. Behind a `%` stands the interface that the socket is bound to, as in `[fe80::1%eth0]:80` or `0.0.0.0%eth0:80`. \
`*` in place of a port is any. A Unix-domain socket has its name and its inode, `/run/a.sock:4711`, by which it is found \
in the other column of its peer; `@` stands before an abstract name, `*` for none; a path that itself begins with `@` is in quotes. A packet socket has the protocol and \
the interface that it takes frames of, a netlink socket its protocol and its port, a vsock socket machine and port.

`Owner`, with `-p`: every process that holds the socket, with its number and its descriptors. A name with blanks or \
brackets stands in quotes, and control characters are written as `\\xNN`, \
marks that turn the direction of text, and what has no width, as `\\u{NNNN}`. A name so written can be given to a filter as it stands. `-` means that no process has it: \
TIME-WAIT, a connection that waits for accept, one that the process has closed, a process outside this PID namespace, a netlink socket of the kernel's own; \
`?` that nobody was found who holds it and that not every process may be looked into.

Where a row is too long for the terminal, its last columns, and its peer too, stand on lines of their own below it, with \
their names. Into a pipe or a file, each socket is always one line.";

/// "Choosing columns".
pub(crate) const CHOOSING: &str = "`-o` alone shows timers, as in `ss`(8) and `netstat`(8): `ports -tano`. With a list it chooses \
columns: `-o local,peer,state` shows these, `-o +timer,rtt` shows them behind the usual ones. A word behind `-o` is a list if \
it has a comma in it or a `+` in front, or is `help`, which says what columns there are; otherwise it belongs to the filter, \
so that `ports -to state established` means what it means in ss. A single column is `-o=state`.

`-e` adds user, inode and cookie, `-m` memory, `-i` what TCP knows of the connection, `-p` the owners. On a terminal memory \
and TCP's knowledge are lines below the row, unless `-O` wants one line; in a pipe they are its last columns.

For `-p` every descriptor of every process is read, however few sockets are listed: any process may hold a copy, by \
`fork`(2) or because it was sent one (`unix`(7), SCM_RIGHTS). `--first-owner` reads until each socket has an owner, shows \
that one, whichever came first, and does not look for others. It is for hosts with very many descriptors, and quick where \
every socket that is listed has an owner.

`--sort` puts the rows in the order of columns, numbers by value and addresses by their octets; what a row does not have \
comes last. Without it, listeners stand before connections, and what ends comes last.

`--csv` prints the columns as RFC 4180 wants them, under a line with their names, to which the unit of their numbers is added. With `-x` the inodes of both ends stand in `local_port` and `peer_port`. \
`local` and `peer` of a Unix-domain socket are its names there, and the inodes are the columns `local_port` and `peer_port`.";

/// "Other network namespaces".
pub(crate) const NAMESPACES: &str = "`--netns` takes a name of `ip-netns`(8), the number of a process, the path of a file, or `all`: every namespace \
that has a name or a process that we may see. The first column then says which; one without a name is called by the oldest \
process in it (`pid:812`), our own `this`, and `--netns` takes these too. Interfaces are called what they are called in there; a filter may name one that only some of several namespaces have. Entering another namespace \
needs CAP_SYS_ADMIN; with `all`, those that cannot be entered are counted on standard error, and those that end while they \
are listed are passed over.";

/// "Summary".
pub(crate) const SUMMARY: &str = "`-s` counts the sockets of each kind by family and state, from the same list as all else here: \
they are those of this network namespace, not of the whole host. `orphaned` are connections that their process has closed, \
`not yet accepted` those that wait for `accept`(2). Memory is in octets, without what a connection in TIME-WAIT takes. Every state \
is counted, and with `-l`, `-B` or a filter what these ask for.";

/// "Output for programs".
pub(crate) const PROGRAMS: &str = "`--json` prints one object a socket: `netns`, `netid`, `protocol`, `family`, `state`, `local_address`, \
`local_port`, `local_service`, `local_name`, `local_name_kind`, `local_name_hex`, `peer_address`, `peer_port`, `peer_service`, \
`peer_host`, `peer_name`, `peer_name_kind`, `peer_name_hex`, `peer_inode`, \
`interface`, `scope`, `v6only`, `dual_stack`, `recv_queue_octets`, `send_queue_octets`, `accept_queue_connections`, \
`accept_queue_limit_connections`, `timer` (`kind`, `expires_ms`, `retransmits`), `expires_ms` (until the kernel forgets a \
TIME-WAIT), `uid`, `user`, `inode`, `cookie`, `owners` (`pid`, `fd`, `command`, `command_hex`), `owners_hidden`, `memory` (`rmem_octets`, \
`rcvbuf_octets`, `wmem_octets`, `sndbuf_octets`, `fwd_alloc_octets`, `wmem_queued_octets`, `optmem_octets`, `backlog_octets`), \
`drops_packets`, `congestion`, `tcp_info`, `tos`, `tclass`, `mark`, `cgroup` (`id`, `path`), `ulp`, `shutdown`. Names stand for \
addresses outside the Internet families. That of a Unix-domain socket is the name alone, without `@`, inode and quotes; its \
kind is `path`, `abstract` or `none`, and the octets are there in hexadecimal digits if they are not UTF-8. So it is with \
`command`: the name that the process has, not made safe for a terminal as in the listing, and its octets if they are not UTF-8.

`tcp_info` has `rtt_us`, `rttvar_us`, `min_rtt_us`, `rto_us`, `backoff`, `unanswered_retransmits`, `mss_octets`, \
`pmtu_octets`, `cwnd_segments`, \
`ssthresh_segments`, `congestion_state`, `snd_wnd_octets`, `rcv_wnd_octets`, `bytes_sent`, `bytes_acked`, `bytes_received`, `bytes_retrans`, \
`notsent_octets`, `segs_out`, `segs_in`, `data_segs_out`, `data_segs_in`, `retrans_segments`, `unacked_segments`, \
`lost_segments`, `out_of_order_segments`, `delivery_rate_octets_per_s`, `pacing_rate_octets_per_s`, `busy_us`, `rwnd_limited_us`, \
`sndbuf_limited_us`, `last_sent_ms`, `last_received_ms`, `last_ack_received_ms`, `options`, `snd_wscale`, `rcv_wscale`.

Every member is always there. What does not apply, what this kernel does not tell, and what nobody asked for is null: \
owners without `-p`, `user` without `-e`, memory without `-m`, TCP's knowledge without `-i`, `tos`, `mark`, `cgroup` without \
their columns, `netns` without `--netns`, hosts without `--resolve`.

With `-s`, one object a namespace: `netns`, `sockets`, `memory_octets`, `kinds`, each with `kind`, `sockets`, `ipv4`, `ipv6`, \
`states` (`state`, `sockets`), `orphans`, `not_accepted`, `memory_octets`.";

/// EXAMPLES.
pub(crate) const EXAMPLES: [Example; 8] = [
    Example { says: "Which ports are open, and whose are they?", command: "ports -tulnp", shows: "Owner", status: 0 },
    Example {
        says: "Everything about TCP, and what its states mean:",
        command: "ports -tanp --explain",
        shows: "asked NETLINK_SOCK_DIAG for AF_UNSPEC tcp",
        status: 0,
    },
    Example {
        says: "The UDP sockets as JSON Lines:",
        command: "ports -ua --json --explain",
        shows: "\"schema\":\"ports/1\"",
        status: 0,
    },
    Example {
        says: "Who talks to whom, slowest first:",
        command: "ports -tn -o local,peer,rtt,bytes_received --sort -rtt",
        shows: "Rtt-us",
        status: 0,
    },
    Example {
        says: "What each TCP connection waits for, what it knows, and what memory it takes:",
        command: "ports -tanoim",
        shows: "Timer",
        status: 0,
    },
    Example {
        says: "The Unix-domain sockets and their owners, for a spreadsheet:",
        command: "ports -xap --csv",
        shows: "proto,state,recv_queue,send_queue,local,peer,local_port,peer_port,owner",
        status: 0,
    },
    Example {
        says: "How many sockets there are, and in which states:",
        command: "ports -s",
        shows: "Sockets of this network namespace: ",
        status: 0,
    },
    Example {
        says: "Listeners in every network namespace that has a process or a name:",
        command: "ports --netns all -tln",
        shows: "Netns",
        status: 0,
    },
];
