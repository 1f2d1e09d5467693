//! nc under strain: large transfers, stopped processes, broken connections and descriptors that are missing or full.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

use sha2::{Digest, Sha256};
use sockeye_test_support::{Background, Case, Net, is_listening, peer, tool, wait_until};

mod faults;
mod idle;
mod streams;
mod transfers;

pub(crate) fn tests() -> Vec<Case> {
    [transfers::tests(), streams::tests(), faults::tests(), idle::tests()].into_iter().flatten().collect()
}

const ADDR: &str = "127.0.0.1";
const PORT: &str = "5001";
/// One that is repeated with a number in front. No power of two, so that what is lost or doubled shows.
const BLOCK_LEN: usize = (1 << 20) - 7;
/// Larger than every buffer between two processes.
const LARGE: usize = 64 << 20;

/// Who is at an end of a connection, and how it is told to move octets one way.
#[derive(Clone, Copy)]
struct Who {
    name: &'static str,
    sends: fn() -> Command,
    receives: fn() -> Command,
}

fn with(mut command: Command, line: &str) -> Command {
    command.args(line.split(' '));
    command
}

const OURS: Who = Who {
    name: "ours",
    sends: || with(tool("nc"), "-N 127.0.0.1 5001"),
    receives: || with(tool("nc"), "-l 127.0.0.1 5001"),
};
const OPENBSD: Who = Who {
    name: "openbsd",
    sends: || with(peer("nc.openbsd"), "-N 127.0.0.1 5001"),
    receives: || with(peer("nc.openbsd"), "-l 127.0.0.1 5001"),
};
const NCAT: Who = Who {
    name: "ncat",
    sends: || with(peer("ncat"), "--send-only 127.0.0.1 5001"),
    receives: || with(peer("ncat"), "-l --recv-only 127.0.0.1 5001"),
};
const SOCAT: Who = Who {
    name: "socat",
    sends: || with(peer("socat"), "-u - TCP4:127.0.0.1:5001"),
    receives: || with(peer("socat"), "-u TCP4-LISTEN:5001,bind=127.0.0.1,reuseaddr -"),
};

/// Waits until somebody listens at [`PORT`].
fn listening() {
    wait_until("somebody listens", || is_listening(5001));
}

/// The letter of ps(1) for what a process is doing.
fn state(process: &Background) -> char {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", process.pid())).unwrap();
    stat.rsplit_once(") ").and_then(|(_, rest)| rest.chars().next()).unwrap()
}

/// A line of sh(1) in which `"$@"` is `command`.
fn through_sh(line: &str, command: &Command) -> Command {
    let mut sh = Command::new("sh");
    sh.args(["-c", line, "sh"]).arg(command.get_program()).args(command.get_args());
    sh
}

/// The first `len` octets of a stream that never repeats itself, block by block.
fn stream(len: usize) -> impl Iterator<Item = Vec<u8>> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    };
    let block: Vec<u8> = std::iter::repeat_with(next).take(BLOCK_LEN.div_ceil(8)).flatten().take(BLOCK_LEN).collect();
    (0..len.div_ceil(BLOCK_LEN)).map(move |number| {
        let mut block = block.clone();
        block[..8].copy_from_slice(&number.to_le_bytes());
        block.truncate(len - number * BLOCK_LEN);
        block
    })
}

/// Writes [`stream`] in a thread, closes `sink`, and returns the SHA-256 of what was written.
fn feed(mut sink: impl Write + Send + 'static, len: usize) -> std::thread::JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut hash = Sha256::new();
        for block in stream(len) {
            sink.write_all(&block).unwrap();
            hash.update(&block);
        }
        hash.finalize().to_vec()
    })
}

/// Reads to the end: how much came, and its SHA-256. `each` is told how much had come with every read.
fn consume(mut source: impl Read, mut each: impl FnMut(usize)) -> (usize, Vec<u8>) {
    let (mut room, mut hash, mut came) = (vec![0; 1 << 20], Sha256::new(), 0);
    loop {
        match source.read(&mut room).unwrap() {
            0 => return (came, hash.finalize().to_vec()),
            len => {
                hash.update(&room[..len]);
                came += len;
                each(came);
            }
        }
    }
}

/// A process with pipes at its standard input and output that the test itself holds.
fn piped(mut command: Command) -> (Background, std::io::PipeWriter, std::io::PipeReader) {
    let (input, writer) = std::io::pipe().unwrap();
    let (reader, output) = std::io::pipe().unwrap();
    command.stdin(input).stdout(output).stderr(Stdio::piped());
    let process = Background::spawn_as_it_is(command);
    (process, writer, reader)
}

/// A listener of the test's own at [`PORT`], and our client there.
fn served(net: &Net, line: &str) -> (TcpListener, Command) {
    let listener = TcpListener::bind("127.0.0.1:5001").unwrap();
    let mut command = with(net.tool("nc"), line);
    command.args([ADDR, PORT]).arg0("nc");
    (listener, command)
}
