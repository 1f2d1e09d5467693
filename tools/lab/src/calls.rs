//! Socket calls, typed: what `lab calls` reads and what it shows.
//!
//! - [`script`]: the calls, from their text
//! - [`option`]: what setsockopt(2) and getsockopt(2) are asked for, by short names
//! - [`report`]: a call and what it returned, as strace(1) would show it

pub mod option;
pub mod report;
pub mod script;

use self::script::Statement;

/// What `lab calls` shall do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calls {
    /// The calls; without, they come line by line from standard input.
    pub script: Option<Vec<Statement>>,
    /// End with the first call that fails.
    pub stop: bool,
}
