//! `url same`: not built yet.

use sockeye_cli::{Failure, Output, Status};

use crate::cli::Same;

/// Refuses.
///
/// # Errors
/// [`Failure`] always.
pub fn run(_job: &Same, _output: &mut Output<'_>) -> Result<Status, Failure> {
    Err(Failure::usage("same: this command is not built yet"))
}
