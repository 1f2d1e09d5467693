//! dig's stream transports beside the real dig: on a real named, and on servers that misbehave.

mod certs;
mod http;
mod servers;

use std::path::Path;

use sockeye_test_support::{Background, Case, Net, run, tool};

use crate::dig::{command_lines, compare, start_named_as};

pub(crate) fn tests() -> Vec<Case> {
    vec![
        Case::new("dig_transport::same_as_dig_over_tls", &["dig", "named"], same_over_tls),
        Case::new("dig_transport::same_as_dig_over_http", &["dig", "named"], same_over_http),
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
    let told = run(tool("dig").args(["@127.0.0.1", "+https=/wrong", "+explain", "+tries=1", "a.test"]));
    told.status(9).stdout_has(";; explain: 127.0.0.1:443 answered with status 404 of HTTP, and no message: is there a");
}
