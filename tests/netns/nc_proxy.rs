//! nc through ncat as a proxy: plain, with TLS behind it, with a scan.

use std::process::Command;

use sockeye_test_support::{Background, Case, Net, is_listening, run, wait_until};

pub(crate) fn tests() -> Vec<Case> {
    vec![Case::new("nc_proxy::through_ncat", &["ncat"], through_ncat)]
}

fn through_ncat(net: &Net) {
    let mut proxy = net.peer("ncat");
    proxy.args(["-l", "-k", "--proxy-type", "http", "--proxy-auth", "me:secret", "127.0.0.1", "8080"]);
    let _proxy = Background::spawn(proxy);
    wait_until("the proxy listens", || is_listening(8080));
    let ours = |args: &[&str]| -> Command {
        let mut command = net.tool("nc");
        command.args(args);
        command
    };
    let through = ["--proxy", "127.0.0.1:8080", "--proxy-auth", "me:secret", "127.0.0.1", "7000"];
    for (listens, asks) in [
        (&["-l", "--app", "daytime", "127.0.0.1", "7000"][..], &["-d"][..]),
        (&["-l", "--ssl", "--app", "daytime", "127.0.0.1", "7000"], &["-d", "--ssl", "--no-ssl-verify"]),
    ] {
        let listener = Background::spawn(ours(listens));
        wait_until("it listens", || is_listening(7000));
        // Not a question that ends first: ncat takes the end of one direction for the end of both.
        run(&mut ours(&[asks, &through].concat())).status(0).stdout_has("-UTC\r\n");
        listener.wait().status(0);
    }
    // "Digest", in the octets that went to the proxy: ncat offers Basic too.
    run(&mut ours(&[&["-zv", "--explain"], &through[..]].concat())).stderr_has("446967657374");
    let listener = Background::spawn(ours(&["-l", "-k", "--app", "discard", "127.0.0.1", "7000"]));
    wait_until("it listens", || is_listening(7000));
    run(&mut ours(&[&["-zv"], &through[..]].concat())).status(0).stderr_has("Connection to 127.0.0.1 7000 port");
    listener.kill();
    run(&mut ours(&[&["-zv"], &through[..]].concat())).status(1).stderr_has("Proxy error: \"HTTP/1.0 ");
    run(&mut ours(&["--proxy", "127.0.0.1:8080", "127.0.0.1", "7000"])).status(1).stderr_has("407");
}
