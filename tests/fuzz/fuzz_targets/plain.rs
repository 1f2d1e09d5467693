//! URLs that are recognised without the url crate: whatever is written of one that way is what the long way writes.
//!
//! Mutations of a whole URL hardly ever stay plain, so that the text is also put behind the beginning of one.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sockeye_cli::output::{ExplainTo, Terminal};
use sockeye_cli::{Output, Presentation};
use sockeye_url::csv::{self, Field};
use sockeye_url::parts::Whatwg;
use sockeye_url::template::{How, Template};
use sockeye_url::{dissect, plain, record};

const TEMPLATE: &[u8] = b"{url}|{scheme}|{user}|{host}|{port}|{default:port}|{path}|{url:path}|{path:-1}|{file}|{extension}|{query}|{fragment}";

fn json(url: &dissect::Dissection) -> Vec<u8> {
    let mut out = Vec::new();
    let mut output = Output::new("url", Terminal::default(), &mut out, std::io::sink());
    output.present(Presentation { json: true, ..Presentation::default() }, ExplainTo::Stdout);
    output.result(url).unwrap();
    output.flush().unwrap();
    drop(output);
    out
}

fn hold(text: &str) {
    let Some(short) = plain::read(text) else { return };
    let long = dissect::of(text).expect("what is plain is a URL");
    let fields: Vec<Field> = Field::names().split(", ").map(|name| name.parse().unwrap()).collect();
    let (mut by_hand, mut by_crate) = (Vec::new(), Vec::new());
    csv::write_plain(&short, &fields, &mut by_hand);
    csv::write(&long, &fields, &mut by_crate);
    assert_eq!(by_hand, by_crate, "--csv of {text}");
    let mut line = Vec::new();
    record::write(&short, &mut line);
    assert_eq!(line, json(&long), "--json of {text}");
    let template = Template::parse(TEMPLATE, How::default()).unwrap();
    let (split, url) = dissect::parse(text).unwrap();
    let (mut by_hand, mut by_crate) = (Vec::new(), Vec::new());
    let short = template.fill(&short, &mut by_hand, &mut |_| {}).is_ok();
    let long = template.fill(&Whatwg::new(text, &split, &url), &mut by_crate, &mut |_| {}).is_ok();
    assert_eq!((short, by_hand), (long, by_crate), "--get of {text}");
}

fuzz_target!(|octets: &[u8]| {
    let text = String::from_utf8_lossy(octets);
    hold(&text);
    hold(&format!("http://h/{text}"));
    hold(&format!("https://{text}/?a#b"));
});
