//! What the options can say and the engine does not do yet. Each part that is built takes its line out of here.

use sockeye_cli::Failure;

use super::FAILED;
use crate::options::Options;

/// Refuses what would otherwise be ignored.
pub(super) fn refuse(options: &Options) -> Result<(), Failure> {
    let unbuilt = [(options.socket.md5, "-S")];
    match unbuilt.into_iter().find(|(given, _)| *given) {
        Some((_, what)) => Err(Failure::new(FAILED, format!("{what}: not there yet in this version"))),
        None => Ok(()),
    }
}
