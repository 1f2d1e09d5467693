//! Explain a state, or the sockets of a process or port.

use sockeye_cli::{Failure, Output, Status};

use crate::cli::Explain;

/// Runs `ports explain`.
///
/// # Errors
/// [`Failure`] if it cannot be done.
pub fn run(_job: &Explain, _output: &mut Output<'_>) -> Result<Status, Failure> {
    Err(Failure::usage("ports explain: not built yet"))
}
