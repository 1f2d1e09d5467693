//! What the tests of nc share.

use std::net::TcpStream;
use std::process::Command;

use sockeye_test_support::{Background, DEADLINE, tool, wait_until};

/// nc with these arguments.
pub(crate) fn nc(args: &[&str]) -> Command {
    let mut command = tool("nc");
    command.args(args);
    command
}

/// The port that a listener with `-vn` says it has, in whichever dialect.
#[track_caller]
pub(crate) fn port_of(listener: &Background) -> u16 {
    let said = || String::from_utf8(listener.stderr_so_far()).unwrap();
    let line = |said: &str| {
        said.lines().find(|line| line.contains("Listening on ") || line.contains("Bound on ")).map(str::to_owned)
    };
    wait_until("the listener says where", || said().ends_with('\n') && line(&said()).is_some());
    line(&said()).unwrap().rsplit([' ', ':']).next().unwrap().parse().unwrap()
}

/// A listener with these options at a port of 127.0.0.1 that the system chose, and that port.
#[track_caller]
pub(crate) fn listening(args: &[&str]) -> (Background, u16) {
    let mut command = nc(args);
    command.args(["-lvn", "127.0.0.1", "0"]);
    let listener = Background::spawn(command);
    let port = port_of(&listener);
    (listener, port)
}

/// The same, with the port as an argument has it.
#[track_caller]
pub(crate) fn listening_at(args: &[&str]) -> (Background, String) {
    let (listener, port) = listening(args);
    (listener, port.to_string())
}

/// A client of it.
#[track_caller]
pub(crate) fn connect(port: u16) -> TcpStream {
    let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    stream
}
