//! The states of sockets: their names, what each means, and who must act next.

use serde::Serialize;
use serde::ser::SerializeStruct;
use sockeye_sys::{Protocol, TcpState};

use crate::kind::Kind;

/// The state of a socket.
///
/// TCP's are those of RFC 9293 and one of Linux's own, `BOUND`. UDP has no states; what Linux lists in their place says
/// whether connect(2) was called, and is written in small letters.
///
/// # Source
/// RFC 9293 section 3.3.2; connect(2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// A state of TCP.
    Tcp(TcpState),
    /// A UDP socket that takes datagrams from any peer; of other kinds, a socket without a peer.
    Unconnected,
    /// A UDP socket that takes datagrams from one peer; of other kinds, a socket with a peer.
    Connected,
    /// A socket that waits for connections and is not TCP's.
    Listening,
    /// A vsock socket that asked for a connection.
    Connecting,
    /// A vsock socket that is being closed.
    Closing,
    /// An SCTP association, by the kernel's number.
    Association(u8),
}

impl State {
    /// The state of a row that a dump for `protocol` brought.
    pub fn of(protocol: Protocol, listed: TcpState) -> Self {
        Self::listed(Kind::of_protocol(protocol).unwrap_or(Kind::Raw), listed)
    }

    /// The state of a row of this kind.
    ///
    /// Linux lists a TCP socket that is bound and nothing else as CLOSED; a socket that is nothing at all is not listed.
    pub fn listed(kind: Kind, listed: TcpState) -> Self {
        match listed {
            TcpState::Closed if kind.has_tcp_states() => Self::Tcp(TcpState::BoundInactive),
            TcpState::NewSynReceived if kind.has_tcp_states() => Self::Tcp(TcpState::SynReceived),
            state if kind.has_tcp_states() => Self::Tcp(state),
            // An association counts otherwise than an endpoint, which listens or does not.
            TcpState::Listen => Self::Listening,
            TcpState::Closed => Self::Unconnected,
            state if kind == Kind::Sctp => Self::Association(state.number()),
            TcpState::Established => Self::Connected,
            TcpState::SynSent => Self::Connecting,
            TcpState::Closing => Self::Closing,
            _ => Self::Unconnected,
        }
    }

    /// The kernel's number.
    pub fn number(self) -> u8 {
        match self {
            Self::Tcp(state) => state.number(),
            Self::Unconnected => TcpState::Closed.number(),
            Self::Connected => TcpState::Established.number(),
            Self::Listening => TcpState::Listen.number(),
            Self::Connecting => TcpState::SynSent.number(),
            Self::Closing => TcpState::Closing.number(),
            Self::Association(number) => number,
        }
    }

    /// The name, unless the kernel has a state that is not known here.
    pub fn name(self) -> Option<&'static str> {
        match self {
            Self::Tcp(TcpState::BoundInactive) => Some("BOUND"),
            Self::Tcp(state) => state.name(),
            Self::Unconnected => Some("unconnected"),
            Self::Connected => Some("connected"),
            Self::Listening => Some("listening"),
            Self::Connecting => Some("connecting"),
            Self::Closing => Some("closing"),
            // Linux, include/net/sctp/constants.h, enum sctp_state.
            Self::Association(number) => Some(match number {
                0 => "closed",
                1 => "cookie-wait",
                2 => "cookie-echoed",
                3 => "established",
                4 => "shutdown-pending",
                5 => "shutdown-sent",
                6 => "shutdown-received",
                7 => "shutdown-ack-sent",
                _ => return None,
            }),
        }
    }

    /// Every state of TCP and UDP.
    pub fn nameable() -> impl Iterator<Item = Self> {
        let tcp = TcpState::ALL.into_iter().filter(|state| *state != TcpState::NewSynReceived).map(Self::Tcp);
        tcp.chain([Self::Unconnected, Self::Connected])
    }

    /// The state of TCP or UDP that a word names, however it is spelt: `CLOSE-WAIT`, `close_wait`, `closewait`; netstat's
    /// `FIN_WAIT1`; ss's `UNCONN`.
    pub fn named(word: &str) -> Option<Self> {
        let squeezed = squeeze(word);
        let other = match squeezed.as_str() {
            "ESTAB" => TcpState::Established,
            "SYNRECV" | "SYNRCVD" => TcpState::SynReceived,
            "LISTENING" => TcpState::Listen,
            "CLOSE" => TcpState::Closed,
            "BOUNDINACTIVE" | "BOUND" => TcpState::BoundInactive,
            "UNCONN" => return Some(Self::Unconnected),
            _ => return Self::nameable().find(|state| state.name().is_some_and(|name| squeeze(name) == squeezed)),
        };
        Some(Self::Tcp(other))
    }

    /// Where the state stands in a listing: listeners first, then what lives, then what ends.
    pub fn rank(self) -> u8 {
        match self {
            Self::Tcp(TcpState::Listen) | Self::Listening | Self::Unconnected => 0,
            Self::Tcp(TcpState::BoundInactive) => 1,
            Self::Tcp(TcpState::SynSent) | Self::Connecting => 2,
            Self::Tcp(TcpState::SynReceived | TcpState::NewSynReceived) => 3,
            Self::Tcp(TcpState::Established) | Self::Connected | Self::Association(_) => 4,
            Self::Tcp(TcpState::FinWait1) => 5,
            Self::Tcp(TcpState::FinWait2) => 6,
            Self::Tcp(TcpState::CloseWait) => 7,
            Self::Tcp(TcpState::Closing) | Self::Closing => 8,
            Self::Tcp(TcpState::LastAck) => 9,
            Self::Tcp(TcpState::TimeWait) => 10,
            Self::Tcp(TcpState::Closed | TcpState::Unknown(_)) => 11,
        }
    }

    /// What the state means, and who must act next: two sentences.
    pub fn meaning(self) -> (&'static str, &'static str) {
        match self {
            Self::Tcp(state) => tcp_meaning(state),
            Self::Unconnected => (
                "a UDP socket that takes datagrams from any peer",
                "any peer may send; the process reads with recvfrom(2)",
            ),
            Self::Connected => (
                "a UDP socket that connect(2) tied to one peer; the peer was not told",
                "either side may send; datagrams from others are not delivered here",
            ),
            Self::Listening => ("waits for connections", "a peer must connect; the process must accept(2) what waits"),
            Self::Connecting => ("asked for a connection and has no answer", "the other machine must answer"),
            Self::Closing => ("this side has closed", "the other machine must answer"),
            Self::Association(_) => {
                ("an SCTP association", "either side may send; whoever is done first shuts it down")
            }
        }
    }
}

fn squeeze(word: &str) -> String {
    word.chars().filter(|character| !matches!(character, '-' | '_' | ' ')).collect::<String>().to_ascii_uppercase()
}

/// # Source
/// RFC 9293 sections 3.3.2, 3.5 and 3.6; bind(2), listen(2).
fn tcp_meaning(state: TcpState) -> (&'static str, &'static str) {
    match state {
        TcpState::Listen => (
            "waits for connections; Recv-Q: those that wait for accept(2), Send-Q: their limit",
            "a peer must connect; the process must accept(2) what waits",
        ),
        TcpState::SynSent => (
            "our SYN is out and nothing has answered it",
            "the peer must answer with SYN and ACK, or with RST; until then the kernel sends the SYN again",
        ),
        TcpState::SynReceived | TcpState::NewSynReceived => (
            "a SYN came and our SYN and ACK are out",
            "the peer must acknowledge; the kernel sends them again, also while the listener's queue is full: then the \
             process must accept(2) first",
        ),
        TcpState::Established => {
            ("the connection is open in both directions", "either side may send; whoever is done first closes")
        }
        TcpState::FinWait1 => (
            "this side has closed; its FIN is not acknowledged yet",
            "the peer's TCP must acknowledge the FIN; if data waits before it (Send-Q above 1), its process may have to \
             read first",
        ),
        TcpState::FinWait2 => (
            "this side has closed and the peer's TCP has acknowledged; the other direction is still open",
            "the peer's process must close; an orphan is given up after net.ipv4.tcp_fin_timeout",
        ),
        TcpState::CloseWait => (
            "the peer has closed; this side has not, and may still send",
            "the process here must close(2); no timer does it in its place",
        ),
        TcpState::Closing => (
            "both sides closed at the same time; our FIN is not acknowledged yet",
            "the peer's TCP must acknowledge the FIN",
        ),
        TcpState::LastAck => (
            "the peer closed, then this side did; our FIN is not acknowledged yet",
            "the peer's TCP must acknowledge the FIN",
        ),
        TcpState::TimeWait => (
            "both sides have closed, this one first or both at once; the address pair is kept so that late segments harm nobody",
            "nobody: Linux ends it after 60 s; no process holds it",
        ),
        TcpState::Closed => ("there is no connection", "nobody"),
        TcpState::BoundInactive => (
            "has a local port and does nothing with it; RFC 9293 calls it CLOSED. Others cannot bind the port unless both sides \
             set SO_REUSEADDR or SO_REUSEPORT",
            "the process must listen(2), connect(2) or close(2)",
        ),
        TcpState::Unknown(_) => ("a state of this kernel that is not known here", "unknown"),
    }
}

impl Serialize for State {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("State", 2)?;
        object.serialize_field("code", &self.number())?;
        object.serialize_field("name", &self.name())?;
        object.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn udp_has_no_tcp_state() {
        assert_eq!(State::of(Protocol::UDP, TcpState::Established).name(), Some("connected"));
        assert_eq!(State::of(Protocol::UDP, TcpState::Closed).name(), Some("unconnected"));
    }

    #[test]
    fn what_is_not_tcp_has_no_tcp_state() {
        assert_eq!(State::listed(Kind::UnixStream, TcpState::Listen).name(), Some("listening"));
        assert_eq!(State::listed(Kind::Raw, TcpState::Closed), State::Unconnected);
        assert_eq!(State::listed(Kind::VsockStream, TcpState::SynSent), State::Connecting);
        assert_eq!(State::listed(Kind::Mptcp, TcpState::TimeWait), State::Tcp(TcpState::TimeWait));
        // An association in state 3 is established; what TCP calls so is another number.
        assert_eq!(State::listed(Kind::Sctp, TcpState::SynReceived).name(), Some("established"));
        assert_eq!(State::listed(Kind::Sctp, TcpState::Listen), State::Listening);
    }

    #[test]
    fn names_are_those_of_rfc_9293() {
        let named = |number| State::of(Protocol::TCP, TcpState::from(number)).name();
        assert_eq!(named(1), Some("ESTABLISHED"));
        assert_eq!(named(3), Some("SYN-RECEIVED"));
        assert_eq!(named(12), Some("SYN-RECEIVED"), "a request that has no socket yet is the same state");
        assert_eq!(named(7), Some("BOUND"), "the kernel lists CLOSED only for what is bound");
        assert_eq!(named(99), None);
    }

    #[test]
    fn who_acts_next_holds_where_a_process_is_slow() {
        // A zero window keeps data and FIN here; a full accept queue drops the ACK (Linux, tcp_check_req()).
        let next = |state| State::Tcp(state).meaning().1;
        assert!(next(TcpState::FinWait1).contains("Send-Q above 1"));
        assert!(next(TcpState::SynReceived).contains("the process must accept(2) first"));
        // RFC 9293 figure 13: from CLOSING too.
        assert!(State::Tcp(TcpState::TimeWait).meaning().0.contains("both at once"));
    }

    #[test]
    fn each_state_has_its_own_meaning() {
        let mut meanings: Vec<_> = TcpState::ALL
            .into_iter()
            .filter(|state| *state != TcpState::NewSynReceived)
            .map(State::Tcp)
            .chain([State::Unconnected, State::Connected, State::Listening, State::Connecting, State::Closing])
            .chain([State::Association(3)])
            .map(State::meaning)
            .collect();
        let states = meanings.len();
        meanings.sort_unstable();
        meanings.dedup_by_key(|(meaning, _)| *meaning);
        assert_eq!(meanings.len(), states);
    }
}
