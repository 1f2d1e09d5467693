//! The search list: which names a short name stands for.

use crate::resolv_conf::ResolvConf;

/// How many dots a name needs to be asked for as it is, unless somebody says otherwise.
const NDOTS: u32 = 1;

/// A name to ask for on behalf of the one that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Try {
    /// The name, with its last dot where a domain was added.
    pub name: String,
    /// Where it comes from.
    pub place: Place,
}

/// Where a name to ask for comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// It was written so, and there is no list.
    Alone,
    /// It was written so, with enough dots to come before the list.
    First,
    /// From this domain of the list.
    Domain(String),
    /// It was written so, and the list is through.
    Last,
}

/// The names to ask for, in order. The next one is asked for when the one before does not exist.
///
/// A name with enough dots is asked for as it is and not otherwise. Any other is asked for with each domain of the list
/// behind it, and then as it is. Like dig this counts the dots twice: as written to tell whether the name comes before the
/// list, and between labels to tell whether the list comes at all. An escaped dot is among the former only.
pub fn tries(name: &str, domains: &[String], ndots: Option<u32>) -> Vec<Try> {
    let written = |place| Try { name: name.to_owned(), place };
    if domains.is_empty() {
        return vec![written(Place::Alone)];
    }
    let enough = needed(ndots);
    let comes_first = comes_first(name, ndots);
    let first = comes_first.then(|| written(Place::First));
    let searched = domains.iter().filter(|_| !(comes_first && (is_absolute(name) || dots(name) >= enough)));
    let searched = searched.take(if is_absolute(name) { 1 } else { usize::MAX }).map(|domain| Try {
        name: if is_absolute(name) { name.to_owned() } else { with_domain(name, domain) },
        place: Place::Domain(domain.clone()),
    });
    let last = (!comes_first && !is_absolute(name)).then(|| written(Place::Last));
    first.into_iter().chain(searched).chain(last).collect()
}

/// The name in that domain, with a dot at its end.
pub fn with_domain(name: &str, domain: &str) -> String {
    match domain.trim_end_matches('.') {
        "" => format!("{name}."),
        domain => format!("{name}.{domain}."),
    }
}

/// The same as the host dialect has it: the names to ask for, in order, each with its last dot where the list added one.
///
/// A name with enough dots, or with one at its end, is asked for as it is and not otherwise. Any other is asked for with
/// each domain of the list behind it, and then as it is; before the list, if it has enough dots with those of its labels.
pub fn names(name: &str, domains: &[String], ndots: Option<u32>) -> Vec<String> {
    if is_absolute(name) || has_enough_dots(name, ndots) || name.is_empty() {
        return vec![name.to_owned()];
    }
    let mut names: Vec<String> = domains.iter().map(|domain| with_domain(name, domain)).collect();
    names.insert(if comes_first(name, ndots) { 0 } else { names.len() }, name.to_owned());
    names
}

/// The domains to search: the one of `+domain`, or those of resolv.conf; none without `+search`.
pub fn domains(search: bool, domain: Option<&str>, conf: &ResolvConf) -> Vec<String> {
    match domain {
        Some(domain) => vec![domain.to_owned()],
        None if search => conf.search.clone(),
        None => Vec::new(),
    }
}

/// Whether a name is asked for as it is because of its dots.
pub fn has_enough_dots(name: &str, ndots: Option<u32>) -> bool {
    dots(name) >= needed(ndots)
}

/// Whether a name is asked for as it is before the list: here the dots in its labels count, too.
fn comes_first(name: &str, ndots: Option<u32>) -> bool {
    name.bytes().filter(|octet| *octet == b'.').count() >= needed(ndots)
}

fn needed(ndots: Option<u32>) -> usize {
    usize::try_from(ndots.unwrap_or(NDOTS)).unwrap_or(usize::MAX)
}

/// The dots of a name that are not part of a label.
fn dots(name: &str) -> usize {
    let mut escaped = false;
    let mut dots = 0;
    for octet in name.bytes() {
        dots += usize::from(octet == b'.' && !escaped);
        escaped = octet == b'\\' && !escaped;
    }
    dots
}

fn is_absolute(name: &str) -> bool {
    name.strip_suffix('.').is_some_and(|label| {
        let backslashes = label.bytes().rev().take_while(|octet| *octet == b'\\').count();
        backslashes.is_multiple_of(2)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(name: &str, ndots: Option<u32>) -> Vec<String> {
        names(name, &["a.test".to_owned(), "b.test.".to_owned()], ndots)
    }

    #[test]
    fn a_name_with_enough_dots_stays_as_it_is() {
        assert_eq!(list("web", None), ["web.a.test.", "web.b.test.", "web"]);
        assert_eq!(list("web.x", None), ["web.x"]);
        assert_eq!(list("web.", None), ["web."]);
        assert_eq!(list("web", Some(0)), ["web"]);
        assert_eq!(list("a.web", Some(2)), ["a.web.a.test.", "a.web.b.test.", "a.web"]);
        assert_eq!(list("a\\.web", None), ["a\\.web", "a\\.web.a.test.", "a\\.web.b.test."]);
        assert_eq!(names("web", &[], None), ["web"]);
        assert_eq!(names("web", &[".".to_owned()], None), ["web.", "web"]);
    }

    #[test]
    fn an_escaped_dot_is_half_a_dot() {
        let tried = |name: &str, ndots| -> Vec<(String, Place)> {
            let domains = ["a.test".to_owned(), "b.test.".to_owned()];
            tries(name, &domains, ndots).into_iter().map(|next| (next.name, next.place)).collect()
        };
        let (a, b) = (Place::Domain("a.test".to_owned()), Place::Domain("b.test.".to_owned()));
        let both = |name: &str| [(format!("{name}.a.test."), a.clone()), (format!("{name}.b.test."), b.clone())];
        let written = |name: &str, place| vec![(name.to_owned(), place)];
        assert_eq!(tried("web", None), [&both("web")[..], &written("web", Place::Last)].concat());
        assert_eq!(tried("", None), [&both("")[..], &written("", Place::Last)].concat());
        assert_eq!(tried("web.x", None), written("web.x", Place::First));
        assert_eq!(tried("web", Some(0)), written("web", Place::First));
        for name in ["a\\.web", "web\\."] {
            assert_eq!(tried(name, None), [&written(name, Place::First)[..], &both(name)].concat());
        }
        assert_eq!(tried("web\\\\.", None), written("web\\\\.", Place::First), "an escaped backslash and a dot");
        assert_eq!(tried("x.web.", Some(3)), written("x.web.", a.clone()), "absolute, and dig is in the list already");
        assert_eq!(tries("web", &[], None), [Try { name: "web".to_owned(), place: Place::Alone }]);
    }

    #[test]
    fn a_domain_of_the_line_is_in_place_of_the_list() {
        let conf = ResolvConf { search: vec!["a.test".to_owned()], ..ResolvConf::default() };
        assert_eq!(domains(true, None, &conf), ["a.test"]);
        assert_eq!(domains(false, None, &conf), [""; 0]);
        assert_eq!(domains(false, Some("b.test"), &conf), ["b.test"]);
    }
}
