//! The language of lab files in the man page.

/// What a lab file is, and one as an example.
pub(super) const FILES: (&str, &str) = (
    "Lab files",
    "An experiment is a text. Those of the list are inside lab; `lab show`, `lab check`, `lab run`, `lab verify` and `lab shell` take a \
file of your own as well (a name with a dot or a slash, `-` is standard input). This is a whole one:

  experiment refused
  title    A port where nobody is
  question What comes back from a closed TCP port?
  answer   A segment with RST, and connect(2) fails.
  host     alice bob
  link     alice:eth0 10.0.0.1/24 -- bob:eth0 10.0.0.2/24
  step Call Bob
    why    Nobody listens at port 7000.
    alice$ nc -v 10.0.0.2 7000
    expect The call is refused
      nc prints \"Connection refused\"
      nc status 1
      frames alice-bob tcp rst from=bob x1

A statement is a line. A line that is indented more than the one above continues it, except under `step` and `expect`, which are blocks. An empty \
line inside prose begins a paragraph. # hides the rest of a line where a word may begin, in prose only as the first character of a \
line. Texts stand in double quotation marks with \\n, \\r, \\t, \\0, \\\", \\\\ and \\xHH up to 7f. Times are `200 ms`, `7 s`, `2 min`; `lab run --fast` \
divides them by the number of `fast`, but not `7 s!`.

About the experiment: `experiment NAME` and `title` must be there; `what`, `why`, `question` and `answer` are prose; `see` is a list \
with semicolons; `fast N` says by how much times may be divided.",
);

/// The network.
pub(super) const NETWORK: (&str, &str) = (
    "Lab files: the network",
    "`host NAME...`, `router NAME...` and `switch NAME...` make nodes. A router forwards packets, a switch frames.

`link NODE:INTERFACE [ADDRESS/PREFIX...] [mtu N] -- NODE:INTERFACE ... [as NAME]` is a cable. With `==` in place of `--` lab itself carries the \
frames, and behind the ends may stand `delay 25 ms`, `jitter 2 ms`, `loss 10 %`, `duplicate 1 %`, `reorder 1 %`, `rate 2 Mbit/s` and `queue 20` \
(frames); `from NODE` before some of them gives them to one direction. A link is called after its ends, as in alice-bob, unless it has a name.

`route NODE default|NETWORK/PREFIX [via ADDRESS] [dev INTERFACE]` adds a route. `set NODE net.ipv4.tcp_syn_retries=2` is a setting of \
sysctl(8), only for this node; `set NODE offload.eth0=on` leaves checksums to the interface, as most real ones have it. `file NODE /etc/hosts \"10.0.0.2 bob\\n\"` is a file that the processes of this node see in place of the \
machine's. `watch NODE...` says whose sockets are followed from state to state: all hosts if there are one or two, nobody otherwise; `watch none` for nobody.",
);

/// Wires, and what hosts are like.
pub(super) const WIRES: (&str, &str) = (
    "Lab files: wires and hosts",
    "A frame on a wire (`==`) first waits for its turn under `rate`: at most `queue` frames wait, 1,000 if nothing is said, and what comes \
then is dropped; nor does a wire ever hold more than 50,000 frames, or 32 MiB of them, in one direction. It takes its length at that rate to be sent, and then the `delay`, by at most `jitter` more or less. Frames overtake each other only by \
jitter, or by `reorder`, the part that goes without delay. The chances come from `--seed`, the name of the wire and the number of the frame: \
the same seed loses the same frames, and a greater `loss` loses those and others. `cut` loses what is on the wire, and what comes, and nobody \
is told. Where /dev/net/tun is closed to the user, the ends of a wire are veth pairs in place of TAP devices.

An interface that is taken `down` loses its routes and IPv6 addresses, as always in Linux; `up` gives it back what the lab file had given it. MAC addresses are \
02:00:00:NN:NN:II: the number of the node in the file, and that of the interface. An interface speaks IPv6 if it has an IPv6 address; \
duplicates are not looked for. TCP uses Reno, whatever the machine uses. A switch has no address and no spanning tree: no loops. A file can only cover \
one that the machine has.",
);

/// Steps.
pub(super) const STEPS: (&str, &str) = (
    "Lab files: steps",
    "`step TITLE` begins a step. In it, `why` and `notice` are prose, before and after what is done. Everything else is done in the order \
in which it stands.

`alice$ COMMAND` runs a command on a node to its end, 30 s at most. `alice& COMMAND` starts one that goes on. With `alice%` and `alice&%` it is \
an ordinary user's, without any capability. The suite's tools are found first; pipes and quotation marks are a shell's. A command is called after the first of these tools on its line, otherwise \
after its first word; `alice$ [NAME] ...` names it, `alice$ [within 60 s] ...` and `alice$ [NAME within 60 s] ...` give it time. A name may be used again: \
the newest process is meant. In a command, {2 s} is this time in seconds, divided by --fast, a day at most; {pcap LINK} is a file with the frames of a link so far; {dir} is the folder in which all commands run.

`await NAME \"TEXT\" [within T]` waits until a process has printed this, after what was awaited before. `until alice$ COMMAND shows \"WORD\" \"WORD\" [within T]` runs \
a command again and again until one line has all of the words. `wait NAME [within T]` waits for its end. Without `within` each of them waits 10 s. `type NAME \"TEXT\"` writes to its \
standard input, `eof NAME` ends that, `signal NAME INT|TERM|KILL|STOP|CONT` sends a signal.

Of what a process prints 10,000 lines and 1 MiB are kept, of a line 64 KiB, of all processes of a run 50,000 lines and 16 MiB. Of frames 20,000 and \
32 MiB are kept in a run, of changes of sockets 20,000. What comes then is read and counted, and the step, the page and the JSON Lines (`left_out`) say how much it was. \
Of what was not kept nobody knows what it was: a check that something is not there, or that there is no more of it, fails then.

`clock` sets the clock to zero; from then on everything is shown with its time. `at 7 s` waits until that time of the clock, `pause 2 s` for so long.

`cut LINK` and `restore LINK` break a wire and mend it, while its interfaces stay up. `wire LINK [from NODE] loss 30 % ...` changes one. `down NODE:INTERFACE`, \
`up NODE:INTERFACE`, `address NODE:INTERFACE ADDRESS/PREFIX`, `unaddress`, `route`, `unroute` and `set` change a node. `ladder [LINK] [FILTER]` shows the frames of this step so far as a ladder.",
);

/// Checks.
pub(super) const CHECKS: (&str, &str) = (
    "Lab files: what must be seen",
    "`expect SENTENCE` says what theory predicts. All checks under it must hold when the step is over; lab waits a few seconds for what may still come.

  NAME prints \"WORD\" \"WORD\" [xN] [from T to T]
  NAME status N        NAME status not N       NAME running
  NAME last \"WORD\"     NAME value \"WORDS\" N..M  same NAME NAME
  frames [ever] LINK FILTER [xN] [from T to T]
  first LINK FILTER before FILTER
  gaps LINK FILTER double [within N %] [at least N]
  gaps LINK FILTER of T [within N %] [at least N]
  numbers LINK FILTER add up
  state NODE [ENDPOINT] passes STATE STATE ...
  state NODE [ENDPOINT] never STATE STATE ...

`prints`: so many lines of the process have all of the words. A word that begins or ends with a letter or digit does not go on there: 600 is not in 6000. \
x3 is three times, x2..5 two to five, x2.. two or more, x0 never; without it once or more. `from T to T` counts only what has that time of the clock. \
`status` is the exit status, 128 and its number for a signal. `last` is the last word that was printed, `value` the number behind these words in the last line that has them, \
`same` says that both printed the same.

`frames` counts the frames of this step, or of all up to now (`ever`), in both directions, lost ones and those that are still on a wire too. `first` says which came first. `gaps` says that each time between two such frames is twice \
the one before, as with a back-off, or about T. `numbers` follows TCP connections from their SYN on: each segment begins with the number behind the octets before it, and all of them have been acknowledged.

`state` says that sockets with ENDPOINT in their local or remote address (:7000), or all of the node, were seen in these states in this order, or that they were seen, and `never` in one of these: \
LISTEN, SYN_SENT, SYN_RECV, ESTABLISHED, FIN_WAIT1, FIN_WAIT2, CLOSE_WAIT, LAST_ACK, CLOSING, TIME_WAIT, CLOSE, BOUND, and CLOSED for a TCP socket that is gone; connected and unconnected for a UDP socket. What lasts less than 10 ms may be missed.",
);

/// Filters.
pub(super) const FILTERS: (&str, &str) = (
    "Lab files: which frames",
    "A FILTER is words that must all hold; ! before one negates it. Without a word every frame is meant.

`arp`, `ip4`, `ip6`, `tcp`, `udp`, `icmp`, `icmp6`, `dns`, `tls`, `http`; `request`, `reply`, `echo`; `broadcast`, `multicast`, `fragment`, `df`; \
`quoted` is an ICMP error with the packet that it is about. `syn`, `ack`, `fin`, `rst`, `psh`, `urg` are flags; `opens` is the ACK that opens a connection, `last-ack` the one that \
closes it, `refused` a RST to a SYN. `retransmission`, `out-of-order`, `gap`, `keepalive`, `window-probe`, `probe-ack`, `duplicate-ack`, `window-update` and `zero-window` are what a segment is after those before it. \
`lost`, `cut`, `queue-full` and `duplicate` are what a wire did.

`data` has a payload, `data=\"TEXT\"` has this in it; `says=\"TEXT\"` has this in its line of a ladder. `port=`, `sport=`, `dport=`, `len=` (octets of payload), `ttl=`, `type=`, `code=`, `window=`, `seq=`, `ack=` (relative) and `mtu=` are \
numbers, with = < or >. `src=`, `dst=` and `addr=` are an address or a node that has it, `from=` and `to=` the node at the end of the link, `target=` whom ARP asks for. `checksum=` is good, bad, absent or one to four hexadecimal digits, perhaps behind 0x; other numbers are decimal, or hexadecimal behind 0x.",
);

#[cfg(test)]
mod tests {
    use crate::language::parse;

    #[test]
    fn the_lab_file_of_the_manual_is_well_written() {
        let example: String = super::FILES
            .1
            .lines()
            .filter_map(|line| line.strip_prefix("  "))
            .map(|line| format!("{line}\n"))
            .collect::<Vec<_>>()
            .concat();
        let lab = parse(&example).unwrap_or_else(|mistakes| panic!("{mistakes:?}\n{example}"));
        assert_eq!((lab.name.as_str(), lab.steps[0].expectations[0].checks.len()), ("refused", 3));
    }

    #[test]
    fn every_statement_is_in_the_manual() {
        let sections = [super::FILES, super::NETWORK, super::STEPS, super::CHECKS];
        let manual: String = sections.map(|(_, text)| text).concat();
        let is_told = |word: &str| {
            [format!("`{word}`"), format!("`{word} "), format!("\n  {word} ")].iter().any(|form| manual.contains(form))
        };
        for word in crate::language::statements() {
            assert!(is_told(word), "{word} is not in the manual");
        }
    }
}
