//! trurl's command lines and libcurl's model of URLs: no line panics, and a URL that was printed is printed the same again.
//!
//! The arguments stand on lines of their own.
#![no_main]

use std::os::unix::ffi::OsStringExt;

use libfuzzer_sys::fuzz_target;
use sockeye_cli::Invocation;
use sockeye_url::change::pairs::Pairs;
use sockeye_url::cli::{self, Job};
use sockeye_url::curl::{Rules, Show, Url, View};
use sockeye_url::template::Template;
use sockeye_url::trurl::work::{Sink, Trouble, work};
use sockeye_url::trurl::{Request, json};

/// Takes what is shown, up to a bound: a few lists multiply.
struct Shown<'a> {
    request: &'a Request,
    template: Option<Template>,
    left: usize,
}

impl Sink for Shown<'_> {
    type Stop = Trouble;

    fn note(&mut self, _: &[u8]) -> Result<(), Trouble> {
        self.step()
    }

    fn show(&mut self, url: &Url, params: Option<&Pairs>) -> Result<(), Trouble> {
        let view = View { url, keep_port: self.request.keep_port, separator: self.request.plan.separator };
        let mut line = Vec::new();
        json::append(view, params, self.request.how, &mut line);
        if let Some(template) = &self.template {
            let _ = template.fill(&view, &mut line, &mut |_| {});
        }
        self.step()
    }

    fn nothing(&mut self) {}
}

impl Shown<'_> {
    fn step(&mut self) -> Result<(), Trouble> {
        self.left = self.left.checked_sub(1).ok_or(Trouble::new(sockeye_cli::Status::HOST, "enough"))?;
        Ok(())
    }
}

fn printed(text: &[u8]) -> Option<Vec<u8>> {
    let url = Url::parse(text, Rules::default()).ok()?;
    let mut line = Vec::new();
    url.append_text(Show::default(), &mut line).then_some(line)
}

fuzz_target!(|octets: &[u8]| {
    // A name that decodes to numbers is an address when it is read again, and then it stays.
    if let Some(twice) = printed(octets).and_then(|once| printed(&once)) {
        assert_eq!(printed(&twice).as_ref(), Some(&twice));
    }
    let args = octets.split(|octet| *octet == b'\n').map(|arg| std::ffi::OsString::from_vec(arg.to_vec())).collect();
    let Ok(options) = cli::parse(&Invocation { name: "trurl".to_owned(), args }) else { return };
    let Job::Trurl(job) = options.job else { return };
    let Ok(request) = &job.request else { return };
    let template = request.get.as_deref().map(|get| Template::trurl(get, request.how));
    let mut shown = Shown { request, template, left: 100 };
    if request.urls.is_empty() {
        let _ = work(None, &request.plan, &mut shown);
    }
    for url in &request.urls {
        let _ = work(Some(url), &request.plan, &mut shown);
    }
});
