//! What a trace means: why there are stars, and why it ended where it did.

use std::fmt;
use std::net::IpAddr;

use serde::Serialize;

use super::Late;
use super::report::{Hop, Outcome};
use crate::answer::{Answer, Says};
use crate::icmp::{Class, Kind};
use crate::options::Protocol;

/// One thing to say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "note", rename_all = "snake_case")]
pub enum Note {
    /// Hops that are silent although later ones answer.
    SilentRouters {
        /// Which.
        ttls: Vec<u8>,
    },
    /// Silent hops before a refusal or the host, of which nothing says that they are there.
    Unproven {
        /// Which.
        ttls: Vec<u8>,
        /// Who answered at the next one.
        from: IpAddr,
        /// Where that is.
        ttl: u8,
        /// How far it is, if it was seen before.
        seen: Option<u8>,
    },
    /// A refusal that came after its hop was shown.
    Late {
        /// That hop.
        ttl: u8,
        /// Who refuses.
        from: IpAddr,
        /// With what.
        kind: Kind,
        /// That in words.
        words: String,
    },
    /// Hops that answered some probes.
    SomeLost {
        /// Which.
        ttls: Vec<u8>,
    },
    /// Nothing came from behind a hop.
    SilentEnd {
        /// The last one that answered, if one did.
        last: Option<IpAddr>,
        /// How far it is.
        ttl: Option<u8>,
        /// What was sent.
        protocol: Protocol,
    },
    /// Who ended it, and how.
    Ended {
        /// Who.
        from: IpAddr,
        /// With what.
        kind: Kind,
        /// That in words.
        words: String,
    },
    /// The same router twice, with another one between.
    Loop {
        /// Which.
        addr: IpAddr,
        /// Where.
        ttls: Vec<u8>,
    },
    /// Several routers at one hop.
    Balanced {
        /// Where.
        ttls: Vec<u8>,
    },
    /// Every hop that may be asked was asked.
    TooFar {
        /// The last one.
        ttl: u8,
    },
    /// Answers did not tell which probe they are about.
    OneByOne,
    /// Long packets vanish without a word.
    BlackHole {
        /// Before which hop.
        ttl: u8,
        /// What does not vanish, in octets.
        mtu_octets: u32,
    },
}

/// What there is to say about these hops. `max` is the last TTL that could have been asked.
pub fn notes(
    target: IpAddr,
    hops: &[Hop],
    protocol: Protocol,
    max: u8,
    one_by_one: bool,
    late: Option<&Late>,
) -> Vec<Note> {
    let answered = |hop: &Hop| hop.probes.iter().any(|probe| probe.answer().is_some());
    let last = hops.iter().rposition(answered);
    let heard = last.and_then(|last| hops.get(..=last)).unwrap_or_default();
    let ttls = |which: &dyn Fn(&Hop) -> bool| -> Vec<u8> {
        heard.iter().filter(|hop| which(hop)).map(|hop| hop.ttl).collect()
    };
    let mut notes = Vec::new();
    let proven =
        heard.iter().rev().find(|hop| hop.probes.iter().filter_map(Outcome::answer).any(Answer::shows_distance));
    let proven = proven.map_or(0, |hop| hop.ttl);
    let silent = ttls(&|hop| hop.ttl < proven && is_silent(hop));
    if !silent.is_empty() {
        notes.push(Note::SilentRouters { ttls: silent });
    }
    notes.extend(unproven(heard, ttls(&|hop| hop.ttl > proven && is_silent(hop))));
    let some = ttls(&|hop| hop.silent() > 0 && hop.silent() < hop.probes.len());
    if !some.is_empty() {
        notes.push(Note::SomeLost { ttls: some });
    }
    let several = ttls(&|hop| hop.senders().len() > 1);
    if !several.is_empty() {
        notes.push(Note::Balanced { ttls: several });
    }
    notes.extend(loops(heard));
    match late.and_then(said_late) {
        Some(late) => notes.push(late),
        None => notes.extend(end(target, hops, heard, protocol, max)),
    }
    let holes = hops.iter().flat_map(|hop| hop.mtu.iter().map(move |mtu| (hop.ttl, mtu)));
    notes.extend(
        holes.filter(|(_, mtu)| mtu.silent).map(|(ttl, mtu)| Note::BlackHole { ttl, mtu_octets: mtu.mtu_octets }),
    );
    if one_by_one {
        notes.push(Note::OneByOne);
    }
    notes
}

fn is_silent(hop: &Hop) -> bool {
    hop.silent() == hop.probes.len()
}

/// What is to be said of silent hops behind the last one that is certain.
fn unproven(heard: &[Hop], ttls: Vec<u8>) -> Option<Note> {
    let first = *ttls.first()?;
    let behind = heard.iter().filter(|hop| hop.ttl > first);
    let (ttl, from) = behind.flat_map(|hop| hop.senders().into_iter().map(|from| (hop.ttl, from))).next()?;
    let seen = heard.iter().find(|hop| hop.ttl < first && hop.senders().contains(&from)).map(|hop| hop.ttl);
    Some(Note::Unproven { ttls, from, ttl, seen })
}

/// A router that answers at two hops with another one in between, or at three in a row.
fn loops(hops: &[Hop]) -> Option<Note> {
    let expired = |hop: &Hop, addr: IpAddr| {
        hop.probes.iter().filter_map(Outcome::answer).any(|answer| answer.from == addr && answer.is_expired())
    };
    let all = hops.iter().flat_map(Hop::senders);
    for addr in all {
        let ttls: Vec<u8> = hops.iter().filter(|hop| expired(hop, addr)).map(|hop| hop.ttl).collect();
        let apart = matches!((ttls.first(), ttls.last()), (Some(first), Some(last)) if last - first >= 2);
        if apart {
            return Some(Note::Loop { addr, ttls });
        }
    }
    None
}

fn said_late(late: &Late) -> Option<Note> {
    let Says::Icmp { kind, .. } = late.answer.says else { return None };
    Some(Note::Late { ttl: late.ttl, from: late.answer.from, kind, words: kind.words() })
}

fn end(target: IpAddr, hops: &[Hop], heard: &[Hop], protocol: Protocol, max: u8) -> Option<Note> {
    let last = heard.last();
    let answers = || last.into_iter().flat_map(|hop| &hop.probes).filter_map(Outcome::answer);
    if answers().any(|answer| answer.arrived(target)) {
        return None;
    }
    let refusal = answers().find_map(|answer| match answer.says {
        Says::Icmp { kind, .. } if answer.is_final() || kind.class() == Class::TooBig => Some((answer.from, kind)),
        _ => None,
    });
    if let Some((from, kind)) = refusal {
        return Some(Note::Ended { from, kind, words: kind.words() });
    }
    if hops.len() == heard.len() && last.is_some_and(|hop| hop.ttl == max) {
        return Some(Note::TooFar { ttl: max });
    }
    if hops.iter().flat_map(|hop| &hop.probes).all(|probe| matches!(probe, Outcome::NotSent { .. })) {
        return None;
    }
    let last = last.and_then(|hop| Some((hop.senders().first().copied()?, hop.ttl)));
    Some(Note::SilentEnd { last: last.map(|(addr, _)| addr), ttl: last.map(|(_, ttl)| ttl), protocol })
}

/// `hop 2`, `hops 2, 3 and 7`.
fn named(ttls: &[u8]) -> String {
    let texts: Vec<String> = ttls.iter().map(u8::to_string).collect();
    match texts.split_last() {
        None => "no hop".to_owned(),
        Some((only, [])) => format!("hop {only}"),
        Some((last, rest)) => format!("hops {} and {last}", rest.join(", ")),
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SilentRouters { ttls } => write!(
                f,
                "* at {}: silent, but later hops answer, so it passes probes on. Routers may send no ICMP errors, or not so \
many at once; this is no break.",
                named(ttls)
            ),
            Self::Unproven { from, seen: Some(seen), .. } => {
                write!(f, "There need be no hop behind {seen}: {from} is hop {seen} and refuses what goes further.")
            }
            Self::Unproven { ttls, from, ttl, seen: None } => write!(
                f,
                "* at {}: silent, and nothing says that they are there. {from} may be any of hops {} to {ttl}: who refuses probes \
limits how many errors it sends.",
                named(ttls),
                ttls.first().unwrap_or(ttl)
            ),
            Self::Late { ttl, from, kind, words } => write!(
                f,
                "Later than -w, {from} said to a probe of hop {ttl}: {words}; {}. Nothing is behind it.",
                kind.meaning()
            ),
            Self::SomeLost { ttls } => write!(
                f,
                "* at {}: some probes were answered. Routers limit how many ICMP errors they send; only loss that goes on at \
every later hop is loss on the way.",
                named(ttls)
            ),
            Self::Balanced { ttls } => {
                write!(f, "Several routers at {}: the way divides, and probes took different ones.", named(ttls))
            }
            Self::Loop { addr, ttls } => {
                write!(f, "{addr} answers at {}: a routing loop, unless it changes the TTL.", named(ttls))
            }
            Self::Ended { from, kind, words } if kind.class() == Class::NoListener => {
                write!(f, "{from} says: {words}; but it is not the host, so a rule there refuses the probes.")
            }
            Self::Ended { from, kind, words } => write!(f, "{from} says: {words}; {}.", kind.meaning()),
            Self::TooFar { ttl } => write!(f, "Not there after {ttl} hops: -m asks further."),
            Self::OneByOne => {
                f.write_str("Answers quote too little to tell which probe they are about: probes went one by one.")
            }
            Self::BlackHole { ttl, mtu_octets } => write!(
                f,
                "Packets of more than {mtu_octets} octets vanish before hop {ttl}, and nobody says so: connections begin well \
and then hang. An ICMP error is filtered, or two ends of a link have different MTUs."
            ),
            Self::SilentEnd { last, ttl, protocol } => {
                match (last, ttl) {
                    (Some(addr), Some(ttl)) => write!(f, "Nothing answers behind hop {ttl} ({addr})")?,
                    _ => f.write_str("Nothing answers at all")?,
                }
                let other = match protocol {
                    Protocol::Icmp => "-U, or -T -p 443",
                    Protocol::Udp => "-I, or -T -p 443",
                    Protocol::Tcp => "-I, -U, or another port with -p",
                };
                write!(
                    f,
                    ": a filter drops the probes or the answers, there is no way back, or the host is down. Others may get \
through: {other}."
                )
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::options::Family;

    const TARGET: [u8; 4] = [192, 0, 2, 99];

    fn answer(last: u8, icmp_type: u8, code: u8) -> Outcome {
        let kind = Kind { family: Family::Ipv4, icmp_type, code };
        let answer = Answer {
            from: [192, 0, 2, last].into(),
            says: Says::Icmp { kind, mtu_octets: None },
            ttl: None,
            quoted_ttl: None,
            extensions: Vec::new(),
        };
        Outcome::Answered { answer, rtt: Duration::from_millis(1) }
    }

    fn hops(rows: &[&[Outcome]]) -> Vec<Hop> {
        (1..).zip(rows).map(|(ttl, probes)| Hop { ttl, probes: probes.to_vec(), mtu: Vec::new() }).collect()
    }

    fn said(rows: &[&[Outcome]]) -> Vec<Note> {
        notes(TARGET.into(), &hops(rows), Protocol::Udp, 30, false, None)
    }

    #[test]
    fn stars_before_an_answer_are_no_break() {
        let star = Outcome::Silent;
        let told = said(&[
            &[answer(1, 11, 0), star.clone()],
            &[star.clone(), star],
            &[answer(3, 11, 0), answer(3, 11, 0)],
            &[answer(99, 3, 3), answer(99, 3, 3)],
        ]);
        assert_eq!(told, [Note::SilentRouters { ttls: vec![2] }, Note::SomeLost { ttls: vec![1] }]);
        assert!(told[0].to_string().starts_with("* at hop 2: silent, but later hops answer"), "{}", told[0]);
    }

    #[test]
    fn a_refusal_does_not_prove_the_hops_before_it() {
        let star = || Outcome::Silent;
        let unproven = |seen| Note::Unproven { ttls: vec![2, 3], from: [192, 0, 2, 1].into(), ttl: 4, seen };
        let told = said(&[&[answer(1, 11, 0)], &[star()], &[star()], &[answer(1, 3, 1)]]);
        assert_eq!(told[0], unproven(Some(1)));
        assert!(matches!(told[1..], [Note::Ended { .. }]), "no loop: {told:?}");
        let told = said(&[&[answer(7, 11, 0)], &[star()], &[star()], &[answer(1, 3, 1)]]);
        assert_eq!(told[0], unproven(None));
        assert!(told[0].to_string().contains("192.0.2.1 may be any of hops 2 to 4"), "{}", told[0]);
        // Nor does the host, whose errors are limited as well, unless it quotes a TTL of 1.
        let mut exact = answer(99, 3, 3);
        if let Outcome::Answered { answer, .. } = &mut exact {
            answer.quoted_ttl = Some(1);
        }
        assert!(matches!(said(&[&[star()], &[answer(99, 3, 3)]])[..], [Note::Unproven { .. }]));
        assert_eq!(said(&[&[star()], &[exact]]), [Note::SilentRouters { ttls: vec![1] }]);
    }

    #[test]
    fn too_long_at_every_hop_is_no_loop() {
        let told = said(&[&[answer(1, 11, 0)], &[answer(1, 3, 4)], &[answer(1, 3, 4)], &[answer(1, 3, 4)]]);
        assert!(matches!(told[..], [Note::Ended { .. }]), "{told:?}");
    }

    #[test]
    fn a_refusal_that_came_late_is_told() {
        let Outcome::Answered { answer, .. } = answer(1, 3, 1) else { panic!("no answer") };
        let late = Late { ttl: 2, answer };
        let told = notes(TARGET.into(), &hops(&[&[Outcome::Silent]]), Protocol::Udp, 30, false, Some(&late));
        let text = told.last().map(ToString::to_string).unwrap_or_default();
        assert!(text.starts_with("Later than -w, 192.0.2.1 said to a probe of hop 2: "), "{told:?}");
    }

    #[test]
    fn how_it_ended() {
        let star = || Outcome::Silent;
        assert_eq!(said(&[&[answer(99, 3, 3)]]), []);
        let told = said(&[&[answer(1, 11, 0)], &[star()], &[star()]]);
        let behind = Note::SilentEnd { last: Some([192, 0, 2, 1].into()), ttl: Some(1), protocol: Protocol::Udp };
        assert_eq!(told, [behind]);
        assert!(said(&[&[star()]])[0].to_string().starts_with("Nothing answers at all: "));
        let told = said(&[&[answer(1, 11, 0)], &[answer(2, 3, 13)]]);
        assert_eq!(
            told[0].to_string(),
            "192.0.2.2 says: communication administratively prohibited; a rule of this router or host forbids it."
        );
        let far: Vec<Vec<Outcome>> = (1..=30).map(|last| vec![answer(last, 11, 0)]).collect();
        let far: Vec<&[Outcome]> = far.iter().map(Vec::as_slice).collect();
        assert_eq!(said(&far), [Note::TooFar { ttl: 30 }]);
        assert_eq!(said(&[&[Outcome::NotSent { cause: "x".into() }]]), []);
    }

    #[test]
    fn loops_and_branches() {
        let told = said(&[&[answer(1, 11, 0)], &[answer(2, 11, 0)], &[answer(1, 11, 0)], &[answer(99, 3, 3)]]);
        assert_eq!(told, [Note::Loop { addr: [192, 0, 2, 1].into(), ttls: vec![1, 3] }]);
        let told = said(&[&[answer(1, 11, 0), answer(2, 11, 0)], &[answer(99, 3, 3)]]);
        assert_eq!(told, [Note::Balanced { ttls: vec![1] }]);
        // A router that counts no TTL in front of the next one shows that twice.
        assert_eq!(said(&[&[answer(2, 11, 0)], &[answer(2, 11, 0)], &[answer(99, 3, 3)]]), []);
    }
}
