//! A row of the Internet sockets.

use std::fmt::Write as _;
use std::net::{IpAddr, SocketAddr};

use sockeye_common::addr::IpText;
use sockeye_sys::TcpState;
use sockeye_sys::sock_diag::{Timer, TimerKind};

use super::lore::Lore;
use crate::cli::Detail;
use crate::kind::Kind;
use crate::socket::Socket;
use crate::state::State;

/// How many characters an address and its port have.
const END_WIDTH: usize = 23;

/// The line above the rows.
pub fn heading(detail: Detail) -> String {
    let mut line = String::from("Proto Recv-Q Send-Q Local Address           Foreign Address         State      ");
    for (shown, title) in [
        (detail.extended > 0, " User       Inode     "),
        (detail.programs, " PID/Program name    "),
        (detail.timers, " Timer"),
    ] {
        line.push_str(if shown { title } else { "" });
    }
    line
}

/// Appends a row.
pub fn push(line: &mut String, socket: &Socket, lore: &Lore) {
    let local = end(socket, socket.local, socket.interface, lore);
    let peer = end(socket, socket.peer, None, lore);
    // Writing to a String cannot fail.
    let _ = write!(
        line,
        "{:<5} {:>6} {:>6} {local:<END_WIDTH$} {peer:<END_WIDTH$} {:<11}",
        label(socket),
        socket.recv_queue,
        socket.send_queue,
        state(socket)
    );
    if lore.detail.extended > 0 {
        let _ = write!(line, " {:<10} {:<10}", user(socket.uid, lore), socket.inode.unwrap_or(0));
    }
    if lore.detail.programs {
        lore.push_programs(line, socket.inode);
    }
    if lore.detail.timers {
        line.push(' ');
        push_timer(line, socket.timer);
    }
}

/// netstat's name of a kind and family.
fn label(socket: &Socket) -> &'static str {
    match socket.kind.label(socket.family) {
        "udplite" => "udpl",
        "udplite6" => "udpl6",
        other => other,
    }
}

/// An address and a port, cut to the column unless all of it is wanted. What is cut is the address: neither the port nor
/// the interface. An address that netstat shows whole, without the interface, is whole here too.
fn end(socket: &Socket, end: SocketAddr, bound: Option<u32>, lore: &Lore) -> String {
    let scope = match end {
        SocketAddr::V6(addr) => Some(addr.scope_id()).filter(|scope| *scope != 0),
        SocketAddr::V4(_) => None,
    };
    let zone = bound.or(scope).map_or_else(String::new, |index| match lore.names.interface(index) {
        Some(name) => format!("%{name}"),
        None => format!("%{index}"),
    });
    let (mut host, port) = (host(end.ip(), lore), port(socket, end, lore));
    if !lore.detail.wide {
        let room = END_WIDTH.saturating_sub(port.len()).saturating_sub(1);
        if host.chars().count() > room {
            host = host.chars().take(room.saturating_sub(zone.len())).collect();
        }
    }
    format!("{host}{zone}:{port}")
}

/// An IPv6 socket that carries IPv4 shows the address as IPv4: `tcp6` beside it says which it is.
fn host(ip: IpAddr, lore: &Lore) -> String {
    if lore.detail.numeric_hosts {
        return IpText(ip.to_canonical()).to_string();
    }
    match (lore.names.host(ip), ip) {
        (_, IpAddr::V6(ip)) if ip.is_unspecified() => "[::]".to_owned(),
        (Some(name), ip) if !ip.is_unspecified() => name.to_owned(),
        (_, ip) => IpText(ip.to_canonical()).to_string(),
    }
}

/// Of a raw socket the port is its protocol.
fn port(socket: &Socket, end: SocketAddr, lore: &Lore) -> String {
    let port = end.port();
    if port == 0 {
        return "*".to_owned();
    }
    let name = match socket.kind {
        Kind::Raw => u8::try_from(port).ok().and_then(|number| lore.protocols.get(&number)).map(String::as_str),
        _ => lore.names.service(socket.protocol, port),
    };
    match name {
        Some(name) if !lore.detail.numeric_ports => name.to_owned(),
        _ => port.to_string(),
    }
}

/// netstat's name of a state. UDP has one only when it is connected.
fn state(socket: &Socket) -> String {
    let word = match socket.state {
        State::Tcp(TcpState::SynSent) => "SYN_SENT",
        State::Tcp(TcpState::SynReceived | TcpState::NewSynReceived) => "SYN_RECV",
        State::Tcp(TcpState::FinWait1) => "FIN_WAIT1",
        State::Tcp(TcpState::FinWait2) => "FIN_WAIT2",
        State::Tcp(TcpState::TimeWait) => "TIME_WAIT",
        State::Tcp(TcpState::Closed | TcpState::BoundInactive) => "CLOSE",
        State::Tcp(TcpState::CloseWait) => "CLOSE_WAIT",
        State::Tcp(TcpState::LastAck) => "LAST_ACK",
        State::Tcp(TcpState::Listen) | State::Listening => "LISTEN",
        State::Tcp(TcpState::Closing) | State::Closing => "CLOSING",
        State::Tcp(TcpState::Unknown(_)) => "UNKNOWN",
        State::Tcp(TcpState::Established) | State::Connected => "ESTABLISHED",
        State::Connecting => "CONNECTING",
        State::Unconnected if socket.kind == Kind::Raw => "CLOSE",
        State::Unconnected => "",
        State::Association(_) => {
            return socket.state.name().unwrap_or("unknown").to_ascii_uppercase().replace('-', "_");
        }
    };
    word.to_owned()
}

fn user(uid: Option<u32>, lore: &Lore) -> String {
    let Some(uid) = uid else { return "-".to_owned() };
    match lore.names.user(uid) {
        Some(name) if !lore.detail.numeric_users => name.to_owned(),
        _ => uid.to_string(),
    }
}

/// Appends a timer: its kind, the seconds left, retransmissions, probes.
fn push_timer(line: &mut String, timer: Timer) {
    let Timer { kind, retransmits, expires_ms } = timer;
    let (word, retransmits, probes) = match kind {
        // A delayed acknowledgement is none of netstat's timers.
        TimerKind::Off | TimerKind::DelayedAck => return line.push_str("off (0.00/0/0)"),
        TimerKind::Retransmission => ("on", retransmits, 0),
        TimerKind::KeepAlive => ("keepalive", 0, retransmits),
        TimerKind::TimeWait => ("timewait", 0, 0),
        TimerKind::ZeroWindowProbe => ("probe", 0, retransmits),
        TimerKind::Unknown(number) => {
            let _ = write!(line, "unkn-{number} (");
            ("", retransmits, 0)
        }
    };
    if !word.is_empty() {
        let _ = write!(line, "{word} (");
    }
    let (seconds, hundredths) = (expires_ms / 1000, expires_ms % 1000 / 10);
    let _ = write!(line, "{seconds}.{hundredths:02}/{retransmits}/{probes})");
}

#[cfg(test)]
mod tests {
    use sockeye_sys::Protocol;

    use super::*;
    use crate::samples::socket;

    fn lore(detail: Detail) -> Lore {
        let mut lore = Lore { detail, ..Lore::default() };
        lore.names.add_interface(2, "eth0");
        lore.names.add_services(b"ssh 22/tcp\n");
        lore.names.add_host("127.0.0.1".parse().unwrap(), "localhost");
        lore.names.add_users(b"root:x:0:0:root:/root:/bin/sh\n");
        lore.protocols.insert(1, "icmp".to_owned());
        lore
    }

    fn numeric() -> Detail {
        Detail { numeric_hosts: true, numeric_ports: true, numeric_users: true, ..Detail::default() }
    }

    fn row(socket: &Socket, detail: Detail) -> String {
        let mut line = String::new();
        push(&mut line, socket, &lore(detail));
        line
    }

    fn tcp(state: TcpState, local: &str, peer: &str) -> Socket {
        socket(Protocol::TCP, state, local, peer)
    }

    #[test]
    fn rows_as_netstat_prints_them() {
        // net-tools 2.10, by hand.
        let listener = tcp(TcpState::Listen, "127.0.0.1:22", "0.0.0.0:0");
        assert_eq!(
            row(&listener, numeric()),
            "tcp        0      0 127.0.0.1:22            0.0.0.0:*               LISTEN     "
        );
        assert_eq!(
            row(&listener, Detail::default()),
            "tcp        0      0 localhost:ssh           0.0.0.0:*               LISTEN     "
        );
        let wild = Socket { inode: Some(17), ..tcp(TcpState::Listen, "[::]:80", "[::]:0") };
        assert_eq!(
            row(&wild, Detail { extended: 1, programs: true, timers: true, ..numeric() }),
            "tcp6       0      0 :::80                   :::*                    LISTEN      0          17         \
             -                    off (0.00/0/0)"
        );
        assert_eq!(
            row(&wild, Detail { extended: 1, ..Detail::default() }),
            "tcp6       0      0 [::]:80                 [::]:*                  LISTEN      root       17        "
        );
    }

    #[test]
    fn the_address_is_cut_and_nothing_else() {
        let long = "2001:db8:1111:2222:3333:4444:5555:6666";
        let pair = tcp(TcpState::FinWait2, &format!("[{long}]:55052"), &format!("[{long}]:80"));
        assert_eq!(
            row(&pair, numeric()),
            "tcp6       0      0 2001:db8:1111:222:55052 2001:db8:1111:2222:3:80 FIN_WAIT2  "
        );
        assert!(
            row(&pair, Detail { wide: true, ..numeric() }).contains(&format!(" {long}:55052 {long}:80 FIN_WAIT2  "))
        );
        let link = tcp(TcpState::Established, "[fe80::1c79:8aff:fe37:1fde%2]:55052", "[fe80::2%2]:80");
        let shown = row(&link, numeric());
        assert!(shown.contains(" fe80::1c79:8%eth0:55052 fe80::2%eth0:80         ESTABLISHED"), "{shown}");
        let mut lore = lore(numeric());
        lore.names.add_interface(3, "wireguard-tunn");
        let bound = Socket { interface: Some(3), ..tcp(TcpState::Listen, "192.0.2.200:8080", "0.0.0.0:0") };
        let mut shown = String::new();
        push(&mut shown, &bound, &lore);
        assert!(shown.contains(" 192.0.2.200%wireguard-tunn:8080 0.0.0.0:*  "), "{shown}");
    }

    #[test]
    fn mapped_addresses_are_ipv4_on_an_ipv6_socket() {
        let mapped = tcp(TcpState::Established, "[::ffff:127.0.0.1]:22", "[::ffff:127.0.0.1]:4000");
        let shown = row(&mapped, numeric());
        assert!(shown.starts_with("tcp6       0      0 127.0.0.1:22            127.0.0.1:4000          "), "{shown}");
        assert!(row(&mapped, Detail::default()).contains(" 127.0.0.1:ssh "), "as netstat: not by name");
    }

    #[test]
    fn states_and_kinds_in_netstats_words() {
        let end = |state| {
            let shown = row(&tcp(state, "1.2.3.4:5", "1.2.3.4:6"), numeric());
            shown.split_ascii_whitespace().last().unwrap().to_owned()
        };
        for (state, word) in [
            (TcpState::Established, "ESTABLISHED"),
            (TcpState::SynSent, "SYN_SENT"),
            (TcpState::SynReceived, "SYN_RECV"),
            (TcpState::NewSynReceived, "SYN_RECV"),
            (TcpState::FinWait1, "FIN_WAIT1"),
            (TcpState::FinWait2, "FIN_WAIT2"),
            (TcpState::TimeWait, "TIME_WAIT"),
            (TcpState::Closed, "CLOSE"),
            (TcpState::CloseWait, "CLOSE_WAIT"),
            (TcpState::LastAck, "LAST_ACK"),
            (TcpState::Listen, "LISTEN"),
            (TcpState::Closing, "CLOSING"),
            (TcpState::Unknown(99), "UNKNOWN"),
        ] {
            assert_eq!(end(state), word);
        }
        let udp = socket(Protocol::UDPLITE, TcpState::Closed, "[::]:7", "[::]:0");
        assert_eq!(
            row(&udp, numeric()),
            "udpl6      0      0 :::7                    :::*                               "
        );
        let raw = socket(Protocol::RAW, TcpState::Closed, "0.0.0.0:1", "0.0.0.0:0");
        assert_eq!(
            row(&raw, Detail::default()),
            "raw        0      0 0.0.0.0:icmp            0.0.0.0:*               CLOSE      "
        );
        assert!(row(&raw, numeric()).contains(" 0.0.0.0:1 "));
    }

    #[test]
    fn timers_as_netstat_prints_them() {
        for (kind, retransmits, expires_ms, expected) in [
            (TimerKind::Off, 0, 0, "off (0.00/0/0)"),
            (TimerKind::Retransmission, 3, 1_572, "on (1.57/3/0)"),
            (TimerKind::KeepAlive, 2, 7_199_805, "keepalive (7199.80/0/2)"),
            (TimerKind::TimeWait, 0, 43_210, "timewait (43.21/0/0)"),
            (TimerKind::ZeroWindowProbe, 4, 60, "probe (0.06/0/4)"),
            (TimerKind::DelayedAck, 0, 40, "off (0.00/0/0)"),
            (TimerKind::Unknown(9), 1, 10, "unkn-9 (0.01/1/0)"),
        ] {
            let mut line = String::new();
            push_timer(&mut line, Timer { kind, retransmits, expires_ms });
            assert_eq!(line, expected);
        }
    }

    #[test]
    fn nobody_is_not_root() {
        let waiting = Socket { uid: None, inode: None, ..tcp(TcpState::TimeWait, "1.2.3.4:5", "1.2.3.4:6") };
        let shown = row(&waiting, Detail { extended: 1, programs: true, ..Detail::default() });
        assert!(shown.ends_with(" TIME_WAIT   -          0          -                   "), "{shown}");
    }
}
