//! Checksums for the tests.

use std::net::Ipv4Addr;

use sockeye_capture::layers::Algorithm;

use crate::protocol::Protocol;
use crate::verdict::{Check, Verdict};

/// A checksum of a UDP datagram, with this verdict.
pub(crate) fn check(frame: u64, verdict: Verdict) -> Check {
    let addr = Ipv4Addr::new(192, 0, 2, 1).into();
    Check {
        frame,
        protocol: Protocol::Udp,
        algorithm: Algorithm::Internet,
        offset: 40,
        stored: 1,
        calculated: Some(2),
        sums: None,
        verdict,
        obstacle: None,
        quoted: false,
        addrs: (addr, addr),
        ports: None,
    }
}
