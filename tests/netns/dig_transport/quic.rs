//! A server of QUIC: DNS over QUIC and over HTTP/3, by quinn's state machine.

use std::collections::{BTreeMap, HashMap};
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use bytes::BytesMut;
use quinn_proto::crypto::rustls::QuicServerConfig;
use quinn_proto::{
    Connection, ConnectionHandle, DatagramEvent, Dir, Endpoint, EndpointConfig, Event, ServerConfig, StreamEvent,
    StreamId,
};
use rustls::ServerConfig as Tls;

use super::servers::{answer, config};

/// Starts a server of each kind; `dir` has the certificates.
pub(super) fn start(dir: &Path) {
    server(853, config(dir, "ns", &[b"doq"]), |octets| {
        let Some(query) = octets.get(2..) else { return Vec::new() };
        // Section 4.2.1 of RFC 9250: the id must be zero.
        assert_eq!(query[..2], [0, 0]);
        let answer = answer(query);
        [&u16::try_from(answer.len()).unwrap().to_be_bytes()[..], &answer].concat()
    });
    // A stream that ends in the middle of a message.
    server(8530, config(dir, "ns", &[b"doq"]), |_| b"\0\x20half".to_vec());
    server(8531, config(dir, "ns", &[b"doq"]), |_| Vec::new());
    server(443, config(dir, "ns", &[b"h3"]), |octets| http(octets, 0xd9));
    // Index 27 of the static table is 404.
    server(4430, config(dir, "ns", &[b"h3"]), |octets| http(octets, 0xdb));
    server(4431, config(dir, "ns", &[b"h3"]), |_| b"\x01\x40garbage".to_vec());
}

/// A response to the last DATA frame, with a status of the static table (RFC 9204, appendix A).
fn http(octets: &[u8], status: u8) -> Vec<u8> {
    // HEADERS and its length, in one octet or two; then DATA with one octet of length.
    let (length, begin) = match octets[1] {
        small @ ..0x40 => (usize::from(small), 2),
        large => (usize::from(large & 0x3f) << 8 | usize::from(octets[2]), 3),
    };
    let data = &octets[begin + length..];
    assert_eq!((data[0], usize::from(data[1])), (0, data.len() - 2));
    let answer = answer(&data[2..]);
    // Index 44 is content-type: application/dns-message.
    let head = [1, 4, 0, 0, status, 0xec, 0, u8::try_from(answer.len()).unwrap()];
    [&head, &answer[..]].concat()
}

/// How many streams each client let the server open: of both directions, and of one.
pub(super) static STREAMS: Mutex<Vec<(usize, usize)>> = Mutex::new(Vec::new());

type Served = (Connection, HashMap<StreamId, Vec<u8>>);

/// Serves on 127.0.0.1 until the test ends.
fn server(port: u16, tls: Arc<Tls>, respond: fn(&[u8]) -> Vec<u8>) {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, port)).unwrap();
    let crypto = QuicServerConfig::try_from(tls).unwrap();
    let config = ServerConfig::with_crypto(Arc::new(crypto));
    let mut endpoint = Endpoint::new(Arc::new(EndpointConfig::default()), Some(Arc::new(config)), false, None);
    thread::spawn(move || {
        let mut served: BTreeMap<usize, (ConnectionHandle, SocketAddr, Served)> = BTreeMap::new();
        let mut room = vec![0; 65535];
        loop {
            for (handle, peer, (connection, streams)) in served.values_mut() {
                serve(connection, streams, respond);
                while let Some(event) = connection.poll_endpoint_events() {
                    if let Some(event) = endpoint.handle_event(*handle, event) {
                        connection.handle_event(event);
                    }
                }
                let mut octets = Vec::new();
                while let Some(transmit) = connection.poll_transmit(Instant::now(), 1, &mut octets) {
                    let _ = socket.send_to(&octets[..transmit.size], *peer);
                    octets.clear();
                }
            }
            let timer = served.values_mut().filter_map(|(_, _, (connection, _))| connection.poll_timeout()).min();
            let wait = timer.map_or(Duration::from_secs(1), |timer| timer.saturating_duration_since(Instant::now()));
            socket.set_read_timeout(Some(wait.max(Duration::from_millis(1)))).unwrap();
            let Ok((length, from)) = socket.recv_from(&mut room) else {
                for (_, _, (connection, _)) in served.values_mut() {
                    connection.handle_timeout(Instant::now());
                }
                continue;
            };
            let datagram = BytesMut::from(&room[..length]);
            let mut octets = Vec::new();
            match endpoint.handle(Instant::now(), from, None, None, datagram, &mut octets) {
                Some(DatagramEvent::NewConnection(incoming)) => {
                    match endpoint.accept(incoming, Instant::now(), &mut octets, None) {
                        Ok((handle, connection)) => {
                            served.insert(handle.0, (handle, from, (connection, HashMap::new())));
                        }
                        Err(error) => {
                            if let Some(transmit) = error.response {
                                let _ = socket.send_to(&octets[..transmit.size], from);
                            }
                        }
                    }
                }
                Some(DatagramEvent::ConnectionEvent(handle, event)) => {
                    if let Some((_, _, (connection, _))) = served.get_mut(&handle.0) {
                        connection.handle_event(event);
                    }
                }
                Some(DatagramEvent::Response(transmit)) => {
                    let _ = socket.send_to(&octets[..transmit.size], from);
                }
                None => {}
            }
        }
    });
}

/// Answers every stream that has ended.
fn serve(connection: &mut Connection, streams: &mut HashMap<StreamId, Vec<u8>>, respond: fn(&[u8]) -> Vec<u8>) {
    while let Some(event) = connection.poll() {
        if let Event::Stream(StreamEvent::Opened { dir: Dir::Bi }) = event {
            while let Some(id) = connection.streams().accept(Dir::Bi) {
                streams.insert(id, Vec::new());
            }
            let mut open = |dir| std::iter::from_fn(|| connection.streams().open(dir)).count();
            STREAMS.lock().unwrap().push((open(Dir::Bi), open(Dir::Uni)));
        }
    }
    let mut ended = Vec::new();
    for (id, octets) in streams.iter_mut() {
        let mut stream = connection.recv_stream(*id);
        let Ok(mut chunks) = stream.read(true) else { continue };
        loop {
            match chunks.next(65535) {
                Ok(Some(chunk)) => octets.extend(&chunk.bytes),
                Ok(None) => {
                    ended.push(*id);
                    break;
                }
                Err(_) => break,
            }
        }
        let _ = chunks.finalize();
    }
    for id in ended {
        let octets = streams.remove(&id).unwrap();
        let mut stream = connection.send_stream(id);
        let _ = stream.write(&respond(&octets));
        let _ = stream.finish();
    }
}
