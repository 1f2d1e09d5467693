//! Names and addresses, both ways.

use std::net::SocketAddr;

use sockeye_cli::Failure;
use sockeye_cli::escape::escape;
use sockeye_sys::addrinfo::{self, AddrInfo, AiFlags, Hints};
use sockeye_sys::gai::{GaiCode, GaiError};
use sockeye_sys::nameinfo::{NiFlags, nameinfo};
use sockeye_sys::{Family, Protocol, SockType};

use super::Session;
use crate::explain::Event;
use crate::options::{Dialect, FamilyChoice, Transport};
use crate::port::{PortError, PortSpec};

/// The hints for `transport`, any family and no flag.
pub(super) fn hints(transport: Transport, family: FamilyChoice) -> Hints {
    let (socktype, protocol) = match transport {
        Transport::Tcp => (SockType::STREAM, Protocol::TCP),
        Transport::Udp => (SockType::DGRAM, Protocol::UDP),
        Transport::Sctp => (SockType::STREAM, Protocol(libc::IPPROTO_SCTP)),
        Transport::UnixStream | Transport::VsockStream => (SockType::STREAM, Protocol(0)),
        Transport::UnixDatagram | Transport::VsockDatagram => (SockType::DGRAM, Protocol(0)),
    };
    let family = match family {
        FamilyChoice::Any => Family::UNSPEC,
        FamilyChoice::V4 => Family::INET,
        FamilyChoice::V6 => Family::INET6,
    };
    Hints { flags: AiFlags::EMPTY, family, socktype, protocol }
}

/// An address in numbers, with the name of the interface that limits it (`fe80::1%eth0`).
pub(super) fn numeric(addr: &SocketAddr) -> String {
    let numbers = nameinfo(addr, NiFlags::NUMERICHOST | NiFlags::NUMERICSERV);
    numbers.map_or_else(|_| sockeye_common::addr::IpText(addr.ip()).to_string(), |names| names.host)
}

impl Session<'_, '_> {
    /// Asks getaddrinfo(3), and tells what it was asked and what it answered.
    pub(super) fn lookup(
        &mut self,
        node: Option<&str>,
        service: Option<&str>,
        mut hints: Hints,
    ) -> Result<Vec<AddrInfo>, GaiError> {
        if self.options.numeric {
            hints.flags |= AiFlags::NUMERICHOST;
        }
        self.explain(|| Event::lookup(node, service, &hints));
        let answer = addrinfo::lookup(node, service, &hints);
        match &answer {
            Ok(found) => found.iter().for_each(|info| self.explain(|| Event::found(info))),
            Err(error) => self.explain(|| Event::unresolved("getaddrinfo", node.unwrap_or("NULL"), error)),
        }
        answer
    }

    /// The ports that `spec` means.
    ///
    /// # Errors
    /// [`Failure`] if no such service is known.
    pub(super) fn ports(&mut self, spec: &PortSpec) -> Result<std::ops::RangeInclusive<u16>, Failure> {
        match spec {
            PortSpec::Range(low, high) => Ok(*low..=*high),
            PortSpec::Name(name) => {
                let hints = hints(self.options.transport, FamilyChoice::V4);
                let found = self.lookup(None, Some(name), hints).unwrap_or_default();
                let port = found.first().map(|info| info.addr.port()).filter(|port| *port != 0);
                let port = port.ok_or_else(|| self.unknown_port("port number", name))?;
                Ok(port..=port)
            }
        }
    }

    /// A name that no service has.
    pub(super) fn unknown_port(&self, what: &str, name: &str) -> Failure {
        let said = match self.options.dialect {
            Dialect::Ncat => format!("Invalid {what} \"{}\". QUITTING.", escape(name)),
            Dialect::OpenBsd | Dialect::Traditional => PortError::unknown(name).to_string(),
        };
        Failure::new(self.fatal(), said)
    }

    /// The address of `-s` or the port of `-p` that getaddrinfo(3) does not take.
    pub(super) fn unknown_source(&self, host: Option<&str>, port: Option<&str>, error: &GaiError) -> Failure {
        let text = error.text();
        match (self.options.dialect, host, port) {
            (Dialect::Ncat, _, Some(port)) if error.code == GaiCode::SERVICE => {
                self.unknown_port("source port number", port)
            }
            (Dialect::Ncat, Some(host), _) => {
                let said = format!("Could not resolve source address \"{}\": {text}. QUITTING.", escape(host));
                Failure::new(self.fatal(), said)
            }
            _ => Failure::new(self.fatal(), format!("getaddrinfo: {text}")),
        }
    }

    /// The host and port of a sentence: the host by name unless `-n`, the port as a number.
    ///
    /// `None` if the name cannot be looked up now; that is said in place of the sentence, as OpenBSD has it.
    pub(super) fn spoken(&mut self, addr: &SocketAddr) -> Option<(String, String)> {
        // ncat does not look names up to show them.
        let host = if self.options.numeric || self.options.dialect == Dialect::Ncat {
            NiFlags::NUMERICHOST
        } else {
            NiFlags::EMPTY
        };
        // A socket of ours for both families, which the user did not ask for, is no reason to show IPv4 as IPv6.
        let shown = match self.options.dialect {
            Dialect::Ncat => SocketAddr::new(addr.ip().to_canonical(), addr.port()),
            Dialect::OpenBsd | Dialect::Traditional => *addr,
        };
        match nameinfo(&shown, host | NiFlags::NUMERICSERV) {
            Ok(names) => Some((names.host, names.service)),
            Err(error) => {
                self.explain(|| Event::unresolved("getnameinfo", addr, &error));
                self.warn(format!("getnameinfo: {}", error.text()));
                None
            }
        }
    }

    /// The name of the service at `addr`, if it has one and names are wanted.
    pub(super) fn service(&self, addr: &SocketAddr) -> Option<String> {
        if self.options.numeric {
            return None;
        }
        let dgram = if self.options.transport == Transport::Udp { NiFlags::DGRAM } else { NiFlags::EMPTY };
        let names = nameinfo(addr, NiFlags::NUMERICHOST | dgram).ok()?;
        (names.service != addr.port().to_string()).then_some(names.service)
    }
}
