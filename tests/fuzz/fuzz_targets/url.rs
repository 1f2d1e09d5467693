//! URLs: no text panics, every span lies inside the input and they stand in their order, and what is given back is read as
//! the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sockeye_url::csv::{self, Field};
use sockeye_url::models::Choice;
use sockeye_url::spans::Span;
use sockeye_url::{departure, diff, dissect, query, spans};

fuzz_target!(|octets: &[u8]| {
    let text = String::from_utf8_lossy(octets);
    if let Some(split) = spans::split(&text) {
        let inside = |span: Span| assert!(text.get(span.start..span.end).is_some(), "{span} in {text:?}");
        let pieces = [Some(split.scheme), split.authority, Some(split.path), split.query, split.fragment];
        let mut at = split.trimmed.start;
        for piece in pieces.into_iter().flatten() {
            inside(piece);
            assert!(piece.start >= at && piece.end <= split.trimmed.end, "{piece} in {text:?}");
            at = piece.end;
        }
        for span in
            [split.userinfo, split.username, split.password, split.host, split.zone, split.port].into_iter().flatten()
        {
            inside(span);
            assert!(
                split.authority.is_some_and(|whole| whole.start <= span.start && span.end <= whole.end),
                "{span} in {text:?}"
            );
        }
        for parameter in split.query.map(|span| query::parameters(&text, span)).unwrap_or_default() {
            inside(parameter.span);
            inside(parameter.name_span);
            parameter.value_span.into_iter().for_each(inside);
        }
    }
    let mut events = 0_usize;
    let found = dissect::dissect(&text, &mut |_| events += 1);
    let fields: Vec<Field> = Field::names().split(", ").map(|name| name.parse().unwrap()).collect();
    let mut row = Vec::new();
    assert_eq!(csv::write_any(&text, &fields, &mut row).is_ok(), found.is_ok(), "{text:?}");
    assert!(!String::from_utf8(row).expect("a row is text").trim_end_matches("\r\n").contains('\n'), "{text:?}");
    if let Ok((split, url)) = dissect::parse(&text) {
        // What the url crate cannot be told stays as it has it, and may be read otherwise.
        if !departure::departures(&text, &split, &url).is_empty() {
            return;
        }
        let again = dissect::parse(url.as_str()).expect("what a URL is written as is one").1;
        assert_eq!(again, url, "{text:?}");
        assert!(diff::compare(&text, &text, Choice::Whatwg).is_ok_and(|differences| differences.same), "{text:?}");
    }
});
