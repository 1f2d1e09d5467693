//! nc --ssl with OpenSSL's tools, ncat and socat at the other end.

use std::process::{Command, Stdio};

use sockeye_test_support::{Background, Case, Net, Run, is_listening, peer, run, run_with_input, tool, wait_until};

const ADDRESS: &str = "127.0.0.1";

pub(crate) fn tests() -> Vec<Case> {
    vec![
        Case::new("nc_tls::openssl_s_client_is_served", &["openssl"], |net| serves(net, s_client())),
        Case::new("nc_tls::ncat_is_served", &["ncat", "openssl"], serves_ncat),
        Case::new("nc_tls::socat_is_served", &["socat", "openssl"], |net| serves(net, socat())),
        Case::new("nc_tls::openssl_s_server_is_verified", &["openssl"], asks_s_server),
        Case::new("nc_tls::ncat_is_asked", &["ncat", "openssl"], asks_ncat),
    ]
}

/// A certificate for localhost that signs itself, with its key in the other PEM forms too.
fn certificate(net: &Net) {
    let made = run(peer("openssl").current_dir(net.dir()).args([
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        "key.pem",
        "-out",
        "cert.pem",
        "-days",
        "2",
        "-subj",
        "/CN=localhost",
        "-addext",
        "subjectAltName=DNS:localhost,IP:127.0.0.1",
    ]));
    made.status(0);
    run(peer("openssl").current_dir(net.dir()).args(["rsa", "-in", "key.pem", "-traditional", "-out", "pkcs1.pem"]))
        .status(0);
}

fn s_client() -> Command {
    let mut command = peer("openssl");
    command.args(["s_client", "-quiet", "-no_ign_eof", "-verify_quiet", "-verify_return_error", "-CAfile", "cert.pem"]);
    command.args(["-connect", "127.0.0.1:7000"]);
    command
}

fn ncat() -> Command {
    let mut command = peer("ncat");
    // It compares names only, and no addresses.
    command.args(["--ssl-verify", "--ssl-trustfile", "cert.pem", "-4", "localhost", "7000"]);
    command
}

fn socat() -> Command {
    let mut command = peer("socat");
    command.args(["-t9", "-", "OPENSSL:127.0.0.1:7000,cafile=cert.pem"]);
    command
}

/// Runs `client` against a listener of ours, and returns what the listener came to.
fn served(net: &Net, mut client: Command) -> Run {
    certificate(net);
    let mut command = tool("nc");
    command.current_dir(net.dir()).args(["-lv", "--ssl", "--ssl-cert", "cert.pem", "--ssl-key", "pkcs1.pem"]);
    command.args([ADDRESS, "7000"]).stdin(Stdio::null());
    let listener = Background::spawn(command);
    listener.wait_for_stderr("Listening on");
    let _ = run_with_input(client.current_dir(net.dir()), b"a line\n");
    listener.wait()
}

fn serves(net: &Net, client: Command) {
    served(net, client).status(0).stdout_is("a line\n");
}

/// ncat 7.93 ends its side of the TCP connection without close_notify: nobody can tell that from a connection cut off.
fn serves_ncat(net: &Net) {
    served(net, ncat()).status(1).stdout_is("a line\n").stderr_has("without close_notify (received 7 octets, sent 0)");
}

fn asks(net: &Net) -> Command {
    let mut command = tool("nc");
    command.current_dir(net.dir()).args(["-N", "--ssl", "--ssl-trustfile", "cert.pem", "--explain"]);
    command.args([ADDRESS, "7001"]);
    command
}

fn asks_s_server(net: &Net) {
    certificate(net);
    for version in ["-tls1_2", "-tls1_3"] {
        let mut server = peer("openssl");
        server.current_dir(net.dir()).args(["s_server", "-rev", "-accept", "127.0.0.1:7001", version]);
        server.args(["-cert", "cert.pem", "-key", "key.pem", "-naccept", "1"]);
        let server = Background::spawn(server);
        wait_until("the server listens", || is_listening(7001));
        run_with_input(&mut asks(net), b"drawer\n")
            .status(0)
            .stdout_is("reward\n")
            .stderr_has(&version.replace("-tls", "TLSv"))
            .stderr_has("the peer's certificate is good");
        let _ = server.wait();
    }
}

fn asks_ncat(net: &Net) {
    certificate(net);
    let mut server = peer("ncat");
    server.current_dir(net.dir()).args(["-l", "--ssl", "--ssl-cert", "cert.pem", "--ssl-key", "key.pem"]);
    server.args([ADDRESS, "7001"]);
    let server = Background::spawn(server);
    wait_until("the server listens", || is_listening(7001));
    run_with_input(&mut asks(net), b"a line\n").status(0);
    server.wait().status(0).stdout_is("a line\n");
}
