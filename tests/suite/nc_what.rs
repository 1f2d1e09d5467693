//! nc --what, and hints at what other netcats call an option.

use sockeye_test_support::run;

use crate::netcat::nc;

#[test]
fn a_line_is_told_word_by_word_and_for_each_netcat() {
    let run = run(&mut nc(&["--what", "-lvnp", "4444", "-e", "/bin/sh"]));
    run.status(0).stderr_is("");
    run.stdout_has("-l  Listen for a connection instead of making one\n")
        .stdout_has("-e /bin/sh  Run a program for the connection")
        .stdout_has("OpenBSD nc      nc -l -v -n -p 4444  (has no --exec)\n")
        .stdout_has("ncat            ncat -l -v -n -p 4444 -e /bin/sh --no-shutdown\n")
        .stdout_has("note: everybody who reaches a network address of this host can use the program\n");
}

#[test]
fn the_dialect_decides_what_a_letter_is() {
    run(&mut nc(&["--compat=ncat", "--what", "-x", "f", "h", "1"]))
        .status(0)
        .stdout_has("-x f  Copy everything that moves to a file as a hex dump\n")
        .stdout_has("OpenBSD nc: -x is something else: Connect through the proxy");
    run(&mut nc(&["--what", "-x", "f", "h", "1"])).stdout_has("ncat: -x is something else: Copy everything");
}

#[test]
fn it_is_json_too_and_does_nothing() {
    run(&mut nc(&["--json", "--what", "-o", "/nonexistent/f", "\x1b[2J", "1"])).status(0).stdout_has(
        r#"{"schema":"nc/1","type":"result","data":{"dialect":"OpenBSD nc","words":[{"text":"-o /nonexistent/f""#,
    );
    let shown = run(&mut nc(&["--what", "\x1b[2J"])).out();
    assert!(!shown.contains('\x1b'), "{shown}");
    run(&mut nc(&["--what"])).status(0);
    run(&mut nc(&["-v", "--what", "x"])).status(1).stderr_has("--what must be the first option");
}

#[test]
fn an_unknown_option_of_somebody_else_has_an_equivalent() {
    run(&mut nc(&["--compat=ncat", "-N", "127.0.0.1", "9"]))
        .status(2)
        .stderr_has("invalid option -- 'N'\n")
        .stderr_has("OpenBSD nc's -N is --shutdown here\n");
    run(&mut nc(&["--local-port=9", "127.0.0.1", "9"]))
        .status(1)
        .stderr_has("unrecognized option '--local-port'\n")
        .stderr_has("nc: GNU netcat's --local-port is -p here\n");
    let unknown = run(&mut nc(&["-Y"]));
    unknown.status(1);
    assert!(unknown.err().ends_with("[destination] [port]\n"), "{}", unknown.err());
}
