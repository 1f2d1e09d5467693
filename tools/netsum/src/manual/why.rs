//! What the man page says of verdicts and of the reasons for them.

use sockeye_cli::manual::Example;

pub(super) const VERDICTS: &str = "\
Each checksum gets one of these:

  good        everything covered, checksum included, sums to ffff
  bad         it does not
  partial     UDP or TCP: the sum of the pseudo-header and nothing else,
              perhaps without its length
  none        0000 where it says that the sender computed no checksum: UDP over
              IPv4, UDP tunnels over IPv6 (RFC 6935), SCTP, RSVP, PGM,
              extensions of ICMP errors
  illegal     0000 where every sender must compute one: other UDP over IPv6, UDP-Lite
  unverified  not all that it covers is there, or a length does not fit

`partial` is what a sender leaves whose network interface computes the rest, without the length where the interface also
cuts the segments; it was captured before that. On a loopback
interface every UDP and TCP checksum is `partial`: no hardware ever completes it. `unverified` is what a fragment has, a
frame that was not captured whole, or one with a length that does not fit what encloses it.

Fragments are put together, and the checksum of the whole datagram is judged too: in a line of its own behind those of the
frame that completed it, with the frame and the offset that have the field. A receiver's rules hold. Exact repetitions are
ignored, and so are those of a datagram that has just become whole, as a mirrored port shows them; a datagram whose fragments overlap or contradict each other is discarded (RFC 5722); IPv4 gives one 30 seconds of
the capture's time, IPv6 60. At most 4,096 datagrams and 8 MiB wait for more, then the oldest goes; 1 MiB of whole ones is remembered. The summary says what
became of them.

Only UDP and TCP are left to an interface like that. UDP-Lite and DCCP are summed by their senders themselves, so that the sum of
the pseudo-header is bad there. SCTP left to an interface holds 00000000, which a file cannot tell from what RFC 9653 allows, and
is `none`; only a live capture is told by the kernel, and says `partial`.

Only `bad` and `illegal` count as bad, and not what ICMP errors quote, which is marked `(quoted)` and has a row of its own
below `all` in the table. The last line has the number of each, as in `5 bad, 1 illegal`. `ffff` is good where the
complement is 0000, as it is for a receiver.";

pub(super) const REASONS: &str = "\
For each checksum that is bad, known mistakes are tried, and those that give the stored value exactly are named, in this
order. Most fit by chance once in 65,535 times (a changed TTL or TOS 255 times), so a reason is consistent with what was
captured, and no proof; of several, the first is the most likely. `--json` has all of them, by these codes, as `why`:

  left_zero                    0000: left to the interface, or forgotten
  address_changed              IP header and transport are off by the
                               same amount: NAT without an update; by
                               chance 1 in 65,535 times 65,535
  endpoint_changed             right with the address or port that other
                               packets of the flow have: NAT
  ttl_changed, tos_changed     a router changed it without an update
  not_complemented             the sum itself is stored
  octets_swapped               stored in host order
  no_pseudo_header             pseudo-header not summed
  pseudo_header_added          ICMP with a pseudo-header
  length_once                  UDP's length in one place, not in two
  length_left_out              the same of other protocols
  length_without_header        the data's length in the pseudo-header
  length_swapped, protocol_swapped, length_and_protocol_swapped
                               pseudo-header without htons(3)
  header_addresses             not the final destination of a route
  length_cut                   a length of 32 bits cut to 16
  pad_in_front                 lone last octet as the low half
  last_octet_left_out          lone last octet not summed
  padding_summed               octets behind the packet summed
  field_not_zeroed             the field's old content summed
  carries_dropped, folded_once carries, or the last, not brought round
  beyond_header                IP header: what it carries summed too
  options_left_out             IP header: 20 octets summed
  data_left_out                UDP, TCP: the header alone summed
  coverage_ignored, coverage_as_length
                               UDP-Lite, DCCP: partial coverage mistaken
  one_bit                      one bit turned over, and in how many words
  unknown                      none of these

SCTP's CRC32c has `adler32`, `octets_swapped`, `not_complemented`, `crc32`, `crc_field_not_zeroed`,
`internet_sum`. Others than bad ones have `offload` or `offload_without_length` (`partial`), `zero_not_replaced` or `left_zero`
(`illegal`), and `other_zero` where ffff stands for 0000, which is harmless.

For `unknown`, `--explain` and `--json` say what each word of the header must have been if it alone had changed.";

pub(super) const EXAMPLE: Example = Example {
    says: "A header in which a router changed the TTL from 64 to 63, and nothing else:",
    command: "{ printf '\\324\\303\\262\\241\\2\\0\\4\\0\\0\\0\\0\\0\\0\\0\\0\\0\\377\\377\\0\\0e\\0\\0\\0'\n  \
              printf '\\0\\0\\0\\0\\0\\0\\0\\0\\41\\0\\0\\0\\41\\0\\0\\0'\n  \
              printf 'E\\0\\0\\41\\0\\1\\0\\0\\77\\21f\\311\\12\\0\\0\\1\\12\\0\\0\\2'\n  \
              printf '\\23\\210\\27p\\0\\15\\367RABCDE'; } | netsum verify -",
    shows: "why: stale: the TTL changed from 64 to 63 without an update",
    status: 1,
};
