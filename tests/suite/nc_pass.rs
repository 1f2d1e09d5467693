//! nc -F: the socket goes to who has the other end of standard output. -g is seen in one that was passed.

use std::io::{IoSliceMut, Read, Write};
use std::mem::MaybeUninit;
use std::net::{TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::{Command, Stdio};

use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, recvmsg};
use sockeye_test_support::{DEADLINE, run, tool};

use crate::netcat::nc;

/// A socket that nc has connected and passed.
fn passed(args: &[&str]) -> OwnedFd {
    let (ours, theirs) = UnixStream::pair().unwrap();
    ours.set_read_timeout(Some(DEADLINE)).unwrap();
    let mut command = nc(args);
    command.stdin(Stdio::null()).stdout(OwnedFd::from(theirs));
    assert!(command.status().unwrap().success());
    receive(&ours).1.pop().unwrap()
}

#[test]
fn a_source_route_is_in_the_sockets_options() {
    for args in [&["-g", "127.0.0.2,127.0.0.3"][..], &["-g", "127.0.0.2", "-g127.0.0.3", "-G", "4"]] {
        let socket = passed(&[&["-Fu"], args, &["127.0.0.1", "9"]].concat());
        let octets = sockeye_sys::socket::ip_options(&socket).unwrap();
        assert_eq!(octets, [1, 131, 11, 4, 127, 0, 0, 2, 127, 0, 0, 3]);
    }
    let socket = passed(&["-Fu", "127.0.0.1", "9"]);
    assert!(sockeye_sys::socket::ip_options(&socket).unwrap().is_empty());
    run(nc(&["-vuzg", "localhost", "127.0.0.1", "1"]).arg("--explain"))
        .stderr_has("unless accept_source_route is set")
        .stderr_has("setsockopt IP_OPTIONS = 127.0.0.1: a loose source route");
}

#[test]
fn a_source_route_that_cannot_be_is_refused() {
    for (line, why) in [
        ("-G 4 127.0.0.1 1", "-G needs -g"),
        ("-g 127.0.0.1 -G 8 127.0.0.1 1", "-G 8: the kernel takes a source route from its start only, which is 4"),
        ("-g 127.0.0.1 -G 5 127.0.0.1 1", "invalid hop pointer 5"),
        ("-6 -g 127.0.0.1 ::1 1", "IPv6 has no source routes any more (RFC 5095)"),
        ("-l -g 127.0.0.1 0", "cannot use -g and -l"),
        ("-U -g 127.0.0.1 /tmp/x", "-g: there is no IP under unix sockets"),
        ("-g 1,2,3,4,5,6,7,8,9 127.0.0.1 1", "9 hops: an IPv4 header has room for 8"),
        ("-n -g nowhere 127.0.0.1 1", "-g nowhere: "),
    ] {
        run(&mut nc(&line.split(' ').collect::<Vec<_>>())).status(1).stderr_has(why);
    }
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
