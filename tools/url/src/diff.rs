//! `url diff`: where two URLs differ, component by component, and the query parameter by parameter.

use std::collections::{HashMap, HashSet};
use std::io;

use serde::Serialize;
use sockeye_cli::table::{Rules, Table};
use sockeye_cli::{Failure, Output, Render, Status, Text};

use crate::cli::Diff;
use crate::dissect::dissect;
use crate::models::Choice;
use crate::models::warning::HostWarning;
use crate::query::{self, Parameter};
use crate::refusal::Refusal;
use crate::report::whole_cell;
use crate::rfc3986::reading::Reading;
use crate::same;
use crate::spans::Span;

/// Where two URLs differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Differences {
    /// A URL.
    pub first: String,
    /// The URL that it was compared with.
    pub second: String,
    /// Of which of them readers go to different hosts.
    pub host_warnings: Vec<HostWarning>,
    /// By which standard they were read and normalised: `whatwg` or `rfc3986`.
    pub model: &'static str,
    /// Whether no component differs.
    pub same: bool,
    /// The rung of `url same` by which they are the same nevertheless, for this standard does not normalise so.
    pub same_by: Option<&'static str>,
    /// The components that differ.
    pub components: Vec<Difference>,
    /// The parameters of the query that differ, by name and by which of that name they are.
    pub parameters: Vec<ParameterDifference>,
    /// Whether the parameters are the same but for their order.
    pub order: bool,
}

/// A component that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Its name.
    pub component: &'static str,
    /// Normalised; `None` if the URL has none.
    pub first: Option<String>,
    /// Likewise.
    pub second: Option<String>,
}

/// A parameter that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ParameterDifference {
    /// Its name, decoded.
    pub name: String,
    /// Which of that name, from 1.
    pub number: usize,
    /// Its value, decoded; `None` if there is no such parameter.
    pub first: Option<String>,
    /// Likewise.
    pub second: Option<String>,
}

/// A URL in named pieces.
struct Pieces {
    components: Vec<(&'static str, Option<String>)>,
    parameters: Vec<Parameter>,
}

/// Compares.
///
/// # Errors
/// [`Failure`] if one of the two is malformed, or if the output cannot be written.
pub fn run(job: &Diff, output: &mut Output<'_>) -> Result<Status, Failure> {
    let mut differences = match compare(&job.first, &job.second, job.model) {
        Ok(differences) => differences,
        Err(refusal) => return refusal.end(output),
    };
    for warning in &mut differences.host_warnings {
        warning.tell(output, true)?;
    }
    output.result(&differences)?;
    Ok(if differences.same { Status::YES } else { Status::NO })
}

/// Where the two differ once normalised.
///
/// # Errors
/// [`Refusal`] of the one that the standard refuses.
pub fn compare(first: &str, second: &str, model: Choice) -> Result<Differences, Box<Refusal>> {
    let (model, a, b) = match model {
        Choice::Rfc3986 => ("rfc3986", by_rfc3986(first)?, by_rfc3986(second)?),
        Choice::Whatwg | Choice::Both => ("whatwg", by_whatwg(first)?, by_whatwg(second)?),
    };
    let components: Vec<Difference> = a
        .components
        .into_iter()
        .zip(b.components)
        .filter(|((_, first), (_, second))| first != second)
        .map(|((component, first), (_, second))| Difference { component, first, second })
        .collect();
    let parameters = parameters(&a.parameters, &b.parameters);
    let names = |list: &[Parameter]| list.iter().map(|one| (one.name.clone(), one.value.clone())).collect::<Vec<_>>();
    let order = parameters.is_empty() && names(&a.parameters) != names(&b.parameters);
    let same = components.is_empty();
    let same_by = if same { None } else { same::compare(first, second).ok().and_then(|ladder| ladder.rung) };
    let host_warnings = HostWarning::of_pair(first, second);
    let (first, second) = (first.to_owned(), second.to_owned());
    Ok(Differences { first, second, host_warnings, model, same, same_by, components, parameters, order })
}

fn by_whatwg(text: &str) -> Result<Pieces, Box<Refusal>> {
    let url = dissect(text, &mut |_| {}).map_err(Refusal::from)?;
    let port = url.effective_port.number.filter(|_| url.socket.is_some() || url.port.is_there());
    let value = |(name, part): (&'static str, &crate::component::Component)| match name {
        "port" => (name, port.map(|port| port.to_string())),
        _ => (name, part.value.clone()),
    };
    Ok(Pieces { components: url.components().map(value).to_vec(), parameters: url.parameters.clone() })
}

fn by_rfc3986(text: &str) -> Result<Pieces, Box<Refusal>> {
    let reading = Reading::of(text);
    if let Some(fault) = &reading.fault {
        return Err(Refusal::new(text, crate::anatomy::refused_by_rfc3986(text, fault)).into());
    }
    let components = reading.components().map(|(name, part)| (name, part.and_then(|part| part.normalised.clone())));
    let query = reading.query.map(|part| part.span);
    let parameters = query.map(|query: Span| query::parameters(text, query)).unwrap_or_default();
    Ok(Pieces { components: components.to_vec(), parameters })
}

/// A parameter by its name and which of that name it is, and its value.
type Numbered<'a> = ((&'a str, usize), &'a str);

fn numbered(list: &[Parameter]) -> Vec<Numbered<'_>> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    list.iter()
        .map(|parameter| {
            let count = counts.entry(&parameter.name).or_default();
            *count += 1;
            ((&*parameter.name, *count), &*parameter.value)
        })
        .collect()
}

/// The parameters of both, each with those of its name and number, in the order of their first appearance.
fn parameters(first: &[Parameter], second: &[Parameter]) -> Vec<ParameterDifference> {
    let (first, second) = (numbered(first), numbered(second));
    let ours: HashSet<_> = first.iter().map(|(key, _)| key).collect();
    let theirs: HashMap<_, _> = second.iter().copied().collect();
    let mut differences = Vec::new();
    for ((name, number), value) in &first {
        let other = theirs.get(&(*name, *number));
        if other != Some(value) {
            let (first, second) = (Some((*value).to_owned()), other.map(|other| (*other).to_owned()));
            differences.push(ParameterDifference { name: (*name).to_owned(), number: *number, first, second });
        }
    }
    for (key @ (name, number), value) in &second {
        if !ours.contains(key) {
            let second = Some((*value).to_owned());
            differences.push(ParameterDifference { name: (*name).to_owned(), number: *number, first: None, second });
        }
    }
    differences
}

impl Render for Differences {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        for warning in &self.host_warnings {
            warning.render(text, true)?;
        }
        if self.same {
            return text.line("No component differs");
        }
        let mut table = Table::new(Rules::Lines, ["Component", "A", "B"]);
        for Difference { component, first, second } in &self.components {
            table.row([(*component).into(), whole_cell(first.as_deref()), whole_cell(second.as_deref())]);
        }
        text.table(&table)?;
        if let Some(rung) = self.same_by {
            text.prose("", &format!("url same takes them for the same nevertheless, from \"{rung}\" on"))?;
        }
        if self.order {
            text.line("Query: the same parameters in another order")?;
        }
        if !self.parameters.is_empty() {
            text.line("Query parameters:")?;
            let mut table = Table::new(Rules::Lines, ["Name", "Number", "A", "B"]);
            for ParameterDifference { name, number, first, second } in &self.parameters {
                table.row([
                    whole_cell(Some(name)),
                    number.to_string().into(),
                    whole_cell(first.as_deref()),
                    whole_cell(second.as_deref()),
                ]);
            }
            table.right(&[1]);
            text.table(&table)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(first: &str, second: &str) -> Differences {
        compare(first, second, Choice::Whatwg).unwrap()
    }

    #[test]
    fn components_that_differ_are_listed() {
        let found = of("http://u@a/x?q#f", "https://a:8443/x?q");
        let seen: Vec<_> =
            found.components.iter().map(|d| (d.component, d.first.as_deref(), d.second.as_deref())).collect();
        assert_eq!(
            seen,
            [
                ("scheme", Some("http"), Some("https")),
                ("username", Some("u"), None),
                ("port", Some("80"), Some("8443")),
                ("fragment", Some("f"), None),
            ]
        );
        assert!(of("http://A:80/./x", "http://a/x").same, "what only normalisation changes is no difference");
    }

    #[test]
    fn parameters_are_compared_by_name_and_number() {
        let found = of("http://h/?a=1&a=2&b=&c=x", "http://h/?a=1&a=3&c=x&d=%20");
        let seen: Vec<_> =
            found.parameters.iter().map(|d| (&*d.name, d.number, d.first.as_deref(), d.second.as_deref())).collect();
        assert_eq!(seen, [("a", 2, Some("2"), Some("3")), ("b", 1, Some(""), None), ("d", 1, None, Some(" "))]);
        let order = of("http://h/?a=1&b=2", "http://h/?b=2&a=1");
        assert!(order.order && order.parameters.is_empty() && !order.same);
        assert!(!of("http://h/?a=1", "http://h/?a=1").order);
        let sign = of("http://h/?a&b=A", "http://h/?a=&b=%41");
        assert!(
            sign.parameters.is_empty() && !sign.order && !sign.same,
            "what is decoded to the same is no difference"
        );
    }

    #[test]
    fn a_query_of_many_parameters_is_compared_in_one_go() {
        let query = |last: &str| format!("http://h/?{}{last}", "a&b=c&".repeat(50_000));
        let found = of(&query("a"), &query("a=x"));
        let seen: Vec<_> = found.parameters.iter().map(|d| (&*d.name, d.number, d.second.as_deref())).collect();
        assert_eq!(seen, [("a", 50_001, Some("x"))]);
    }

    #[test]
    fn rfc_3986_compares_what_whatwg_does_not_take() {
        let found = compare("a/b?x=1", "a/c?x=2", Choice::Rfc3986).unwrap();
        assert_eq!(found.components.len(), 2);
        assert_eq!(found.parameters.len(), 1);
        assert!(compare("a/b", "a/c", Choice::Whatwg).is_err());
        assert!(compare("http://h/a b", "http://h/", Choice::Rfc3986).is_err());
    }
}
