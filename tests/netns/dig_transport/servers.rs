//! Servers of TLS that misbehave: each port in its own way.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use socket2::SockRef;

pub(super) type Tls = StreamOwned<ServerConnection, TcpStream>;

/// Longer than any client here waits.
const LONG: Duration = Duration::from_secs(60);

/// Starts them all; `dir` has the certificates.
pub(super) fn start(dir: &Path) {
    raw(9000, |_| {});
    raw(9001, |_| thread::sleep(LONG));
    raw(9003, |mut stream| {
        let _ = stream.write_all(&b"220 hello there, this is not TLS\r\n".repeat(4));
        let _ = stream.read(&mut [0; 4096]);
    });
    raw(9004, |mut stream| {
        let _ = stream.read(&mut [0; 4096]);
    });
    raw(9005, |mut stream| {
        let _ = stream.read(&mut [0; 4096]);
        let _ = SockRef::from(&stream).set_linger(Some(Duration::ZERO));
    });
    raw(9018, |mut stream| {
        let _ = stream.read(&mut [0; 4096]);
        // Alert, fatal, handshake_failure.
        let _ = stream.write_all(b"\x15\x03\x03\0\x02\x02\x28");
    });
    let dot = config(dir, "ns", &[b"dot"]);
    let read_then_end = |mut tls: Tls| {
        query(&mut tls);
    };
    over_tls(9006, &dot, read_then_end);
    over_tls(9007, &dot, |mut tls: Tls| {
        query(&mut tls);
        tls.conn.send_close_notify();
        let _ = tls.flush();
    });
    over_tls(9008, &dot, |mut tls: Tls| {
        query(&mut tls);
        thread::sleep(LONG);
    });
    over_tls(9009, &dot, |mut tls: Tls| {
        let answer = answer(&query(&mut tls));
        send(&mut tls, &answer);
    });
    over_tls(9010, &config(dir, "ns", &[]), |mut tls: Tls| {
        let answer = answer(&query(&mut tls));
        send(&mut tls, &answer);
    });
    let v1_2 = config_of(dir, "ns", "ns", &[b"dot"], &[&rustls::version::TLS12]);
    over_tls(9012, &v1_2, |mut tls: Tls| {
        let answer = answer(&query(&mut tls));
        send(&mut tls, &answer);
    });
    over_tls(9013, &dot, |mut tls: Tls| {
        query(&mut tls);
        send(&mut tls, b"12345678");
    });
    over_tls(9014, &dot, |mut tls: Tls| {
        let answer = answer(&query(&mut tls));
        let _ = tls.write_all(&[0, 40]);
        let _ = tls.write_all(&answer[..10]);
        let _ = tls.flush();
    });
    over_tls(9015, &dot, |mut tls: Tls| {
        let answer = answer(&query(&mut tls));
        send(&mut tls, &[&[0, 0], &answer[2..]].concat());
    });
    over_tls(9016, &dot, |mut tls: Tls| {
        // Octet by octet, each in a record of its own.
        let answer = answer(&query(&mut tls));
        for octet in [&[0, u8::try_from(answer.len()).unwrap()], &answer[..]].concat() {
            let _ = tls.write_all(&[octet]);
            let _ = tls.flush();
        }
    });
    over_tls(9017, &dot, |mut tls: Tls| {
        query(&mut tls);
        let _ = tls.write_all(b"HTTP/1.0 400 Bad request\r\n\r\n");
        let _ = tls.flush();
    });
    for (port, cert, key) in [
        (9030, "self", "self"),
        (9031, "chain", "ns"),
        (9032, "future", "ns"),
        (9033, "clientonly", "ns"),
        (9034, "nosan", "ns"),
        (9035, "notca", "ns"),
    ] {
        over_tls(port, &config_of(dir, cert, key, &[b"dot"], rustls::ALL_VERSIONS), |mut tls: Tls| {
            let answer = answer(&query(&mut tls));
            send(&mut tls, &answer);
        });
    }
}

pub(super) fn config(dir: &Path, cert: &str, alpn: &[&[u8]]) -> Arc<ServerConfig> {
    config_of(dir, cert, "ns", alpn, rustls::ALL_VERSIONS)
}

fn config_of(
    dir: &Path,
    cert: &str,
    key: &str,
    alpn: &[&[u8]],
    versions: &[&'static rustls::SupportedProtocolVersion],
) -> Arc<ServerConfig> {
    let chain = CertificateDer::pem_file_iter(dir.join(format!("{cert}.pem"))).unwrap().map(Result::unwrap).collect();
    let key = PrivateKeyDer::from_pem_file(dir.join(format!("{key}.key"))).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    config.alpn_protocols = alpn.iter().map(|name| name.to_vec()).collect();
    Arc::new(config)
}

/// Listens on 127.0.0.1 until the test ends; each connection has a thread.
pub(super) fn raw(port: u16, serve: fn(TcpStream)) {
    let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || serve(stream));
        }
    });
}

/// As [`raw`], inside TLS.
pub(super) fn over_tls(port: u16, config: &Arc<ServerConfig>, serve: fn(Tls)) {
    let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
    let config = Arc::clone(config);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            thread::spawn(move || serve(StreamOwned::new(connection, stream)));
        }
    });
}

/// The query behind its length; nothing if the client went away.
fn query(tls: &mut Tls) -> Vec<u8> {
    let mut length = [0; 2];
    if tls.read_exact(&mut length).is_err() {
        return Vec::new();
    }
    let mut octets = vec![0; usize::from(u16::from_be_bytes(length))];
    let _ = tls.read_exact(&mut octets);
    octets
}

/// An empty answer to the query: its id, its question, authoritative.
pub(super) fn answer(query: &[u8]) -> Vec<u8> {
    let Some(end) = query.get(12..).and_then(|rest| rest.iter().position(|octet| *octet == 0)) else {
        return vec![0; 12];
    };
    let mut octets = query[..12 + end + 5].to_vec();
    octets[2..4].copy_from_slice(&[0x85, 0x80]);
    octets[6..12].fill(0);
    octets
}

fn send(tls: &mut Tls, message: &[u8]) {
    let framed = [&u16::try_from(message.len()).unwrap().to_be_bytes(), message].concat();
    let _ = tls.write_all(&framed);
    let _ = tls.flush();
}
