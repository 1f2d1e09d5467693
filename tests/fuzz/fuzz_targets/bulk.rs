//! The lookups of `dig +bulk` that are under way, and what comes for them: each ends once, a datagram is the answer to no other
//! question than was asked on that socket with that id, results come out in their order.
//!
//! Each step is an octet that says what happens, and one that says to which; a name or a datagram has its length in front.
#![no_main]

use std::time::{Duration, Instant};

use libfuzzer_sys::fuzz_target;
use sockeye_dig::bulk::{AfterFailure, Arrival, Form, LineUp, Opening, Patience, Ticket, Window};
use sockeye_dig::header::Header;
use sockeye_dig::message::{Message, Query};
use sockeye_dig::name::Name;
use sockeye_dig::question::Question;
use sockeye_dig::registry::{Class, Type};

/// A lookup, as it must be.
struct Expected {
    ticket: Ticket,
    number: u64,
    question: Vec<u8>,
    /// The socket and the id of the query that is out.
    out: Option<(u16, u16)>,
}

const PATIENCE: Patience = Patience { servers: 2, tries: 3, timeout: Duration::from_secs(5) };
/// More are not under way at once.
const MOST: usize = 64;

struct Run<'a> {
    rest: &'a [u8],
    form: Form,
    window: Window<u64>,
    line_up: LineUp<u64>,
    opening: Opening,
    expected: Vec<Expected>,
    now: Instant,
    /// The number of the result that comes next.
    turn: u64,
}

impl Run<'_> {
    fn octet(&mut self) -> Option<u8> {
        let (octet, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*octet)
    }

    /// Octets with their length in front; fewer at the end.
    fn octets(&mut self) -> Vec<u8> {
        let len = usize::from(self.octet().unwrap_or(0)).min(self.rest.len());
        let (octets, rest) = self.rest.split_at(len);
        self.rest = rest;
        octets.to_vec()
    }

    fn pick(&self, which: u8) -> Option<usize> {
        usize::from(which).checked_rem(self.expected.len())
    }

    fn start(&mut self) {
        let name = String::from_utf8_lossy(&self.octets()).into_owned();
        let mut question = Vec::new();
        if self.expected.len() >= MOST || !self.form.question(&name, &mut question) {
            return;
        }
        let number = self.line_up.number();
        let ticket = self.window.start(number, &question, PATIENCE, self.now);
        assert!(self.expected.iter().all(|other| other.ticket != ticket), "two lookups have one ticket");
        // The query of a form is the one that is made with more care.
        let mut datagram = Vec::new();
        self.form.emit(0x1234, &question, &mut datagram);
        let message = Message::parse_own(&datagram).expect("a query can be read");
        assert!(message.fault.is_none() && message.unread == 0);
        let asked: Name = name.parse().expect("a plain name is one");
        assert!(message.questions.first().is_some_and(|question| question.qname.matches(&asked)), "{name:?}");
        self.expected.push(Expected { ticket, number, question, out: None });
    }

    fn send(&mut self, which: u8) {
        let (socket, id) = (u16::from(which >> 6), u16::from(which & 63));
        let waiting = self.window.next_to_send();
        let free = self.expected.iter().all(|other| other.out != Some((socket, id)));
        let went = self.window.send(socket, id, self.now);
        assert_eq!(went, waiting.is_some() && free);
        if let (true, Some(ticket)) = (went, waiting) {
            let lookup = self.expected.iter_mut().find(|lookup| lookup.ticket == ticket);
            let lookup = lookup.expect("what is sent is under way");
            assert!(lookup.out.replace((socket, id)).is_none(), "it was out already");
        }
    }

    fn arrive(&mut self, which: u8) {
        let socket = u16::from(which >> 6);
        // With every other one the header is the one of an answer, for much would go by otherwise.
        let mut datagram = self.octets();
        if let (Some(index), true) = (self.pick(which), which & 1 == 0)
            && let Some(lookup) = self.expected.get(index)
        {
            let [high, low] = lookup.out.map_or(0, |(_, id)| id).to_be_bytes();
            let header = [high, low, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0];
            datagram = [&header[..], &lookup.question, &datagram].concat();
        }
        let id = datagram.first_chunk::<2>().map(|id| u16::from_be_bytes(*id));
        let asked = |lookup: &Expected| {
            let got = datagram.get(12..12 + lookup.question.len());
            got.is_some_and(|got| got.eq_ignore_ascii_case(&lookup.question))
        };
        let of = |ticket| self.expected.iter().find(|lookup| lookup.ticket == ticket).expect("nobody's ticket");
        match self.window.arrival(socket, &datagram) {
            Arrival::Answer(ticket) => {
                let lookup = of(ticket);
                assert_eq!(lookup.out, id.map(|id| (socket, id)), "an answer to a query that is not out");
                assert!(asked(lookup), "an answer to another question");
                assert!(datagram.get(2).is_some_and(|flags| flags & 0x80 != 0), "a query is no answer");
                self.opening.answered();
                self.end(ticket);
            }
            Arrival::Odd(ticket) => {
                let out = of(ticket).out.expect("nothing is out for it");
                assert!(out.0 == socket && (Some(out.1) == id || asked(of(ticket))));
            }
            Arrival::Stray => {
                let ours = self.expected.iter().any(|lookup| id.is_some_and(|id| lookup.out == Some((socket, id))));
                assert!(!ours || datagram.len() < 12, "an id that is out is somebody's");
            }
        }
    }

    /// A lookup is done; its result goes to the line.
    fn end(&mut self, ticket: Ticket) {
        let flight = self.window.finish(ticket).expect("it was under way");
        let index = self.expected.iter().position(|lookup| lookup.ticket == ticket).expect("it was under way");
        let lookup = self.expected.swap_remove(index);
        assert_eq!((flight.job, flight.socket()), (lookup.number, lookup.out.map(|(socket, _)| socket)));
        assert!(self.window.finish(ticket).is_none(), "it ends twice");
        if self.line_up.pass(flight.job) {
            self.shown(flight.job);
        } else {
            self.line_up.put(flight.job, flight.job, 1);
        }
        while let Some(number) = self.line_up.take() {
            self.shown(number);
        }
    }

    fn shown(&mut self, number: u64) {
        assert_eq!(number, self.turn, "not in its order, or twice");
        self.turn += 1;
        assert_eq!(self.line_up.turn(), self.turn);
    }

    fn fail(&mut self, index: usize) {
        let Some(lookup) = self.expected.get_mut(index) else { return };
        let (ticket, was_out) = (lookup.ticket, lookup.out.take().is_some());
        match self.window.fail(ticket) {
            AfterFailure::Again => self.opening.lost(),
            AfterFailure::GiveUp => {
                assert!(was_out, "what was not asked cannot fail");
                self.end(ticket);
            }
        }
    }

    fn late(&mut self, seconds: u8) {
        self.now += Duration::from_secs(seconds.into());
        for ticket in self.window.overdue(self.now) {
            let index = self.expected.iter().position(|lookup| lookup.ticket == ticket).expect("nobody is late");
            self.fail(index);
        }
        assert!(self.window.check_at().is_none_or(|at| at > self.now), "looking would not end");
    }

    fn step(&mut self, what: u8, which: u8) {
        match (what & 7, self.pick(which)) {
            (0 | 1, _) => self.start(),
            (2, _) => self.send(which),
            (3, _) => self.arrive(which),
            (4, Some(index)) => self.fail(index),
            (5, _) => self.late(which & 7),
            (6, Some(index)) => {
                let ticket = self.expected[index].ticket;
                self.window.unsend(ticket);
                self.expected[index].out = None;
            }
            (7, Some(index)) => self.end(self.expected[index].ticket),
            _ => {}
        }
        assert_eq!(self.window.len(), self.expected.len());
        assert!((1..=MOST.max(Opening::LEAST)).contains(&self.opening.width()));
        for lookup in &self.expected {
            let (flight, question) = self.window.get(lookup.ticket).expect("it is under way");
            assert_eq!((flight.job, flight.socket()), (lookup.number, lookup.out.map(|(socket, _)| socket)));
            assert_eq!(question, lookup.question);
        }
    }
}

fuzz_target!(|octets: &[u8]| {
    let root = Query::new(Header::default(), Question::new(Name::root(), Type::A, Class::IN), None);
    let form = Form::of_root(&root.emit()).expect("a query for the root");
    let mut run = Run {
        rest: octets,
        form,
        window: Window::default(),
        line_up: LineUp::default(),
        opening: Opening::new(MOST),
        expected: Vec::new(),
        now: Instant::now(),
        turn: 0,
    };
    while let (Some(what), Some(which)) = (run.octet(), run.octet()) {
        run.step(what, which);
    }
    // What is left fails until nobody is left to ask.
    for _ in 0..16 * PATIENCE.servers {
        while run.window.next_to_send().is_some() {
            let free = (0..=u16::MAX).find(|id| run.expected.iter().all(|lookup| lookup.out != Some((9, *id))));
            let ticket = run.window.next_to_send();
            let id = free.expect("there are more ids than lookups");
            assert!(run.window.send(9, id, run.now));
            let lookup = run.expected.iter_mut().find(|lookup| Some(lookup.ticket) == ticket);
            lookup.expect("what is sent is under way").out = Some((9, id));
        }
        run.late(60);
    }
    assert!(run.window.is_empty() && run.expected.is_empty(), "a lookup does not end");
    assert_eq!(run.turn, run.line_up.number(), "a result is lost");
});
