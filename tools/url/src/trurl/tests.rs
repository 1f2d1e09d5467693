use super::work::{Plan, Sink, Trouble, work};
use super::*;
use crate::change::pairs::Pairs;
use crate::curl::Show;

#[derive(Default)]
struct Seen(Vec<String>);

impl Sink for Seen {
    type Stop = Trouble;

    fn note(&mut self, message: &[u8]) -> Result<(), Trouble> {
        self.0.push(format!("note: {}", String::from_utf8_lossy(message)));
        Ok(())
    }

    fn show(&mut self, url: &Url, _: Option<&Pairs>) -> Result<(), Trouble> {
        let mut line = Vec::new();
        url.append_text(Show::default(), &mut line);
        self.0.push(String::from_utf8(line).unwrap());
        Ok(())
    }

    fn nothing(&mut self) {}
}

fn seen(url: Option<&str>, change: impl FnOnce(&mut Plan)) -> Vec<String> {
    let mut plan = Request::default().plan;
    change(&mut plan);
    let mut seen = Seen::default();
    if let Err(trouble) = work(url.map(str::as_bytes), &plan, &mut seen) {
        seen.0.push(format!("{}: {}", trouble.status.0, String::from_utf8_lossy(&trouble.message)));
    }
    seen.0
}

#[test]
fn what_is_put_together_is_read_again() {
    let set = |url, set: &str| seen(url, |plan| plan.sets.push(set.as_bytes().to_vec()));
    assert_eq!(set(Some("a"), "host=1"), ["http://0.0.0.1/"]);
    assert_eq!(set(Some("http://%31.2/"), "port=1"), ["http://1.0.0.2:1/"]);
    assert_eq!(set(Some("a"), "user:=b@c"), ["http://b%40c@a/"]);
    assert_eq!(set(Some("a"), "scheme=file"), ["note: Bad file:// URL [file://(nil)]"]);
    assert_eq!(set(Some("a"), "host="), ["note: not enough input for a URL"]);
    assert_eq!(set(None, "host=a"), ["7: not enough input for a URL"]);
    assert_eq!(set(Some("a"), "scheme?=ftp"), ["ftp://a/"]);
    assert_eq!(set(Some("http://a"), "scheme?=ftp"), ["http://a/"]);
}

#[test]
fn what_is_iterated_over_stays_and_what_is_appended_is_appended_once() {
    let iterate = |text: &str, also: &dyn Fn(&mut Plan)| {
        seen(Some("a"), |plan| {
            plan.iterates.extend(text.split(';').map(|text| text.as_bytes().to_vec()));
            also(plan);
        })
    };
    assert_eq!(
        iterate("port=1 x 2", &|_| {}),
        [
            "http://a:1/",
            "note: Error setting port: Port number was not a decimal number between 0 and 65535",
            "http://a:1/",
            "http://a:2/"
        ]
    );
    assert_eq!(iterate("port=1 2;host=x y", &|_| {}), ["http://x:1/", "http://y:1/", "http://x:2/", "http://y:2/"]);
    let appended = iterate("query=z y", &|plan| plan.pairs.push(b"b".to_vec()));
    assert_eq!(appended, ["http://a/?z&b", "http://a/?y"]);
    assert_eq!(iterate("port=1;port=2", &|_| {}), ["11: duplicate component for iterate: port"]);
}
