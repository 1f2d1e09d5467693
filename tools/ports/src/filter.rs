//! Which sockets are wanted, in the language of ss: `state established ( sport = :22 or dst 10/8 )`.
//!
//! [`parse`] reads a [`Query`] and asks nobody. [`Query::resolve`] asks for what the names in it stand for, and gives a
//! [`Filter`], which judges sockets ([`Filter::matches`]) and becomes a program for the kernel ([`Filter::program`]).
//!
//! A listing does: `parse` with the command line; then, in the namespace that it is about, `shell::filter::resolve` and
//! `shell::filter::select` in place of `shell::survey`. Whoever has rows already uses `shell::filter::sift`.
//!
//! # How it differs from ss
//! - `and` binds closer than `or`, as ss's manual says and ss does not do. [`Query::warnings`] says where that matters.
//! - Blanks are needed only between words. IPv6 addresses need no brackets. `state` may stand anywhere.
//! - There are tests for processes, users, inodes, families, queues, and for both ends at once.
//!
//! # Source
//! ss(8), "STATE-FILTER" and "EXPRESSION".

mod bytecode;
mod condition;
mod fault;
mod glob;
mod host;
mod lexer;
mod parser;
mod predicate;
mod resolve;
mod states;
#[cfg(test)]
mod tests;
mod tracing;
mod tree;

use sockeye_sys::sock_diag::StateMask;

pub use bytecode::Program;
pub use condition::{Condition, Ends, Facts, Filter, Side, Subject, Test};
pub use fault::Fault;
pub use host::{Address, HostPattern};
pub use predicate::{End, Field, PortPattern, Predicate, Relation, Term};
pub use resolve::{LookUp, Needs};
pub use tree::Tree;

/// What a query says, names as names.
pub type Expression = Tree<Term>;

/// A query that was understood. Nothing in it has been looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// The query, as it was written.
    pub text: String,
    /// The states that a socket may be in; `None` if the query names none, so that the listing's own choice holds.
    ///
    /// No socket in another state can match. In one of these, the expression decides.
    pub states: Option<StateMask>,
    /// The tests; `None` if there are none but the states.
    pub expression: Option<Expression>,
    /// What the user should know, each one line. They quote the query: escape them for a terminal.
    pub warnings: Vec<String>,
}

/// Reads a query, given as the words of a command line. No words are a query that every socket matches.
///
/// # Errors
/// [`Fault`] for what is not the language, with the place.
pub fn parse<S: AsRef<str>>(words: &[S]) -> Result<Query, Fault> {
    parse_in(Dialect::Ports, words)
}

/// Whose words have which meaning, where that differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// Ours: `closed` is also what is only bound, and what begins with `/` or `@` is a Unix-domain name.
    Ports,
    /// That of ss.
    Ss,
}

/// [`parse`], in a dialect.
///
/// # Errors
/// As that.
pub fn parse_in<S: AsRef<str>>(dialect: Dialect, words: &[S]) -> Result<Query, Fault> {
    let text = words.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(" ");
    let parsed = parser::parse(dialect, &text, lexer::tokens(&text)?)?;
    let warnings = parsed.expression.iter().zip(&parsed.of_ss).map(|(ours, of_ss)| {
        format!(
            "and binds closer than or: read as {ours}; ss reads from left to right, as {of_ss} (brackets make it plain)"
        )
    });
    let names_states =
        |expression: &Expression| expression.has(|term| matches!(term.predicate, Predicate::State { .. }));
    let states = match (parsed.head, &parsed.expression) {
        (None, Some(expression)) if names_states(expression) => Some(possible(expression)),
        (head, None) => head,
        (Some(head), Some(expression)) => Some(StateMask(head.0 & possible(expression).0)),
        (None, Some(_)) => None,
    };
    Ok(Query { states, warnings: warnings.collect(), expression: parsed.expression, text })
}

/// The states in which a socket may match at all.
fn possible(expression: &Expression) -> StateMask {
    match expression {
        Tree::Leaf(Term { predicate: Predicate::State { states, .. }, .. }) => *states,
        Tree::Not(part) => match part.as_ref() {
            Tree::Leaf(Term { predicate: Predicate::State { states, .. }, .. }) => StateMask::ALL.without(*states),
            _ => StateMask::ALL,
        },
        Tree::Leaf(_) => StateMask::ALL,
        Tree::All(parts) => parts.iter().fold(StateMask::ALL, |mask, part| StateMask(mask.0 & possible(part).0)),
        Tree::Any(parts) => parts.iter().fold(StateMask::EMPTY, |mask, part| mask | possible(part)),
    }
}

impl Query {
    /// Whether every socket matches.
    pub fn is_empty(&self) -> bool {
        self.states.is_none() && self.expression.is_none()
    }
}
