//! Answers of proxies and requests to one: none panics, and a handshake never reads on when it is done.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sockeye_nc::options::ProxyKind;
use sockeye_nc::proxy::{Handshake, Next, Target, server};

fuzz_target!(|octets: &[u8]| {
    let Some((kind, mut rest)) = octets.split_first() else { return };
    if kind & 4 != 0 {
        if let Some(len) = server::head_len(rest) {
            assert!(len <= rest.len());
            let (head, _) = rest.split_at(len);
            if let Ok(wanted) = server::read(head, (kind & 8 != 0).then_some("me:secret")) {
                let sent = wanted.head.unwrap_or_default();
                // One head, whatever was in the request.
                assert!(sent.is_empty() || server::head_len(&sent) == Some(sent.len()), "{sent:?}");
            }
        }
        return;
    }
    let kind = [ProxyKind::Socks4, ProxyKind::Socks5, ProxyKind::Http][usize::from(kind % 3)];
    let Ok(mut handshake) = Handshake::new(kind, Target::new("h.test"), 80, Some("me:secret")) else { return };
    loop {
        match handshake.step() {
            Next::Send(_) => {}
            Next::Read(len) if len > 0 && len <= rest.len() => {
                let (answer, behind) = rest.split_at(len);
                rest = behind;
                if handshake.received(answer).is_err() {
                    match handshake.again("cnonce") {
                        Some(again) => handshake = again,
                        None => return,
                    }
                }
            }
            Next::Read(_) | Next::Done => return,
        }
    }
});
