//! Changes to URLs, and templates over them: nothing panics, what a change makes can be read again, and no other component
//! becomes the host.
//!
//! The first line is the URL, the second a template, the others are changes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sockeye_url::change::edit::{Edits, Set, Target, target_and_value};
use sockeye_url::dissect;
use sockeye_url::models::Choice;
use sockeye_url::parts::Whatwg;
use sockeye_url::rfc3986::Components;
use sockeye_url::template::{How, Part, Template};

fn has_host(url: &str) -> bool {
    dissect::parse(url).is_ok_and(|(_, url)| url.host_str().is_some_and(|host| !host.is_empty()))
}

fuzz_target!(|octets: &[u8]| {
    let text = String::from_utf8_lossy(octets);
    let mut lines = text.lines();
    let (Some(url), Some(template)) = (lines.next(), lines.next()) else { return };
    if let Ok(template) = Template::parse(template.as_bytes(), How::default()) {
        let _ = template.fill(&Components::of(url), &mut Vec::new(), &mut |_| {});
        if let Ok((split, parsed)) = dissect::parse(url) {
            let _ = template.fill(&Whatwg::new(url, &split, &parsed), &mut Vec::new(), &mut |_| {});
        }
    }
    let mut edits = Edits::none();
    for line in lines {
        match target_and_value(line) {
            Ok((target, encode, if_absent, value)) => edits.sets.push(Set { target, value, encode, if_absent }),
            Err(_) => edits.pairs.push(line.to_owned()),
        }
    }
    let sets_host = edits.sets.iter().any(|set| matches!(set.target, Target::Part(Part::Host) | Target::Label(_)));
    let hostless = !sets_host && !has_host(url);
    for model in [Choice::Whatwg, Choice::Rfc3986] {
        let edits = Edits { model, ..edits.clone() };
        let Ok(changed) = edits.apply(Some(url)) else { continue };
        for url in changed.into_iter().flatten() {
            let again = Edits { model, ..Edits::none() }.apply(Some(&url));
            assert!(model == Choice::Rfc3986 || !hostless || !has_host(&url), "{url}");
            assert!(again.is_ok_and(|urls| urls.iter().all(Result::is_ok)), "{url}");
        }
    }
});
