//! dig where no network is needed: what it says of a wrong line, and its own two options.

use serde_json::json;
use sockeye_test_support::{Run, run, tool};

fn dig(args: &[&str]) -> Run {
    run(tool("dig").args(args))
}

const USAGE: &str = "\
Usage:  dig [@global-server] [domain] [q-type] [q-class] {q-opt}
            {global-d-opt} host [@local-server] {local-d-opt}
            [ host [@local-server] {local-d-opt} [...]]

Use \"dig -h\" (or \"dig -h | more\") for complete list of options
";

#[test]
fn an_option_that_dig_does_not_know_is_refused() {
    for option in ["+nosuch", "+t", "-Z", "+TCP", "+nobufsize", "-f", "-k", "--no-such-option"] {
        dig(&["name.test", option]).status(1).stdout_is("").stderr_is(&format!("Invalid option: {option}\n{USAGE}"));
    }
}

#[test]
fn a_wrong_value_is_told_half_on_each_stream() {
    dig(&["-p", "70000", "x"])
        .status(1)
        .stdout_is("invalid port number '70000': out of range\n")
        .stderr_is("dig: Couldn't parse port number\n");
    dig(&["+time=x", "x"])
        .status(10)
        .stdout_is("invalid timeout 'x': not a valid number\n")
        .stderr_is("dig: Couldn't parse timeout\n");
}

#[test]
fn a_wrong_name_or_server_or_address_is_one_line() {
    for (args, status, message) in [
        (&["@127.0.0.1", "a..b"][..], 10, "'a..b' is not a legal name (empty label)"),
        (&["@127.0.0.1", "a\\300b"], 10, "'a\\300b' is not a legal name (bad escape)"),
        (&["@", "a.b"], 1, "couldn't get address for '': not found"),
        (&["-4", "@::1", "a.b"], 1, "couldn't get address for '::1': address family not supported"),
        (&["-4", "-6", "a.b"], 1, "only one of -4 and -6 allowed"),
        (&["-b", "nonsense", "a.b"], 1, "invalid address nonsense"),
        (&["@127.0.0.1", "+cookie=zz", "a.b"], 1, "isc_hex_decodestring: bad hex encoding"),
        (&["@127.0.0.1", "+ednsopt=:", "a.b"], 10, "ednsopt no code point specified"),
        (&["@127.0.0.1", "+compat=9.16", "a.b"], 1, "+compat '9.16' is not 9.18 or 9.20"),
        (
            &["+gai=nosuch", "a.b"],
            1,
            "+gai: 'nosuch' is not one of passive canonname numerichost v4mapped all addrconfig idn canonidn numericserv idn_allow_unassigned idn_use_std3_ascii_rules",
        ),
        (&["+gai", "-x", "nonsense"], 1, "-x 'nonsense' is not an IP address"),
        (&["--color=blue", "a.b"], 1, "--color 'blue' is not auto, always or never"),
    ] {
        dig(args).status(status).stdout_is("").stderr_is(&format!("dig: {message}\n"));
    }
}

#[test]
fn the_version_is_dig_s_line_on_standard_error_and_ours_on_standard_output() {
    let version = dig(&["-v"]);
    version.status(0).stdout_is("");
    assert!(version.err().starts_with("DiG 9.18-sockeye-"), "{}", version.story());
    dig(&["--version"]).status(0).stderr_is("").stdout_has("Sockeye");
    dig(&["-h"]).status(0).stderr_is("").stdout_has("+short");
}

#[test]
fn the_c_library_is_asked_for_numbers_without_any_network() {
    dig(&["+gai=numerichost", "127.0.0.1", "+socktype=stream", "+service=8080"]).status(0).stderr_is("").stdout_is(
        ";; getaddrinfo(\"127.0.0.1\", \"8080\")\n\
         ;; hints: ai_flags=AI_NUMERICHOST ai_family=AF_UNSPEC ai_socktype=SOCK_STREAM ai_protocol=0\n\
         AF_INET  SOCK_STREAM IPPROTO_TCP  127.0.0.1 8080 sockaddr=02001f907f0000010000000000000000\n",
    );
    let failed = dig(&["+gai=numerichost", "name.test"]);
    failed.status(22).stderr_is("").stdout_has(";; EAI_NONAME (-2): ");
    let json = dig(&["--json", "+gai=numerichost", "::1", "+socktype=dgram"]);
    let value: serde_json::Value = serde_json::from_str(&json.out()).unwrap();
    assert_eq!(
        value["data"],
        json!({
            "kind": "address_info", "call": "getaddrinfo", "node": "::1", "service": null,
            "hints": {
                "flags": {"code": 4, "names": ["AI_NUMERICHOST"]}, "family": {"code": 0, "name": "AF_UNSPEC"},
                "socktype": {"code": 2, "name": "SOCK_DGRAM"}, "protocol": {"code": 0, "name": null},
            },
            "warnings": [],
            "entries": [{
                "family": {"code": 10, "name": "AF_INET6"}, "socktype": {"code": 2, "name": "SOCK_DGRAM"},
                "protocol": {"code": 17, "name": "IPPROTO_UDP"}, "address": "::1", "port": 0, "scope_id": 0,
                "canonname": null, "sockaddr": "0a000000000000000000000000000000000000000000000100000000",
            }],
            "error": null,
        })
    );
    let json = dig(&["--json", "+gai=numerichost,numericserv", "-x", "192.0.2.1", "+service=53"]);
    let value: serde_json::Value = serde_json::from_str(&json.out()).unwrap();
    assert_eq!(
        value["data"],
        json!({
            "kind": "address_info", "call": "getnameinfo", "address": "192.0.2.1", "port": 53,
            "sockaddr": "02000035c00002010000000000000000",
            "flags": {"code": 3, "names": ["NI_NUMERICHOST", "NI_NUMERICSERV"]}, "warnings": [],
            "host": "192.0.2.1", "service": "53", "error": null,
        })
    );
}

#[test]
fn keys_that_cannot_sign_stop_the_line() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("dig-keys");
    std::fs::create_dir_all(&folder).unwrap();
    for (name, text) in [
        ("Kx.+013+00001.key", "x. IN KEY 512 3 13 YWJj\n"),
        ("Kx.+013+00001.private", "Private-key-format: v1.3\nAlgorithm: 13 (ECDSAP256SHA256)\nPrivateKey: YWJj\n"),
        ("pattern", "include \"/nosuch/*.conf\";\n"),
        ("empty", "key k { algorithm hmac-sha256; secret \"\"; };\n"),
    ] {
        std::fs::write(folder.join(name), text).unwrap();
    }
    // Nobody listens there: a query that went out would be told as refused, with another status.
    for (file, why) in [
        ("Kx.+013+00001.key", "a key for SIG(0) (algorithm 13), which is not built: only TSIG keys can sign"),
        ("Kx.+013+00001", "a key for SIG(0) (algorithm 13), which is not built: only TSIG keys can sign"),
        ("pattern", "include of several files by a pattern: name each file"),
        ("empty", "dns_message_renderend: illegal operation for a null key"),
    ] {
        let file = folder.join(file);
        dig(&["@127.0.0.1", "-p", "9", "-k", file.to_str().unwrap(), "x"]).status(1).stdout_is("").stderr_has(why);
    }
}

#[test]
fn warnings_come_before_what_stops_the_line() {
    dig(&["-t", "nosuchtype", "@127.0.0.1", "a..b"])
        .status(10)
        .stderr_is(";; Warning, ignoring invalid type nosuchtype\ndig: 'a..b' is not a legal name (empty label)\n");
}

#[test]
fn with_json_a_refused_line_is_one_error_object() {
    for (args, status, message) in [
        (&["--json", "+nosuch"][..], 1, "Invalid option: +nosuch"),
        (&["--json", "-p", "x", "a.b"], 1, "Couldn't parse port number: invalid port number 'x': not a valid number"),
        (&["--json", "@", "a.b"], 1, "couldn't get address for '': not found"),
        (&["--json", "-6", "@127.0.0.1", "a.b"], 0, "no acceptable nameservers"),
        // Only what is no object of JSON may go elsewhere.
        (&["--json", "+", "-6", "@127.0.0.1", "a.b"], 0, "no acceptable nameservers"),
    ] {
        let refused = dig(args);
        refused.status(status);
        let value: serde_json::Value =
            serde_json::from_str(&refused.out()).unwrap_or_else(|error| panic!("{error}: {}", refused.story()));
        assert_eq!(value["type"], "error");
        assert_eq!(value["data"], json!({"message": message, "hint": null, "exit_status": status}));
    }
}
