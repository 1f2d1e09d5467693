//! The search list: which names a short name stands for.

use crate::resolv_conf::ResolvConf;

/// How many dots a name needs to be asked for as it is, unless somebody says otherwise.
const NDOTS: u32 = 1;

/// The names to ask for, in order, each with its last dot where the list added one. The next one is asked for when the
/// one before does not exist.
///
/// A name with enough dots, or with one at its end, is asked for as it is and not otherwise. Any other is asked for with
/// each domain of the list behind it, and then as it is.
pub fn names(name: &str, domains: &[String], ndots: Option<u32>) -> Vec<String> {
    if is_absolute(name) || has_enough_dots(name, ndots) || name.is_empty() {
        return vec![name.to_owned()];
    }
    let searched = domains.iter().map(|domain| match domain.trim_end_matches('.') {
        "" => format!("{name}."),
        domain => format!("{name}.{domain}."),
    });
    searched.chain([name.to_owned()]).collect()
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
    dots(name) >= usize::try_from(ndots.unwrap_or(NDOTS)).unwrap_or(usize::MAX)
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
        assert_eq!(list("a\\.web", None), ["a\\.web.a.test.", "a\\.web.b.test.", "a\\.web"]);
        assert_eq!(names("web", &[], None), ["web"]);
        assert_eq!(names("web", &[".".to_owned()], None), ["web.", "web"]);
    }

    #[test]
    fn a_domain_of_the_line_is_in_place_of_the_list() {
        let conf = ResolvConf { search: vec!["a.test".to_owned()], ..ResolvConf::default() };
        assert_eq!(domains(true, None, &conf), ["a.test"]);
        assert_eq!(domains(false, None, &conf), [""; 0]);
        assert_eq!(domains(false, Some("b.test"), &conf), ["b.test"]);
    }
}
