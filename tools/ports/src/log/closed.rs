//! A connection that is over: what the kernel's last word says of it, and what can be concluded.

use std::io;
use std::net::SocketAddr;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use sockeye_cli::output::{Render, Role, Text};
use sockeye_common::addr::IpText;
use sockeye_sys::tcp_info::TcpInfo;
use sockeye_sys::{Protocol, TcpState};

use crate::explain::counted;
use crate::listing::info;
use crate::names::Names;
use crate::owners::Held;
use crate::record::{Coded, InterfaceRecord};
use crate::shell::watch::Close;
use crate::socket::Socket;
use crate::state::State;
use crate::watch::layout::{self, Part};
use crate::watch::line::{ends, owner};
use crate::watch::notice::Micros;
use crate::watch::timeline::Past;
use crate::watch::when::{Stamp, span};

/// How a TCP connection came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    /// Both sides sent FIN, this one first, or both at once: TIME-WAIT is left here.
    ClosedHereFirst,
    /// Both sides sent FIN, the peer first.
    ClosedByPeerFirst,
    /// By a reset of the peer.
    ResetByPeer,
    /// By a reset; by which side is open.
    Reset,
    /// By a reset, or given up after too many retransmissions or probes.
    ResetOrGivenUp,
    /// By a reset from here, with SO_LINGER of zero seconds or because the listener was closed before it was accepted: the
    /// kernel forgets the peer and all counts then.
    ResetHere,
    /// There never was one: it was asked for in vain.
    NoConnection,
    /// The kernel forgot the peer, and no listing had shown whether there was a connection.
    NoConnectionOrResetHere,
    /// The kernel tells too little.
    Unknown,
}

impl Ended {
    fn words(self) -> &'static str {
        match self {
            Self::ClosedHereFirst => "FIN, here first",
            Self::ClosedByPeerFirst => "FIN, peer first",
            Self::ResetByPeer => "reset by peer",
            Self::Reset => "reset",
            Self::ResetOrGivenUp => "reset or given up",
            Self::ResetHere => "reset here",
            Self::NoConnection => "no connection",
            Self::NoConnectionOrResetHere => "no connection, or reset here",
            Self::Unknown => "end unknown",
        }
    }

    /// Whether it ended without a FIN of the peer that was answered, and the kernel has kept the counts.
    fn is_cut(self) -> bool {
        matches!(self, Self::Reset | Self::ResetByPeer | Self::ResetOrGivenUp)
    }
}

/// The octets of a connection, without those that the kernel counts for SYN and FIN.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Octets {
    /// Sent, each counted once.
    pub sent: Option<u64>,
    /// Of these, acknowledged by the peer.
    pub acked: Option<u64>,
    /// Sent once more.
    pub retransmitted: Option<u64>,
    /// Received.
    pub received: Option<u64>,
    /// Whether one of those received may be the peer's FIN.
    pub received_may_count_fin: bool,
}

/// The ends as they were last seen: the kernel forgets them when it gives a connection up.
pub fn ends_before(close: &Close) -> (SocketAddr, SocketAddr) {
    let here = (close.row.local, close.row.peer);
    let seen = close.past.filter(|past| here.1.port() == 0 && past.peer.port() != 0);
    seen.map_or(here, |past| (past.local, past.peer))
}

/// How a connection ended of which the kernel has forgotten the peer.
///
/// # Source
/// Linux, net/ipv4/tcp.c, `tcp_disconnect()`.
fn forgotten(close: &Close) -> Ended {
    match close.past.map(|past| past.state) {
        Some(State::Tcp(TcpState::SynSent | TcpState::Closed)) => Ended::NoConnection,
        Some(State::Tcp(_)) if ends_before(close).1.port() != 0 => Ended::ResetHere,
        _ => Ended::NoConnectionOrResetHere,
    }
}

/// How a connection ended, from what is left of it.
///
/// The kernel counts our SYN and our FIN, when they are acknowledged, as one octet each among `tcpi_bytes_acked`, and not
/// among `tcpi_bytes_sent`.
///
/// # Source
/// Linux, net/ipv4/tcp_input.c, `tcp_snd_una_update()`, and net/ipv4/tcp_output.c, `tcp_transmit_skb()`.
pub fn ended(info: Option<&TcpInfo>, close: &Close) -> Ended {
    if close.left.is_some() {
        return Ended::ClosedHereFirst;
    }
    if close.row.peer.port() == 0 {
        return forgotten(close);
    }
    let Some(info) = info else { return Ended::Unknown };
    let (Some(acked), Some(sent), Some(again)) = (info.bytes_acked(), info.bytes_sent(), info.bytes_retrans()) else {
        return Ended::Unknown;
    };
    // Not even the SYN was acknowledged, and nothing came.
    if acked == 0 && info.bytes_received() == Some(0) && info.rtt_us() == Some(0) {
        return Ended::NoConnection;
    }
    let surplus = acked.saturating_sub(sent.saturating_sub(again));
    let syn = u64::from(!close.opened.is_accepted());
    // Of one that nobody saw before, it is not sure who opened it: the octet may be its SYN or its FIN.
    let unsure = close.past.is_none() && !close.opened.is_accepted() && surplus == syn;
    // Our FIN was the first, and no TIME-WAIT is left of it: the peer's never came.
    let waited = matches!(close.past.map(|past| past.state), Some(State::Tcp(TcpState::FinWait1 | TcpState::FinWait2)));
    let never_came = info.bytes_received() == Some(0) && !fin_came(close);
    match surplus > syn {
        _ if unsure => Ended::Unknown,
        true if waited || never_came => cut(info, close, None),
        true => Ended::ClosedByPeerFirst,
        false => cut(info, close, Some(sent.saturating_sub(again).saturating_sub(acked.saturating_sub(syn)))),
    }
}

/// Whether a listing had shown a state in which the peer's FIN has come.
fn fin_came(close: &Close) -> bool {
    let before = close.past.map(|past| past.state);
    matches!(before, Some(State::Tcp(TcpState::CloseWait | TcpState::LastAck | TcpState::Closing)))
}

/// Octets that the process had not read when the connection was over.
fn unread(close: &Close) -> u32 {
    close.row.rqueue.saturating_sub(fin_came(close).into())
}

/// By whom a connection was cut off. `waiting` are the octets that were sent and not acknowledged; `None` if our FIN was.
///
/// The kernel gives up behind retransmissions and probes alone. A side that closes with octets unread sends a reset, and
/// one that had closed answers data by it: where neither can be, the peer sent it.
///
/// # Source
/// RFC 9293, section 3.10.4, and RFC 2525, section 2.17; Linux, net/ipv4/tcp.c, `__tcp_close()`, and net/ipv4/tcp_timer.c,
/// `tcp_write_err()`.
fn cut(info: &TcpInfo, close: &Close, waiting: Option<u64>) -> Ended {
    if (info.total_retrans(), info.retransmits(), info.probes()) != (Some(0), Some(0), Some(0)) {
        return Ended::ResetOrGivenUp;
    }
    let open =
        matches!(close.past.map(|past| past.state), Some(State::Tcp(TcpState::Established | TcpState::CloseWait)));
    // A FIN of ours would wait for its acknowledgement too.
    let no_fin = info.notsent_bytes() == Some(0) && waiting == Some(close.row.wqueue.into());
    if open && no_fin && unread(close) == 0 { Ended::ResetByPeer } else { Ended::Reset }
}

/// The octets of a connection that ended so.
///
/// # Source
/// Linux, net/ipv4/tcp_input.c, `tcp_rcv_nxt_update()`: the peer's FIN is one octet of `tcpi_bytes_received`, but not if
/// it came when only the small socket of FIN-WAIT-2 or TIME-WAIT was left.
pub fn octets(info: &TcpInfo, ended: Ended, close: &Close) -> Octets {
    if matches!(ended, Ended::ResetHere | Ended::NoConnectionOrResetHere) {
        // They have been set to zero.
        return Octets::default();
    }
    let sent = info.bytes_sent().zip(info.bytes_retrans()).map(|(sent, again)| sent.saturating_sub(again));
    let acked = info.bytes_acked().map(|acked| acked.min(sent.unwrap_or(acked)));
    let counted = ended == Ended::ClosedByPeerFirst || (ended.is_cut() && fin_came(close));
    let not_yet = close.left == Some(State::Tcp(TcpState::FinWait2));
    let fin = u64::from(counted);
    Octets {
        sent,
        acked,
        retransmitted: info.bytes_retrans(),
        received: info.bytes_received().map(|received| received.saturating_sub(fin)),
        received_may_count_fin: !counted
            && !not_yet
            && ended != Ended::NoConnection
            && info.bytes_received().is_some_and(|octets| octets > 0),
    }
}

/// A closed socket with everything that is shown of it.
#[derive(Clone, Copy, Debug)]
pub struct Closed<'a> {
    /// What the kernel told, and what was known before.
    pub close: &'a Close,
    /// The socket of it, in the state that it was last seen in.
    pub socket: &'a Socket,
    /// Its time of day.
    pub stamp: &'a Stamp,
    /// Interfaces.
    pub names: &'a Names,
    /// Who held it; `None` if nobody has looked.
    pub owners: Option<&'a [Held]>,
}

impl Closed<'_> {
    /// What is to be shown of a TCP socket: listeners are none.
    fn is_tcp(&self) -> bool {
        self.close.row.protocol == Protocol::TCP
    }

    /// How long it was seen, and whether it was there before.
    fn seen(&self) -> (Option<Micros>, bool) {
        let past = self.close.past;
        let span = |past: Past| past.until.map_or(self.close.at, |until| until.at).saturating_sub(past.first);
        (past.map(span), past.is_some_and(|past| past.older))
    }

    /// By how much that may be wrong.
    fn seen_error(&self) -> Option<Micros> {
        let past = self.close.past?;
        Some(past.first_early.max(past.until.map_or(0, |until| until.early)))
    }

    /// The octets that were not read, where that may be why it was reset from here.
    fn unread(&self) -> Option<usize> {
        let unread = self.ended().filter(|ended| ended.is_cut()).map(|_| unread(self.close))?;
        usize::try_from(unread).ok().filter(|unread| *unread > 0)
    }

    fn ended(&self) -> Option<Ended> {
        self.is_tcp().then(|| ended(self.close.row.tcp_info.as_ref(), self.close))
    }
}

/// Whether a closed socket is a connection, or one of UDP: a listener is neither.
pub fn is_shown(close: &Close) -> bool {
    let listened = close.past.is_some_and(|past| past.state == State::Tcp(TcpState::Listen));
    let idle = close.row.protocol == Protocol::TCP && close.row.peer.ip().is_unspecified();
    !listened && !idle && close.row.local.port() != 0
}

impl Render for Closed<'_> {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let mut parts = vec![Part::new(0, Some(Role::Dim), &self.stamp.time_of_day)];
        parts.extend(ends(self.socket, self.close.opened.is_accepted(), self.names));
        let mut add = |part: String| parts.push(Part::new(2, None, part));
        let (seen, older) = self.seen();
        add(match (seen, older) {
            (None, _) => "unseen before".to_owned(),
            (Some(micros), false) => span(micros),
            (Some(micros), true) => format!("more than {}", span(micros)),
        });
        if let (Some(ended), Some(info)) = (self.ended(), &self.close.row.tcp_info) {
            self.counts(ended, info, &mut add);
        }
        let words = self.ended().map_or("udp", Ended::words);
        let unread = self.unread().map(|unread| format!(", {} unread here", counted(unread, "octet", "octets")));
        let words = format!("{words}{}", unread.unwrap_or_default());
        let bad = self.ended().is_some_and(|ended| ended.is_cut() || ended == Ended::ResetHere).then_some(Role::Bad);
        parts.push(Part::new(2, bad, words));
        parts.extend(owner(self.owners).map(|owner| Part::new(2, None, owner)));
        layout::write(text, &parts)
    }
}

impl Closed<'_> {
    fn counts(&self, ended: Ended, info: &TcpInfo, add: &mut dyn FnMut(String)) {
        let octets = octets(info, ended, self.close);
        let shown = |count: Option<u64>| count.map_or_else(|| "?".to_owned(), |count| count.to_string());
        let doubt = matches!(ended, Ended::ClosedHereFirst | Ended::Unknown) && octets.received_may_count_fin;
        let received = octets.received.filter(|_| doubt).and_then(|octets| octets.checked_sub(1));
        let least = received.map(|least| format!("{least} or ")).unwrap_or_default();
        let (sent, acked) = (shown(octets.sent), shown(octets.acked));
        add(format!("sent {sent} acked {acked} received {least}{}", shown(octets.received)));
        if let Some(rtt) = info::rtt_us(info) {
            let least = info::min_rtt_us(info);
            let least = least.map(|least| format!(" min {}", span(least.into()))).unwrap_or_default();
            add(format!("rtt {}{least}", span(rtt.into())));
        }
        match info.total_retrans() {
            Some(0) | None => {}
            Some(1) => add("1 retransmit".to_owned()),
            Some(many) => add(format!("{many} retransmits")),
        }
    }
}

/// The fields of TCP_INFO under the kernel's own names.
struct Info<'a>(&'a TcpInfo);

impl Serialize for Info<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, value) in self.0.fields() {
            map.serialize_entry(name, &value)?;
        }
        map.end()
    }
}

/// Every field of a closed socket.
#[derive(Serialize)]
struct Record<'a> {
    event: &'static str,
    time: &'a str,
    monotonic_us: Micros,
    protocol: Coded,
    family: Coded,
    local_address: String,
    local_port: u16,
    peer_address: Option<String>,
    /// Zero where the kernel has forgotten it.
    peer_port: Option<u16>,
    interface: Option<InterfaceRecord<'a>>,
    accepted: bool,
    /// How that is known; null where the peer is not.
    accepted_by: Option<&'static str>,
    /// Since it was first listed; null if it never was.
    seen_for_us: Option<Micros>,
    /// By how much that may be wrong.
    seen_for_error_us: Option<Micros>,
    /// Whether it was there before the log began.
    older_than_log: bool,
    /// That it was last seen in, if it was.
    state_before: Option<State>,
    ended: Option<Ended>,
    sent_octets: Option<u64>,
    acked_octets: Option<u64>,
    retransmitted_octets: Option<u64>,
    received_octets: Option<u64>,
    received_may_count_fin: bool,
    /// Of one that was cut off: what its process had not read.
    unread_octets: Option<u32>,
    rtt_us: Option<u32>,
    min_rtt_us: Option<u32>,
    retransmits: Option<u32>,
    inode: Option<u32>,
    cookie: u64,
    /// Null where nobody has looked.
    owners: Option<&'a [Held]>,
    tcp_info: Option<Info<'a>>,
}

impl Serialize for Closed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Close { row, at, past, opened, .. } = self.close;
        let info = row.tcp_info.as_ref();
        let ended = self.ended();
        let octets = info.zip(ended).map(|(info, ended)| octets(info, ended, self.close)).unwrap_or_default();
        let (seen_for_us, older_than_log) = self.seen();
        let peer = self.socket.has_peer().then_some(self.socket.peer);
        let record = Record {
            event: "closed",
            time: &self.stamp.iso,
            monotonic_us: *at,
            protocol: Coded::protocol(row.protocol),
            family: Coded::family(row.family),
            local_address: IpText(row.local.ip()).to_string(),
            local_port: row.local.port(),
            peer_address: peer.map(|peer| IpText(peer.ip()).to_string()),
            peer_port: peer.map(|peer| peer.port()),
            interface: self.socket.interface.map(|index| InterfaceRecord::new(index, self.names)),
            accepted: opened.is_accepted(),
            accepted_by: peer.map(|_| opened.name()),
            seen_for_us,
            seen_for_error_us: self.seen_error(),
            older_than_log,
            state_before: past.map(|past| past.state),
            ended,
            sent_octets: octets.sent,
            acked_octets: octets.acked,
            retransmitted_octets: octets.retransmitted,
            received_octets: octets.received,
            received_may_count_fin: octets.received_may_count_fin,
            unread_octets: ended.filter(|ended| ended.is_cut()).map(|_| unread(self.close)),
            rtt_us: info.and_then(info::rtt_us),
            min_rtt_us: info.and_then(info::min_rtt_us),
            retransmits: info.and_then(TcpInfo::total_retrans),
            inode: past.and_then(|past| past.inode),
            cookie: row.cookie,
            owners: self.owners,
            tcp_info: info.map(Info),
        };
        record.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use sockeye_sys::sock_diag::InetSocket;

    use super::*;
    use crate::watch::notice::Opened;

    fn close(accepted: bool, waits: bool, peer: &str) -> Close {
        let (local, peer) = ("127.0.0.1:80".parse().unwrap(), peer.parse().unwrap());
        let row = InetSocket::bare(Protocol::TCP, TcpState::Closed, local, peer);
        let left = waits.then_some(State::Tcp(TcpState::TimeWait));
        Close { row, at: 0, past: None, left, opened: if accepted { Opened::ByPeer } else { Opened::NoListener } }
    }

    fn info(acked: u64, received: u64, sent: u64, again: u64) -> TcpInfo {
        let mut octets = vec![0; 240];
        for (at, value) in [(120, acked), (128, received), (200, sent), (208, again)] {
            octets[at..at + 8].copy_from_slice(&value.to_ne_bytes());
        }
        TcpInfo::new(&octets)
    }

    #[test]
    fn ends_and_octets_as_linux_6_18_left_them() {
        // Accepted, TIME-WAIT left; acked, received, sent, sent again; and what that means.
        let known = |sent, acked, received| (Some(sent), Some(acked), Some(received));
        let rows = [
            ("the client closes", false, true, (102, 7, 100, 0), Ended::ClosedHereFirst, known(100, 100, 7)),
            ("and its server", true, false, (8, 101, 7, 0), Ended::ClosedByPeerFirst, known(7, 7, 100)),
            ("the server closes", true, true, (1, 100, 0, 0), Ended::ClosedHereFirst, known(0, 0, 100)),
            ("and its client", false, false, (102, 1, 100, 0), Ended::ClosedByPeerFirst, known(100, 100, 0)),
            // Never listed: by whom stays open.
            ("a reset because of unread data", true, false, (0, 100, 0, 0), Ended::Reset, known(0, 0, 100)),
            (
                "and its client, or a server whose client closed",
                false,
                false,
                (101, 0, 100, 0),
                Ended::Unknown,
                known(100, 100, 0),
            ),
            ("nobody listened", false, false, (0, 0, 0, 0), Ended::NoConnection, known(0, 0, 0)),
            ("one octet sent twice", true, false, (3, 1, 3, 1), Ended::ClosedByPeerFirst, known(2, 2, 0)),
            ("one octet never acknowledged", false, false, (100, 0, 100, 0), Ended::Reset, known(100, 100, 0)),
        ];
        for (what, accepted, waits, (acked, received, sent, again), how, expected) in rows {
            let info = info(acked, received, sent, again);
            let close = close(accepted, waits, "127.0.0.1:5000");
            let found = ended(Some(&info), &close);
            assert_eq!(found, how, "{what}");
            let octets = octets(&info, found, &close);
            assert_eq!((octets.sent, octets.acked, octets.received), expected, "{what}");
        }
    }

    #[test]
    fn what_is_not_known_is_not_told() {
        let old = TcpInfo::new(&[7; 104]);
        assert_eq!(ended(Some(&old), &close(true, false, "127.0.0.1:5000")), Ended::Unknown);
        assert_eq!(octets(&old, Ended::Unknown, &close(true, false, "127.0.0.1:5000")), Octets::default());
        assert_eq!(ended(None, &close(true, false, "127.0.0.1:5000")), Ended::Unknown);
    }

    #[test]
    fn a_reset_behind_our_fin_is_no_fin_of_the_peer() {
        // nc connects, sends FIN, and gets RST: SYN and FIN were acknowledged.
        let info = info(2, 0, 0, 0);
        for (state, expected) in [(TcpState::FinWait2, Ended::Reset), (TcpState::LastAck, Ended::ClosedByPeerFirst)] {
            let past = Some(Past { opened: Opened::NoListener, ..seen(state) });
            let close = Close { past, ..close(false, false, "10.0.0.2:5000") };
            assert_eq!(ended(Some(&info), &close), expected, "{state:?}");
        }
    }

    #[test]
    fn who_reset_it_as_far_as_the_last_word_tells() {
        use TcpState::{CloseWait, Established, FinWait1};
        let cut = |state, rqueue, wqueue, total_retrans: u32| {
            let mut octets = vec![0; 240];
            octets[100..104].copy_from_slice(&total_retrans.to_ne_bytes());
            for (at, value) in [(120, 0_u64), (128, 5), (200, 3)] {
                octets[at..at + 8].copy_from_slice(&value.to_ne_bytes());
            }
            let mut close = Close { past: Some(seen(state)), ..close(true, false, "10.0.0.2:5000") };
            (close.row.rqueue, close.row.wqueue) = (rqueue, wqueue);
            (ended(Some(&TcpInfo::new(&octets)), &close), unread(&close))
        };
        // Three octets were sent and not acknowledged.
        assert_eq!(cut(Established, 0, 3, 0), (Ended::ResetByPeer, 0));
        assert_eq!(cut(CloseWait, 1, 3, 0), (Ended::ResetByPeer, 0), "the peer's FIN is all that was not read");
        assert_eq!(cut(Established, 5, 3, 0), (Ended::Reset, 5), "closed here with octets unread, perhaps");
        assert_eq!(cut(Established, 0, 4, 0), (Ended::Reset, 0), "our FIN waits too: the peer's data may have met it");
        assert_eq!(cut(FinWait1, 0, 4, 0).0, Ended::Reset);
        assert_eq!(cut(Established, 0, 3, 1).0, Ended::ResetOrGivenUp);
    }

    fn seen(state: TcpState) -> Past {
        let (local, peer) = ("10.0.0.1:80".parse().unwrap(), "10.0.0.2:5000".parse().unwrap());
        let (state, inode) = (State::Tcp(state), Some(7));
        Past { local, peer, opened: Opened::ByPeer, state, first: 0, first_early: 0, older: false, inode, until: None }
    }

    #[test]
    fn what_the_kernel_forgets_of_an_aborted_connection_the_listing_knew() {
        let none = info(0, 0, 0, 0);
        for (state, expected) in [
            (None, Ended::NoConnectionOrResetHere),
            (Some(TcpState::SynSent), Ended::NoConnection),
            (Some(TcpState::SynReceived), Ended::ResetHere),
            (Some(TcpState::Established), Ended::ResetHere),
            (Some(TcpState::CloseWait), Ended::ResetHere),
        ] {
            let close = Close { past: state.map(seen), ..close(true, false, "10.0.0.2:0") };
            let found = ended(Some(&none), &close);
            assert_eq!(found, expected, "{state:?}");
            if found != Ended::NoConnection {
                assert_eq!(octets(&none, found, &close), Octets::default(), "no count is left");
            }
            let peer = if state.is_some() { "10.0.0.2:5000" } else { "10.0.0.2:0" };
            assert_eq!(ends_before(&close).1, peer.parse().unwrap(), "{state:?}");
        }
    }

    #[test]
    fn the_fin_of_the_peer_is_left_out_where_it_is_certain() {
        let count = |close: &Close| {
            let info = info(1, 11, 0, 0);
            let octets = octets(&info, ended(Some(&info), close), close);
            (octets.received, octets.received_may_count_fin)
        };
        let waiting = |left| Close { left: Some(State::Tcp(left)), ..close(true, true, "127.0.0.1:5000") };
        assert_eq!(count(&waiting(TcpState::TimeWait)), (Some(11), true), "before or after the socket was replaced");
        assert_eq!(count(&waiting(TcpState::FinWait2)), (Some(11), false), "it has not come");
        let reset = |state| Close { past: Some(seen(state)), ..close(false, false, "127.0.0.1:5000") };
        assert_eq!(count(&reset(TcpState::CloseWait)), (Some(10), false), "it had come");
        assert_eq!(count(&reset(TcpState::Established)), (Some(11), true));
    }

    #[test]
    fn a_listener_is_no_connection() {
        assert!(is_shown(&close(true, false, "127.0.0.1:5000")));
        assert!(is_shown(&close(false, false, "127.0.0.1:0")), "one that failed");
        assert!(!is_shown(&close(false, false, "0.0.0.0:0")));
    }
}
