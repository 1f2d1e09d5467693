//! url same, url diff, url encode and url decode, as their user sees them.

use std::io::Write;
use std::process::Stdio;

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

/// What comes out for `input` on standard input.
fn piped(args: &[&str], input: &[u8]) -> Vec<u8> {
    let mut child = tool("url").args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{args:?}: {output:?}");
    output.stdout
}

#[test]
fn same_says_by_which_rung() {
    let run = url(&["same", "eXAMPLE://a/./b/../b/%63/%7bfoo%7d", "example://a/b/c/%7Bfoo%7D"]);
    run.status(0).stderr_is("").stdout_is(
        "\
┌──────────────────┬──────────────────────────┬──────┐
│ Rung             ┆ Specified in             ┆ Same │
╞══════════════════╪══════════════════════════╪══════╡
│ simple string    ┆ RFC 3986 section 6.2.1   ┆ no   │
│ case             ┆ RFC 3986 section 6.2.2.1 ┆ no   │
│ IPv6 text        ┆ RFC 5952 section 4       ┆ no   │
│ percent-encoding ┆ RFC 3986 section 6.2.2.2 ┆ no   │
│ dot segments     ┆ RFC 3986 section 6.2.2.3 ┆ yes  │
└──────────────────┴──────────────────────────┴──────┘
The same from \"dot segments\" on: example://a/b/c/%7Bfoo%7D
",
    );
    url(&["same", "http://h", "http://h:80/"]).status(0).stdout_has("The same from \"scheme-based\" on: http://h/");
    url(&["same", "http://127.1/", "http://127.0.0.1/"])
        .status(0)
        .stdout_has("The same from \"WHATWG\" on: http://127.0.0.1/");
    url(&["same", "http://h/a", "http://h/b"]).status(1).stdout_has("Different, at the end still:\n  http://h/a\n");
    url(&["same", "http://[", "http://h/"])
        .status(2)
        .stdout_is("")
        .stderr_has("url: \"http://[\": invalid IPv6 address");
    let json = url(&["same", "--json", "http://h/a b", "http://h/a%20b"]);
    json.status(0);
    let ladder = results(&json).remove(0);
    assert_eq!((ladder["rung"].as_str(), ladder["same"].as_bool()), (Some("WHATWG"), Some(true)));
    assert_eq!(ladder["rungs"][1]["same"], Value::Null, "RFC 3986 refuses one");
    url(&["same", "--explain", "http://H/", "http://h/"])
        .status(0)
        .stdout_has("http://H/ is not http://h/ (RFC 3986 section 6.2.1)")
        .stdout_has("both are http://h/ (RFC 3986 section 6.2.2.1)");
}

#[test]
fn a_host_in_doubt_is_the_first_thing_said() {
    let pair = ["http://example.com\\@evil.example/", "http://example.com/@evil.example/"];
    let first =
        "WARNING: the host depends on who reads http://example.com\\\\@evil.example/\n  WHATWG    example.com\n";
    for command in ["same", "diff"] {
        let run = url(&[command, pair[0], pair[1]]);
        run.status(0).stderr_is("");
        assert!(run.out().starts_with(first), "{}", run.out());
        assert!(run.out().contains("  curl      evil.example\n"), "{}", run.out());
        let json = url(&[command, "--json", pair[0], pair[1]]);
        let found = results(&json).remove(0);
        assert_eq!(found["host_warnings"][0]["input"], pair[0]);
        assert_eq!(found["host_warnings"].as_array().unwrap().len(), 1);
        let explained = url(&[command, "--explain", pair[0], pair[1]]);
        assert!(
            (explained.out() + &explained.err()).contains("WARNING: the host depends on who reads http://example.com")
        );
        assert_eq!((explained.out() + &explained.err()).matches("WARNING").count(), 1, "{}", explained.out());
        let calm = url(&[command, "http://h/", "http://H/"]);
        assert!(!calm.out().contains("WARNING"), "{}", calm.out());
    }
}

#[test]
fn diff_says_where_same_takes_two_for_one() {
    let run = url(&["diff", "http://h/%7e", "http://h/~"]);
    run.status(1).stdout_has("url same takes them for the same nevertheless, from \"percent-encoding\" on\n");
    url(&["diff", "--model", "rfc3986", "http://h/%7e", "http://h/~"]).status(0).stdout_is("No component differs\n");
    assert!(!url(&["diff", "http://h/a", "http://h/b"]).out().contains("url same"));
}

#[test]
fn diff_shows_components_and_parameters_that_differ() {
    url(&["diff", "http://a/x?q=1&r=2", "https://a:8443/x?q=1&r=3"]).status(1).stderr_is("").stdout_is(
        "\
┌───────────┬─────────┬─────────┐
│ Component ┆ A       ┆ B       │
╞═══════════╪═════════╪═════════╡
│ scheme    ┆ http    ┆ https   │
│ port      ┆ 80      ┆ 8443    │
│ query     ┆ q=1&r=2 ┆ q=1&r=3 │
└───────────┴─────────┴─────────┘
Query parameters:
┌──────┬────────┬───┬───┐
│ Name ┆ Number ┆ A ┆ B │
╞══════╪════════╪═══╪═══╡
│ r    ┆      1 ┆ 2 ┆ 3 │
└──────┴────────┴───┴───┘
",
    );
    url(&["diff", "http://A:80", "http://a/"]).status(0).stdout_is("No component differs\n");
    url(&["diff", "http://h/?a=1&b=2", "http://h/?b=2&a=1"])
        .status(1)
        .stdout_has("the same parameters in another order");
    url(&["diff", "a/b", "a/c"]).status(2).stderr_has("relative URL without a base");
    url(&["diff", "--model", "rfc3986", "a/b", "a/c"]).status(1).stdout_has("│ path      ┆ a/b ┆ a/c │");
    url(&["diff", "--model", "both", "a:b", "a:c"]).status(2).stderr_has("diff compares by one standard");
    let json = url(&["diff", "--json", "http://h/?a=1", "http://h/"]);
    json.status(1);
    let found = results(&json).remove(0);
    assert_eq!(found["parameters"][0]["second"], Value::Null);
    assert_eq!(found["components"][0]["component"], "query");
}

#[test]
fn a_rung_of_the_scheme_stands_before_the_last() {
    url(&["same", "urn:ISBN:a", "URN:isbn:a"])
        .status(0)
        .stdout_has("│ URN              ┆ RFC 8141 section 3.1     ┆ yes  │");
    url(&["same", "mailto:A@B.example", "mailto:?to=A@b.example"])
        .status(0)
        .stdout_has("The same from \"mailto\" on: mailto:A@b.example");
}

/// What a program reads of a refusal: the text that is meant, and where in it.
#[test]
fn errors_of_commands_are_objects_with_their_input() {
    for (args, status) in [
        (&["same", "http://h/", "http://[x/"][..], 2),
        (&["diff", "http://[x/", "http://h/"], 2),
        (&["diff", "--model", "rfc3986", "http://h/", "http://[x/"], 2),
        (&["connect", "http://[x/"], 1),
    ] {
        let run = url(&[&["--json"], args].concat());
        run.status(status).stderr_has("http://[x/");
        let error: Value = serde_json::from_str(&run.out()).unwrap();
        assert_eq!((&error["schema"], &error["type"]), (&"url/1".into(), &"error".into()), "{}", run.story());
        let data = &error["data"];
        assert_eq!((&data["input"], &data["exit_status"]), (&"http://[x/".into(), &status.into()), "{}", run.story());
        assert!(data.get("span").is_some() && data["file"].is_null() && data["line"].is_null(), "{}", run.story());
        url(args).status(status).stdout_is("").stderr_has("http://[x/");
    }
}

#[test]
fn what_encode_cannot_do_is_refused() {
    for command in ["encode", "decode"] {
        url(&[command, "--keep", "/\u{e9}", "x"]).status(2).stdout_is("").stderr_has("\u{e9} is not of ASCII");
        url(&[command, "--lines", "x"])
            .status(2)
            .stdout_is("")
            .stderr_has("--lines takes the lines of standard input (- in");
    }
}

#[test]
fn a_text_is_encoded_by_a_chosen_set() {
    url(&["encode", "a b/c&d"]).status(0).stdout_is("a%20b%2Fc%26d\n");
    url(&["encode", "--set", "path", "a b/c&d?"]).status(0).stdout_is("a%20b/c&d%3F\n");
    url(&["encode", "-s", "form", "a b~"]).status(0).stdout_is("a+b%7E\n");
    url(&["encode", "--keep", "/:", "http://h/a b"]).status(0).stdout_is("http://h/a%20b\n");
    url(&["encode", "--set", "no-such", "a"]).status(2).stderr_has("no-such");
    assert_eq!(piped(&["encode", "-"], b"a\xff\0\n"), b"a%FF%00%0A");
    assert_eq!(piped(&["encode", "--lines", "-"], b"a b\nc/d"), b"a%20b\nc%2Fd\n");
    let json = url(&["encode", "--json", "\u{e4}"]);
    let coded = results(json.status(0)).remove(0);
    assert_eq!((coded["text"].as_str(), coded["octets"].as_str()), (Some("\u{e4}"), Some("c3a4")));
    assert_eq!(coded["result"], "%C3%A4");
}

#[test]
fn a_text_is_decoded_to_the_octet() {
    url(&["decode", "a%20b+c"]).status(0).stdout_is("a b+c\n");
    url(&["decode", "--set", "form", "a%20b+c"]).status(0).stdout_is("a b c\n");
    url(&["decode", "--set", "unreserved", "%7Ea%2Fb"]).status(0).stdout_is("~a%2Fb\n");
    url(&["decode", "--keep", "/", "%7Ea%2Fb"]).status(0).stdout_is("~a%2Fb\n");
    assert_eq!(piped(&["decode", "-"], b"%ff%00%0a%zz"), b"\xff\0\n%zz");
    assert_eq!(piped(&["decode", "-l", "-"], b"%41\n%42\n"), b"A\nB\n");
    let json = url(&["decode", "--json", "%ff"]);
    let coded = results(json.status(0)).remove(0);
    assert_eq!((coded["result"].as_str(), coded["result_octets"].as_str()), (None, Some("ff")));
}

#[test]
fn a_round_trip_through_a_pipe_adds_nothing() {
    for text in [&b"a"[..], b"a\n", b"", b"\xff\0 %"] {
        assert_eq!(piped(&["decode", "-"], &piped(&["encode", "-"], text)), text);
    }
}

#[test]
fn a_bad_line_is_told_by_its_number_and_the_others_go_on() {
    let lines = "\u{fc}.de\nbad host\n\u{df}.de\n";
    let run = run_with_input(tool("url").args(["encode", "-p", "-l", "-"]), lines.as_bytes());
    run.status(1).stdout_is("xn--tda.de\nxn--zca.de\n");
    run.stderr_is("url: standard input:2: \"bad host\": invalid domain name\n");
    let run = run_with_input(tool("url").args(["decode", "-u", "-l", "-"]), b"a b\nxn--tda.de\n");
    run.status(1).stdout_is("\u{fc}.de\n").stderr_has("standard input:1: ");
}

#[test]
fn names_go_both_ways() {
    url(&["encode", "--punycode", "b\u{fc}cher.example"]).status(0).stdout_is("xn--bcher-kva.example\n");
    url(&["decode", "--unicode", "https://u@xn--bcher-kva.example:1/%41"])
        .status(0)
        .stdout_is("https://u@b\u{fc}cher.example:1/%41\n");
    url(&["encode", "--punycode", "a b"]).status(2).stderr_has("\"a b\": invalid domain name");
    url(&["encode", "--punycode", "--keep", "x", "a"]).status(2).stderr_has("cannot be used with");
}

#[test]
fn the_last_rung_that_could_be_compared_shows_the_difference() {
    url(&["same", "a", "b"])
        .status(1)
        .stdout_has("Different, at the end still:\n  a\n  b\nWHATWG: refused: relative URL without a base");
    // What is quoted is escaped once.
    url(&["same", "http://h\\a", "http://h\\b"])
        .status(1)
        .stdout_has("\nRFC 3986: refused: \"\\\\\" may not stand in a host, only as %5C at octet 8");
    let zones = url(&["same", "http://[fe80::1%25eth0]/", "http://[fe80::1%25eth1]/"]);
    zones.status(1).stdout_has("still:\n  http://[fe80::1%25eth0]/\n  http://[fe80::1%25eth1]/\n");
}
