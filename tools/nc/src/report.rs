//! The sentences that OpenBSD nc says on standard error, word for word: scripts read them.

use std::io;
use std::time::Duration;

use serde::Serialize;
use sockeye_cli::escape::escape;
use sockeye_cli::{Render, Text};

use crate::options::{Dialect, Transport};
use crate::scan::State;

/// A destination as the sentences have it: `localhost (127.0.0.1) 5001`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    /// As the user wrote it.
    pub host: String,
    /// The address that was tried, in numbers.
    pub addr: String,
    /// The port.
    pub port: u16,
    /// What carries the conversation.
    pub transport: Transport,
    /// Whose words are said.
    pub dialect: Dialect,
}

impl Destination {
    /// The host, and in round brackets the address if it was not written so.
    fn host(&self) -> String {
        let Self { host, addr, .. } = self;
        if host == addr { escape(addr).into_owned() } else { format!("{} ({addr})", escape(host)) }
    }

    /// A connection is made. `service` is the name of the port if it has one.
    pub fn succeeded(&self, service: Option<&str>) -> String {
        if self.dialect == Dialect::Ncat {
            return format!("Connected to {}:{}.", self.addr, self.port);
        }
        let service = escape(service.unwrap_or("*"));
        let transport = self.transport.name();
        format!("Connection to {} {} port [{transport}/{service}] succeeded!", self.host(), self.port)
    }

    /// A connection could not be made, and `cause` is why.
    pub fn failed(&self, cause: &str) -> String {
        if self.dialect == Dialect::Ncat {
            return format!("{cause}.");
        }
        format!("connect to {} port {} ({}) failed: {cause}", self.host(), self.port, self.transport.name())
    }

    /// A connection was not made in time. `cause` is what strerror(3) has for EINPROGRESS.
    pub fn timed_out(&self, cause: &str) -> String {
        if self.dialect == Dialect::Ncat {
            return "TIMEOUT.".to_owned();
        }
        format!("connect to {} port {} ({}) timed out: {cause}", self.host(), self.port, self.transport.name())
    }
}

/// A listener waits for connections (TCP), or a socket for datagrams (UDP).
pub fn waiting(dialect: Dialect, transport: Transport, host: &str, port: &str) -> String {
    if dialect == Dialect::Ncat {
        return format!("Listening on {}:{}", escape(host), escape(port));
    }
    let verb = if transport.is_datagram() { "Bound" } else { "Listening" };
    format!("{verb} on {} {}", escape(host), escape(port))
}

/// Somebody connected, or sent the first datagram.
pub fn received(host: &str, port: &str) -> String {
    format!("Connection received on {} {}", escape(host), escape(port))
}

/// Somebody connected, in ncat's words: who it is, and of a stream from which port.
pub fn connection_from(transport: Transport, host: &str, port: &str) -> String {
    let (host, port) = (escape(host), escape(port));
    if transport.is_datagram() {
        format!("Connection from {host}.")
    } else {
        format!("Connection from {host}.\nNcat: Connection from {host}:{port}.")
    }
}

/// What went and came, in ncat's words.
pub fn transferred(sent_octets: u64, received_octets: u64, took: Duration) -> String {
    format!("{sent_octets} bytes sent, {received_octets} bytes received in {:.2} seconds.", took.as_secs_f64())
}

/// Nothing moved, in ncat's words for a client, and for a listener.
pub fn idle(limit: Duration, connects: bool) -> String {
    let end = if connects { "" } else { " QUITTING." };
    format!("Idle timeout expired ({} ms).{end}", limit.as_millis())
}

/// An address cannot be bound, in ncat's words.
pub fn unbound(addr: impl std::fmt::Display, cause: &str) -> String {
    format!("bind to {addr}: {cause}. QUITTING.")
}

/// UDP: nobody listens there.
pub const CLOSED: &str = "closed: ICMP port unreachable came back (ECONNREFUSED)";

/// What the datagrams of one conversation have come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    /// Datagrams that went out.
    pub sent: u64,
    /// Their octets.
    pub sent_octets: u64,
    /// Datagrams that came.
    pub received: u64,
    /// Their octets, those that were cut off included.
    pub received_octets: u64,
}

/// UDP at the end of a conversation: what went out and what came back.
pub fn datagrams(counts: &Ledger) -> String {
    let Ledger { sent, sent_octets, received, received_octets } = counts;
    if *received == 0 {
        format!("silent: sent {sent} datagrams ({sent_octets} octets), and nothing came back")
    } else {
        format!(
            "answered: sent {sent} datagrams ({sent_octets} octets), received {received} ({received_octets} octets)"
        )
    }
}

/// A name could not be resolved. `cause` is what gai_strerror(3) says.
pub fn unresolved(dialect: Dialect, host: &str, port: &str, cause: &str) -> String {
    if dialect == Dialect::Ncat {
        return format!("Could not resolve hostname \"{}\": {cause}. QUITTING.", escape(host));
    }
    format!("getaddrinfo for host \"{}\" port {}: {cause}", escape(host), escape(port))
}

/// The name of a proxy could not be resolved, in ncat's words.
pub fn unresolved_proxy(host: &str, cause: &str) -> String {
    format!("Could not resolve proxy \"{}\": {cause}.", escape(host))
}

/// A port of a scan: the result that `--json` writes on standard output.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Scanned {
    /// As the user wrote it.
    pub host: String,
    /// The address that decided, in numbers.
    pub addr: String,
    /// The port.
    pub port: u16,
    /// What was scanned.
    pub transport: &'static str,
    /// The name of the port, if it has one and names are wanted.
    pub service: Option<String>,
    /// What was found.
    pub state: State,
    /// What the kernel said, if it did.
    pub reason: Option<String>,
    /// From the question to the answer, in microseconds.
    pub took_us: u64,
}

impl Render for Scanned {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let Self { addr, port, transport, state, .. } = self;
        text.line(format!("{addr} {port}/{transport} {}", state.words()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The texts of reference runs of OpenBSD nc, Debian 1.219-1.
    #[test]
    fn every_sentence_is_openbsds() {
        let tcp = |host: &str, addr: &str| Destination {
            host: host.into(),
            addr: addr.into(),
            port: 5001,
            transport: Transport::Tcp,
            dialect: Dialect::OpenBsd,
        };
        let local = tcp("127.0.0.1", "127.0.0.1");
        assert_eq!(local.succeeded(None), "Connection to 127.0.0.1 5001 port [tcp/*] succeeded!");
        let named = tcp("localhost", "127.0.0.1");
        assert_eq!(named.succeeded(Some("ssh")), "Connection to localhost (127.0.0.1) 5001 port [tcp/ssh] succeeded!");
        let refused = "Connection refused";
        assert_eq!(local.failed(refused), "connect to 127.0.0.1 port 5001 (tcp) failed: Connection refused");
        assert_eq!(
            tcp("0:0:0:0:0:0:0:1", "::1").failed(refused),
            "connect to 0:0:0:0:0:0:0:1 (::1) port 5001 (tcp) failed: Connection refused"
        );
        assert_eq!(
            local.timed_out("Operation now in progress"),
            "connect to 127.0.0.1 port 5001 (tcp) timed out: Operation now in progress"
        );
        let udp = Destination { transport: Transport::Udp, ..local };
        assert_eq!(udp.succeeded(None), "Connection to 127.0.0.1 5001 port [udp/*] succeeded!");
        assert_eq!(waiting(Dialect::OpenBsd, Transport::Tcp, "localhost", "5003"), "Listening on localhost 5003");
        assert_eq!(waiting(Dialect::OpenBsd, Transport::Udp, "0.0.0.0", "5003"), "Bound on 0.0.0.0 5003");
        assert_eq!(received("127.0.0.1", "54798"), "Connection received on 127.0.0.1 54798");
        assert_eq!(
            unresolved(Dialect::OpenBsd, "no.such.invalid", "80", "Temporary failure in name resolution"),
            "getaddrinfo for host \"no.such.invalid\" port 80: Temporary failure in name resolution"
        );
    }

    /// The texts of reference runs of ncat 7.93.
    #[test]
    fn every_sentence_of_its_dialect_is_ncats() {
        let destination = Destination {
            host: "localhost".into(),
            addr: "::1".into(),
            port: 5001,
            transport: Transport::Tcp,
            dialect: Dialect::Ncat,
        };
        assert_eq!(destination.succeeded(None), "Connected to ::1:5001.");
        assert_eq!(destination.failed("Connection refused"), "Connection refused.");
        assert_eq!(destination.timed_out("Operation now in progress"), "TIMEOUT.");
        assert_eq!(waiting(Dialect::Ncat, Transport::Udp, "::", "5003"), "Listening on :::5003");
        assert_eq!(
            connection_from(Transport::Tcp, "127.0.0.1", "51114"),
            "Connection from 127.0.0.1.\nNcat: Connection from 127.0.0.1:51114."
        );
        assert_eq!(connection_from(Transport::Udp, "127.0.0.1", "51114"), "Connection from 127.0.0.1.");
        assert_eq!(transferred(3, 0, Duration::from_millis(80)), "3 bytes sent, 0 bytes received in 0.08 seconds.");
        assert_eq!(idle(Duration::from_millis(500), true), "Idle timeout expired (500 ms).");
        assert_eq!(idle(Duration::from_millis(500), false), "Idle timeout expired (500 ms). QUITTING.");
        assert_eq!(
            unresolved(Dialect::Ncat, "nosuch.invalid", "80", "Temporary failure in name resolution"),
            "Could not resolve hostname \"nosuch.invalid\": Temporary failure in name resolution. QUITTING."
        );
        assert_eq!(
            unbound("127.0.0.1:5001", "Address already in use"),
            "bind to 127.0.0.1:5001: Address already in use. QUITTING."
        );
    }

    #[test]
    fn a_name_cannot_act_on_the_terminal() {
        assert!(!received("\u{1b}[2J", "1").contains('\u{1b}'));
        assert!(!unresolved(Dialect::Ncat, "\u{1b}[2J", "1", "x").contains('\u{1b}'));
    }
}
