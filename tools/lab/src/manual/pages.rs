//! Ladders, pages and captures in the man page of lab.

/// The section.
pub(super) const SECTION: (&str, &str) = (
    "Ladders, pages and captures",
    "A ladder has a column for each host and an arrow for each frame, with time going down. Above the columns stand the addresses that \
the frames have. An arrow goes along a link; where it comes from farther, or goes on, as behind a router or a switch, the sender and the receiver stand \
before the words, as in alice → bob, with their addresses where they have several. TCP segments have their names (SYN, `opens`, \
`first FIN`, `last ACK`) and numbers that count from each side's first one; several connections are told apart by `[1]`, `[2]`, which are named below. An arrow \
that ends in × was lost, a dashed one carries octets that were sent before, and behind · stands how long the frame was on its way. \
Where `clock` stands in the middle of a step, what came before it has negative times. Of more than 200 frames, the terminal shows the first and the last. Where it is too narrow for columns, frames are listed.

The states of sockets stand beside their hosts; they are looked at every 10 ms, so that what lasts shorter may be missing. Those that a host has from earlier steps stand above the first row. A TCP socket has \
the states of RFC 9293, as Linux spells them (SYN_RECV, FIN_WAIT1). UDP has none: such a socket is `connected` if connect(2) has given it a peer, \
and `unconnected` otherwise, where ss(8) says ESTAB and UNCONN.

`--html FILE` writes the whole run as one page that needs nothing else, and has no script: the network, each step with what was typed \
and printed on each host and when, its ladders, in which an arrow slopes by the time that it takes, what had to be seen, the question, \
and room for the answer, or with `--answer` the answer itself. Each frame is there header by header, octet by octet: rest the \
pointer on an arrow, or follow it. It is made to be printed, too. Of more than 1,000 frames of a step the page has the first 600 and the last 400, and fewer where all steps together would have more than 2,000.

`--pcap DIR` writes a pcapng file for each link, with times in nanoseconds. The comment of a frame says from where to where it went and \
what became of it: a wire that loses frames knows more than a packet socket sees.",
);
