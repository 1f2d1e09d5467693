//! What the man page says beyond the options.

use sockeye_cli::manual::{Example, Manual};

mod bulk;
mod compare;
mod gai;
mod host;
mod json;
mod query;
mod rdata;
mod standards;
mod trace;
mod transport;
mod tsig;
mod validate;
mod wire;
mod xfr;
mod yaml;

const DESCRIPTION: &str = "\
`dig` asks name servers and prints their answers as BIND's dig 9.18 prints them: text, messages and exit statuses are the
same octet for octet, so that what reads the one reads the other. With `+explain` it says beside each answer what was asked,
what came back, and what each flag and section of it means.

A word in front of which stands no dash, plus or at sign is a type or a class if it names one, and a name otherwise. `@SERVER`
is an address or a name; without one the nameserver lines of `/etc/resolv.conf` are asked in order. Without any name the
servers of the root are asked for.

Options in front of the first name hold for every name; options behind a name hold for that name only.

With `+gai` no name server is asked but the C library: getaddrinfo(3), or with `-x` getnameinfo(3). What it prints is what
programs get to see.";

const CAVEATS: &str = "\
In the banner and with `-v` stands `9.18-sockeye-` and the version where dig has its own. A long command line stands in
the banner whole, where dig cuts it after a thousand octets. Control characters of the command line are printed as `\\DDD`.
Control characters in a server's own words (EDE) are printed as dots, where dig prints some as they are.

Where dig stumbles over a value, this one takes it: `+bufsize` above 32767, a server with a scope (`@::1%lo`), an IPv4-mapped
server. A `-b` that names the server's own address and port is refused by the system here. dig's `-d`, which traces its own
functions, is refused; `--explain` tells what happens. `-m` is taken, and has nothing to report here either.

Keys for SIG(0), which dig's `-k` takes too, are refused. That the last message of a signed transfer is signed, as RFC 8945 asks for,
neither dig nor this one insists on: `+explain` tells where it is not.

Of `/etc/resolv.conf` nothing is refused but a `nameserver` line without an address, where dig takes no file in which it stumbles over a
line.
Where a zone has one server only, dig's `+nssearch` does not wait for its answer and says that nobody could be reached; this
one waits.

A name that IDNA does not allow is refused as dig refuses it, but not always with the same reason between the brackets, and where
Unicode 15.1 and libidn2 do not agree, not always the same name. Octets of the command line that are not UTF-8 are taken as they
are with `+idnin` too.
With `+idnout` a name in an answer that IDNA does not allow stays as it came, where dig stops in the midst of the answer; so do all
names where the locale is not UTF-8, and nothing is said about it.

hickory-resolver 0.26 judges some answers that were made from a wildcard as bogus though their proof is complete;
`+validate` says so where it may be the case.";

/// The page.
pub(crate) const MANUAL: Manual = Manual {
    summary: "ask name servers, or the C library",
    synopsis: &[
        "[@SERVER] [-p PORT] [NAME] [TYPE] [CLASS] [+OPTION...] [NAME ...]",
        "[@SERVER] -x ADDRESS [+OPTION...]",
        "[@SERVER] [+OPTION...] -f FILE [+parallel=N] [+bulk]",
        "+gai[=FLAG,...] [NAME] [+service=SERVICE]",
        "[@SERVER] +compare NAME",
    ],
    description: DESCRIPTION,
    sections: &[
        query::SECTION,
        transport::SECTION,
        bulk::SECTION,
        rdata::SECTION,
        gai::SECTION,
        xfr::SECTION,
        trace::SECTION,
        trace::SEVERAL,
        tsig::SECTION,
        validate::SECTION,
        compare::SECTION,
        wire::SECTION,
        wire::GIVEN,
        json::SECTION,
        yaml::SECTION,
        host::SECTION,
        (
            "Confinement",
            "Before the first question goes out, dig gives up what it does not need any more: it runs no program, opens no file, makes no \
sockets but those of UDP and TCP (and one by which the kernel is asked for the name of an interface), and has no capability, whoever started it. So whatever an answer might make of a fault in dig, it can ask \
servers and write to standard output. TCP goes to the port of whom it asks alone, from Linux 6.7 on. What is still needed stays: files that `+tls-ca`, \
`+tls-certfile`, `+tls-keyfile` and `+validate` name (the authorities of this host have been read by then), by root also where they are \
somebody else's (CAP_DAC_READ_SEARCH); the port of `-b`, which may be a low one (CAP_NET_BIND_SERVICE); the C library looks up the servers that an answer names, for `+trace`, `+nssearch` and `+tree`, \
those of a batch file, and what `+gai` asks for. A message that is given, as for `+decode`, is read without any of it.

`+compare` is not confined: it asks each service of the C library in a process of its own, where the modules of that library may do what \
they do in every other program.

The kernel holds it to that by `seccomp`(2) and Landlock. Where one of them is missing, on an old kernel or in a container, dig goes on \
without it; `+explain` shows what took hold.",
        ),
    ],
    examples: &[
        Example {
            says: "These examples are of a host with a name server of its own on 127.0.0.1 and ::1, which has the zone lab.test: `/etc/resolv.conf` names \
the server and searches that zone, and only `/etc/hosts` has onlyhosts.lab.test. Elsewhere put a server and names of yours in their place.

Ask one server for the mail exchanges of a domain:",
            command: "dig @127.0.0.1 lab.test MX",
            shows: "lab.test.\t\t3600\tIN\tMX\t10 mail.lab.test.",
            status: 0,
        },
        Example {
            says: "Find the name of an address, and nothing else:",
            command: "dig +short -x 192.0.2.80",
            shows: "web.lab.test.",
            status: 0,
        },
        Example {
            says: "Only the records, over TCP:",
            command: "dig +tcp +noall +answer alias.lab.test AAAA",
            shows: "web.lab.test.\t\t3600\tIN\tAAAA\t2001:db8::80",
            status: 0,
        },
        Example {
            says: "The numbers of a zone, each explained:",
            command: "dig +noall +answer +multiline lab.test SOA",
            shows: "7200       ; refresh (2 hours)",
            status: 0,
        },
        Example {
            says: "Ask a server for its version, in class CH:",
            command: "dig @127.0.0.1 version.bind TXT CH +short",
            shows: "\"sockeye-lab\"",
            status: 0,
        },
        Example {
            says: "Find out why there is no answer:",
            command: "dig nosuch.lab.test +noall +explain",
            shows: "nosuch.lab.test. does not exist, with any type; caches may remember that for 300 s",
            status: 0,
        },
        Example {
            says: "The same for a script:",
            command: "dig --json lab.test SOA",
            shows: "\"rdataSOA\":\"ns.lab.test. hostmaster\\\\.of.lab.test. 2026112001 7200 3600 1209600 300\"",
            status: 0,
        },
        Example {
            says: "See what a program would connect to:",
            command: "dig +gai=canonname onlyhosts +service=80 +socktype=stream",
            shows: "192.0.2.201 80 sockaddr=",
            status: 0,
        },
        Example {
            says: "See the octets of query and answer, and what a compression pointer leads to:",
            command: "dig +noall +wire alias.lab.test",
            shows: ";; wire: 0x0020  c0 0c                    NAME              -> 0x000c alias.lab.test.",
            status: 0,
        },
        Example {
            says: "Show a message that is there in hex, octet by octet:",
            command: "dig +noall +wire +decode=12348583000100000000000003777777036c61620000010001",
            shows: ";; wire: 0x000c  03 77 77 77              QNAME             label \"www\", 3 octets",
            status: 0,
        },
        Example {
            says: "Find out why a program and dig do not say the same of a name:",
            command: "dig +compare onlyhosts.lab.test",
            shows: "programs get 192.0.2.201, dig shows NXDOMAIN",
            status: 0,
        },
        Example {
            says: "Which name the search list makes of a word, for a script:",
            command: "dig --json +compare mail",
            shows: "\"canonname\":\"mail.lab.test\"",
            status: 0,
        },
        Example {
            says: "Which rule puts one loopback address before the other, and the octets of both:",
            command: "dig +gai +service=80 +socktype=stream +explain",
            shows: "sockaddr of 1, octet 2: sin6_port = 0050: 80 (network order)",
            status: 0,
        },
        Example {
            says: "Draw the way from the root to a name, with every server on it:",
            command: "dig +tree web.lab.test",
            shows: "web.lab.test. 3600 IN A 192.0.2.80",
            status: 0,
        },
        Example {
            says: "Whether two servers say the same:",
            command: "dig @127.0.0.1 @::1 lab.test SOA +diff",
            shows: "lab.test. IN SOA, asked of 2 servers: the same from all",
            status: 0,
        },
        Example {
            says: "Tell when the address of a name changes, looking once here:",
            command: "dig +watch=1 web.lab.test",
            shows: "web.lab.test. A 192.0.2.80 (for 3600 s)",
            status: 0,
        },
        Example {
            says: "A server that is not there:",
            command: "dig @127.0.0.1 -p 9 +tries=1 web.lab.test",
            shows: ";; communications error to 127.0.0.1#9: connection refused",
            status: 9,
        },
    ],
    exit_status: &[
        (
            0,
            "An answer came, whatever it says: NXDOMAIN and SERVFAIL are answers. Of several lookups the last one counts. With \
`+status`: there are records of the type that was asked for.",
        ),
        (
            1,
            "The command line is wrong, a server's name has no address, or `/etc/resolv.conf` cannot be read. With `+diff`: the \
servers do not say the same. With `+decode`: the message breaks, or is not there. As `host`: something was not found, or nobody answered.",
        ),
        (2, "With `+status`: the name exists, and has no record of this type (NODATA). As `host`: a type or a class that is none."),
        (3, "With `+status`: there is no such name (NXDOMAIN). As `host` with `-l`: the line cannot be asked."),
        (
            4,
            "Standard output does not take the text. With `+status` also: the server failed (SERVFAIL), or with `+validate` the answer \
is bogus.",
        ),
        (5, "With `+status`: any other rcode, as REFUSED."),
        (8, "The file of `-f` or of `+decode` cannot be read."),
        (9, "No server answered."),
        (10, "A name that is none, or a value of an option that is none."),
        (
            20,
            "With `+gai` and `+compare`: 20 and the EAI code without its sign, as 22 for EAI_NONAME (-2) and 25 for EAI_NODATA (-5); from \
-100 on 40 and what is beyond 100, as 45 for EAI_IDN_ENCODE (-105).",
        ),
        (130, "Ctrl-C has ended `-f` or `+watch`; after another signal it is 128 and its number."),
    ],
    caveats: CAVEATS,
    standards: standards::STANDARDS,
    see_also: &["nc(1)", "ports(1)", "url(1)", "lab(1)", "resolv.conf(5)", "getaddrinfo(3)"],
};
