//! What a client would say: no URL and no environment panics, and no URL puts a line of its own into a request.
//!
//! The URL stands on the first line, variables of the environment on the others.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sockeye_cli::Render as _;
use sockeye_cli::Text;
use sockeye_url::connect::Plan;
use sockeye_url::connect::proxy;
use sockeye_url::dissect;

fuzz_target!(|octets: &[u8]| {
    let text = String::from_utf8_lossy(octets);
    let mut lines = text.split('\n');
    let Ok(url) = dissect::of(lines.next().unwrap_or_default()) else { return };
    let names = proxy::variables(url.scheme.value.as_deref().unwrap_or_default());
    let environment: Vec<(String, String)> = names.into_iter().zip(lines.map(str::to_owned)).collect();
    let plan = Plan::new(&url, &environment);
    if let Some(http) = &plan.http {
        for field in [Some(&http.target), Some(&http.host), http.authorization.as_ref()].into_iter().flatten() {
            assert!(!field.contains(|character: char| character.is_control()), "{field:?}");
        }
        assert!(!http.target.contains([' ', '#']) && http.target.starts_with('/'), "{:?}", http.target);
    }
    plan.render(&mut Text::plain(&mut std::io::sink())).unwrap();
});
