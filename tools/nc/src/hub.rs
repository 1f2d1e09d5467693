//! Clients who hear each other (`--broker`, `--chat`), or all of whom share the standard streams. No sockets, no clocks.

use std::collections::BTreeMap;

use crate::address::Address;
use crate::service::{ClientId, Outgoing, Service};

/// Octets that may wait for a client before the others have to wait for it.
const MOST_QUEUED: usize = 1 << 18;
/// A line of a chat that is longer is passed on in parts.
const LINE_LEN: usize = 4096;

/// What a hub does with what it hears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// What one client sends goes to all others; standard input goes to everybody.
    Broker,
    /// The same by lines, with who said them in front.
    Chat,
    /// What clients send goes to standard output, and standard input goes to everybody.
    Streams,
}

/// Which directions there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ways {
    /// Standard input is read (not with `-d`, `--recv-only`).
    pub input: bool,
    /// What clients send is passed on (not with `--send-only`).
    pub received: bool,
    /// The end of the input is the end of what clients get.
    pub shutdown_at_eof: bool,
}

/// Somebody in it.
#[derive(Debug)]
struct Member {
    host: String,
    /// What was said of a line that is not complete.
    line: Vec<u8>,
}

/// All of them.
#[derive(Debug)]
pub struct Hub {
    kind: Kind,
    ways: Ways,
    input_open: bool,
    members: BTreeMap<ClientId, Member>,
}

impl Hub {
    /// Nobody yet.
    pub fn new(kind: Kind, ways: Ways) -> Self {
        Self { kind, ways, input_open: ways.input, members: BTreeMap::new() }
    }

    /// Sends to everybody but `but`.
    fn tell(&self, but: Option<ClientId>, octets: &[u8], out: &mut dyn Outgoing) {
        for id in self.members.keys().copied().filter(|id| Some(*id) != but) {
            out.send(id, octets);
        }
    }

    /// Passes on what `client` said.
    fn say(&mut self, client: ClientId, octets: &[u8], out: &mut dyn Outgoing) {
        match self.kind {
            Kind::Streams => out.print(octets),
            Kind::Broker => self.tell(Some(client), octets, out),
            Kind::Chat => {
                let Some(member) = self.members.get_mut(&client) else { return };
                member.line.extend(octets);
                // At once for all lines: each would be a write(2) to everybody.
                let said = whole_lines(&mut member.line, client.0);
                if !said.is_empty() {
                    self.tell(Some(client), &said, out);
                }
            }
        }
    }
}

/// Takes the whole lines from the front of `heard`, each with who said it.
fn whole_lines(heard: &mut Vec<u8>, number: u64) -> Vec<u8> {
    let (mut said, mut taken) = (Vec::new(), 0);
    while let Some(rest) = heard.get(taken..) {
        let len = match rest.iter().take(LINE_LEN).position(|octet| *octet == b'\n') {
            Some(at) => at + 1,
            None if rest.len() >= LINE_LEN => LINE_LEN,
            None => break,
        };
        said.extend(named(number, rest.get(..len).unwrap_or_default()));
        taken += len;
    }
    heard.drain(..taken);
    said
}

/// A line with who said it, as ncat has it; 0 is the host itself.
///
/// Control characters become `\033` and the like, as ncat's: nobody is to clear the screen of the others, or to type
/// for them. Text in UTF-8 stays what it is.
fn named(number: u64, line: &[u8]) -> Vec<u8> {
    let mut said = format!("<user{number}> ").into_bytes();
    let escape = |said: &mut Vec<u8>, octets: &[u8]| {
        for octet in octets {
            said.extend(format!("\\{octet:03o}").into_bytes());
        }
    };
    for chunk in line.utf8_chunks() {
        for char in chunk.valid().chars() {
            let mut room = [0; 4];
            let octets = char.encode_utf8(&mut room).as_bytes();
            if char.is_control() && !matches!(char, '\t' | '\r' | '\n') {
                escape(&mut said, octets);
            } else {
                said.extend(octets);
            }
        }
        escape(&mut said, chunk.invalid());
    }
    if !line.ends_with(b"\n") {
        said.push(b'\n');
    }
    said
}

/// The host of an address, without the port.
fn host(peer: &Address) -> String {
    peer.inet().map_or_else(|| peer.to_string(), |addr| addr.ip().to_canonical().to_string())
}

impl Service for Hub {
    fn opened(&mut self, client: ClientId, peer: &Address, out: &mut dyn Outgoing) {
        let member = Member { host: host(peer), line: Vec::new() };
        if self.kind == Kind::Chat {
            let others: Vec<String> =
                self.members.iter().map(|(id, member)| format!("{} as <user{}>", member.host, id.0)).collect();
            let others = if others.is_empty() { "nobody".to_owned() } else { others.join(", ") };
            let said = format!(
                "<announce> {} is connected as <user{}>.\n<announce> already connected: {others}.\n",
                member.host, client.0
            );
            self.members.insert(client, member);
            self.tell(None, said.as_bytes(), out);
        } else {
            self.members.insert(client, member);
        }
        if self.ways.input && !self.input_open && self.ways.shutdown_at_eof && self.kind == Kind::Streams {
            out.end(client);
        }
    }

    fn received(&mut self, client: ClientId, octets: &[u8], out: &mut dyn Outgoing) {
        if self.ways.received {
            self.say(client, octets, out);
        }
    }

    fn ended(&mut self, client: ClientId, out: &mut dyn Outgoing) {
        // Nobody would know any more when it has left for good.
        out.close(client);
    }

    fn left(&mut self, client: ClientId, out: &mut dyn Outgoing) {
        let Some(member) = self.members.remove(&client) else { return };
        if self.kind == Kind::Chat {
            if !member.line.is_empty() {
                self.tell(None, &named(client.0, &member.line), out);
            }
            self.tell(None, format!("<announce> <user{}> is disconnected.\n", client.0).as_bytes(), out);
        }
    }

    fn holds_back(&self) -> bool {
        // A client who only sends is heard, although it does not listen.
        false
    }

    fn wants_input(&self) -> bool {
        self.ways.input
    }

    fn takes_input(&self) -> bool {
        !self.members.is_empty()
    }

    fn input(&mut self, octets: &[u8], out: &mut dyn Outgoing) {
        if self.kind == Kind::Chat {
            for line in octets.split_inclusive(|octet| *octet == b'\n') {
                self.tell(None, &named(0, line), out);
            }
        } else {
            self.tell(None, octets, out);
        }
    }

    fn is_congested(&self, out: &dyn Outgoing) -> bool {
        self.members.keys().any(|id| out.queued(*id) > MOST_QUEUED)
    }

    fn input_ended(&mut self, out: &mut dyn Outgoing) {
        self.input_open = false;
        let over = self.is_over();
        if over || (self.ways.shutdown_at_eof && self.kind == Kind::Streams) {
            for id in self.members.keys() {
                if over { out.close(*id) } else { out.end(*id) }
            }
        }
    }

    fn is_over(&self) -> bool {
        // Nothing is sent any more, and nothing is heard.
        self.kind == Kind::Streams && self.ways.input && !self.input_open && !self.ways.received
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Keeps what was sent.
    #[derive(Default)]
    struct Kept {
        sent: BTreeMap<ClientId, Vec<u8>>,
        printed: Vec<u8>,
        closed: Vec<ClientId>,
        ended: Vec<ClientId>,
        queued: usize,
        sends: usize,
    }

    impl Outgoing for Kept {
        fn send(&mut self, to: ClientId, octets: &[u8]) {
            self.sends += 1;
            self.sent.entry(to).or_default().extend(octets);
        }
        fn end(&mut self, client: ClientId) {
            self.ended.push(client);
        }
        fn close(&mut self, client: ClientId) {
            self.closed.push(client);
        }
        fn queued(&self, _client: ClientId) -> usize {
            self.queued
        }
        fn print(&mut self, octets: &[u8]) {
            self.printed.extend(octets);
        }
    }

    const ALL: Ways = Ways { input: true, received: true, shutdown_at_eof: true };
    const ONE: ClientId = ClientId(1);
    const TWO: ClientId = ClientId(2);

    fn with_two(kind: Kind) -> (Hub, Kept) {
        let (mut hub, mut kept) = (Hub::new(kind, ALL), Kept::default());
        for (id, host) in [(ONE, "192.0.2.1:5"), (TWO, "[::ffff:192.0.2.2]:6")] {
            hub.opened(id, &Address::Inet(host.parse().unwrap()), &mut kept);
        }
        (hub, kept)
    }

    fn text(kept: &mut Kept, id: ClientId) -> String {
        String::from_utf8(kept.sent.remove(&id).unwrap_or_default()).unwrap()
    }

    #[test]
    fn a_broker_tells_the_others_and_prints_nothing() {
        let (mut hub, mut kept) = with_two(Kind::Broker);
        hub.received(ONE, b"from one", &mut kept);
        assert_eq!((text(&mut kept, ONE).as_str(), text(&mut kept, TWO).as_str()), ("", "from one"));
        hub.input(b"from us", &mut kept);
        assert_eq!((text(&mut kept, ONE).as_str(), text(&mut kept, TWO).as_str()), ("from us", "from us"));
        hub.ended(ONE, &mut kept);
        assert_eq!(kept.closed, [ONE]);
        hub.left(ONE, &mut kept);
        hub.received(TWO, b"alone", &mut kept);
        assert!(kept.sent.is_empty() && kept.printed.is_empty());
    }

    #[test]
    fn a_chat_has_names_by_lines() {
        let (mut hub, mut kept) = with_two(Kind::Chat);
        assert_eq!(
            text(&mut kept, ONE),
            "<announce> 192.0.2.1 is connected as <user1>.\n<announce> already connected: nobody.\n\
             <announce> 192.0.2.2 is connected as <user2>.\n<announce> already connected: 192.0.2.1 as <user1>.\n"
        );
        text(&mut kept, TWO);
        hub.received(ONE, b"two\nlines\nand ha", &mut kept);
        assert_eq!(text(&mut kept, TWO), "<user1> two\n<user1> lines\n");
        hub.received(ONE, b"lf\n", &mut kept);
        assert_eq!(text(&mut kept, TWO), "<user1> and half\n");
        hub.input(b"hello\n", &mut kept);
        assert_eq!(text(&mut kept, TWO), "<user0> hello\n");
        hub.received(ONE, b"last words", &mut kept);
        hub.left(ONE, &mut kept);
        assert_eq!(text(&mut kept, TWO), "<user1> last words\n<announce> <user1> is disconnected.\n");
        hub.received(TWO, &[b'x'; 3 * LINE_LEN], &mut kept);
        assert!(hub.members[&TWO].line.len() < LINE_LEN, "a line without an end is not kept");
    }

    #[test]
    fn what_one_says_in_a_chat_cannot_work_the_terminals_of_the_others() {
        let (mut hub, mut kept) = with_two(Kind::Chat);
        text(&mut kept, TWO);
        hub.received(ONE, b"a\x1b[2Jb\xc3\xa9\x07\r\t\xc2\x9bm\xff\x7f\\z\n", &mut kept);
        assert_eq!(text(&mut kept, TWO), "<user1> a\\033[2Jb\u{e9}\\007\r\t\\302\\233m\\377\\177\\z\n");
        hub.input(b"\x1b[2J\n", &mut kept);
        assert_eq!(text(&mut kept, TWO), "<user0> \\033[2J\n");
    }

    #[test]
    fn the_lines_of_one_read_are_one_send() {
        let (mut hub, mut kept) = with_two(Kind::Chat);
        (kept.sends, kept.sent) = (0, BTreeMap::new());
        hub.received(ONE, &[b'\n'; 1000], &mut kept);
        assert_eq!(text(&mut kept, TWO), "<user1> \n".repeat(1000));
        assert_eq!(kept.sends, 1);
    }

    #[test]
    fn the_standard_streams_are_everybodys() {
        let (mut hub, mut kept) = with_two(Kind::Streams);
        hub.received(ONE, b"one", &mut kept);
        hub.received(TWO, b"two", &mut kept);
        assert_eq!(kept.printed, b"onetwo");
        hub.input(b"in", &mut kept);
        assert_eq!((text(&mut kept, ONE).as_str(), text(&mut kept, TWO).as_str()), ("in", "in"));
        hub.input_ended(&mut kept);
        assert_eq!(kept.ended, [ONE, TWO]);
        hub.opened(ClientId(3), &Address::Inet("192.0.2.3:7".parse().unwrap()), &mut kept);
        assert_eq!(kept.ended, [ONE, TWO, ClientId(3)], "who comes later gets the same end");
    }

    #[test]
    fn the_input_waits_for_somebody_who_takes_it() {
        let mut kept = Kept::default();
        let mut hub = Hub::new(Kind::Streams, ALL);
        assert!(!hub.takes_input());
        hub.opened(ONE, &Address::Inet("192.0.2.1:5".parse().unwrap()), &mut kept);
        assert!(hub.takes_input());
        hub.left(ONE, &mut kept);
        assert!(!hub.takes_input());
    }

    #[test]
    fn who_only_sends_is_over_with_the_input() {
        for (ways, over) in [(ALL, false), (Ways { received: false, ..ALL }, true)] {
            let (mut hub, mut kept) = (Hub::new(Kind::Streams, ways), Kept::default());
            hub.opened(ONE, &Address::Inet("192.0.2.1:5".parse().unwrap()), &mut kept);
            assert!(!hub.is_over());
            hub.input_ended(&mut kept);
            assert_eq!((hub.is_over(), kept.closed == [ONE], kept.ended == [ONE]), (over, over, !over));
        }
    }

    #[test]
    fn the_others_wait_for_who_has_much_to_take() {
        let (hub, mut kept) = with_two(Kind::Broker);
        assert!(!hub.is_congested(&kept));
        kept.queued = MOST_QUEUED + 1;
        assert!(hub.is_congested(&kept));
    }
}
