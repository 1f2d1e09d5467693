//! nc -U with OpenBSD nc, ncat and socat at the other end.

use std::fs::{self, File};
use std::process::{Command, Stdio};

use sockeye_test_support::{Background, Case, Net, run_with_input, wait_until};

/// Enough to fill every buffer on the way many times.
const LEN: usize = 16 << 20;

pub(crate) fn tests() -> Vec<Case> {
    vec![
        Case::new("nc_unix::openbsd", &["nc.openbsd"], |net| {
            both_roles(net, &|net| openbsd(net, "-lNU"), &|net| openbsd(net, "-NU"));
        }),
        Case::new("nc_unix::ncat", &["ncat"], |net| both_roles(net, &|net| ncat(net, "-lU"), &|net| ncat(net, "-U"))),
        Case::new("nc_unix::socat", &["socat"], |net| {
            both_roles(net, &|net| socat(net, "UNIX-LISTEN:s"), &|net| socat(net, "UNIX-CONNECT:s"));
        }),
        Case::new("nc_unix::datagrams", &["nc.openbsd"], datagrams),
    ]
}

fn openbsd(net: &Net, letters: &str) -> Command {
    let mut command = net.peer("nc.openbsd");
    command.args([letters, "s"]);
    command
}

fn ncat(net: &Net, letters: &str) -> Command {
    let mut command = net.peer("ncat");
    command.args([letters, "s"]);
    command
}

fn socat(net: &Net, address: &str) -> Command {
    let mut command = net.peer("socat");
    command.args(["-t9", "-", address]);
    command
}

/// A few megabytes each way through a path, ours listening and theirs asking, and the other way round.
fn both_roles(net: &Net, listener: &dyn Fn(&Net) -> Command, client: &dyn Fn(&Net) -> Command) {
    let ours = |letters: &str| {
        let mut command = net.tool("nc");
        command.args([letters, "s"]);
        command
    };
    let data: Vec<u8> = (0..LEN).map(|at| u8::try_from(at * at % 251).unwrap()).collect();
    fs::write(net.dir().join("data"), &data).unwrap();
    for (mut listens, mut asks) in [(ours("-lNU"), client(net)), (listener(net), ours("-U"))] {
        let path = net.dir().join("s");
        let _ = fs::remove_file(&path);
        let output = File::create(net.dir().join("out")).unwrap();
        listens.stdin(Stdio::from(File::open(net.dir().join("data")).unwrap()));
        listens.stdout(Stdio::from(output)).stderr(Stdio::piped());
        let listening = Background::spawn_as_it_is(listens);
        wait_until("it listens", || fs::read_to_string("/proc/thread-self/net/unix").unwrap().contains(" s\n"));
        let got = run_with_input(&mut asks, &data);
        got.status(0);
        assert!(got.stdout == data, "{} octets", got.stdout.len());
        listening.wait().status(0);
        assert!(fs::read(net.dir().join("out")).unwrap() == data);
    }
}

/// The answer comes back through the name that each client gives itself.
fn datagrams(net: &Net) {
    let tools: [fn(&Net) -> Command; 2] = [|net| net.tool("nc"), |net| net.peer("nc.openbsd")];
    for (server, client) in [(tools[0], tools[1]), (tools[1], tools[0])] {
        let _ = fs::remove_file(net.dir().join("s"));
        let mut command = server(net);
        command.args(["-lvuU", "s"]);
        let mut listening = Background::spawn(command);
        listening.wait_for_stderr("Bound on s");
        let mut command = client(net);
        command.args(["-uU", "-W1", "s"]);
        let mut asking = Background::spawn(command);
        std::io::Write::write_all(asking.stdin.as_mut().unwrap(), b"question").unwrap();
        listening.wait_for_stdout("question");
        std::io::Write::write_all(&mut listening.stdin.take().unwrap(), b"answer").unwrap();
        asking.wait_for_stdout("answer");
        asking.kill();
        listening.kill();
    }
}
