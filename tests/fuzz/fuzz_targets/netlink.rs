//! The kernel's answers: no octets panic the parsers of sock_diag, rtnetlink and nftables, whatever a future kernel appends,
//! and what is kept of attributes is what came.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sockeye_ports::details::Packer;
use sockeye_sys::sock_diag::{
    parse_batch, parse_closings, parse_dumps, parse_netlink_batch, parse_packet_batch, parse_unix_batch,
    parse_vsock_batch,
};
use sockeye_sys::{Protocol, addresses, links, nftables};

fuzz_target!(|octets: &[u8]| {
    // A row takes a netlink header at least.
    let most = octets.len() / 16;
    let (mut inet, mut unix, mut packet, mut netlink, mut vsock) = (0_usize, 0_usize, 0_usize, 0_usize, 0_usize);
    let mut closing = 0_usize;
    let _ = parse_batch(octets, Protocol::TCP, &mut |_| inet += 1);
    let _ = parse_unix_batch(octets, &mut |_| unix += 1);
    let _ = parse_packet_batch(octets, &mut |_| packet += 1);
    let _ = parse_netlink_batch(octets, &mut |_| netlink += 1);
    let _ = parse_vsock_batch(octets, &mut |_| vsock += 1);
    let _ = parse_closings(octets, &mut |_| closing += 1);
    assert!([inet, unix, packet, netlink, vsock, closing].iter().all(|rows| *rows <= most));
    let _ = parse_dumps(octets, Protocol::UDP, &mut |_| {});
    if let Ok(link) = links::parse(octets) {
        assert!(link.name.len() + link.address.len() + link.broadcast.len() <= octets.len() * 3);
    }
    let _ = (addresses::parse(octets), nftables::parse(octets));
    // One row as the sample of another, both ways. An attribute, and so a row, has sixteen bits for its length.
    if octets.len() > usize::from(u16::MAX) {
        return;
    }
    let (one, other) = octets.split_at(octets.len() / 2);
    for rows in [[one, other], [other, one]] {
        let mut packer = Packer::default();
        rows.iter().for_each(|row| packer.push(row));
        assert!(packer.finish().map(|packed| packed.attributes()).eq(rows.iter().map(|row| row.to_vec())));
    }
});
