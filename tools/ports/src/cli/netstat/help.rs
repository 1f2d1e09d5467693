//! What `netstat --help` and `netstat --version` print.

/// The options, in our words.
pub(super) fn text() -> String {
    HELP.to_owned()
}

/// The version of what this prints as, in its words, and whose output it is: scripts read the number.
pub(super) fn version() -> String {
    format!("net-tools 2.10 (as Sockeye {} prints it)\n", env!("CARGO_PKG_VERSION"))
}

const HELP: &str = "\
Usage: netstat [OPTIONS]

Lists sockets as netstat of net-tools does. Without options: Internet and Unix-domain sockets that
are not listening.

Which sockets:
  -t, --tcp     -u, --udp     -U, --udplite     -S, --sctp     -w, --raw     -x, --unix
  -4, --inet    -6, --inet6
  -A, --protocol=FAMILIES   inet, inet6, unix; several with commas
  -l, --listening           those that wait for peers
  -a, --all                 in every state

What is shown of each:
  -n, --numeric             addresses, ports and users as numbers; in part:
                            --numeric-hosts, --numeric-ports, --numeric-users
  -p, --programs            who holds it; with -W every holder
  -e, --extend              user and inode
  -o, --timers              timers
  -W, --wide                nothing cut short
  -v, --verbose             name what this kernel does not list
  -c, --continuous [N]      again every second, or every N seconds

In place of sockets:
  -r, --route               routes; with -e, -ee, -6 and -n
  -i, --interfaces          interfaces; with -a those that are down too
  -g, --groups              multicast groups
  -s, --statistics          counters; with -t, -u, -U, -w, -S and -6
  -h, --help                -V, --version

As every tool of Sockeye: --explain, --json, --color WHEN.

Names come from /etc/hosts, /etc/services, /etc/protocols and /etc/passwd: nothing is asked of a
name server. What differs from net-tools: see ports(1).

Examples:
  netstat -natp
  netstat -tulpen
  netstat -rn
";
