//! Say why a port is not to be had, and what helps.
//!
//! - [`rules`]: whether bind(2) would succeed, from the list of sockets and a few settings
//! - [`range`]: ports that the kernel chooses
//! - [`advice`]: what helps
//! - [`report`]: the answer as text and JSON
//! - [`proof`]: what trial binds prove of options that no list shows
//! - [`sentences`]: what is said of one socket, and of one rule
//! - [`errno`]: error numbers by name

pub mod advice;
pub mod errno;
pub mod proof;
pub mod range;
pub mod report;
pub mod rules;
pub mod sentences;

use std::collections::{BTreeMap, HashSet};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};

use sockeye_cli::escape::escape;
use sockeye_cli::{Failure, Output, Status};
use sockeye_common::addr::{Host as Address, Service};
use sockeye_sys::sock_diag::Extensions;
use sockeye_sys::{Protocol, TcpState, interface};

use self::advice::Help;
use self::errno::Errno;
use self::proof::{Trial, Tried};
use self::report::{Answer, Elsewhere, Fullness, Step};
use self::rules::{Holder, Host, Prediction, Question, Rule, predict};
use crate::byte_order;
use crate::cli::{WantedOwners, Why, shown};
use crate::explain::Event;
use crate::names::Names;
use crate::owners::{Holders, push_command};
use crate::shell;
use crate::shell::bind;
use crate::socket::Socket;
use crate::state::State;

/// Runs `ports why`: yes if every bind that was asked about would succeed.
///
/// # Errors
/// [`Failure`] if it cannot be done.
pub fn run(job: &Why, output: &mut Output<'_>) -> Result<Status, Failure> {
    let port = port_of(&job.target.service, job.protocol)?;
    let questions = questions(job, port)?;
    let sockets = all_sockets(Extensions::EMPTY, output)?;
    let mut host = host(output)?;
    let (own, others) = of_port(&sockets, port);
    let shown: Vec<Socket> = own.iter().chain(&others).cloned().collect();
    let in_range = |socket: &&Socket| port == 0 && host.ephemeral.contains(&socket.local.port());
    let elsewhere = if port == 0 { Vec::new() } else { shell::elsewhere::waiting(job.protocol, port) };
    let far = elsewhere.iter().map(|found| &found.socket);
    let searched: Vec<Socket> = shown.iter().chain(sockets.iter().filter(in_range)).chain(far).cloned().collect();
    let (owners, search) = shell::holders(&searched, WantedOwners::All);
    output.event(&Event::OwnersSearched(search))?;
    host.holders = own.into_iter().map(|socket| with_reuse(socket, &owners)).collect();
    let names = shell::names(&shown, true);
    let case = Case {
        job,
        host: &host,
        owners: &owners,
        names: &names,
        sockets: &sockets,
        misplaced: &others,
        elsewhere: &elsewhere,
    };
    let mut all_succeed = true;
    let mut before: Option<(Prediction, Option<Tried>)> = None;
    for question in &questions {
        let mut answer = case.answer(question, output)?;
        all_succeed &= answer.succeeds() == Some(true);
        let outcome = (answer.prediction.clone(), answer.tried);
        answer.same_as_before = before.as_ref() == Some(&outcome);
        output.result(&answer)?;
        before = Some(outcome);
    }
    Ok(if all_succeed { Status::YES } else { Status::NO })
}

/// The port as a number.
///
/// # Errors
/// [`Failure`] if no service has the name.
pub(crate) fn port_of(service: &Service, protocol: Protocol) -> Result<u16, Failure> {
    match service {
        Service::Number(port) => Ok(*port),
        Service::Name(name) => bind::service(protocol, name).ok_or_else(|| {
            Failure::usage(format!("{}: /etc/services has no such service", escape(name)))
                .hint("give the port as a number")
        }),
    }
}

/// The index of an interface, by name or as it is: there need not be one of this index.
///
/// # Errors
/// [`Failure`] if no interface has the name.
fn interface_index(name: &str) -> Result<u32, Failure> {
    name.parse().ok().map_or_else(|| interface::index(name).map_err(|_| no_interface(name)), Ok)
}

/// The index of the interface that SO_BINDTODEVICE is to be set to, which takes a name.
fn device(name: &str) -> Result<u32, Failure> {
    let index = interface_index(name)?;
    interface::name(index).map(|_| index).ok_or_else(|| no_interface(name))
}

fn no_interface(name: &str) -> Failure {
    Failure::usage(format!("{}: there is no such interface", shown(name)))
}

/// Every TCP and UDP socket of this namespace, with these extensions. What is doubtful of the list is told.
///
/// # Errors
/// [`Failure`] if the kernel does not list them.
pub(crate) fn all_sockets(extensions: Extensions, output: &mut Output<'_>) -> Result<Vec<Socket>, Failure> {
    let (sockets, doubts) =
        output.narrate(|explain: &mut dyn FnMut(Event)| bind::all_sockets(extensions, explain))??;
    doubts.notes().for_each(|note| output.note(note));
    Ok(sockets)
}

/// The settings and addresses of this host, without any holder. What is doubtful of the addresses is told.
///
/// # Errors
/// [`Failure`] if the kernel does not list them.
pub(crate) fn host(output: &mut Output<'_>) -> Result<Host, Failure> {
    let (host, doubt) = bind::host()?;
    if let Some(doubt) = doubt {
        output.note(doubt);
    }
    Ok(host)
}

/// The index of the interface that an address names behind its `%`.
///
/// # Errors
/// [`Failure`] if there is no such interface.
pub(crate) fn link_of(host: Option<&Address>) -> Result<Option<u32>, Failure> {
    match host {
        Some(Address::V6 { zone: Some(zone), .. }) => interface_index(zone.as_str()).map(Some),
        _ => Ok(None),
    }
}

/// What is asked: of one address, or of every address in both ways that servers do it.
fn questions(job: &Why, port: u16) -> Result<Vec<Question>, Failure> {
    let device = job.device.as_deref().map(device).transpose()?;
    let question = |addr: SocketAddr| Question {
        protocol: job.protocol,
        addr,
        v6only: addr.is_ipv6() && (job.v6only || bind::v6only_by_default()),
        reuse_address: job.reuse_address,
        reuse_port: job.reuse_port,
        device,
    };
    let any = |addr: IpAddr| question(SocketAddr::new(addr, port));
    Ok(match &job.host {
        None if job.v6only => vec![any(Ipv6Addr::UNSPECIFIED.into())],
        None => vec![any(Ipv4Addr::UNSPECIFIED.into()), any(Ipv6Addr::UNSPECIFIED.into())],
        Some(Address::V6 { addr, .. }) => {
            let scope = link_of(job.host.as_ref())?.unwrap_or(0);
            vec![question(SocketAddrV6::new(*addr, port, 0, scope).into())]
        }
        Some(host) => host.ip().map(any).into_iter().collect(),
    })
}

/// The sockets that have the port here; and those that have the port that it becomes without htons(), or that it came from.
fn of_port(sockets: &[Socket], port: u16) -> (Vec<Socket>, Vec<Socket>) {
    let on = |wanted: u16| sockets.iter().filter(move |socket| wanted != 0 && socket.local.port() == wanted).cloned();
    let waits = |socket: &Socket| {
        matches!(socket.state, State::Tcp(TcpState::Listen | TcpState::BoundInactive) | State::Unconnected)
    };
    let swapped = byte_order::swapped(port);
    let misplaced = byte_order::meant(swapped).is_some().then(|| on(swapped).filter(waits)).into_iter().flatten();
    (on(port).collect(), misplaced.collect())
}

/// What the first process that may be looked into has set.
fn with_reuse(socket: Socket, owners: &Holders) -> Holder {
    let options = owners.of(socket.inode).find_map(|owner| bind::options_of(owner.pid, owner.fd));
    let v6only = socket.v6only.or(options.and_then(|(_, v6only)| v6only));
    Holder { socket, reuse: options.map(|(reuse, _)| reuse), v6only }
}

/// Everything that the answers need.
struct Case<'a> {
    job: &'a Why,
    host: &'a Host,
    owners: &'a Holders,
    names: &'a Names,
    sockets: &'a [Socket],
    misplaced: &'a [Socket],
    elsewhere: &'a [Elsewhere],
}

impl<'a> Case<'a> {
    fn answer(&self, question: &Question, output: &mut Output<'_>) -> Result<Answer<'a>, Failure> {
        let fullness = self.fullness(question);
        let prediction = self.predicted(question, fullness.as_ref());
        output.event(&Step::judged(question, &prediction, self.host))?;
        let tried = self.tried(question, output)?;
        let mut trials = Vec::new();
        trials.extend(tried.map(|tried| Trial { question: *question, prediction: prediction.clone(), tried }));
        let errno = match tried {
            Some(Tried::Refused { errno }) => Some(errno),
            Some(Tried::Bound) => None,
            // Until a trial says otherwise: somebody has it.
            None | Some(Tried::NotTried) if !prediction.is_sure() => Some(Errno::EADDRINUSE),
            None | Some(Tried::NotTried) => prediction.errno(),
        };
        let advice = match errno {
            Some(errno) => self.advice(question, errno, &prediction, &mut trials, output)?,
            None => Vec::new(),
        };
        let other_protocol = (!self.job.protocol_said && question.addr.port() != 0).then(|| {
            let protocol = if question.protocol == Protocol::TCP { Protocol::UDP } else { Protocol::TCP };
            predict(&Question { protocol, ..*question }, self.host)
        });
        Ok(Answer {
            question: *question,
            host: self.host,
            owners: self.owners,
            names: self.names,
            prediction,
            tried,
            trials,
            advice,
            misplaced: self.misplaced,
            elsewhere: self.elsewhere,
            fullness,
            other_protocol,
            limit: self.job.limit,
            same_as_before: false,
        })
    }

    /// What the rules say; of port 0 with what is left of the range.
    fn predicted(&self, question: &Question, fullness: Option<&Fullness>) -> Prediction {
        let prediction = predict(question, self.host);
        let Some(Fullness { range, .. }) = fullness.filter(|_| prediction == Prediction::Succeeds) else {
            return prediction;
        };
        // A UDP socket may share one, which depends on what cannot be read of so many.
        let may_share = question.protocol == Protocol::UDP && (question.reuse_address || question.reuse_port);
        match range.free {
            0 if !may_share => Prediction::Fails { rule: Rule::RangeUsedUp, culprits: Vec::new() },
            0 => Prediction::Unsure { culprits: Vec::new() },
            1 if range.one_by_chance => Prediction::Unsure { culprits: Vec::new() },
            _ => prediction,
        }
    }

    /// What helps, and whether a trial has shown it. The trials are added to those that were made.
    fn advice(
        &self,
        question: &Question,
        errno: Errno,
        prediction: &Prediction,
        trials: &mut Vec<Trial>,
        output: &mut Output<'_>,
    ) -> Result<Vec<(Help, Option<bool>)>, Failure> {
        let of_protocol = self.sockets.iter().filter(|socket| socket.protocol == question.protocol);
        let ports: HashSet<u16> = of_protocol.map(|socket| socket.local.port()).collect();
        let used = |port| ports.contains(&port);
        let mut advice = Vec::new();
        for candidate in advice::candidates(question, errno, prediction, self.host, self.owners, &used) {
            let Some(other) = candidate.question else {
                advice.push((candidate.help, None));
                continue;
            };
            let expected = predict(&other, self.host);
            let tried = self.tried(&other, output)?;
            let outlook = match tried {
                Some(Tried::Bound) => Some(true),
                None | Some(Tried::NotTried) if expected == Prediction::Succeeds => None,
                _ => Some(false),
            };
            trials.extend(tried.map(|tried| Trial { question: other, prediction: expected, tried }));
            if outlook != Some(false) {
                advice.push((candidate.help, outlook));
            }
        }
        // Where SO_REUSEADDR helps now, the server has set it already.
        if advice.contains(&(Help::ReuseAddress, Some(true))) {
            advice.retain(|(help, _)| *help != Help::ReuseInServer);
        }
        Ok(advice)
    }

    /// The processes that have most sockets in the range, each with their number.
    fn range_holders(&self, question: &Question) -> Vec<(String, usize)> {
        let mut counts: BTreeMap<u32, (String, usize)> = BTreeMap::new();
        for socket in range::taking(question, self.host.uid, self.sockets, &self.host.ephemeral) {
            let mut pids: Vec<(u32, &str)> =
                self.owners.of(socket.inode).map(|owner| (owner.pid, owner.command)).collect();
            pids.dedup();
            for (pid, command) in pids {
                let named = || {
                    let mut who = String::new();
                    push_command(&mut who, command);
                    (format!("{who}[{pid}]"), 0)
                };
                counts.entry(pid).or_insert_with(named).1 += 1;
            }
        }
        let mut all: Vec<(String, usize)> = counts.into_values().collect();
        all.sort_by_key(|(_, sockets)| std::cmp::Reverse(*sockets));
        all.truncate(3);
        all
    }

    /// Of port 0: how full the range is.
    fn fullness(&self, question: &Question) -> Option<Fullness> {
        let host = self.host;
        let range = || range::count(question, host.uid, self.sockets, &host.ephemeral, &host.reserved);
        (question.addr.port() == 0).then(|| Fullness { range: range(), holders: self.range_holders(question) })
    }

    /// A trial, if it was not forbidden and harms nobody.
    fn tried(&self, question: &Question, output: &mut Output<'_>) -> Result<Option<Tried>, Failure> {
        if !self.job.trial {
            return Ok(None);
        }
        let tried = if rules::takes_datagrams(question, self.host) {
            Tried::NotTried
        } else {
            match bind::try_bind(question) {
                Ok(()) => Tried::Bound,
                Err(errno) => Tried::Refused { errno },
            }
        };
        output.event(&Step::tried(question, tried, self.host))?;
        Ok(Some(tried))
    }
}
