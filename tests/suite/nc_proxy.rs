//! nc through proxies that the tests play.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::thread::JoinHandle;

use sockeye_test_support::{DEADLINE, run_with_input};

use crate::netcat::nc;

/// A proxy that plays `part` for its one client, and where it is.
fn proxy(part: impl FnOnce(&mut TcpStream) + Send + 'static) -> (JoinHandle<()>, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let player = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        part(&mut stream);
    });
    (player, address)
}

fn expect(stream: &mut TcpStream, octets: &[u8]) {
    let mut found = vec![0; octets.len()];
    stream.read_exact(&mut found).unwrap();
    assert_eq!(String::from_utf8_lossy(&found), String::from_utf8_lossy(octets));
}

/// What follows the handshake: the answer comes in one piece with the first octets of the conversation.
fn converse(stream: &mut TcpStream, answer: &[u8]) {
    stream.write_all(&[answer, b"hello"].concat()).unwrap();
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).unwrap();
    assert_eq!(rest, b"question");
}

#[test]
fn socks5_with_a_password_and_a_name() {
    let (player, address) = proxy(|stream| {
        expect(stream, &[5, 2, 0, 2]);
        stream.write_all(&[5, 2]).unwrap();
        expect(stream, b"\x01\x02me\x06secret");
        stream.write_all(&[1, 0]).unwrap();
        expect(stream, b"\x05\x01\x00\x03\x09some.test\x1f\x90");
        converse(stream, b"\x05\x00\x00\x03\x04name\x00\x07");
    });
    let args = ["-vN", "--proxy", &address, "--proxy-type", "socks5", "--proxy-auth", "me:secret", "some.test", "8080"];
    run_with_input(&mut nc(&args), b"question")
        .status(0)
        .stdout_is("hello")
        .stderr_is("Connection to some.test 8080 port [tcp/http-alt] succeeded!\n");
    player.join().unwrap();
}

/// SOCKS asks for no password: `-P` makes no difference.
#[test]
fn socks_and_the_older_letters() {
    for more in [&["-X", "4"][..], &["-X", "4", "-P", "me"]] {
        let (player, address) = proxy(|stream| {
            expect(stream, &[4, 1, 0, 80, 192, 0, 2, 1, 0]);
            converse(stream, &[0, 90, 0, 0, 0, 0, 0, 0]);
        });
        let args = [&["-N"], more, &["-x", &address, "192.0.2.1", "80"]].concat();
        run_with_input(&mut nc(&args), b"question").status(0).stdout_is("hello");
        player.join().unwrap();
    }
    for more in [&["-P", "me"][..], &["-P", "me", "-X", "5"]] {
        let (player, address) = proxy(|stream| {
            expect(stream, &[5, 1, 0]);
            stream.write_all(&[5, 0]).unwrap();
            expect(stream, &[5, 1, 0, 1, 192, 0, 2, 1, 0, 53]);
            converse(stream, &[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
        });
        let args = [&["-vnN"], more, &["-x", &address, "192.0.2.1", "53"]].concat();
        run_with_input(&mut nc(&args), b"question")
            .status(0)
            .stdout_is("hello")
            .stderr_is("Connection to 192.0.2.1 53 port [tcp/*] succeeded!\n");
        player.join().unwrap();
    }
}

/// The first request has no password in it; the second answers the best that was offered, over a new connection.
#[test]
fn http_connect_with_the_authentication_that_is_asked_for() {
    const ASKS: &[u8] = b"CONNECT [2001:db8::1]:443 HTTP/1.1\r\nHost: [2001:db8::1]:443\r\n";
    let digest = "Proxy-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth\"\r\n";
    for (offered, answer) in [
        ("", "Proxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n\r\n"),
        (
            digest,
            "Proxy-Authorization: Digest username=\"Aladdin\", realm=\"r\", nonce=\"n\", uri=\"[2001:db8::1]:443\"",
        ),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let refusal = format!("HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=\"r\"\r\n{offered}\r\n");
        let player = std::thread::spawn(move || {
            let (mut first, _) = listener.accept().unwrap();
            expect(&mut first, &[ASKS, b"\r\n"].concat());
            first.write_all(refusal.as_bytes()).unwrap();
            let (mut second, _) = listener.accept().unwrap();
            expect(&mut second, ASKS);
            expect(&mut second, answer.as_bytes());
            if answer.contains("Digest") {
                let mut rest = Vec::new();
                while !rest.ends_with(b"\r\n\r\n") {
                    let mut octet = [0];
                    second.read_exact(&mut octet).unwrap();
                    rest.extend(octet);
                }
                assert!(String::from_utf8(rest).unwrap().contains(", qop=auth, nc=00000001, cnonce=\""));
            }
            converse(&mut second, b"HTTP/1.1 200 Connection established\r\nVia: test\r\n\r\n");
        });
        let args =
            ["-N", "--explain", "--proxy", &address, "--proxy-auth", "Aladdin:open sesame", "2001:db8::1", "443"];
        let run = run_with_input(&mut nc(&args), b"question");
        run.status(0).stdout_is("hello");
        // Each of the two answers is one message, and not one for each octet.
        assert_eq!(run.err().matches("from the proxy: ").count(), 2, "{}", run.story());
        player.join().unwrap();
    }
}

/// script(1) is the terminal; the password is not shown, and is what the proxy gets.
#[test]
fn a_password_is_asked_for_on_the_terminal() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let player = std::thread::spawn(move || {
        let (mut first, _) = listener.accept().unwrap();
        first.set_read_timeout(Some(DEADLINE)).unwrap();
        expect(&mut first, b"CONNECT h.test:1 HTTP/1.1\r\nHost: h.test:1\r\n\r\n");
        first.write_all(b"HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=\"r\"\r\n\r\n").unwrap();
        let (mut second, _) = listener.accept().unwrap();
        // me:secret
        expect(
            &mut second,
            b"CONNECT h.test:1 HTTP/1.1\r\nHost: h.test:1\r\nProxy-Authorization: Basic bWU6c2VjcmV0\r\n\r\n",
        );
        second.write_all(b"HTTP/1.1 200 OK\r\n\r\nhello").unwrap();
    });
    let nc = sockeye_test_support::tools_dir().join("nc");
    let line = format!("{} -d -P me -X connect -x {address} h.test 1", nc.display());
    let mut script = Command::new("script");
    script.args(["-qec", &line, "/dev/null"]);
    let script = sockeye_test_support::Background::spawn(script);
    script.wait_for_stdout("Proxy password for me@127.0.0.1: ");
    script.stdin.as_ref().unwrap().write_all(b"secret\n").unwrap();
    script.wait_for_stdout("hello");
    let run = script.wait();
    assert!(!run.out().contains("secret"), "{}", run.story());
    player.join().unwrap();
}

#[test]
fn what_a_proxy_refuses_is_said() {
    let (player, address) = proxy(|stream| {
        expect(stream, &[5, 1, 0]);
        stream.write_all(&[5, 0]).unwrap();
        expect(stream, &[5, 1, 0, 1, 192, 0, 2, 1, 0, 80]);
        stream.write_all(&[5, 5, 0, 1, 0, 0, 0, 0, 0, 0]).unwrap();
    });
    run_with_input(&mut nc(&["-x", &address, "192.0.2.1", "80"]), b"")
        .status(1)
        .stderr_is("nc: connection failed, SOCKSv5 error: Connection refused\n");
    player.join().unwrap();
    let (player, address) = proxy(|stream| {
        let _ = stream.read(&mut [0; 1000]);
        stream.write_all(b"HTTP/1.0 403 \x1b[2J\r\n\r\n").unwrap();
    });
    let refused = run_with_input(&mut nc(&["-X", "connect", "-x", &address, "192.0.2.1", "80"]), b"");
    refused.status(1).stderr_has("nc: Proxy error: \"HTTP/1.0 403 ");
    assert!(!refused.stderr.contains(&0x1b), "{}", refused.story());
    player.join().unwrap();
    let (player, address) = proxy(|_| {});
    run_with_input(&mut nc(&["-x", &address, "192.0.2.1", "80"]), b"")
        .status(1)
        .stderr_has(&format!("proxy {address}: "));
    player.join().unwrap();
}

#[test]
fn what_makes_no_sense_is_refused() {
    for (args, said) in [
        (&["-x", "p", "-u", "h", "1"][..], "nc: no proxy support for UDP mode\n"),
        (&["--proxy-auth", "a:b", "h", "1"], "nc: --proxy-auth needs --proxy or -x\n"),
        (&["-x", "p:70000", "h", "1"], "nc: port number too large: 70000\n"),
        (&["-X", "9", "-x", "p", "h", "1"], "nc: unsupported proxy protocol\n"),
        (&["-X", "6", "h", "1"], "nc: unsupported proxy protocol\n"),
        (&["-X", "6", "-l", "1"], "nc: unsupported proxy protocol\n"),
        (&["-l", "-x", "p", "1"], "nc: no proxy support for listen\n"),
        (&["-l", "--proxy", "p", "1"], "nc: no proxy support for listen\n"),
        (&["-l", "--proxy-dns", "local", "1"], "nc: --proxy-dns needs --proxy or -x\n"),
        (&["-x", "p", "--proxy", "q", "h", "1"], "nc: only one of -x and --proxy\n"),
        (
            &["-x", "p", "--proxy-type", "http", "h", "1"],
            "nc: --proxy-type is about --proxy: what the proxy of -x speaks, -X says\n",
        ),
        (
            &["--proxy", "p", "-X", "4", "h", "1"],
            "nc: -X is about -x: what the proxy of --proxy speaks, --proxy-type says\n",
        ),
        (&["--proxy", "p", "--proxy-dns", "none", "h.test", "1"], "nc: --proxy-dns none: h.test is no address\n"),
        (&["-X", "4", "-x", "p", "::1", "1"], "nc: SOCKS 4 knows no IPv6 addresses\n"),
    ] {
        run_with_input(&mut nc(args), b"").status(1).stderr_is(said);
    }
}
