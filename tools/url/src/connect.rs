//! `url connect`: not built yet.

use sockeye_cli::{Failure, Output, Status};

use crate::cli::Connect;

/// Refuses.
///
/// # Errors
/// [`Failure`] always.
pub fn run(_job: &Connect, _output: &mut Output<'_>) -> Result<Status, Failure> {
    Err(Failure::usage("connect: this command is not built yet"))
}
