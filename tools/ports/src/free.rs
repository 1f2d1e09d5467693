//! Destroy what keeps a port: TIME-WAIT and orphans, after asking.

use sockeye_cli::{Failure, Output, Status};

use crate::cli::Free;

/// Runs `ports free`.
///
/// # Errors
/// [`Failure`] if it cannot be done.
pub fn run(_job: &Free, _output: &mut Output<'_>) -> Result<Status, Failure> {
    Err(Failure::usage("ports free: not built yet"))
}
