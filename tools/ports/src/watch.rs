//! Show each change of state as it happens.

use sockeye_cli::{Failure, Output, Status};

use crate::cli::Watch;

/// Runs `ports watch`.
///
/// # Errors
/// [`Failure`] if it cannot be done.
pub fn run(_job: &Watch, _output: &mut Output<'_>) -> Result<Status, Failure> {
    Err(Failure::usage("ports watch: not built yet"))
}
