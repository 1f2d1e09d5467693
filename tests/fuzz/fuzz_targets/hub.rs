//! Clients of a broker and of a chat: whatever they send, nobody's screen is acted on, no line is kept without bound, and
//! everybody hears the same.
//!
//! The first octet says how many octets are read at once.
#![no_main]

use std::collections::BTreeMap;

use libfuzzer_sys::fuzz_target;
use sockeye_nc::hub::{Hub, Kind, Ways};
use sockeye_nc::service::{ClientId, Outgoing, Service};

#[derive(Default)]
struct Heard(BTreeMap<ClientId, Vec<u8>>);

impl Outgoing for Heard {
    fn send(&mut self, to: ClientId, octets: &[u8]) {
        self.0.entry(to).or_default().extend(octets);
    }

    fn end(&mut self, _: ClientId) {}

    fn close(&mut self, _: ClientId) {}

    fn queued(&self, _: ClientId) -> usize {
        0
    }

    fn print(&mut self, _: &[u8]) {}
}

fuzz_target!(|octets: &[u8]| {
    let Some((size, octets)) = octets.split_first() else { return };
    let peer = "192.0.2.1:4000".parse::<std::net::SocketAddr>().unwrap().into();
    let ways = Ways { input: true, received: true, shutdown_at_eof: true };
    for kind in [Kind::Broker, Kind::Chat] {
        let (mut hub, mut heard) = (Hub::new(kind, ways), Heard::default());
        for id in 1..=3 {
            hub.opened(ClientId(id), &peer, &mut heard);
        }
        let greeting: BTreeMap<ClientId, usize> = heard.0.iter().map(|(id, heard)| (*id, heard.len())).collect();
        for part in octets.chunks(usize::from(*size) + 1) {
            hub.received(ClientId(1), part, &mut heard);
        }
        hub.ended(ClientId(1), &mut heard);
        let behind = |id: u64| {
            let id = ClientId(id);
            let heard = heard.0.get(&id).map(Vec::as_slice).unwrap_or_default();
            &heard[greeting.get(&id).copied().unwrap_or(0)..]
        };
        assert_eq!(behind(2), behind(3));
        assert!(kind == Kind::Broker || std::str::from_utf8(behind(2)).is_ok());
        let acts = |octet: &u8| octet.is_ascii_control() && !matches!(octet, b'\t' | b'\r' | b'\n');
        assert!(kind == Kind::Broker || !behind(2).iter().any(acts));
        assert!(kind == Kind::Chat || behind(2) == octets);
    }
});
