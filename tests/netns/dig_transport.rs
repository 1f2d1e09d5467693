//! dig's stream transports beside the real dig: on a real named, and on servers that misbehave.

mod certs;
mod http;
mod quic;
mod servers;

use std::path::Path;

use sockeye_test_support::{Background, Case, Net, run, tool};

use crate::dig::{command_lines, compare, start_named_as};

pub(crate) fn tests() -> Vec<Case> {
    vec![
        Case::new("dig_transport::same_as_dig_over_tls", &["dig", "named"], same_over_tls),
        Case::new("dig_transport::same_as_dig_over_http", &["dig", "named"], same_over_http),
        Case::new("dig_transport::over_quic", &[], over_quic),
    ]
}

/// Starts named with listeners for TLS and HTTP. The text is the folder in which it runs, with the certificates.
fn start(net: &Net) -> (Background, String) {
    let named = start_named_as(net, |folder| {
        certs::write(folder);
        let file = folder.join("named.conf");
        let text = std::fs::read_to_string(&file).unwrap();
        let text = text.replacen("listen-on port 53 ", &format!("{LISTENERS}listen-on port 53 "), 1);
        std::fs::write(&file, format!("{TLS}{text}")).unwrap();
    });
    (named, net.dir().join("named").to_str().unwrap().to_owned())
}

const TLS: &str = r#"
tls ns { cert-file "ns.pem"; key-file "ns.key"; };
tls nameonly { cert-file "nameonly.pem"; key-file "ns.key"; };
tls mutual { cert-file "ns.pem"; key-file "ns.key"; ca-file "ca.pem"; };
tls expired { cert-file "expired.pem"; key-file "ns.key"; };
http all { endpoints { "/dns-query"; "/other"; }; };
"#;

const LISTENERS: &str = "
    listen-on port 853 tls ns { 127.0.0.1; };
    listen-on-v6 port 853 tls ns { ::1; };
    listen-on port 854 tls nameonly { 127.0.0.1; };
    listen-on port 855 tls mutual { 127.0.0.1; };
    listen-on port 856 tls expired { 127.0.0.1; };
    listen-on port 443 tls ns http all { 127.0.0.1; };
    listen-on-v6 port 443 tls ns http all { ::1; };
    listen-on port 444 tls expired http all { 127.0.0.1; };
    listen-on port 80 tls none http all { 127.0.0.1; };
";

/// The command lines of a file, with the folder of the certificates in place of DIR.
fn lines(file: &str, dir: &str, least: usize) -> Vec<Vec<String>> {
    let mut lines = command_lines(file);
    assert!(lines.len() >= least, "{} command lines", lines.len());
    for word in lines.iter_mut().flatten() {
        *word = word.replace("DIR", dir);
    }
    lines
}

fn same_over_tls(net: &Net) {
    let (_named, dir) = start(net);
    servers::start(Path::new(&dir));
    compare(&lines("same-as-dig-over-tls.txt", &dir, 90));
    // What dig does not tell apart is told by +explain.
    let told = run(tool("dig").args(["@127.0.0.1", "-p", "9009", "+tls", "+noall", "+timing", "a.test"]));
    told.status(0).stdout_has(";; TIMING: connect ").stdout_has(" ms, TLS ").stdout_has(" ms, first octet ");
    let told = run(tool("dig").args(["@127.0.0.1", "-p", "53", "+tls", "+explain", "a.test"]));
    told.status(0).stdout_has(";; explain: the TLS handshake with 127.0.0.1:53 broke: ");
}

fn same_over_http(net: &Net) {
    let (_named, dir) = start(net);
    servers::start(Path::new(&dir));
    http::start();
    compare(&lines("same-as-dig-over-http.txt", &dir, 70));
    // dig wants a length with the message, and takes the first of several responses for the last.
    for port in ["9540", "9541"] {
        let told = run(tool("dig").args(["@127.0.0.1", "-p", port, "+http-plain", "a.test"]));
        told.status(0).stdout_has("(HTTP)\n").stdout_has(";; MSG SIZE  rcvd: 24\n");
    }
    // The real dig sometimes waits for ever with +keepopen here. Only the first of ours connects.
    for option in ["+https", "+https-get", "+http-plain", "+tls", "+tcp"] {
        let names = ["web.lab.test", "long.lab.test", "TXT", "nosuch.lab.test"];
        let told = run(tool("dig").args(["+keepopen", "+noall", "+timing", "@127.0.0.1", option]).args(names));
        let timings: Vec<bool> = told.out().lines().map(|line| line.contains(" connect ")).collect();
        assert_eq!(timings, [true, false, false], "{}", told.story());
    }
    let told = run(tool("dig").args(["@127.0.0.1", "+https=/wrong", "+explain", "+tries=1", "a.test"]));
    told.status(9).stdout_has(";; explain: 127.0.0.1:443 answered with status 404 of HTTP, and no message: is there a");
}

/// No peer here speaks QUIC: quinn's server does, and its client is not ours.
fn over_quic(net: &Net) {
    certs::write(net.dir());
    quic::start(net.dir());
    let dir = net.dir().to_str().unwrap();
    for (line, status, text) in [
        ("@127.0.0.1 +quic a.test", 0, ";; SERVER: 127.0.0.1#853(127.0.0.1) (QUIC)\n"),
        ("@127.0.0.1 +quic +tls-ca=DIR/ca.pem a.test", 0, ";; MSG SIZE  rcvd: 24\n"),
        ("@127.0.0.1 +https3 +tls-ca=DIR/ca.pem a.test", 0, ";; SERVER: 127.0.0.1#443(127.0.0.1) (HTTP3)\n"),
        ("@127.0.0.1 +https3 +noall +timing a.test", 0, ";; TIMING: TLS "),
        (
            "@127.0.0.1 +quic +tls-ca=DIR/other.pem a.test",
            0,
            ";; TLS peer certificate verification for 127.0.0.1#853 failed: unable to get local issuer certificate\n",
        ),
        (
            "@127.0.0.1 +https3 +tls-ca=DIR/ca.pem +tls-hostname=wrong.test a.test",
            0,
            ";; TLS peer certificate verification for 127.0.0.1#443 failed: hostname mismatch\n",
        ),
        ("@127.0.0.1 +quic +tls-ca=DIR/nofile a.test", 0, ";; TLS context cannot be created\n"),
        // The other's protocol, nobody there, and streams that end too early.
        ("@127.0.0.1 -p 443 +quic +tries=1 a.test", 9, "#443(127.0.0.1) for a.test failed: TLS error.\n"),
        ("@127.0.0.1 -p 9 +quic +tries=1 a.test", 9, "#9(127.0.0.1) for a.test failed: connection refused.\n"),
        ("@127.0.0.1 -p 8530 +quic +tries=1 a.test", 9, ";; communications error to 127.0.0.1#8530: end of file\n"),
        ("@127.0.0.1 -p 8531 +quic +tries=1 a.test", 9, ";; communications error to 127.0.0.1#8531: end of file\n"),
        ("@127.0.0.1 -p 4430 +https3 +tries=1 a.test", 9, ";; communications error to 127.0.0.1#4430: failure\n"),
        ("@127.0.0.1 -p 4430 +https3 +tries=1 +explain a.test", 9, "answered with status 404 of HTTP"),
        ("@127.0.0.1 -p 4431 +https3 +tries=1 a.test", 9, "error to 127.0.0.1#4431: unexpected error\n"),
    ] {
        let line = line.replace("DIR", dir);
        run(tool("dig").args(line.split(' '))).status(status).stdout_has(text);
    }
    // The authorities of the host are read before dig gives up to read files, and are there when the server shows its certificate.
    for (trusted, text) in
        [("ca.pem", ";; MSG SIZE  rcvd: 24\n"), ("other.pem", "unable to get local issuer certificate\n")]
    {
        let mut asked = tool("dig");
        asked.args(["@127.0.0.1", "+quic", "+tls-ca", "a.test"]).env("SSL_CERT_FILE", net.dir().join(trusted));
        run(&mut asked).status(0).stdout_has(text);
    }
    // YAML knows datagrams and streams, and writes a stream as dig does; JSON says which.
    for (option, port, way) in [("+quic", 853, "quic"), ("+https3", 443, "https3")] {
        let said = run(tool("dig").args(["@127.0.0.1", option, "+yaml", "a.test"]));
        said.status(0)
            .stderr_is("")
            .stdout_has("\n    socket_protocol: TCP\n")
            .stdout_has(&format!("\n    response_port: {port}\n"))
            .stdout_has("\n        - 'a.test. IN A'\n");
        let said = run(tool("dig").args(["@127.0.0.1", option, "+json", "+timing", "a.test"]));
        let value: serde_json::Value = serde_json::from_str(&said.status(0).out()).unwrap();
        let data = &value["data"];
        assert_eq!((&data["transport"], &data["server_port"]), (&way.into(), &port.into()));
        assert_eq!((&data["length_octets"], &data["message"]["QNAME"]), (&24.into(), &"a.test.".into()), "{data}");
        assert!(data["timing"]["tls_us"].is_u64(), "{data}");
        let refused = run(tool("dig").args(["@127.0.0.1", "-p", "9", option, "+json", "+tries=1", "a.test"]));
        let value: serde_json::Value = serde_json::from_str(&refused.status(9).out()).unwrap();
        assert_eq!(value["type"], "error", "{value}");
    }
    // What the server sends on streams of its own is kept and never read: there may be few of them.
    let mut allowed = quic::STREAMS.lock().unwrap().clone();
    allowed.sort_unstable();
    allowed.dedup();
    assert_eq!(allowed, [(0, 0), (0, 3)], "streams of the server: over QUIC, and in HTTP/3");
    // A server that never answers: the wait ends.
    let silent = std::net::UdpSocket::bind("127.0.0.1:8532").unwrap();
    run(tool("dig").args(["@127.0.0.1", "-p", "8532", "+quic", "+tries=1", "+time=1", "a.test"]))
        .status(9)
        .stdout_has("failed: timed out.\n");
    drop(silent);
}
