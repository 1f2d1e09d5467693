//! One URL, from its text through every change to what is shown.

use sockeye_cli::Status;

use crate::change::normal;
use crate::change::pairs::Pairs;
use crate::change::spec::{Iterate, Set, Trim};
use crate::curl::{CurlError, Rules, Show, Url};
use crate::template::{How, Part, Parts as _};

/// How trurl ends: a wrong `--set`.
const SET: Status = Status(5);
/// No URL can be made.
const URL: Status = Status(7);
/// `--verify`, and the URL is none.
const BAD: Status = Status(9);
/// A wrong `--get`.
pub const GET: Status = Status(10);
/// A wrong `--iterate`.
const ITERATE: Status = Status(11);

/// What changes a URL, in trurl's order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// How URLs are read.
    pub rules: Rules,
    /// `--verify`.
    pub verify: bool,
    /// `--redirect`.
    pub redirect: Option<Vec<u8>>,
    /// `--set`, as they were written.
    pub sets: Vec<Vec<u8>>,
    /// `--iterate`, as they were written.
    pub iterates: Vec<Vec<u8>>,
    /// `--append path=`.
    pub segments: Vec<Vec<u8>>,
    /// `--trim query=`.
    pub trims: Vec<Trim>,
    /// `--replace`, and whether it appends.
    pub replaces: Vec<(Vec<u8>, bool)>,
    /// `--append query=`.
    pub pairs: Vec<Vec<u8>>,
    /// `--sort-query`.
    pub sort: bool,
    /// `--query-separator`.
    pub separator: u8,
}

/// What ends a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// The exit status.
    pub status: Status,
    /// In trurl's words, without the name before them. A URL is quoted as it is, octet by octet.
    pub message: Vec<u8>,
}

impl Trouble {
    /// What is wrong, and how trurl ends then.
    pub fn new(status: Status, message: impl Into<Vec<u8>>) -> Self {
        Self { status, message: message.into() }
    }

    /// Whether trurl stops in the middle of its JSON.
    pub fn leaves_json_open(&self) -> bool {
        self.status == SET || self.status == ITERATE
    }
}

/// Where a URL goes.
pub trait Sink {
    /// What ends it.
    type Stop: From<Trouble>;

    /// Says something, after which it goes on.
    ///
    /// # Errors
    /// If nothing can be said.
    fn note(&mut self, message: &[u8]) -> Result<(), Self::Stop>;

    /// Shows a URL; `params` are the pairs of its query if it has, or had, one.
    ///
    /// # Errors
    /// If it cannot be shown.
    fn show(&mut self, url: &Url, params: Option<&Pairs>) -> Result<(), Self::Stop>;

    /// There is nothing to show of this URL.
    fn nothing(&mut self);
}

/// Takes a URL, or none, through the plan.
///
/// # Errors
/// What ends the run.
pub fn work<S: Sink>(text: Option<&[u8]>, plan: &Plan, sink: &mut S) -> Result<(), S::Stop> {
    let Some(mut url) = begin(text, plan, sink)? else { return Ok(()) };
    let mut round = Round { plan, given: text.is_some(), first: true, fresh: true, iterates: Vec::new() };
    round.set(&mut url, sink)?;
    round.iterates = iterates(plan)?;
    let choices: Vec<usize> = round.iterates.iter().map(|iterate| iterate.values.len()).collect();
    let mut chosen = vec![0; choices.len()];
    let mut turned = 0;
    loop {
        round.iterate(&mut url, &chosen, turned, sink)?;
        round.finish(&mut url, sink)?;
        round.first = false;
        match advance(&mut chosen, &choices) {
            Some(list) => turned = list,
            None => return Ok(()),
        }
        // Where only the last list has turned trurl leaves the components as they were set.
        round.fresh = turned.saturating_add(1) < choices.len();
        round.set(&mut url, sink)?;
    }
}

/// The next combination, the last list turning fastest: which list has turned, from where on those behind it begin anew.
fn advance(chosen: &mut [usize], choices: &[usize]) -> Option<usize> {
    for (list, (index, count)) in chosen.iter_mut().zip(choices).enumerate().rev() {
        *index = index.saturating_add(1);
        if *index < *count {
            return Some(list);
        }
        *index = 0;
    }
    None
}

/// The URL as it was given, and where it redirects to. `None` if it is none, which has been said.
fn begin<S: Sink>(text: Option<&[u8]>, plan: &Plan, sink: &mut S) -> Result<Option<Url>, S::Stop> {
    let Some(text) = text else { return Ok(Some(Url::default())) };
    let bad = |what: &str, error: CurlError, text: &[u8]| Trouble::new(BAD, quoting(&format!("{what}{error}"), text));
    let trouble = match Url::parse(text, plan.rules) {
        Err(error) => bad("", error, text),
        Ok(url) => {
            let Some(location) = &plan.redirect else { return Ok(Some(url)) };
            match url.redirected(location, plan.rules) {
                Ok(url) => return Ok(Some(url)),
                Err(error) => bad("invalid redirection: ", error, location),
            }
        }
    };
    forgive(trouble, plan.verify, sink).map(|()| None)
}

/// What is wrong, and with what.
fn quoting(what: &str, text: &[u8]) -> Vec<u8> {
    [what.as_bytes(), b" [", text, b"]"].concat()
}

/// A note, or the end if that is what the user wants.
fn forgive<S: Sink>(trouble: Trouble, verify: bool, sink: &mut S) -> Result<(), S::Stop> {
    if verify { Err(trouble.into()) } else { sink.note(&trouble.message) }
}

/// What `--iterate` says. trurl looks at it when it has a URL, and not before.
fn iterates(plan: &Plan) -> Result<Vec<Iterate>, Trouble> {
    let wrong = |message: String| Trouble::new(ITERATE, message);
    let is_set = |part| plan.sets.iter().any(|text| Set::parse(text).is_ok_and(|set| set.part == part));
    let mut list: Vec<Iterate> = Vec::new();
    for text in &plan.iterates {
        let iterate = Iterate::parse(text).map_err(|message| wrong(message.to_owned()))?;
        let name = iterate.part.name();
        if list.iter().any(|other| other.part == iterate.part) {
            return Err(wrong(format!("duplicate component for iterate: {name}")));
        }
        if is_set(iterate.part) {
            return Err(wrong(format!("duplicate --iterate and --set for component {name}")));
        }
        list.push(iterate);
    }
    Ok(list)
}

/// One combination of what is iterated over.
struct Round<'a> {
    plan: &'a Plan,
    given: bool,
    first: bool,
    /// Whether components are brought into their normal form.
    fresh: bool,
    iterates: Vec<Iterate>,
}

impl Round<'_> {
    fn set<S: Sink>(&self, url: &mut Url, sink: &mut S) -> Result<(), S::Stop> {
        let wrong = |message: String| Trouble::new(SET, message);
        let mut seen: Vec<Part> = Vec::new();
        for text in &self.plan.sets {
            let set = Set::parse(text).map_err(|error| wrong(error.to_string()))?;
            if !(set.if_absent && is_there(url, set.part)) {
                self.change(url, set.part, &set.value, set.encode, sink)?;
            }
            if seen.contains(&set.part) {
                return Err(wrong(format!("duplicate --set for component {}", set.part.name())).into());
            }
            seen.push(set.part);
        }
        Ok(())
    }

    fn change<S: Sink>(
        &self,
        url: &mut Url,
        part: Part,
        value: &[u8],
        encode: bool,
        sink: &mut S,
    ) -> Result<(), S::Stop> {
        let value = (!value.is_empty()).then_some(value);
        match url.set(part, value, encode, self.plan.rules) {
            Ok(()) => Ok(()),
            Err(error) => sink.note(format!("Error setting {}: {error}", part.name()).as_bytes()),
        }
    }

    /// Sets what is iterated over, from the list on that has turned; the sets come once more before each further one.
    fn iterate<S: Sink>(&self, url: &mut Url, chosen: &[usize], turned: usize, sink: &mut S) -> Result<(), S::Stop> {
        for (list, (iterate, index)) in self.iterates.iter().zip(chosen).enumerate().skip(turned) {
            if list > turned {
                self.set(url, sink)?;
            }
            let value = iterate.values.get(*index).map(Vec::as_slice).unwrap_or_default();
            self.change(url, iterate.part, value, iterate.encode, sink)?;
        }
        Ok(())
    }

    /// What comes when all is set.
    fn finish<S: Sink>(&self, url: &mut Url, sink: &mut S) -> Result<(), S::Stop> {
        if self.first {
            self.append_segments(url);
        }
        if self.fresh {
            normalise(url);
        }
        let plan = self.plan;
        let is_changed = !plan.sets.is_empty() || !plan.segments.is_empty() || plan.redirect.is_some();
        if !url.is_whole() && (is_changed || !self.given) {
            // Where iterating alone has taken something away trurl does not say so.
            let trouble = Trouble::new(URL, "not enough input for a URL");
            forgive(trouble, plan.verify || !self.given, sink)?;
            sink.nothing();
            return Ok(());
        }
        if is_changed {
            normalise_query(url, self.plan.separator);
            // What was put together has to be a URL, and is read as one: a host may turn out to be an address.
            let text = whole(url);
            match Url::parse(&text, self.plan.rules) {
                Ok(read) => *url = read,
                Err(error) => {
                    let message = quoting(&error.to_string(), &text);
                    return forgive(Trouble::new(BAD, message), plan.verify || !self.given, sink);
                }
            }
        }
        let pairs = self.query(url);
        sink.show(url, pairs.as_ref())
    }

    fn append_segments(&self, url: &mut Url) {
        for segment in &self.plan.segments {
            let path = url.path.get_or_insert_default();
            *path = crate::percent::with_small_digits(path);
            if !path.ends_with(b"/") {
                path.push(b'/');
            }
            path.extend_from_slice(&crate::percent::encode_octets(segment));
        }
    }

    /// What is done to the pairs of the query. `None` if it has none and nothing adds one.
    fn query(&self, url: &mut Url) -> Option<Pairs> {
        let plan = self.plan;
        let query = url.query.as_deref().unwrap_or_default();
        let appended = if self.first { plan.pairs.as_slice() } else { &[] };
        // One of them that appends makes all append.
        let append = plan.replaces.iter().any(|(_, append)| *append);
        if query.is_empty() && appended.is_empty() && !append {
            return None;
        }
        let mut pairs = Pairs::of(query, plan.separator);
        for trim in &plan.trims {
            pairs.trim(trim, false);
        }
        for (data, _) in &plan.replaces {
            pairs.replace(data, append);
        }
        for data in appended {
            pairs.append(data);
        }
        if plan.sort {
            pairs.sort();
        }
        if pairs.is_rewritten() {
            url.query = Some(pairs.query().unwrap_or_default());
        }
        Some(pairs)
    }
}

fn whole(url: &Url) -> Vec<u8> {
    if url.scheme == b"file" && url.path.is_none() {
        // What trurl makes of such a one.
        let url = Url { path: Some(b"(nil)".to_vec()), ..url.clone() };
        return text(&url);
    }
    text(url)
}

fn text(url: &Url) -> Vec<u8> {
    let mut text = Vec::new();
    url.append_text(Show::default(), &mut text);
    text
}

/// Whether a component was given: a guessed scheme was not, and a path always is.
fn is_there(url: &Url, part: Part) -> bool {
    match part {
        Part::Scheme => !url.guessed && !url.scheme.is_empty(),
        Part::Query => url.query.as_ref().is_some_and(|query| !query.is_empty()),
        Part::Fragment => url.fragment.as_ref().is_some_and(|fragment| !fragment.is_empty()),
        _ => {
            let view = crate::curl::View { url, keep_port: true, separator: b'&' };
            view.append(part, How::default(), &mut Vec::new())
        }
    }
}

fn normalise_query(url: &mut Url, separator: u8) {
    if let Some(query) = &mut url.query {
        let pairs = Pairs::of(query, separator);
        if pairs.is_rewritten() {
            *query = pairs.with_gaps();
        }
    }
}

fn normalise(url: &mut Url) {
    for part in [&mut url.user, &mut url.password, &mut url.options, &mut url.fragment].into_iter().flatten() {
        if let Some(normal) = normal::component(part) {
            *part = normal;
        }
    }
    if let Some(path) = &mut url.path
        && let Some(normal) = normal::path(path)
    {
        *path = normal;
    }
}
