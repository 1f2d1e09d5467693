//! A name server whose answers a test makes up.

use std::io::Read;
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::thread;

const PORT: u16 = 5300;

/// Listens on 127.0.0.1:5300 until the test ends: over UDP, where `answers` says what is sent back, and over TCP, where
/// each connection is for `converse`.
pub(crate) fn start(answers: fn(&[u8]) -> Vec<Vec<u8>>, converse: fn(TcpStream)) {
    let datagrams = UdpSocket::bind(("127.0.0.1", PORT)).unwrap();
    let listener = TcpListener::bind(("127.0.0.1", PORT)).unwrap();
    thread::spawn(move || {
        let mut buffer = vec![0; 65535];
        while let Ok((length, from)) = datagrams.recv_from(&mut buffer) {
            for answer in answers(&buffer[..length]) {
                // A client that has gone away is no fault of the server.
                let _ = datagrams.send_to(&answer, from);
            }
        }
    });
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || converse(stream));
        }
    });
}

/// The next message of a connection, unless that ends first.
pub(crate) fn message(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut length = [0; 2];
    stream.read_exact(&mut length).ok()?;
    let mut message = vec![0; usize::from(u16::from_be_bytes(length))];
    stream.read_exact(&mut message).ok()?;
    Some(message)
}

/// A message behind its length.
pub(crate) fn framed(message: &[u8]) -> Vec<u8> {
    [&u16::try_from(message.len()).unwrap().to_be_bytes()[..], message].concat()
}
