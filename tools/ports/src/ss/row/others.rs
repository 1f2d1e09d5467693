//! Sockets of the other families.

use std::fmt::Write as _;

use sockeye_cli::escape::escape_octets;
use sockeye_sys::sock_diag::{NetlinkSocket, PacketSocket, Ring, UnixName, UnixSocket, VsockSocket};

use super::{Row, push_memory, push_shutdown};
use crate::ss::sheet::Sheet;
use crate::ss::words;

/// `ETH_P_ALL`.
const ALL_PROTOCOLS: u16 = 3;

impl Row<'_> {
    /// Each end is a name or `*`, and the inode, or 0 where there is none.
    pub(super) fn unix(self, sheet: &mut Sheet, row: &UnixSocket) {
        let text = sheet.text();
        match &row.name {
            None => text.push('*'),
            Some(UnixName::Path(path)) => text.push_str(&escape_octets(path)),
            Some(UnixName::Abstract(name)) => {
                // NULs may be part of the name; ss writes each as an @ too.
                let shown: Vec<u8> = name.iter().map(|octet| if *octet == 0 { b'@' } else { *octet }).collect();
                text.push('@');
                text.push_str(&escape_octets(&shown));
            }
        }
        // Writing to a String cannot fail, here and below.
        let _ = write!(text, " {}", row.inode);
        sheet.end_cell();
        let _ = write!(sheet.text(), "* {}", row.peer.unwrap_or(0));
        sheet.end_cell();
        let text = sheet.text();
        self.users(text, Some(row.inode));
        if self.show.memory {
            push_memory(text, row.skmeminfo);
        }
        if self.show.extended {
            push_shutdown(text, row.shutdown);
            if let Some(file) = row.vfs {
                let (major, minor) = device(file.device);
                let _ = write!(text, " ino:{} dev:{major}/{minor}", file.inode);
            }
            if words::state(row.state.number()) == "LISTEN" {
                text.push_str(" peers:");
                for inode in &row.pending {
                    let _ = write!(text, " {inode}");
                }
            }
        }
        Self::end(sheet, false);
    }

    /// The EtherType and the interface.
    pub(super) fn packet(self, sheet: &mut Sheet, row: &PacketSocket) {
        let text = sheet.text();
        match (row.protocol, words::ethertype(row.protocol)) {
            (ALL_PROTOCOLS, _) => text.push('*'),
            (_, Some(name)) if !self.show.numeric => text.push_str(name),
            (number, _) => drop(write!(text, "[{number}]")),
        }
        text.push(':');
        match row.info.map_or(0, |info| info.interface) {
            0 => text.push('*'),
            index => match self.lore.names.interface(index) {
                Some(name) => text.push_str(name),
                None => drop(write!(text, "if{index}")),
            },
        }
        sheet.end_cell();
        sheet.cell("*");
        let text = sheet.text();
        self.users(text, Some(row.inode));
        let mut started = false;
        if self.show.extended {
            if let Some(uid) = row.uid.filter(|uid| *uid != 0) {
                let _ = write!(text, " uid:{uid}");
            }
            let _ = write!(text, " ino:{} sk:{:x}", row.inode, row.cookie);
            self.packet_details(sheet, row, &mut started);
        }
        if self.show.bpf
            && let Some(filter) = &row.filter
        {
            self.next_line(sheet, &mut started);
            push_filter(sheet.text(), filter);
        }
        if self.show.memory {
            push_memory(sheet.text(), row.skmeminfo);
        }
        Self::end(sheet, started);
    }

    fn packet_details(self, sheet: &mut Sheet, row: &PacketSocket, started: &mut bool) {
        if let Some(info) = row.info {
            self.next_line(sheet, started);
            let text = sheet.text();
            if self.show.oneline {
                text.push(' ');
            }
            let _ = write!(text, "ver:{} cpy_thresh:{} flags(", info.version, info.copy_thresh);
            if info.flags == 0 {
                text.push_str(" 0");
            }
            for (bit, name) in [(1, "running"), (2, "auxdata"), (4, "origdev"), (8, "vnethdr"), (16, "loss")] {
                if info.flags & bit != 0 {
                    let _ = write!(text, " {name}");
                }
            }
            text.push_str(" )");
        }
        for (name, ring) in [("ring_rx", row.rx_ring), ("ring_tx", row.tx_ring)] {
            if let Some(ring) = ring {
                self.next_line(sheet, started);
                push_ring(sheet.text(), name, ring, self.show.oneline);
            }
        }
        if let Some(fanout) = row.fanout {
            self.next_line(sheet, started);
            let text = sheet.text();
            if self.show.oneline {
                text.push(' ');
            }
            let how = match fanout >> 16 & 0xff {
                0 => "hash",
                1 => "lb",
                2 => "cpu",
                3 => "roll",
                4 => "random",
                5 => "qm",
                _ => "unknown",
            };
            let _ = write!(text, "fanout(id:{},type:{how})", fanout & 0xffff);
        }
    }

    /// The protocol, and the address that is often a process.
    pub(super) fn netlink(self, sheet: &mut Sheet, row: &NetlinkSocket) {
        let text = sheet.text();
        match words::netlink(row.protocol).filter(|_| !self.show.numeric) {
            Some(name) => text.push_str(name),
            None => drop(write!(text, "{}", row.protocol)),
        }
        text.push(':');
        let process = self.lore.processes.get(&row.portid);
        match (row.portid, process) {
            (portid, _) if self.show.numeric => push_portid(text, portid),
            (0, _) => text.push_str("kernel"),
            (portid, Some(name)) => drop(write!(text, "{name}/{portid}")),
            (portid, None) => push_portid(text, portid),
        }
        sheet.end_cell();
        if row.state == 1 {
            let _ = write!(sheet.text(), "{}:", row.dst_group);
            push_portid(sheet.text(), row.dst_portid);
        } else {
            sheet.text().push('*');
        }
        sheet.end_cell();
        let text = sheet.text();
        self.users(text, (row.inode != 0).then_some(row.inode));
        if self.show.extended {
            // The kernel tells nobody the first two any more; ss writes them all the same.
            let bits = row.groups.iter().filter_map(|group| 1_u32.checked_shl(group.checked_sub(1)?));
            let _ = write!(text, " sk=0 cb=0 groups=0x{:08x}", bits.fold(0, |all, bit| all | bit));
        }
        if self.show.memory {
            push_memory(text, row.skmeminfo);
        }
        Self::end(sheet, false);
    }

    /// The machine and the port.
    pub(super) fn vsock(self, sheet: &mut Sheet, row: &VsockSocket) {
        for (cid, port) in [row.local, row.peer] {
            let text = sheet.text();
            for (number, mark) in [(cid, ":"), (port, "")] {
                match number {
                    u32::MAX => text.push('*'),
                    number => drop(write!(text, "{number}")),
                }
                text.push_str(mark);
            }
            sheet.end_cell();
        }
        let text = sheet.text();
        self.users(text, Some(row.inode));
        if self.show.extended {
            let _ = write!(text, " ino:{} sk:{:x}", row.inode, row.cookie);
            push_shutdown(text, Some(row.shutdown));
        }
        Self::end(sheet, false);
    }
}

/// The kernel counts them from the top down when it gives them out itself, and ss shows those as negative.
fn push_portid(text: &mut String, portid: u32) {
    let _ = write!(text, "{}", portid.cast_signed());
}

/// The numbers that stat(1) shows. ss takes them apart as if they were packed for stat(2).
///
/// # Source
/// Linux, include/linux/kdev_t.h, MAJOR(), MINOR().
fn device(inside: u32) -> (u32, u32) {
    (inside >> 20, inside & 0xf_ffff)
}

fn push_ring(text: &mut String, name: &str, ring: Ring, oneline: bool) {
    if oneline {
        text.push(' ');
    }
    let Ring { block_len, blocks, frame_len, frames, retire_ms, features, .. } = ring;
    let _ = write!(text, "{name}(blk_size:{block_len},blk_nr:{blocks},frm_size:{frame_len},frm_nr:{frames}");
    let _ = write!(text, ",tmo:{retire_ms},features:0x{features:x})");
}

/// Classic BPF, instruction by instruction.
///
/// # Source
/// Linux, include/uapi/linux/filter.h, struct sock_filter.
fn push_filter(text: &mut String, filter: &[u8]) {
    let (instructions, _) = filter.as_chunks::<8>();
    let _ = write!(text, " bpf filter ({}): ", instructions.len());
    for [code_1, code_2, jt, jf, k_1, k_2, k_3, k_4] in instructions {
        let code = u16::from_ne_bytes([*code_1, *code_2]);
        let k = u32::from_ne_bytes([*k_1, *k_2, *k_3, *k_4]);
        let _ = write!(text, " 0x{code:02x} {jt} {jf} {k},");
    }
}
