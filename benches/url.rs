//! Bare loops over the `url` crate, for `benches/run`: `get FILE` prints six columns of each URL as `url --get` does, and
//! `same FILE` by serde what `url --json` prints.
#![expect(
    clippy::disallowed_methods,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a measurement: reads a file, prints, and stops at whatever goes wrong"
)]

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};

use serde::Serialize;
use sockeye_cli::escape::escape_octets;
use sockeye_url::dissect::{self, Dissection};
use sockeye_url::percent;
use url::Url;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let mut out = BufWriter::with_capacity(64 * 1024, io::stdout().lock());
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["get", file] => each(file, |url| columns(url, &mut out)),
        ["same", file] => lines(file, |text| same(text, &mut out)),
        [] => {}
        _ => panic!("get FILE, or same FILE"),
    }
    out.flush().unwrap();
}

fn each(file: &str, mut show: impl FnMut(&Url)) {
    lines(file, |text| show(&Url::parse(text).unwrap()));
}

fn lines(file: &str, mut show: impl FnMut(&str)) {
    let mut file = BufReader::with_capacity(256 * 1024, File::open(file).unwrap());
    let mut line = String::new();
    while file.read_line(&mut line).unwrap() > 0 {
        show(line.trim_end_matches('\n'));
        line.clear();
    }
}

#[derive(Serialize)]
struct Envelope<'a> {
    schema: &'a str,
    r#type: &'a str,
    data: Dissection,
}

fn same(text: &str, out: &mut impl Write) {
    let data = dissect::of(text).unwrap();
    let mut line = serde_json::to_vec(&Envelope { schema: "url/1", r#type: "result", data }).unwrap();
    line.push(b'\n');
    out.write_all(&line).unwrap();
}

fn columns(url: &Url, out: &mut impl Write) {
    let mut line = Vec::with_capacity(256);
    decoded(url.scheme(), &mut line);
    line.push(b'\t');
    decoded(url.host_str().unwrap_or_default(), &mut line);
    line.push(b'\t');
    if let Some(port) = url.port() {
        write!(line, "{port}").unwrap();
    }
    line.push(b'\t');
    decoded(url.path(), &mut line);
    line.push(b'\t');
    decoded(url.query().unwrap_or_default(), &mut line);
    line.push(b'\t');
    decoded(url.fragment().unwrap_or_default(), &mut line);
    line.push(b'\n');
    out.write_all(&line).unwrap();
}

fn decoded(text: &str, line: &mut Vec<u8>) {
    if text.contains('%') {
        line.extend_from_slice(escape_octets(&percent::decode(text)).as_bytes());
    } else {
        line.extend_from_slice(text.as_bytes());
    }
}
