//! What peers and files say to nc: Telnet, control octets, messages of --generate, access lists, clients of the services.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sockeye_nc::access::{Entry, entry, file_entries};
use sockeye_nc::app::Talker;
use sockeye_nc::dump::{Form, Hex, Way, preview};
use sockeye_nc::filter::{Crlf, Escape, Telnet};
use sockeye_nc::generate::Judge;
use sockeye_nc::options::App;

fuzz_target!(|octets: &[u8]| {
    let Some((cut, octets)) = octets.split_first() else { return };
    let (one, other) = octets.split_at(usize::from(*cut).min(octets.len()));
    // In two reads or in one, it is the same.
    let halves = |mut filter: Box<dyn FnMut(&[u8]) -> Vec<u8>>| [filter(one), filter(other)].concat();
    let (mut in_two, mut in_one) = (Telnet::default(), Telnet::default());
    assert_eq!(halves(Box::new(move |part| in_two.apply(part).0)), in_one.apply(octets).0);
    let (mut in_two, mut in_one) = (Crlf::default(), Crlf::default());
    assert_eq!(halves(Box::new(move |part| in_two.apply(part))), in_one.apply(octets));
    let mut escape = Escape::default();
    let shown = [escape.apply(one), escape.apply(other), escape.rest()].concat();
    let shown = String::from_utf8(shown).expect("text is shown");
    assert!(shown.chars().all(|char| !char.is_control() || matches!(char, '\n' | '\t')), "{shown:?}");
    for form in [Form::Ncat, Form::Traditional] {
        let mut hex = Hex::new(form);
        assert!(hex.lines(Way::Out, octets).is_ascii());
    }
    assert!(!preview(octets).contains(char::is_control));
    for datagrams in [false, true] {
        let mut judge = Judge::new(datagrams);
        judge.read("a", one);
        judge.read("a", other);
        judge.datagram("b", one, octets.len());
        for account in judge.accounts() {
            let _ = (account.line(), account.is_good());
        }
        judge.is_complete();
    }
    for app in [App::KnockKnock, App::Upper, App::LossyEcho { loss_ppm: 500_000 }] {
        let mut talker = Talker::new(app, 1);
        let mut out = Vec::new();
        talker.heard(one, &mut out);
        talker.heard(other, &mut out);
        talker.client_ended(&mut out);
        let _ = talker.answer(octets, "now");
    }
    if let Ok(text) = std::str::from_utf8(octets) {
        for (_, text) in file_entries(text) {
            if let Ok(Entry::Addresses(addresses)) = entry(text) {
                addresses.contains([192, 0, 2, 1].into());
            }
        }
    }
});
