use super::*;
use crate::message::tests::answer as answer_octets;

fn passage(way: Way) -> Passage {
    Passage {
        way,
        server: "[fe80::1%2]:5353".parse().unwrap(),
        transport: Transport::Tls,
        source: None,
        sent_us: 1_795_250_322_777_123,
        length: 78,
    }
}

#[test]
fn a_whole_answer() {
    let expected = "\
- type: MESSAGE
  message:
    type: RECURSIVE_RESPONSE
    query_time: !!timestamp 2026-11-21T08:38:42.777Z
    response_time: !!timestamp 2026-11-21T08:38:42.999Z
    message_size: 78b
    socket_family: INET6
    socket_protocol: TCP
    response_address: \"fe80::1%2\"
    response_port: 5353
    query_address: \"::0\"
    query_port: 0
    response_message_data:
      opcode: QUERY
      status: BADVERS
      id: 4660
      flags: qr aa rd ra
      QUESTION: 1
      ANSWER: 2
      AUTHORITY: 0
      ADDITIONAL: 1
      OPT_PSEUDOSECTION:
        EDNS:
          version: 0
          flags: do
          udp: 1232
          EDE:
            INFO-CODE: 18 (Prohibited)

      QUESTION_SECTION:
        - 'alias.lab. IN A'
      ANSWER_SECTION:
        - 'alias.lab. 3600 IN CNAME web.lab.'
        - 'web.lab. 3600 IN A 192.0.2.80'
";
    let way = Way::Response { received_us: 1_795_250_322_999_999, cookie: None };
    let octets = answer_octets();
    let parsed = Message::parse(&octets).unwrap();
    assert_eq!(message(&passage(way), &parsed, &Show::default(), false, Compat::V9_18), expected);
    let short = message(&passage(way), &parsed, &Show::default(), true, Compat::V9_18);
    assert_eq!(short, expected.split_inclusive('\n').take(21).collect::<String>());
}

#[test]
fn a_query_of_which_little_is_shown() {
    let parsed = Message::parse(&answer_octets()).unwrap();
    let show = Show { comments: false, answer: false, usec: true, ..Show::default() };
    let source = Some("192.0.2.9:5000".parse().unwrap());
    let passage =
        Passage { server: "192.0.2.53:53".parse().unwrap(), source, transport: Transport::Udp, ..passage(Way::Query) };
    let text = message(&passage, &parsed, &show, false, Compat::V9_18);
    for line in [
        "    type: RECURSIVE_QUERY\n    query_time: !!timestamp 2026-11-21T08:38:42.777123Z\n    message_size: 78b\n",
        "    socket_family: INET\n    socket_protocol: UDP\n    response_address: \"192.0.2.53\"\n",
        "    query_address: \"192.0.2.9\"\n    query_port: 5000\n    query_message_data:\n",
        "      ADDITIONAL: 1\n      QUESTION_SECTION:\n        - 'alias.lab. IN A'\n",
    ] {
        assert!(text.contains(line), "{line}\nin\n{text}");
    }
    assert!(!text.contains("OPT_PSEUDOSECTION") && !text.contains("ANSWER_SECTION"), "{text}");
}

/// As dig 9.18.49 and 9.20.27 print them.
#[test]
fn options_of_both_releases() {
    let cookie = *b"clientcoserverco";
    for (code, data, old, new) in [
        (10, &cookie[..], "COOKIE: 636c69656e74636f736572766572636f (good)\n", {
            "COOKIE:\n            CLIENT: 636c69656e74636f\n            SERVER: 736572766572636f\n            STATUS: good\n"
        }),
        (3, b"ns\x01\"", "NSID: 6e 73 01 22 (\"ns.\"\")\n", "NSID: 6e 73 01 22 (\"ns.\"\")\n"),
        (8, b"\0\x01\x18\0\xc0\0\x02", "CLIENT-SUBNET: 192.0.2.0/24/0\n", "CLIENT-SUBNET: 192.0.2.0/24/0\n"),
        (8, b"\0\0\0\0", "CLIENT-SUBNET: 0/0/0\n", "CLIENT-SUBNET: 0/0/0\n"),
        (9, b"\0\x01\x51\x80", "EXPIRE: 86400 (1 day)\n", "EXPIRE: 86400 # 1 day\n"),
        (9, b"\xff\xff\xff\xff", "EXPIRE: 429496729 (7101 weeks 3 days 6 hours 28 minutes 15 seconds)\n", {
            "EXPIRE: 4294967295 # 7101 weeks 3 days 6 hours 28 minutes 15 seconds\n"
        }),
        (9, b"\0\0\0\0", "EXPIRE: 0 (0 seconds)\n", "EXPIRE: 0 # 0 seconds\n"),
        (9, b"", "EXPIRE:\n", "EXPIRE:\n"),
        (11, b"\0\x65", "TCP-KEEPALIVE: 10.1 secs\n", "TCP-KEEPALIVE: 10.1 secs\n"),
        (12, b"\0\0", "PAD: 00 00 (\"..\")\n", "PADDING: 00 00 (\"..\")\n"),
        (14, b"\0\x01\0\x02", "KEY-TAG: 1, 2\n", "KEY-TAG: [ 1, 2 ]\n"),
        (16, b"\x01\x01", "CLIENT-TAG: 257\n", "CLIENT-TAG: 257\n"),
        (18, b"\x03lab\0", "OPT=18: 03 6c 61 62 00 (\".lab.\")\n", "Report-Channel: lab.\n"),
        (
            1,
            b"\0\x01\0\0\0\0\0\0\0\0\0\0\0\x09\0\0\x0e\x10",
            { "LLQ: Version: 1, Opcode: 0, Error: 0, Identifier: 9, Lifetime: 3600\n" },
            "LLQ: Version: 1, Opcode: 0, Error: 0, Identifier: 9, Lifetime: 3600\n",
        ),
        (15, b"\0\0a\"b", "EDE:\n            INFO-CODE: 0 (Other)\n            EXTRA-TEXT: \"a\"b\"\n", {
            "EDE:\n            INFO-CODE: 0 (Other)\n            EXTRA-TEXT: \"a\\\"b\"\n"
        }),
        (65001, b"", "OPT=65001:\n", "OPT=65001:\n"),
    ] {
        let option = EdnsOption::new(OptionCode(code), data.to_vec());
        for (compat, expected) in [(Compat::V9_18, old), (Compat::V9_20, new)] {
            let mut text = String::new();
            let page = Page { show: &Show::default(), style: Style::default(), compat };
            page.option(&mut text, &option, Some(Verdict::Good));
            assert_eq!(text, format!("          {expected}"), "option {code}");
        }
    }
}

#[test]
fn quotes_and_colons() {
    let mut text = String::new();
    push_item(&mut text, "  ", "it's IN TXT \"'\"");
    assert_eq!(text, "  - 'it''s IN TXT \"''\"'\n");
    assert_eq!(closed("2001:db8::".to_owned()), "2001:db8::0");
    assert_eq!(status(Rcode(3841)), "3841");
    assert_eq!(
        notice(&Event::NoServers).as_deref(),
        Some("- type: DIG_ERROR\n  message: |\n    no servers could be reached\n")
    );
    assert_eq!(notice(&Event::ResponseBitClear), None);
}
