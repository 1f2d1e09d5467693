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

/// The process that has the socket open, and its name: of several the oldest, from which the others have it. Numbers begin anew, and do
/// not say that.
fn process(inode: u32) -> Option<(u32, String)> {
    if inode == 0 {
        return None;
    }
    let wanted = format!("socket:[{inode}]");
    let holders = fs::read_dir("/proc").ok()?.flatten().filter_map(|entry| {
        let pid: u32 = entry.file_name().to_str()?.parse().ok()?;
        let mut fds = fs::read_dir(entry.path().join("fd")).ok()?.flatten();
        fds.any(|fd| fs::read_link(fd.path()).is_ok_and(|link| link.as_os_str() == wanted.as_str())).then_some(pid)
    });
    let pid = holders.min_by_key(|pid| started(*pid).unwrap_or(u64::MAX))?;
    Some((pid, fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default().trim_end().to_owned()))
}

/// When a process began, in ticks of the clock: field 22 of /proc/PID/stat (proc(5)).
fn started(pid: u32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The second field is a name in parentheses, which may have any in it.
    let (_, rest) = stat.rsplit_once(')')?;
    rest.split_whitespace().nth(19)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::os::fd::AsRawFd as _;

    use super::*;

    #[test]
    fn a_child_that_has_the_socket_too_is_not_named() {
        let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        let inode = fs::read_link(format!("/proc/self/fd/{}", socket.as_raw_fd())).unwrap();
        let inode = inode.to_str().unwrap().trim_matches(|c: char| !c.is_ascii_digit()).parse().unwrap();
        let pid = std::process::id();
        assert_eq!(process(inode).map(|(pid, _)| pid), Some(pid));
        let inherited = std::process::Stdio::from(std::os::fd::OwnedFd::from(socket.try_clone().unwrap()));
        let mut child = std::process::Command::new("sleep").arg("1000").stdin(inherited).spawn().unwrap();
        assert_eq!(process(inode).map(|(pid, _)| pid), Some(pid), "the child is {}", child.id());
        drop(socket);
        // Now it is the oldest that has it.
        assert_eq!(process(inode).map(|(pid, _)| pid), Some(child.id()));
        child.kill().unwrap();
        child.wait().unwrap();
    }
}
