//! nc as an HTTP proxy.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::time::Duration;

use sockeye_test_support::{DEADLINE, run, run_with_input};

use crate::netcat::{connect, listening, nc};

fn asked(proxy: u16, request: &str) -> String {
    let mut stream = connect(proxy);
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn connect_is_a_tunnel_that_keeps_both_ends() {
    let (proxy, proxy_port) = listening(&["-k", "--proxy-type", "http"]);
    let (server, port) = listening(&["-k", "--app", "upper"]);
    let (proxy_text, port_text) = (format!("127.0.0.1:{proxy_port}"), port.to_string());
    let long = vec![b'a'; 4 << 20];
    for _ in 0..2 {
        let mut client = nc(&["-N", "--proxy", &proxy_text, "127.0.0.1", &port_text]);
        let run = run_with_input(&mut client, &long);
        run.status(0);
        assert!(run.stdout.len() == long.len() && run.stdout.iter().all(|octet| *octet == b'A'));
    }
    // What comes behind the request in the same segment belongs to the server.
    let mut stream = connect(proxy_port);
    stream.write_all(format!("CONNECT 127.0.0.1:{port} HTTP/1.1\r\n\r\nat once").as_bytes()).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert_eq!(answer, "HTTP/1.0 200 OK\r\n\r\nAT ONCE");
    // A client that says nothing keeps nobody else from being served.
    let silent = connect(proxy_port);
    run_with_input(&mut nc(&["-N", "--proxy", &proxy_text, "127.0.0.1", &port_text]), b"next").stdout_is("NEXT");
    server.kill();
    drop(stream);
    proxy.wait_for_stderr(&format!("asks for 127.0.0.1:{port}"));
    drop(silent);
    proxy.kill();
}

#[test]
fn a_request_goes_to_its_server_without_what_is_the_proxys() {
    let (proxy, proxy_port) = listening(&["--proxy-type", "http", "--proxy-auth", "me:secret"]);
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = server.local_addr().unwrap().port();
    let serving = std::thread::spawn(move || {
        let (mut stream, _) = server.accept().unwrap();
        let mut heard = vec![0; 1024];
        let mut len = 0;
        while !heard[..len].ends_with(b"\r\n\r\nbody") {
            len += stream.read(&mut heard[len..]).unwrap();
        }
        stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello").unwrap();
        String::from_utf8(heard[..len].to_vec()).unwrap()
    });
    // me:secret
    let request = format!(
        "POST http://127.0.0.1:{port}/a?b HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nProxy-Connection: keep-alive\r\n\
         Proxy-Authorization: Basic bWU6c2VjcmV0\r\nContent-Length: 4\r\n\r\nbody"
    );
    assert!(asked(proxy_port, &request).ends_with("\r\n\r\nhello"));
    assert_eq!(
        serving.join().unwrap(),
        format!("POST /a?b HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbody")
    );
    proxy.wait().status(0);
}

#[test]
fn what_is_refused_is_said_and_ends_nobody() {
    let (proxy, port) = listening(&["-k", "--proxy-type", "http", "--proxy-auth", "me:secret"]);
    let auth = "Proxy-Authorization: Basic bWU6c2VjcmV0\r\n";
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for (request, answer) in [
        (format!("CONNECT {closed} HTTP/1.1\r\n\r\n"), "HTTP/1.0 407 "),
        (format!("CONNECT {closed} HTTP/1.1\r\n{auth}\r\n"), "HTTP/1.0 502 "),
        (format!("CONNECT nosuch.invalid:1 HTTP/1.1\r\n{auth}\r\n"), "HTTP/1.0 502 "),
        (format!("GET / HTTP/1.1\r\n{auth}\r\n"), "HTTP/1.0 400 "),
        (format!("GET ftp://h/ HTTP/1.1\r\n{auth}\r\n"), "HTTP/1.0 501 "),
        (format!("GET http://h/ HTTP/1.1\r\nX: {}\r\n\r\n", "x".repeat(80_000)), "HTTP/1.0 431 "),
        ("\x1b[2J\r\n\r\n".to_owned(), "HTTP/1.0 400 "),
    ] {
        let said = asked(port, &request);
        assert!(said.starts_with(answer), "{} {said}", request.get(..40).unwrap_or(&request));
    }
    let run = proxy.kill();
    assert!(!run.stderr.contains(&0x1b), "{}", run.story());
    for (line, why) in [
        ("-l --proxy-type socks5 7000", "no proxy server for \"socks5\""),
        ("-l -u --proxy-type http 7000", "a proxy listens on TCP"),
        ("-l --ssl --proxy-type http 7000", "does not speak TLS itself"),
        ("-l -C --proxy-type http 7000", "cannot use -C with --proxy-type"),
        ("-l --proxy-auth a:b 7000", "--proxy-auth needs --proxy-type"),
    ] {
        run_line(line, why);
    }
}

fn run_line(line: &str, why: &str) {
    run(&mut nc(&line.split(' ').collect::<Vec<_>>())).status(1).stderr_has(why);
}

/// What was cut off at the server must not look whole to the client, and the other way round.
#[test]
fn a_reset_on_one_side_is_one_on_the_other() {
    let reset = |stream: &TcpStream| socket2::SockRef::from(stream).set_linger(Some(Duration::ZERO)).unwrap();
    for by_server in [true, false] {
        let (proxy, proxy_port) = listening(&["--proxy-type", "http"]);
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut client = connect(proxy_port);
        client.write_all(format!("CONNECT {} HTTP/1.1\r\n\r\n", server.local_addr().unwrap()).as_bytes()).unwrap();
        let (served, _) = server.accept().unwrap();
        served.set_read_timeout(Some(DEADLINE)).unwrap();
        let mut answer = [0; 19];
        client.read_exact(&mut answer).unwrap();
        let (breaks, mut stays) = if by_server { (served, client) } else { (client, served) };
        reset(&breaks);
        drop(breaks);
        let broken = stays.read(&mut [0]).unwrap_err();
        assert_eq!(broken.kind(), std::io::ErrorKind::ConnectionReset, "by_server {by_server}");
        proxy.wait().status(1).stderr_has("Connection reset by peer");
    }
}
