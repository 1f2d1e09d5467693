//! Show how full the accept queues are.

use sockeye_cli::{Failure, Output, Status};

use crate::cli::Backlog;

/// Runs `ports backlog`.
///
/// # Errors
/// [`Failure`] if it cannot be done.
pub fn run(_job: &Backlog, _output: &mut Output<'_>) -> Result<Status, Failure> {
    Err(Failure::usage("ports backlog: not built yet"))
}
