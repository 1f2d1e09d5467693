//! The kernel's answers: no octets panic the sock_diag parsers, whatever a future kernel appends.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sockeye_sys::Protocol;
use sockeye_sys::sock_diag::{
    parse_batch, parse_netlink_batch, parse_packet_batch, parse_unix_batch, parse_vsock_batch,
};

fuzz_target!(|octets: &[u8]| {
    // A row takes a netlink header at least.
    let most = octets.len() / 16;
    let (mut inet, mut unix, mut packet, mut netlink, mut vsock) = (0_usize, 0_usize, 0_usize, 0_usize, 0_usize);
    let _ = parse_batch(octets, Protocol::TCP, &mut |_| inet += 1);
    let _ = parse_unix_batch(octets, &mut |_| unix += 1);
    let _ = parse_packet_batch(octets, &mut |_| packet += 1);
    let _ = parse_netlink_batch(octets, &mut |_| netlink += 1);
    let _ = parse_vsock_batch(octets, &mut |_| vsock += 1);
    assert!([inet, unix, packet, netlink, vsock].iter().all(|rows| *rows <= most));
});
