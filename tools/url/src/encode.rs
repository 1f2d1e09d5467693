//! `url encode`: not built yet.

use sockeye_cli::{Failure, Output, Status};

use crate::cli::Encode;

/// Refuses.
///
/// # Errors
/// [`Failure`] always.
pub fn run(_job: &Encode, _output: &mut Output<'_>) -> Result<Status, Failure> {
    Err(Failure::usage("encode: this command is not built yet"))
}
