use std::time::Duration;

use super::*;
use crate::cookie::Verdict;
use crate::message::Query;
use crate::message::tests::answer as answer_octets;
use crate::options::Server;
use crate::question::Question;
use crate::registry::Class;
use crate::registry::Type;
use crate::style::Style;

fn answer_of(octets: &[u8]) -> Answer {
    let question = Question::new("alias.lab".parse().unwrap(), Type::A, Class::IN);
    Answer {
        message: Message::parse(octets).unwrap(),
        octets: octets.to_vec(),
        server: Server { addr: "[fe80::1%2]:5353".parse().unwrap(), written: "fe80::1%lo".into() },
        transport: Transport::Udp,
        rtt: Duration::from_micros(12_999),
        cookie: Some(Verdict::Good),
        query: Query::new(header::Header::default(), question, None),
        timing: Timing::default(),
        signature: None,
        transfer: None,
    }
}

#[test]
fn a_whole_answer() {
    let expected = "\
;; Got answer:
;; ->>HEADER<<- opcode: QUERY, status: BADVERS, id: 4660
;; flags: qr aa rd ra; QUERY: 1, ANSWER: 2, AUTHORITY: 0, ADDITIONAL: 1

;; OPT PSEUDOSECTION:
; EDNS: version: 0, flags: do; udp: 1232
; EDE: 18 (Prohibited)
;; QUESTION SECTION:
;alias.lab.\t\t\tIN\tA

;; ANSWER SECTION:
alias.lab.\t\t3600\tIN\tCNAME\tweb.lab.
web.lab.\t\t3600\tIN\tA\t192.0.2.80

";
    let message = answer_of(&answer_octets());
    assert_eq!(answer(&Lookup::default(), &message), expected);
    assert_eq!(short(&Style::default(), &message.message), "web.lab.\n192.0.2.80\n");
    assert_eq!(
        stats(&Show::default(), &message, "Fri Nov 20 18:49:55 UTC 2026", None),
        ";; Query time: 12 msec\n;; SERVER: fe80::1%2#5353(fe80::1%lo) (UDP)\n;; WHEN: Fri Nov 20 18:49:55 UTC 2026\n\
         ;; MSG SIZE  rcvd: 78\n\n"
    );
}

#[test]
fn columns_move_when_parts_are_left_out() {
    let message = answer_of(&answer_octets());
    let shown = |ttl, class| {
        let show = Show { style: Style { ttl, class, ..Style::default() }, comments: false, ..Show::default() };
        answer(&Lookup { show, ..Lookup::default() }, &message)
    };
    // Seen from dig 9.18.
    assert!(shown(true, true).starts_with(";alias.lab.\t\t\tIN\tA\nalias.lab.\t\t3600\tIN\tCNAME\tweb.lab.\n"));
    assert!(shown(false, true).starts_with(";alias.lab.\t\tIN\tA\nalias.lab.\t\tIN\tCNAME\tweb.lab.\n"));
    assert!(shown(true, false).starts_with(";alias.lab.\t\tIN\tA\nalias.lab.\t\t3600\tCNAME\tweb.lab.\n"));
    assert!(shown(false, false).starts_with(";alias.lab.\t\tIN A\nalias.lab.\t\tCNAME\tweb.lab.\n"));
}

#[test]
fn a_packet_that_cannot_be_read_is_dumped() {
    let fault = Fault::new(crate::fault::FaultKind::BadPointer, "compression pointer", 12);
    assert_eq!(
        bad_packet(&fault, b"0123456789abcdef\x1b\xff"),
        ";; Got bad packet: bad compression pointer\n18 bytes\n\
         30 31 32 33 34 35 36 37 38 39 61 62 63 64 65 66          0123456789abcdef\n\
         1b ff                                                    ..\n"
    );
}

#[test]
fn some_notices_go_with_the_comments_and_the_rest_always_comes() {
    assert_eq!(notice(&Event::Truncated, true).unwrap(), ";; Truncated, retrying in TCP mode.\n");
    assert_eq!(notice(&Event::Truncated, false), None);
    assert_eq!(notice(&Event::ClientCookieMismatch, false).unwrap(), ";; Warning: Client COOKIE mismatch\n");
    let flag = Event::Flag { flag: "aa", set: true, meaning: "" };
    assert_eq!(notice(&flag, true), None, "dig does not explain");
}
