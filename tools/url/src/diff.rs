//! `url diff`: not built yet.

use sockeye_cli::{Failure, Output, Status};

use crate::cli::Diff;

/// Refuses.
///
/// # Errors
/// [`Failure`] always.
pub fn run(_job: &Diff, _output: &mut Output<'_>) -> Result<Status, Failure> {
    Err(Failure::usage("diff: this command is not built yet"))
}
