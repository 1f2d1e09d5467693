//! The other dialect.

pub(super) const SECTION: (&str, &str) = ("As ss", TEXT);

const TEXT: &str = "\
Called by the name `ss`, through a link, this takes the options of ss(8) of iproute2 6.1 and prints its columns, words and
order of fields:

  ln -s $(command -v ports) ~/bin/ss
  ss -tlnp
  ss -tanoi state established dst 192.0.2.0/24

Options may stand in clusters (`-tlnp`) and behind the filter, long ones may be cut short (`--num`). A wrong option ends with
status 255, as in ss, and one line that says why in place of its 60. A filter that is wrong as a whole ends with 255 too, one with
a wrong host, port, mark or name with 1, as does a namespace that is not there. `-E` of what is neither TCP nor UDP ends with 255.
What this host refuses (a socket that `-K` may not destroy, a full disk, a file of `-D`) ends with 4.

Which sockets: `-t` TCP, `-u` UDP, `-w` raw, `-x` Unix domain, `-0` packet, `-M` MPTCP, `-S` SCTP, `-d` DCCP, `--vsock`, `--tipc`,
`--xdp`; `-4`, `-6` (both together: both); `-f` FAMILY with inet, inet6, link, unix, netlink, vsock, tipc, xdp; `-A` (`--query`, `--socket`) TABLES with
commas between them, one behind a `!` taken out. Without any of them: all. `-a` every state, `-l` those that wait for peers; without
them connections. `-N` NAMESPACE looks into a namespace of `ip netns`, or into that of a path.

What is shown: `-n` numbers for ports and protocols, and exact bandwidth; `-r` names of hosts; `-p` processes, `-T` threads (which
share their process's descriptors); `-o` timers; `-e` user, inode, cookie, mark, control group, directions shut down; `-m` memory;
`-i` what TCP knows; `-b` the filter of a packet socket, an instruction of classic BPF after the other, and timers; `--tos`, `--cgroup`, `--inet-sockopt`; `-O` one line a socket; `-H` no
headings. `-s` counts, and lists too if sockets were chosen. `-K` destroys sockets and lists those that were (CAP_NET_ADMIN), `-E` lists
TCP and UDP sockets as they are destroyed. `-D` FILE keeps what the kernel says of TCP sockets, `TCPDIAG_FILE` lists such a file; `-F`
FILE holds a part of the filter. `-h`, `-V`.

`exclude all` leaves the states as if neither it nor `-a` nor `-l` had been said, as in ss.

The same but empty: DCCP, TIPC and XDP sockets are never listed (Linux has no DCCP any more; `--tipcinfo` does nothing); SCTP, MPTCP
and vsock only where the kernel lists them. ss prints \"RTNETLINK answers: Invalid argument\" where the kernel knows no DCCP; this
says nothing. `-Kw` destroys no raw sockets and lists none.

Missing: `-Z` and `-z` end with status 1, as in ss where there is no SELinux.

Taken from ss 7.1: `-B` (`--bound-inactive`) TCP sockets that are bound and nothing else, `-Q` (`--no-queues`). `--explain`, `--json`
and `--color` are those of every tool here; they may not be cut short.

ss differs, and is wrong:

  -a             leaves out TCP sockets that are only bound; here they are UNCONN, as in ss 7.1, and so they are in the
                 states all, big, closed, close and unconnected, and in no other
  -o             1.572ms for 1.572 s, which is 1.572sec here; nothing for no time at all, which is 0ms here;
                 unknown for a delayed acknowledgement, which is delack here
  -i             lastsnd, lastrcv, lastack of a connection that is not there yet, or never was, count from when the machine
                 came up; here they are left out. 999.7 Mbit/s is 1e+03Mbps; here it is 1Gbps
  -p             the name \"a) b (c\" is cut at its first bracket; here it is whole, a quotation mark in it
                 has a backslash before it, and control characters are \\xNN, \\n, \\t or \\u{..}, as in paths and names of devices. Netlink
                 sockets have owners too
  -s             its line of TCP counts the sockets of the whole machine; here it counts those of this
                 namespace, which takes longer: it lists them. estab also counts CLOSE-WAIT, and
                 closed also TIME-WAIT, as in ss
  -E             says nothing into a pipe until a buffer is full; here each line is written at once. The state is
                 UNCONN here too: the kernel tells no other. Send-Q of UDP is -1; here it is 0, which is meant
  -K             stops at the first socket that it may not destroy; here the others are destroyed, and then that is said.
                 It lists Unix-domain sockets as if it had destroyed them; here only those that were
  filters        and and or are read from left to right, against its manual; here and binds closer, and a
                 warning says so; -K destroys nothing then, and ends with 255. Ports above 65535, and addresses that are
                 not whole (src 10, src 0x7f.1), and marks that their mask cannot have (0x11/0x1), are refused. A filter for
                 processes says how many sockets have hidden owners; -p says nothing of them, as in ss. not autobound loses accepted
                 sockets; here it is the opposite of autobound. Of addresses of several families only the last is looked for,
                 or ss crashes; here all are
  -A             lists packet sockets of both types where packet_raw or packet_dgram asks for one
  -4 -6          the last of both holds; here both do, as with -f inet -f inet6
  -V             the same first words; whose output it is stands behind them
  TCPDIAG_FILE   only what the file says of IPv4 is read; here all of it
  -xe            dev is 0/65024 for device 254/0; here it is what stat(1) says
  -we            says nothing of raw sockets; here their inode and user

Layout: the same words in the same order, so that what cuts columns by blanks keeps working, but no blanks at the ends of lines and a
blank in the heading `Port Process`. What takes a second line in ss takes one here. On a terminal that is too narrow, what is
behind the ends stands below them, and lines are broken between words.";
