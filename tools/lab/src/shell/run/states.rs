//! The states of the sockets of some hosts, looked at every ten milliseconds.
//!
//! A socket is known by its cookie, which it keeps into TIME_WAIT. A state that lasts shorter than the time between two
//! looks may be missed: SYN_SENT on a link without delay.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

use sockeye_cli::{Failure, Status};
use sockeye_sys::sock_diag::{InetSocket, Request, SockDiag};
use sockeye_sys::{Family, Protocol, TcpState};

use super::super::network::Host;
use super::clock::{Moment, now};
use super::limits::{Room, Tally};
use super::processes::News;
use crate::record::What;

/// How long between two looks.
const INTERVAL: Duration = Duration::from_millis(10);

/// Watches sockets for as long as it lives.
#[derive(Debug)]
pub struct States {
    looks: Sender<Sender<()>>,
}

/// A host whose sockets are watched.
struct Watched {
    node: String,
    diag: SockDiag,
    known: BTreeMap<u64, Seen>,
}

/// What a socket was at the last look.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Seen {
    protocol: Protocol,
    state: TcpState,
    local: SocketAddr,
    peer: SocketAddr,
}

impl States {
    /// Begins to watch these hosts, and tells of changes through `news`; counts in `left_out` those for which there is no
    /// room in a run.
    ///
    /// # Errors
    /// [`Failure`] if the kernel does not list its sockets.
    pub fn watch<'a>(
        hosts: impl IntoIterator<Item = &'a Host>,
        news: Sender<News>,
        left_out: Arc<Tally>,
    ) -> Result<Self, Failure> {
        let room = Room::for_states();
        let mut watched = Vec::new();
        for host in hosts {
            let opened = host.run(SockDiag::open).map_err(|error| Failure::host(error.to_string()))?;
            let diag = opened.map_err(|error| Failure::host(error.to_string()))?;
            watched.push(Watched { node: host.name.clone(), diag, known: BTreeMap::new() });
        }
        let (looks, asked) = mpsc::channel::<Sender<()>>();
        let work = move || {
            loop {
                let reply = match asked.recv_timeout(INTERVAL) {
                    Ok(reply) => Some(reply),
                    Err(RecvTimeoutError::Timeout) => None,
                    Err(RecvTimeoutError::Disconnected) => return,
                };
                for host in &mut watched {
                    host.look(&mut |at, what| {
                        if room.take(0) {
                            // Nobody is left to tell when the experiment is over.
                            let _ = news.send(News::State(at, what));
                        } else {
                            left_out.add(1, 0);
                        }
                    });
                }
                if let Some(reply) = reply {
                    // Whoever asked may have gone meanwhile.
                    let _ = reply.send(());
                }
            }
        };
        let failed = |error: io::Error| Failure::call(Status::HOST, "clone", "a thread", &error);
        thread::Builder::new().name("states".into()).spawn(work).map_err(failed)?;
        Ok(Self { looks })
    }

    /// Looks once more, now, and returns when what was seen is among the news.
    pub fn look(&self) {
        let (reply, replied) = mpsc::channel();
        if self.looks.send(reply).is_ok() {
            // It is answered, or the thread has ended.
            let _ = replied.recv();
        }
    }
}

impl Watched {
    fn look(&mut self, changed: &mut dyn FnMut(Moment, What)) {
        let mut seen = BTreeMap::new();
        let requests = [
            Request::new(Family::UNSPEC, Protocol::TCP),
            Request::new(Family::INET, Protocol::UDP),
            Request::new(Family::INET6, Protocol::UDP),
        ];
        for request in requests {
            let mut keep = |row: InetSocket| {
                let InetSocket { protocol, state, local, peer, cookie, .. } = row;
                seen.insert(cookie, Seen { protocol, state, local, peer });
            };
            // A list that is not whole would make sockets vanish that are there.
            match self.diag.dump(&request, &mut keep) {
                Ok(dumped) if !dumped.interrupted => {}
                Err(error) if error.is_unsupported() => {}
                _ => return,
            }
        }
        let at = now();
        let mut tell = |cookie: u64, from: Option<&Seen>, to: Option<&Seen>| {
            let Some(of) = to.or(from) else { return };
            let what = What::State {
                node: self.node.clone(),
                protocol: if of.protocol == Protocol::UDP { "udp" } else { "tcp" }.to_owned(),
                local: endpoint(of.local),
                peer: endpoint(of.peer),
                from: from.map(state),
                to: to.map(state),
                cookie,
            };
            changed(at, what);
        };
        for (cookie, seen) in &seen {
            match self.known.get(cookie) {
                Some(before)
                    if before.state == seen.state && before.local == seen.local && before.peer == seen.peer => {}
                before => tell(*cookie, before, Some(seen)),
            }
        }
        for (cookie, before) in self.known.iter().filter(|(cookie, _)| !seen.contains_key(cookie)) {
            tell(*cookie, Some(before), None);
        }
        self.known = seen;
    }
}

/// A state as the kernel's headers and most programs name it, without the prefix. Of a UDP socket the kernel says
/// ESTABLISHED and CLOSE, which are no states of UDP: it has a peer, or none.
fn state(seen: &Seen) -> String {
    let name = match (seen.state, seen.protocol) {
        (TcpState::Established, Protocol::UDP) => "connected",
        (_, Protocol::UDP) => "unconnected",
        (TcpState::Closed, _) => "CLOSE",
        (TcpState::SynReceived | TcpState::NewSynReceived, _) => "SYN_RECV",
        (TcpState::BoundInactive, _) => "BOUND",
        (TcpState::FinWait1, _) => "FIN_WAIT1",
        (TcpState::FinWait2, _) => "FIN_WAIT2",
        (state, _) => return state.to_string().replace('-', "_"),
    };
    name.to_owned()
}

fn endpoint(addr: SocketAddr) -> String {
    if addr.ip().is_unspecified() && addr.port() == 0 { "*:*".to_owned() } else { addr.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_have_the_names_of_the_kernel() {
        let any = SocketAddr::from(([0, 0, 0, 0], 0));
        let named = |state, protocol| super::state(&Seen { protocol, state, local: any, peer: any });
        let names = TcpState::ALL.map(|state| named(state, Protocol::TCP));
        assert_eq!(
            names.join(" "),
            "ESTABLISHED SYN_SENT SYN_RECV FIN_WAIT1 FIN_WAIT2 TIME_WAIT CLOSE CLOSE_WAIT LAST_ACK LISTEN CLOSING SYN_RECV BOUND"
        );
        assert_eq!(named(TcpState::Closed, Protocol::UDP), "unconnected");
        assert_eq!(named(TcpState::Established, Protocol::UDP), "connected");
        assert_eq!(endpoint(any), "*:*");
        assert_eq!(endpoint(SocketAddr::from(([0, 0, 0, 0], 7000))), "0.0.0.0:7000");
    }
}
