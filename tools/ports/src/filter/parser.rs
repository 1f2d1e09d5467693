//! From tokens to an expression: `not` binds closer than `and`, and `and` closer than `or`.

use std::ops::Range;

use sockeye_common::number::behind_0x;
use sockeye_sys::Family;
use sockeye_sys::sock_diag::StateMask;

use super::fault::Fault;
use super::lexer::{Kind, Token};
use super::predicate::{End, Field, PortPattern, Predicate, Relation, Term};
use super::tree::Tree;
use super::{Dialect, Expression, host, states};

/// How deep brackets and `not` may stand in each other, so that no query exhausts the stack.
const DEPTH_LIMIT: usize = 64;

/// What a query comes to.
#[derive(Debug)]
pub(super) struct Parsed {
    /// The states at the head, before the expression.
    pub(super) head: Option<StateMask>,
    /// The expression, if there is one.
    pub(super) expression: Option<Expression>,
    /// How ss reads the expression, where it reads it in another way.
    pub(super) of_ss: Option<Expression>,
}

/// A connective, written or (for `and`) left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Connective {
    And,
    Or,
}

/// What stands in the query, before anything is decided about precedence.
enum Written {
    /// Parts, each with the connective before it; that of the first counts for nothing.
    Row(Vec<(Connective, Self)>),
    Not(Box<Self>),
    Term(Term),
}

struct Parser<'a> {
    dialect: Dialect,
    query: &'a str,
    tokens: Vec<Token<'a>>,
    next: usize,
    depth: usize,
}

/// Reads the tokens of a query.
///
/// # Errors
/// [`Fault`] for what is not the language.
pub(super) fn parse(dialect: Dialect, query: &str, tokens: Vec<Token<'_>>) -> Result<Parsed, Fault> {
    let mut parser = Parser { dialect, query, tokens, next: 0, depth: 0 };
    let head = parser.head()?;
    if parser.peek().is_none() {
        return Ok(Parsed { head, expression: None, of_ss: None });
    }
    let written = parser.row()?;
    if let Some(token) = parser.peek() {
        let span = token.span.clone();
        return Err(parser.fault(span, "the bracket ) has no ("));
    }
    let expression = written.with_precedence();
    let knows = !expression.has(|term| !term.predicate.is_known_to_ss());
    let of_ss = (knows && written.is_ambiguous()).then(|| written.left_to_right());
    Ok(Parsed { head, expression: Some(expression), of_ss })
}

impl Written {
    fn with_precedence(&self) -> Expression {
        match self {
            Self::Term(term) => Tree::Leaf(term.clone()),
            Self::Not(part) => Tree::Not(Box::new(part.with_precedence())),
            Self::Row(parts) => {
                let runs = parts.chunk_by(|_, (connective, _)| *connective == Connective::And);
                Tree::any(runs.map(|run| Tree::all(run.iter().map(|(_, part)| part.with_precedence()))))
            }
        }
    }

    /// As ss reads it, whatever its manual says: each connective joins what stands before it with one part behind it.
    fn left_to_right(&self) -> Expression {
        match self {
            Self::Term(term) => Tree::Leaf(term.clone()),
            Self::Not(part) => Tree::Not(Box::new(part.left_to_right())),
            Self::Row(parts) => {
                let joined = parts.iter().fold(None, |before: Option<Expression>, (connective, part)| {
                    let part = part.left_to_right();
                    Some(match (before, connective) {
                        (None, _) => part,
                        (Some(before), Connective::And) => Tree::all([before, part]),
                        (Some(before), Connective::Or) => Tree::any([before, part]),
                    })
                });
                joined.unwrap_or_else(|| Tree::constant(true))
            }
        }
    }

    /// Whether both readings differ: somewhere an `and` follows an `or` between the same brackets.
    fn is_ambiguous(&self) -> bool {
        match self {
            Self::Term(_) => false,
            Self::Not(part) => part.is_ambiguous(),
            Self::Row(parts) => {
                let connectives = || parts.iter().skip(1).map(|(connective, _)| *connective);
                let after_or = connectives().skip_while(|connective| *connective == Connective::And);
                after_or.into_iter().any(|connective| connective == Connective::And)
                    || parts.iter().any(|(_, part)| part.is_ambiguous())
            }
        }
    }
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<&Token<'a>> {
        self.tokens.get(self.next)
    }

    fn fault(&self, span: Range<usize>, message: impl Into<String>) -> Fault {
        Fault::new(self.query, span, message)
    }

    /// What was expected, at the next token or at the end.
    fn expected(&self, what: &str) -> Fault {
        match self.peek() {
            Some(token) => {
                let found = self.query.get(token.span.clone()).unwrap_or_default();
                self.fault(token.span.clone(), format!("expected {what}, found {}", sockeye_cli::escape::escape(found)))
            }
            None => self.fault(self.query.len()..self.query.len(), format!("expected {what}, found the end")),
        }
    }

    /// The next token as a word of the language, in small letters.
    fn keyword(&self) -> Option<String> {
        let token = self.peek().filter(|token| token.kind == Kind::Word && !token.quoted)?;
        Some(token.text.to_ascii_lowercase())
    }

    fn value(&mut self, what: &str) -> Result<Token<'a>, Fault> {
        match self.peek() {
            Some(token) if token.kind == Kind::Word => {
                let token = token.clone();
                self.next += 1;
                Ok(token)
            }
            _ => Err(self.expected(what)),
        }
    }

    /// States before the expression, which hold for all of it. What is joined to the rest by a connective is no head.
    fn head(&mut self) -> Result<Option<StateMask>, Fault> {
        let run = self.states()?;
        if self.next > 0 && self.connective().is_some() {
            self.next = 0;
            return Ok(None);
        }
        Ok(run.map(|(states, _)| states))
    }

    /// `state X`, `exclude X`, as many as stand side by side: each adds states or takes some away.
    fn states(&mut self) -> Result<Option<(StateMask, String)>, Fault> {
        let mut run: Option<(StateMask, String)> = None;
        loop {
            let adds = match self.keyword().as_deref() {
                Some("state") => true,
                Some("exclude" | "excl") => false,
                _ => return Ok(run),
            };
            self.next += 1;
            if self.peek().is_some_and(|token| token.kind == Kind::Relation(Relation::Equal)) {
                self.next += 1;
            }
            let expected = "a state: established, syn-sent, syn-recv, fin-wait-1, fin-wait-2, time-wait, closed, \
                            close-wait, last-ack, listening, closing, bound, or connected, synchronized, bucket, big, all";
            let Some((shown, states)) = self.keyword().and_then(|word| states::from_word(&word)) else {
                return Err(self.expected(expected));
            };
            self.next += 1;
            // To RFC 9293 a socket that is only bound is CLOSED, and Linux keeps no other. ss shows it as UNCONN.
            let closed = states == StateMask::CLOSED;
            let states = if closed { states | StateMask::BOUND_INACTIVE } else { states };
            let (before, text) =
                run.unwrap_or_else(|| (if adds { StateMask::EMPTY } else { StateMask::ALL }, String::new()));
            let blank = if text.is_empty() { "" } else { " " };
            let word = if adds { "state" } else { "exclude" };
            let mask = if adds { before | states } else { before.without(states) };
            run = Some((mask, format!("{text}{blank}{word} {shown}")));
        }
    }

    /// The connective at the next token, without taking it.
    fn connective(&self) -> Option<Connective> {
        match (self.peek()?.kind, self.keyword().as_deref()) {
            (Kind::And, _) | (_, Some("and")) => Some(Connective::And),
            (Kind::Or, _) | (_, Some("or")) => Some(Connective::Or),
            _ => None,
        }
    }

    /// Parts with their connectives, up to a closing bracket or the end.
    fn row(&mut self) -> Result<Written, Fault> {
        let mut parts = vec![(Connective::And, self.part()?)];
        while let Some(token) = self.peek() {
            if token.kind == Kind::Close {
                break;
            }
            let connective = self.connective();
            if connective.is_some() {
                self.next += 1;
            }
            // A blank is an `and` too.
            parts.push((connective.unwrap_or(Connective::And), self.part()?));
        }
        Ok(Written::Row(parts))
    }

    fn part(&mut self) -> Result<Written, Fault> {
        let Some(token) = self.peek().cloned() else { return Err(self.expected(A_TEST)) };
        self.depth += 1;
        if self.depth > DEPTH_LIMIT {
            return Err(
                self.fault(token.span, format!("brackets and not stand in each other more than {DEPTH_LIMIT} times"))
            );
        }
        let part = match (token.kind, self.keyword().as_deref()) {
            (Kind::Not, _) | (_, Some("not")) => {
                self.next += 1;
                Written::Not(Box::new(self.part()?))
            }
            (Kind::Open, _) => {
                self.next += 1;
                let row = self.row()?;
                if self.peek().is_none() {
                    return Err(self.fault(token.span, "the bracket ( has no )"));
                }
                self.next += 1;
                row
            }
            _ => {
                let predicate = self.predicate()?;
                let last =
                    self.tokens.get(self.next.saturating_sub(1)).map_or(token.span.clone(), |last| last.span.clone());
                Written::Term(Term { predicate, span: token.span.start..last.end, value: last })
            }
        };
        self.depth -= 1;
        Ok(part)
    }

    fn predicate(&mut self) -> Result<Predicate, Fault> {
        if let Some((states, text)) = self.states()? {
            return Ok(Predicate::State { states, text });
        }
        let Some(word) = self.keyword() else { return Err(self.expected(A_TEST)) };
        if word.starts_with(':') && !word.starts_with("::") {
            return Ok(Predicate::Port { end: End::Either, relation: Relation::Equal, port: self.port()? });
        }
        let end = match word.as_str() {
            "src" | "sport" => End::Local,
            "dst" | "dport" => End::Peer,
            _ => End::Either,
        };
        let field = match word.as_str() {
            "pid" => Some(Field::Pid),
            "uid" => Some(Field::Uid),
            "inode" | "ino" => Some(Field::Inode),
            "rcvq" | "recvq" | "recv-q" => Some(Field::RecvQueue),
            "sndq" | "sendq" | "send-q" => Some(Field::SendQueue),
            _ => None,
        };
        if !WORDS.contains(&word.as_str()) && field.is_none() {
            return Err(self.unknown(&word));
        }
        self.next += 1;
        if let Some(field) = field {
            let relation = self.relation().unwrap_or(Relation::Equal);
            let value = self.number("a number")?;
            return Ok(Predicate::Number { field, relation, value });
        }
        Ok(match word.as_str() {
            "src" | "dst" | "host" => Predicate::Host { end, equal: self.equality()?, host: self.host()? },
            "sport" | "dport" | "port" => {
                let relation = self.relation().unwrap_or(Relation::Equal);
                let at = self.peek().map(|token| token.span.clone());
                let port = self.port()?;
                let one = match &port {
                    PortPattern::Range(first, last) => first == last,
                    PortPattern::Name(_) => true,
                    PortPattern::Any => false,
                };
                if !one && !matches!(relation, Relation::Equal | Relation::Unequal) {
                    return Err(self
                        .fault(at.unwrap_or_default(), format!("expected one port behind {relation}"))
                        .of_value());
                }
                Predicate::Port { end, relation, port }
            }
            "dev" => {
                Predicate::Device { equal: self.equality()?, device: self.text("an interface, by name or index")? }
            }
            "fwmark" | "mark" => self.mark()?,
            "cgroup" => Predicate::Cgroup { equal: self.equality()?, path: self.text("the path of a control group")? },
            "user" => self.user()?,
            "process" | "comm" => {
                Predicate::Process { equal: self.equality()?, pattern: self.text("the name of a process")? }
            }
            "family" => self.family()?,
            "inet" | "ipv4" => Predicate::Family { equal: true, family: Family::INET },
            "inet6" | "ipv6" => Predicate::Family { equal: true, family: Family::INET6 },
            _ => Predicate::Autobound,
        })
    }

    /// A word that begins no test, and what may be meant.
    fn unknown(&self, word: &str) -> Fault {
        let mut fault = self.expected(A_TEST);
        if states::from_word(word).is_some() {
            fault.message = format!("expected a test, found a state: write state {word}");
        } else if matches!(host::parse(word), Ok(host::HostPattern::Inet { address: host::Address::Prefix { .. }, .. }))
        {
            fault.message = format!("expected a test, found an address: write src {word}, dst {word}, or host {word}");
        } else if host::number(word).is_some() {
            fault.message = format!("expected a test, found a number: write port {word}, or pid {word}");
        } else if matches!(word, "tcp" | "udp") {
            fault.message = format!("expected a test, found a protocol: {word} alone is the option -{word:.1}");
        }
        // Any other word is a host to ss.
        if matches!(word, "and" | "or") { fault } else { fault.of_value() }
    }

    /// A relation, if one stands here.
    fn relation(&mut self) -> Option<Relation> {
        let relation = match self.peek()?.kind {
            Kind::Relation(relation) => relation,
            Kind::Word => Relation::from_word(&self.keyword()?)?,
            _ => return None,
        };
        self.next += 1;
        Some(relation)
    }

    /// Whether the test is for that, or for all others.
    fn equality(&mut self) -> Result<bool, Fault> {
        let at = self.peek().map(|token| token.span.clone());
        match self.relation() {
            None | Some(Relation::Equal) => Ok(true),
            Some(Relation::Unequal) => Ok(false),
            Some(other) => Err(self.fault(at.unwrap_or_default(), format!("expected = or !=, found {other}"))),
        }
    }

    fn text(&mut self, what: &str) -> Result<String, Fault> {
        Ok(self.value(what)?.text.to_owned())
    }

    fn number(&mut self, what: &str) -> Result<u64, Fault> {
        match self.peek().map(|token| host::number(token.text)) {
            Some(Some(number)) => {
                self.next += 1;
                Ok(number)
            }
            _ => Err(self.too_large().unwrap_or_else(|| self.expected(what))),
        }
    }

    /// What is wrong with digits that are no number here.
    fn too_large(&self) -> Option<Fault> {
        let token = self.peek().filter(|token| token.text.bytes().all(|octet| octet.is_ascii_digit()))?;
        let message = format!("{} is too large: {} is the most", token.text, u64::MAX);
        (!token.text.is_empty()).then(|| self.fault(token.span.clone(), message))
    }

    fn host(&mut self) -> Result<host::HostPattern, Fault> {
        let token = self.value("an address, a prefix, a name, or :PORT")?;
        let start = token.span.start + usize::from(token.quoted);
        if self.dialect == Dialect::Ports && token.text.starts_with(['/', '@']) {
            return Ok(host::HostPattern::Unix(token.text.to_owned()));
        }
        host::parse(token.text)
            .map_err(|(span, message)| self.fault(start + span.start..start + span.end, message).of_value())
    }

    fn port(&mut self) -> Result<PortPattern, Fault> {
        let token = self.value("a port: a number, a range like 80-90, or the name of a service")?;
        let digits = token.text.strip_prefix("*:").or_else(|| token.text.strip_prefix(':')).unwrap_or(token.text);
        let start = token.span.start + (token.text.len() - digits.len());
        host::port(digits).map_err(|message| self.fault(start..token.span.end.max(start), message).of_value())
    }

    fn mark(&mut self) -> Result<Predicate, Fault> {
        const WHAT: &str = "a mark: a number, or NUMBER/MASK, decimal or behind 0x";
        let equal = self.equality()?;
        let token = self.peek().cloned();
        let wrong = self.expected(WHAT);
        let text = self.text(WHAT)?;
        let bits = |text: &str| match behind_0x(text) {
            Some(digits) => u32::from_str_radix(digits, 16).ok(),
            None => host::number(text)?.try_into().ok(),
        };
        let (mark, mask) = match text.split_once('/') {
            Some((mark, mask)) => (bits(mark), bits(mask)),
            None => (bits(&text), Some(u32::MAX)),
        };
        let (Some(mark), Some(mask)) = (mark, mask) else { return Err(wrong.of_value()) };
        if mark & !mask != 0 {
            let span = token.map(|token| token.span).unwrap_or_default();
            return Err(self.fault(span, format!("no mark is {mark:#x} under the mask {mask:#x}")));
        }
        Ok(Predicate::Mark { equal, mark, mask })
    }

    fn user(&mut self) -> Result<Predicate, Fault> {
        let equal = self.equality()?;
        let user = self.text("a user, by name or number")?;
        let relation = if equal { Relation::Equal } else { Relation::Unequal };
        Ok(match host::number(&user) {
            Some(value) => Predicate::Number { field: Field::Uid, relation, value },
            None => Predicate::User { equal, user },
        })
    }

    fn family(&mut self) -> Result<Predicate, Fault> {
        let equal = self.equality()?;
        let family = match self.keyword().as_deref() {
            Some("4" | "inet" | "ipv4") => Family::INET,
            Some("6" | "inet6" | "ipv6") => Family::INET6,
            _ => return Err(self.expected("a family: 4, 6, inet or inet6")),
        };
        self.next += 1;
        Ok(Predicate::Family { equal, family })
    }
}

/// What begins a test, numbers apart.
const WORDS: [&str; 20] = [
    "src",
    "dst",
    "host",
    "sport",
    "dport",
    "port",
    "dev",
    "fwmark",
    "mark",
    "cgroup",
    "autobound",
    "user",
    "process",
    "comm",
    "family",
    "inet",
    "inet6",
    "ipv4",
    "ipv6",
    "state",
];
const A_TEST: &str = "a test (src, dst, sport, dport, state, dev, pid ..)";
