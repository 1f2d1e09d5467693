//! `-f` beside the real dig's, and on a server that loses, delays, doubles and mixes up.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, UdpSocket};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use rustix::process::{Pid, Signal, kill_process};
use sockeye_test_support::{Background, Case, Net, peer, run, run_with_input, tool, tools_dir};

use crate::dig::{shown, start_named};

pub(crate) fn tests() -> Vec<Case> {
    vec![
        Case::new("dig_bulk::same_as_dig_on_named", &["dig", "named"], same_on_named),
        Case::new("dig_bulk::same_as_dig_for_every_name_and_type", &["dig", "named"], every_name_and_type),
        Case::new("dig_bulk::same_as_dig_where_much_goes_wrong", &["dig"], same_where_much_goes_wrong),
        Case::new("dig_bulk::nothing_is_lost_or_doubled", &[], nothing_is_lost_or_doubled),
        Case::new("dig_bulk::a_long_transfer_is_shown_as_it_comes", &["dig", "named"], long_transfer),
        Case::new("dig_bulk::standard_input_is_answered_as_it_comes", &["named"], standard_input),
        Case::new("dig_bulk::ends_quietly_without_a_reader", &["named"], ends_quietly),
    ]
}

/// What is in the file, and the options: each seen to be told differently by a dig that is less exact.
const BATCHES: &[(&str, &str)] = &[
    ("web.lab.test\nalias.lab.test\n", ""),
    ("web.lab.test\nalias.lab.test\n", "+short"),
    ("web.lab.test\nalias.lab.test", "+noall +answer"),
    ("", ""),
    ("\n", ""),
    ("# only\n; comments\n\r\n", ""),
    ("# c\n\nweb.lab.test\n#web.lab.test\n;x\n\n \t\nalias.lab.test\n", ""),
    ("# c\nweb.lab.test\n", "alias.lab.test MX +nostats two.lab.test"),
    ("web.lab.test +nosuch\nalias.lab.test\n", ""),
    ("web.lab.test\nalias.lab.test +nosuch\ntwo.lab.test\n", ""),
    ("web.lab.test\na..b\ntwo.lab.test\n", ""),
    ("web.lab.test\n-p 70000 two.lab.test\ntwo.lab.test\n", ""),
    ("web.lab.test\nlab.test MX\ntwo.lab.test\n", "-t TXT"),
    ("web.lab.test\n-t MX\n+tcp\n@127.0.0.1\n MX \ntwo.lab.test\n", ""),
    ("web.lab.test\n+tcp two.lab.test\nweb.lab.test +vc\n", ""),
    ("web.lab.test\ntwo.lab.test\n", "+tcp"),
    ("web.lab.test\n-p 9 two.lab.test +tries=1 +time=1\nweb.lab.test\n", ""),
    ("web.lab.test\ntwo.lab.test +noall\nweb.lab.test\n", ""),
    ("web.lab.test\n+noall two.lab.test\nweb.lab.test\n", ""),
    ("web.lab.test\n+nocmd two.lab.test\nweb.lab.test\n", "+noall +answer +cmd"),
    ("web.lab.test\n-f other\nweb.lab.test\n", ""),
    ("web.lab.test \t two.lab.test\r\nalias.lab.test\r\n", ""),
    ("a b c d e f g h i j k l m n o p\nweb.lab.test\n", "+noall +question"),
    ("web.lab.test\n-v\ntwo.lab.test\n", ""),
    ("web.lab.test\n\0two.lab.test\ntwo\0.lab.test\nweb.lab.test\n", ""),
    ("@::1 web.lab.test\nweb.lab.test @127.0.0.9 +tries=1\n@127.0.0.1 two.lab.test\n", ""),
    ("web.lab.test\ntwo.lab.test @::1 +tries=1\n", "@127.0.0.9"),
    ("web.lab.test @127.0.0.9\ntwo.lab.test @127.0.0.9 +tries=1 +comments\n", "@127.0.0.9 +tries=2"),
    ("+search web +domain=lab.test\ntwo\nnosuch\n", "+noall +answer +comments"),
    ("nosuch.lab.test\nlong.lab.test TXT\nlong.lab.test TXT +ignore\ntxt.lab.test any\n", "+nosplit"),
    ("web.lab.test +qr\ntwo.lab.test +identify\nalias.lab.test +short +identify\n", ""),
    ("+short web.lab.test\nnosuch.lab.test\nlab.test MX\n-x 192.0.2.80\nalias.lab.test\n", ""),
    ("web.lab.test +nocookie +noedns\ntwo.lab.test\nlab.test +dnssec\nlab.test +norec +nostats\n", ""),
    ("-q mx -t any\nweb.lab.test nosuchtype\n-t nosuchtype two.lab.test\n", ""),
    ("web.lab.test -b 127.0.0.5\ntwo.lab.test\n-b 127.0.0.6 two.lab.test\n", ""),
    // named says little in class CH: its rate limit there would show here.
    ("web.lab.test hs txt\n-c hs web.lab.test\n", ""),
    ("refused.test\nweb.lab.test\n", ""),
    ("web.lab.test +nsid\ntwo.lab.test\n", "+multiline"),
    // The first line is read before anything is asked.
    ("+short\nweb.lab.test\n", "two.lab.test"),
    ("+short web.lab.test\nalias.lab.test\n", "two.lab.test"),
    ("+yaml web.lab.test\nalias.lab.test\n", "two.lab.test"),
    ("+nocmd web.lab.test\nalias.lab.test\n", "two.lab.test"),
    ("-p 9 web.lab.test +tries=1\n", "two.lab.test +tries=1"),
    ("-p 70000 web.lab.test\nalias.lab.test\n", "two.lab.test"),
    ("web.lab.test +nosuch\n", "two.lab.test"),
    ("a..b\nweb.lab.test\n", "two.lab.test"),
    ("-v\n", "two.lab.test"),
    ("+cmd web.lab.test\n", "+nocmd two.lab.test"),
    ("-y k:c2VjcmV0 web.lab.test\ntwo.lab.test\n", "two.lab.test"),
    ("-y k:c2VjcmV0 web.lab.test\ntwo.lab.test\n", ""),
    ("web.lab.test\n-y k:c2VjcmV0 two.lab.test\nweb.lab.test\n", ""),
    ("web.lab.test\n-y k:c2VjcmV0 two.lab.test\nweb.lab.test\n", "+short"),
    ("web.lab.test\n-k /nonexist two.lab.test\nweb.lab.test\n", ""),
    ("-k /nonexist web.lab.test\nweb.lab.test\n", ""),
    ("lab.test DNSKEY\nnsec.test DNSKEY +split=8\nnsec.test DNSKEY\n", ""),
    ("nsec.test DNSKEY +split=8 nsec.test DNSKEY\nnsec.test DNSKEY\n", ""),
    ("nsec.test DNSKEY +nosplit\nnsec.test DNSKEY\n", ""),
    ("nsec.test DNSKEY\nnsec.test DNSKEY\n", "+split=16"),
    ("nsec.test DNSKEY +split=8\nnsec.test DNSKEY\n", "+split=16"),
    ("nsec.test DNSKEY +split\nnsec.test DNSKEY\n", "+split=16"),
    ("+short web.lab.test\nweb.lab.test +qr\n", ""),
    ("+short web.lab.test\nweb.lab.test +qr\n", "two.lab.test"),
    ("+short web.lab.test +qr\nweb.lab.test\n", ""),
    ("web.lab.test\n+short web.lab.test +qr\nweb.lab.test\n", "+qr"),
    ("web.lab.test\n+short web.lab.test +qr +comments\nweb.lab.test +qr +noquestion\n", ""),
    ("web.lab.test\n+noshort web.lab.test +qr +comments\nweb.lab.test +qr +noquestion\n", "+short"),
    ("web.lab.test\nweb.lab.test +qr\n", "+short"),
    ("nonsuch.lab.test\n", ""),
    ("; c\n+short\nweb.lab.test\n", "two.lab.test"),
    ("# c\n@127.0.0.9 +tries=1 +time=1\nweb.lab.test\n", "two.lab.test"),
    ("+time=1 +tries=1 @127.0.0.9 web.lab.test\n", "two.lab.test @127.0.0.9 +tries=1"),
    ("-b 127.0.0.7 web.lab.test\n", "two.lab.test"),
    ("+keepopen web.lab.test\n", "two.lab.test +tcp"),
    ("+search web\n", "two"),
    ("+ndots=3 +search web\n", "two +short"),
    ("+domain=lab.test web\n", "two +short"),
    ("-u web.lab.test\n", "two.lab.test"),
    ("+showsearch web\n", "two"),
    ("+qr\n", "two.lab.test"),
    ("-x 192.0.2.80 +short\n", "two.lab.test"),
    ("+tcp web.lab.test\n", "two.lab.test +short"),
    ("+tcp web.lab.test\n", ""),
    ("web.lab.test\n+domain=lab.test two\ntwo\n", "+short"),
    ("web.lab.test\n+search two\ntwo\n", "+short"),
    ("web.lab.test\n+search +ndots=3 two.lab\ntwo\n", "+short"),
    ("\n\n", "two.lab.test +short"),
    (" \t\nweb.lab.test\n", "two.lab.test +short"),
    ("", "two.lab.test +short"),
    ("", "+short"),
    ("+qr", "+nocmd"),
    ("web.lab.test\ntwo.lab.test\n", "+cookie=0011223344556677 +noedns"),
    ("web.lab.test +cookie=0011223344556677 +noedns\ntwo.lab.test\n", "+short"),
    ("-x 192.0.2.80\nweb.lab.test\n", "+short"),
    ("web.lab.test", "-y k:c2VjcmV0 +noall +comments"),
    ("-y k2:c2VjcmV0 web.lab.test\n-y k3:c2VjcmV0 web.lab.test", "-y k:c2VjcmV0 +noall +comments"),
    ("-y foo web.lab.test\n", "two.lab.test"),
    ("web.lab.test\n-y foo web.lab.test\nweb.lab.test", "two.lab.test"),
    ("web.lab.test\n-y foo:bar:baz web.lab.test\nweb.lab.test", "two.lab.test"),
    ("web.lab.test\n-y k:!!! web.lab.test\nweb.lab.test", "two.lab.test"),
    ("-y k:!!! web.lab.test\nweb.lab.test", "two.lab.test"),
    ("-y hmac-sha256:k:c2VjcmV0 web.lab.test\n-y k:!!! web.lab.test\nweb.lab.test", "two.lab.test +nocmd"),
    ("web.lab.test\n-k /tmp/nonexist web.lab.test\nweb.lab.test", "two.lab.test -y hmac-sha256:k:c2VjcmV0"),
    ("web.lab.test\n-k /tmp/nonexist web.lab.test\nweb.lab.test", "two.lab.test +short"),
    ("web.lab.test +qr\n", "+short +stats two.lab.test"),
    (
        "+short +comments +qr web.lab.test\n+qr +nostats web.lab.test\n+qr +nocomments web.lab.test\n+nocomments +nostats +qr web.lab.test\n",
        "",
    ),
    ("+cmd web.lab.test\nweb.lab.test\n", "+nocmd two.lab.test"),
    ("+nocmd web.lab.test\n+cmd web.lab.test\nweb.lab.test\n", ""),
    ("+nocmd web.lab.test\nweb.lab.test\n+cmd web.lab.test\nweb.lab.test\n", "two.lab.test"),
    ("web.lab.test\nweb.lab.test +nocmd two.lab.test +cmd\nweb.lab.test\n", "two.lab.test"),
    ("a..b\nweb.lab.test", "two.lab.test"),
    ("ixfr web.lab.test\n", "two.lab.test"),
    ("web.lab.test +=x\n", "two.lab.test"),
    ("web.lab.test nosuchtype\n", "-t mx two.lab.test"),
    ("+dscp +split=3 web.lab.test\n", "two.lab.test"),
    ("web.lab.test\n+dscp +split=3 web.lab.test\n+split=5\n", "two.lab.test"),
    ("@nosuch.invalid web.lab.test\n", "two.lab.test"),
    ("@127.0.0.1 web.lab.test\nweb.lab.test\n", "two.lab.test"),
    ("@127.0.0.1 @127.0.0.1\nweb.lab.test\n", ""),
    ("web.lab.test\n+yaml web.lab.test\nweb.lab.test\n", "+nocookie"),
    ("+yaml web.lab.test\n+noyaml web.lab.test\nweb.lab.test\n", "two.lab.test"),
    ("web.lab.test\n-f foo -4 web.lab.test\n-6 @::1 two.lab.test\n-4 web.lab.test", "+short +tries=1"),
    ("-u web.lab.test\nweb.lab.test\n", "two.lab.test"),
    ("+dns64prefix\nweb.lab.test\n", "+noall +answer"),
    ("web.lab.test\n+dns64prefix\nweb.lab.test\n", "+noall +answer"),
    ("@nosuch.invalid web.lab.test\n", ""),
    ("@nosuch.invalid web.lab.test\nweb.lab.test\n", "+short"),
    ("web.lab.test\n@nosuch.invalid two.lab.test\nweb.lab.test\n", "+short"),
    ("web.lab.test\ntwo.lab.test @nosuch.invalid\nweb.lab.test\n", "+short"),
    ("web.lab.test\ntwo.lab.test @nosuch.invalid mail.lab.test\nweb.lab.test\n", "+short"),
    ("web.lab.test\ntwo.lab.test @ mail.lab.test\nweb.lab.test\n", "+short"),
    ("web.lab.test\ntwo.lab.test @nosuch.invalid @127.0.0.1 mail.lab.test\nweb.lab.test\n", "+short"),
    ("web.lab.test\n@nosuch.invalid\nweb.lab.test\n", "+short"),
    ("web.lab.test\n-4 @::1 two.lab.test\nweb.lab.test\n", "+short"),
    ("web.lab.test\n@127.0.0.1%lo two.lab.test\nweb.lab.test\n", "+short"),
    ("@nosuch.invalid two.lab.test\nweb.lab.test\n", "+short mail.lab.test"),
    ("web.lab.test\n@nosuch.invalid +short two.lab.test\nweb.lab.test\n", "+noall"),
    ("web.lab.test\n@nosuch.invalid +bogus two.lab.test\nweb.lab.test\n", "+noall"),
    ("web.lab.test\n-4 -6 two.lab.test\nweb.lab.test\n", "+short"),
    ("web.lab.test\n-6 two.lab.test\nweb.lab.test\n", "+short -4"),
    ("web.lab.test\n-4 two.lab.test\nweb.lab.test\n", "+short -6 @::1"),
    ("web.lab.test\n-v -Z\nweb.lab.test\n", ""),
    ("ctrl\\001\\127\\200.lab.test\ndot\\.ted.lab.test\nCaSe.lab.test\nWEB.LAB.TEST\n.\n", ""),
];

fn write(net: &Net, name: &str, content: &[u8]) -> PathBuf {
    let path = net.dir().join(name);
    std::fs::write(&path, content).unwrap();
    path
}

/// Runs both with the file, ours with further options, and compares.
fn compare(file: &Path, options: &str, ours_too: &str) -> Result<(), String> {
    let words = |text: &str| text.split_ascii_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let theirs = run(peer("dig").arg0("dig").args(words(options)).arg("-f").arg(file));
    let ours = run(tool("dig").args(words(options)).arg("-f").arg(file).args(words(ours_too)));
    // The banner of the command line has the further options.
    let banner = |text: String| text.replace(&format!(" {ours_too}\n"), "\n");
    let (theirs, ours) = (shown(&theirs), banner(shown(&ours)));
    if theirs == ours { Ok(()) } else { Err(format!("=== dig {options} -f\n{theirs}\n--- ours\n{ours}")) }
}

fn same_on_named(net: &Net) {
    let _named = start_named(net);
    let mut wrong = Vec::new();
    for (content, options) in BATCHES {
        let file = write(net, "batch", content.as_bytes());
        for ours_too in ["+parallel=64", "+parallel=1"] {
            if let Err(story) = compare(&file, options, ours_too) {
                wrong.push(format!("{content:?} {ours_too} {story}"));
            }
        }
    }
    // Lines of every length around that at which dig cuts them.
    for len in [1000, 1022, 1023, 1024, 1030, 2046, 2047, 2050, 5000] {
        let line = format!("web.lab.test{:1$}two.lab.test\nalias.lab.test\n", "", len - 24);
        let file = write(net, "batch", line.as_bytes());
        if let Err(story) = compare(&file, "+noall +question", "+parallel=64") {
            wrong.push(format!("a line of {len} octets: {story}"));
        }
    }
    for missing in ["nosuchfile", "/", ""] {
        if let Err(story) = compare(Path::new(missing), "+noall +answer web.lab.test", "+parallel=64") {
            wrong.push(format!("{missing:?} {story}"));
        }
    }
    assert!(wrong.is_empty(), "{} differ, theirs first:\n{}", wrong.len(), wrong.join("\n"));
}

/// Thousands of lookups in full text: every name of the zone with every type that it may have.
fn every_name_and_type(net: &Net) {
    let _named = start_named(net);
    let zone =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/dns/lab.test.zone")).unwrap();
    let mut names: Vec<&str> = zone.lines().filter_map(|line| line.split(['\t', ' ']).next()).collect();
    names.retain(|name| !name.is_empty() && !name.starts_with([';', '$', '@', '(']));
    names.dedup();
    assert!(names.len() > 40, "{names:?}");
    let mut batch = String::new();
    for name in &names {
        for rtype in ["A", "AAAA", "MX", "TXT", "SRV", "CNAME", "SOA", "TYPE65280"] {
            writeln!(batch, "{name}.lab.test {rtype}").unwrap();
        }
        writeln!(batch, "{name}.lab.test").unwrap();
    }
    let file = write(net, "batch", batch.as_bytes());
    for options in ["", "+short", "+noall +answer +multiline", "+dnssec +norec"] {
        compare(&file, options, "+parallel=64").unwrap();
    }
    // The same lines in another order: as answers come.
    let lines = |args: &[&str]| {
        let told = run(tool("dig").args(["+short"]).args(args).arg("-f").arg(&file));
        told.status(0).stderr_is("");
        let mut lines: Vec<String> = told.out().lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    assert_eq!(lines(&["+bulk"]), lines(&[]));
}

/// A server at 127.0.0.1:5301 that answers `nNUMBER.` with an address that says the number, and treats some of them badly.
fn start_troublesome() {
    let socket = UdpSocket::bind("127.0.0.1:5301").unwrap();
    thread::spawn(move || {
        let mut seen: HashMap<u32, u32> = HashMap::new();
        let mut held: Vec<(Vec<u8>, std::net::SocketAddr)> = Vec::new();
        let mut buffer = [0; 4096];
        while let Ok((length, from)) = socket.recv_from(&mut buffer) {
            let query = &buffer[..length];
            let label = &query[13..13 + usize::from(query[12])];
            let number: u32 = std::str::from_utf8(&label[1..]).unwrap().parse().unwrap();
            let times = seen.entry(number).and_modify(|times| *times += 1).or_insert(1);
            let good = answer(query, number);
            let send = |message: &[u8]| socket.send_to(message, from).unwrap();
            match trouble(number) {
                Trouble::LostAlways => {}
                Trouble::LostOnce if *times == 1 => {}
                // Behind the answers of later queries.
                Trouble::Late => held.push((good, from)),
                Trouble::Twice => {
                    send(&good);
                    send(&good);
                }
                Trouble::WrongId => {
                    let mut wrong = good.clone();
                    wrong[0] ^= 0xff;
                    send(&wrong);
                    send(&good);
                }
                Trouble::WrongQuestion => {
                    let mut wrong = good.clone();
                    wrong[13] = b'x';
                    send(&wrong);
                    send(&good);
                }
                Trouble::None | Trouble::LostOnce => drop(send(&good)),
            }
            // A window never waits for these alone: the lost ones are asked for again.
            if held.len() >= 3 || (!held.is_empty() && trouble(number) != Trouble::Late) {
                for (message, to) in held.drain(..) {
                    socket.send_to(&message, to).unwrap();
                }
            }
        }
    });
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trouble {
    None,
    LostOnce,
    LostAlways,
    Late,
    Twice,
    WrongId,
    WrongQuestion,
}

fn trouble(number: u32) -> Trouble {
    match number {
        777 | 1500 => Trouble::LostAlways,
        _ if number % 50 == 7 => Trouble::LostOnce,
        _ if number % 50 == 13 => Trouble::Late,
        _ if number % 50 == 21 => Trouble::Twice,
        _ if number % 50 == 30 => Trouble::WrongId,
        _ if number % 50 == 40 => Trouble::WrongQuestion,
        _ => Trouble::None,
    }
}

fn address(number: u32) -> [u8; 4] {
    (0x0a00_0000 + number).to_be_bytes()
}

fn answer(query: &[u8], number: u32) -> Vec<u8> {
    let end = 12 + query[12..].iter().position(|octet| *octet == 0).unwrap() + 5;
    let mut message = query[..2].to_vec();
    message.extend(b"\x85\x80\0\x01\0\x01\0\0\0\0");
    message.extend(&query[12..end]);
    message.extend(b"\xc0\x0c\0\x01\0\x01\0\0\0\x3c\0\x04");
    message.extend(address(number));
    message
}

/// What dig says about each, with `+short +nocmd +time=1`.
fn expected(number: u32) -> String {
    const TIMED_OUT: &str = ";; communications error to 127.0.0.1#5301: timed out\n";
    let [a, b, c, d] = address(number);
    let good = format!("{a}.{b}.{c}.{d}\n");
    match trouble(number) {
        Trouble::LostOnce => TIMED_OUT.to_owned() + &good,
        Trouble::LostAlways => TIMED_OUT.repeat(3) + ";; no servers could be reached\n",
        Trouble::WrongId => format!(";; Warning: ID mismatch: expected ID ID, got ID\n{good}"),
        Trouble::WrongQuestion => format!(";; ;; Question section mismatch: got x{number}/A/IN\n{good}"),
        Trouble::None | Trouble::Late | Trouble::Twice => good,
    }
}

fn batch_of(numbers: impl IntoIterator<Item = u32>) -> String {
    numbers.into_iter().fold(String::new(), |batch, number| batch + &format!("n{number}.\n"))
}

const TROUBLESOME: [&str; 6] = ["@127.0.0.1", "-p", "5301", "+nocmd", "+short", "+time=1"];

/// One by one as dig does it, where everything that can go wrong does so once.
fn same_where_much_goes_wrong(net: &Net) {
    start_troublesome();
    let batch = batch_of([1, 57, 21, 30, 40, 71, 80, 90, 2]);
    let file = write(net, "batch", batch.as_bytes());
    let theirs = run(peer("dig").args(TROUBLESOME).arg("-f").arg(&file));
    // To the real dig the lost one was lost; now it is another that is.
    let batch = batch.replace("n57.", "n107.");
    let file = write(net, "batch", batch.as_bytes());
    let ours = run(tool("dig").args(TROUBLESOME).arg("-f").arg(&file));
    assert_eq!(shown(&ours), shown(&theirs).replace("10.0.0.57", "10.0.0.107"));
}

fn nothing_is_lost_or_doubled(net: &Net) {
    start_troublesome();
    // The second time nothing is lost once any more.
    for (numbers, in_order) in [(0..2000, true), (2000..4000, false)] {
        let batch = batch_of(numbers.clone());
        let file = write(net, "batch", batch.as_bytes());
        let order = if in_order { "+nobulk" } else { "+bulk" };
        // A query that is late because much else is done here would be asked again, and that is shown.
        let told = run(tool("dig").args(TROUBLESOME).args(["+time=3", order, "-f"]).arg(&file));
        told.status(0).stderr_is("");
        let shown = shown(&told);
        let shown = shown.split_once("--- stderr").unwrap().0;
        let expected: Vec<String> = numbers.map(expected).collect();
        if in_order {
            assert_eq!(shown, expected.concat());
        } else {
            let sorted = |text: &str| {
                let mut lines: Vec<&str> = text.lines().collect();
                lines.sort_unstable();
                lines.join("\n")
            };
            assert_eq!(sorted(shown), sorted(&expected.concat()));
        }
    }
}

/// A server at 127.0.0.7 that transfers a zone of ten megabytes, whatever is asked. Says how often it was asked.
fn start_long_zone() -> Arc<AtomicUsize> {
    let listener = TcpListener::bind("127.0.0.7:53").unwrap();
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            count.fetch_add(1, Ordering::SeqCst);
            let mut length = [0; 2];
            stream.read_exact(&mut length).unwrap();
            let mut query = vec![0; u16::from_be_bytes(length).into()];
            stream.read_exact(&mut query).unwrap();
            let end = 12 + query[12..].iter().position(|octet| *octet == 0).unwrap() + 5;
            let record = |rtype: u8, rdata: &[u8]| {
                let length = u16::try_from(rdata.len()).unwrap().to_be_bytes();
                [&[0xc0, 12, 0, rtype, 0, 1, 0, 0, 0, 60], &length[..], rdata].concat()
            };
            let soa = record(6, &[&[0xc0, 12, 0xc0, 12][..], &[0; 20]].concat());
            let texts = (0..200_u32).map(|number| {
                let mut string = [b'x'; 256];
                string[0] = 255;
                string[1..5].copy_from_slice(&number.to_be_bytes());
                record(16, &string.repeat(200))
            });
            for answer in [soa.clone()].into_iter().chain(texts).chain([soa]) {
                let message = [&query[..2], b"\x85\x80\0\x01\0\x01\0\0\0\0", &query[12..end], &answer].concat();
                let length = u16::try_from(message.len()).unwrap().to_be_bytes();
                // It may be told to stop.
                if stream.write_all(&[&length[..], &message].concat()).is_err() {
                    break;
                }
            }
        }
    });
    asked
}

/// What is too long to be held is asked for again at its turn, and still comes between its neighbours.
fn long_transfer(net: &Net) {
    let _named = start_named(net);
    let asked = start_long_zone();
    let file = write(net, "batch", b"web.lab.test\nbig.test AXFR @127.0.0.7\ntwo.lab.test\n");
    compare(&file, "+noall +answer", "+parallel=64").unwrap();
    assert_eq!(asked.load(Ordering::SeqCst), 3, "once by dig, twice by ours");
    // Not in order there is nothing to wait for, and nothing to mix with.
    let told = run(tool("dig").args(["+short", "+bulk", "-f"]).arg(&file));
    told.status(0).stderr_is("");
    let out = told.out();
    let long: Vec<&str> = out.lines().filter(|line| line.len() > 1000).collect();
    assert_eq!((long.len(), asked.load(Ordering::SeqCst)), (200, 5));
    assert!(out.lines().any(|line| line == "192.0.2.80") && out.lines().any(|line| line == "192.0.2.2"), "{out:.300}");
}

/// Each name is answered before the next one is there, and Ctrl-C ends it with what it had to say.
fn standard_input(net: &Net) {
    let _named = start_named(net);
    run_with_input(tool("dig").args(["+short", "-f", "-"]), b"web.lab.test\ntwo.lab.test\n")
        .status(0)
        .stdout_is("192.0.2.80\n192.0.2.1\n192.0.2.2\n");
    // Whoever runs the tests in the background ignores SIGINT, and that is inherited.
    let mut command = peer("env");
    command.arg("--default-signal=INT").arg(tools_dir().join("dig")).args(["+short", "-f", "-"]);
    let mut asked = Background::spawn(command);
    for (name, answer) in [("web", "192.0.2.80\n"), ("two", "192.0.2.2\n"), ("mail", "192.0.2.25\n")] {
        writeln!(asked.stdin.as_mut().unwrap(), "{name}.lab.test").unwrap();
        asked.wait_for_stdout(answer);
    }
    let pid = Pid::from_raw(asked.pid().try_into().unwrap()).unwrap();
    kill_process(pid, Signal::INT).unwrap();
    let told = asked.wait();
    told.status(130).stdout_is("192.0.2.80\n192.0.2.1\n192.0.2.2\n192.0.2.25\n").stderr_is("");
}

fn ends_quietly(net: &Net) {
    let _named = start_named(net);
    let file = write(net, "batch", &b"web.lab.test\n".repeat(20_000));
    let script = "\"$0\" +short -f \"$1\" | head -n 1; exit ${PIPESTATUS[0]}";
    let told = run(peer("bash").args(["-c", script]).arg(tools_dir().join("dig")).arg(&file));
    told.status(0).stdout_is("192.0.2.80\n").stderr_is("");
    let full = "\"$0\" +short -f \"$1\" > /dev/full";
    let told = run(peer("bash").args(["-c", full]).arg(tools_dir().join("dig")).arg(&file));
    told.status(4).stderr_has("No space left on device");
}
