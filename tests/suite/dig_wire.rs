//! `+wire`: the octets of what goes out and what comes in, against a server that the test is.

use std::net::UdpSocket;
use std::time::Duration;

use sockeye_test_support::{Run, run, tool};

/// Asks a server that answers once with the id and the question of the query and `answer` behind them.
fn asked(args: &[&str], counts: [u8; 4], answer: &'static [u8]) -> Run {
    let server = UdpSocket::bind("127.0.0.1:0").unwrap();
    server.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let port = server.local_addr().unwrap().port().to_string();
    let serving = std::thread::spawn(move || {
        let mut query = [0; 1500];
        let (length, from) = server.recv_from(&mut query).unwrap();
        // Header and question; the OPT record has eleven octets and a cookie twelve.
        let question = &query[12..length - 23];
        let mut message = vec![query[0], query[1], 0x85, 0x80];
        message.extend(counts.iter().flat_map(|count| [0, *count]));
        message.extend_from_slice(question);
        message.extend_from_slice(answer);
        server.send_to(&message, from).unwrap();
    });
    let run = run(tool("dig").args(["@127.0.0.1", "-p", &port, "+tries=1"]).args(args));
    serving.join().unwrap();
    run
}

const ADDRESS: &[u8] = b"\xc0\x0c\0\x01\0\x01\0\0\x0e\x10\0\x04\xc0\0\x02\x50";

#[test]
fn octets_of_query_and_answer_are_comments_beside_the_records() {
    let run = asked(&["+noall", "+answer", "+wire", "web.lab.test"], [1, 1, 0, 0], ADDRESS);
    run.status(0).stderr_is("");
    let text = run.out();
    let (comments, records): (Vec<&str>, Vec<&str>) =
        text.lines().filter(|line| !line.is_empty()).partition(|line| line.starts_with(';'));
    assert_eq!(records, ["web.lab.test.\t\t3600\tIN\tA\t192.0.2.80"]);
    let at = |line: &str| {
        comments
            .iter()
            .position(|comment| comment.starts_with(line))
            .unwrap_or_else(|| panic!("{line} is not in\n{text}"))
    };
    let sent = at(";; wire: sent to 127.0.0.1:");
    let received = at(";; wire: received from 127.0.0.1:");
    assert!(sent < received, "in the order of time");
    at(";; wire: 0x000c  03 77 65 62              QNAME             label \"web\", 3 octets");
    at(";; wire: 0x001e  c0 0c                    NAME              -> 0x000c web.lab.test.");
    at(";; wire: 0x002a  c0 00 02 50              ADDRESS           192.0.2.80");
}

#[test]
fn a_broken_message_shows_where_it_breaks_and_the_rest() {
    let run = asked(&["+wire", "web.lab.test"], [1, 1, 0, 0], b"\xc0\x1e\0\x01");
    run.status(0)
        .stdout_has(";; wire: undecoded: the message breaks at 0x001e: compression pointer: does not point")
        .stdout_has(";; wire: 0x001e  c0 1e 00 01                                      |....|\n")
        .stdout_has(";; Got bad packet: bad compression pointer\n");
}

#[test]
fn with_json_each_message_is_an_event_and_its_rows_are_the_message() {
    let run = asked(&["+wire", "--json", "web.lab.test"], [1, 1, 0, 0], ADDRESS);
    run.status(0).stderr_is("");
    let lines: Vec<serde_json::Value> = run.out().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let kinds: Vec<_> =
        lines.iter().map(|line| (line["type"].as_str().unwrap(), line["data"]["direction"].as_str())).collect();
    assert_eq!(kinds, [("event", Some("sent")), ("event", Some("received")), ("result", None)]);
    for event in &lines[..2] {
        let data = &event["data"];
        let mut at = 0;
        for row in data["rows"].as_array().unwrap() {
            assert_eq!(row["offset"], at);
            let length = row["length_octets"].as_u64().unwrap();
            assert_eq!(row["hex"].as_str().unwrap().len() as u64, length * 2);
            at += length;
        }
        assert_eq!(data["length_octets"], at);
        assert_eq!(
            (&data["event"], &data["transport"], &data["fault"]),
            (&"wire".into(), &"udp".into(), &serde_json::Value::Null)
        );
    }
    let flags = &lines[1]["data"]["rows"][1];
    assert_eq!((&flags["field"], &flags["hex"]), (&"flags".into(), &"8580".into()));
    assert_eq!(flags["bits"][0], serde_json::json!({"mask": "0x8000", "field": "QR", "value": "1: a response"}));
}
