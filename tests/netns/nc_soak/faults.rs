//! What breaks: connections, readers, descriptors, disks.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::process::{Command, Stdio};
use std::time::Duration;

use socket2::SockRef;
use sockeye_test_support::{Background, Case, Net, run, run_with_input, wait_until};

use super::{LARGE, consume, listening, piped, served, state, stream, through_sh, with};

pub(super) fn tests() -> Vec<Case> {
    vec![
        Case::new("nc_soak::a_reset_says_what_had_arrived", &[], reset_while_receiving),
        Case::new("nc_soak::a_reset_ends_a_sender", &[], reset_while_sending),
        Case::new("nc_soak::a_reader_that_leaves_ends_it", &[], reader_leaves),
        Case::new("nc_soak::no_descriptors_left", &[], no_descriptors),
        Case::new("nc_soak::standard_output_is_full", &[], full_device),
        Case::new("nc_soak::the_disk_is_full", &["unshare", "mount"], full_disk),
        Case::new("nc_soak::losses_of_datagrams_are_told", &[], datagrams_lost),
        Case::new("nc_soak::standard_streams_are_closed", &[], closed_streams),
    ]
}

/// Closes with a RST.
fn reset(socket: TcpStream) {
    SockRef::from(&socket).set_linger(Some(Duration::ZERO)).unwrap();
    drop(socket);
}

fn reset_while_receiving(net: &Net) {
    const ARRIVED: usize = 5_000_000;
    let (listener, command) = served(net, "-N");
    let (client, _input, output) = piped(command);
    let (mut socket, _) = listener.accept().unwrap();
    let sent: Vec<u8> = stream(ARRIVED).flatten().collect();
    let expected = sent.clone();
    let writer = std::thread::spawn(move || {
        socket.write_all(&sent).unwrap();
        socket
    });
    let mut got = vec![0; ARRIVED];
    let mut output = output;
    output.read_exact(&mut got).unwrap();
    reset(writer.join().unwrap());
    client
        .wait()
        .status(1)
        .stderr_has("Connection reset by peer")
        .stderr_has(&format!("received {ARRIVED} octets, sent 0"));
    assert!(got == expected, "what had arrived is as it was");
    assert_eq!(consume(output, |_| {}).0, 0);
}

fn reset_while_sending(net: &Net) {
    let (listener, command) = served(net, "-N");
    let (client, mut input, _output) = piped(command);
    let (mut socket, _) = listener.accept().unwrap();
    let feeder = std::thread::spawn(move || stream(LARGE).try_for_each(|block| input.write_all(&block)));
    let mut some = vec![0; 1 << 20];
    socket.read_exact(&mut some).unwrap();
    reset(socket);
    client.wait().status(1).stderr_has("received 0 octets, sent ");
    assert_eq!(feeder.join().unwrap().unwrap_err().kind(), std::io::ErrorKind::BrokenPipe, "nobody reads it any more");
}

/// As with `nc | head -c 1`: at once if more comes, and also if nothing does.
fn reader_leaves(net: &Net) {
    for goes_on in [true, false] {
        let (listener, command) = served(net, "-N");
        let (client, _input, mut output) = piped(command);
        let (mut socket, _) = listener.accept().unwrap();
        socket.write_all(b"x").unwrap();
        let mut octet = [0];
        output.read_exact(&mut octet).unwrap();
        drop(output);
        if goes_on {
            let failed = stream(LARGE).try_for_each(|block| socket.write_all(&block)).unwrap_err();
            assert!(
                matches!(failed.kind(), std::io::ErrorKind::BrokenPipe | std::io::ErrorKind::ConnectionReset),
                "{failed}"
            );
        }
        client.wait().status(0).stderr_is("");
        drop(listener);
    }
}

/// Whatever the limit is, it works or says what is missing.
fn no_descriptors(net: &Net) {
    let (listener, client) = served(net, "-N");
    let server = std::thread::spawn(move || {
        let mut served = 0_u32;
        while let Ok((mut socket, _)) = listener.accept() {
            let mut said = Vec::new();
            let _ = socket.read_to_end(&mut said);
            if said == b"stop" {
                return served;
            }
            served += u32::from(said == b"data");
        }
        served
    });
    let (mut failed, mut went) = (0, 0);
    // With fewer than four, the loader finds no libraries.
    for limit in 4..=16 {
        let mut sh = through_sh(&format!("ulimit -n {limit}; exec \"$@\" --errors"), &client);
        let ended = run_with_input(&mut sh, b"data");
        match ended.status {
            0 => went += 1,
            1 => {
                ended.stderr_has("nc: ").stderr_has("Too many open files");
                failed += 1;
            }
            status => panic!("status {status}\n{}", ended.story()),
        }
    }
    TcpStream::connect("127.0.0.1:5001").unwrap().write_all(b"stop").unwrap();
    assert!(failed > 0 && went > 0, "{failed} failed, {went} went");
    let served = server.join().unwrap();
    assert_eq!((served, failed + went), (went, 13), "what ended well has arrived, and nothing else");
    // A listener, from where it cannot start to where it accepts.
    let (mut failed, mut went) = (0, 0);
    for limit in 4..=16 {
        let mut sh = through_sh(&format!("ulimit -n {limit}; exec \"$@\""), &with(net.tool("nc"), "-l 127.0.0.1 5002"));
        sh.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut listener = Background::spawn_as_it_is(sh);
        wait_until("it listens or has ended", || {
            if let Ok(mut socket) = TcpStream::connect("127.0.0.1:5002") {
                let _ = socket.write_all(b"data");
                return true;
            }
            !listener.is_running()
        });
        let ended = listener.wait();
        match ended.status {
            0 => {
                ended.stdout_is("data");
                went += 1;
            }
            1 => {
                ended.stderr_has("nc: ").stderr_has("Too many open files");
                failed += 1;
            }
            status => panic!("status {status}\n{}", ended.story()),
        }
    }
    assert!(failed > 0 && went > 0, "{failed} failed, {went} went");
}

/// Sends as much as goes to whoever connects.
fn flood(listener: TcpListener) -> std::thread::JoinHandle<()> {
    std::thread::spawn(move || {
        let (mut socket, _) = listener.accept().unwrap();
        let _ = stream(LARGE).try_for_each(|block| socket.write_all(&block));
    })
}

fn full_device(net: &Net) {
    let (listener, mut command) = served(net, "-N");
    let peer = flood(listener);
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    command.stdin(Stdio::null()).stdout(full).stderr(Stdio::piped());
    let ended = Background::spawn_as_it_is(command).wait();
    ended.status(1).stderr_is("nc: write standard output: No space left on device\n");
    peer.join().unwrap();
}

/// What fits is there, and the rest is an error.
fn full_disk(net: &Net) {
    let (listener, command) = served(net, "-N");
    let peer = flood(listener);
    let line = "mount -t tmpfs -o size=256k none /mnt && { \"$@\" < /dev/null > /mnt/file; echo $?; cat /mnt/file; }";
    let inside = through_sh(line, &command);
    let mut command = net.peer("unshare");
    command.arg("-m").arg(inside.get_program()).args(inside.get_args());
    let ended = run(&mut command);
    ended.status(0).stderr_is("nc: write standard output: No space left on device\n");
    let expected: Vec<u8> = stream(256 << 10).flatten().collect();
    let kept = ended.stdout.strip_prefix(b"1\n").unwrap();
    assert!(kept == expected, "{} octets fitted", kept.len());
    peer.join().unwrap();
}

/// A receiver that is stopped for a while loses what does not fit, and says how much.
fn datagrams_lost(net: &Net) {
    let mut command = with(net.tool("nc"), "-lukvn 127.0.0.1 5001");
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let receiver = Background::spawn_as_it_is(command);
    receiver.wait_for_stderr("Bound on");
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.connect("127.0.0.1:5001").unwrap();
    receiver.signal("STOP");
    wait_until("it is stopped", || state(&receiver) == 'T');
    // Twice what any receive buffer holds here.
    for _ in 0..100_000 {
        socket.send(&[7; 1400]).unwrap();
    }
    receiver.signal("CONT");
    let mut probes = 0;
    wait_until("the losses are told", || {
        // The kernel tells them with the next datagram that it takes.
        socket.send(b"and now?").unwrap();
        probes += 1;
        String::from_utf8_lossy(&receiver.stderr_so_far()).contains("the receive buffer was full")
    });
    receiver.kill().stderr_has("lost ").stderr_has(" datagrams (of ");
}

fn closed_streams(net: &Net) {
    let echo = || {
        let listener = TcpListener::bind("127.0.0.1:5001").unwrap();
        std::thread::spawn(move || {
            let (mut socket, _) = listener.accept().unwrap();
            socket.write_all(b"answer").unwrap();
            socket.shutdown(std::net::Shutdown::Write).unwrap();
            let mut said = Vec::new();
            let _ = socket.read_to_end(&mut said);
            said
        })
    };
    let client = with(net.tool("nc"), "-N 127.0.0.1 5001");
    let with_streams = |line: &str| -> Command { through_sh(&format!("printf data | \"$@\" {line}"), &client) };
    let server = echo();
    run(&mut with_streams("<&-")).status(0).stdout_is("answer").stderr_is("");
    assert_eq!(server.join().unwrap(), b"", "there was no input");
    let server = echo();
    run(&mut with_streams(">&-")).status(1).stderr_is("nc: write standard output: Bad file descriptor\n");
    drop(server.join());
    let server = echo();
    run(&mut with_streams("2>&-")).status(0).stdout_is("answer");
    assert_eq!(server.join().unwrap(), b"data");
    let server = echo();
    run(&mut with_streams("<&- >&- 2>&-")).status(1);
    drop(server.join());
    // A listener has the same streams.
    let mut sh = through_sh("exec \"$@\" <&-", &with(net.tool("nc"), "-l 127.0.0.1 5001"));
    sh.stdout(Stdio::piped()).stderr(Stdio::piped());
    let listener = Background::spawn_as_it_is(sh);
    listening();
    TcpStream::connect("127.0.0.1:5001").unwrap().write_all(b"data").unwrap();
    listener.wait().status(0).stdout_is("data").stderr_is("");
}
