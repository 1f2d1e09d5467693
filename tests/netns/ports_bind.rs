//! ports why where a bind depends on more than address and port: devices, mapped addresses, another user, settings.

use std::fs;

use serde_json::json;
use sockeye_sys::{interface, link};
use sockeye_test_support::{Case, Net, run};

use crate::ports_why::{
    PLAIN, REUSE, SHARE, Set, UDP, V6ONLY, answers, as_nobody, asked_with_trial, bound, connected, is_sure, listener,
    same,
};

pub(crate) fn tests() -> Vec<Case> {
    vec![
        Case::new("ports_bind::devices_and_mapped_addresses", &[], devices_and_mapped_addresses),
        Case::new("ports_bind::of_another_user", &[], of_another_user),
        Case::new("ports_bind::ports_that_the_kernel_chooses", &[], ports_that_the_kernel_chooses),
    ]
}

const IN_USE: &str = "EADDRINUSE";

fn devices_and_mapped_addresses(net: &Net) {
    link::create_veth("d0", "d1", None).unwrap();
    link::add_address("d0", "10.1.2.3".parse().unwrap(), 24).unwrap();
    for name in ["d0", "d1"] {
        interface::bring_up(name).unwrap();
    }
    let on = |device, set: Set| Set { device: Some(device), ..set };
    let mut port = 5000;
    for (held, holder, rows) in [
        (
            "0.0.0.0",
            on("d0", PLAIN),
            &[
                ("0.0.0.0", PLAIN, IN_USE),
                ("0.0.0.0", on("d0", PLAIN), IN_USE),
                ("0.0.0.0", on("d1", PLAIN), "ok"),
                ("127.0.0.1", on("lo", PLAIN), "ok"),
                ("127.0.0.1", PLAIN, IN_USE),
                ("[::]", on("d1", PLAIN), "ok"),
                ("[::]", PLAIN, IN_USE),
                ("[::]", V6ONLY, "ok"),
                ("[::1]", on("d0", PLAIN), "EADDRNOTAVAIL"),
                ("[::ffff:0.0.0.0]", on("d1", PLAIN), "ok"),
            ][..],
        ),
        (
            "[::ffff:0.0.0.0]",
            PLAIN,
            &[
                ("0.0.0.0", PLAIN, IN_USE),
                ("127.0.0.1", PLAIN, IN_USE),
                ("[::]", PLAIN, IN_USE),
                ("[::]", V6ONLY, "ok"),
                ("[::1]", PLAIN, "ok"),
                ("[::ffff:127.0.0.1]", PLAIN, IN_USE),
                ("[::ffff:127.0.0.1]", V6ONLY, "EINVAL"),
            ],
        ),
        (
            "[::ffff:127.0.0.1]",
            SHARE,
            &[
                ("127.0.0.1", SHARE, "ok"),
                ("127.0.0.1", PLAIN, IN_USE),
                ("127.0.0.2", PLAIN, "ok"),
                ("[::]", SHARE, "ok"),
            ],
        ),
        (
            "[::]",
            on("d0", V6ONLY),
            &[
                ("0.0.0.0", PLAIN, "ok"),
                ("[::]", PLAIN, IN_USE),
                ("[::]", on("d1", PLAIN), "ok"),
                ("[::1]", PLAIN, IN_USE),
            ],
        ),
    ] {
        for listens in [false, true] {
            port += 1;
            let held = bound(&format!("{held}:{port}"), holder).unwrap();
            if listens {
                held.listen(1).unwrap();
            }
            for (addr, set, expected) in rows {
                is_sure(&same(net, &format!("{addr}:{port}"), *set, expected));
            }
        }
    }
}

/// The rules of nobody beside root's sockets, each held to the trial that nobody makes.
fn of_another_user(net: &Net) {
    let mut port = 5000;
    for (held, holder, asked, options, expected, sure) in [
        ("127.0.0.1", SHARE, "127.0.0.1", &["--reuseport"][..], IN_USE, true),
        ("127.0.0.1", REUSE, "127.0.0.1", &["--reuseaddr"], "ok", false),
        ("127.0.0.1", PLAIN, "127.0.0.1", &["--reuseaddr"], IN_USE, false),
        ("127.0.0.1", PLAIN, "127.0.0.2", &[], "ok", true),
        ("0.0.0.0", PLAIN, "::", &["--v6only"], "ok", true),
        ("0.0.0.0", PLAIN, "::", &[], IN_USE, true),
        ("127.0.0.1", UDP, "127.0.0.1", &["-u"], IN_USE, true),
    ] {
        port += 1;
        let _held = bound(&format!("{held}:{port}"), holder).unwrap();
        let Some(mut nobody) = as_nobody(net) else { net.lacks("there is no other user to be") };
        let told = run(nobody.args(["why", &port.to_string(), asked, "--json"]).args(options));
        let answer = answers(told.status(i32::from(expected != "ok"))).remove(0);
        assert_eq!(answer["errno"]["name"].as_str().unwrap_or("ok"), expected, "{held} {holder:?}\n{answer:#}");
        assert_eq!(
            (answer["predicted"] != "unsure", answer["agree"] == true),
            (sure, sure),
            "{held} {holder:?}\n{answer:#}"
        );
    }
    // A program may be let in by a lower limit, and kept out by a higher one.
    for (limit, expected) in [("5000", "EACCES"), ("4000", "ok")] {
        fs::write("/proc/sys/net/ipv4/ip_unprivileged_port_start", limit).unwrap();
        let told = run(as_nobody(net).unwrap().args(["why", "4500", "127.0.0.1", "--json"]));
        let answer = answers(&told).remove(0);
        assert_eq!((answer["errno"]["name"].as_str().unwrap_or("ok"), &answer["agree"]), (expected, &json!(true)));
    }
}

fn ports_that_the_kernel_chooses(net: &Net) {
    fs::write("/proc/sys/net/ipv4/ip_local_port_range", "40000 40009").unwrap();
    let why = |port: &str| run(net.tool("ports").args(["why", port, "127.0.0.1"]));
    assert!(!why("39999").out().contains("the kernel chooses ports"), "not of the range");
    why("40003").status(0).stdout_has(
        "the kernel chooses ports from 40000 to 40009: a connection may have it later (sysctl \
         net.ipv4.ip_local_reserved_ports=40003)\n",
    );
    // What is reserved may be bound by whoever names it.
    fs::write("/proc/sys/net/ipv4/ip_local_reserved_ports", "39000-39002,40003").unwrap();
    why("40003").status(0).stdout_has("from 40000 to 40009, and leaves this one out: it is reserved\n");
    assert_eq!(asked_with_trial(net, "127.0.0.1:40003", PLAIN)["agree"], json!(true));
    // Reserving another leaves those reserved.
    let _server = listener("127.0.0.1:6000", PLAIN);
    let client = connected("127.0.0.1:6000");
    let port = client.local_addr().unwrap().as_socket().unwrap().port();
    assert_ne!(port, 40_003, "it is reserved");
    why(&port.to_string())
        .status(1)
        .stdout_has(&format!("sysctl net.ipv4.ip_local_reserved_ports=39000-39002,40003,{port}\n"));
}
