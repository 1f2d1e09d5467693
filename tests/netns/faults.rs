//! What comes between calls and what they were to do: signals, full queues, descriptors that are missing, readers who stop.
//!
//! Whatever comes, what is printed is octet for octet what it is without, or there is an error and a status that say so.

use std::io::{PipeReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream, UdpSocket};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use socket2::SockRef;
use sockeye_test_support::{Background, Case, Net, Run, run, run_with_input, wait_until};

pub(crate) fn tests() -> Vec<Case> {
    vec![
        Case::new("faults::interrupted_calls_are_made_again", &["strace"], interrupted),
        Case::new("faults::a_server_outlives_what_its_clients_do", &["strace"], server_outlives),
        Case::new("faults::who_is_stopped_and_continued_loses_nothing", &[], stopped),
        Case::new("faults::what_does_not_block_loses_nothing", &[], without_blocking),
        Case::new("faults::a_reader_who_stops_keeps_nobody_from_ending", &[], reader_stops),
        Case::new("faults::a_queue_that_is_full_is_not_the_end_of_hop", &["strace"], full_queue),
        Case::new("faults::a_list_that_cannot_be_had_is_not_an_empty_one", &["strace"], no_list),
        Case::new("faults::few_descriptors_are_no_missing_permission", &[], few_descriptors),
        Case::new("faults::what_lab_cannot_start_is_this_hosts_fault", &[], lab_cannot_start),
    ]
}

/// Something that moves octets: a command line, what is on its standard input, and how it ends.
struct Job {
    line: &'static str,
    input: Vec<u8>,
    status: i32,
}

/// Where [`answer_queries`] listens.
const DNS: &str = "@127.0.0.1 -p 5300 +norec +noedns +time=30 +short";

fn jobs(net: &Net) -> Vec<Job> {
    let lines = |line: fn(u32) -> String, count| (0..count).map(line).collect::<String>().into_bytes();
    std::fs::write(net.dir().join("names"), lines(|number| format!("n{number}.test\n"), 100)).unwrap();
    let capture = capture();
    std::fs::write(net.dir().join("c.pcap"), &capture).unwrap();
    let job = |line, input: Vec<u8>| Job { line, input, status: 0 };
    let urls = lines(|number| format!("http://h{number}.example/p?q={number}#f\n"), 2000);
    let octets: Vec<u8> =
        (0..1_500_007_u32).flat_map(|number| number.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
    vec![
        job("nc -N 127.0.0.1 7000", octets),
        job("nc -N -C 127.0.0.1 7000", urls.clone()),
        job("nc -u -w 60 --datagram 13 -W 100 127.0.0.1 7000", lines(|number| format!("datagram {number:03}\n"), 100)),
        job("dig $DNS n1.test", Vec::new()),
        job("dig $DNS +tcp n1.test", Vec::new()),
        job("dig $DNS -f names", Vec::new()),
        job("dig $DNS +tcp -f -", b"n1.test\nn2.test\nn3.test\n".to_vec()),
        Job { status: 1, ..job("netsum verify --all c.pcap", Vec::new()) },
        Job { status: 1, ..job("netsum verify --all --json -", capture.clone()) },
        job("netsum fix - -", capture),
        job("url -f -", urls.clone()),
        job("url --json -f -", urls),
        job("addr -f - --get {decimal}", lines(|number| format!("10.0.{}.{}\n", number / 256, number % 256), 3000)),
        job("ports -tln", Vec::new()),
        job("lab show tour", Vec::new()),
    ]
}

impl Job {
    fn command(&self, net: &Net) -> Command {
        let mut words = self.line.split(' ');
        let mut command = net.tool(words.next().unwrap());
        for word in words {
            if word == "$DNS" {
                command.args(DNS.split(' '))
            } else {
                command.arg(word)
            };
        }
        command
    }

    /// What it prints if nothing comes between.
    fn undisturbed(&self, net: &Net) -> Run {
        let told = run_with_input(&mut self.command(net), &self.input);
        told.status(self.status);
        assert!(!told.stdout.is_empty(), "{}", told.story());
        told
    }

    #[track_caller]
    fn same(&self, what: &str, expected: &Run, told: &Run) {
        told.status(self.status).stderr_is(&expected.err());
        let (came, wanted) = (&told.stdout, &expected.stdout);
        let common = came.iter().zip(wanted).take_while(|(came, wanted)| came == wanted).count();
        assert!(
            came == wanted,
            "{}, {what}: {} octets, not {}, the same up to {common}",
            self.line,
            came.len(),
            wanted.len()
        );
    }
}

/// A hundred UDP datagrams in raw IPv4 packets, every third with a wrong checksum.
fn capture() -> Vec<u8> {
    let mut file = Vec::new();
    for word in [0xa1b2_c3d4_u32, 0x0004_0002, 0, 0, 65535, 101] {
        file.extend(word.to_le_bytes());
    }
    for number in 0..100_u16 {
        let checksum = u16::from(number % 3 == 0);
        let mut packet = vec![0x45, 0, 0, 30];
        packet.extend(number.to_be_bytes());
        packet.extend([0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]);
        let sum: u32 = packet.chunks(2).map(|pair| u32::from(u16::from_be_bytes([pair[0], pair[1]]))).sum();
        let folded = !u16::try_from((sum & 0xffff) + (sum >> 16)).unwrap();
        packet[10..12].copy_from_slice(&folded.to_be_bytes());
        for word in [1000, 2000, 10, checksum, number] {
            packet.extend(word.to_be_bytes());
        }
        for word in [u32::from(number), 0, 30, 30] {
            file.extend(word.to_le_bytes());
        }
        file.extend(packet);
    }
    file
}

/// Sends everything back at port 7000 and answers every query at port 5300, until the test process ends.
fn serve() {
    let echo = TcpListener::bind("127.0.0.1:7000").unwrap();
    for_each_client(echo, |mut socket| {
        let mut octets = vec![0; 1 << 16];
        while let Ok(len @ 1..) = socket.read(&mut octets) {
            if socket.write_all(&octets[..len]).is_err() {
                return;
            }
        }
    });
    let returned = UdpSocket::bind("127.0.0.1:7000").unwrap();
    thread::spawn(move || {
        let mut octets = [0; 512];
        while let Ok((len, from)) = returned.recv_from(&mut octets) {
            let _ = returned.send_to(&octets[..len], from);
        }
    });
    let datagrams = UdpSocket::bind("127.0.0.1:5300").unwrap();
    thread::spawn(move || {
        let mut query = [0; 512];
        while let Ok((len, from)) = datagrams.recv_from(&mut query) {
            let _ = datagrams.send_to(&answer(&query[..len]), from);
        }
    });
    let streams = TcpListener::bind("127.0.0.1:5300").unwrap();
    for_each_client(streams, |mut socket| {
        let mut len = [0; 2];
        while socket.read_exact(&mut len).is_ok() {
            let mut query = vec![0; u16::from_be_bytes(len).into()];
            if socket.read_exact(&mut query).is_err() {
                return;
            }
            let answer = answer(&query);
            let framed = [u16::try_from(answer.len()).unwrap().to_be_bytes().as_slice(), &answer].concat();
            let _ = socket.write_all(&framed);
        }
    });
}

fn for_each_client(listener: TcpListener, talk: fn(TcpStream)) {
    thread::spawn(move || {
        while let Ok((socket, _)) = listener.accept() {
            thread::spawn(move || talk(socket));
        }
    });
}

/// An address for whatever is asked, of the octets of the name, so that answers differ.
fn answer(query: &[u8]) -> Vec<u8> {
    let end = 12 + query[12..].iter().position(|octet| *octet == 0).unwrap() + 5;
    let name = &query[12..end];
    let sum = name.iter().fold(0_u16, |sum, octet| sum.wrapping_mul(31).wrapping_add((*octet).into()));
    let mut answer = query[..2].to_vec();
    answer.extend([0x84, 0, 0, 1, 0, 1, 0, 0, 0, 0]);
    answer.extend(name);
    answer.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0]);
    answer.extend(sum.to_be_bytes());
    answer
}

/// Which calls move octets or wait for them, and from which on: the loader of libraries does not repeat what it reads.
const INTERRUPTED: &[(&str, &str)] = &[
    ("read,readv,pread64,recvfrom,recvmsg,recvmmsg", "9+2"),
    ("write,writev,sendto,sendmsg,sendmmsg,splice,tee", "1+2"),
    ("poll,ppoll,epoll_wait,epoll_pwait,epoll_pwait2,select,accept4,wait4,waitid", "1+2"),
];

/// Every second call of a kind says EINTR: none of them may be the end, or lose or double what it was to move.
fn interrupted(net: &Net) {
    serve();
    for job in jobs(net) {
        let expected = job.undisturbed(net);
        for (calls, when) in INTERRUPTED {
            let command = job.command(net);
            let mut traced = net.peer("strace");
            traced.args(["-f", "-o", "/dev/null", "-e", &format!("trace={calls}")]);
            traced.args(["-e", &format!("inject={calls}:error=EINTR:when={when}")]);
            traced.arg(command.get_program()).args(command.get_args());
            job.same(calls, &expected, &run_with_input(&mut traced, &job.input));
        }
    }
}

/// Sends `len` octets as an own part of a pattern, with a half-close behind them, and compares what comes back with them.
fn converse(number: usize, len: usize) {
    let sent: Vec<u8> = (0..len).map(|at| ((at + number * 7919) * 2_654_435_761).to_le_bytes()[2]).collect();
    let mut socket = TcpStream::connect("127.0.0.1:7001").unwrap();
    let (mut sink, octets) = (socket.try_clone().unwrap(), sent.clone());
    let sender = thread::spawn(move || {
        sink.write_all(&octets).unwrap();
        sink.shutdown(Shutdown::Write).unwrap();
    });
    let mut came = Vec::new();
    socket.read_to_end(&mut came).unwrap();
    sender.join().unwrap();
    assert!(came == sent, "client {number}: {} of {len} octets came back", came.len());
}

/// Connects, says more than it ever reads, and leaves in a way of its own: closing, with a RST, killed.
fn misbehave(net: &Net, number: usize) {
    if number.is_multiple_of(3) {
        let mut client = net.tool("nc");
        client.args(["-n", "127.0.0.1", "7001"]).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut client = Background::spawn_as_it_is(client);
        client.stdin.as_mut().unwrap().write_all(&vec![b'x'; 1 << (number % 20)]).unwrap();
        client.kill();
        return;
    }
    let mut socket = TcpStream::connect("127.0.0.1:7001").unwrap();
    socket.set_nonblocking(true).unwrap();
    // It is full at some time, which is where this client leaves.
    while number.is_multiple_of(2) && socket.write(&[b'x'; 4096]).is_ok() {}
    if number % 3 == 1 {
        SockRef::from(&socket).set_linger(Some(Duration::ZERO)).unwrap();
    }
}

/// An echo server, as it is and with every second call interrupted, among clients who end well and clients who do not.
fn server_outlives(net: &Net) {
    let mut plain = net.tool("nc");
    plain.args(["-lkn", "--app", "echo", "127.0.0.1", "7001"]);
    let calls = INTERRUPTED.iter().map(|(calls, _)| *calls).collect::<Vec<_>>().join(",");
    let mut traced = net.peer("strace");
    traced.args(["-f", "-D", "-o", "/dev/null", "-e", &format!("trace={calls}")]);
    traced
        .args(["-e", &format!("inject={calls}:error=EINTR:when=9+2")])
        .arg(plain.get_program())
        .args(plain.get_args());
    for mut command in [plain, traced] {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let server = Background::spawn_as_it_is(command);
        wait_until("it listens", || TcpStream::connect("127.0.0.1:7001").is_ok());
        converse(0, 1);
        let descriptors = || std::fs::read_dir(format!("/proc/{}/fd", server.pid())).unwrap().count();
        // With the first clients, if they have not been let go yet.
        let before = descriptors();
        for round in 0..4 {
            let clients = (0..12).map(|number| thread::spawn(move || converse(number, (number * 4099 + 1) << round)));
            let clients: Vec<_> = clients.collect();
            for number in round * 12..(round + 1) * 12 {
                misbehave(net, number);
            }
            for client in clients {
                client.join().unwrap();
            }
        }
        wait_until("all have been let go", || descriptors() <= before);
        converse(1, 1 << 20);
        server.kill().status(137).stderr_is("").stdout_is("");
    }
}

/// At every few octets that it prints, the process is stopped and continued, which interrupts what it waits in.
fn stopped(net: &Net) {
    serve();
    for job in jobs(net) {
        let expected = job.undisturbed(net);
        let (mut command, input) = (job.command(net), job.input.clone());
        let (mut output, theirs) = std::io::pipe().unwrap();
        rustix::pipe::fcntl_setpipe_size(&theirs, 4096).unwrap();
        command.stdin(Stdio::piped()).stdout(theirs).stderr(Stdio::piped());
        let mut process = Background::spawn_as_it_is(command);
        let pid = Pid::from_raw(process.pid().try_into().unwrap()).unwrap();
        let mut stdin = process.stdin.take().unwrap();
        let feeder = thread::spawn(move || {
            for part in input.chunks(3001) {
                kill_process(pid, Signal::STOP).unwrap();
                kill_process(pid, Signal::CONT).unwrap();
                stdin.write_all(part).unwrap();
            }
        });
        let (mut came, mut room) = (Vec::new(), [0; 2003]);
        loop {
            // It has not been waited for: the number is its own.
            kill_process(pid, Signal::STOP).unwrap();
            kill_process(pid, Signal::CONT).unwrap();
            match output.read(&mut room).unwrap() {
                0 => break,
                len => came.extend_from_slice(&room[..len]),
            }
        }
        feeder.join().unwrap();
        let ended = Run { stdout: came, ..process.wait() };
        job.same("stopped and continued", &expected, &ended);
    }
}

/// Standard output does not block and is full again and again: a process that shares it may have made it so.
fn without_blocking(net: &Net) {
    serve();
    for job in jobs(net) {
        let expected = job.undisturbed(net);
        let (mut reader, writer) = UnixStream::pair().unwrap();
        writer.set_nonblocking(true).unwrap();
        let mut command = job.command(net);
        command.stdin(Stdio::piped()).stdout(OwnedFd::from(writer)).stderr(Stdio::piped());
        let mut process = Background::spawn_as_it_is(command);
        let (mut stdin, input) = (process.stdin.take().unwrap(), job.input.clone());
        let feeder = thread::spawn(move || stdin.write_all(&input));
        let (mut came, mut room) = (Vec::new(), [0; 1009]);
        while let Ok(len @ 1..) = reader.read(&mut room) {
            came.extend_from_slice(&room[..len]);
        }
        feeder.join().unwrap().unwrap();
        job.same("not blocking", &expected, &Run { stdout: came, ..process.wait() });
    }
}

/// A process whose standard output is a full pipe that nobody reads.
fn unread(mut command: Command) -> (Background, PipeReader) {
    let (reader, mut writer) = std::io::pipe().unwrap();
    let len = rustix::pipe::fcntl_setpipe_size(&writer, 4096).unwrap();
    writer.write_all(&vec![b'x'; len]).unwrap();
    command.stdin(Stdio::null()).stdout(writer).stderr(Stdio::piped());
    (Background::spawn_as_it_is(command), reader)
}

fn catches_sigterm(process: &Background) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{}/status", process.pid())).unwrap();
    let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).unwrap();
    u64::from_str_radix(caught.trim(), 16).unwrap() & (1 << 14) != 0
}

/// Who takes something away before the end does so whoever reads.
fn reader_stops(net: &Net) {
    for line in ["lab run tour --fast", "hop ping -i 0.01 127.0.0.1", "hop trace 127.0.0.1"] {
        let mut words = line.split(' ');
        let mut command = net.tool(words.next().unwrap());
        command.args(words).env("TMPDIR", net.dir());
        let (process, reader) = unread(command);
        wait_until("it catches SIGTERM", || catches_sigterm(&process));
        process.signal("TERM");
        process.wait().status(143).stderr_is("");
        drop(reader);
        let left: Vec<_> = std::fs::read_dir(net.dir()).unwrap().collect();
        assert!(left.is_empty(), "{line} left {left:?}");
    }
}

/// sendto(2) says ENOBUFS where the queue of an interface is full. The probe is lost, and the next may go.
fn full_queue(net: &Net) {
    for line in ["ping -U -c 3 -i 0.01 127.0.0.1", "ping -c 3 -i 0.01 127.0.0.1", "trace -U -q 3 127.0.0.1"] {
        let mut traced = net.peer("strace");
        let calls = "sendto,sendmsg,sendmmsg";
        traced.args(["-f", "-o", "/dev/null", "-e", &format!("trace={calls}")]);
        // As often as hop tries one probe: an error may be one of before.
        traced.args(["-e", &format!("inject={calls}:error=ENOBUFS:when=1..8")]);
        traced.arg(net.tool("hop").get_program()).args(line.split(' '));
        let told = run(&mut traced);
        told.status(0).stdout_has("No buffer space available");
    }
}

/// The kernel that cannot be asked has not said that there is no such interface.
fn no_list(net: &Net) {
    let mut traced = net.peer("strace");
    traced.args(["-f", "-o", "/dev/null", "-e", "trace=sendto,sendmsg", "-e", "inject=sendto,sendmsg:error=ENOBUFS"]);
    traced.arg(net.tool("netsum").get_program()).args(["verify", "--live", "lo"]);
    run(&mut traced)
        .status(4)
        .stdout_is("")
        .stderr_is("netsum: capture on lo: RTM_GETLINK every interface: No buffer space available\n");
}

fn limited(command: &Command, descriptors: u32) -> Command {
    let mut sh = Command::new("sh");
    sh.args(["-c", &format!("ulimit -n {descriptors}; exec \"$@\""), "sh"]);
    sh.arg(command.get_program()).args(command.get_args());
    if let Some(dir) = command.get_current_dir() {
        sh.current_dir(dir);
    }
    sh
}

/// A file for which there is a descriptor is opened, also where there is none to tell the kernel of it first.
fn few_descriptors(net: &Net) {
    std::fs::write(net.dir().join("urls"), "http://a.example/\n").unwrap();
    let mut command = net.tool("url");
    command.args(["--get", "{host}", "-f", "urls"]);
    for limit in 4..8 {
        run(&mut limited(&command, limit)).status(0).stdout_is("a.example\n").stderr_is("");
    }
}

/// A check that fails is one thing, and that lab had no descriptor to start a command another.
fn lab_cannot_start(net: &Net) {
    let mut command = net.tool("lab");
    command.args(["run", "tour", "--fast"]);
    let mut not_started = 0;
    for limit in 4..28 {
        let told = run(&mut limited(&command, limit));
        assert!([0, 1, 4].contains(&told.status), "{limit}: {}", told.story());
        let is_short = told.err().contains("Too many open files");
        assert!(!told.out().contains("✗ start "), "{limit}: {}", told.story());
        if is_short && told.err().starts_with("lab: start ") {
            told.status(4);
            not_started += 1;
        }
    }
    assert!(not_started > 0, "no limit kept it from starting a command");
}
