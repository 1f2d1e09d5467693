//! url, as its user sees it: tables, JSON, failures and statuses.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use serde_json::Value;
use sockeye_test_support::{Run, run, run_with_input, tool};

fn url(args: &[&str]) -> Run {
    run(tool("url").args(args))
}

/// The results of a run with `--json`.
fn results(run: &Run) -> Vec<Value> {
    let lines = run.out();
    let values = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    values.filter(|value| value["type"] == "result").map(|value| value["data"].clone()).collect()
}

fn json(url_text: &str) -> Value {
    let run = url(&["--json", url_text]);
    run.status(0).stderr_is("");
    let mut results = results(&run);
    assert_eq!(results.len(), 1, "{}", run.story());
    results.remove(0)
}

#[test]
fn the_table_has_every_component_with_its_octets() {
    let run = url(&["http://user:pw@example.com:8080/a/../b?q=1&q=%32+3#top"]);
    run.status(0).stderr_is("").stdout_is(
        "\
http://user:pw@example.com:8080/a/../b?q=1&q=%32+3#top
└┬─┘   └┬─┘ ├┘ └────┬────┘ └┬─┘└──┬──┘ └────┬────┘ └┬┘
scheme  │   │     host    port  path      query fragment
        │   password
    username
┌───────────┬────────┬──────────────┬─────────────┬────────────────────────────┐
│ Component ┆ Octets ┆ In the input ┆ Value       ┆ Notes                      │
╞═══════════╪════════╪══════════════╪═════════════╪════════════════════════════╡
│ scheme    ┆ 0..4   ┆ http         ┆ http        ┆ special: needs a host      │
│ username  ┆ 7..11  ┆ user         ┆ user        ┆                            │
│ password  ┆ 12..14 ┆ pw           ┆ pw          ┆                            │
│ host      ┆ 15..26 ┆ example.com  ┆ example.com ┆ domain                     │
│ port      ┆ 27..31 ┆ 8080         ┆ 8080        ┆ explicit; service http-alt │
│ path      ┆ 31..38 ┆ /a/../b      ┆ /b          ┆ dot segments resolved      │
│ query     ┆ 39..50 ┆ q=1&q=%32+3  ┆ q=1&q=%32+3 ┆ 2 parameters               │
│ fragment  ┆ 51..54 ┆ top          ┆ top         ┆ never sent                 │
└───────────┴────────┴──────────────┴─────────────┴────────────────────────────┘
Query parameters:
┌───┬──────┬───────┬────────┬──────────────┐
│ # ┆ Name ┆ Value ┆ Octets ┆ In the input │
╞═══╪══════╪═══════╪════════╪══════════════╡
│ 1 ┆ q    ┆ 1     ┆ 39..42 ┆ q=1          │
│ 2 ┆ q    ┆ 2 3   ┆ 43..50 ┆ q=%32+3      │
└───┴──────┴───────┴────────┴──────────────┘
Normalised: http://user:pw@example.com:8080/b?q=1&q=%32+3#top
Violation: a username or password in a URL is shown and logged wherever the URL is
RFC 3986: the same, once normalised by its section 6.2 (path)
Socket: TCP, example.com, port 8080; would be resolved by getaddrinfo(\"example.com\", \"8080\")
",
    );
}

#[test]
fn every_field_is_there_whatever_the_url_has() {
    let full = json("http://u:p@[fe80::1%252]:8080/%ff?a=1&b#f");
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    for text in ["mailto:a@b.c", "file:///x", "foo://h", "data:,x", "http://b\u{fc}cher.example"] {
        let other = json(text);
        assert_eq!(keys(&other), keys(&full), "{text}");
        for component in
            ["scheme", "authority", "username", "password", "host", "zone", "port", "path", "query", "fragment"]
        {
            assert_eq!(keys(&other[component]), keys(&full[component]), "{component} of {text}");
        }
        assert_eq!(keys(&other["effective_port"]), keys(&full["effective_port"]), "{text}");
    }
    assert_eq!(full["host"]["span"], serde_json::json!({"start": 11, "end": 24}));
    assert_eq!(full["host"]["value"], "[fe80::1]");
    assert_eq!(full["zone"]["value"], "2");
    assert_eq!(full["effective_port"]["number"], 8080);
    assert_eq!(full["effective_port"]["explicit"], true);
    assert_eq!(full["path"]["decoded"], Value::Null);
    assert_eq!(full["path"]["decoded_octets"], "2fff");
    assert_eq!(full["parameters"][1]["value_span"], Value::Null);
    assert_eq!(full["socket"]["addresses"][0]["address"], "fe80::1%2");
    assert_eq!(full["socket"]["addresses"][0]["special"]["prefix"], "fe80::/10");
    assert_eq!(json("mailto:a@b.c")["socket"], Value::Null);
    assert_eq!(json("mailto:a@b.c")["host"]["span"], Value::Null);
    assert_eq!(json("http://b\u{fc}cher.example")["host_unicode"], "b\u{fc}cher.example");
}

#[test]
fn segments_file_and_labels_are_in_table_and_json() {
    let run = url(&["http://www.b\u{fc}cher.example/a/../docs/my%20book.tar.gz"]);
    run.status(0).stdout_has("Path segments:\n").stdout_has("│ 1 ┆ docs             ┆ 32..36 ┆");
    run.stdout_has("decoded: my book.tar.gz; file, extension gz (all: tar.gz)");
    let value = json("http://www.b\u{fc}cher.example/a/../docs/my%20book.tar.gz");
    assert_eq!(value["path_segments"][0]["value"], "docs");
    assert_eq!(value["path_segments"][0]["span"], serde_json::json!({"start": 32, "end": 36}));
    assert_eq!(value["path_segments"][1]["decoded"], "my book.tar.gz");
    assert_eq!(value["file"]["stem"], "my book.tar");
    assert_eq!(value["file"]["extensions"], serde_json::json!(["tar", "gz"]));
    assert_eq!(value["host_labels"][1], serde_json::json!({"ascii": "xn--bcher-kva", "unicode": "b\u{fc}cher"}));
    url(&["http://h/docs/"]).stdout_has("the path ends with a slash");
}

#[test]
fn every_violation_of_the_standard_is_told_in_words() {
    for (text, words) in [
        ("http://h/a\\b", "a backslash stands where a slash belongs"),
        (" http://h/", "blanks or control characters at the ends"),
        ("http://u@h/", "a username or password in a URL is shown"),
        ("http:/h/", "exactly two slashes belong behind this scheme"),
        ("file:/etc", "two slashes belong behind file:"),
        ("file://h/C:/", "a host stands before a drive letter"),
        ("http://h/a b", "a character that must be percent-encoded stands as it is"),
        ("http://h/%zz", "a % has no two hexadecimal digits behind it"),
        ("http://h/a\tb", "tabs or line ends inside are removed"),
        ("http://a@b@h/", "an @ in the userinfo belongs there as %40"),
    ] {
        url(&[text]).status(0).stdout_has(&format!("Violation: {words}"));
    }
    // No argument has a NUL, but a line of a file may.
    let mut nul = tool("url");
    let nul = run_with_input(nul.args(["-f", "-"]), b"http://h/#\0x\n");
    nul.status(0).stdout_has("Violation: the fragment has a NUL");
}

#[test]
fn the_host_is_the_one_that_a_browser_goes_to() {
    // How other tools are led to another host.
    for (text, host) in [
        ("http://example.com\\@evil.example/", "example.com"),
        ("http://a@b@evil.example/", "evil.example"),
        ("http://example.com#@evil.example/", "example.com"),
        ("http://example.com?@evil.example/", "example.com"),
        ("http:/evil.example", "evil.example"),
        ("http:///evil.example/x", "evil.example"),
        ("ht\ttp://evil\n.example/", "evil.example"),
        ("http://010.0.0.1/", "8.0.0.1"),
        ("http://127%2e1/", "127.0.0.1"),
        ("http://\u{ff11}\u{ff10}\u{3002}1/", "10.0.0.1"),
    ] {
        assert_eq!(json(text)["host"]["value"], host, "{text:?}");
    }
}

#[test]
fn a_malformed_url_is_one_line_and_the_others_go_on() {
    let run = url(&["http://h/", "http://[::1", "example.com", "http://i/"]);
    run.status(1).stdout_has("http://h/\n").stdout_has("http://i/\n").stderr_is(
        "url: \"http://[::1\": invalid IPv6 address: \"[::1\" at octets 7..11 (an IPv6 address stands in brackets, as in \
         http://[2001:db8::1]:8080/)\n\
         url: \"example.com\": relative URL without a base: it has no scheme; without protocol and \
         resource name this is a URI, not a URL (try http://example.com)\n",
    );
    let json = url(&["--json", "http://h:x/", "http://i/"]);
    json.status(1).stdout_has("\"type\":\"error\"").stdout_has("\"exit_status\":1");
    assert_eq!(results(&json).len(), 1, "{}", json.story());
    let alone = url(&["http://h:70000"]);
    alone.status(1).stdout_is("").stderr_has("url: \"http://h:70000\": invalid port");
}

#[test]
fn a_wrong_command_line_does_nothing() {
    url(&[]).status(2).stdout_is("").stderr_has("url: the following required arguments were not provided: <URL>");
}

#[test]
fn what_is_not_utf8_is_told_by_its_octet() {
    let not_text =
        run(tool("url").args(["--get", "{host}"]).arg(OsStr::from_bytes(b"http://\xffh/")).arg("http://ok/"));
    not_text
        .status(1)
        .stdout_is("ok\n")
        .stderr_is("url: \"http://\\xffh/\": not UTF-8 at octet 7 (percent-encode what is not UTF-8)\n");
}

#[test]
fn control_characters_are_shown_and_not_obeyed() {
    for text in
        ["foo:\u{1b}[2J", "http://h/\u{1b}]0;x\u{7}?\u{202e}=\u{9b}2J", "http://h/%1b%5b2J?%1b=%9b", "\u{1b}[2J"]
    {
        for extra in ["--explain", "--color=never"] {
            let run = url(&[extra, text]);
            let octets = [run.stdout.as_slice(), run.stderr.as_slice()].concat();
            let said = String::from_utf8(octets).unwrap();
            let acts = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
            assert!(!said.chars().any(acts), "{}", run.story());
        }
    }
}

#[test]
fn the_working_cites_what_ends_what() {
    let run = url(&["--explain", "http://a@b@example.com:8080/x?y#z"]);
    run.status(0)
        .stdout_has("\"http\" ends at the first colon")
        .stdout_has("the last of 2 \"@\" ends the userinfo")
        .stdout_has("\"a@b@example.com:8080\" ends before \"/\"")
        .stdout_has("RFC 3986 section 3.2")
        .stdout_has("nothing was asked");
    let events = url(&["--explain", "--json", "http://127.0.0.1/"]);
    events.status(0).stdout_has("\"event\":\"laid_out\"").stdout_has("\"name\":\"sin_port\"").stdout_has("\"0050\"");
}

#[test]
fn addresses_are_resolved_only_on_request() {
    let asked = results(&url(&["--json", "--resolve", "http://127.0.0.1:8080/", "http://[::1]/"]));
    for (result, address, octets) in [(&asked[0], "127.0.0.1", "1f90"), (&asked[1], "::1", "0050")] {
        assert_eq!(result["socket"]["resolved"], true);
        let addresses = result["socket"]["addresses"].as_array().unwrap();
        assert_eq!(addresses.len(), 1, "{result}");
        assert_eq!(addresses[0]["address"], address);
        assert_eq!(addresses[0]["special"]["name"].as_str().unwrap().split(' ').next(), Some("Loopback"));
        // The port lies behind the family, in network order.
        assert_eq!(addresses[0]["sockaddr"].as_str().unwrap().get(4..8), Some(octets));
    }
    assert_eq!(json("http://127.0.0.1/")["socket"]["resolved"], false);
    let told = url(&["--explain", "--resolve", "http://127.0.0.1/"]);
    told.status(0).stdout_has("getaddrinfo(\"127.0.0.1\", \"80\") gave 1 address");
    assert_eq!(told.out().matches("sin_port").count(), 1, "{}", told.story());
    // A zone has an index that only the system knows: lo is the first interface of every network namespace.
    let zone = results(&url(&["--json", "--resolve", "http://[fe80::1%25lo]/"]));
    assert_eq!(zone[0]["socket"]["addresses"][0]["address"], "fe80::1%1");
}

#[test]
fn a_name_that_cannot_be_resolved_is_the_networks_failure() {
    // RFC 6761 section 6.4: resolvers answer for .invalid themselves. A label too long for DNS is not even sent.
    let long = format!("http://{}.invalid/", "a".repeat(64));
    let run = url(&["--resolve", &long]);
    run.status(3).stderr_has("url: getaddrinfo(\"aaaa").stderr_has("EAI_").stdout_has("\") failed\n");
    // No interface has this name.
    let zone = url(&["--resolve", "http://[fe80::1%25sockeye-none]/"]);
    zone.status(3).stdout_has(" failed\n").stdout_has("needs the zone's index, which was not found");
    // What is no name is not asked for, and that is a failure too. What has no host has nothing to resolve.
    let odd = url(&["--resolve", "foo://1.2.3.256/"]);
    odd.status(3).stdout_has("Socket: none, the host is no name and no address that a resolver takes");
    odd.stderr_is("url: \"1.2.3.256\": the host is no name and no address that a resolver takes\n");
    url(&["--resolve", "mailto:a@b.c", "file://h/x"]).status(0).stderr_is("");
}

#[test]
fn a_long_text_is_cut_for_a_person_and_whole_for_a_program() {
    let long = format!("http://h/{}", "a".repeat(100_000));
    for line in [&[][..], &["--model", "both"], &["--model", "rfc3986"], &["--explain"]] {
        let run = url(&[line, &[&*long]].concat());
        run.status(0).stdout_has("Remark: texts are cut after 1000 octets here; --json and --get have them whole");
        assert!(run.stdout.len() < 2 * long.len(), "{line:?}: {}", run.stdout.len());
    }
    assert_eq!(json(&long)["path"]["value"].as_str().unwrap().len(), 100_001);
    url(&["--get", "{url}", &long]).status(0).stdout_is(format!("{long}\n"));
    // Where two differ may lie at the end.
    url(&["diff", &long, &format!("{long}b")]).status(1).stdout_has("aab");
    let short = format!("http://h/{}", "a".repeat(991));
    assert!(!url(&[&short]).out().contains("Remark"), "a thousand octets are whole");
}

#[test]
fn why_nothing_is_resolved_is_told() {
    for (text, why) in [
        ("mailto:a@b.c", "Socket: none, the URL has no host to connect to\n"),
        ("file://srv/x", "Socket: none, a file URL does not say how to connect to its host\n"),
        ("foo://a%20b/", "Socket: none, the host is no name and no address that a resolver takes\n"),
        ("http://[::1]/", "port 80; nothing to resolve\n"),
        ("http://[fe80::1%252]/", "port 80; nothing to resolve\n"),
        ("http://[fe80::1%25eth0]/", "port 80; nothing to resolve but the zone's index\n"),
    ] {
        url(&[text]).status(0).stdout_has(why);
    }
}

#[test]
fn colour_marks_the_components_in_place() {
    let coloured = url(&["--color=always", "http://example.com/"]);
    coloured.status(0).stdout_has("\u{1b}[36mhttp\u{1b}[0m://\u{1b}[1;32mexample.com\u{1b}[0m\u{1b}[34m/\u{1b}[0m\n");
    coloured.stdout_has("\u{1b}[1;32m└────┬────┘\u{1b}[0m").stdout_has("\u{1b}[1;32mhost\u{1b}[0m");
    // NO_COLOR counts on a terminal; a pipe has no colour anyhow, and `always` wins over both.
    url(&["http://example.com/"]).stdout_has("http://example.com/\n└┬─┘   └────┬────┘│\n");
}

#[test]
fn a_narrow_terminal_gets_lists() {
    let narrow = |columns: &str| run(tool("url").env("SOCKEYE_COLUMNS", columns).arg("http://h/"));
    let list = narrow("45");
    list.status(0).stdout_has("\nComponent     host\nOctets        7..8\n");
    assert!(!list.out().contains('┆'), "{}", list.out());
    narrow("46").status(0).stdout_has("│ host      ┆ 7..8   ┆ h     ┆");
}

#[test]
fn a_password_of_nobody_is_remarked() {
    let remark = "Remark: there is a password and no username: ";
    run(tool("url").arg("http://:p@h/")).status(0).stdout_has(remark);
    run(tool("url").args(["--json", "http://:p@h/"]))
        .status(0)
        .stdout_has(r#""remarks":[{"remark":"password_without_username"}]"#);
    for url in ["http://u:p@h/", "http://:@h/", "http://u@h/"] {
        assert!(!run(tool("url").arg(url)).out().contains(remark), "{url}");
    }
}
