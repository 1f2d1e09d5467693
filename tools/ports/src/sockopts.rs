//! Show the socket options of another process.

use sockeye_cli::{Failure, Output, Status};

use crate::cli::Opts;

/// Runs `ports options`.
///
/// # Errors
/// [`Failure`] if it cannot be done.
pub fn run(_job: &Opts, _output: &mut Output<'_>) -> Result<Status, Failure> {
    Err(Failure::usage("ports options: not built yet"))
}
