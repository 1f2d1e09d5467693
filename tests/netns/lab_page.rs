//! The page of a run, in a browser: it is drawn, and nothing in it fails. And its captures, read by others.

use std::fs;
use std::path::Path;
use std::process::Command;

use sockeye_test_support::{Case, Net, run};

pub(crate) fn tests() -> Vec<Case> {
    vec![
        Case::new("lab_page::a_browser_draws_it", &["chromium"], |net| {
            report(net, &["--html", "page.html"]);
            let page = fs::read_to_string(net.dir().join("page.html")).unwrap();
            assert!(page.contains("<span class=\"badge\">") && !page.contains("Bob's SYN takes number 0"), "{page}");
            let blank = shot(net, "about:blank");
            let drawn = shot(net, &format!("file://{}", net.dir().join("page.html").display()));
            // A picture without anything in it compresses to next to nothing.
            assert!(drawn > blank * 10, "{drawn} octets, and {blank} without anything");
        }),
        Case::new("lab_page::the_answer_is_given_when_asked_for", &[], |net| {
            report(net, &["--html", "page.html", "--answer"]);
            let page = fs::read_to_string(net.dir().join("page.html")).unwrap();
            assert!(page.contains("SYN takes number 0"), "{page}");
        }),
        Case::new("lab_page::a_page_that_cannot_be_written", &[], |net| {
            // Before anything is made, and nobody has waited for it.
            fs::write(net.dir().join("file"), "kept").unwrap();
            for (arguments, refusal) in [
                (["--html", "no/such/page.html"], "open no/such/page.html: No such file or directory"),
                (["--html", "."], "open .: Is a directory"),
                (["--pcap", "file"], "mkdir file: File exists"),
                (["--pcap", "/proc/sent"], "mkdir /proc/sent: No such file or directory"),
            ] {
                let told = run(&mut lab(net, &arguments));
                told.status(4).stdout_is("").stderr_is(&format!("lab: {refusal}\n"));
            }
            assert_eq!(fs::read_to_string(net.dir().join("file")).unwrap(), "kept");
            // A disk that is full is noticed when it is.
            let told = run(&mut lab(net, &["--html", "/dev/full"]));
            told.status(4).stdout_has("checks passed").stderr_is("lab: write /dev/full: No space left on device\n");
        }),
        Case::new("lab_page::one_that_was_there_is_replaced_whole", &[], |net| {
            let path = net.dir().join("page.html");
            fs::write(&path, "old\n".repeat(1_000_000)).unwrap();
            report(net, &["--html", "page.html"]);
            let page = fs::read_to_string(&path).unwrap();
            assert!(page.starts_with("<!DOCTYPE html>") && page.trim_end().ends_with("</html>"), "{}", page.len());
        }),
        Case::new("lab_page::the_ladder_of_the_readme", &[], the_ladder_of_the_readme),
        Case::new("lab_page::tshark_reads_the_capture", &["tshark"], |net| {
            report(net, &["--pcap", "sent"]);
            let mut tshark = net.peer("tshark");
            tshark.args(["-r", "sent/alice-bob.pcapng", "-Y", "tcp", "-T", "fields", "-E", "separator=|"]);
            for field in ["frame.interface_name", "tcp.flags.str", "tcp.seq", "tcp.ack", "tcp.len", "frame.comment"] {
                tshark.args(["-e", field]);
            }
            let told = run(tshark.current_dir(net.dir()));
            told.status(0);
            // Flags that are not set are dots.
            let lines: Vec<String> = told.out().lines().map(|line| line.replace('·', "")).collect();
            assert!(lines.len() >= 19, "{}", told.story());
            assert_eq!(lines[0], "alice-bob|S|0|0|0|alice to bob");
            assert_eq!(lines[1], "alice-bob|AS|0|1|0|bob to alice");
            assert!(lines.contains(&"alice-bob|AP|19|24|35|alice to bob".to_owned()), "{}", told.story());
            assert_eq!(lines.last().unwrap(), "alice-bob|A|25|101|0|bob to alice");
        }),
    ]
}

/// Runs what the README shows, and compares, or with SOCKEYE_BLESS=1 writes it.
fn the_ladder_of_the_readme(net: &Net) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut command = net.tool("lab");
    command.arg("run").arg(root.join("docs/lost.lab")).env("SOCKEYE_COLUMNS", "92");
    let told = run(command.current_dir(net.dir()).env("TMPDIR", net.dir()).env_remove("CARGO"));
    told.status(0);
    let is_head = |line: &str| line.split_whitespace().eq(["alice", "bob"]);
    let all = told.out();
    let ladder: Vec<&str> = all.lines().skip_while(|line| !is_head(line)).take_while(|line| !line.is_empty()).collect();
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    let (before, rest) = readme.split_once("the_ladder_of_the_readme -->\n```\n").unwrap();
    let (shown, behind) = rest.split_once("```\n").unwrap();
    if std::env::var_os("SOCKEYE_BLESS").is_some() {
        let ladder = ladder.join("\n");
        let readme = format!("{before}the_ladder_of_the_readme -->\n```\n{ladder}\n```\n{behind}");
        fs::write(root.join("README.md"), readme).unwrap();
        return;
    }
    assert_eq!(timeless(&ladder), timeless(&shown.lines().collect::<Vec<_>>()), "{}", told.story());
}

/// The rows of a ladder without their times and without the length of lines. States are looked at every 10 ms, so that
/// their place among the others may differ from run to run.
fn timeless(ladder: &[&str]) -> Vec<String> {
    let mut rows: Vec<String> = ladder
        .iter()
        .map(|row| {
            let words: String = row.chars().skip(12).map(|c| if matches!(c, '─' | '╌') { ' ' } else { c }).collect();
            let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
            match words.split_once(" · ") {
                Some((words, took)) => format!("{words}{}", took.trim_start_matches(|c: char| c != 's')),
                None => words,
            }
        })
        .collect();
    rows.sort();
    rows
}

fn lab(net: &Net, args: &[&str]) -> Command {
    let mut command = net.tool("lab");
    command.args(["run", "knock-knock"]).args(args);
    command.current_dir(net.dir()).env("TMPDIR", net.dir()).env_remove("CARGO");
    command
}

fn report(net: &Net, args: &[&str]) {
    run(&mut lab(net, args)).status(0);
}

/// Draws a page, and returns how long the picture is in octets.
fn shot(net: &Net, url: &str) -> u64 {
    let mut chromium = net.peer("chromium");
    chromium.args(["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]);
    chromium.args(["--disable-component-update", "--disable-sync", "--disable-quic", "--disable-dev-shm-usage"]);
    chromium.args(["--enable-logging=stderr", "--window-size=1200,3000", "--screenshot=page.png", url]);
    chromium.arg(format!("--user-data-dir={}", net.dir().join("browser").display()));
    let told = run(chromium.current_dir(net.dir()).env("HOME", net.dir()).env("TMPDIR", net.dir()));
    told.status(0);
    // What a page has to say, its mistakes above all, is on the console, each with the source that says it. The browser's
    // own pages, which take the picture, are none of ours.
    let (all, source) = (told.err(), format!("source: {url}"));
    let said: Vec<&str> = all.lines().filter(|line| line.contains("CONSOLE")).collect();
    assert!(!said.iter().any(|line| line.contains(&source)), "{said:#?}");
    fs::metadata(net.dir().join("page.png")).unwrap().len()
}
