//! Who has the port that could not be had.

#![expect(clippy::disallowed_methods, reason = "the shell: looks through /proc")]

use std::fs;
use std::net::SocketAddr;

use sockeye_cli::escape::escape;
use sockeye_sys::sock_diag::{InetSocket, Request, dump};
use sockeye_sys::{Family, Protocol, TcpState};

/// The process that holds the port of `addr`, in words; `None` if nobody is found, or nobody whom we may see.
pub(super) fn of(addr: &SocketAddr, protocol: Protocol) -> Option<String> {
    let mut holder: Option<InetSocket> = None;
    for family in [Family::INET, Family::INET6] {
        let _ = dump(&Request::new(family, protocol), &mut |socket| {
            let (ours, theirs) = (addr.ip().to_canonical(), socket.local.ip().to_canonical());
            let meets = ours == theirs || ours.is_unspecified() || theirs.is_unspecified();
            // Who listens is in the way more than a connection that has the same port.
            let better = holder.as_ref().is_none_or(|held| held.state != TcpState::Listen);
            if socket.local.port() == addr.port() && meets && better {
                holder = Some(socket);
            }
        });
    }
    let holder = holder?;
    let state =
        if protocol == Protocol::TCP { format!(", in {}", holder.state.name().unwrap_or("?")) } else { String::new() };
    let local = holder.local;
    Some(match process(holder.inode) {
        Some((pid, name)) => format!("{local} is held by {} (process {pid}){state}", escape(&name)),
        // A connection in TIME-WAIT belongs to nobody any more; what others hold, root can see.
        None if holder.inode == 0 => format!("{local} is held by no process{state}"),
        None => format!("{local} is held by a process of user {}{state}", holder.uid),
    })
}

/// The first process that has the socket open, and its name.
fn process(inode: u32) -> Option<(u32, String)> {
    if inode == 0 {
        return None;
    }
    let wanted = format!("socket:[{inode}]");
    fs::read_dir("/proc").ok()?.flatten().find_map(|entry| {
        let pid: u32 = entry.file_name().to_str()?.parse().ok()?;
        let mut fds = fs::read_dir(entry.path().join("fd")).ok()?.flatten();
        fds.any(|fd| fs::read_link(fd.path()).is_ok_and(|link| link.as_os_str() == wanted.as_str()))
            .then(|| (pid, fs::read_to_string(entry.path().join("comm")).unwrap_or_default().trim_end().to_owned()))
    })
}
