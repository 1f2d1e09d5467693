//! url and its two standards: what WHATWG URL and RFC 3986 make of one text, as its user sees it.

use serde_json::Value;
use sockeye_test_support::{Run, run, tool};

fn url(args: &[&str]) -> Run {
    run(tool("url").args(args))
}

/// The one result of a run with `--json`.
fn json(args: &[&str]) -> Value {
    let run = url(&[&["--json"], args].concat());
    let lines = run.out();
    let line =
        lines.lines().find(|line| line.contains("\"type\":\"result\"")).unwrap_or_else(|| panic!("{}", run.story()));
    serde_json::from_str::<Value>(line).unwrap()["data"].clone()
}

#[test]
fn a_host_that_depends_on_the_reader_is_warned_of_first_of_all() {
    let run = url(&["http://example.com\\@evil.example/"]);
    run.status(0).stderr_is("");
    assert!(
        run.out().starts_with(
            "WARNING: the host depends on who reads this URL
  WHATWG    example.com
  RFC 3986  refuses it: \"\\\\\" may not stand in a userinfo, only as %5C at octet 18 (userinfo, RFC 3986 section 3.2.1)
            (its delimiters alone would give evil.example)
  curl      evil.example
  because   to WHATWG a backslash is a slash in this scheme, and RFC 3986 has none
http://example.com"
        ),
        "{}",
        run.story()
    );
    assert!(url(&["--explain", "http://010.0.0.1/"]).out().starts_with("WARNING: "));
    assert!(!url(&["http://example.com/"]).out().contains("WARNING"));
}

#[test]
fn a_text_that_only_one_standard_takes_is_shown_as_that_one_has_it() {
    url(&["http://1.2.3.256/"])
        .status(1)
        .stdout_has("WARNING: the host depends")
        .stdout_has("reg-name")
        .stdout_has("WHATWG: refused: invalid IPv4 address")
        .stderr_has("url: \"http://1.2.3.256/\": invalid IPv4 address");
    // A relative reference is RFC 3986's, and is shown if that was asked for.
    url(&["a/b"]).status(1).stdout_is("");
    url(&["--model", "both", "a.example/b"])
        .status(1)
        .stdout_has("a relative-path reference (RFC 3986 section 4.2)")
        .stdout_has("Without a scheme curl takes it for http://a.example/b; ");
    url(&["--model", "rfc3986", "../a"]).status(0).stdout_has("path-noscheme").stderr_is("");
}

#[test]
fn each_model_can_be_had_alone() {
    let whatwg = url(&["--model", "whatwg", "http://010.0.0.1/"]);
    whatwg.status(0);
    assert!(!whatwg.out().contains("RFC 3986") && !whatwg.out().contains("WARNING"), "{}", whatwg.story());
    url(&["--model", "rfc3986", "HTTP://EX%41mple.com:80/a/../%7e"])
        .status(0)
        .stderr_is("")
        .stdout_has("Normalised (case, RFC 3986 section 6.2.2.1): http://ex%41mple.com:80/a/../%7E")
        .stdout_has("Normalised (percent-encoding, RFC 3986 section 6.2.2.2): http://example.com:80/a/../~")
        .stdout_has("Normalised (dot segments, RFC 3986 section 6.2.2.3): http://example.com:80/~")
        .stdout_has("Normalised (scheme-based, RFC 3986 section 6.2.3): http://example.com/~");
    url(&["--model", "rfc3986", "http://b\u{fc}cher.example/"])
        .status(1)
        .stdout_is("")
        .stderr_has("at octet 8 (reg-name, RFC 3986 section 3.2.2); an IRI may have it (RFC 3987)");
    url(&["--model", "rfc3986", "--resolve", "http://h/"]).status(2).stderr_has("not with --model rfc3986");
}

#[test]
fn both_models_side_by_side_show_every_component() {
    url(&["--model", "both", "http://EX.com"]).status(0).stdout_has(
        "\
┌───────────┬───┬────────┬──────────┐
│ Component ┆   ┆ WHATWG ┆ RFC 3986 │
╞═══════════╪═══╪════════╪══════════╡
│ scheme    ┆ = ┆ http   ┆ http     │
│ userinfo  ┆ = ┆ -      ┆ -        │
│ host      ┆ ~ ┆ ex.com ┆ EX.com   │
│ port      ┆ = ┆ -      ┆ -        │
│ path      ┆ ~ ┆ /      ┆ (empty)  │
│ query     ┆ = ┆ -      ┆ -        │
│ fragment  ┆ = ┆ -      ┆ -        │
└───────────┴───┴────────┴──────────┘
host: lower-cased; RFC 3986: only when it normalises
",
    );
}

#[test]
fn json_carries_both_models_if_asked() {
    assert_eq!(json(&["http://010.0.0.1/"])["models"], Value::Null, "as before");
    let both = json(&["--model", "both", "http://010.0.0.1/"]);
    assert_eq!(both["host"]["value"], "8.0.0.1", "the fields of WHATWG stay");
    let models = &both["models"];
    assert!(models["host_warning"].as_str().unwrap().contains("octal"));
    assert_eq!(models["hosts"][0]["reader"], "whatwg");
    assert_eq!(models["hosts"][1]["host"], "010.0.0.1");
    assert_eq!(
        (models["hosts"][2]["reader"].as_str(), models["hosts"][2]["host"].as_str()),
        (Some("curl"), Some("8.0.0.1"))
    );
    assert_eq!(models["rfc3986"]["host_rule"], "reg-name");
    assert_eq!(models["rfc3986"]["path_rule"], "path-abempty");
    assert_eq!(models["rfc3986"]["host"]["span"]["start"], 7);
    let host = models["components"].as_array().unwrap().iter().find(|row| row["component"] == "host").unwrap().clone();
    assert_eq!((host["agreement"].as_str(), host["rfc3986"].as_str()), (Some("different"), Some("010.0.0.1")));

    let alone = json(&["--model", "rfc3986", "http://h/a/../b"]);
    assert_eq!((alone["model"].as_str(), alone["valid"].as_bool()), (Some("rfc3986"), Some(true)));
    assert_eq!((alone["kind"].as_str(), alone["normalised"].as_str()), (Some("uri"), Some("http://h/b")));
    assert_eq!(alone["steps"][0]["rule"], "dot_segments");
    let refused = error(&["--model", "both", "http://1.2.3.256/"]);
    assert_eq!(refused["span"], serde_json::json!({"start": 7, "end": 16}));
    assert_eq!(refused["models"]["hosts"][0]["refused"], "invalid IPv4 address");
}

#[test]
fn the_explanation_says_what_locates_and_what_names() {
    url(&["--explain", "urn:example:a"])
        .status(0)
        .stdout_has("without protocol and resource name this is a URI, not a URL")
        .stdout_has("\"example:a\" follows the rule path-rootless (RFC 3986 section 3.3)");
    url(&["--explain", "http://h/x"]).status(0).stdout_has("\"http\" is the protocol and \"/x\" the resource's name");
    url(&["--explain", "www.example.com"])
        .status(1)
        .stdout_has("without protocol and resource name this is a URI, not a URL: strictly a URI reference");
    url(&["--explain", "http://h/a/../%7e"]).status(0).stdout_has("normalised by dot segments: http://h/~");
}

/// The only object of a run with `--json`: an error.
fn error(args: &[&str]) -> Value {
    let run = url(&[&["--json"], args].concat());
    let lines = run.out();
    let line = serde_json::from_str::<Value>(&lines).unwrap_or_else(|error| panic!("{error}: {}", run.story()));
    assert_eq!(line["type"], "error", "{}", run.story());
    line["data"].clone()
}

#[test]
fn a_url_is_one_object_with_all_fields() {
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let plain = keys(&json(&["http://h/x"]));
    assert_eq!(plain, keys(&json(&["http://h/%zz"])), "by the short way and by serde");
    assert_eq!(plain, keys(&json(&["--model", "both", "--base", "http://h/", "x"])));
    let whatwg = error(&["http://1.2.3.256/"]);
    let base = error(&["--base", "mailto:a@b", "x"]);
    assert_eq!(base["resolution"]["rfc3986"]["url"], "mailto:x");
    assert_eq!((base["input"].as_str(), base["purpose"].as_str()), (Some("x"), Some("reference")));
    for other in [base, error(&["--model", "both", "http:/a:b:c@0x.0x:65536/"]), error(&["--model", "rfc3986", "a b"])]
    {
        assert_eq!(keys(&other), keys(&whatwg));
    }
}

#[test]
fn a_reference_is_resolved_before_a_line_is_made_of_it() {
    let run = url(&["--base", "http://a/b/", "g", "//", "/c?d", "--get", "{url}"]);
    run.status(1).stdout_is("http://a/b/g\nhttp://a/c?d\n");
    run.stderr_has("\"//\" cannot be resolved against \"http://a/b/\": empty host");
    url(&["--base", "http://a/b/", "../g", "--csv", "--fields", "host,path"]).status(0).stdout_has("a,/g\r\n");
    // The base's own scheme.
    url(&["--base", "http://a/b/", "http:g", "--model", "rfc3986", "--get", "{url}"]).status(0).stdout_is("http:g\n");
}

#[test]
fn what_is_no_url_is_said_to_be_none_in_every_view() {
    let sentence = "without protocol and resource name this is a URI, not a URL";
    url(&["urn:isbn:1"]).status(0).stdout_has(&format!("URI, URL: {sentence}: \"urn\" names and does not say where"));
    url(&["--model", "rfc3986", "example.com/x"]).status(0).stdout_has(&format!("URI, URL: {sentence}"));
    url(&["example.com/x"]).status(1).stderr_has(&format!("it has no scheme; {sentence} (try http://example.com/x)"));
    assert!(!url(&["http://h/a b"]).out().contains("URI, URL"));
    assert_eq!(json(&["urn:isbn:1"])["purpose"], "names");
    // Written by hand, and by serde.
    assert_eq!(json(&["http://h/x"])["purpose"], "locates");
    assert_eq!(json(&["foo:/x"])["purpose"], "locates");
    assert_eq!(json(&["--model", "rfc3986", "x"])["purpose"], "reference");
    // What the grammar refuses is no URI either.
    let refused = url(&["--explain", "http://h/a b"]);
    refused.status(0).stdout_has("refused: ");
    assert!(!refused.out().contains("URI, not a URL") && !refused.out().contains("a URI (RFC"), "{}", refused.story());
}

#[test]
fn nothing_that_acts_on_a_terminal_is_shown_as_it_is() {
    let views: [&[&str]; 9] = [
        &[],
        &["--explain"],
        &["--explain", "--model", "both"],
        &["--model", "rfc3986", "--explain"],
        &["--base", "http://h/", "--explain"],
        &["connect", "--no-resolve", "--explain"],
        &["same", "http://h/"],
        &["diff", "http://h/"],
        &["--get", "{scheme} {host} {path} {query} {fragment} {zoneid}"],
    ];
    let evil = "\u{1b}]0;pwn\u{7}\u{202e}";
    for text in [
        format!("{evil}data:x"),
        format!("data:{evil},x"),
        format!("tel:{evil};{evil}={evil}"),
        format!("mailto:{evil}?{evil}={evil}&{evil}"),
        format!("urn:{evil}:{evil}?+{evil}"),
        format!("blob:http://h/{evil}"),
        format!("file://{evil}/C|/{evil}"),
        format!("foo://{evil}@h{evil}:{evil}/{evil}?{evil}#{evil}"),
        format!("foo://h/C|/..//{evil}"),
        format!("http://{evil}@h/{evil}?{evil}={evil}#{evil}"),
        format!("http://h:{evil}/"),
        format!("http://{evil}/"),
        format!("http://[::1%{evil}]/"),
        format!("http:{evil}"),
        evil.to_owned(),
    ] {
        for view in views {
            let run = url(&[view, &["--", &text]].concat());
            let shown = format!("{}{}", run.out(), run.err());
            let acts = |character: char| (character.is_control() && character != '\n') || character == '\u{202e}';
            assert!(!shown.contains(acts), "{view:?} {text:?}: {shown:?}");
        }
    }
}

#[test]
fn what_only_the_library_has_is_no_difference_between_readers() {
    // The crate drops the host before a drive letter, and takes a backslash for the end of a port.
    let kept = url(&["file://host/c:/x"]);
    kept.status(0).stdout_has("in Windows ┆ \\\\host\\c:\\x ");
    assert!(!kept.out().contains("WARNING") && !kept.out().contains("library"), "{}", kept.story());
    let value = json(&["file://host/c:/x"]);
    assert_eq!(
        (value["host"]["value"].as_str(), value["normalised"].as_str()),
        (Some("host"), Some("file://host/c:/x"))
    );
    assert_eq!(json(&["file:///C|/x/../.."])["normalised"], "file:///C:/");
    url(&["--get", "{host} {path}", "file://host/c|/x"]).status(0).stdout_is("host /c:/x\n");
    url(&["x://h:80\\x"])
        .status(1)
        .stdout_is("")
        .stderr_has("invalid port: in this scheme a backslash does not end it: \"80\" at octets 6..8");
    url(&["--csv", "foo://@"]).status(1).stderr_has("empty host: one must follow the @");
}

#[test]
fn a_reference_is_resolved_by_both_standards() {
    let run = url(&["--base", "http://a/b/c/d;p?q", "../g?y#s"]);
    run.status(0).stderr_is("");
    assert!(
        run.out().starts_with(
            "\
Reference: ../g?y#s
Base:      http://a/b/c/d;p?q
WHATWG:    http://a/b/g?y#s
RFC 3986:  the same
http://a/b/g?y#s
"
        ),
        "{}",
        run.story()
    );
    let redirect = url(&["--base", "http://shop.example/cart", "/\\evil.example/x"]);
    redirect.status(0);
    assert!(
        redirect.out().starts_with(
            "\
WARNING: the host of what comes out depends on who resolves it
  WHATWG    evil.example
  RFC 3986  shop.example
"
        ),
        "{}",
        redirect.story()
    );
    url(&["--base", "http://a/b/c", "http:g"])
        .status(0)
        .stdout_has("RFC 3986:  http:g\n")
        .stdout_has("Before it: http://a/b/g (RFC 3986 section 5.2.2, not strict)");
    url(&["--model", "rfc3986", "--base", "foo:/a/b", "../c"]).status(0).stdout_has("\nfoo:/c\n");
    url(&["--base", "mailto:a@b", "c"]).status(1).stderr_has("url: \"c\" cannot be resolved against \"mailto:a@b\": ");
    url(&["--explain", "--base", "http://a/b", "c"])
        .status(0)
        .stdout_has("is relative: it is put behind the base's path up to its last slash");
    let found = json(&["--base", "http://a/b/c", "http:g"]);
    assert_eq!(found["normalised"], "http://a/b/g");
    assert_eq!(found["resolution"]["rfc3986"]["url"], "http:g");
    assert_eq!(found["resolution"]["rfc3986_lax"], "http://a/b/g");
    assert_eq!(found["resolution"]["hosts_differ"][0], "a");
}

#[test]
fn schemes_with_a_syntax_of_their_own_are_taken_apart_by_it() {
    url(&["mailto:a@example.com?subject=x+y%20z"]).status(0).stdout_has(
        "\
┌─────────┬───────────────┐
│ Part    ┆ RFC 6068      │
╞═════════╪═══════════════╡
│ to      ┆ a@example.com │
│ subject ┆ x+y z         │
└─────────┴───────────────┘
",
    );
    url(&["data:;base64,YWI="]).status(0).stdout_has("│ content    ┆ 2 octets   │");
    url(&["urn:isbn:0-395-36341-1?=x"]).status(0).stdout_has("│ q-component     ┆ x                      │");
    url(&["file://srv/share/x"]).status(0).stdout_has("in Windows ┆ \\\\srv\\share\\x ");
    url(&["blob:https://h.example/1"]).status(0).stdout_has("│ origin     ┆ https://h.example   │");
    url(&["tel:112"]).status(0).stdout_has("RFC 3966: a number without + needs ;phone-context=");
    assert!(!url(&["mailto:a@example.com?subject=x+y"]).out().contains("Query parameters"), "they are headers");
    let found = json(&["mailto:a@example.com?subject=x+y"]);
    assert_eq!(found["specific"]["scheme"], "mailto");
    assert_eq!(found["specific"]["headers"][0]["value"], "x+y");
    assert_eq!(json(&["http://h/"])["specific"], Value::Null);
}

#[test]
fn a_zone_is_no_part_of_a_valid_uri() {
    let run = url(&["--model", "rfc3986", "http://[fe80::1%eth0]/"]);
    run.status(0).stdout_has("RFC 3986: refused by the grammar: an IPv6 address has no zone at octet 15 (IP-literal,");
    let both = url(&["http://[fe80::1%25eth0]/"]);
    both.status(0).stdout_has("RFC 3986: refused by the grammar: ");
    let json = json(&["--model", "rfc3986", "http://[fe80::1%eth0]/"]);
    assert_eq!((json["valid"].as_bool(), json["zone_fault"]["octet"].as_u64()), (Some(false), Some(15)));
    assert_eq!(json["zone"]["text"], "eth0");
}
