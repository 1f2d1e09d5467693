use proptest::prelude::*;

use super::*;

fn one(text: &str) -> Statement {
    let mut statements = parse(text).unwrap();
    assert_eq!(statements.len(), 1, "{text}");
    statements.remove(0)
}

fn call(text: &str) -> Call {
    match one(text) {
        Statement::Call(Target::Current, call) => call,
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn each_statement_is_read() {
    let text = "socket tcp; setsockopt reuseaddr on; bind 0.0.0.0:7000; listen 3\naccept # waits\n recv 100; close";
    assert_eq!(parse(text).unwrap().len(), 7);
    assert_eq!(one("socket udp6"), Statement::Socket(SocketKind::Udp6));
    assert_eq!(one("on 4 close"), Statement::Call(Target::Fd(4), Call::Close));
    assert_eq!(one("listener accept"), Statement::Call(Target::Listener, Call::Accept));
    assert_eq!(one("on 3"), Statement::Use(Target::Fd(3)));
    assert_eq!(one("wait"), Statement::Wait);
    assert_eq!(call("listen"), Call::Listen(5));
    assert_eq!(call("listen 0"), Call::Listen(0));
    assert_eq!(call("shutdown wr"), Call::Shutdown(Direction::Write));
    assert_eq!(call("nonblock off"), Call::Nonblock(false));
    assert_eq!(call("poll in"), Call::Poll(Ready::In, None));
    assert_eq!(call("poll out 200 ms"), Call::Poll(Ready::Out, Some(Duration::from_millis(200))));
    assert_eq!(call("recv 5 peek dontwait"), Call::Recv(5, vec![Flag::Peek, Flag::DontWait]));
    assert_eq!(call("siocoutq"), Call::Queue(Ready::Out));
    assert_eq!(one("repeat 2 { close; close }"), Statement::Repeat(2, vec![one("close"), one("close")]));
    assert_eq!(parse(" ;; \n # nothing\n").unwrap(), []);
}

#[test]
fn texts_are_octets_words_and_lengths() {
    let sent = |text: &str| match call(text) {
        Call::Send(octets, flags) if flags.is_empty() => octets,
        other => panic!("{other:?}"),
    };
    assert_eq!(sent(r#"send "a;b\n\x00\\\"" "#), b"a;b\n\0\\\"");
    assert_eq!(sent("send ABCDE"), b"ABCDE");
    assert_eq!(sent("send 3x"), b"AAA");
    assert_eq!(sent("send 2xB"), b"BB");
    assert_eq!(sent("send 2xBC"), b"2xBC", "a word like others");
    assert_eq!(sent("send \"3x\""), b"3x");
    assert_eq!(call("send \"!\" oob"), Call::Send(b"!".to_vec(), vec![Flag::Oob]));
}

#[test]
fn addresses_have_a_port_perhaps_a_zone_and_perhaps_the_wrong_order() {
    let bound = |text: &str| match call(text) {
        Call::Bind(address) => address,
        other => panic!("{other:?}"),
    };
    assert_eq!(bound("bind :7000").addr.to_string(), "0.0.0.0:7000");
    assert_eq!(bound("bind [fe80::1%eth0]:80").zone.unwrap().as_str(), "eth0");
    if cfg!(target_endian = "little") {
        assert_eq!(bound("bind 127.0.0.1:8080 hostorder").addr.port(), 36_895);
    }
    let Call::SendTo(address, octets, _) = call("sendto 10.0.0.2:6000 ABC") else { panic!() };
    assert_eq!((address.addr.to_string().as_str(), octets.as_slice()), ("10.0.0.2:6000", b"ABC".as_slice()));
}

#[test]
fn options_have_values_of_their_kind() {
    let value = |text: &str| match call(text) {
        Call::SetOption(_, value) => value,
        other => panic!("{other:?}"),
    };
    assert_eq!(value("setsockopt reuseaddr"), Value::Number(1));
    assert_eq!(value("setsockopt TCP_NODELAY off"), Value::Number(0));
    assert_eq!(value("setsockopt rcvbuf 2048"), Value::Number(2048));
    assert_eq!(value("setsockopt linger 0"), Value::Time(Some(Duration::ZERO)));
    assert_eq!(value("setsockopt linger off"), Value::Time(None));
    assert_eq!(value("setsockopt rcvtimeo 1.5 s"), Value::Time(Some(Duration::from_millis(1500))));
}

#[test]
fn what_is_wrong_is_named_where_it_stands() {
    for (text, wrong, says) in [
        ("sockt tcp", "sockt", "no such call"),
        ("socket sctp", "sctp", "expected tcp, udp, tcp6 or udp6"),
        ("socket tcp bind :1", "bind", "; goes between two calls"),
        ("bind example.org:80", "example.org:80", "expected an address and a port"),
        ("bind 10.0.0.2", "10.0.0.2", ""),
        ("send \"abc", "\"abc", "no \" at its end"),
        ("send \"a\\q\"", "\\q", "expected \\\\"),
        ("setsockopt fast on", "fast", "reuseaddr"),
        ("setsockopt error on", "on", "SO_ERROR cannot be set"),
        ("setsockopt rcvbuf -1", "-1", "expected a number"),
        ("recv 999999999", "999999999", "67108864 is the most"),
        ("send 999999999x", "999999999x", "67108864 is the most"),
        ("send 60000000x; send 60000001xB", "60000001xB", "67108864 is the most for all of a script"),
        ("pause 2 days", "days", "one word too many"),
        ("pause 2days", "2days", "expected a time"),
        ("pause 1e9", "1e9", "expected a time"),
        ("repeat 3 close", "close", "expected {"),
        ("repeat 3 { close", "", "expected a } that ends repeat"),
        ("close }", "}", "no { that this ends"),
        ("recv", "", "the script ends here; expected a length"),
        ("recv 5 more", "more", "expected a flag: peek, waitall, dontwait, oob, trunc"),
        ("on x close", "x", "expected a descriptor"),
    ] {
        let error = parse(text).expect_err(text);
        assert_eq!(text.get(error.at.clone()), Some(wrong), "{text}: {error}");
        assert!(error.message.contains(says), "{text}: {error}");
    }
    let deep = "repeat 2 { ".repeat(9) + "close" + &"}".repeat(9);
    assert!(parse(&deep).unwrap_err().message.contains("too often"));
}

proptest! {
    #[test]
    fn no_text_panics_and_every_error_lies_in_it(
        text in "([a-z0-9:.;{}\"\\\\ \n#]|socket |tcp|bind |send |repeat |é){0,40}",
    ) {
        if let Err(error) = parse(&text) {
            prop_assert!(text.get(error.at.clone()).is_some(), "{:?}", error);
        }
    }

    #[test]
    fn a_shown_text_is_read_back(octets: Vec<u8>) {
        let shown = format!("send {}", crate::calls::report::quote(&octets));
        prop_assert_eq!(call(&shown), Call::Send(octets, vec![]));
    }
}
