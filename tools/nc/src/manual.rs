//! What the man page says beyond the options.

mod dialects;
mod generate;
mod hub;
mod lab;
mod program;
mod proxy;
mod scan;
mod server;
mod tls;
mod traffic;
mod transport;
mod udp;

use sockeye_cli::Manual;
use sockeye_cli::manual::Example;

/// The page.
pub const MANUAL: Manual = Manual {
    summary: "connect, listen, scan and relay over TCP, UDP, Unix-domain sockets and TLS, and see how it is done",
    synopsis: &[
        "[-46hNnruvz] [-p PORT] [-i SECONDS] [-q SECONDS] [-s ADDRESS] [-w SECONDS] [--explain] [--json] [OPTION...] DESTINATION PORT...",
        "-l [-46kNnuv] [-q SECONDS] [-w SECONDS] [--explain] [--json] [OPTION...] [ADDRESS] PORT",
        "-l -p PORT [-s ADDRESS] [OPTION...]",
        "-U [-klNuv] [OPTION...] PATH",
        "--what LINE...",
    ],
    description: "Makes a TCP connection, or waits for one with `-l`, and carries standard input to the peer and what the \
peer sends to standard output, both at the same time and each until it ends. With `-u` it sends and receives UDP \
datagrams instead.

Options, texts on standard error and exit statuses are those of OpenBSD's `nc`, so that scripts go on working; what is \
different is listed below. Options may stand behind the operands.

DESTINATION is a name or an address in numbers. Each address of a name is tried in turn. PORT is a number, a range such \
as `8000-8010`, or the name of a service; several are connected to one after the other. With `-z` they are only asked \
whether somebody is there.

A time is in seconds, and may have a fraction or a unit: `2`, `0.5`, `500ms`, `1m`, `1h`.",
    sections: &[
        (
            "Client and server",
            "A server on port 7000 of every IPv4 address of this host, for one client:

  nc -l 7000

and a client for it, on this or another host, where `server.example` is the server's name:

  nc server.example 7000

Whatever is typed at one end appears at the other. With `-6` the server takes IPv6 and IPv4. An address before the port \
limits the server to it: `nc -l 127.0.0.1 7000`. Port 0 lets the system choose, and `-v` says which it chose.

With `-k` the server waits for the next client when one has left. Clients that come meanwhile are connected by the \
kernel and wait for their turn. Without `-k` they are refused.",
        ),
        (
            "Data transfer",
            "The receiver first, then the sender:

  nc -l 7000 > copy
  nc -N receiver.example 7000 < file

`-N` shuts down the sending direction when the file has ended, so that the receiver sees its end. The other direction \
stays open for as long as the peer likes. What the receiver writes is what the sender read, octet for octet; compare \
the two with `sha256sum`(1).

A connection that is reset on the way is an error, which says how many octets had come and gone; so is a peer that left \
before it had taken everything. A full disk is one too.",
        ),
        (
            "Talking to servers",
            "Protocols in text can be spoken by hand or by a script:

  printf 'GET / HTTP/1.0\\r\\n\\r\\n' | nc -N server.example 80

What the server sends goes to standard output as it is. On a terminal that may include octets that the terminal acts \
on; `--escape` makes them visible.",
        ),
        (
            "Datagrams",
            "With `-u`, one read of standard input is one datagram, of at most 65507 octets (65527 over IPv6), and each datagram that comes \
is written out whole. A line typed at a terminal is a datagram; so is a file of up to that length. What a pipe \
merges or splits, nc cannot know.

UDP makes no connections and has no end. `succeeded` means that the local socket knows its peer; nothing was sent yet, \
and nc sends nothing that the input did not say. `-w` ends the wait for answers. If the peer's host says that nobody \
listens there, the conversation is over.

`nc -lu` waits for a first datagram; who sent it is the peer from then on, and answers go to it. With `-k` everybody's \
datagrams are written out, and nobody is answered unless `--reply` says who.",
        ),
        scan::SECTION,
        udp::SECTION,
        generate::SECTION,
        traffic::SECTION,
        traffic::SEEN,
        server::SECTION,
        hub::SECTION,
        program::SECTION,
        proxy::SECTION,
        tls::SECTION,
        transport::SECTION,
        dialects::SECTION,
        lab::SECTION,
        (
            "When it ends",
            "A client ends when both directions have ended: standard input by its end of file, the peer by its FIN. \
Without `-N` or `-q` the peer is not told that the input has ended.

A listener ends, or with `-k` waits for the next client, when the peer has ended and standard input has nothing more \
ready; an input that has brought something gets a tenth of a second to go on. So does a client when nobody reads its \
standard output any more.

`-q` ends it that long after the end of the input, whatever the peer does. TCP gets up to two seconds more if \
octets are not acknowledged yet. `-w` ends it when nothing has moved for that long; while a listener waits for a peer, \
`-w` does not count.",
        ),
        (
            "Confinement",
            "Once it has its sockets and files, nc gives up what it does not need any more, before it reads the first octet \
of a peer, a proxy or a TLS handshake: it runs no program, opens no file, makes no socket, signals nobody, and has no capability, \
whoever started it. So whatever a peer might make of a fault in nc, it has the connection and the standard streams. What is still \
needed stays: to accept clients, and to ask the kernel for the name of an interface, for `-l -k`; to look up names, for which files are read and others connected to, where `-v` without \
`-n` shows the names of clients, and where a proxy or another port comes next; to fork, for `--serve fork` and `-l --proxy-type http`; \
to remove its own socket file, for a client with `-U` that has one: whatever is in that folder, and where somebody else owns it with \
CAP_DAC_OVERRIDE; to make sockets of its kind and connect them, for `-z`. Where sockets are still to be made, for `-z`, behind a proxy and for the next \
port, the capabilities that they may take stay (CAP_NET_BIND_SERVICE, CAP_NET_ADMIN, CAP_NET_RAW), with `-l --proxy-type http` none but what `-D`, \
`-T` and `-S` take.

With `-e` and `-c` nothing is given up: the program would inherit it.

The kernel holds nc to it by `seccomp`(2) and Landlock. Where one of them is missing, on an old kernel or in a container, nc goes on \
without it, and says so with `-v`; `--explain` shows what took hold.",
        ),
        (
            "Explanation",
            "`--explain` tells on standard error, with the time in seconds since the start: what `getaddrinfo`(3) was \
asked and what it answered; each socket call, with the octets of each socket address by their names in C; the state of a TCP \
connection before and after connect and at accept; each read and write; the numbers of the connection at its end, such \
as its round-trip time and how much was retransmitted (`tcp_info`); who has ended, and what follows; why a call failed, in words; and how much was sent and received in all. \
`--json` tells the same as one JSON object a line, and then nothing else but failures is on standard error.",
        ),
        (
            "Differences from OpenBSD nc",
            "`-q` ends a TCP connection although the peer stays, and with `-u` still receives answers. `-u -v` sends \
no datagrams of its own. `-z` asks many ports at once, `-i` paces it, a connection to ourselves is none (unless `-p` asks for it), and \
`-zu` asks even without `-v`, and with `-v` names the ports that are closed. An empty datagram does not end a listener. Datagrams are neither merged nor cut. A listener \
sends everything that its input has ready, although the client has ended. A failed bind names the address, and on a terminal or with `-v` the process that has it. A refused \
connection is told on a terminal without `-v`, too. A reset is an error, and so is a peer that does not take what is to \
be sent. Two listeners cannot share a port.",
        ),
    ],
    examples: &[
        Example {
            says: "Copy a file over TCP. The loop tries until the receiver listens:",
            command: "seq 100000 > file\n\
nc -l 127.0.0.1 7000 > copy &\n\
until nc -N 127.0.0.1 7000 < file; do :; done\n\
wait; cmp file copy && echo the same",
            shows: "the same",
            status: 0,
        },
        Example {
            says: "Is anybody there?",
            command: "nc -v 127.0.0.1 7001",
            shows: "nc: connect to 127.0.0.1 port 7001 (tcp) failed: Connection refused",
            status: 1,
        },
        Example {
            says: "Why not? Each socket call and what became of it:",
            command: "nc --explain localhost 7001",
            shows: "ECONNREFUSED",
            status: 1,
        },
        Example {
            says: "A server that answers one request, and the request:",
            command: "printf 'HTTP/1.0 204 No Content\\r\\n\\r\\n' | nc -lN 127.0.0.1 7080 > request &\n\
until printf 'GET / HTTP/1.0\\r\\n\\r\\n' | nc -N 127.0.0.1 7080; do :; done",
            shows: "204 No Content",
            status: 0,
        },
        Example {
            says: "A datagram to a listener that leaves when nothing more comes for half a second:",
            command: "nc -lu -w 500ms 127.0.0.1 7002 > got &\n\
until ports -uln | grep -q 127.0.0.1:7002; do :; done\n\
echo hello | nc -u -q 0 127.0.0.1 7002\n\
wait; cat got",
            shows: "hello",
            status: 0,
        },
        Example {
            says: "What became of it, for a program:",
            command: "nc --json 127.0.0.1 7001",
            shows: r#""event":"failed","call":"connect","subject":"127.0.0.1:7001""#,
            status: 1,
        },
        scan::TCP,
        scan::UDP,
        server::ECHO,
        traffic::LEDGER,
        generate::ACCOUNT,
        dialects::WHAT,
        proxy::OURS,
        server::JOKE,
        transport::PATH,
        hub::DENIED,
    ],
    exit_status: &[
        (0, "The conversation took place and ended, by itself or by `-w` or `-q`."),
        (
            1,
            "It did not: the command line is wrong, a name is not known, no address answered, a connection was reset, \
standard output did not take what came. With `-v`, also a UDP port that turned out to be closed; with `--expect`, also messages that did not come as they were sent.",
        ),
        (2, "In the dialect of ncat: the command line is wrong, a file that it names cannot be had, a name is not known, or an address cannot be bound."),
        (3, "With `--status`: closed."),
        (4, "Standard output did not take the text of `--help` or `--version`."),
        (5, "With `--status`: silent."),
    ],
    caveats: "Not there, and refused with a sentence that says so: DTLS (`--ssl` with `-u`): no library that is fit for it speaks RSA and hands out the chain of certificates that has to be verified. \
The HTTP proxy asks for a user with Basic authentication only. `--explain` does not say which host sent an ICMP error. `--expect` without `-w` waits for what does not come.

In the dialect of ncat a local address that cannot be had (`-s`, `-p`) ends the run, where ncat goes on with another; what TLS and proxies say is not in its words. A listener \
of that dialect without an address takes IPv6 and IPv4 by one socket.

Without `--ssl` nothing is encrypted and nobody is authenticated. A listener without an address takes connections from every network \
that reaches this host.

With `-v` and without `-n`, the names of addresses are looked up, which may ask a name server.",
    standards: "RFC 9293 (TCP), RFC 768 (UDP), RFC 9260 (SCTP); RFC 3493 (socket interface for IPv6), RFC 5952 (IPv6 addresses as text).

RFC 8446 and RFC 5246 (TLS 1.3 and 1.2), RFC 6066 section 3 (server name), RFC 7301 (ALPN).

RFC 1928 and RFC 1929 (SOCKS 5, user and password), RFC 9110 and RFC 9112 (HTTP and its CONNECT), RFC 7617 and RFC 7616 (Basic and \
Digest authentication). SOCKS 4 and 4a have no standard.

RFC 854 and RFC 855 (Telnet); RFC 862, RFC 863, RFC 864 and RFC 867 (echo, discard, character generator, daytime).

RFC 1349 (type of service), RFC 2474, RFC 2597 and RFC 3246 (differentiated services), RFC 2385 (signatures of TCP segments), RFC 791 \
and RFC 5095 (source routes, and their end in IPv6).",
    see_also: &["ports(1)", "dig(1)", "netsum(1)", "getaddrinfo(3)", "socket(2)"],
};
