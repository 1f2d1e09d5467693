//! What the queues, the timer and the counters of one socket say, in sentences.

use serde::Serialize;
use sockeye_sys::sock_diag::TimerKind;
use sockeye_sys::tcp_info::TcpInfo;
use sockeye_sys::{Protocol, TcpState};

use crate::listing::info::rtt_us;
use crate::owners::Owner;
use crate::socket::Socket;
use crate::state::State;
use crate::watch::when::span;

/// What a sentence is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// Connections that wait for accept(2).
    AcceptQueue,
    /// Octets that the process has not read.
    ReceiveQueue,
    /// Octets that the peer has not acknowledged.
    SendQueue,
    /// What the kernel will do by itself, and when.
    Timer,
    /// Who holds the socket, where that matters.
    Owner,
    /// Losses and times of the path.
    Path,
    /// Datagrams or connections that were thrown away.
    Drops,
}

/// One thing that the numbers say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fact {
    /// What it is about.
    pub about: About,
    /// The sentence.
    pub text: String,
}

/// How often the kernel tries, as the namespace is set.
///
/// # Source
/// tcp(7): `tcp_syn_retries`, `tcp_synack_retries`, `tcp_retries2`, `tcp_orphan_retries`; Linux,
/// Documentation/networking/ip-sysctl.rst: `tcp_syn_linear_timeouts`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// SYNs after the first. `None` also where some of them go at even intervals: the kernel then counts time and not SYNs.
    pub syn_retries: Option<u8>,
    /// SYN,ACKs after the first.
    pub synack_retries: Option<u8>,
    /// From how many retransmissions of data the kernel reckons the time after which it gives up.
    pub retries2: Option<u8>,
    /// The same of an orphan; zero means eight.
    pub orphan_retries: Option<u8>,
}

/// What the numbers of a socket say. Holders are those that a search found; `None` if nobody searched.
pub fn facts(socket: &Socket, owners: Option<&[Owner<'_>]>, limits: Limits) -> Vec<Fact> {
    let mut facts = Vec::new();
    let mut say = |about, text: Option<String>| facts.extend(text.map(|text| Fact { about, text }));
    let listener = socket.state == State::Tcp(TcpState::Listen);
    if listener {
        say(About::AcceptQueue, Some(accept_queue(socket)));
    } else {
        say(About::ReceiveQueue, receive_queue(socket));
        say(About::SendQueue, send_queue(socket));
    }
    say(About::Timer, timer(socket, limits));
    say(About::Owner, ownerless(socket, owners));
    say(About::Drops, drops(socket, listener));
    if let Some(info) = socket.details().filter(|_| !listener).as_ref().and_then(|row| row.tcp_info.as_ref()) {
        say(About::Path, path(info));
    }
    facts
}

fn accept_queue(socket: &Socket) -> String {
    let waiting = socket.recv_queue;
    let wait = match waiting {
        0 => "no connection waits".to_owned(),
        1 => "1 connection waits".to_owned(),
        many => format!("{many} connections wait"),
    };
    let Some(limit) = socket.known_send_queue() else {
        return format!("{wait} for accept(2); /proc does not tell the backlog");
    };
    // The kernel asks whether the queue is longer than the backlog.
    let room = if waiting > limit {
        "it is full, and the kernel drops what else comes until the process calls accept(2)"
    } else {
        "the kernel lets one more than that wait"
    };
    format!("{wait} for accept(2), with a backlog of {limit}: {room}")
}

fn receive_queue(socket: &Socket) -> Option<String> {
    let queue = socket.recv_queue;
    let fin = matches!(
        socket.state,
        State::Tcp(TcpState::CloseWait | TcpState::LastAck | TcpState::Closing | TcpState::TimeWait)
    );
    match (queue, socket.protocol) {
        (0, _) => None,
        // The peer's FIN, which nobody will read any more.
        _ if socket.is_orphan() => None,
        (1, Protocol::TCP) if fin => {
            Some("Recv-Q 1 is the peer's FIN: the process has not read as far as the end of the stream".to_owned())
        }
        (_, Protocol::TCP) if fin => Some(format!(
            "{} received, and the peer's FIN behind them; the process has not read them",
            octets(queue - 1)
        )),
        (_, Protocol::TCP) => Some(format!("{} received that the process has not read", octets(queue))),
        _ => Some(format!("datagrams that the process has not read take {} of the kernel's memory", octets(queue))),
    }
}

fn send_queue(socket: &Socket) -> Option<String> {
    let queue = socket.send_queue;
    if queue == 0 {
        return None;
    }
    if socket.protocol != Protocol::TCP {
        return Some(format!("datagrams that have not left this host take {} of the kernel's memory", octets(queue)));
    }
    let unsent = socket.details().and_then(|row| row.tcp_info.as_ref()?.notsent_bytes()).unwrap_or(0);
    let (what, unsent) = match socket.state {
        State::Tcp(TcpState::SynSent) if queue == 1 => {
            return Some("Send-Q 1 is our SYN, not acknowledged yet".to_owned());
        }
        // TCP Fast Open.
        State::Tcp(TcpState::SynSent) => {
            (format!("our SYN and {} with it are not acknowledged by the peer", octets(queue - 1)), unsent)
        }
        State::Tcp(TcpState::FinWait1 | TcpState::LastAck | TcpState::Closing) if queue == 1 => {
            return Some("Send-Q 1 is our FIN, not acknowledged yet".to_owned());
        }
        // The FIN goes out behind them, and is among what has not been sent.
        State::Tcp(TcpState::FinWait1 | TcpState::LastAck | TcpState::Closing) => (
            format!("{} and our FIN behind them are not acknowledged by the peer", octets(queue - 1)),
            unsent.saturating_sub(1),
        ),
        _ => (format!("{} not acknowledged by the peer", octets(queue)), unsent),
    };
    Some(if unsent > 0 { format!("{what}; {unsent} of them have not been sent at all") } else { what })
}

fn timer(socket: &Socket, limits: Limits) -> Option<String> {
    let timer = socket.timer;
    let next = in_time(timer.expires_ms);
    let times = u32::from(timer.retransmits);
    match (timer.kind, socket.state) {
        (TimerKind::Off | TimerKind::Unknown(_), _) => None,
        (TimerKind::TimeWait, State::Tcp(TcpState::TimeWait)) => {
            Some(format!("over {next}; then the pair of addresses is free again"))
        }
        (TimerKind::TimeWait, _) => Some(format!("the kernel gives it up {next}, unless the peer's FIN comes before")),
        (TimerKind::Retransmission, State::Tcp(TcpState::SynSent)) => {
            Some(tries("SYN", times, limits.syn_retries, &next))
        }
        // Requests have no timer of their own; the kernel lists theirs under either name.
        (TimerKind::Retransmission | TimerKind::KeepAlive, State::Tcp(TcpState::SynReceived)) => {
            Some(tries("SYN,ACK", times, limits.synack_retries, &next))
        }
        (TimerKind::Retransmission, _) if times == 0 => {
            Some(format!("if no acknowledgement comes, what was sent is sent again {next}"))
        }
        (TimerKind::Retransmission, _) => {
            let (name, limit) = match socket.inode {
                Some(_) => ("tcp_retries2", limits.retries2),
                None => ("tcp_orphan_retries", limits.orphan_retries),
            };
            let limit = match limit {
                None => String::new(),
                Some(0) if socket.inode.is_none() => format!(" (given up after 8: net.ipv4.{name} is 0)"),
                Some(limit) => format!(" (net.ipv4.{name} is {limit})"),
            };
            Some(format!(
                "sent again {}{limit} without an answer; once more {next}: the peer is gone, or the path is broken",
                count(times, "time", "times")
            ))
        }
        (TimerKind::KeepAlive, State::Tcp(TcpState::FinWait2)) if socket.is_orphan() => {
            Some(format!("orphaned: the kernel looks after it again {next}"))
        }
        (TimerKind::KeepAlive, _) if times == 0 => Some(format!("SO_KEEPALIVE: the kernel asks the peer {next}")),
        (TimerKind::KeepAlive, _) => {
            Some(format!("SO_KEEPALIVE: {} without an answer; the next {next}", count(times, "probe", "probes")))
        }
        (TimerKind::ZeroWindowProbe, _) if window_is_closed(socket) => Some(format!(
            "the peer's window is closed: its process does not read; {} sent, the next {next}",
            count(times, "probe", "probes")
        )),
        // The same timer runs for a segment that TCP_CORK holds back, and for one that could not leave this host.
        (TimerKind::ZeroWindowProbe, _) => Some(format!(
            "what is to be sent is held back on this host, or could not leave it; the kernel tries {next}"
        )),
        (TimerKind::DelayedAck, _) => Some(format!("an acknowledgement is held back, and goes out {next}")),
    }
}

/// Whether the peer takes no more, as far as the kernel says.
fn window_is_closed(socket: &Socket) -> bool {
    socket.details().and_then(|row| row.tcp_info.as_ref()?.snd_wnd()) == Some(0)
}

fn tries(segment: &str, again: u32, limit: Option<u8>, next: &str) -> String {
    let sent = u64::from(again) + 1;
    match limit {
        Some(limit) if again < u32::from(limit) => {
            format!("{segment} {sent} of {} is out; the next goes {next}", u64::from(limit) + 1)
        }
        Some(_) => format!("{segment} {sent} is out, the last; the kernel looks again {next}"),
        None => format!("{segment} {sent} is out; the next goes {next}"),
    }
}

/// Who must act next, where the numbers know better than the state alone.
pub fn next(socket: &Socket) -> &'static str {
    let State::Tcp(TcpState::Established | TcpState::CloseWait) = socket.state else { return socket.state.meaning().1 };
    let again = socket.timer.retransmits > 0;
    match (socket.state, socket.timer.kind) {
        (State::Tcp(TcpState::CloseWait), _) if socket.waits_for_accept() => {
            "the process that listens must accept(2) it, and then close(2)"
        }
        _ if socket.waits_for_accept() => "the process that listens must accept(2) it; the peer may send already",
        (_, TimerKind::ZeroWindowProbe) if window_is_closed(socket) => {
            "the peer's process must read: until then what is to be sent stays here"
        }
        (_, TimerKind::Retransmission | TimerKind::KeepAlive) if again => {
            "the peer, or the path to it, must answer: the kernel asks again until it gives up"
        }
        _ => socket.state.meaning().1,
    }
}

/// Who must act where nobody holds the socket, or who holds it where that is what matters.
fn ownerless(socket: &Socket, owners: Option<&[Owner<'_>]>) -> Option<String> {
    match socket.state {
        State::Tcp(TcpState::Established) if socket.inode.is_none() => {
            Some("no process has it yet: it waits in the listener's queue for accept(2)".to_owned())
        }
        State::Tcp(TcpState::CloseWait) if socket.inode.is_none() => Some(
            "no process has it yet: the peer has closed while it waits in the listener's queue for accept(2)"
                .to_owned(),
        ),
        State::Tcp(TcpState::FinWait1 | TcpState::FinWait2 | TcpState::LastAck | TcpState::Closing)
            if socket.inode.is_none() =>
        {
            Some("an orphan: the process has closed it, and the kernel alone looks after it".to_owned())
        }
        State::Tcp(TcpState::FinWait2) => {
            let Some(holder) = owners?.first() else { return Some(elsewhere()) };
            Some(format!(
                "{} still holds it: shutdown(2) closed our direction only, and it may read what the peer sends",
                holder_text(holder)
            ))
        }
        State::Tcp(TcpState::CloseWait) => {
            let Some(holder) = owners?.first() else { return Some(elsewhere()) };
            Some(format!("{} must close it; until then it stays, for ever if need be", holder_text(holder)))
        }
        State::Tcp(_) if socket.inode.is_some() && owners.is_some_and(<[_]>::is_empty) => Some(elsewhere()),
        _ => None,
    }
}

/// Every process was looked into, and none holds it.
fn elsewhere() -> String {
    "no process of this PID namespace holds it: one outside does, as from a container's inside, or it is on its way in a message"
        .to_owned()
}

fn holder_text(owner: &Owner<'_>) -> String {
    let mut text = String::new();
    crate::owners::push_owners(&mut text, std::iter::once(*owner));
    text
}

fn drops(socket: &Socket, listener: bool) -> Option<String> {
    let drops = socket.details()?.skmeminfo?.drops.filter(|drops| *drops > 0)?;
    Some(match (listener, socket.protocol) {
        (true, _) => format!(
            "{} dropped: SYNs and last ACKs that found the queue full, among others",
            count(drops, "segment was", "segments were")
        ),
        (false, Protocol::TCP) => format!("{} dropped here", count(drops, "segment was", "segments were")),
        _ => format!(
            "{} dropped here: the process did not read fast enough, or the checksum was wrong",
            count(drops, "datagram was", "datagrams were")
        ),
    })
}

fn path(info: &TcpInfo) -> Option<String> {
    let rtt = format!("round trip {}", span(rtt_us(info)?.into()));
    Some(match (info.total_retrans().filter(|again| *again > 0), info.segs_out()) {
        (Some(again), Some(sent)) => format!("{rtt}; {again} of {} sent again", count(sent, "segment", "segments")),
        _ => rtt,
    })
}

fn octets(number: u32) -> String {
    count(number, "octet", "octets")
}

fn count(number: u32, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// `in 43.2 s`, `in 1 h 58 min`, `now`.
fn in_time(milliseconds: u32) -> String {
    let seconds = milliseconds / 1000;
    match seconds {
        0 if milliseconds == 0 => "now".to_owned(),
        0 => format!("in {milliseconds} ms"),
        1..=119 => format!("in {}.{} s", seconds, milliseconds % 1000 / 100),
        120..=7199 => format!("in {} min {} s", seconds / 60, seconds % 60),
        _ => format!("in {} h {} min", seconds / 3600, seconds % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use sockeye_sys::sock_diag::{InetSocket, Timer};

    use super::*;
    use crate::details::Details;
    use crate::samples::socket;

    const LIMITS: Limits =
        Limits { syn_retries: Some(6), synack_retries: Some(5), retries2: Some(15), orphan_retries: Some(0) };

    fn tcp(state: TcpState) -> Socket {
        socket(Protocol::TCP, state, "127.0.0.1:80", "127.0.0.1:5000")
    }

    fn said(socket: &Socket) -> Vec<String> {
        let owner = Owner { pid: 812, fd: 5, command: "nginx" };
        facts(socket, Some(&[owner]), LIMITS).into_iter().map(|fact| fact.text).collect()
    }

    fn timed(state: TcpState, kind: TimerKind, retransmits: u8, expires_ms: u32) -> Socket {
        Socket { timer: Timer { kind, retransmits, expires_ms }, ..tcp(state) }
    }

    #[test]
    fn a_listener_says_how_full_it_is() {
        let listener = |recv_queue| Socket { recv_queue, send_queue: 3, ..tcp(TcpState::Listen) };
        assert_eq!(
            said(&listener(0)),
            ["no connection waits for accept(2), with a backlog of 3: the kernel lets one more than that wait"]
        );
        assert_eq!(
            said(&listener(1)),
            ["1 connection waits for accept(2), with a backlog of 3: the kernel lets one more than that wait"]
        );
        assert_eq!(
            said(&listener(4)),
            [
                "4 connections wait for accept(2), with a backlog of 3: it is full, and the kernel drops what else comes until the \
              process calls accept(2)"
            ]
        );
    }

    #[test]
    fn a_fin_counts_as_an_octet_and_is_told_as_a_fin() {
        let waiting = Socket { recv_queue: 1, ..tcp(TcpState::CloseWait) };
        assert_eq!(
            said(&waiting),
            [
                "Recv-Q 1 is the peer's FIN: the process has not read as far as the end of the stream",
                "nginx[812] fd 5 must close it; until then it stays, for ever if need be"
            ]
        );
        let more = Socket { recv_queue: 11, ..tcp(TcpState::CloseWait) };
        assert_eq!(said(&more)[0], "10 octets received, and the peer's FIN behind them; the process has not read them");
        let ours = Socket { send_queue: 1, inode: None, ..tcp(TcpState::FinWait1) };
        assert_eq!(
            said(&ours),
            [
                "Send-Q 1 is our FIN, not acknowledged yet",
                "an orphan: the process has closed it, and the kernel alone looks after it"
            ]
        );
        let behind = Socket { send_queue: 101, ..tcp(TcpState::LastAck) };
        assert_eq!(said(&behind), ["100 octets and our FIN behind them are not acknowledged by the peer"]);
    }

    #[test]
    fn syn_and_fin_are_no_octets_that_were_not_sent() {
        let unsent = |state, send_queue, unsent: u32| {
            let mut octets = vec![0; 148];
            octets[144..].copy_from_slice(&unsent.to_ne_bytes());
            let of = tcp(state);
            let bare = InetSocket::bare(of.protocol, state, of.local, of.peer);
            let row = InetSocket { tcp_info: Some(TcpInfo::new(&octets)), ..bare };
            send_queue_text(&Socket { send_queue, details: Some(Details::Whole(Box::new(row))), ..of })
        };
        assert_eq!(
            unsent(TcpState::FinWait1, 101, 51),
            "100 octets and our FIN behind them are not acknowledged by the peer; 50 of them have not been sent at all"
        );
        let held = "100 octets and our FIN behind them are not acknowledged by the peer";
        assert_eq!(unsent(TcpState::LastAck, 101, 1), held, "the FIN alone has not been sent");
        assert_eq!(
            unsent(TcpState::Established, 101, 51),
            "101 octets not acknowledged by the peer; 51 of them have not been sent at all"
        );
        assert_eq!(unsent(TcpState::SynSent, 1, 0), "Send-Q 1 is our SYN, not acknowledged yet");
        let fast_open = "our SYN and 100 octets with it are not acknowledged by the peer";
        assert_eq!(unsent(TcpState::SynSent, 101, 0), fast_open);
    }

    #[test]
    fn what_the_timer_does_next() {
        use TcpState::{Established, FinWait2, SynReceived, SynSent, TimeWait};
        use TimerKind as Kind;

        let first = |socket: Socket| said(&socket).remove(0);
        assert_eq!(first(timed(SynSent, Kind::Retransmission, 3, 1600)), "SYN 4 of 7 is out; the next goes in 1.6 s");
        assert_eq!(
            first(timed(SynSent, Kind::Retransmission, 6, 60_000)),
            "SYN 7 is out, the last; the kernel looks again in 60.0 s"
        );
        assert_eq!(
            first(timed(SynReceived, Kind::Retransmission, 0, 900)),
            "SYN,ACK 1 of 6 is out; the next goes in 900 ms"
        );
        assert_eq!(
            first(timed(TimeWait, Kind::TimeWait, 0, 43_210)),
            "over in 43.2 s; then the pair of addresses is free again"
        );
        assert_eq!(
            first(timed(FinWait2, Kind::TimeWait, 0, 0)),
            "the kernel gives it up now, unless the peer's FIN comes before"
        );
        assert_eq!(
            first(timed(Established, Kind::Retransmission, 4, 3264)),
            "sent again 4 times (net.ipv4.tcp_retries2 is 15) without an answer; once more in 3.2 s: the peer is gone, or the path is broken"
        );
        assert_eq!(
            first(timed(Established, Kind::ZeroWindowProbe, 1, 130_000)),
            "what is to be sent is held back on this host, or could not leave it; the kernel tries in 2 min 10 s"
        );
        assert_eq!(
            first(timed(Established, Kind::KeepAlive, 0, 7_140_000)),
            "SO_KEEPALIVE: the kernel asks the peer in 119 min 0 s"
        );
        assert_eq!(
            first(timed(FinWait2, Kind::KeepAlive, 0, 7_140_000)),
            "SO_KEEPALIVE: the kernel asks the peer in 119 min 0 s",
            "shutdown(2), and no orphan"
        );
        let orphan = Socket { inode: None, ..timed(FinWait2, Kind::KeepAlive, 0, 900) };
        assert_eq!(first(orphan), "orphaned: the kernel looks after it again in 900 ms");
        assert!(said(&timed(Established, Kind::Off, 0, 0)).is_empty());
    }

    #[test]
    fn who_must_act_next_by_the_numbers() {
        use TcpState::{CloseWait, Established};
        assert!(next(&tcp(Established)).starts_with("either side may send"));
        let fresh = |state| Socket { inode: None, ..tcp(state) };
        assert!(next(&fresh(Established)).starts_with("the process that listens must accept(2) it;"));
        assert!(next(&fresh(CloseWait)).ends_with("must accept(2) it, and then close(2)"));
        assert!(next(&tcp(CloseWait)).starts_with("the process here must close(2)"));
        let silent = timed(Established, TimerKind::Retransmission, 4, 3264);
        assert!(next(&silent).starts_with("the peer, or the path to it, must answer"));
        assert!(next(&timed(Established, TimerKind::Retransmission, 0, 200)).starts_with("either side may send"));
    }

    #[test]
    fn an_orphan_has_nobody_who_reads_and_eight_tries() {
        let timer = Timer { kind: TimerKind::Retransmission, retransmits: 2, expires_ms: 900 };
        let orphan = Socket { recv_queue: 1, inode: None, timer, ..tcp(TcpState::LastAck) };
        let told = said(&orphan);
        assert!(
            told[0].starts_with("sent again 2 times (given up after 8: net.ipv4.tcp_orphan_retries is 0) without"),
            "{told:?}"
        );
        let limits = Limits { orphan_retries: Some(3), ..LIMITS };
        assert!(timer_text(&orphan, limits).contains("(net.ipv4.tcp_orphan_retries is 3)"));
    }

    #[test]
    fn a_round_trip_on_loopback_is_not_zero() {
        let mut octets = vec![0; 104];
        octets[68..72].copy_from_slice(&4_u32.to_ne_bytes());
        assert_eq!(path(&TcpInfo::new(&octets)).unwrap(), "round trip 4 us");
    }

    fn send_queue_text(socket: &Socket) -> String {
        send_queue(socket).unwrap()
    }

    fn timer_text(socket: &Socket, limits: Limits) -> String {
        timer(socket, limits).unwrap()
    }

    #[test]
    fn a_connection_that_nobody_accepted_is_told_from_an_orphan() {
        let fresh = Socket { inode: None, ..tcp(TcpState::Established) };
        assert_eq!(said(&fresh), ["no process has it yet: it waits in the listener's queue for accept(2)"]);
        let half = tcp(TcpState::FinWait2);
        assert!(said(&half)[0].starts_with("nginx[812] fd 5 still holds it"));
        assert!(facts(&half, None, LIMITS).is_empty(), "nobody searched, nothing is claimed");
    }

    #[test]
    fn udp_counts_memory_and_not_data() {
        let datagrams =
            Socket { recv_queue: 2304, ..socket(Protocol::UDP, TcpState::Closed, "0.0.0.0:53", "0.0.0.0:0") };
        assert_eq!(
            said(&datagrams),
            ["datagrams that the process has not read take 2304 octets of the kernel's memory"]
        );
    }
}
