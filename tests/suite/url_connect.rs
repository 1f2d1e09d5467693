//! url connect: whom a client would connect to, and what it would say first, without saying it.

use std::net::TcpListener;

use serde_json::Value;
use sockeye_test_support::{Run, run, tool};

/// Runs without a proxy in the environment, whatever that of the tests has.
fn connect(args: &[&str], environment: &[(&str, &str)]) -> Run {
    let mut url = tool("url");
    for name in
        ["http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"]
    {
        url.env_remove(name);
    }
    run(url.arg("connect").args(args).envs(environment.iter().copied()))
}

fn json(args: &[&str]) -> Value {
    let run = connect(&[&["--json"], args].concat(), &[]);
    run.status(0).stderr_is("");
    serde_json::from_str::<Value>(&run.out()).unwrap()["data"].clone()
}

#[test]
fn every_step_is_told_and_nothing_is_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let run = connect(&[&format!("http://me:pw@127.0.0.1:{port}/a/../b?q#f")], &[]);
    run.status(0)
        .stderr_is("")
        .stdout_has("GET /b?q HTTP/1.1\\r\\n\n")
        .stdout_has("Authorization: Basic bWU6cHc=\\r\\n\n");
    run.stdout_has(&format!("  Host: 127.0.0.1:{port}\\r\\n\n")).stdout_has("Nothing was sent to the host.\n");
    run.stdout_has("Warning: the userinfo goes to the host as a header, in the clear");
    run.stdout_has(&format!("0200{port:04x}7f0000010000000000000000"));
    listener.set_nonblocking(true).unwrap();
    assert_eq!(listener.accept().unwrap_err().kind(), std::io::ErrorKind::WouldBlock, "nobody connected");
}

#[test]
fn a_host_in_doubt_is_the_first_thing_said() {
    let confused = "http://example.com\\@evil.example/";
    let run = connect(&["--no-resolve", confused], &[]);
    run.status(0).stderr_is("").stdout_has("  curl      evil.example\n");
    assert!(run.out().starts_with("WARNING: the host depends on who reads this URL\n  WHATWG    example.com\n"));
    let found = json(&["--no-resolve", confused]);
    assert_eq!(found["host_warning"]["hosts"][2]["host"], "evil.example");
    assert_eq!(json(&["--no-resolve", "http://h/"])["host_warning"], Value::Null);
}

#[test]
fn json_has_every_member_whatever_the_scheme() {
    let full = json(&["https://u@127.0.0.1:8443/"]);
    assert_eq!(full["socket"]["resolved"], true);
    assert_eq!(full["tls"]["sni"], Value::Null);
    assert_eq!(full["tls"]["alpn"], serde_json::json!(["h2", "http/1.1"]));
    assert_eq!(full["http"]["host"], "127.0.0.1:8443");
    assert_eq!(full["question"], Value::Null);
    assert_eq!(full["proxy"], Value::Null);
    let named = json(&["--no-resolve", "wss://b\u{fc}cher.example/chat"]);
    assert_eq!(named["question"], "getaddrinfo(\"xn--bcher-kva.example\", \"443\")");
    assert_eq!(named["socket"]["addresses"], serde_json::json!([]));
    assert_eq!(named["http"]["upgrade"], true);
    assert_eq!(named["first"]["speaker"], "client");
    assert_eq!(named["tls"]["sni"], "xn--bcher-kva.example");
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&named), keys(&full));
    assert_eq!(keys(&json(&["--no-resolve", "ssh://h/"])), keys(&full));
}

#[test]
fn the_octets_are_shown_on_request() {
    let run = connect(&["--explain", "https://[::1]/"], &[]);
    run.status(0).stdout_has("ClientHello without a server name and the protocols h2, http/1.1");
    run.stdout_has("  0000  47 45 54 20 2f 20 48 54 54 50 2f 31 2e 31 0d 0a  GET / HTTP/1.1..\n")
        .stdout_has("sin6_port");
    run.stdout_has("an address is no server name (RFC 6066 section 3)");
}

#[test]
fn schemes_without_a_request_say_who_speaks_first() {
    connect(&["--no-resolve", "ftp://h/x"], &[])
        .status(0)
        .stdout_has("The server speaks first: the server greets with 220");
    connect(&["--no-resolve", "ssh://h/"], &[]).status(0).stdout_has("Both speak first: ");
    connect(&["--no-resolve", "redis://h/"], &[])
        .status(0)
        .stdout_has("First octets: what is said first is this scheme's own");
    connect(&["mailto:a@b.c"], &[])
        .status(1)
        .stdout_has("Nothing to connect to: the URL has no host to connect to.\n")
        .stderr_is("");
    connect(&["example.com"], &[]).status(1).stdout_is("").stderr_has("it has no scheme (try http://example.com)");
    connect(&["--no-resolve", "foo://h/"], &[]).status(0).stdout_has("neither the URL nor the scheme foo says a port");
}

#[test]
fn a_name_that_is_not_resolved_is_told_beside_the_rest() {
    // A label too long for DNS is not even sent.
    let run = connect(&[&format!("http://{}.invalid/", "a".repeat(64))], &[]);
    run.status(3).stdout_has("GET / HTTP/1.1").stdout_has("failed").stderr_has("url: getaddrinfo(\"aaaa");
}

#[test]
fn what_the_environment_would_have_curl_do_is_told() {
    let with = |url: &str, environment: &[(&str, &str)]| connect(&["--json", "--no-resolve", url], environment).out();
    let proxy = |line: String| serde_json::from_str::<Value>(&line).unwrap()["data"]["proxy"].clone();
    let told = proxy(with("http://h/", &[("http_proxy", "http://me:secret@p:3128")]));
    assert_eq!((&told["variable"], &told["value"]), (&"http_proxy".into(), &"http://me:***@p:3128".into()));
    assert_eq!(told["honoured"], true);
    let exempt = proxy(with("https://www.h/", &[("HTTPS_PROXY", "p"), ("no_proxy", "x,.h")]));
    assert_eq!((&exempt["honoured"], &exempt["exempted_by"]), (&false.into(), &".h".into()));
    assert_eq!(proxy(with("http://h/", &[("HTTP_PROXY", "p")]))["honoured"], false);
    assert_eq!(proxy(with("http://h/", &[("https_proxy", "p")])), Value::Null);
}

#[test]
fn a_scheme_that_tells_nothing_is_said_to() {
    let plan = run(tool("url").args(["connect", "--no-resolve", "foo://h/"]));
    plan.status(0).stdout_has(" a transport that the scheme does not tell, no port ");
}

#[test]
fn a_zone_stays_in_sight() {
    let plan = run(tool("url").args(["connect", "--no-resolve", "http://[fe80::1%25lo]/"]));
    plan.status(0).stdout_has("http://[fe80::1%25lo]/\n").stdout_has("needs the zone's index: leave out --no-resolve");
    run(tool("url").arg("http://[fe80::1%25lo]:80/"))
        .status(0)
        .stdout_has("Normalised: http://[fe80::1]/ (without its zone, which the standard lacks)\n")
        .stdout_has("needs the zone's index: --resolve");
}
