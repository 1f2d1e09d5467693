//! `url decode`: not built yet.

use sockeye_cli::{Failure, Output, Status};

use crate::cli::Decode;

/// Refuses.
///
/// # Errors
/// [`Failure`] always.
pub fn run(_job: &Decode, _output: &mut Output<'_>) -> Result<Status, Failure> {
    Err(Failure::usage("decode: this command is not built yet"))
}
