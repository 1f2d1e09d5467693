//! What the options can say and the engine does not do yet. Each part that is built takes its lines out of here.

use sockeye_cli::Failure;

use super::not_built;
use crate::options::{Options, Role, Service};

/// Refuses what would otherwise be ignored.
pub(super) fn refuse(options: &Options) -> Result<(), Failure> {
    let socket = &options.socket;
    let common = [
        // Transports and socket options
        (socket.md5, "-S"),
    ];
    let role = match &options.role {
        Role::Listen(listen) => vec![(matches!(listen.service, Service::HttpProxy), "--proxy-type")],
        Role::Connect(_) | Role::What(_) => Vec::new(),
    };
    match common.into_iter().chain(role).find(|(given, _)| *given) {
        Some((_, what)) => Err(not_built(what)),
        None => Ok(()),
    }
}
