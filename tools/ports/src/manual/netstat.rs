//! "As netstat".

pub(super) const SECTION: (&str, &str) = (
    "As netstat",
    "Called by the name `netstat`, through a link, this takes the options of netstat(8) of net-tools 2.10 and prints its \
tables and columns:

  ln -s $(command -v ports) ~/bin/netstat
  netstat -natp
  netstat -tulpen
  netstat -rn

Options stand in clusters in any order (`-plunt`), and long ones may be cut short (`--list`). A wrong option ends with status \
3, what cannot be shown with status 1, as in netstat.

Which sockets: `-t` TCP, `-u` UDP, `-U` UDP-Lite, `-S` SCTP, `-w` raw, `-x` Unix domain; `-4` (`--inet`, `--ip`), `-6` \
(`--inet6`), `-A` (`--protocol`) FAMILIES with inet, inet6, unix and commas between them. Without any of them: all. `-l` those \
that wait for peers, `-a` every state; without them TCP connections, also half-open ones and TIME_WAIT, connected UDP \
sockets, and Unix-domain sockets that do not listen.

What is shown: `-n` numbers, in part `--numeric-hosts`, `--numeric-ports`, `--numeric-users`; `-p` the process; `-e` user \
and inode; `-o` timers, with the seconds left, retransmissions and probes; `-W` nothing cut short; `-v` names the kinds \
that this kernel does not have; `-c` again every second, or `-c N` every N seconds. `-N` has routes in numbers, as in netstat, and changes nothing else. `-h`, `-V`.

In place of sockets: `-r` routes, with `-e`, `-ee`, `-4`, `-6`, `-C` their cache, which is empty since Linux 3.6, and `-FC` \
both; `-i` interfaces that are up, with `-a` all; `-g` multicast groups; `-s` counters in netstat's sentences, and by the \
kernel's names where it has none (`--json` has these names for all), of `-t`, `-u`, `-S`, `-w` or `-6` alone, and of what \
belongs to none of them.

`--explain`, `--json` and `--color` are those of every tool here; they may not be cut short.

netstat differs:

  DNS            addresses have the names of /etc/hosts, and routes of
                 /etc/networks, alone; netstat asks a name server for each,
                 and hangs where there is none
  Send-Q         in LISTEN: the limit of the accept queue; netstat has 0
  %eth0          behind a link-local address, and behind what is bound to an
                 interface; netstat leaves it out
  SYN_RECV       -o: how often the answer was sent again; netstat has how often
                 its timer ran out
  -a             TCP sockets that are only bound, as CLOSE; netstat has none
  -w             CLOSE and ESTABLISHED; netstat has 7 and 1
  -e             user - where there is none: TIME_WAIT, half-open connections;
                 netstat has root
  -p             the name of the process (comm); netstat has the first word of
                 its command line. Both show one holder; with -W every holder
                 stands here, with commas between them, and a line on standard
                 error says when there are more than are shown
  Not all ...    this sentence comes only if a socket of the list is concerned,
                 and also where netstat says that it could read nothing
  Path           whole, with blanks; a backslash is two, and control
                 characters are \\n, \\xNN; netstat stops at the first blank
  -ree           the whole name of an interface; netstat cuts it to six letters
  -6r            ::ffff:192.0.2.0/120; netstat has 192.0.2.0/120
  -i             the counters also of an interface whose name has 15 letters,
                 where netstat has zeros
  -s -4 -6       both; netstat has no statistics for two
  -g -4, -g -t   the groups alone; netstat adds the sockets
  -c -s, -c -g   again and again, as all others; netstat counts once, and has
                 groups that are none from the second time on
  churn          each socket once; netstat reads /proc/net, and shows some
                 twice or not at all while others come and go

The same, though it loses something: an IPv6 socket that carries IPv4 shows the IPv4 address beside `tcp6`, and `:::80` does \
not say whether IPv4 is refused (`--json` does, and so does `ports` by its own name). RefCnt of Unix-domain sockets is read \
from /proc/net/unix, after the list; one that has come since has 2, or 3 if it is connected.

Refused with a sentence: `-M` (see conntrack), `-Z` (no SELinux), `-ie` (see `ip -s address`), \
and the families ax25, ipx, netrom, rose, x25, ddp, l2cap, rfcomm. Other words on the line are named on standard error; \
netstat takes no notice of them.",
);
