//! Who waits on a port in other network namespaces, as far as they may be entered.

use sockeye_sys::Protocol;
use sockeye_sys::sock_diag::StateMask;

use crate::entry::Entry;
use crate::kind::Kinds;
use crate::netns::Wanted;
use crate::selection::Selection;
use crate::shell::{netns, survey};
use crate::socket::Socket;
use crate::why::report::Elsewhere;

/// The sockets of a protocol that listen, are bound or take datagrams on a local port in other network namespaces.
///
/// Needs CAP_SYS_ADMIN. What may not be entered, or ends meanwhile, is left out.
pub fn waiting(protocol: Protocol, port: u16) -> Vec<Elsewhere> {
    let Ok((places, _)) = netns::places(&[Wanted::All]) else { return Vec::new() };
    let states = StateMask::LISTEN.union(StateMask::BOUND_INACTIVE).union(StateMask::CLOSED);
    let selection = Selection { states, ..Selection::new(Kinds::TCP_UDP) };
    let look = || survey(&selection, &mut |_| {}).map(|survey| survey.entries).unwrap_or_default();
    let mut found = Vec::new();
    for place in places.iter().filter(|place| !place.is_ours()) {
        let sockets = place.run(look).unwrap_or_default().into_iter().filter_map(Entry::into_inet);
        let wanted = |socket: &Socket| socket.protocol == protocol && socket.local.port() == port;
        // Indices of interfaces mean something there alone.
        let there = |socket| Elsewhere { netns: place.name.clone(), socket: Socket { interface: None, ..socket } };
        found.extend(sockets.filter(wanted).map(there));
    }
    found
}
