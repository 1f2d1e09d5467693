//! A conversation in which nothing moves costs nothing, whatever it waits for.

use std::io::{Read, Write};
use std::net::Shutdown;

use sha2::{Digest, Sha256};
use sockeye_test_support::{Background, Case, Net, wait_until};

use super::{piped, served, state, stream, with};

pub(super) fn tests() -> Vec<Case> {
    vec![
        Case::new("nc_soak::waits_for_both", &[], |net: &Net| waits(net, "", false, false)),
        Case::new("nc_soak::waits_for_the_peer", &[], |net: &Net| waits(net, "", true, false)),
        Case::new("nc_soak::waits_for_the_peer_behind_its_own_end", &[], |net: &Net| waits(net, "-N", true, false)),
        Case::new("nc_soak::waits_for_the_input", &[], |net: &Net| waits(net, "-N", false, true)),
        Case::new("nc_soak::waits_for_a_full_output", &[], full_output),
        Case::new("nc_soak::waits_for_a_peer_that_reads_nothing", &[], full_peer),
        Case::new("nc_soak::waits_for_a_handshake", &[], handshake),
    ]
}

/// How often a process has gone to sleep, and its CPU time in ticks.
fn spent(process: &Background) -> (u64, u64) {
    let read = |name: &str| std::fs::read_to_string(format!("/proc/{}/{name}", process.pid())).unwrap();
    let status = read("status");
    let slept = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:")).unwrap();
    let stat = read("stat");
    let fields: Vec<&str> = stat.rsplit_once(") ").unwrap().1.split(' ').collect();
    // utime and stime are the fields 14 and 15, counted from 1, and the state is the third.
    let ticks = fields[11..13].iter().map(|field| field.parse::<u64>().unwrap()).sum();
    (slept.trim().parse().unwrap(), ticks)
}

/// While the test works hard, the process neither works nor wakes up.
#[track_caller]
fn idles(process: &Background) {
    wait_until("it sleeps", || {
        let before = spent(process);
        std::hint::black_box(Sha256::digest(vec![7_u8; 1 << 20]));
        state(process) == 'S' && spent(process) == before
    });
    let (slept, ticks) = spent(process);
    for block in stream(64 << 20) {
        std::hint::black_box(Sha256::digest(&block));
    }
    let (slept_now, ticks_now) = spent(process);
    // A loop would have turned a hundred thousand times.
    assert!(slept_now - slept < 10, "it woke up {} times", slept_now - slept);
    assert!(ticks_now - ticks < 5, "it worked for {} ticks", ticks_now - ticks);
}

/// After the ends that are said, nothing more happens.
fn waits(net: &Net, line: &str, input_ends: bool, peer_ends: bool) {
    let (listener, command) = served(net, if line.is_empty() { "-n" } else { line });
    let (client, mut input, mut output) = piped(command);
    let (mut socket, _) = listener.accept().unwrap();
    input.write_all(b"there").unwrap();
    socket.write_all(b"back").unwrap();
    let mut said = [0; 5];
    socket.read_exact(&mut said).unwrap();
    output.read_exact(&mut said[..4]).unwrap();
    let mut input = Some(input);
    if input_ends {
        input = None;
    }
    if peer_ends {
        socket.shutdown(Shutdown::Write).unwrap();
    }
    idles(&client);
    drop(input);
    drop(socket);
    client.wait().status(0);
}

fn full_output(net: &Net) {
    let (listener, command) = served(net, "-N");
    let (client, _input, output) = piped(command);
    let (socket, _) = listener.accept().unwrap();
    socket.set_nonblocking(true).unwrap();
    let block = stream(1 << 20).next().unwrap();
    let mut refused = 0;
    wait_until("every buffer is full", || {
        refused = if (&socket).write(&block).is_ok() { 0 } else { refused + 1 };
        refused > 20
    });
    idles(&client);
    drop(output);
    client.wait().status(0);
}

fn full_peer(net: &Net) {
    let (listener, command) = served(net, "-N");
    let (client, mut input, _output) = piped(command);
    let (socket, _) = listener.accept().unwrap();
    let feeder = std::thread::spawn(move || stream(64 << 20).try_for_each(|block| input.write_all(&block)));
    idles(&client);
    drop(socket);
    client.wait().status(1);
    assert!(feeder.join().unwrap().is_err());
}

/// The peer takes the connection, and says nothing.
fn handshake(net: &Net) {
    let listener = std::net::TcpListener::bind("127.0.0.1:5001").unwrap();
    let command = with(net.tool("nc"), "--ssl 127.0.0.1 5001");
    let (client, _input, _output) = piped(command);
    let (mut socket, _) = listener.accept().unwrap();
    let mut hello = [0; 5];
    socket.read_exact(&mut hello).unwrap();
    idles(&client);
    drop(socket);
    client.wait().status(1);
}
