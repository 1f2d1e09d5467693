//! The query as a list of parameters, the way HTML forms encode it.

use serde::Serialize;

use crate::percent;
use crate::spans::{Span, significant};

/// One parameter: a piece of the query between two `&`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Parameter {
    /// Where it stands in the input.
    pub span: Span,
    /// As it stands there.
    pub text: String,
    /// The name, decoded. Octets that are not UTF-8 are U+FFFD.
    pub name: String,
    /// The value, decoded likewise; empty where there is no `=`.
    pub value: String,
    /// Where the name stands: up to the first `=`.
    pub name_span: Span,
    /// Where the value stands; `None` where there is no `=`.
    pub value_span: Option<Span>,
}

/// The parameters of the query at `query` in `input`, in order, duplicates included. Empty pieces are none.
///
/// # Source
/// WHATWG URL, section 5.1, "application/x-www-form-urlencoded parsing".
pub fn parameters(input: &str, query: Span) -> Vec<Parameter> {
    let mut start = query.start;
    let mut found = Vec::new();
    for piece in query.of(input).split('&') {
        let span = Span { start, end: start + piece.len() };
        start = span.end + 1;
        if !significant(piece).is_empty() {
            found.push(parameter(input, span));
        }
    }
    found
}

fn parameter(input: &str, span: Span) -> Parameter {
    let text = span.of(input);
    let equals = text.find('=').map(|offset| span.start + offset);
    let name_span = Span { end: equals.unwrap_or(span.end), ..span };
    let value_span = equals.map(|equals| Span { start: equals + 1, ..span });
    let decoded =
        |span: Span| String::from_utf8_lossy(&percent::decode_form(&significant(span.of(input)))).into_owned();
    Parameter {
        span,
        text: text.to_owned(),
        name: decoded(name_span),
        value: value_span.map(decoded).unwrap_or_default(),
        name_span,
        value_span,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pairs(query: &str) -> Vec<(String, String)> {
        let all = Span { start: 0, end: query.len() };
        parameters(query, all).into_iter().map(|parameter| (parameter.name, parameter.value)).collect()
    }

    #[test]
    fn order_duplicates_and_emptiness_are_kept() {
        let input = "http://h/?a=1&a=2&&b&=x&c=%26+%2B=&d=";
        let found = parameters(input, Span { start: 10, end: input.len() });
        let seen: Vec<_> =
            found.iter().map(|p| (&*p.name, &*p.value, p.value_span.is_some(), p.span.of(input))).collect();
        assert_eq!(
            seen,
            [
                ("a", "1", true, "a=1"),
                ("a", "2", true, "a=2"),
                ("b", "", false, "b"),
                ("", "x", true, "=x"),
                ("c", "& +=", true, "c=%26+%2B="),
                ("d", "", true, "d="),
            ]
        );
    }

    proptest! {
        #[test]
        fn the_pairs_are_those_of_the_crate(query in "[a-z+%&=0-9A-F\u{e4}\u{1f600}]{0,40}") {
            let theirs: Vec<(String, String)> =
                url::form_urlencoded::parse(query.as_bytes()).map(|(n, v)| (n.into_owned(), v.into_owned())).collect();
            prop_assert_eq!(pairs(&query), theirs);
        }

        #[test]
        fn the_pairs_are_those_of_the_whole_url(query: String) {
            let text = format!("http://h/?{query}");
            let split = crate::spans::split(&text).unwrap();
            let ours: Vec<(String, String)> =
                parameters(&text, split.query.unwrap()).into_iter().map(|p| (p.name, p.value)).collect();
            let url = url::Url::parse(&text).unwrap();
            let theirs: Vec<(String, String)> = url.query_pairs().map(|(n, v)| (n.into_owned(), v.into_owned())).collect();
            prop_assert_eq!(ours, theirs);
        }
    }
}
