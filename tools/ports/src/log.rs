//! Show each connection as it closes.

use sockeye_cli::{Failure, Output, Status};

use crate::cli::Log;

/// Runs `ports log`.
///
/// # Errors
/// [`Failure`] if it cannot be done.
pub fn run(_job: &Log, _output: &mut Output<'_>) -> Result<Status, Failure> {
    Err(Failure::usage("ports log: not built yet"))
}
