//! Wait until a port is in a state.

use sockeye_cli::{Failure, Output, Status};

use crate::cli::Wait;

/// Runs `ports wait`.
///
/// # Errors
/// [`Failure`] if it cannot be done.
pub fn run(_job: &Wait, _output: &mut Output<'_>) -> Result<Status, Failure> {
    Err(Failure::usage("ports wait: not built yet"))
}
