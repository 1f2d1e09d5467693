//! What clients and servers say to those of lab: requests of HTTP to the page, lines to who hears jokes. A request is read in
//! pieces as it is read whole, its answer is one message of the length that it says, and nothing that is told of it acts on a
//! terminal.
//!
//! The first octet says how many octets are read at once.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sockeye_cli::escape::acts;
use sockeye_cli::{Render as _, Text};
use sockeye_lab::apps::http::{HEAD_LIMIT, Response, head_len, respond};
use sockeye_lab::apps::joke::{Listener, Reply};
use sockeye_lab::apps::report::Report;

const PAGE: &[u8] = b"<p>page</p>\r\n\r\n";

fn shown(report: &Report) {
    let mut text = Vec::new();
    report.render(&mut Text::plain(&mut text)).expect("a vector takes all");
    let text = String::from_utf8(text).expect("what is shown is text");
    let line = text.strip_suffix('\n').expect("it ends its line");
    assert!(!line.contains(acts), "{line:?}");
}

fn page(octets: &[u8], size: usize) {
    let whole = head_len(octets);
    // In pieces, as a server reads it.
    let mut head = Vec::new();
    for piece in octets.chunks(size) {
        if head_len(&head).is_some() || head.len() >= HEAD_LIMIT {
            break;
        }
        head.extend_from_slice(piece);
    }
    assert!(whole.is_none_or(|len| len > HEAD_LIMIT || head_len(&head) == Some(len)));
    let Response { line, status, octets } = respond(&head, PAGE);
    let end = head_len(&octets).expect("an answer has a head");
    let (said, body) = octets.split_at(end);
    let said = std::str::from_utf8(said).expect("a head is ASCII");
    assert!(said.starts_with(&format!("HTTP/1.0 {status} ")));
    let length = said.lines().find_map(|line| line.strip_prefix("Content-Length: ")).expect("it has a length");
    let length: usize = length.parse().expect("a length is a number");
    let bodiless = line.split(' ').next() == Some("HEAD");
    assert!(if bodiless { body.is_empty() } else { body.len() == length }, "{line:?}: {length} of {}", body.len());
    assert!(status != 200 || length == PAGE.len());
    shown(&Report::Request { peer: "192.0.2.1:4000".to_owned(), line, status, octets: octets.len() });
}

fn jokes(octets: &[u8], wanted: u32) {
    let mut listener = Listener::new(wanted);
    for line in String::from_utf8_lossy(octets).split_inclusive('\n') {
        match listener.hear(line) {
            Reply::Say(text) => {
                assert!(!text.contains('\n'), "one line is answered with one");
                shown(&Report::Said { who: "client", text });
            }
            Reply::Listen => {}
            Reply::Over => return,
        }
    }
}

fuzz_target!(|octets: &[u8]| {
    let Some((size, octets)) = octets.split_first() else { return };
    page(octets, usize::from(*size) + 1);
    jokes(octets, (*size).into());
});
