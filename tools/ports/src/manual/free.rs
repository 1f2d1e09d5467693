//! What the man page says of `ports free`.

use sockeye_cli::manual::Example;

pub(super) const SECTION: (&str, &str) = (
    "Freeing a port",
    "`ports free PORT` destroys what keeps a TCP port although no process has it: TIME-WAIT, connection requests (SYN-RECEIVED), and \
orphans, which the kernel closes for a process that is done (FIN-WAIT-1, FIN-WAIT-2, CLOSING, LAST-ACK). It shows them and asks \
first, and only `y` or `yes` is a yes. What came while the question stood there is left alone, and so is a request that has become \
a connection meanwhile. Without a terminal it refuses, unless `--yes` is given. `--dry-run` only shows. What a process holds is named, and left \
alone: destroyed, it would keep the port until its descriptor is closed. With an address (`127.0.0.1:8080`) it looks at what is in \
the way of a `bind`(2) to it (with a zone, `[fe80::1%eth0]:8080`, on that interface): of `0.0.0.0` that is every IPv4 address, of `[::]` every address. Afterwards the list is read again to see that they are \
gone.

It needs CAP_NET_ADMIN and a kernel with SOCK_DESTROY, as `ss -K` does. TIME-WAIT is there so that late segments of the old \
connection harm no new one; setting SO_REUSEADDR is the better remedy (see `ports why`).",
);

pub(super) const DRY: Example = Example {
    says: "What could be destroyed on port 8080?",
    command: "ports free 8080 --dry-run",
    shows: "port 8080 is free",
    status: 0,
};
