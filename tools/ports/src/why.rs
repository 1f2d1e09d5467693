//! Say why a port is not to be had, and what helps.

use sockeye_cli::{Failure, Output, Status};

use crate::cli::Why;

/// Runs `ports why`.
///
/// # Errors
/// [`Failure`] if it cannot be done.
pub fn run(_job: &Why, _output: &mut Output<'_>) -> Result<Status, Failure> {
    Err(Failure::usage("ports why: not built yet"))
}
