//! The built-in services (`--app`), each as one client meets it. No sockets, no clocks.

use crate::options::App;

/// The printable characters of ASCII, in order: what chargen sends.
const FIRST_PRINTABLE: u8 = b' ';
const PRINTABLE: u8 = 95;
/// Octets of a line of chargen, without CR LF (RFC 864, "Pattern").
const CHARGEN_LINE: u8 = 72;
/// Octets that chargen hands out at once over a stream: what a socket takes without waiting.
const CHARGEN_CHUNK: usize = 1 << 14;
/// The longest datagram of chargen (RFC 864, "UDP Based Character Generator Service").
const CHARGEN_DATAGRAM: u32 = 512;
/// A line of a client that is longer is taken for ended.
const LINE_LEN: usize = 1024;
const MILLION: u32 = 1_000_000;

/// Whether a service has more to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// The conversation goes on.
    Open,
    /// All is said: the connection is closed when that has gone out.
    Over,
}

/// What a service knows about one client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Talker {
    kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Echo,
    Discard,
    Daytime,
    /// With which character the next line begins, counted from the first.
    Chargen(u8, Dice),
    Upper,
    KnockKnock(Joke),
    Lossy(u32, Dice),
}

impl Talker {
    /// Client `number` of `app`. Numbers make clients differ and runs repeat: the same number has the same luck.
    pub fn new(app: App, number: u64) -> Self {
        let kind = match app {
            App::Echo => Kind::Echo,
            App::Discard => Kind::Discard,
            App::Daytime => Kind::Daytime,
            App::Chargen => Kind::Chargen(0, Dice(number)),
            App::Upper => Kind::Upper,
            App::KnockKnock => Kind::KnockKnock(Joke::default()),
            App::LossyEcho { loss_ppm } => Kind::Lossy(loss_ppm, Dice(number)),
        };
        Self { kind }
    }

    /// Somebody has connected. `now` is the time in words, with CR LF.
    pub fn opened(&mut self, now: &str, out: &mut Vec<u8>) -> Flow {
        match &self.kind {
            Kind::Daytime => {
                out.extend(now.as_bytes());
                Flow::Over
            }
            Kind::KnockKnock(_) => {
                out.extend(KNOCK);
                Flow::Open
            }
            _ => Flow::Open,
        }
    }

    /// The client has sent `octets`.
    pub fn heard(&mut self, octets: &[u8], out: &mut Vec<u8>) -> Flow {
        match &mut self.kind {
            Kind::Echo => out.extend(octets),
            Kind::Upper => out.extend(octets.iter().map(u8::to_ascii_uppercase)),
            Kind::Lossy(loss_ppm, dice) => {
                if dice.below(MILLION) >= *loss_ppm {
                    out.extend(octets);
                }
            }
            Kind::KnockKnock(joke) => return joke.heard(octets, out),
            Kind::Discard | Kind::Daytime | Kind::Chargen(..) => {}
        }
        Flow::Open
    }

    /// The client sends no more. What a service says without being asked, it goes on saying.
    pub fn client_ended(&mut self, out: &mut Vec<u8>) -> Flow {
        if let Kind::KnockKnock(joke) = &mut self.kind
            && !joke.line.is_empty()
        {
            // A line that ends with the input is a line.
            joke.heard(b"\n", out);
        }
        if self.streams() { Flow::Open } else { Flow::Over }
    }

    /// Whether there is always more to send.
    pub fn streams(&self) -> bool {
        matches!(self.kind, Kind::Chargen(..))
    }

    /// The next octets of a service that [streams](Self::streams).
    pub fn more(&mut self, out: &mut Vec<u8>) {
        if let Kind::Chargen(first, _) = &mut self.kind {
            while out.len() < CHARGEN_CHUNK {
                chargen_line(first, out);
            }
        }
    }

    /// The answer to a datagram; `None` if there is none.
    ///
    /// RFC 862, 867 and 864 answer each datagram with one. `now` is the time in words.
    pub fn answer(&mut self, datagram: &[u8], now: &str) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        match &mut self.kind {
            Kind::Discard => return None,
            Kind::Lossy(loss_ppm, dice) => {
                if dice.below(MILLION) < *loss_ppm {
                    return None;
                }
                out.extend(datagram);
            }
            Kind::Echo => out.extend(datagram),
            Kind::Upper => out.extend(datagram.iter().map(u8::to_ascii_uppercase)),
            Kind::Daytime => out.extend(now.as_bytes()),
            Kind::Chargen(first, dice) => {
                let len = usize::try_from(dice.below(CHARGEN_DATAGRAM + 1)).unwrap_or_default();
                while out.len() < len {
                    chargen_line(first, &mut out);
                }
                out.truncate(len);
            }
            Kind::KnockKnock(joke) => {
                // The first datagram is the knock at our door, and answers nothing.
                if joke.begun {
                    let mut line = datagram.strip_suffix(b"\n").unwrap_or(datagram).to_vec();
                    line.push(b'\n');
                    if joke.heard(&line, &mut out) == Flow::Over {
                        joke.begun = false;
                    }
                } else {
                    *joke = Joke { begun: true, ..Joke::default() };
                    out.extend(KNOCK);
                }
            }
        }
        Some(out)
    }
}

/// One line of the ring of printable characters, which begins one further each time.
fn chargen_line(first: &mut u8, out: &mut Vec<u8>) {
    out.extend((0..CHARGEN_LINE).map(|column| FIRST_PRINTABLE + (*first + column) % PRINTABLE));
    out.extend(b"\r\n");
    *first = (*first + 1) % PRINTABLE;
}

/// Numbers that look random and are the same in each run (SplitMix64 by Steele, Lea and Flood, 2014).
#[derive(Clone, Debug, PartialEq, Eq)]
struct Dice(u64);

impl Dice {
    /// Less than `limit`.
    fn below(&mut self, limit: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let high = (mixed ^ (mixed >> 31)) >> 32;
        u32::try_from((high * u64::from(limit)) >> 32).unwrap_or_default()
    }
}

const KNOCK: &[u8] = b"Knock! Knock!\n";

/// Who is there, and what they say.
const JOKES: [(&str, &str); 4] = [
    ("Lettuce", "Lettuce in, the port is open!"),
    ("Turnip", "Turnip the window, this connection is slow!"),
    ("Boo", "No need to cry, it was only a reset!"),
    ("UDP", "You did not get it, and I shall not say it again."),
];

/// How far the joke is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Joke {
    /// Which one.
    number: usize,
    expects: Expects,
    /// What came of a line that is not complete.
    line: Vec<u8>,
    /// Over datagrams: we have knocked.
    begun: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Expects {
    #[default]
    WhoIsThere,
    NameWho,
    YesOrNo,
}

impl Joke {
    fn heard(&mut self, octets: &[u8], out: &mut Vec<u8>) -> Flow {
        for octet in octets {
            if *octet != b'\n' {
                self.line.push(*octet);
                if self.line.len() < LINE_LEN {
                    continue;
                }
            }
            let line = std::mem::take(&mut self.line);
            if self.answer(&line, out) == Flow::Over {
                return Flow::Over;
            }
        }
        Flow::Open
    }

    fn answer(&mut self, line: &[u8], out: &mut Vec<u8>) -> Flow {
        let (name, punch_line) = JOKES.get(self.number % JOKES.len()).copied().unwrap_or_default();
        let heard = words(line);
        let (reply, next) = match self.expects {
            Expects::WhoIsThere if heard == "whos there" => (name.to_owned(), Expects::NameWho),
            Expects::NameWho if heard == words(format!("{name} who").as_bytes()) => {
                (format!("{punch_line} Want another? (y/n)"), Expects::YesOrNo)
            }
            Expects::YesOrNo if heard.starts_with('y') => {
                self.number += 1;
                ("Knock! Knock!".to_owned(), Expects::WhoIsThere)
            }
            Expects::YesOrNo => {
                out.extend(b"Bye.\n");
                return Flow::Over;
            }
            Expects::WhoIsThere => {
                ("You are supposed to say \"Who's there?\"! Try again. Knock! Knock!".to_owned(), Expects::WhoIsThere)
            }
            Expects::NameWho => {
                (format!("You are supposed to say \"{name} who?\"! Try again. Knock! Knock!"), Expects::WhoIsThere)
            }
        };
        self.expects = next;
        out.extend(reply.as_bytes());
        out.push(b'\n');
        Flow::Open
    }
}

/// The words of a line, without what hands at a keyboard do differently: case, punctuation, blanks at the ends.
fn words(line: &[u8]) -> String {
    let text = String::from_utf8_lossy(line).to_lowercase();
    let kept: String = text.chars().filter(|char| char.is_alphanumeric() || char.is_whitespace()).collect();
    kept.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ALL: [App; 7] = [
        App::Echo,
        App::Discard,
        App::Daytime,
        App::Chargen,
        App::Upper,
        App::KnockKnock,
        App::LossyEcho { loss_ppm: 500_000 },
    ];

    fn said(talker: &mut Talker, octets: &str) -> (String, Flow) {
        let mut out = Vec::new();
        let flow = talker.heard(octets.as_bytes(), &mut out);
        (String::from_utf8(out).unwrap(), flow)
    }

    #[test]
    fn each_service_says_what_it_is_for() {
        let mut out = Vec::new();
        let mut daytime = Talker::new(App::Daytime, 0);
        assert_eq!(daytime.opened("noon\r\n", &mut out), Flow::Over);
        assert_eq!(out, b"noon\r\n");
        assert_eq!(daytime.answer(b"", "noon\r\n").unwrap(), b"noon\r\n");
        assert_eq!(said(&mut Talker::new(App::Echo, 0), "aB\0"), ("aB\0".into(), Flow::Open));
        assert_eq!(said(&mut Talker::new(App::Upper, 0), "aB\u{e9}1"), ("AB\u{e9}1".into(), Flow::Open));
        assert_eq!(said(&mut Talker::new(App::Discard, 0), "x"), (String::new(), Flow::Open));
        assert_eq!(Talker::new(App::Discard, 0).answer(b"x", ""), None);
        assert_eq!(Talker::new(App::Echo, 0).answer(b"", "").unwrap(), b"", "an empty datagram is one");
    }

    #[test]
    fn chargen_is_the_pattern_of_rfc_864() {
        let mut talker = Talker::new(App::Chargen, 7);
        let mut out = Vec::new();
        talker.more(&mut out);
        let text = String::from_utf8(out).unwrap();
        let lines: Vec<&str> = text.split_terminator("\r\n").collect();
        assert!(lines[0].starts_with(" !\"#$%&'()*+,-./0123") && lines[0].ends_with("efg"), "{}", lines[0]);
        assert!(lines.iter().all(|line| line.len() == 72));
        for (line, next) in lines.iter().zip(&lines[1..]) {
            assert_eq!(line[1..], next[..71]);
        }
        assert_eq!(lines[94].chars().nth(1), Some(' '), "behind ~ comes the space");
        let lens: Vec<usize> = (0..50).map(|_| talker.answer(b"x", "").unwrap().len()).collect();
        assert!(lens.iter().all(|len| *len <= 512) && lens.iter().any(|len| *len != lens[0]), "{lens:?}");
    }

    #[test]
    fn the_joke_corrects_and_goes_on() {
        let mut talker = Talker::new(App::KnockKnock, 0);
        let mut out = Vec::new();
        talker.opened("", &mut out);
        assert_eq!(out, KNOCK);
        assert!(said(&mut talker, "hello\n").0.starts_with("You are supposed to say \"Who's there?\"!"));
        assert_eq!(said(&mut talker, "Who's the").0, "", "half a line is no answer");
        assert_eq!(said(&mut talker, "re?\r\n").0, "Lettuce\n");
        assert!(said(&mut talker, "who\n").0.starts_with("You are supposed to say \"Lettuce who?\"!"));
        assert_eq!(said(&mut talker, "WHOS THERE\nlettuce   who\n").0.lines().count(), 2);
        assert_eq!(said(&mut talker, "yes please\n").0, "Knock! Knock!\n");
        assert_eq!(said(&mut talker, "Who's there?\n").0, "Turnip\n");
        said(&mut talker, "Turnip who?\n");
        assert_eq!(said(&mut talker, "n\nmore\n"), ("Bye.\n".into(), Flow::Over));
    }

    #[test]
    fn a_joke_over_datagrams_begins_with_any() {
        let mut talker = Talker::new(App::KnockKnock, 0);
        assert_eq!(talker.answer(b"x", "").unwrap(), KNOCK);
        assert_eq!(talker.answer(b"who's there?", "").unwrap(), b"Lettuce\n");
        talker.answer(b"lettuce who?", "").unwrap();
        assert_eq!(talker.answer(b"no", "").unwrap(), b"Bye.\n");
        assert_eq!(talker.answer(b"again", "").unwrap(), KNOCK);
    }

    #[test]
    fn what_is_lost_is_about_what_was_asked_for_and_the_same_in_each_run() {
        for (loss_ppm, range) in [(0, 0..=0), (250_000, 2_350..=2_650), (1_000_000, 10_000..=10_000)] {
            let app = App::LossyEcho { loss_ppm };
            let run = |number| -> Vec<bool> {
                let mut talker = Talker::new(app, number);
                (0..10_000).map(|_| talker.answer(b"x", "").is_none()).collect()
            };
            let lost = run(1).into_iter().filter(|lost| *lost).count();
            assert!(range.contains(&lost), "{loss_ppm}: {lost}");
            assert_eq!(run(1), run(1));
            assert!(loss_ppm != 250_000 || run(1) != run(2));
        }
    }

    proptest! {
        #[test]
        fn no_octets_make_a_service_grow_or_panic(
            reads in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 0..20),
        ) {
            for app in ALL {
                let mut talker = Talker::new(app, 3);
                let mut out = Vec::new();
                talker.opened("now\r\n", &mut out);
                for read in &reads {
                    out.clear();
                    talker.heard(read, &mut out);
                    prop_assert!(out.len() <= (read.len() + 1) * 128);
                    let _ = talker.answer(read, "now\r\n");
                }
                out.clear();
                talker.client_ended(&mut out);
            }
        }
    }
}
