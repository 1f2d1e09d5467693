//! What the man page says of `ports reach`.

use sockeye_cli::manual::Example;

pub(super) const SECTION: (&str, &str) = (
    "Who can reach a listener",
    "`ports reach` says for each TCP listener and each UDP socket without a peer from where it can be reached: `this machine` (a \
loopback address), `the link` (fe80::/10, 169.254.0.0/16, broadcast addresses, and the groups of 224.0.0.0/24 and ff02::/16), a `private network` (addresses that IANA keeps out of the Internet: RFC \
1918, fc00::/7, 100.64.0.0/10 and others), or `everyone`. A wildcard counts as every address that the interfaces have now, in both \
families where the socket is dual-stack; the widest of them decides, and all that are not loopback are shown with their interfaces.

A UDP socket on every address also takes what is sent to the multicast groups that the interfaces have joined, whoever joined them: \
they stand among its addresses, without the groups that every host is in; one that is bound to a group has the interfaces that joined it. Which socket joined a group no list shows.

Only addresses are looked at, and a bound device: what comes in on it may be for any address of this host but those of \
loopback and of another link. What a firewall lets through is not read; root is told which tables of nftables and \
iptables are loaded in this network namespace. Routers and address translation are not known either: a `private network` may be published by a router, \
and `everyone` may be shut out by a filter. `--exposed` leaves out what only this machine reaches, and ends with status 1 if nothing \
else is there.",
);

pub(super) const EXPOSED: Example = Example {
    says: "Is anything open to others?",
    command: "ports reach --exposed || echo nothing",
    shows: "nothing",
    status: 0,
};
