//! Sockets as rows, in ss's words and in the order of its fields.

mod inet;
mod others;

use std::collections::HashMap;
use std::fmt::Write as _;

use sockeye_sys::sock_diag::SkMemInfo;

use crate::cli::Show;
use crate::entry::Entry;
use crate::names::Names;
use crate::owners::Holders;
use crate::ss::sheet::Sheet;
use crate::ss::words;

/// What is known beyond the sockets. Everything in it is safe for a terminal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lore {
    /// Interfaces, services, and with `-r` hosts.
    pub names: Names,
    /// IP protocols.
    pub protocols: HashMap<u8, String>,
    /// The paths of control groups.
    pub cgroups: HashMap<u64, String>,
    /// Who holds what, with `-p`.
    pub holders: Option<Holders>,
    /// The threads of a process, with `-T`: number and name, in order.
    pub threads: HashMap<u32, Vec<(u32, String)>>,
    /// The processes that netlink addresses may be named after.
    pub processes: HashMap<u32, String>,
    /// The ports that the kernel gives out, first and last: they have no names.
    pub ephemeral: (u16, u16),
}

/// Appends the row of a socket.
pub fn push(sheet: &mut Sheet, entry: &Entry, show: Show, lore: &Lore) {
    sheet.cell(entry.kind().netid());
    sheet.cell(words::state(entry.state().number()));
    sheet.number(entry.recv_queue());
    sheet.number(entry.send_queue());
    let row = Row { show, lore };
    match entry {
        Entry::Inet(socket) => row.inet(sheet, socket),
        Entry::Unix(unix) => row.unix(sheet, &unix.row),
        Entry::Packet(packet) => row.packet(sheet, &packet.row),
        Entry::Netlink(netlink) => row.netlink(sheet, &netlink.row),
        Entry::Vsock(vsock) => row.vsock(sheet, &vsock.row),
    }
}

/// How a row is written.
#[derive(Clone, Copy)]
struct Row<'a> {
    show: Show,
    lore: &'a Lore,
}

impl Row<'_> {
    /// ` users:(("nc",pid=812,fd=3))`, the newest process first.
    ///
    /// A quotation mark in a name stands behind a backslash, which it may have none of in ss.
    fn users(self, text: &mut String, inode: Option<u32>) {
        let Some(holders) = &self.lore.holders else { return };
        let mut owners: Vec<_> = holders.of(inode).collect();
        owners.reverse();
        if owners.is_empty() {
            return;
        }
        text.push_str(" users:(");
        let mut first = true;
        for of_process in owners.chunk_by(|one, next| one.pid == next.pid) {
            let Some(process) = of_process.first() else { continue };
            let whole = [(None, process.command)];
            let threads = self.lore.threads.get(&process.pid).filter(|_| self.show.threads);
            let threads: Vec<(Option<u32>, &str)> = match threads {
                Some(threads) => threads.iter().rev().map(|(tid, name)| (Some(*tid), name.as_str())).collect(),
                None => whole.to_vec(),
            };
            for (tid, name) in threads {
                for owner in of_process {
                    if !std::mem::take(&mut first) {
                        text.push(',');
                    }
                    push_user(text, name, owner.pid, tid, owner.fd);
                }
            }
        }
        text.push(')');
    }

    /// Begins what stands on lines of its own, unless everything is to stand on one.
    fn next_line(self, sheet: &mut Sheet, started: &mut bool) {
        if self.show.oneline {
            return;
        }
        if *started {
            sheet.text().push('\n');
        } else {
            sheet.end_cell();
        }
        *started = true;
        sheet.text().push('\t');
    }

    /// Ends the row.
    fn end(sheet: &mut Sheet, started: bool) {
        if !started {
            sheet.end_cell();
        }
        sheet.end_cell();
    }
}

fn push_user(text: &mut String, name: &str, pid: u32, tid: Option<u32>, fd: u32) {
    text.push_str("(\"");
    text.push_str(&name.replace('"', "\\\""));
    // Writing to a String cannot fail, here and below.
    let _ = write!(text, "\",pid={pid},");
    if let Some(tid) = tid {
        let _ = write!(text, "tid={tid},");
    }
    let _ = write!(text, "fd={fd})");
}

/// ` skmem:(r0,rb131072,...)`.
fn push_memory(text: &mut String, memory: Option<SkMemInfo>) {
    let Some(memory) = memory else { return };
    let SkMemInfo { rmem_alloc, rcvbuf, wmem_alloc, sndbuf, fwd_alloc, wmem_queued, optmem, backlog, drops } = memory;
    let _ =
        write!(text, " skmem:(r{rmem_alloc},rb{rcvbuf},t{wmem_alloc},tb{sndbuf},f{fwd_alloc},w{wmem_queued},o{optmem}");
    for (name, value) in [("bl", backlog), ("d", drops)] {
        if let Some(value) = value {
            let _ = write!(text, ",{name}{value}");
        }
    }
    text.push(')');
}

/// ` <->`: which directions are still open.
fn push_shutdown(text: &mut String, shutdown: Option<u8>) {
    let Some(closed) = shutdown else { return };
    text.push(' ');
    text.push(if closed & 1 != 0 { '-' } else { '<' });
    text.push('-');
    text.push(if closed & 2 != 0 { '-' } else { '>' });
}
