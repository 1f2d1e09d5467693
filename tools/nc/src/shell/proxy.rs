//! Through a proxy: connects to it, and drives the [`Handshake`].

#![expect(clippy::disallowed_methods, reason = "the shell: reads the clock")]

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use sockeye_cli::Failure;
use sockeye_cli::escape::escape;
use sockeye_common::hex;
use sockeye_sys::poll::{Events, PollFd, poll};

use super::connect::reach;
use super::names::hints;
use super::wire::{Received, Wire};
use super::{FAILED, Session};
use crate::explain::{Event, Place};
use crate::options::{FamilyChoice, Options, Proxy, ProxyDns, ProxyKind};
use crate::proxy::{Handshake, Next, Target, endpoint};
use crate::{port, report};

/// The ports of RFC 1928 and of Squid, as the older tool has them.
const SOCKS_PORT: u16 = 1080;
const HTTP_PORT: u16 = 3128;

impl Session<'_, '_> {
    /// Connects to `host` and `port` through the proxy. `None` if it was not reached, which has been said by then.
    pub(super) fn reach_through(&mut self, proxy: &Proxy, host: &str, port: u16) -> Result<Option<Wire>, Failure> {
        let (proxy_host, proxy_port) = endpoint(&proxy.address);
        let default = if proxy.kind == ProxyKind::Http { HTTP_PORT } else { SOCKS_PORT };
        let proxy_port = match proxy_port {
            None => default,
            Some(text) => {
                let spec = port::parse(text).map_err(|error| Failure::new(FAILED, error.to_string()))?;
                *self.ports(&spec)?.start()
            }
        };
        let target = self.target(proxy, host, port)?;
        // Not later: files are not opened for writing then.
        let mut terminal = proxy.asks_for_password.then(super::terminal::open);
        // What the proxy says is read before there is a peer, and perhaps with a connection for each try.
        self.confine(super::confine::with_peers_to_come(self.options));
        let wrong = |sentence: String| Failure::new(FAILED, escape(&sentence));
        let handshake = Handshake::new(proxy.kind, target, port, proxy.auth.as_deref()).map_err(wrong)?;
        let Some(mut wire) = reach(self, proxy_host, proxy_port, false)? else { return Ok(None) };
        let mut handshake = handshake;
        while let Err(refused) = self.shake_hands(&mut wire, &mut handshake) {
            if handshake.asks()
                && !handshake.has_answered()
                && let Some(terminal) = terminal.take()
            {
                let user = proxy.auth.as_deref().unwrap_or_default();
                // OpenBSD's words.
                let question = format!("Proxy password for {}@{}: ", escape(user), escape(proxy_host));
                let password = terminal
                    .and_then(|terminal| super::terminal::password(terminal, &question))
                    .map_err(|error| Failure::call(FAILED, "-P", "Unable to read proxy passphrase", &error))?;
                handshake.know(password);
            }
            let mut octets = [0; 16];
            sockeye_sys::random::fill(&mut octets)
                .map_err(|error| Failure::call(FAILED, "getrandom", "a number for the proxy", &error))?;
            let Some(again) = handshake.again(&hex::encode(&octets)) else { return Err(refused) };
            // A proxy that has refused may close the connection, and many do.
            drop(wire);
            let Some(anew) = reach(self, proxy_host, proxy_port, false)? else { return Ok(None) };
            (wire, handshake) = (anew, again);
        }
        let Options { transport, dialect, .. } = *self.options;
        let destination =
            report::Destination { host: host.to_owned(), addr: host.to_owned(), port, transport, dialect };
        if self.options.verbose > 0 {
            // Whatever the address, the port has the name.
            let service = self.service(&SocketAddr::from(([0; 4], port)));
            self.say(destination.succeeded(service.as_deref()));
        }
        Ok(Some(wire))
    }

    /// What the proxy is asked for: a name if it is to look it up, an address if we do.
    fn target(&mut self, proxy: &Proxy, host: &str, port: u16) -> Result<Target, Failure> {
        let target = Target::new(host);
        let Target::Name(_) = target else { return Ok(target) };
        match proxy.dns {
            ProxyDns::Remote | ProxyDns::Both => Ok(target),
            ProxyDns::None => Err(Failure::new(FAILED, format!("--proxy-dns none: {} is no address", escape(host)))),
            ProxyDns::Local => {
                let family = if proxy.kind == ProxyKind::Socks4 { FamilyChoice::V4 } else { self.options.family };
                let service = port.to_string();
                let (dialect, fatal) = (self.options.dialect, self.fatal());
                let found = self
                    .lookup(Some(host), Some(&service), hints(self.options.transport, family))
                    .map_err(|error| Failure::new(fatal, report::unresolved(dialect, host, &service, &error.text())))?;
                let addr: Option<IpAddr> = found.first().map(|info| info.addr.ip());
                addr.map(Target::Addr).ok_or_else(|| Failure::new(FAILED, format!("{} has no address", escape(host))))
            }
        }
    }

    fn shake_hands(&mut self, wire: &mut Wire, handshake: &mut Handshake) -> Result<(), Failure> {
        let until = self.connect_limit().and_then(|limit| Instant::now().checked_add(limit));
        let proxy = wire.peer_text();
        let failed = |call, error: &io::Error| Failure::call(FAILED, call, format!("proxy {proxy}"), error);
        let wait = |wire: &Wire, events| {
            let left: Option<Duration> = until.map(|until| until.saturating_duration_since(Instant::now()));
            match poll(&mut [PollFd::new(wire.fd(), events)], left) {
                Ok(0) => Err(Failure::new(FAILED, format!("proxy {proxy}: no answer in time"))),
                Ok(_) => Ok(()),
                Err(error) => Err(failed("poll", &error)),
            }
        };
        // An HTTP proxy's answer is read octet by octet, and is one message all the same.
        let mut heard = Vec::new();
        loop {
            let next = handshake.step();
            if !matches!(next, Next::Read(_)) {
                self.explain_heard(&mut heard);
            }
            match next {
                Next::Done => return Ok(()),
                Next::Send(octets) => {
                    let mut rest = octets.as_slice();
                    while !rest.is_empty() {
                        wait(wire, Events::OUT)?;
                        let sent = wire.send(rest).map_err(|error| failed("send", &error))?.unwrap_or(0);
                        rest = rest.get(sent..).unwrap_or_default();
                    }
                    self.explain(|| Event::Proxy { to: Place::Peer, octets: hex::encode(&octets) });
                }
                Next::Read(len) => {
                    wait(wire, Events::IN)?;
                    let mut room = vec![0; len];
                    match wire.receive(&mut room).map_err(|error| failed("recv", &error))? {
                        Received::Octets(len) => {
                            let octets = room.get(..len).unwrap_or_default();
                            heard.extend(octets);
                            if let Err(sentence) = handshake.received(octets) {
                                self.explain_heard(&mut heard);
                                return Err(Failure::new(FAILED, escape(&sentence)));
                            }
                        }
                        Received::End => {
                            self.explain_heard(&mut heard);
                            return Err(Failure::new(
                                FAILED,
                                format!("proxy {proxy}: it ended the connection instead of answering"),
                            ));
                        }
                        Received::NotReady | Received::Datagram(_) => {}
                    }
                }
            }
        }
    }

    /// Shows what a proxy has said since this was last done.
    fn explain_heard(&mut self, heard: &mut Vec<u8>) {
        if !heard.is_empty() {
            let octets = hex::encode(&std::mem::take(heard));
            self.explain(|| Event::Proxy { to: Place::Stdin, octets });
        }
    }
}
