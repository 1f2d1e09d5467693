//! nc --ssl on loopback, against itself.

use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd};
use sha2::{Digest, Sha256};
use sockeye_test_support::{Background, DEADLINE, Run, run, run_with_input, wait_until};

use crate::netcat::{listening_at as listening, nc};

/// A folder of certificates, gone with the test.
struct Certs(PathBuf);

impl Drop for Certs {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl Certs {
    /// An authority, a server's certificate for `name`, an expired one, and a client's.
    fn new(test: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("sockeye-nc-tls-{test}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, "Lab Authority");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        std::fs::write(folder.join("ca.pem"), authority.pem()).unwrap();
        for (file, name, end) in [("server", "server.example", 2090), ("old", "server.example", 2001)] {
            let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
            params.distinguished_name.push(DnType::CommonName, format!("the {file} one"));
            params.not_before = date_time_ymd(2000, 1, 1);
            params.not_after = date_time_ymd(end, 1, 1);
            let key = KeyPair::generate().unwrap();
            let cert = params.signed_by(&key, &authority).unwrap();
            std::fs::write(folder.join(format!("{file}.pem")), cert.pem()).unwrap();
            std::fs::write(folder.join(format!("{file}.key")), key.serialize_pem()).unwrap();
        }
        Self(folder)
    }

    fn path(&self, file: &str) -> String {
        self.0.join(file).to_str().unwrap().to_owned()
    }

    /// A listener that shows the certificate `file`.
    fn listen(&self, file: &str, more: &[&str]) -> (Background, String) {
        let (cert, key) = (self.path(&format!("{file}.pem")), self.path(&format!("{file}.key")));
        listening(&[&["--ssl", "--ssl-cert", &cert, "--ssl-key", &key], more].concat())
    }

    /// A client that trusts the authority.
    fn client(&self, port: &str, more: &[&str]) -> Command {
        let trust = self.path("ca.pem");
        let mut command = nc(&["-nN", "--ssl", "--ssl-trustfile", &trust]);
        command.args(more).args(["127.0.0.1", port]);
        command
    }
}

const NAMED: &[&str] = &["--ssl-servername", "server.example"];

#[test]
fn both_roles_agree_and_each_direction_ends_by_itself() {
    let certs = Certs::new("both");
    let (listener, port) = certs.listen("server", &["-N", "--ssl-alpn", "two,one", "--explain"]);
    let ask = [NAMED, &["--ssl-alpn", "one", "-v", "--explain"]].concat();
    let client = run_with_input(&mut certs.client(&port, &ask), b"ping");
    client.status(0).stderr_has("ALPN: one").stderr_has("TLS handshake in").stderr_has("TLSv1_3 TLS13_");
    client.stderr_has("server name server.example; the peer's certificate is good");
    client.stderr_has("certificate 0: subject CN=the server one, issuer CN=Lab Authority, valid Jan  1 00:00:00 2000");
    client.stderr_has("close_notify goes out").stderr_has("its close_notify came");
    listener.wait().status(0).stdout_is("ping").stderr_has("its close_notify came");
}

/// The end of what a server has to say must not come in the middle of a handshake.
#[test]
fn who_comes_after_the_end_of_the_input_is_served() {
    let certs = Certs::new("late");
    let (mut listener, port) = certs.listen("server", &["-k", "-N", "--serve", "event"]);
    drop(listener.stdin.take());
    for text in ["one", "two"] {
        run_with_input(&mut certs.client(&port, NAMED), text.as_bytes()).status(0);
        listener.wait_for_stdout(text);
    }
    listener.kill().stdout_is("onetwo");
}

/// A client that fails, and what it says.
fn refused(certs: &Certs, file: &str, more: &[&str]) -> Run {
    let (listener, port) = certs.listen(file, &[]);
    let client = run_with_input(&mut certs.client(&port, more), b"secret");
    client.status(1).stdout_is("");
    listener.wait().status(1).stdout_is("").stderr_has("TLS handshake 127.0.0.1:");
    client
}

#[test]
fn a_wrong_certificate_is_refused_in_words() {
    let certs = Certs::new("wrong");
    refused(&certs, "server", &["--ssl-servername", "other.example"])
        .stderr_has("the certificate of CN=the server one is not for other.example but for server.example");
    refused(&certs, "server", &[]).stderr_has("is not for 127.0.0.1 but for server.example");
    refused(&certs, "old", NAMED).stderr_has("a certificate has expired: CN=the old one until Jan  1 00:00:00 2001");
    let other = Certs::new("other");
    let (listener, port) = other.listen("server", &[]);
    run_with_input(&mut certs.client(&port, NAMED), b"secret")
        .status(1)
        .stderr_has("the certificate of CN=the server one was not signed by the CN=Lab Authority that is trusted")
        .stderr_has("--ssl-trustfile FILE");
    listener.wait().status(1).stderr_has("the peer ended it with the alert ");
    let (listener, port) = listening(&["--ssl"]);
    run_with_input(&mut certs.client(&port, &["--ssl-servername", "localhost"]), b"secret")
        .status(1)
        .stderr_has("has an unknown issuer");
    listener.wait().status(1).stderr_has("the alert UnknownCA");
}

/// What `openssl req -x509` makes if it is told nothing: signed by itself, and with CA:TRUE.
#[test]
fn an_authoritys_own_certificate_is_refused_in_words_and_can_be_trusted() {
    let certs = Certs::new("own");
    let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    params.distinguished_name.push(DnType::CommonName, "localhost");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    std::fs::write(certs.path("own.pem"), params.self_signed(&key).unwrap().pem()).unwrap();
    std::fs::write(certs.path("own.key"), key.serialize_pem()).unwrap();
    for dialect in ["--compat=openbsd", "--compat=ncat"] {
        let (listener, port) = certs.listen("own", &[]);
        let run = run_with_input(
            &mut nc(&[dialect, "-n", "--ssl-verify", "--ssl-servername", "localhost", "127.0.0.1", &port]),
            b"",
        );
        run.status(1).stderr_has("the certificate of CN=localhost, issued by CN=localhost, is not accepted: it is that of an authority (CA:TRUE), and not trusted itself");
        run.stderr_has("--ssl-trustfile FILE");
        listener.wait().status(1);
    }
    let (listener, port) = certs.listen("own", &[]);
    let trust = certs.path("own.pem");
    let named = ["--ssl-trustfile", &trust, "--ssl-servername", "localhost"];
    run_with_input(&mut certs.client(&port, &named), b"taken").status(0);
    listener.wait().status(0).stdout_is("taken");
}

#[test]
fn nothing_in_common_is_said_in_words() {
    let (listener, port) = listening(&["--ssl", "--ssl-ciphers", "TLS_AES_128_GCM_SHA256"]);
    let args = ["-nN", "--ssl", "--no-ssl-verify", "--ssl-ciphers", "TLS_AES_256_GCM_SHA384", "127.0.0.1", &port];
    run_with_input(&mut nc(&args), b"").status(1).stderr_has("the peer ended it with the alert HandshakeFailure");
    listener.wait().status(1).stderr_has(": the peer has none of our cipher suites");
}

#[test]
fn a_throw_away_certificate_is_taken_only_without_verification() {
    let (listener, port) = listening(&["--ssl"]);
    run_with_input(&mut nc(&["-nN", "--ssl", "--no-ssl-verify", "--explain", "127.0.0.1", &port]), b"x")
        .status(0)
        .stderr_has("subject CN=localhost, issuer CN=localhost");
    listener.wait().status(0).stdout_is("x").stderr_has("SHA-1 fingerprint: ").stderr_has("SHA-256 fingerprint: ");
    let (listener, port) = listening(&["--ssl"]);
    run_with_input(&mut nc(&["--compat=ncat", "-n", "--ssl", "127.0.0.1", &port]), b"y").status(0);
    listener.wait().status(0).stdout_is("y");
}

/// As for a connection, a time of zero is no limit.
#[test]
fn a_time_of_zero_does_not_end_a_handshake() {
    let (listener, port) = listening(&["--ssl", "-w", "0", "--explain"]);
    run_with_input(&mut nc(&["-nN", "--ssl", "--no-ssl-verify", "127.0.0.1", &port]), b"");
    listener.wait_for_stderr("TLS handshake in ");
    listener.kill();
}

#[test]
fn a_server_verifies_its_clients() {
    let certs = Certs::new("clients");
    let trust = certs.path("ca.pem");
    let verify = ["--ssl-verify", "--ssl-trustfile", &trust];
    let (listener, port) = certs.listen("server", &verify);
    let (cert, key) = (certs.path("server.pem"), certs.path("server.key"));
    let shown = [NAMED, &["--ssl-cert", &cert, "--ssl-key", &key]].concat();
    run_with_input(&mut certs.client(&port, &shown), b"it is me").status(0);
    listener.wait().status(0).stdout_is("it is me");
    let (listener, port) = certs.listen("server", &verify);
    run_with_input(&mut certs.client(&port, NAMED), b"").status(1).stderr_has("CertificateRequired");
    listener.wait().status(1).stdout_is("").stderr_has("the peer showed no certificate");
}

#[test]
fn a_stream_that_is_cut_off_is_an_error_with_its_counts() {
    let certs = Certs::new("cut");
    let (mut listener, port) = certs.listen("server", &[]);
    // A relay between the two that ends both connections with a FIN once the first octets have come.
    let between = TcpListener::bind("127.0.0.1:0").unwrap();
    let shown = between.local_addr().unwrap().port().to_string();
    let mut command = certs.client(&shown, NAMED);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut client = command.spawn().unwrap();
    let (near, _) = between.accept().unwrap();
    let far = TcpStream::connect(format!("127.0.0.1:{port}")).unwrap();
    let copy = |from: &TcpStream, to: &TcpStream| {
        let (mut from, mut to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
        from.set_read_timeout(Some(DEADLINE)).unwrap();
        std::thread::spawn(move || std::io::copy(&mut from, &mut to).map(|_| ()))
    };
    let threads = [copy(&near, &far), copy(&far, &near)];
    std::io::Write::write_all(client.stdin.as_mut().unwrap(), b"half").unwrap();
    listener.wait_for_stdout("half");
    assert!(listener.is_running());
    near.shutdown(Shutdown::Read).unwrap();
    far.shutdown(Shutdown::Write).unwrap();
    let cut = listener.wait();
    cut.status(1).stdout_is("half").stderr_has("truncated: the connection ended without close_notify");
    cut.stderr_has("received 4 octets, sent 0");
    let _ = client.kill();
    let _ = client.wait();
    drop((near, far));
    for thread in threads {
        let _ = thread.join();
    }
}

fn sha256(path: &Path) -> Vec<u8> {
    Sha256::digest(std::fs::read(path).unwrap()).to_vec()
}

#[test]
fn large_files_cross_in_both_directions() {
    let certs = Certs::new("large");
    let octets: Vec<u8> =
        (0..(16_u32 << 20) / 4).flat_map(|word| word.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
    let (up, down) = (certs.0.join("up"), certs.0.join("down"));
    std::fs::write(&up, &octets).unwrap();
    std::fs::write(&down, octets.iter().rev().copied().collect::<Vec<_>>()).unwrap();
    let (cert, key) = (certs.path("server.pem"), certs.path("server.key"));
    let mut command = nc(&["-lvnN", "--ssl", "--ssl-cert", &cert, "--ssl-key", &key, "127.0.0.1", "0"]);
    command.stdin(std::fs::File::open(&down).unwrap());
    let listener = Background::spawn_as_it_is({
        command.stdout(std::fs::File::create(certs.0.join("up.copy")).unwrap()).stderr(Stdio::piped());
        command
    });
    let port = {
        let said = || String::from_utf8(listener.stderr_so_far()).unwrap();
        wait_until("the listener says where", || said().contains('\n'));
        said().lines().next().unwrap().rsplit(' ').next().unwrap().to_owned()
    };
    let mut client = certs.client(&port, NAMED);
    client.stdin(std::fs::File::open(&up).unwrap());
    client.stdout(std::fs::File::create(certs.0.join("down.copy")).unwrap());
    assert!(client.status().unwrap().success());
    listener.wait().status(0);
    assert_eq!(sha256(&up), sha256(&certs.0.join("up.copy")));
    assert_eq!(sha256(&down), sha256(&certs.0.join("down.copy")));
}

#[test]
fn what_tls_cannot_do_is_refused_by_name() {
    run(&mut nc(&["-u", "--ssl", "127.0.0.1", "1"])).status(1).stderr_has("there is no DTLS here");
    run(&mut nc(&["--ssl-key", "x", "127.0.0.1", "1"])).status(1).stderr_has("--ssl-key needs --ssl-cert");
    run(&mut nc(&["--no-ssl-verify", "127.0.0.1", "1"])).status(1).stderr_has("--no-ssl-verify needs --ssl");
    run(&mut nc(&["--ssl", "--no-ssl-verify", "--ssl-ciphers", "RC4-SHA", "127.0.0.1", "1"]))
        .status(1)
        .stderr_has("no cipher suite \"RC4-SHA\" here")
        .stderr_has("ECDHE-RSA-AES128-GCM-SHA256");
    run(&mut nc(&["--ssl", "--ssl-trustfile", "/dev/null", "127.0.0.1", "1"]))
        .status(1)
        .stderr_has("--ssl-trustfile /dev/null: no certificate in it");
    run(&mut nc(&["--ssl", "-l", "--ssl-cert", "/nowhere", "127.0.0.1", "0"]))
        .status(1)
        .stderr_has("--ssl-cert /nowhere: No such file or directory");
}

#[test]
fn the_cipher_suites_that_are_asked_for_are_used() {
    let (listener, port) = listening(&["--ssl"]);
    let ask = ["--ssl-ciphers", "ECDHE-ECDSA-CHACHA20-POLY1305", "--explain"];
    let mut client = nc(&["-nN", "--ssl", "--no-ssl-verify"]);
    client.args(ask).args(["127.0.0.1", &port]);
    run_with_input(&mut client, b"z")
        .status(0)
        .stderr_has("TLSv1_2 TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256")
        .stderr_has("the peer was not verified");
    listener.wait().status(0).stdout_is("z");
}
