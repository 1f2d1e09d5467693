//! Streams in small pieces, and ends that come one after the other.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::process::{Command, Stdio};

use sha2::{Digest, Sha256};
use sockeye_test_support::{Background, Case, Net, peer, tool};

use super::{LARGE, consume, feed, listening, piped, served, stream, with};

/// What goes through in single octets.
const LITTLE: usize = 100_000;

pub(super) fn tests() -> Vec<Case> {
    vec![
        Case::new("nc_soak::single_octets_to_socat", &["socat"], single_octets_to_socat),
        Case::new("nc_soak::single_octets_from_socat", &["socat"], single_octets_from_socat),
        Case::new("nc_soak::we_end_first", &[], we_end_first),
        Case::new("nc_soak::the_peer_ends_first", &[], the_peer_ends_first),
        Case::new("nc_soak::socat_answers_after_our_end", &["socat", "sha256sum"], |_: &Net| {
            answers_after_our_end(with(peer("socat"), "-t 30 TCP4-LISTEN:5001,bind=127.0.0.1 EXEC:sha256sum"));
        }),
        // ncat's own -e ends with its peer's FIN, and says nothing after it.
        Case::new("nc_soak::our_program_answers_after_the_end", &["sha256sum"], |_: &Net| {
            answers_after_our_end(with(tool("nc"), "-l 127.0.0.1 5001 -c sha256sum"));
        }),
    ]
}

fn single_octets_to_socat(_: &Net) {
    let (receiver, _input, output) = piped(with(peer("socat"), "-u -b 1 TCP4-LISTEN:5001,bind=127.0.0.1,reuseaddr -"));
    listening();
    let (sender, writer, _answers) = piped(with(tool("nc"), "-N 127.0.0.1 5001"));
    let sent = feed(writer, LITTLE);
    assert_eq!(consume(output, |_| {}), (LITTLE, sent.join().unwrap()));
    sender.wait().status(0).stderr_is("");
    receiver.wait().status(0);
}

fn single_octets_from_socat(_: &Net) {
    let (receiver, _input, output) = piped(with(tool("nc"), "-l 127.0.0.1 5001"));
    listening();
    let (sender, writer, _answers) = piped(with(peer("socat"), "-u -b 1 - TCP4:127.0.0.1:5001,nodelay"));
    let sent = feed(writer, LITTLE);
    assert_eq!(consume(output, |_| {}), (LITTLE, sent.join().unwrap()));
    sender.wait().status(0);
    receiver.wait().status(0).stderr_is("");
}

/// Our FIN goes out, and then the peer says much.
fn we_end_first(net: &Net) {
    let (listener, command) = served(net, "-N");
    let (client, mut input, output) = piped(command);
    let (mut socket, _) = listener.accept().unwrap();
    input.write_all(b"question").unwrap();
    drop(input);
    let mut question = String::new();
    socket.read_to_string(&mut question).unwrap();
    assert_eq!(question, "question", "the end has come, and nothing was closed");
    let sent = feed(socket, LARGE);
    assert_eq!(consume(output, |_| {}), (LARGE, sent.join().unwrap()));
    client.wait().status(0).stderr_is("");
}

/// The peer's FIN comes, and then we say much.
fn the_peer_ends_first(net: &Net) {
    let (listener, command) = served(net, "-N");
    let (client, input, mut output) = piped(command);
    let (mut socket, _) = listener.accept().unwrap();
    socket.write_all(b"greeting").unwrap();
    socket.shutdown(Shutdown::Write).unwrap();
    let mut greeting = [0; 8];
    output.read_exact(&mut greeting).unwrap();
    assert_eq!(&greeting, b"greeting");
    let sent = feed(input, LARGE);
    assert_eq!(consume(socket, |_| {}), (LARGE, sent.join().unwrap()));
    client.wait().status(0).stderr_is("");
}

/// Whoever listens says the sum of what came when it has ended.
fn answers_after_our_end(mut listener: Command) {
    listener.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let listener = Background::spawn_as_it_is(listener);
    listening();
    let (client, writer, mut output) = piped(with(tool("nc"), "-N 127.0.0.1 5001"));
    feed(writer, LARGE).join().unwrap();
    let mut said = String::new();
    output.read_to_string(&mut said).unwrap();
    let sum = Sha256::digest(stream(LARGE).flatten().collect::<Vec<_>>());
    let digits = sum.iter().fold(String::new(), |digits, octet| digits + &format!("{octet:02x}"));
    assert_eq!(said, format!("{digits}  -\n"));
    client.wait().status(0).stderr_is("");
    listener.wait().status(0);
    assert!(TcpStream::connect("127.0.0.1:5001").is_err(), "it served one");
}
