//! Trace events from the octets of the kernel's ring buffer (`trace_pipe_raw`).
//!
//! Text from `trace_pipe` would not do: it leaves out the socket's address, without which a SYN-SENT that has no port yet
//! belongs to nobody.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use sockeye_common::order::ByteOrder;
use sockeye_common::wire::Reader;
use sockeye_sys::{Family, TcpState};

use super::chain::{Ends, Step, Traced};

/// The events that are switched on, in this order: the folder and the name. The last event of a socket is the first, so that
/// none whose end is seen misses it: it names the cookie.
pub const EVENTS: [(&str, &str); 5] = [
    ("tcp", "tcp_destroy_sock"),
    ("sock", "inet_sock_set_state"),
    ("tcp", "tcp_retransmit_skb"),
    ("tcp", "tcp_send_reset"),
    ("tcp", "tcp_receive_reset"),
];

const IPPROTO_TCP: u64 = 6;
/// Set in a page's length if events were lost before it.
const MISSED_EVENTS: u64 = 1 << 31;
const LENGTH_MASK: u64 = 0x000f_ffff;

/// Where the fields of one kind of event lie, as the kernel of the day describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Format {
    kind: Kind,
    /// Offset and size, in octets.
    fields: HashMap<String, (usize, usize)>,
    /// What the numbers of `reason` stand for.
    reasons: HashMap<u64, String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    State,
    Retransmit,
    SendReset,
    ReceiveReset,
    Destroy,
}

/// Every kind by the number that events carry.
pub type Formats = HashMap<u16, Format>;

/// Reads a `format` file. `None` if it is of no use here.
///
/// # Source
/// Linux, Documentation/trace/events.rst, section 4.
pub fn format(text: &str) -> Option<(u16, Format)> {
    let (mut name, mut id, mut fields) = ("", None, HashMap::new());
    for line in text.lines() {
        let line = line.trim();
        if let Some(rest) = line.strip_prefix("name:") {
            name = rest.trim();
        } else if let Some(rest) = line.strip_prefix("ID:") {
            id = rest.trim().parse().ok();
        } else if let Some(rest) = line.strip_prefix("field:") {
            let mut parts = rest.split(';').map(str::trim);
            let field = parts.next()?.split('[').next()?.rsplit([' ', '*']).next()?;
            let mut number = |label: &str| parts.next()?.strip_prefix(label)?.parse().ok();
            fields.insert(field.to_owned(), (number("offset:")?, number("size:")?));
        }
    }
    let kind = match name {
        "inet_sock_set_state" => Kind::State,
        "tcp_retransmit_skb" => Kind::Retransmit,
        "tcp_send_reset" => Kind::SendReset,
        "tcp_receive_reset" => Kind::ReceiveReset,
        "tcp_destroy_sock" => Kind::Destroy,
        _ => return None,
    };
    let reasons = text.split_once("REC->reason,").map(|(_, list)| reasons(list)).unwrap_or_default();
    Some((id?, Format { kind, fields, reasons }))
}

/// `{ 0, "NOT_SPECIFIED" }, { 1, "NO_SOCKET" }`.
fn reasons(list: &str) -> HashMap<u64, String> {
    let pairs = list.split('{').skip(1).filter_map(|pair| {
        let (number, rest) = pair.split_once(',')?;
        Some((number.trim().parse().ok()?, rest.split('"').nth(1)?.to_owned()))
    });
    pairs.collect()
}

/// How many events one processor's part of the buffer has lost, from its `stats` file. `None` if it does not say.
///
/// # Source
/// Linux, kernel/trace/trace.c, `tracing_stats_read()`.
pub fn overwritten(stats: &str) -> Option<u64> {
    let count = |name: &str| {
        let line = stats.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
        line.trim().parse::<u64>().ok()
    };
    let others = [count("commit overrun"), count("dropped events")].into_iter().flatten();
    Some(others.fold(count("overrun")?, u64::saturating_add))
}

/// Reads one page of the ring buffer, and hands over its events. Returns whether events were lost before it.
///
/// Whatever does not fit ends the page: a ring buffer that this does not understand tells nothing.
///
/// # Source
/// Linux, events/header_page and events/header_event in tracefs; include/linux/ring_buffer.h.
pub fn page(octets: &[u8], formats: &Formats, each: &mut dyn FnMut(Traced)) -> bool {
    read_page(octets, formats, each).unwrap_or(false)
}

fn read_page(octets: &[u8], formats: &Formats, each: &mut dyn FnMut(Traced)) -> Option<bool> {
    let mut reader = Reader::new(octets);
    let mut time = reader.u64_in(ByteOrder::HOST, "timestamp").ok()?;
    let commit = reader.u64_in(ByteOrder::HOST, "commit").ok()?;
    let len = usize::try_from(commit & LENGTH_MASK).ok()?;
    let data = reader.rest();
    let mut reader = Reader::new(data.get(..len).unwrap_or(data));
    let missed = commit & MISSED_EVENTS != 0;
    while reader.remaining() >= 4 {
        let event = match entry(&mut reader, &mut time) {
            Some(Entry::Event(octets)) => octets,
            Some(Entry::Time) => continue,
            None => break,
        };
        let kind = Reader::new(event).u16_in(ByteOrder::HOST, "common_type").ok();
        let traced = kind.and_then(|kind| formats.get(&kind)?.read(event, time / 1_000));
        if let Some(traced) = traced {
            each(traced);
        }
    }
    Some(missed)
}

/// One entry of a page.
enum Entry<'a> {
    /// An event.
    Event(&'a [u8]),
    /// What only moves the time, or fills the page.
    Time,
}

/// Reads one entry. `None` where nothing more is to be had.
fn entry<'a>(reader: &mut Reader<'a>, time: &mut u64) -> Option<Entry<'a>> {
    const PADDING: u32 = 29;
    const TIME_EXTEND: u32 = 30;
    const TIME_STAMP: u32 = 31;
    let word = reader.u32_in(ByteOrder::HOST, "type_len and time_delta").ok()?;
    // C leaves the order of bit-fields to the machine: the first is in the low bits on little-endian ones.
    let (kind, delta) =
        if ByteOrder::HOST == ByteOrder::Little { (word & 31, word >> 5) } else { (word >> 27, word & 0x07ff_ffff) };
    let next = |reader: &mut Reader<'a>| reader.u32_in(ByteOrder::HOST, "array").ok();
    match kind {
        // Nothing follows a padding without a length.
        PADDING if delta == 0 => None,
        PADDING => {
            let len = usize::try_from(next(reader)?).ok()?;
            *time = time.wrapping_add(delta.into());
            reader.skip(len.checked_sub(4)?, "padding").ok()?;
            Some(Entry::Time)
        }
        TIME_EXTEND => {
            let high = u64::from(next(reader)?);
            *time = time.wrapping_add(high << 27).wrapping_add(delta.into());
            Some(Entry::Time)
        }
        TIME_STAMP => {
            // An absolute time without its five highest bits, which stay what they were.
            let low = u64::from(next(reader)?) << 27 | u64::from(delta);
            *time = low | (*time & 0xf800_0000_0000_0000);
            Some(Entry::Time)
        }
        0 => {
            // The length is in front and counts itself.
            let len = usize::try_from(next(reader)?).ok()?.checked_sub(4)?;
            *time = time.wrapping_add(delta.into());
            let octets = reader.octets(len, "event").ok()?;
            Some(Entry::Event(octets))
        }
        words => {
            *time = time.wrapping_add(delta.into());
            let len = usize::try_from(words).ok()?.checked_mul(4)?;
            Some(Entry::Event(reader.octets(len, "event").ok()?))
        }
    }
}

impl Format {
    /// Whether the kernel can test `sport` and `dport` of it.
    pub fn has_ports(&self) -> bool {
        self.fields.contains_key("sport") && self.fields.contains_key("dport")
    }

    /// Reads one event. `None` if it is not about TCP, or lacks a field.
    fn read(&self, octets: &[u8], at: u64) -> Option<Traced> {
        let number = |name: &str| self.number(octets, name);
        let state = |name: &str| Some(TcpState::from(u8::try_from(number(name)?).ok()?));
        if self.kind == Kind::State && number("protocol")? != IPPROTO_TCP {
            return None;
        }
        let step = match self.kind {
            Kind::State => Step::State { from: state("oldstate")?, to: state("newstate")? },
            Kind::Retransmit => Step::Retransmitted { state: state("state")? },
            // Before Linux 6.11 there is no reason.
            Kind::SendReset => {
                Step::ResetSent { reason: number("reason").and_then(|reason| self.reasons.get(&reason).cloned()) }
            }
            Kind::ReceiveReset => Step::ResetReceived { reason: None },
            Kind::Destroy => Step::Destroyed,
        };
        let ends = if self.fields.contains_key("sport") { self.ends(octets)? } else { self.sockaddrs(octets)? };
        let cookie = number("sock_cookie").filter(|cookie| *cookie != 0);
        Some(Traced { at, address: number("skaddr")?, ends, cookie, step })
    }

    fn octets<'a>(&self, octets: &'a [u8], name: &str) -> Option<&'a [u8]> {
        let (offset, size) = self.fields.get(name)?;
        octets.get(*offset..offset.checked_add(*size)?)
    }

    fn number(&self, octets: &[u8], name: &str) -> Option<u64> {
        let octets = self.octets(octets, name)?;
        let mut reader = Reader::new(octets);
        match octets.len() {
            2 => reader.u16_in(ByteOrder::HOST, "trace field").ok().map(u64::from),
            4 => reader.u32_in(ByteOrder::HOST, "trace field").ok().map(u64::from),
            8 => reader.u64_in(ByteOrder::HOST, "trace field").ok(),
            _ => None,
        }
    }

    /// Ports in the host's order, addresses in fields of their own.
    fn ends(&self, octets: &[u8]) -> Option<Ends> {
        let family = Family(i32::try_from(self.number(octets, "family")?).ok()?);
        let end = |v4: &str, v6: &str, port: &str| {
            let address = if family == Family::INET {
                IpAddr::V4(Ipv4Addr::from(<[u8; 4]>::try_from(self.octets(octets, v4)?).ok()?))
            } else {
                IpAddr::V6(Ipv6Addr::from(<[u8; 16]>::try_from(self.octets(octets, v6)?).ok()?))
            };
            Some(SocketAddr::new(address, u16::try_from(self.number(octets, port)?).ok()?))
        };
        Some(Ends { family, local: end("saddr", "saddr_v6", "sport")?, peer: end("daddr", "daddr_v6", "dport")? })
    }

    /// Both ends as socket addresses.
    fn sockaddrs(&self, octets: &[u8]) -> Option<Ends> {
        let end = |name: &str| {
            let mut reader = Reader::new(self.octets(octets, name)?);
            let family = Family(reader.u16_in(ByteOrder::HOST, "sin_family").ok()?.into());
            let port = reader.u16("sin_port").ok()?;
            let address = if family == Family::INET {
                IpAddr::V4(Ipv4Addr::from(reader.array::<4>("sin_addr").ok()?))
            } else {
                reader.skip(4, "sin6_flowinfo").ok()?;
                IpAddr::V6(Ipv6Addr::from(reader.array::<16>("sin6_addr").ok()?))
            };
            Some((family, SocketAddr::new(address, port)))
        };
        let ((family, local), (_, peer)) = (end("saddr")?, end("daddr")?);
        Some(Ends { family, local, peer })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Linux 6.18, shortened.
    const STATE: &str = "name: inet_sock_set_state\nID: 2287\nformat:\n\
        \tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n\
        \tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n\
        \tfield:const void * skaddr;\toffset:8;\tsize:8;\tsigned:0;\n\
        \tfield:int oldstate;\toffset:16;\tsize:4;\tsigned:1;\n\
        \tfield:int newstate;\toffset:20;\tsize:4;\tsigned:1;\n\
        \tfield:__u16 sport;\toffset:24;\tsize:2;\tsigned:0;\n\
        \tfield:__u16 dport;\toffset:26;\tsize:2;\tsigned:0;\n\
        \tfield:__u16 family;\toffset:28;\tsize:2;\tsigned:0;\n\
        \tfield:__u16 protocol;\toffset:30;\tsize:2;\tsigned:0;\n\
        \tfield:__u8 saddr[4];\toffset:32;\tsize:4;\tsigned:0;\n\
        \tfield:__u8 daddr[4];\toffset:36;\tsize:4;\tsigned:0;\n\
        \tfield:__u8 saddr_v6[16];\toffset:40;\tsize:16;\tsigned:0;\n\
        \tfield:__u8 daddr_v6[16];\toffset:56;\tsize:16;\tsigned:0;\n\n\
        print fmt: \"family=%s\", __print_symbolic(REC->family, { 2, \"AF_INET\" })\n";
    const RESET: &str = "name: tcp_send_reset\nID: 2280\nformat:\n\
        \tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n\
        \tfield:const void * skaddr;\toffset:16;\tsize:8;\tsigned:0;\n\
        \tfield:int state;\toffset:24;\tsize:4;\tsigned:1;\n\
        \tfield:enum sk_rst_reason reason;\toffset:28;\tsize:4;\tsigned:0;\n\
        \tfield:__u8 saddr[28];\toffset:32;\tsize:28;\tsigned:0;\n\
        \tfield:__u8 daddr[28];\toffset:60;\tsize:28;\tsigned:0;\n\n\
        print fmt: \"%s\", __print_symbolic(REC->reason, { 0, \"NOT_SPECIFIED\" }, { 1, \"NO_SOCKET\" })\n";

    fn formats() -> Formats {
        [STATE, RESET].map(|text| format(text).unwrap()).into()
    }

    fn state_event() -> Vec<u8> {
        let mut event = [0; 72];
        event[..2].copy_from_slice(&2287_u16.to_ne_bytes());
        event[8..16].copy_from_slice(&0xffff_8882_u64.to_ne_bytes());
        event[16..20].copy_from_slice(&5_u32.to_ne_bytes());
        event[20..24].copy_from_slice(&7_u32.to_ne_bytes());
        event[24..26].copy_from_slice(&80_u16.to_ne_bytes());
        event[26..28].copy_from_slice(&5000_u16.to_ne_bytes());
        event[28..30].copy_from_slice(&2_u16.to_ne_bytes());
        event[30..32].copy_from_slice(&6_u16.to_ne_bytes());
        event[32..40].copy_from_slice(&[127, 0, 0, 1, 10, 0, 0, 2]);
        event.to_vec()
    }

    fn reset_event() -> Vec<u8> {
        let mut event = [0; 88];
        event[..2].copy_from_slice(&2280_u16.to_ne_bytes());
        event[28..32].copy_from_slice(&1_u32.to_ne_bytes());
        for (at, port) in [(32, 9_u16), (60, 5000)] {
            event[at..at + 2].copy_from_slice(&10_u16.to_ne_bytes());
            event[at + 2..at + 4].copy_from_slice(&port.to_be_bytes());
            event[at + 23] = 1;
        }
        event.to_vec()
    }

    fn word(kind: u32, delta: u32) -> Vec<u8> {
        let word = if ByteOrder::HOST == ByteOrder::Little { kind | delta << 5 } else { kind << 27 | delta };
        word.to_ne_bytes().to_vec()
    }

    fn page_of(data: &[u8], flags: u64) -> Vec<u8> {
        let mut octets = 5_000_000_u64.to_ne_bytes().to_vec();
        octets.extend((u64::try_from(data.len()).unwrap() | flags).to_ne_bytes());
        octets.extend(data);
        // What is behind the committed octets is not there.
        octets.resize(4096, 0xff);
        octets
    }

    fn read(octets: &[u8]) -> (Vec<Traced>, bool) {
        let mut all = Vec::new();
        let lost = page(octets, &formats(), &mut |event| all.push(event));
        (all, lost)
    }

    #[test]
    fn a_page_with_each_kind_of_entry() {
        let data = [
            // 72 octets are 18 words.
            [word(18, 3_000), state_event()].concat(),
            // 2^27 ns and a little later.
            [word(30, 7_000), 1_u32.to_ne_bytes().to_vec()].concat(),
            // The length in front, itself included.
            [word(0, 0), 92_u32.to_ne_bytes().to_vec(), reset_event()].concat(),
            // An event of another kind.
            [word(2, 0), vec![0; 8]].concat(),
            word(29, 0),
        ]
        .concat();
        let (events, lost) = read(&page_of(&data, 0));
        assert!(!lost);
        let [changed, reset] = &events[..] else { panic!("{events:?}") };
        assert_eq!((changed.at, changed.address), (5_003, 0xffff_8882));
        assert_eq!(changed.step, Step::State { from: TcpState::FinWait2, to: TcpState::Closed });
        assert_eq!(
            (changed.ends.local, changed.ends.peer),
            ("127.0.0.1:80".parse().unwrap(), "10.0.0.2:5000".parse().unwrap())
        );
        assert_eq!((reset.at, reset.address), (139_227, 0));
        assert_eq!(reset.step, Step::ResetSent { reason: Some("NO_SOCKET".to_owned()) });
        assert_eq!((reset.ends.local, reset.ends.peer), ("[::1]:9".parse().unwrap(), "[::1]:5000".parse().unwrap()));
        assert!(read(&page_of(&data, MISSED_EVENTS)).1, "some were lost before it");
    }

    #[test]
    fn what_a_processor_has_lost() {
        let stats = "entries: 1\noverrun: 30\ncommit overrun: 2\nbytes: 7\ndropped events: 1\nread events: 9\n";
        assert_eq!(overwritten(stats), Some(33));
        assert_eq!(overwritten("entries: 1\noverrun: 4\n"), Some(4), "an older kernel");
        let most = "overrun: 1\ncommit overrun: 18446744073709551615\ndropped events: 1\n";
        assert_eq!(overwritten(most), Some(u64::MAX));
        assert_eq!(overwritten(""), None);
    }

    #[test]
    fn the_end_of_a_socket_tells_its_cookie() {
        // Linux 6.18, shortened.
        let text = "name: tcp_destroy_sock\nID: 2278\nformat:\n\
            \tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n\
            \tfield:const void * skaddr;\toffset:8;\tsize:8;\tsigned:0;\n\
            \tfield:__u16 sport;\toffset:16;\tsize:2;\tsigned:0;\n\
            \tfield:__u16 dport;\toffset:18;\tsize:2;\tsigned:0;\n\
            \tfield:__u16 family;\toffset:20;\tsize:2;\tsigned:0;\n\
            \tfield:__u8 saddr[4];\toffset:22;\tsize:4;\tsigned:0;\n\
            \tfield:__u8 daddr[4];\toffset:26;\tsize:4;\tsigned:0;\n\
            \tfield:__u64 sock_cookie;\toffset:64;\tsize:8;\tsigned:0;\n";
        let mut event = vec![0; 72];
        event[..2].copy_from_slice(&2278_u16.to_ne_bytes());
        event[8..16].copy_from_slice(&0xb_u64.to_ne_bytes());
        event[20..22].copy_from_slice(&2_u16.to_ne_bytes());
        event[64..].copy_from_slice(&77_u64.to_ne_bytes());
        let formats = Formats::from([format(text).unwrap()]);
        let mut all = Vec::new();
        page(&page_of(&[word(18, 0), event].concat(), 0), &formats, &mut |event| all.push(event));
        assert_eq!(all.len(), 1);
        assert_eq!((all[0].address, all[0].cookie, &all[0].step), (0xb, Some(77), &Step::Destroyed));
    }

    #[test]
    fn other_protocols_and_other_events_are_passed_over() {
        let mut mptcp = state_event();
        mptcp[30..32].copy_from_slice(&262_u16.to_ne_bytes());
        assert_eq!(read(&page_of(&[word(18, 0), mptcp].concat(), 0)).0, []);
        assert_eq!(format("name: sched_switch\nID: 1\nformat:\n"), None);
        assert_eq!(format(""), None);
    }

    proptest! {
        #[test]
        fn no_page_panics(octets: Vec<u8>) {
            read(&octets);
            read(&page_of(&octets, 0));
        }

        #[test]
        fn no_format_panics(text: String, field: String) {
            let _ = format(&text);
            let _ = format(&std::format!("name: tcp_send_reset\nID: 1\n\tfield:{field}; REC->reason,{text}"));
        }

        #[test]
        fn no_cut_event_panics(cut in 0_usize..72, words in 0_u32..29) {
            let mut event = state_event();
            event.truncate(cut);
            read(&page_of(&[word(words, 0), event].concat(), 0));
        }
    }
}
