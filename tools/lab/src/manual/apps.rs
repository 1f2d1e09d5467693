//! `lab serve` and `lab client` in the man page.

/// The section.
pub(super) const SECTION: (&str, &str) = (
    "Servers and clients",
    "`lab serve` has the servers that the experiments need and `nc`(1) has not; for echo, discard, daytime, chargen, capitals and \
jokes there is `nc -lk --app`, and `nc --serve` for servers that are iterative, or have processes, threads or one event loop. \
A server says when it waits for clients, then a line for each of them, and goes on until a signal ends it. PORT alone means every IPv4 address; 0 lets the kernel choose.

`http [ADDR] [--page FILE]` answers GET and HEAD of / and /index.html over HTTP/1.0, one client after another. With `--tls` it speaks TLS, with a certificate by an \
authority that it makes for this run: `valid`, `expired`, `wrong-name` or `self-signed`. `--name` says whose it is, `--issuer` what the authority calls itself, and `--authority` where its certificate is written.

`dns ZONEFILE... [--listen ADDR] [--hints FILE]` is the name server of these zones, over UDP and TCP; a referral, a CNAME, a truncated answer are as they come. With `--hints` it resolves every other name: it asks the \
root servers of that file, and whom they refer to, and remembers the answers for as long as their TTL says. \
A question that would need more than 40 others, or too many steps through what is remembered, is answered with SERVFAIL. It shows each question that it gets, and each that it asks. There are no wildcards, no transfers and no DNSSEC.

`upper-lossy [ADDR] [--loss PERCENT] [--seed N]` answers datagrams in capitals, and loses a third of them: with the same seed the same ones.

`echo [ADDR] [--model MODEL] [--quiet]` gives each client a process. With `zombies` nobody waits for those that have ended, with `waitpid` \
it is asked for them when the next client comes, with `sigchld` when the signal does, until there is none left. With `sigchld-once` it is asked once for each signal, \
which is wrong: signals are not counted, and some children stay. With `ignored` SIGCHLD is ignored: the kernel keeps nothing of children that end. With `--quiet` it says nothing of clients and processes.

`lab client knock-knock ADDR [--jokes N]` hears a joke. `lab client udp-ping ADDR [--count N] [--timeout SECONDS] [--interval SECONDS]` asks, waits, and tells round-trip times and losses; \
an answer that comes when its time is over is told, and counts as lost; one to a question that was not asked yet is told, and counts as nothing. `lab client load ADDR [--clients N,...] [--hold SECONDS] [--stay SECONDS] [--limit SECONDS] [--name NAME]` is many clients of an echo server at once: each is served, waits until all are, but as long as `--hold` says at least and \
as long as `--stay` says at most, and leaves. It tells how many were served at the same time at most, and how long it took until the last one had left. Those who are not served within `--limit` have failed. If the server listens on this host, it tells the processes, threads, \
zombies, memory and descriptors of the server and its children while most were served (the time for that is not counted); `lab client census ADDR` tells only that. Several numbers of clients come one after another. With `--name` there is one \
line for each, as of a table. Memory is Pss_Anon of proc_pid_smaps(5): stacks, heaps and data, of which a part that several processes share counts in parts; neither the files of programs nor what the kernel keeps for a process.",
);
