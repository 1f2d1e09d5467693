//! Messages that can be recognised (`--generate`), and what became of them (`--expect`). No sockets, no clocks.

use std::collections::BTreeMap;
use std::io;
use std::time::Instant;

use serde::Serialize;
use sockeye_cli::{Render, Text};

use crate::options::Generate;

/// How many letters there are before they begin again.
const LETTERS: u64 = 26;
/// So many senders, and numbers of each, are remembered: whoever sends what it likes does not get all of the memory.
const SENDERS: usize = 1024;
const NUMBERS: usize = 1 << 22;
/// So many numbers are named in a report; of more only the count.
const NAMED: usize = 10;

/// The messages, in their order.
#[derive(Clone, Debug)]
pub struct Messages {
    plan: Generate,
    next: u64,
    next_at: Option<Instant>,
}

impl Messages {
    /// None yet.
    pub fn new(plan: Generate) -> Self {
        Self { plan, next: 0, next_at: None }
    }

    /// When the next may go; `None` is now.
    pub fn next_at(&self) -> Option<Instant> {
        self.next_at.filter(|_| self.next < self.plan.count)
    }

    /// Writes the next one to the front of `room` and returns its length; zero when there are no more. `None` if it is
    /// too early.
    pub fn next(&mut self, room: &mut [u8], now: Instant) -> Option<usize> {
        if self.next >= self.plan.count {
            return Some(0);
        }
        if self.next_at.is_some_and(|at| at > now) {
            return None;
        }
        let len = self.plan.size.min(room.len());
        fill(room.get_mut(..len)?, self.next, self.plan.count);
        self.next += 1;
        // From the time that was planned: what came late does not make the rest late.
        let planned = self.next_at.unwrap_or(now);
        self.next_at = self.plan.interval.and_then(|interval| planned.checked_add(interval));
        Some(len)
    }
}

/// Message `number`, counted from 0, of `count`: `1/3 AAAA`, `2/3 BBBB`. The numbers are left out if the longest of them
/// leaves no room for a letter.
fn fill(room: &mut [u8], number: u64, count: u64) {
    room.fill(letter(number));
    if format!("{count}/{count} ").len() < room.len() {
        let head = format!("{}/{count} ", number + 1);
        for (to, from) in room.iter_mut().zip(head.bytes()) {
            *to = from;
        }
    }
}

fn letter(number: u64) -> u8 {
    b'A' + u8::try_from(number % LETTERS).unwrap_or_default()
}

/// The number, counted from 1, and the count that a message has in front.
fn numbers(message: &[u8]) -> Option<(u64, u64)> {
    let end = message.iter().position(|octet| *octet == b' ')?;
    let head = std::str::from_utf8(message.get(..end)?).ok()?;
    let (number, count) = head.split_once('/')?;
    let digits = |text: &str| text.bytes().all(|octet| octet.is_ascii_digit());
    let (number, count) =
        (number.parse().ok().filter(|_| digits(number))?, count.parse().ok().filter(|_| digits(count))?);
    (1..=count).contains(&number).then_some((number, count))
}

/// What came from one sender.
#[derive(Clone, Debug, Default)]
struct Seen {
    /// How often each number came.
    times: BTreeMap<u64, u64>,
    count: Option<u64>,
    /// The highest number so far.
    highest: u64,
    reordered: u64,
    truncated: u64,
    /// Messages without numbers, and the letter that the last of them had.
    unnumbered: u64,
    letter: Option<u8>,
    skipped: u64,
    octets: u64,
    /// What is none of ours.
    others: u64,
    /// In how many reads all of it came.
    reads: u64,
    /// Of a stream: whether the last octet was no letter, and what has come of the numbers of a message.
    behind_head: bool,
    head: Vec<u8>,
}

/// Judges what comes.
#[derive(Clone, Debug)]
pub struct Judge {
    datagrams: bool,
    senders: BTreeMap<String, Seen>,
}

impl Judge {
    /// Of datagrams, or of a stream.
    pub fn new(datagrams: bool) -> Self {
        Self { datagrams, senders: BTreeMap::new() }
    }

    /// A datagram came; `full_len` is how long it was before it was cut to `octets`.
    pub fn datagram(&mut self, sender: &str, octets: &[u8], full_len: usize) {
        let seen = seen_of(&mut self.senders, sender);
        seen.octets += u64::try_from(full_len).unwrap_or_default();
        if full_len > octets.len() {
            seen.truncated += 1;
        }
        seen.message(octets);
    }

    /// A read of a stream came. Messages end where the next ones begin, wherever reads do.
    pub fn read(&mut self, sender: &str, octets: &[u8]) {
        let seen = seen_of(&mut self.senders, sender);
        seen.reads += 1;
        seen.octets += u64::try_from(octets.len()).unwrap_or_default();
        for octet in octets.iter().copied() {
            match octet {
                b'A'..=b'Z' => {
                    // Without numbers a message begins where the letter changes.
                    let mut message = std::mem::take(&mut seen.head);
                    if seen.behind_head || seen.letter != Some(octet) {
                        message.push(octet);
                        seen.message(&message);
                        seen.letter = Some(octet);
                    }
                    seen.behind_head = false;
                }
                b'0'..=b'9' | b'/' | b' ' if seen.head.len() < 64 => {
                    seen.head.push(octet);
                    seen.behind_head = true;
                }
                _ => {
                    seen.others += 1;
                    seen.head.clear();
                    seen.behind_head = true;
                }
            }
        }
    }

    /// Whether everything that one sender has announced has come.
    pub fn is_complete(&self) -> bool {
        self.datagrams
            && self.senders.values().any(|seen| {
                let came = u64::try_from(seen.times.len()).unwrap_or_default();
                seen.count.is_some_and(|count| came >= count && seen.missing(count) == 0)
            })
    }

    /// What has become of it all.
    pub fn accounts(&self) -> Vec<Account> {
        self.senders.iter().map(|(sender, seen)| seen.account(sender, self.datagrams)).collect()
    }
}

/// What came from `sender`; from the last of very many senders, together with all that come after it.
fn seen_of<'a>(senders: &'a mut BTreeMap<String, Seen>, sender: &str) -> &'a mut Seen {
    let full = senders.len() >= SENDERS && !senders.contains_key(sender);
    senders.entry(if full { "many others".to_owned() } else { sender.to_owned() }).or_default()
}

impl Seen {
    fn message(&mut self, message: &[u8]) {
        let Some((number, count)) = numbers(message) else {
            return match message.iter().rev().find(|octet| octet.is_ascii_uppercase()) {
                Some(letter) => self.unnumbered(*letter),
                None => self.others += 1,
            };
        };
        if self.times.len() >= NUMBERS && !self.times.contains_key(&number) {
            self.others += 1;
            return;
        }
        *self.times.entry(number).or_default() += 1;
        self.count = Some(count);
        if number < self.highest && self.times.get(&number) == Some(&1) {
            self.reordered += 1;
        }
        self.highest = self.highest.max(number);
    }

    /// All that a letter can say is how many are missing before it, as long as that is fewer than there are letters.
    fn unnumbered(&mut self, letter: u8) {
        let expected = self.letter.map_or(b'A', |last| if last == b'Z' { b'A' } else { last + 1 });
        let letters = u8::try_from(LETTERS).unwrap_or(1);
        self.skipped += u64::from((letter + letters - expected) % letters);
        self.unnumbered += 1;
        self.letter = Some(letter);
    }

    /// How many of `count` did not come. Somebody may send other numbers than announced.
    fn missing(&self, count: u64) -> u64 {
        count.saturating_sub(u64::try_from(self.times.range(1..=count.max(1)).count()).unwrap_or_default())
    }

    fn account(&self, sender: &str, datagrams: bool) -> Account {
        let came = u64::try_from(self.times.len()).unwrap_or_default();
        let lost: Vec<u64> = match self.count {
            Some(count) => (1..=count).filter(|number| !self.times.contains_key(number)).take(NAMED).collect(),
            None => Vec::new(),
        };
        Account {
            sender: sender.to_owned(),
            received: came + self.unnumbered,
            expected: self.count,
            lost: self.count.map_or(self.skipped, |count| self.missing(count)),
            lost_numbers: lost,
            duplicated: self.times.values().map(|times| times.saturating_sub(1)).sum(),
            reordered: self.reordered,
            truncated: self.truncated,
            others: self.others,
            octets: self.octets,
            reads: (!datagrams).then_some(self.reads),
        }
    }
}

/// What has become of one sender's messages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Account {
    /// Whose they were.
    pub sender: String,
    /// How many came, each counted once.
    pub received: u64,
    /// How many there were, if the messages said so.
    pub expected: Option<u64>,
    /// How many did not come.
    pub lost: u64,
    /// The first of those.
    pub lost_numbers: Vec<u64>,
    /// How often one came again.
    pub duplicated: u64,
    /// How many came behind one that had been sent later.
    pub reordered: u64,
    /// How many did not fit into the room for one read.
    pub truncated: u64,
    /// Datagrams, or octets of a stream, that are none of such messages.
    pub others: u64,
    /// Octets of all of them.
    pub octets: u64,
    /// Of a stream: in how many reads they came.
    pub reads: Option<u64>,
}

impl Account {
    /// Everything came once, whole, and in order.
    pub fn is_good(&self) -> bool {
        let Self { received, lost, duplicated, reordered, truncated, others, .. } = self;
        *received > 0 && [lost, duplicated, reordered, truncated, others].iter().all(|count| **count == 0)
    }

    /// In one line.
    pub fn line(&self) -> String {
        let Self { sender, received, expected, lost, lost_numbers, duplicated, reordered, truncated, others, .. } =
            self;
        let of = expected.map_or_else(|| " (without numbers: what is lost is guessed)".into(), |n| format!(" of {n}"));
        let which = match lost_numbers.as_slice() {
            [] => String::new(),
            some => {
                let more = if u64::try_from(some.len()).is_ok_and(|named| named < *lost) { ", ..." } else { "" };
                format!(" ({}{more})", some.iter().map(u64::to_string).collect::<Vec<_>>().join(", "))
            }
        };
        let others = if *others == 0 { String::new() } else { format!(", {others} others") };
        let reads = self.reads.map_or_else(String::new, |reads| {
            format!("; {} octets came in {reads} reads, wherever messages end", self.octets)
        });
        format!(
            "from {sender}: {received}{of} messages, {lost} lost{which}, {duplicated} duplicated, {reordered} reordered, \
             {truncated} truncated{others}{reads}"
        )
    }
}

impl Render for Account {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        text.line(self.line())
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "any moment will do to count from")]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;

    fn all(size: usize, count: u64) -> Vec<Vec<u8>> {
        let mut messages = Messages::new(Generate { size, count, interval: None });
        let mut room = vec![0; size];
        let mut made = Vec::new();
        loop {
            match messages.next(&mut room, Instant::now()) {
                Some(0) => return made,
                Some(len) => made.push(room[..len].to_vec()),
                None => panic!("nothing to wait for"),
            }
        }
    }

    fn judged(messages: &[Vec<u8>]) -> Account {
        let mut judge = Judge::new(true);
        for message in messages {
            judge.datagram("me", message, message.len());
        }
        judge.accounts().remove(0)
    }

    #[test]
    fn messages_are_letters_with_numbers_in_front() {
        assert_eq!(all(10, 3), [&b"1/3 AAAAAA"[..], b"2/3 BBBBBB", b"3/3 CCCCCC"]);
        assert_eq!(all(4, 2), [b"AAAA", b"BBBB"], "no room for numbers and a letter");
        assert_eq!(all(1, 27).last().unwrap(), b"A", "after Z comes A");
        assert_eq!(all(5, 0), Vec::<Vec<u8>>::new());
    }

    #[test]
    fn an_interval_is_kept_from_the_first() {
        let plan = Generate { size: 1, count: 3, interval: Some(Duration::from_secs(1)) };
        let mut messages = Messages::new(plan);
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut room = [0];
        assert_eq!(messages.next(&mut room, start), Some(1));
        assert_eq!((messages.next(&mut room, start), messages.next_at()), (None, Some(at(1))));
        assert_eq!(messages.next(&mut room, at(5)), Some(1));
        assert_eq!(messages.next(&mut room, at(5)), Some(1), "it makes up for what was late");
        assert_eq!((messages.next(&mut room, at(5)), messages.next_at()), (Some(0), None));
    }

    #[test]
    fn what_was_lost_doubled_and_mixed_up_is_found() {
        let sent = all(20, 10);
        assert!(judged(&sent).is_good());
        let mut got = sent.clone();
        got.remove(9);
        got.remove(2);
        got.swap(4, 5);
        got.push(sent[0].clone());
        got.push(b"hello".to_vec());
        let account = judged(&got);
        assert!(!account.is_good());
        assert_eq!(
            account.line(),
            "from me: 8 of 10 messages, 2 lost (3, 10), 1 duplicated, 1 reordered, 0 truncated, 1 others"
        );
        let mut judge = Judge::new(true);
        judge.datagram("me", &sent[0][..10], 20);
        assert_eq!(judge.accounts()[0].truncated, 1);
        assert!(!judge.is_complete());
    }

    /// Two runs from one address, say, with different counts.
    #[test]
    fn numbers_that_were_not_announced_do_not_stand_for_those_that_are_missing() {
        let mut judge = Judge::new(true);
        for message in [&b"4/5 D"[..], b"5/5 E", b"2/3 B"] {
            judge.datagram("me", message, message.len());
        }
        assert!(!judge.is_complete());
        let account = judge.accounts().remove(0);
        assert_eq!((account.lost, account.lost_numbers), (2, vec![1, 3]));
    }

    #[test]
    fn letters_alone_say_how_many_are_missing() {
        let mut got = all(3, 30);
        assert!(judged(&got).is_good());
        got.drain(5..8);
        assert_eq!((judged(&got).lost, judged(&got).received), (3, 27));
    }

    /// A client with several ports has a stream with each.
    #[test]
    fn each_stream_is_judged_by_itself() {
        let mut judge = Judge::new(false);
        judge.read("one", b"1/1 AAA");
        judge.read("two", b"1/2 AA");
        judge.read("one", b"x");
        judge.read("two", b"A2/2 BBB");
        let accounts = judge.accounts();
        assert_eq!((accounts[0].received, accounts[0].others, accounts[0].reads), (1, 1, Some(2)));
        assert!(accounts[1].is_good() && accounts[1].reads == Some(2), "{}", accounts[1].line());
    }

    #[test]
    fn many_senders_do_not_take_all_of_the_memory() {
        let mut judge = Judge::new(true);
        for port in 0..3000 {
            judge.datagram(&format!("192.0.2.1:{port}"), b"1/2 A", 5);
        }
        let accounts = judge.accounts();
        assert_eq!(accounts.len(), SENDERS + 1);
        assert_eq!(accounts.last().unwrap().sender, "many others");
    }

    proptest! {
        #[test]
        fn a_stream_has_the_same_messages_however_it_is_read(
            size in 1_usize..40, count in 1_u64..60, cuts in prop::collection::vec(1_usize..50, 1..50),
        ) {
            let octets = all(size, count).concat();
            let mut judge = Judge::new(false);
            let mut rest = octets.as_slice();
            for cut in cuts.iter().cycle() {
                if rest.is_empty() { break; }
                let (read, behind) = rest.split_at((*cut).min(rest.len()));
                judge.read("me", read);
                rest = behind;
            }
            let account = judge.accounts().remove(0);
            prop_assert!(account.is_good(), "{}", account.line());
            prop_assert_eq!(account.received, count);
        }

        #[test]
        fn no_octets_make_it_panic(messages in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..30), 0..9)) {
            let _ = judged(&[vec![b'x']].into_iter().chain(messages.clone()).collect::<Vec<_>>());
            let mut judge = Judge::new(false);
            for message in &messages {
                judge.read("me", message);
            }
            let _ = judge.accounts();
        }
    }
}
