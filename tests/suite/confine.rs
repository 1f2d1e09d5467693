//! Tools at work, and what the kernel says of them: filtered, without a way to new privileges, and without capabilities.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};

use sockeye_test_support::confined::{status_of_threads, wait_until_confined};
use sockeye_test_support::{Background, DEADLINE, run, run_with_input, tool, wait_until};

use crate::netcat::{listening, nc};

#[test]
fn nc_with_a_client_and_before_one() {
    for args in [&["-k"][..], &["-k", "--app", "echo"], &["-k", "--app", "echo", "--serve", "fork"], &["--broker"]] {
        let (listener, port) = listening(args);
        wait_until_confined(listener.pid());
        let mut client = TcpStream::connect(("127.0.0.1", port)).unwrap();
        client.write_all(b"hello\n").unwrap();
        wait_until_confined(listener.pid());
        listener.kill();
    }
    let (listener, port) = listening(&[]);
    // Whoever waits for one client has its socket, and no capability any more.
    wait_until("the capabilities are dropped", || status_of_threads(listener.pid(), "CapEff") == ["0000000000000000"]);
    let client = TcpStream::connect(("127.0.0.1", port)).unwrap();
    wait_until_confined(listener.pid());
    drop(client);
    listener.wait().status(0);
}

#[test]
fn nc_with_a_server() {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = server.local_addr().unwrap().port().to_string();
    let client = Background::spawn(nc(&["-n", "127.0.0.1", &port]));
    let (mut stream, _) = server.accept().unwrap();
    wait_until_confined(client.pid());
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    stream.write_all(b"hello").unwrap();
    client.wait_for_stdout("hello");
    client.kill();
}

/// A program inherits what its parent gave up, and is not to.
#[test]
fn nc_that_runs_programs_is_as_it_was() {
    let own = status_of_threads(std::process::id(), "Seccomp").swap_remove(0);
    let (listener, port) = listening(&["-c", "grep Seccomp: /proc/self/status"]);
    let mut said = String::new();
    TcpStream::connect(("127.0.0.1", port)).unwrap().read_to_string(&mut said).unwrap();
    assert_eq!(said, format!("Seccomp:\t{own}\n"));
    listener.wait().status(0);
}

#[test]
fn nc_says_what_it_gave_up() {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = server.local_addr().unwrap().port().to_string();
    let text = run_with_input(&mut nc(&["-nN", "--explain", "--recv-only", "-w1", "127.0.0.1", &port]), b"");
    text.stderr_has("confined: it can use what is open and nothing else (seccomp");
    let json = run_with_input(&mut nc(&["-nN", "--json", "--recv-only", "-w1", "127.0.0.1", &port]), b"");
    json.stderr_has(r#""event":"confined","allows":[],"seccomp":true,"#);
}

/// A server that never answers, and its address.
fn silent() -> (UdpSocket, String) {
    let server = UdpSocket::bind("127.0.0.1:0").unwrap();
    server.set_read_timeout(Some(DEADLINE)).unwrap();
    let port = server.local_addr().unwrap().port().to_string();
    (server, port)
}

#[test]
fn dig_that_waits_for_its_answer() {
    for dialect in ["dig", "host"] {
        let (server, port) = silent();
        let mut command = tool("dig");
        if dialect == "host" {
            std::os::unix::process::CommandExt::arg0(&mut command, "host");
            command.args(["-W", "60", "-p", &port, "www.example", "127.0.0.1"]);
        } else {
            command.args(["@127.0.0.1", "-p", &port, "+time=60", "www.example"]);
        }
        let dig = Background::spawn(command);
        // It is confined before anybody can answer.
        server.recv(&mut [0; 512]).unwrap();
        wait_until_confined(dig.pid());
        dig.kill();
    }
}

#[test]
fn dig_says_what_it_gave_up() {
    let mut decode = tool("dig");
    decode.args(["--explain", "+decode=000081800000000000000000"]);
    run(&mut decode).stdout_has("confined: it can use what is open and nothing else (seccomp");
}

#[test]
fn hop_that_pings() {
    let (server, port) = silent();
    let mut command = tool("hop");
    command.args(["ping", "-U", "-p", &port, "127.0.0.1"]);
    let hop = Background::spawn(command);
    server.recv(&mut [0; 512]).unwrap();
    wait_until_confined(hop.pid());
    hop.kill();
}

#[test]
fn netsum_that_reads_a_capture() {
    for command in ["verify", "frame"] {
        let mut netsum = tool("netsum");
        netsum.args([command, "-"]).args((command == "frame").then_some("1"));
        let netsum = Background::spawn(netsum);
        wait_until_confined(netsum.pid());
        netsum.kill();
    }
}

#[test]
fn url_that_reads_lines() {
    let url = Background::spawn({
        let mut url = tool("url");
        url.args(["-f", "-"]);
        url
    });
    wait_until_confined(url.pid());
    url.kill();
}
