//! url, changing URLs under trurl's option names.

use sockeye_test_support::{Run, run, run_with_input, tool};

fn url(args: &[&str]) -> Run {
    run(tool("url").args(args))
}

fn prints(args: &[&str], lines: &str) {
    url(args).status(0).stderr_is("").stdout_is(lines);
}

#[test]
fn every_option_that_changes_a_url() {
    prints(&["http://h/a/b", "-s", "path:2=x", "--set", "port=81"], "http://h:81/a/x\n");
    prints(&["http://h/?q", "--set", "query?=x", "-s", "fragment:=%41"], "http://h/?q#%41\n");
    prints(&["http://www.h.example/", "-s", "host:-1=org"], "http://www.h.org/\n");
    prints(&["http://h/a", "-a", "path=b/c", "--append", "query=d=e&f"], "http://h/a/b%2Fc?d=e%26f\n");
    prints(&["http://h/?utm_a=1&b=2&UTM_c", "--trim", "query=utm_*"], "http://h/?b=2\n");
    prints(&["http://h/?a=1&b=2", "--qtrim", "a"], "http://h/?b=2\n");
    prints(&["http://h/?a=1&ab=2&a=3", "--replace", "a=9"], "http://h/?a=9&ab=2\n");
    prints(&["http://h/?a=1", "--replace-append", "b=2"], "http://h/?a=1&b=2\n");
    prints(&["http://h/a/b?c", "--redirect", "../d"], "http://h/d\n");
    prints(&["http://h/?b&a", "--sort-query"], "http://h/?a&b\n");
    prints(&["http://h/?b;a", "--sort-query", "--query-separator", ";"], "http://h/?a;b\n");
    prints(
        &["http://h/", "--iterate", "port=1 2", "--iterate", "host=x y"],
        "http://x:1/\nhttp://y:1/\nhttp://x:2/\nhttp://y:2/\n",
    );
    prints(&["--set", "scheme=ftp", "--set", "host=h"], "ftp://h/\n");
    prints(&["http://h/", "--url", "http://i/", "-s", "port=1"], "http://h:1/\nhttp://i:1/\n");
}

#[test]
fn the_forms_of_ports_and_hosts() {
    prints(&["http://h:80/", "--keep-port"], "http://h:80/\n");
    prints(&["http://h/", "--default-port"], "http://h:80/\n");
    prints(&["http://h/", "--default-port", "-g", "{port}"], "80\n");
    prints(&["http://h:80/", "-g", "{port} {port:explicit} {url}"], "80 yes http://h/\n");
    prints(&["http://b\u{fc}cher.example/", "--as-idn"], "http://b\u{fc}cher.example/\n");
    prints(&["http://b\u{fc}cher.example/", "--punycode"], "http://xn--bcher-kva.example/\n");
    prints(&["http://h/%20", "--urlencode", "-g", "{path}"], "/%20\n");
    url(&["http://h/", "-s", "port=1", "--default-port", "--json"]).status(2).stdout_is("");
    url(&["--punycode", "--as-idn", "http://h/"]).status(2);
}

#[test]
fn by_which_standard() {
    prints(&["HTTP://h/%7e?b&a", "--sort-query", "--model", "rfc3986"], "HTTP://h/%7e?a&b\n");
    prints(&["HTTP://h/%7e?b&a", "--sort-query", "--model", "whatwg"], "http://h/%7e?a&b\n");
    prints(&["http://h/a b?c d", "--accept-space", "--model", "rfc3986"], "http://h/a%20b?c+d\n");
}

#[test]
fn a_template_takes_from_the_model_that_was_chosen() {
    prints(&["--model", "rfc3986", "--set", "host=010.1", "--get", "{url} {host}", "http://h"], "http://010.1 010.1\n");
    prints(&["--set", "host=010.1", "--get", "{url} {host}", "http://h"], "http://8.0.0.1/ 8.0.0.1\n");
    let odd = "HTTP://H:80/%7e/../a";
    prints(&["--model", "rfc3986", "-s", "fragment=x", "-g", "{url} {host}", odd], "HTTP://H:80/%7e/../a#x H\n");
    prints(&["--model", "rfc3986", "-s", "fragment=x", "-g", "{url}", "//h/a"], "//h/a#x\n");
    prints(&["--model", "rfc3986", "-g", "{url:path} {port}", odd], "/%7e/../a 80\n");
    prints(&["--model", "rfc3986", "--default-port", "HTTP://h/%7e"], "HTTP://h:80/%7e\n");
    prints(&["--model", "rfc3986", "--as-idn", "//xn--bcher-kva.example"], "//b\u{fc}cher.example\n");
    url(&["--model", "rfc3986", "-g", "{url}", "http://h/a b"]).status(1).stdout_is("").stderr_has("a b");
    prints(&["--model", "rfc3986", "-s", "port=1", "--csv", "--fields", "host,port", odd], "host,port\r\nH,1\r\n");
    url(&["--model", "both", "-g", "{url}", odd]).status(2).stdout_is("");
}

#[test]
fn one_bad_value_of_many_loses_no_other() {
    let run = url(&["--iterate", "port=1 x 3", "http://h"]);
    run.status(1).stdout_is("http://h:1/\nhttp://h:3/\n").stderr_has("port: not a number");
    let run = url(&["--iterate", "port=1 x 3", "--verify", "http://h"]);
    run.status(1).stdout_is("http://h:1/\n").stderr_has("port: not a number");
}

#[test]
fn what_is_changed_is_taken_apart_as_any_other() {
    let run = url(&["http://h/", "--set", "host=a.example", "--json"]);
    run.status(0).stdout_has(r#""input":"http://a.example/""#);
    prints(&["http://h/", "-s", "host=i", "--csv", "--fields", "host"], "host\r\ni\r\n");
    prints(&["http://h/x", "-s", "path=/y/z", "-g", "{path:-1}"], "z\n");
}

#[test]
fn what_cannot_be_changed_is_told_and_the_others_go_on() {
    let run = url(&["http://h/a", "http://h/a/b", "-s", "path:2=x"]);
    run.status(1).stdout_is("http://h/a/x\n").stderr_is("url: path:2: the path has 1 in all\n");
    url(&["nope", "http://h/", "-s", "port=1", "--verify"]).status(1).stdout_is("");
    url(&["foo://h/", "http://h/", "--curl"]).status(1).stdout_is("http://h/\n").stderr_has("libcurl has no code");
    for args in [
        &["http://h/", "--set", "nope=1"][..],
        &["http://h/", "--set", "options=1"],
        &["http://h/", "--set", "port=1", "--set", "port=2"],
        &["http://h/", "--set", "port=1", "--iterate", "port=2 3"],
        &["http://h/", "--append", "host=x"],
        &["http://h/", "--trim", "path=x"],
        &["http://h/", "--query-separator", ";;", "--sort-query"],
    ] {
        url(args).status(2).stdout_is("");
    }
    let run = run_with_input(tool("url").args(["-f", "-", "-s", "host=x"]), b"http://a/1\nno\nhttp://b/2\n");
    run.status(1).stdout_is("http://x/1\nhttp://x/2\n").stderr_has("standard input:2: ");
}

#[test]
fn what_is_changed_is_resolved_before() {
    prints(&["../g?a", "--base", "http://b/c/d", "-s", "port=1"], "http://b:1/g?a\n");
    prints(&["g", "--base", "http://b/c/d", "-s", "fragment=x", "-g", "{path}{fragment}"], "/c/gx\n");
    prints(&["g", "--base", "foo://b/c/d", "--model", "rfc3986", "--append", "path=e"], "foo://b/c/g/e\n");
    url(&["//", "--base", "http://b/", "-s", "port=1"])
        .status(1)
        .stdout_is("")
        .stderr_has("cannot be resolved against");
    let run = url(&["g", "--base", "http://b/", "-s", "port=1", "--json"]);
    run.status(0).stdout_has("\"input\":\"http://b:1/g\"").stdout_has("\"resolution\":null");
}

#[test]
fn both_standards_show_what_the_first_has_changed() {
    let run = url(&["http://010.0.0.1/", "-s", "path=/x", "--model", "both"]);
    run.status(0).stdout_has("http://8.0.0.1/x").stdout_has("RFC 3986");
    url(&["http://h/", "-s", "path=/x", "--model", "both", "--json"]).status(0).stdout_has("\"models\":{");
    for line in [&["--model", "both", "--keep-port"][..], &["--json", "--punycode"]] {
        url(&[&["http://h/"], line].concat()).status(2).stderr_has("show components in every form");
    }
}

#[test]
fn what_is_iterated_over_is_set_in_any_case() {
    let told = run(tool("url").args(["--iterate", "port?=1 2", "http://h:9/"]));
    told.status(2).stdout_is("").stderr_has("--iterate port: ?= is for --set alone");
}
