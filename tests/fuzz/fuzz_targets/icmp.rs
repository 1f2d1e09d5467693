//! ICMP answers, the extensions behind them, and the control messages that they come with: none panics, and what is said of
//! them does not act on a terminal.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sockeye_cli::escape::{acts, escape};
use sockeye_common::wire::Reader;
use sockeye_hop::extension;
use sockeye_hop::message::{self, Body};
use sockeye_hop::options::Family;
use sockeye_hop::packet::{self, Token};
use sockeye_sys::errqueue::{Received, read_control};

fuzz_target!(|octets: &[u8]| {
    for family in [Family::Ipv4, Family::Ipv6] {
        if let Ok(message) = message::parse(family, octets) {
            let kind = message.kind;
            let _ = (kind.words(), kind.meaning(), kind.mark(None));
            if let Body::Error { objects, quoted, .. } = &message.body {
                // A quotation is never longer than what it stands in.
                assert!(quoted.data.len() <= octets.len());
                let _ = packet::datagram_seq(&quoted.data, Token(0));
                for object in objects {
                    assert!(!escape(&object.to_string()).chars().any(acts));
                }
            }
        }
        let _ = message::header(family, &mut Reader::new(octets));
    }
    let _ = extension::parse(octets);
    for at in [None, Some(0), Some(100), Some(u16::MAX)] {
        let _ = message::queued_objects(octets, at, 28);
    }
    let _ = read_control(octets, &mut Received::default());
});
