//! Everything arrives as it was, whoever is stopped on the way.

use std::process::Stdio;

use sockeye_test_support::{Background, Case, Net, wait_until};

use super::{LARGE, NCAT, OPENBSD, OURS, SOCAT, Who, consume, feed, listening, piped, state};

const GIB: usize = 1 << 30;

pub(super) fn tests() -> Vec<Case> {
    let peers: &[(Who, &'static [&'static str])] =
        &[(OPENBSD, &["nc.openbsd"]), (NCAT, &["ncat"]), (SOCAT, &["socat"])];
    let mut cases = Vec::new();
    for (who, needs) in peers.iter().copied() {
        let name = |what: &str| format!("nc_soak::{what}_{}", who.name);
        cases.push(Case::new(name("a_gibibyte_to_a_stopped"), needs, move |_: &Net| stopped(OURS, who, GIB)));
        cases.push(Case::new(name("much_from_a_stopped"), needs, move |_: &Net| stopped(who, OURS, LARGE)));
    }
    cases.push(Case::new("nc_soak::a_gibibyte_between_ours", &[], |_: &Net| stopped(OURS, OURS, GIB)));
    cases.push(Case::new("nc_soak::a_storm_of_signals", &[], storm));
    cases
}

/// Stops the sender and the receiver in turn, each until the other has nothing left to do.
///
/// ncat as the receiver is not stopped: a stop cuts its write into the pipe short, and what was not written is lost.
fn stopped(sender: Who, receiver: Who, len: usize) {
    let (receiving, input, output) = piped((receiver.receives)());
    listening();
    // The receiver's own input has nothing to say, and is open.
    let (sending, writer, mut answers) = piped((sender.sends)());
    let sent = feed(writer, len);
    let first = if receiver.name == NCAT.name { &sending } else { &receiving };
    let mut stops = (1..=6).map(|stop| stop * len / 8).zip([first, &sending].into_iter().cycle()).peekable();
    let (came, hash) = consume(output, |came| {
        while let Some((_, process)) = stops.next_if(|(at, _)| *at <= came) {
            process.signal("STOP");
            // What is left may lie in the kernel's buffers, and the sender be done.
            wait_until("it is stopped, or done", || matches!(state(process), 'T' | 'Z'));
            let other = if std::ptr::eq(process, &raw const receiving) { &sending } else { &receiving };
            wait_until("the other waits, or is done", || matches!(state(other), 'S' | 'Z'));
            process.signal("CONT");
        }
    });
    assert_eq!((came, hash), (len, sent.join().unwrap()), "{} to {}", sender.name, receiver.name);
    assert!(stops.next().is_none(), "everybody was stopped as often as was meant");
    drop(stops);
    drop(input);
    sending.wait().status(0).stderr_is("");
    receiving.wait().status(0).stderr_is("");
    assert_eq!(consume(&mut answers, |_| {}).0, 0);
}

/// Signals by the hundred, to both ends, while octets move.
fn storm(_: &Net) {
    let (receiving, input, output) = piped((OURS.receives)());
    listening();
    let (sending, writer, _answers) = piped((OURS.sends)());
    let mut weather = None;
    let sent = feed(writer, LARGE);
    let pids = [sending.pid().to_string(), receiving.pid().to_string()];
    let (came, hash) = consume(output, |_| {
        weather.get_or_insert_with(|| {
            let line = "for i in $(seq 300); do for name in WINCH STOP CONT; do kill -$name \"$@\"; done; done";
            let mut sh = std::process::Command::new("sh");
            sh.args(["-c", line, "sh"]).args(&pids).stdin(Stdio::null()).stdout(Stdio::null());
            let storm = Background::spawn(sh);
            // The last octets must not have gone before it is over: nobody reads them until then.
            storm.wait().status(0);
        });
    });
    assert_eq!((came, hash), (LARGE, sent.join().unwrap()));
    drop(input);
    sending.wait().status(0).stderr_is("");
    receiving.wait().status(0).stderr_is("");
}
