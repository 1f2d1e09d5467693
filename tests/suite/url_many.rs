//! url over many URLs: files, standard input, templates, comma-separated values, and what becomes of the lines that are none.

use std::fs::OpenOptions;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::Stdio;

use sockeye_test_support::{Run, run, run_with_input, tool};

fn fed(args: &[&str], input: &[u8]) -> Run {
    run_with_input(tool("url").args(args), input)
}

#[test]
fn a_line_a_url_and_the_bad_ones_by_file_and_number() {
    let path = std::env::temp_dir().join(format!("sockeye-url-many-{}", std::process::id()));
    let text = b"http://a/1\r\n\n  \t\n# http://comment/\nexample.com\nhttp://\xff/\nhttp://h:x/\nhttp://b/2";
    std::fs::write(&path, text).unwrap();
    let name = path.to_str().unwrap();
    let got = run(tool("url").args(["--get", "{host} {path}", "http://first/", "-f", name]));
    std::fs::remove_file(&path).unwrap();
    got.status(1).stdout_is("first /\na /1\nb /2\n").stderr_is(&format!(
        "url: {name}:5: \"example.com\": relative URL without a base: it has no scheme (try http://example.com)\n\
         url: {name}:6: \"http://\\xff/\": not UTF-8 at octet 7 (percent-encode what is not UTF-8)\n\
         url: {name}:7: \"http://h:x/\": invalid port: a port is a number up to 65535: \"x\" at octets 9..10\n"
    ));
}

#[test]
fn an_error_says_of_which_line_it_is() {
    let run = run_with_input(tool("url").args(["--json", "-f", "-"]), b"http://a/\nhttp://h:x/\n");
    let error = serde_json::from_str::<serde_json::Value>(run.out().lines().nth(1).unwrap()).unwrap();
    let data = &error["data"];
    assert_eq!((error["type"].as_str(), data["input"].as_str()), (Some("error"), Some("http://h:x/")));
    assert_eq!((data["file"].as_str(), data["line"].as_u64()), (Some("standard input"), Some(2)));
    assert_eq!(data["span"], serde_json::json!({"start": 9, "end": 10}));
    assert_eq!((data["exit_status"].as_u64(), data["purpose"].as_str()), (Some(1), None));
}

#[test]
fn of_a_long_line_what_is_around_the_fault_is_quoted() {
    let long = format!("http://h:x/{}\n{}\n", "a".repeat(1 << 20), "b".repeat(1 << 20));
    for view in [&["--get", "{host}"][..], &[], &["--model", "rfc3986"], &["--model", "both"]] {
        let run = run_with_input(tool("url").args(view).args(["-f", "-"]), long.as_bytes());
        assert!(run.err().len() < 1500, "{view:?}: {} octets", run.err().len());
    }
    let same = run(tool("url").args(["same", &format!("http://{}", "@".repeat(90_000)), "http://a"]));
    assert!(same.err().len() < 1000, "{} octets", same.err().len());
}

#[test]
fn standard_input_is_a_file_too() {
    // A byte order mark says what is known anyhow. Blanks around a URL are the standard's to remove.
    let got = fed(&["-f", "-", "--get", "{url}"], b"\xef\xbb\xbfhttp://a/\n  http://b/ \n\tfoo\n");
    got.status(1).stdout_is("http://a/\nhttp://b/\n").stderr_has("url: standard input:3: \"\\tfoo\": ");
    fed(&["--url-file", "-", "--get", "{host}"], b"").status(0).stdout_is("").stderr_is("");
    let long = format!("http://h/{}\n", "a".repeat(1 << 20));
    fed(&["-f", "-", "--get", "{url}"], long.as_bytes()).status(0).stdout_is(&long);
    fed(&["-f", "-", "--get", "{url:path}"], b"http://h/a\0b\n").status(0).stdout_is("/a%00b\n");
}

#[test]
fn a_file_that_is_not_there_is_a_wrong_line_and_the_others_go_on() {
    let got = fed(&["-f", "/nonexistent/x", "-f", "-", "--get", "{host}"], b"http://h/\n");
    got.status(2).stdout_is("h\n").stderr_is("url: open /nonexistent/x: No such file or directory\n");
    let folder = run(tool("url").args(["-f", "/"]));
    folder.status(4).stdout_is("").stderr_is("url: read /: Is a directory\n");
}

#[test]
fn json_is_an_object_a_line_whether_plain_or_not() {
    let got = fed(&["-f", "-", "--json"], b"http://plain.example/\nHTTP://u@ODD.example\nfoo\nhttp://last/\n");
    got.status(1);
    let lines: Vec<serde_json::Value> = got.out().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let hosts: Vec<&str> = lines.iter().filter_map(|line| line["data"]["host"]["value"].as_str()).collect();
    assert_eq!(hosts, ["plain.example", "odd.example", "last"]);
    let keys = |index: usize| lines[index]["data"].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(0), keys(1));
    assert_eq!(lines[2]["type"], "error");
    assert!(lines[2]["data"]["message"].as_str().unwrap().starts_with("standard input:3: "));
}

#[test]
fn comma_separated_values_have_headings_and_chosen_columns() {
    let got = fed(&["-f", "-", "--csv"], b"http://h/a,b\nHTTP://H:80/\n");
    got.status(0).stdout_is(
        "url,scheme,username,password,host,port,path,query,fragment\r\n\"http://h/a,b\",http,,,h,,\"/a,b\",,\r\nhttp://h/,http,,,h,80,/,,\r\n",
    );
    let chosen = run(tool("url").args([
        "--csv",
        "--fields",
        "service,host_unicode",
        "ssh://xn--bcher-kva/",
        "wss://xn--bcher-kva/",
    ]));
    chosen.status(0).stdout_is("service,host_unicode\r\nssh,\r\nhttps,b\u{fc}cher\r\n");
    // By RFC 3986 as they stand, references too; what it refuses is told of and the others go on.
    let fields = ["--csv", "--model", "rfc3986", "--fields", "url,host,host_kind,port,path"];
    run(tool("url").args(fields).args(["HTTP://H:80/%7e/..", "../a", "http://h/a b", "http://[::1]"]))
        .status(1)
        .stdout_is("url,host,host_kind,port,path\r\nHTTP://H:80/%7e/..,H,reg-name,80,/%7e/..\r\n../a,,,,../a\r\nhttp://[::1],[::1],IPv6address,,\r\n")
        .stderr_has("\"http://h/a b\": ");
    let based = ["--csv", "--model", "rfc3986", "--fields", "url", "--base", "http://a/b/c", "../%7e"];
    run(tool("url").args(based)).status(0).stdout_is("url\r\nhttp://a/%7e\r\n");
    run(tool("url").args(["--csv", "--fields", "nope", "http://h/"]))
        .status(2)
        .stdout_is("")
        .stderr_has("url: --fields: no column is called \"nope\"; there are input, url, ");
    run(tool("url").args(["--fields", "url", "http://h/"])).status(2).stderr_has("--csv");
}

#[test]
fn a_template_has_the_components_of_its_language() {
    let text = "https://u:p@www.b\u{fc}cher.example:8443/a/b%20c.tar.gz?k=v+w&k=2#f%0a\\";
    for (template, line) in [
        (
            "{scheme}|{user}|{password}|{host}|{port}|{path}|{query}|{fragment}",
            "https|u|p|www.xn--bcher-kva.example|8443|/a/b c.tar.gz|k=v+w&k=2|f\\n\\\\\n",
        ),
        (
            "{idn:host} {host:-1} {path:1} {file} {extension} {port:explicit}",
            "www.b\u{fc}cher.example example a b c.tar.gz gz yes\n",
        ),
        ("{query:k}|{query-all:k}|{url:path}|{url:fragment}|{zoneid}", "v w|v w 2|/a/b%20c.tar.gz|f%0a\\|\n"),
        ("\\t{{host}}", "\t{host}}\n"),
    ] {
        run(tool("url").args(["--get", template, text])).status(0).stdout_is(line).stderr_is("");
    }
    let zone = run(tool("url").args(["-g", "{host} {zoneid} {default:port}", "http://[fe80::1%25eth0]/"]));
    zone.status(0).stdout_is("[fe80::1] eth0 80\n");
    run(tool("url").args(["--get", "{nope}", "http://h/"]))
        .status(2)
        .stdout_is("")
        .stderr_has("\"nope\" is not a recognized");
    run(tool("url").args(["--get", "{must:query}", "http://h/", "http://h/?q"]))
        .status(1)
        .stdout_is("q\n")
        .stderr_is("url: missing must:query\n");
}

#[test]
fn what_prints_a_line_a_url_prints_nothing_else() {
    for args in [
        &["--get", "{host}", "--json"][..],
        &["--csv", "--explain"],
        &["--get", "{host}", "--resolve"],
        &["--csv", "--get", "{host}"],
    ] {
        run(tool("url").args(args).arg("http://h/")).status(2).stdout_is("").stderr_has("--");
    }
}

#[test]
fn a_long_file_that_threads_share_is_as_one_thread_has_it() {
    // More than a block for each of several threads, with lines of all sorts, and bad ones where blocks may end.
    let mut text = String::new();
    for number in 0..20_000 {
        let line = match number % 100 {
            1 => format!("HTTP://Odd{number}.example/a/../b\r\n"),
            2 => "\n# a comment\n".to_owned(),
            3 if number % 700 == 3 => format!("http://bad host{number}/\n"),
            4 => format!("http://h/{}\n", "x".repeat(900)),
            _ => format!("https://www.example.com/{number}?q=%41#f\n"),
        };
        text += &line;
    }
    text += "http://last.example/no-line-end";
    let path = std::env::temp_dir().join(format!("sockeye-url-long-{}", std::process::id()));
    std::fs::write(&path, &text).unwrap();
    let name = path.to_str().unwrap();
    for form in [&["--json"][..], &["--csv"], &["--get", "{host} {path}"]] {
        let shared = run(tool("url").args(form).args(["-f", name]));
        let alone = fed(&[form, &["-f", "-"]].concat(), text.as_bytes());
        shared.status(1);
        alone.status(1);
        let renamed = |text: String| text.replace(name, "standard input");
        assert!(renamed(shared.err()) == alone.err(), "{form:?}: {}", shared.err());
        assert_eq!(shared.err().lines().count(), 29, "{form:?}");
        assert!(renamed(shared.out()) == alone.out(), "{form:?}: the lines differ");
    }
    std::fs::remove_file(&path).unwrap();
}

#[test]
fn what_is_written_is_answered_before_more_is_written() {
    let mut url = tool("url");
    url.args(["-f", "-", "--get", "{host}"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = url.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    for host in ["one", "two"] {
        stdin.write_all(format!("http://{host}/\n").as_bytes()).unwrap();
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        assert_eq!(line, format!("{host}\n"));
    }
    drop(stdin);
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_closed_pipe_ends_quietly_and_a_full_disk_is_named() {
    let path = std::env::temp_dir().join(format!("sockeye-url-pipe-{}", std::process::id()));
    std::fs::write(&path, "http://www.example.com/a/b?c=d\n".repeat(20_000)).unwrap();
    for form in [&["--json"][..], &["--csv"], &["--get", "{url}"], &[]] {
        let mut url = tool("url");
        url.arg("-f").arg(&path).args(form).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = url.spawn().unwrap();
        let mut first = [0; 16];
        child.stdout.take().unwrap().read_exact(&mut first).unwrap();
        let ended = child.wait_with_output().unwrap();
        assert_eq!((ended.status.code(), ended.stderr.as_slice()), (Some(0), &b""[..]), "{form:?}");
        let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let ended = tool("url").arg("-f").arg(&path).args(form).stdout(full).stderr(Stdio::piped()).output().unwrap();
        assert_eq!(ended.status.code(), Some(4), "{form:?}");
        assert_eq!(ended.stderr, b"url: write standard output: No space left on device\n", "{form:?}");
    }
    std::fs::remove_file(&path).unwrap();
}

#[test]
fn a_line_without_end_is_refused_before_it_takes_all_memory() {
    for form in [&["--json"][..], &["--csv"], &["--get", "{url}"], &[]] {
        let ended = tool("url").args(["-f", "/dev/zero"]).args(form).output().unwrap();
        let said = String::from_utf8(ended.stderr).unwrap();
        assert_eq!(said, "url: read /dev/zero: a line is longer than 16777216 octets\n", "{form:?}");
        assert_eq!(ended.status.code(), Some(4), "{form:?}");
    }
}
