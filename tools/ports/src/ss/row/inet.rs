//! Sockets of the Internet families.

use std::fmt::Write as _;
use std::net::SocketAddr;

use sockeye_cli::escape::escape;
use sockeye_common::addr::IpText;
use sockeye_common::order::ByteOrder;
use sockeye_common::wire::Reader;
use sockeye_sys::Family;
use sockeye_sys::sock_diag::{InetSocket, SockOptions, UlpInfo};

use super::{Row, push_memory, push_shutdown};
use crate::kind::Kind;
use crate::socket::Socket;
use crate::ss::sheet::Sheet;
use crate::ss::{info, number, words};

/// ss's words for the options, in its order.
const SOCK_OPTIONS: [(SockOptions, &str); 11] = [
    (SockOptions::RECVERR, "recverr"),
    (SockOptions::IS_ICSK, "is_icsk"),
    (SockOptions::FREEBIND, "freebind"),
    (SockOptions::HDRINCL, "hdrincl"),
    (SockOptions::MC_LOOP, "mc_loop"),
    (SockOptions::TRANSPARENT, "transparent"),
    (SockOptions::MC_ALL, "mc_all"),
    (SockOptions::NODEFRAG, "nodefrag"),
    (SockOptions::BIND_ADDRESS_NO_PORT, "bind_addr_no_port"),
    (SockOptions::RECVERR_RFC4884, "recverr_rfc4884"),
    (SockOptions::DEFER_CONNECT, "defer_connect"),
];

impl Row<'_> {
    pub(super) fn inet(self, sheet: &mut Sheet, socket: &Socket) {
        self.end_of(sheet.text(), socket, socket.local, socket.interface);
        sheet.end_cell();
        self.end_of(sheet.text(), socket, socket.peer, None);
        sheet.end_cell();
        let text = sheet.text();
        self.users(text, socket.inode);
        self.first_line(text, socket);
        let mut started = false;
        let details = socket.details();
        let details = details.as_deref();
        if let Some(options) = details.and_then(|details| details.options).filter(|_| self.show.sockopt) {
            self.next_line(sheet, &mut started);
            push_sock_options(sheet.text(), options);
        }
        // A raw socket of /proc has nothing for that line, and ss leaves it out too.
        let told = details.is_some() || socket.kind != Kind::Raw;
        if told && (self.show.memory || self.show.info && socket.kind != Kind::Udp) {
            self.next_line(sheet, &mut started);
            if let Some(details) = details {
                self.second_line(sheet.text(), details);
            }
        }
        Self::end(sheet, started);
    }

    /// `127.0.0.1:22`, `[fe80::1]%eth0:22`, `*:80` for every address of both families.
    fn end_of(self, text: &mut String, socket: &Socket, end: SocketAddr, interface: Option<u32>) {
        let ip = end.ip();
        let lore = self.lore;
        // Writing to a String cannot fail, here and below.
        // Also where nobody says whether it refuses IPv4, as of raw sockets.
        let both = socket.family == Family::INET6 && socket.v6only != Some(true);
        match lore.names.host(ip.to_canonical()).filter(|_| self.show.resolve) {
            _ if ip.is_unspecified() && both => text.push('*'),
            Some(host) => text.push_str(host),
            None if ip.is_ipv6() => drop(write!(text, "[{}]", IpText(ip))),
            None => drop(write!(text, "{ip}")),
        }
        if let Some(index) = interface {
            let _ = match lore.names.interface(index) {
                Some(name) => write!(text, "%{name}"),
                None => write!(text, "%if{index}"),
            };
        }
        text.push(':');
        self.push_port(text, socket.kind, end.port());
    }

    fn push_port(self, text: &mut String, kind: Kind, port: u16) {
        let (first, last) = self.lore.ephemeral;
        match port {
            0 => return text.push('*'),
            _ if self.show.numeric => {}
            _ if kind == Kind::Raw => {
                let name = u8::try_from(port).ok().and_then(|number| self.lore.protocols.get(&number));
                return match name {
                    Some(name) => text.push_str(name),
                    None => drop(write!(text, "ipproto-{port}")),
                };
            }
            _ if (first..=last).contains(&port) => {}
            _ => {
                let protocol = if kind == Kind::Mptcp { Kind::Tcp.protocol() } else { kind.protocol() };
                if let Some(name) = protocol.and_then(|protocol| self.lore.names.service(protocol, port)) {
                    return text.push_str(name);
                }
            }
        }
        let _ = write!(text, "{port}");
    }

    fn first_line(self, text: &mut String, socket: &Socket) {
        let details = socket.details();
        let details = details.as_deref();
        if self.show.timers
            && let Some(name) = words::timer(socket.timer.kind)
        {
            let _ = write!(text, " timer:({name},");
            number::push_timer(text, socket.timer.expires_ms);
            let _ = write!(text, ",{})", socket.timer.retransmits);
        }
        if self.show.extended {
            if let Some(uid) = socket.uid.filter(|uid| *uid != 0) {
                let _ = write!(text, " uid:{uid}");
            }
            let _ = write!(text, " ino:{}", socket.inode.unwrap_or(0));
            if socket.cookie != 0 {
                let _ = write!(text, " sk:{:x}", socket.cookie);
            }
            if let Some(mark) = details.and_then(|details| details.mark).filter(|mark| *mark != 0) {
                let _ = write!(text, " fwmark:0x{mark:x}");
            }
            self.push_cgroup(text, details);
            if let Some(v6only) = socket.v6only {
                let _ = write!(text, " v6only:{}", u8::from(v6only));
            }
            push_shutdown(text, details.and_then(|details| details.shutdown));
        }
        let Some(details) = details else { return };
        if self.show.tos {
            for (name, value) in [
                ("tos", details.tos.map(u32::from)),
                ("tclass", details.traffic_class.map(u32::from)),
                ("class_id", details.class_id),
            ] {
                match value {
                    Some(0) => drop(write!(text, " {name}:0")),
                    Some(value) => drop(write!(text, " {name}:{value:#x}")),
                    None => {}
                }
            }
        }
        if self.show.cgroup && !self.show.extended {
            self.push_cgroup(text, Some(details));
        }
    }

    fn push_cgroup(self, text: &mut String, details: Option<&InetSocket>) {
        let Some(id) = details.and_then(|details| details.cgroup) else { return };
        let _ = match self.lore.cgroups.get(&id) {
            Some(path) => write!(text, " cgroup:{path}"),
            None => write!(text, " cgroup:unreachable:{id:x}"),
        };
    }

    fn second_line(self, text: &mut String, details: &InetSocket) {
        if self.show.memory {
            push_memory(text, details.skmeminfo);
            if let (None, Some(memory)) = (details.skmeminfo, details.meminfo) {
                let _ = write!(text, " mem:(r{},w{},f{},t{})", memory.rmem, memory.wmem, memory.fmem, memory.tmem);
            }
        }
        if self.show.info {
            // ss names them only beside timers.
            info::push(text, details, self.show.numeric, self.show.timers);
            if let Some(ulp) = &details.ulp {
                push_ulp(text, ulp);
            }
            if let Some(mptcp) =
                details.info.as_ref().filter(|_| Kind::of_protocol(details.protocol) == Some(Kind::Mptcp))
            {
                push_mptcp(text, mptcp);
            }
        }
    }
}

fn push_sock_options(text: &mut String, options: SockOptions) {
    text.push_str(" inet-sockopt: (");
    for (option, name) in SOCK_OPTIONS {
        if options.contains(option) {
            text.push(' ');
            text.push_str(name);
        }
    }
    text.push(')');
}

/// What sits between TCP and the process.
fn push_ulp(text: &mut String, ulp: &UlpInfo) {
    let _ = write!(text, " tcp-ulp-{}", escape(&ulp.name));
    match ulp.tls_version {
        None => {}
        Some(0x0303) => text.push_str(" version: 1.2"),
        Some(0x0304) => text.push_str(" version: 1.3"),
        Some(other) => drop(write!(text, " version: unknown({other})")),
    }
    match ulp.tls_cipher {
        None => {}
        Some(51) => text.push_str(" cipher: aes-gcm-128"),
        Some(52) => text.push_str(" cipher: aes-gcm-256"),
        Some(other) => drop(write!(text, " cipher: unknown({other})")),
    }
    for (name, value) in [("rxconf", ulp.tls_rxconf), ("txconf", ulp.tls_txconf)] {
        let Some(value) = value else { continue };
        let _ = write!(text, " {name}: ");
        match value {
            1 => text.push_str("none"),
            2 => text.push_str("sw"),
            3 => text.push_str("hw"),
            4 => text.push_str("hw-record"),
            other => drop(write!(text, "unknown({other})")),
        }
    }
    if let Some(flags) = ulp.mptcp_flags {
        text.push_str(" flags:");
        text.extend("MmJjBbecv".chars().enumerate().filter(|(bit, _)| flags >> bit & 1 != 0).map(|(_, letter)| letter));
        push_mptcp_map(text, ulp);
    }
}

/// Which part of a connection a subflow carries.
fn push_mptcp_map(text: &mut String, ulp: &UlpInfo) {
    let map = ulp.mptcp_map;
    if let (Some(remote), Some(local)) = (ulp.mptcp_remote_token, ulp.mptcp_token) {
        let (remote_id, local_id) = (map.remote_id.unwrap_or(0), map.local_id.unwrap_or(0));
        let _ = write!(text, " token:{remote:04x}(id:{remote_id})/{local:04x}(id:{local_id})");
    }
    for (name, value) in [
        ("seq", map.seq),
        ("sfseq", map.subflow_seq.map(u64::from)),
        ("ssnoff", map.offset.map(u64::from)),
        ("maplen", map.len.map(u64::from)),
    ] {
        if let Some(value) = value {
            let _ = write!(text, " {name}:{value:x}");
        }
    }
}

/// The connection that MPTCP's subflows belong to.
///
/// # Source
/// Linux, include/uapi/linux/mptcp.h, struct mptcp_info.
fn push_mptcp(text: &mut String, octets: &[u8]) {
    const COUNTS: [&str; 6] = [
        "subflows",
        "add_addr_signal",
        "add_addr_accepted",
        "subflows_max",
        "add_addr_signal_max",
        "add_addr_accepted_max",
    ];
    for (name, count) in COUNTS.into_iter().zip(octets).filter(|(_, count)| **count != 0) {
        let _ = write!(text, " {name}:{count}");
    }
    let word = |offset| Reader::at(octets, offset)?.u32_in(ByteOrder::HOST, "mptcp_info").ok();
    let long = |offset| Reader::at(octets, offset)?.u64_in(ByteOrder::HOST, "mptcp_info").ok();
    let flags = word(8).unwrap_or(0);
    for (bit, name) in [(1, "fallback"), (2, "remote_key")] {
        if flags & bit != 0 {
            let _ = write!(text, " {name}");
        }
    }
    let numbers =
        [("token", word(12).map(u64::from)), ("write_seq", long(16)), ("snd_una", long(24)), ("rcv_nxt", long(32))];
    for (name, value) in numbers {
        if let Some(value) = value.filter(|value| *value != 0) {
            let _ = write!(text, " {name}:{value:x}");
        }
    }
}
