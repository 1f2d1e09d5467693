//! RFC 3986 and the comparison with WHATWG: no text panics, the pieces are the input, what is normalised is settled, and
//! what resolves resolves to a URI.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sockeye_url::rfc3986::normalise::normalise;
use sockeye_url::rfc3986::resolve::resolve;
use sockeye_url::rfc3986::{Components, parse};
use sockeye_url::{base, dissect, encode, models, same, specific};

fuzz_target!(|octets: &[u8]| {
    let text = String::from_utf8_lossy(octets);
    let (reference, other) = text.split_once('\n').unwrap_or((&text, "http://h/a/b?c"));
    let dissected = dissect::dissect(reference, &mut |_| {});
    let _ = models::explain::Event::of(&models::compare(reference, dissected.as_ref()));
    let _ = base::Resolution::of(other, reference);
    let _ = same::compare(other, reference);
    let _ = specific::of(reference);
    let _ = encode::decode(octets, None, &[]);
    let uri = Components::of(reference);
    match parse(reference) {
        Ok(_) => {
            assert_eq!(uri.to_string(), reference);
            let normal = normalise(&uri).0;
            assert_eq!(normalise(&normal).0, normal, "{reference}");
            assert!(parse(&normal.to_string()).is_ok(), "{reference} became {normal}");
            if parse(other).is_ok_and(|base| base.cut.scheme.is_some()) {
                let target = resolve(&Components::of(other), &uri, true).0;
                assert!(parse(&target.to_string()).is_ok(), "{reference} against {other} became {target}");
            }
        }
        Err(fault) => assert!(reference.is_char_boundary(fault.octet), "{fault}"),
    }
});
