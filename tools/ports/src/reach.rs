//! Say from where each listener can be reached.

use sockeye_cli::{Failure, Output, Status};

use crate::cli::Reach;

/// Runs `ports reach`.
///
/// # Errors
/// [`Failure`] if it cannot be done.
pub fn run(_job: &Reach, _output: &mut Output<'_>) -> Result<Status, Failure> {
    Err(Failure::usage("ports reach: not built yet"))
}
