//! What the options can say and the engine does not do yet. Each part that is built takes its lines out of here.

use sockeye_cli::Failure;

use super::not_built;
use crate::options::{Options, Role, Service};

/// Whether somebody else than the one conversation of the standard streams would have to speak TLS.
fn serves_otherwise(options: &Options) -> bool {
    match &options.role {
        Role::Connect(connect) => connect.program.is_some(),
        Role::Listen(listen) => matches!(listen.service, Service::Program(_) | Service::HttpProxy),
        Role::What(_) => false,
    }
}

/// Refuses what would otherwise be ignored.
pub(super) fn refuse(options: &Options) -> Result<(), Failure> {
    let socket = &options.socket;
    let not_plain = options.transport.is_datagram() || options.tls.is_some();
    let common = [
        // Transports and socket options
        (socket.md5, "-S"),
        (!socket.source_route.is_empty() || socket.source_route_pointer.is_some(), "-g"),
        // TLS and proxies
        (options.tls.is_some() && options.proxy.is_some(), "--ssl with --proxy"),
        (options.tls.is_some() && serves_otherwise(options), "--ssl with -e or --proxy-type"),
    ];
    let role = match &options.role {
        Role::Connect(connect) => {
            vec![(connect.program.is_some() && not_plain, "-e over datagrams or TLS"), (connect.pass_socket, "-F")]
        }
        Role::Listen(listen) => vec![
            (matches!(listen.service, Service::Program(_)) && not_plain, "-e over datagrams or TLS"),
            (matches!(listen.service, Service::HttpProxy), "--proxy-type"),
        ],
        Role::What(_) => Vec::new(),
    };
    match common.into_iter().chain(role).find(|(given, _)| *given) {
        Some((_, what)) => Err(not_built(what)),
        None => Ok(()),
    }
}
