//! What `ss --help` and `ss --version` print.

/// The options, in our words.
pub(super) fn text() -> String {
    HELP.to_owned()
}

/// The version of what this prints as, in its words, and whose output it is: scripts read the number.
pub(super) fn version() -> String {
    format!("ss utility, iproute2-6.1.0 (as Sockeye {} prints it)\n", env!("CARGO_PKG_VERSION"))
}

const HELP: &str = "\
Usage: ss [OPTIONS] [FILTER]

Lists sockets as ss of iproute2 does. Without options: all that are connected.

Which sockets:
  -t, --tcp        -u, --udp      -w, --raw      -x, --unix     -0, --packet
  -M, --mptcp      -S, --sctp     -d, --dccp         --vsock        --tipc     --xdp
  -4, --ipv4       -6, --ipv6
  -f, --family=FAMILY    inet, inet6, link, unix, netlink, vsock, tipc, xdp
  -A, --query=TABLES     all, inet, tcp, mptcp, udp, raw, unix, unix_dgram, unix_stream,
      --socket=TABLES    unix_seqpacket, packet, packet_raw, packet_dgram, netlink, dccp,
                         sctp, vsock, vsock_stream, vsock_dgram, tipc, xdp; after a ! without
  -a, --all              in every state
  -l, --listening        those that wait for peers
  -B, --bound-inactive   TCP sockets that are bound and nothing else
  -N, --net=NAMESPACE    of this network namespace: a name of ip netns, or a path
  -F, --filter=FILE      more of the filter, from a file; - is standard input

What is shown of each:
  -n, --numeric          ports and protocols as numbers, bandwidth exactly
  -r, --resolve          hosts by name
  -p, --processes        who holds it        -T, --threads   which threads
  -o, --options          timers              -e, --extended  user, inode, cookie
  -m, --memory           memory              -i, --info      what TCP knows
  -b, --bpf              the filter of a packet socket
      --tos              type of service and class
      --cgroup           control group       --inet-sockopt  socket options
  -O, --oneline          one line a socket   -H, --no-header no headings
  -Q, --no-queues        no queues

In place of a list:
  -s, --summary          how many there are
  -E, --events           each as it is destroyed
  -K, --kill             destroy them, and list those that were
  -D, --diag=FILE        what the kernel says of TCP sockets, as it says it
  -h, --help             -V, --version

As every tool of Sockeye: --explain, --json, --color WHEN.

FILTER: state STATE... and an expression: src, dst, sport, dport, dev, fwmark, cgroup,
autobound, with not, and, or and ( ). See ports(1).

Examples:
  ss -tlnp
  ss -tn state established '( dport = :443 or sport = :443 )'
  ss -tanoi dst 192.0.2.0/24
";
