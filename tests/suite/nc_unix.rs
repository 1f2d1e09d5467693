//! nc -U, and what there is of vsock and SCTP.

use std::fs;
use std::io::{Read, Write};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::fs::FileTypeExt;
use std::os::unix::net::{SocketAddr, UnixDatagram, UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::Command;

use sockeye_test_support::{Background, DEADLINE, run, run_with_input, wait_until};

use crate::netcat::nc;

/// A folder of this test alone, removed with it.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("sockeye-unix-{name}-{}", std::process::id()));
        fs::create_dir(&path).unwrap();
        Self(path)
    }

    fn socket(&self) -> String {
        self.0.join("s").to_str().unwrap().to_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn listening(args: &[&str], path: &str) -> Background {
    let mut command = nc(args);
    command.args(["-lv", path]);
    let listener = Background::spawn(command);
    listener.wait_for_stderr(if args.contains(&"-u") { "Bound on" } else { "Listening on" });
    listener
}

#[test]
fn a_stream_has_both_directions_and_openbsds_words() {
    let folder = Folder::new("stream");
    let path = folder.socket();
    let mut listener = listening(&["-U"], &path);
    let mut stream = UnixStream::connect(&path).unwrap();
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    stream.write_all(b"to the listener").unwrap();
    listener.wait_for_stdout("to the listener");
    listener.stdin.take().unwrap().write_all(b"to the client").unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    assert_eq!(text, "to the client");
    let said = format!("Bound on {path}\nListening on {path}\nConnection received on {path}\n");
    listener.wait().status(0).stderr_is(&said);

    let server = UnixListener::bind(folder.0.join("t")).unwrap();
    let answering = std::thread::spawn(move || {
        let (mut stream, _) = server.accept().unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        stream.write_all(text.to_uppercase().as_bytes()).unwrap();
    });
    let path = folder.0.join("t");
    run_with_input(&mut nc(&["-vNU", path.to_str().unwrap()]), b"question")
        .status(0)
        .stdout_is("QUESTION")
        .stderr_is("");
    answering.join().unwrap();
}

#[test]
fn an_abstract_name_is_no_file() {
    let name = format!("@sockeye-{}", std::process::id());
    let listener = listening(&["-U"], &name);
    let address = SocketAddr::from_abstract_name(&name[1..]).unwrap();
    UnixStream::connect_addr(&address).unwrap().write_all(b"abstract").unwrap();
    listener.wait().status(0).stdout_is("abstract");
    run(&mut nc(&["-U", &name])).status(1).stderr_is(&format!("nc: {name}: Connection refused\n"));
}

#[test]
fn why_nobody_answers_is_said_even_without_v() {
    let folder = Folder::new("none");
    let path = folder.socket();
    run(&mut nc(&["-U", &path])).status(1).stderr_is(&format!("nc: {path}: No such file or directory\n"));
    fs::write(&path, "precious").unwrap();
    run(&mut nc(&["-U", &path])).status(1).stderr_is(&format!("nc: {path}: Connection refused\n"));
    // A file that is no socket is nobody's to take away.
    run(&mut nc(&["-lU", &path])).status(1).stderr_has(&format!("bind {path}: Address already in use"));
    assert_eq!(fs::read_to_string(&path).unwrap(), "precious");
    for length in [108, 109] {
        for args in [&["-U"][..], &["-lU"], &["-uU", "/tmp/x", "-s"]] {
            let mut command = nc(args);
            command.arg("x".repeat(length));
            let said = format!("a path of {length} octets: the limit is 107 octets\n");
            run(&mut command).status(1).stderr_has(&said);
        }
    }
    run(&mut nc(&["-zU", &path])).status(1);
}

/// What was left by a listener that was killed is taken over; one that listens goes on undisturbed.
#[test]
fn a_socket_that_is_in_use_is_left_alone_and_a_dead_one_is_not() {
    let folder = Folder::new("stale");
    let path = folder.socket();
    for kind in [&["-U"][..], &["-U", "-u"]] {
        listening(kind, &path).kill();
        assert!(fs::symlink_metadata(&path).unwrap().file_type().is_socket());
        let listener = listening(kind, &path);
        listener.wait_for_stderr("left by somebody who has gone: taken over");
        run(&mut nc(&[kind, &["-l", &path]].concat())).status(1).stderr_has(&format!("bind {path}: Address already"));
        // Not even the listener's one client was used up.
        run_with_input(&mut nc(&[kind, &["-N", "-w1", &path]].concat()), b"still here").status(0);
        listener.wait_for_stdout("still here");
        listener.kill();
    }
}

/// Linux takes one more than the backlog says.
fn full_listener(path: &Path) -> (UnixListener, Vec<UnixStream>) {
    let listener = socket2::Socket::new(socket2::Domain::UNIX, socket2::Type::STREAM, None).unwrap();
    listener.bind(&socket2::SockAddr::unix(path).unwrap()).unwrap();
    listener.listen(0).unwrap();
    (UnixListener::from(std::os::fd::OwnedFd::from(listener)), vec![UnixStream::connect(path).unwrap()])
}

#[test]
fn a_busy_listener_is_waited_for() {
    let folder = Folder::new("busy");
    let path = folder.socket();
    let (listener, waiting) = full_listener(Path::new(&path));
    run(&mut nc(&["-w", "200ms", "-U", &path])).status(1).stderr_is(&format!("nc: {path}: Connection timed out\n"));
    let client = Background::spawn(nc(&["--explain", "-NdU", &path]));
    client.wait_for_stderr(" connect /");
    drop(listener.accept().unwrap());
    drop(waiting);
    // It ends with the listener's end; before, it would not have had a connection.
    drop(listener.accept().unwrap());
    client.wait().status(0);
}

#[test]
fn only_the_name_that_is_its_own_goes_with_a_client() {
    let folder = Folder::new("replaced");
    let path = folder.socket();
    let own = folder.0.join("own");
    let server = UnixListener::bind(&path).unwrap();
    for replaced in [false, true] {
        let client = Background::spawn(nc(&["-vU", "-s", own.to_str().unwrap(), &path]));
        client.wait_for_stderr("Bound on");
        let (stream, _) = server.accept().unwrap();
        if replaced {
            fs::rename(&own, folder.0.join("moved")).unwrap();
            fs::write(&own, "of somebody else").unwrap();
        }
        drop(stream);
        client.wait().status(0);
        assert_eq!(fs::read_to_string(&own).ok(), replaced.then(|| "of somebody else".to_owned()));
    }
}

fn leftovers() -> Vec<PathBuf> {
    let is_ours = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        name.starts_with("nc-") && name.len() == "nc-".len() + 12
    };
    fs::read_dir("/tmp").unwrap().map(|entry| entry.unwrap().path()).filter(is_ours).collect()
}

#[test]
fn datagrams_are_answered_through_a_name_that_goes_again() {
    let folder = Folder::new("datagram");
    let path = folder.socket();
    let server = UnixDatagram::bind(&path).unwrap();
    server.set_read_timeout(Some(DEADLINE)).unwrap();
    let own = folder.0.join("own").to_str().unwrap().to_owned();
    for name in [None, Some(own.as_str())] {
        let mut args = vec!["-vuU", "-w", "5", "-W", "1", &path];
        if let Some(own) = name {
            args.splice(0..0, ["-s", own]);
        }
        let mut client = Background::spawn(nc(&args));
        client.stdin.take().unwrap().write_all(b"question").unwrap();
        let mut room = [0; 100];
        let (len, from) = server.recv_from(&mut room).unwrap();
        assert_eq!(&room[..len], b"question");
        let from = from.as_pathname().unwrap().to_owned();
        assert!(name.is_none_or(|name| Path::new(name) == from));
        server.send_to(b"answer", &from).unwrap();
        client.wait().status(0).stdout_is("answer").stderr_has(&format!("Bound on {}", from.display()));
        assert!(!from.exists());
        assert!(name.is_some() || !from.parent().unwrap().exists());
    }
    // Nor does an error leave one, nor a signal.
    let before = leftovers();
    run(&mut nc(&["-uU", "/nonexistent/socket"])).status(1).stderr_has("/nonexistent/socket: No such file");
    let client = Background::spawn(nc(&["-vuU", &path]));
    client.wait_for_stderr("Bound on /tmp/nc-");
    let pid = client.pid().to_string();
    run(Command::new("kill").arg(&pid)).status(0);
    client.wait().status(128 + 15);
    let ours: Vec<_> = leftovers().into_iter().filter(|path| !before.contains(path)).collect();
    assert!(ours.iter().all(|path| !path.join("recv.sock").exists()), "{ours:?}");
}

#[test]
fn a_datagram_listener_answers_the_first_or_hears_everybody() {
    let folder = Folder::new("heard");
    let path = folder.socket();
    let mut listener = listening(&["-U", "-u"], &path);
    let client = UnixDatagram::bind(folder.0.join("c")).unwrap();
    client.set_read_timeout(Some(DEADLINE)).unwrap();
    client.send_to(b"first", &path).unwrap();
    listener.wait_for_stdout("first");
    listener.stdin.take().unwrap().write_all(b"reply").unwrap();
    let mut room = [0; 16];
    let len = client.recv(&mut room).unwrap();
    assert_eq!(&room[..len], b"reply");
    listener.kill();

    // A name that has gone again cannot be answered. It is somebody else's text, and escaped once.
    for args in [&["-U", "-u"][..], &["--compat=ncat", "-U", "-u"]] {
        let listener = listening(args, &path);
        let gone = folder.0.join("\x1b[31m");
        let client = UnixDatagram::bind(&gone).unwrap();
        fs::remove_file(&gone).unwrap();
        client.send_to(b"first", &path).unwrap();
        let told = listener.wait();
        told.status(0).stdout_is("first").stderr_has("/\\x1b[31m: No such file or directory");
        assert!(!told.err().contains("\\\\") && !told.err().contains("timeout"), "{}", told.err());
    }

    let listener = listening(&["-U", "-u", "-k"], &path);
    for text in ["one", "two"] {
        UnixDatagram::unbound().unwrap().send_to(text.as_bytes(), &path).unwrap();
        listener.wait_for_stdout(text);
    }
    listener.kill().stdout_is("onetwo");
}

/// Everything that serves TCP serves Unix-domain streams by the same path.
#[test]
fn services_programs_tls_and_brokers_work_over_paths() {
    let folder = Folder::new("served");
    let path = folder.socket();
    for (args, question, answer) in [
        (&["-U", "--app", "upper"][..], "abc", "ABC"),
        (&["-U", "--serve", "fork", "--max-clients", "1", "--app", "upper"], "abc", "ABC"),
        (&["-U", "--serve", "thread", "--max-clients", "1", "--app", "upper"], "abc", "ABC"),
        (&["-U", "-e", "/usr/bin/tr a-z A-Z"], "abc", "ABC"),
        (&["-U", "-k", "--max-clients", "1", "-c", "cat"], "abc", "abc"),
    ] {
        let listener = listening(args, &path);
        run_with_input(&mut nc(&["-NU", &path]), question.as_bytes()).status(0).stdout_is(answer);
        listener.wait().status(0);
    }
    let listener = listening(&["-U", "--ssl"], &path);
    run_with_input(&mut nc(&["-NU", "--ssl", "--no-ssl-verify", &path]), b"secret").status(0);
    listener.wait().status(0).stdout_is("secret");
    let listener = listening(&["-U", "--chat"], &path);
    let mut one = UnixStream::connect(&path).unwrap();
    one.set_read_timeout(Some(DEADLINE)).unwrap();
    let mut room = [0; 256];
    let len = one.read(&mut room).unwrap();
    assert!(String::from_utf8_lossy(&room[..len]).contains("is connected as <user1>"));
    listener.kill();
    wait_until("the port is free", || UnixStream::connect(&path).is_err());
}

#[test]
fn the_working_shows_the_path_in_octets_and_who_is_there() {
    let folder = Folder::new("working");
    let path = folder.socket();
    let listener = listening(&["-U", "--explain"], &path);
    run_with_input(&mut nc(&["--explain", "-NU", &path]), b"x")
        .stderr_has("sun_path")
        .stderr_has(&format!("the peer is process {} of user", listener.pid()));
    listener.wait().status(0).stderr_has("(SO_PEERCRED)");
}

#[test]
fn what_a_transport_has_not_is_refused() {
    for (line, why) in [
        ("-U -l -u --app echo /tmp/x", "--app over datagrams is about UDP"),
        ("-U /tmp/x 5000", "nc: cannot use port with -U\n"),
        ("-U -p 5000 /tmp/x", "nc: cannot use port with -U\n"),
        ("-l -U /tmp/x 5000", "nc: cannot use port with -U\n"),
        ("-l -U -p 5000 /tmp/x", "nc: cannot use port with -U\n"),
        ("-l -U -p 5000", "nc: cannot use port with -U\n"),
        ("-l -U", "nc: missing socket pathname\n"),
        ("-U -l --allow 127.0.0.1 /tmp/x", "about IP addresses"),
        ("-U -T ef /tmp/x", "there is no IP under unix sockets"),
        ("--vsock nowhere 5000", "not a CID"),
        ("--vsock 2 http", "port number invalid: http"),
        ("--sctp -u 127.0.0.1 5000", "only one of -U, --vsock and --sctp"),
    ] {
        run(&mut nc(&line.split(' ').collect::<Vec<_>>())).status(1).stderr_has(why);
    }
}

/// Whether there is SCTP is up to the kernel; either way the tool says so.
#[test]
fn sctp_works_or_the_kernel_is_named() {
    let protocols = fs::read_to_string("/proc/net/protocols").unwrap();
    let refused = run(&mut nc(&["-v", "--sctp", "127.0.0.1", "9"]));
    refused.status(1);
    if protocols.lines().any(|line| line.starts_with("SCTP")) {
        refused.stderr_has("connect to 127.0.0.1 port 9 (sctp) failed: Connection refused");
    } else {
        refused.stderr_has("socket sctp: Protocol not supported (this kernel does not have it");
        run(&mut nc(&["-l", "--sctp", "127.0.0.1", "0"])).status(1).stderr_has("socket sctp: Protocol not supported");
    }
}
