//! A row of the Unix-domain sockets.

use std::fmt::Write as _;

use sockeye_cli::escape::escape_octets;
use sockeye_sys::sock_diag::{UnixName, UnixSocket};
use sockeye_sys::{SockType, TcpState};

use super::lore::Lore;
use crate::cli::Detail;
use crate::entry::{Entry, UnixEntry};
use crate::proc_net;

/// The line above the rows.
pub fn heading(detail: Detail) -> String {
    let programs = if detail.programs { "PID/Program name     " } else { "" };
    format!("Proto RefCnt Flags       Type       State         I-Node   {programs}Path")
}

/// The sockets of `/proc/net/unix` that no process has yet, or has no more: sock_diag leaves them out.
pub fn pending(list: &[u8]) -> impl Iterator<Item = Entry> {
    proc_net::unix(list)
        .filter(|row| row.inode == 0)
        .map(|row| Entry::Unix(UnixEntry { row: Box::new(row), peer_name: None }))
}

/// Appends a row. `references` says how often the socket is held, where the kernel's list has it.
pub fn push(line: &mut String, row: &UnixSocket, references: Option<u32>, lore: &Lore) {
    let flags = if row.state == TcpState::Listen { "[ ACC ]" } else { "[ ]" };
    // sock_diag does not tell how often a socket is held. One that has come since is held by its process, itself, and
    // its peer.
    let connected = u32::from(row.state == TcpState::Established);
    let references = references.unwrap_or(2 + connected);
    // Writing to a String cannot fail.
    let _ = write!(
        line,
        "unix  {references:<6} {flags:<11} {:<10} {:<13} {:<8}",
        socket_type(row.socket_type),
        state(row),
        row.inode
    );
    if lore.detail.programs {
        lore.push_programs(line, (row.inode != 0).then_some(row.inode));
    }
    line.push(' ');
    match &row.name {
        Some(UnixName::Path(path)) => line.push_str(&escape_octets(path)),
        Some(UnixName::Abstract(name)) => {
            // As the kernel prints it: a NUL as @.
            let shown: Vec<u8> = name.iter().map(|octet| if *octet == 0 { b'@' } else { *octet }).collect();
            line.push('@');
            line.push_str(&escape_octets(&shown));
        }
        None => {}
    }
}

fn socket_type(socket_type: SockType) -> String {
    match socket_type {
        SockType::STREAM => "STREAM".to_owned(),
        SockType::DGRAM => "DGRAM".to_owned(),
        SockType::SEQPACKET => "SEQPACKET".to_owned(),
        SockType(other) => format!("{other:04X}"),
    }
}

/// netstat's name of a state: one that no process has yet is being connected, or disconnected.
fn state(row: &UnixSocket) -> &'static str {
    match (row.state, row.inode) {
        (TcpState::Listen, _) => "LISTENING",
        (TcpState::Established, 0) => "CONNECTING",
        (TcpState::Established, _) => "CONNECTED",
        (_, 0) => "DISCONNECTING",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(socket: &UnixSocket, detail: Detail) -> String {
        let references = (socket.inode == 17_089_903).then_some(5);
        let mut line = String::new();
        push(&mut line, socket, references, &Lore { detail, ..Lore::default() });
        line
    }

    #[test]
    fn rows_as_netstat_prints_them() {
        // net-tools 2.10, by hand.
        let path = UnixName::Path((*b"/tmp/w x").into());
        let listener =
            UnixSocket { name: Some(path), ..UnixSocket::bare(SockType::STREAM, TcpState::Listen, 17_089_903) };
        assert_eq!(
            row(&listener, Detail::default()),
            "unix  5      [ ACC ]     STREAM     LISTENING     17089903 /tmp/w x"
        );
        let name = UnixName::Abstract((*b"a\0b\x1b").into());
        let bound = UnixSocket { name: Some(name), ..UnixSocket::bare(SockType::DGRAM, TcpState::Closed, 42) };
        assert_eq!(
            row(&bound, Detail { programs: true, ..Detail::default() }),
            "unix  2      [ ]         DGRAM                    42       -                    @a@b\\x1b"
        );
        let waiting = UnixSocket::bare(SockType::SEQPACKET, TcpState::Established, 0);
        assert_eq!(row(&waiting, Detail::default()), "unix  3      [ ]         SEQPACKET  CONNECTING    0        ");
        let list = b"Num RefCount ...\n0: 00000003 00000000 00000000 0001 02 0 /run/x\n0: 00000002 0 0 0001 01 7\n";
        let listed: Vec<Entry> = pending(list).collect();
        let [Entry::Unix(listed)] = listed.as_slice() else { panic!("{listed:?}") };
        assert_eq!(
            row(&listed.row, Detail::default()),
            "unix  3      [ ]         STREAM     CONNECTING    0        /run/x"
        );
        let odd = UnixSocket::bare(SockType(77), TcpState::Established, 9);
        assert_eq!(row(&odd, Detail::default()), "unix  3      [ ]         004D       CONNECTED     9        ");
    }
}
