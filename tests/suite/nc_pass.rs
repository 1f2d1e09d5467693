//! nc -F: the socket goes to who has the other end of standard output.

use std::io::{IoSliceMut, Read, Write};
use std::mem::MaybeUninit;
use std::net::{TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::{Command, Stdio};

use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, recvmsg};
use sockeye_test_support::{DEADLINE, run, tool};

fn nc(args: &[&str]) -> Command {
    let mut command = tool("nc");
    command.args(args);
    command
}

/// What came, and the descriptors with it.
fn receive(stream: &UnixStream) -> (Vec<u8>, Vec<OwnedFd>) {
    let mut room = [1; 16];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(4))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let got = recvmsg(stream, &mut [IoSliceMut::new(&mut room)], &mut control, RecvFlags::CMSG_CLOEXEC).unwrap();
    let mut fds = Vec::new();
    for message in control.drain() {
        if let RecvAncillaryMessage::ScmRights(rights) = message {
            fds.extend(rights);
        }
    }
    (room[..got.bytes].to_vec(), fds)
}

#[test]
fn the_first_connected_socket_is_passed_and_can_be_used() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let (ours, theirs) = UnixStream::pair().unwrap();
    ours.set_read_timeout(Some(DEADLINE)).unwrap();
    // Port 1 refuses, the second is passed, and the third is never tried.
    let mut command = nc(&["-F", "--explain", "127.0.0.1", "1", &port, &port]);
    command.stdin(Stdio::null()).stdout(OwnedFd::from(theirs)).stderr(Stdio::piped());
    let output = command.spawn().unwrap().wait_with_output().unwrap();
    drop(command);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    assert!(said.contains("sendmsg SCM_RIGHTS"), "{said}");
    let (octets, mut fds) = receive(&ours);
    assert_eq!((octets.as_slice(), fds.len()), (&b"\0"[..], 1));
    let fd = fds.pop().unwrap();
    let number = std::os::fd::AsRawFd::as_raw_fd(&fd);
    let info = std::fs::read_to_string(format!("/proc/self/fdinfo/{number}")).unwrap();
    let flags = info.lines().find_map(|line| line.strip_prefix("flags:")).unwrap();
    assert_eq!(u32::from_str_radix(flags.trim(), 8).unwrap() & 0o4000, 0, "O_NONBLOCK is off: {flags}");
    let mut passed = TcpStream::from(fd);
    let (mut peer, _) = listener.accept().unwrap();
    passed.write_all(b"without nc").unwrap();
    drop(passed);
    let mut text = String::new();
    peer.read_to_string(&mut text).unwrap();
    assert_eq!(text, "without nc");
    assert!(receive(&ours).0.is_empty(), "nothing else");
    listener.set_nonblocking(true).unwrap();
    assert_eq!(listener.accept().unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
}

#[test]
fn what_cannot_carry_a_socket_is_refused_before_anything_is_connected() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    run(&mut nc(&["-F", "127.0.0.1", &port]))
        .status(1)
        .stderr_has("sendmsg")
        .stderr_has("Socket operation on non-socket");
    listener.set_nonblocking(true).unwrap();
    assert_eq!(listener.accept().unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
    for (line, why) in [
        ("-FU /tmp/x", "nc: cannot use -F and -U\n"),
        ("-lFU /tmp/x", "nc: cannot use -F and -U\n"),
        ("-lF 0", "cannot use -F and -l"),
        ("-Fz 127.0.0.1 1", "cannot use -z and -F"),
        ("-F -c true 127.0.0.1 1", "cannot use -F with -e or -c"),
        ("-F -q 1 127.0.0.1 1", "cannot use -q with -F"),
        ("-F --ssl 127.0.0.1 1", "--ssl with -F"),
    ] {
        run(&mut nc(&line.split(' ').collect::<Vec<_>>())).status(1).stderr_has(why);
    }
}

#[test]
fn a_terminal_gets_openbsds_words() {
    let line = format!("{} -F 127.0.0.1 1", tool("nc").get_program().to_string_lossy());
    run(Command::new("script").args(["-qec", &line, "/dev/null"]).stdin(Stdio::null()))
        .status(1)
        .stdout_has("nc: Cannot pass file descriptor to tty");
}
