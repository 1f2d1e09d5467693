//! What the man page says beyond the options.

mod backlog;
mod explain;
mod filter;
mod free;
mod list;
mod log;
mod netstat;
mod options;
mod reach;
mod ss;
mod wait;
mod watch;
mod why;

use sockeye_cli::Manual;

/// The man page.
pub(crate) const MANUAL: Manual = Manual {
    summary: "list sockets, their states and owners",
    synopsis: &[
        "[-tuUwMSdx0] [--ping] [--netlink] [--vsock] [-A KINDS] [-f FAMILY] [-46] [-a | -l | -B] [-N NAMESPACE] [-nrpemiOH] [--first-owner] [-o[=COLUMNS]] [--sort COLUMNS] [--csv | --json] [FILTER]",
        "-s [-tuUwMSdx0] [-46] [-N NAMESPACE] [FILTER]",
        "why [-tu] [--reuseaddr] [--reuseport] [--v6only] [--device INTERFACE] [--no-trial] [--limit N] PORT [ADDR]",
        "wait [-tu] [--state STATE] [--timeout SECONDS] PORT",
        "free [--yes | --dry-run] PORT",
        "reach [-tu] [--exposed]",
        "options [--changed] PID[/FD]|:PORT...",
        "explain [--limit N] [--no-drawing] [STATE|PORT|pid:PID]",
        "backlog [-f [--interval SECONDS] [--count N] [--duration SECONDS]] [PORT]...",
        watch::SYNOPSIS,
        log::SYNOPSIS,
    ],
    description: list::DESCRIPTION,
    sections: &[
        filter::SECTION,
        ("Columns", list::COLUMNS),
        ("Choosing columns", list::CHOOSING),
        ("Other network namespaces", list::NAMESPACES),
        ("Summary", list::SUMMARY),
        why::SECTION,
        wait::SECTION,
        free::SECTION,
        reach::SECTION,
        options::SECTION,
        explain::SECTION,
        backlog::SECTION,
        watch::SECTION,
        log::SECTION,
        ("Output for programs", list::PROGRAMS),
        (
            "Confinement",
            "Before they ask anything, `ports`, `ss` and `netstat` give up what they do not need: they run no program, open no file for writing, \
connect to nobody, and keep only the capabilities by which others' processes are seen and sockets destroyed. Where a name may have to be \
looked up, as for `-r`, a filter, `ss` and `netstat`, the C library may ask others. `watch` and `log` do so once their sources are open, \
and may still remove empty folders, as the trace instance of their own is one. Listings of other network namespaces, `why` and `options`, which \
look into those or take copies of others' descriptors, and `ss -D` are not confined.

The kernel holds them to it by `seccomp`(2). Where that is missing, on an old kernel or in a container, they go on without it; \
`--explain` shows what took hold. There is no Landlock, which hides other processes: so the files that are read are any, and a socket of \
the kind by which the kernel is asked for the name of an interface could be bound to a path.",
        ),
        (
            "Explanation",
            "`--explain` shows first how the filter was read, which requests went to the kernel and how many sockets came, and how \
the owners were found; then, behind the listing, what each state in it means and who must act next.",
        ),
        ss::SECTION,
        netstat::SECTION,
    ],
    examples: &[
        explain::EXAMPLES[0],
        explain::EXAMPLES[1],
        backlog::EXAMPLES[0],
        list::EXAMPLES[0],
        list::EXAMPLES[1],
        list::EXAMPLES[2],
        list::EXAMPLES[3],
        list::EXAMPLES[4],
        list::EXAMPLES[5],
        list::EXAMPLES[6],
        list::EXAMPLES[7],
        why::BUSY,
        why::FREE,
        why::FOREIGN,
        wait::GONE,
        free::DRY,
        reach::EXPOSED,
        options::OWN,
        filter::OF_A_PROCESS,
        filter::PRECEDENCE,
        filter::READING,
        watch::LIFE,
        watch::QUIET,
        watch::WAITS,
        log::OCTETS,
    ],
    exit_status: &[
        (0, "The sockets were listed, even if there are none; `why`: every bind that was asked about would succeed."),
        (
            1,
            "`why`: a bind would fail; `wait`: the time is over; `free`: something keeps the port, or the answer was no; `reach --exposed`, `options`, `explain`, `backlog`: there is none.",
        ),
        (2, "The command line is wrong."),
        (4, "The kernel did not list them, a process may not be looked into, or standard output did not take the list."),
        (130, "`watch`, `log`: ended by SIGINT (Ctrl-C); by SIGTERM it is 143, by SIGHUP 129."),
    ],
    caveats:
        "Where a kernel has no sock_diag for a kind of socket, or a sandbox refuses it, the lists of /proc/net are read, which are \
not exact while sockets come and go. A line on standard error says so where that is not the usual place. They tell no cookie, no \
interface that a socket is bound to, no limit of an accept queue, no peer and no queues of a Unix-domain socket, and not whether \
`[::]` takes IPv4 too: all that is `-` or null then, and `backlog` cannot be had.

With 100,000 sockets a listing takes less than 32 MiB, and a summary less than that; names and owners come on top.

Sockets that are only bound are not listed by kernels before Linux 6.8.

The names of services come from /etc/services alone, those of users from /etc/passwd. A host name that has not come \
five seconds after `--resolve` asked for it is left out.

A process that opens, passes on or closes a socket while the list is made may be missed: the kernel lists sockets, and \
/proc is read afterwards.

Where the kernel says that a list changed while it was read, it is read again; if it does so each time, a line on standard \
error says that a socket may be missing, or there twice.",
    standards: "RFC 9293 (TCP states, resets), RFC 5952 (IPv6 text), RFC 4007 (zones), RFC 4291 (scopes of IPv6) and the registries \
                of RFC 6890 (who reaches an address), POSIX.1-2024 (patterns of names).",
    see_also: &["nc(1)", "ss(8)", "netstat(8)", "sock_diag(7)", "proc_pid_fd(5)", "services(5)"],
};
