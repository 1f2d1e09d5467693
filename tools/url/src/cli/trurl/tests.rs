use super::*;

fn request(args: &[&str]) -> Result<Request, (u8, String)> {
    let invocation = Invocation { name: "trurl".into(), args: args.iter().map(Into::into).collect() };
    let Ok(Options { job: Job::Trurl(job), .. }) = parse(&invocation) else { panic!("{args:?}") };
    job.request.map_err(|trouble| (trouble.status.0, String::from_utf8(trouble.message).unwrap()))
}

#[test]
fn options_take_their_argument_from_three_places() {
    for args in [&["--set", "port=1"][..], &["--set=port=1"], &["-s", "port=1"], &["-sport=1"]] {
        assert_eq!(request(args).unwrap().plan.sets, [b"port=1"], "{args:?}");
    }
    assert_eq!(request(&["-g={host}"]).unwrap().get.unwrap(), b"={host}");
    assert_eq!(request(&["--url", "-x", "--", "--json"]).unwrap().urls, [&b"-x"[..], b"--json"]);
}

#[test]
fn a_wrong_line_is_told_of_in_trurls_words() {
    for (args, status, message) in [
        (&["--se", "x"][..], 4, "unknown option: --se"),
        (&["-"], 4, "unknown option: -"),
        (&["-vfoo"], 4, "unknown option: -v"),
        (&["--json=x"], 4, "unknown option: --json"),
        (&["--replace=x"], 4, "unknown option: --replace"),
        (&["--=x"], 4, "unknown option: --"),
        (&["-g"], 3, "Missing argument for -g"),
        (&["--set"], 3, "Missing argument for --set"),
        (&["--replace"], 12, "No data passed to replace component"),
        (&["--append", "host=x"], 2, "--append unsupported component: host=x"),
        (&["--trim", "path=x"], 8, "Unsupported trim component: path=x"),
        (&["--get", "x", "--get", "y"], 4, "only one --get is supported"),
        (&["--get", "x", "--json"], 4, "--json is mutually exclusive with --get"),
        (&["--punycode", "--as-idn"], 4, "--as-idn is mutually exclusive with --punycode"),
        (&["--query-separator", ";;"], 4, "only single-letter query separators are supported"),
    ] {
        assert_eq!(request(args), Err((status, message.to_owned())), "{args:?}");
    }
}
