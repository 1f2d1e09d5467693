//! The lists of `/proc/net`, for what a kernel does not list over netlink. Pure: octets in, rows out.
//!
//! They are read line by line while the kernel changes them: a row may be there twice, or missing. They know no cookie, no
//! interface, no backlog and no extension. A line that cannot be read is passed over.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use sockeye_sys::sock_diag::{InetSocket, Timer, UnixName, UnixSocket};
use sockeye_sys::{Family, Protocol, SockType, TcpState};

use crate::kind::Kind;

/// The file of a kind and family, below the folder `net` of a process; `None` where no kernel has any.
pub fn file(kind: Kind, family: Family) -> Option<&'static str> {
    Some(match (kind, family == Family::INET6) {
        (Kind::Tcp, false) => "tcp",
        (Kind::Tcp, true) => "tcp6",
        (Kind::Udp, false) => "udp",
        (Kind::Udp, true) => "udp6",
        (Kind::UdpLite, false) => "udplite",
        (Kind::UdpLite, true) => "udplite6",
        (Kind::Raw, false) => "raw",
        (Kind::Raw, true) => "raw6",
        (Kind::Ping, false) => "icmp",
        (Kind::Ping, true) => "icmp6",
        _ => return None,
    })
}

/// The rows of `tcp`, `udp`, `udplite`, `raw` and `icmp`, and of those with a `6` behind.
///
/// Of a raw socket the local port is its protocol, as sock_diag has it too; of a ping socket its identifier.
///
/// # Source
/// proc_pid_net(5); Linux, net/ipv4/tcp_ipv4.c, tcp4_seq_show() and the others of that name.
pub fn inet(kind: Kind, list: &[u8]) -> impl Iterator<Item = InetSocket> {
    list.split(|octet| *octet == b'\n').filter_map(move |line| inet_row(kind, line))
}

fn inet_row(kind: Kind, line: &[u8]) -> Option<InetSocket> {
    let mut fields = fields(line);
    // The heading has none.
    let (_, _) = split(fields.next()?, b':')?;
    let local = end(fields.next()?)?;
    let peer = end(fields.next()?)?;
    let state = TcpState::from(u8::try_from(hex(fields.next()?)?).ok()?);
    let (send, receive) = split(fields.next()?, b':')?;
    let (timer, when) = split(fields.next()?, b':')?;
    let retransmits = hex(fields.next()?)?;
    let uid = decimal(fields.next()?)?;
    let _timeout = fields.next()?;
    let inode = decimal(fields.next()?)?;
    let protocol = match kind {
        // A raw socket takes one protocol; icmp6 is another protocol than icmp.
        Kind::Raw => Protocol(local.port().into()),
        Kind::Ping if local.is_ipv6() => Protocol::ICMPV6,
        kind => kind.protocol()?,
    };
    let mut row = InetSocket::bare(protocol, state, local, peer);
    row.timer = Timer {
        kind: u8::try_from(hex(timer)?).ok()?.into(),
        retransmits: u8::try_from(retransmits).unwrap_or(u8::MAX),
        // In hundredths of a second on every machine.
        expires_ms: hex(when)?.saturating_mul(10),
    };
    row.wqueue = hex(send)?;
    row.rqueue = hex(receive)?;
    row.uid = uid;
    row.inode = inode;
    Some(row)
}

/// `0100007F:0050`: words of the host's order in hexadecimal digits, then the port.
fn end(field: &[u8]) -> Option<SocketAddr> {
    let (address, port) = split(field, b':')?;
    let port = u16::try_from(hex(port)?).ok()?;
    let word = |digits: &[u8]| hex(digits).map(u32::to_ne_bytes);
    let ip: IpAddr = match address.len() {
        8 => Ipv4Addr::from(word(address)?).into(),
        32 => {
            let mut octets = [0; 16];
            for (place, digits) in octets.chunks_mut(4).zip(address.chunks(8)) {
                place.copy_from_slice(&word(digits)?);
            }
            Ipv6Addr::from(octets).into()
        }
        _ => return None,
    };
    Some(SocketAddr::new(ip, port))
}

/// The rows of `unix`. It does not say who the peer is.
///
/// # Source
/// proc_pid_net(5); Linux, net/unix/af_unix.c, unix_seq_show().
pub fn unix(list: &[u8]) -> impl Iterator<Item = UnixSocket> {
    list.split(|octet| *octet == b'\n').filter_map(unix_row)
}

fn unix_row(line: &[u8]) -> Option<UnixSocket> {
    /// `__SO_ACCEPTCON`: listen(2) was called.
    const LISTENS: u32 = 1 << 16;
    let mut fields = fields(line);
    // Where it lies, how often it is held, a protocol that is always zero.
    let (_, _) = split(fields.next()?, b':')?;
    let (_, _) = (fields.next()?, fields.next()?);
    let flags = hex(fields.next()?)?;
    let socket_type = SockType(i32::try_from(hex(fields.next()?)?).ok()?);
    let state = match (hex(fields.next()?)?, flags & LISTENS != 0) {
        (_, true) => TcpState::Listen,
        // SS_CONNECTING: no process has it yet; SS_CONNECTED. SS_DISCONNECTING is not connected, and nobody's.
        (2 | 3, _) => TcpState::Established,
        _ => TcpState::Closed,
    };
    let inode_field = fields.next()?;
    let inode = decimal(inode_field)?;
    // One blank, then the name: it may hold blanks itself.
    let behind = offset_behind(line, inode_field)?;
    let name = line.get(behind..)?.strip_prefix(b" ").and_then(|name| match name {
        [] => None,
        [b'@', name @ ..] => Some(UnixName::Abstract(name.into())),
        path => Some(UnixName::Path(path.into())),
    });
    Some(UnixSocket { name, ..UnixSocket::bare(socket_type, state, inode) })
}

/// Where `field`, which is a part of `line`, ends in it.
fn offset_behind(line: &[u8], field: &[u8]) -> Option<usize> {
    let start = (field.as_ptr() as usize).checked_sub(line.as_ptr() as usize)?;
    start.checked_add(field.len())
}

fn fields(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    line.split(u8::is_ascii_whitespace).filter(|field| !field.is_empty())
}

fn split(field: &[u8], at: u8) -> Option<(&[u8], &[u8])> {
    let index = field.iter().position(|octet| *octet == at)?;
    Some((field.get(..index)?, field.get(index.checked_add(1)?..)?))
}

fn hex(digits: &[u8]) -> Option<u32> {
    u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

fn decimal(digits: &[u8]) -> Option<u32> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sockeye_sys::sock_diag::TimerKind;

    use super::*;

    // Linux 6.18, x86-64, in a network namespace of its own.
    const RAW: &[u8] = b"   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops\n\
       1: 00000000:0001 00000000:0000 07 00000000:00000340 00:00000000 00000000  1000        0 4711 2 0000000000000000 3\n";
    const TCP6: &[u8] = b"  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n\
       0: 0000000000000000FFFF00000100007F:1388 0000000000000000FFFF00000100007F:A028 06 00000000:00000000 03:00001770 00000000     0        0 0 3 0000000000000000\n\
       1: 000080FE00000000000000000100000A:0050 00000000000000000000000000000000:0000 0A 00000000:00000002 00:00000000 00000000   101        0 99 1 0000000000000000 100 0 0 10 0\n";
    const UNIX: &[u8] = b"Num       RefCount Protocol Flags    Type St Inode Path\n\
        0000000000000000: 00000002 00000000 00010000 0001 01 16272292 /run/a b\n\
        0000000000000000: 00000003 00000000 00000000 0001 03 16272293\n\
        0000000000000000: 00000002 00000000 00000000 0002 01 16272296 @a b\x1b\xff\n\
        0000000000000000: 00000003 00000000 00000000 0005 03 16272298\n";

    #[cfg(target_endian = "little")]
    #[test]
    fn raw_sockets_have_a_protocol_in_place_of_a_port() {
        let rows: Vec<_> = inet(Kind::Raw, RAW).collect();
        assert_eq!(rows.len(), 1);
        assert_eq!((rows[0].local.to_string(), rows[0].protocol), ("0.0.0.0:1".to_owned(), Protocol::ICMP));
        assert_eq!((rows[0].state, rows[0].rqueue, rows[0].uid, rows[0].inode), (TcpState::Closed, 0x340, 1000, 4711));
        assert_eq!(inet(Kind::Ping, RAW).next().unwrap().protocol, Protocol::ICMP);
    }

    #[cfg(target_endian = "little")]
    #[test]
    fn both_families_and_timers() {
        let rows: Vec<_> = inet(Kind::Tcp, TCP6).collect();
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[0].local.to_string(), "[::ffff:127.0.0.1]:5000");
        assert_eq!(rows[0].peer.to_string(), "[::ffff:127.0.0.1]:41000");
        assert_eq!((rows[0].timer.kind, rows[0].timer.expires_ms), (TimerKind::TimeWait, 60_000));
        assert_eq!(rows[0].family, Family::INET6);
        assert_eq!(rows[1].local.to_string(), "[fe80::a00:1]:80");
        assert_eq!((rows[1].state, rows[1].rqueue, rows[1].inode), (TcpState::Listen, 2, 99));
    }

    #[test]
    fn unix_names_may_hold_anything_but_a_line_feed() {
        let rows: Vec<_> = unix(UNIX).collect();
        let seen: Vec<_> = rows.iter().map(|row| (row.inode, row.socket_type, row.state, row.name.clone())).collect();
        let path = |name: &[u8]| Some(UnixName::Path(name.into()));
        let hidden = |name: &[u8]| Some(UnixName::Abstract(name.into()));
        assert_eq!(
            seen,
            [
                (16_272_292, SockType::STREAM, TcpState::Listen, path(b"/run/a b")),
                (16_272_293, SockType::STREAM, TcpState::Established, None),
                (16_272_296, SockType::DGRAM, TcpState::Closed, hidden(b"a b\x1b\xff")),
                (16_272_298, SockType::SEQPACKET, TcpState::Established, None),
            ]
        );
    }

    #[test]
    fn each_kind_and_family_has_its_file() {
        let families = [Family::INET, Family::INET6];
        let files: Vec<_> =
            Kind::ALL.into_iter().flat_map(|kind| families.map(|family| file(kind, family))).flatten().collect();
        assert_eq!(files, ["tcp", "tcp6", "udp", "udp6", "udplite", "udplite6", "raw", "raw6", "icmp", "icmp6"]);
    }

    proptest! {
        #[test]
        fn no_octets_panic(octets: Vec<u8>) {
            let _ = (inet(Kind::Tcp, &octets).count(), unix(&octets).count());
        }

        #[test]
        fn no_damage_panics(at: prop::sample::Index, value: u8, cut: prop::sample::Index) {
            for list in [RAW, TCP6, UNIX] {
                let mut octets = list.to_vec();
                octets[at.index(list.len())] = value;
                octets.truncate(cut.index(list.len() + 1));
                let _ = (inet(Kind::Raw, &octets).count(), unix(&octets).count());
            }
        }
    }
}
