//! What a run gives up once it has the sockets of its probes: [`sockeye_sys::confine`].

use sockeye_cli::{Confined, Failure, Output};
use sockeye_sys::confine::{Capability, INTERFACE_NAMES, Profile, SocketKind, drop_privileges};
use sockeye_sys::{Family as AddressFamily, SockType};

use super::prober::Prober;
use crate::explain::Event;
use crate::options::{Common, Family, Flow, Protocol};

/// The type of service from which on setting it may take CAP_NET_ADMIN (ip(7), IP_TOS).
const CRITICAL: u8 = 0xa0;

/// For a run with its prober: what it still makes are sockets with one probe each, and the names of routers if they are wanted.
///
/// If it `goes_on` with another prober, that needs what this one had.
fn profile(common: &Common, family: Family, protocol: Protocol, goes_on: bool, port: u16) -> Profile {
    let domain = if family == Family::Ipv4 { AddressFamily::INET } else { AddressFamily::INET6 };
    let own = match protocol {
        Protocol::Tcp => Some(SockType::STREAM),
        Protocol::Udp if common.flow != Flow::Fixed => Some(SockType::DGRAM),
        _ => None,
    };
    // The name of an interface is in what is said of link-local routers.
    let mut profile = Profile { sockets: vec![INTERFACE_NAMES], ..Profile::default() };
    if let Some(socktype) = own {
        profile.sockets.push(SocketKind::new(domain.0, socktype.0));
    }
    if goes_on {
        profile = profile.with_names();
        profile.sockets.push(SocketKind::family(domain.0));
        profile.keeps.push(Capability::NET_RAW);
    }
    if common.names {
        profile = profile.with_names();
    }
    if own.is_some() || goes_on {
        (profile.connects, profile.binds) = (true, true);
        if protocol == Protocol::Tcp && !goes_on && !common.names {
            profile.tcp_ports.push(port);
        }
        profile.keeps.extend(common.interface.as_ref().map(|_| Capability::NET_RAW));
        profile.keeps.extend(common.src_port.map(|_| Capability::NET_BIND_SERVICE));
        profile.keeps.extend((common.tos >= CRITICAL).then_some(Capability::NET_ADMIN));
    }
    profile
}

/// Becomes the user who called, if an executable of another user was, and keeps the capabilities by which sockets of probes are made:
/// names are looked up, and files of the C library read, without any other.
pub(crate) fn keep_what_sockets_need() {
    drop_privileges(&[Capability::NET_RAW, Capability::NET_ADMIN, Capability::NET_BIND_SERVICE]);
}

/// Gives up what `prober` does not need.
pub(super) fn confine(common: &Common, prober: &Prober, goes_on: bool, output: &mut Output<'_>) -> Result<(), Failure> {
    let confined = Confined::enter(&profile(common, prober.family, prober.protocol, goes_on, prober.target.port()));
    output.event(&Event::Confined(Box::new(confined)))
}

#[cfg(test)]
mod tests {
    use sockeye_test_support::confined::refused;

    use super::*;

    fn common(names: bool, flow: Flow) -> Common {
        Common { host: "127.0.0.1".to_owned(), flow, names, ..Common::default() }
    }

    fn tried(names: bool, flow: Flow, protocol: Protocol, goes_on: bool) -> Vec<&'static str> {
        refused(&profile(&common(names, flow), Family::Ipv4, protocol, goes_on, 80))
    }

    #[test]
    fn with_its_socket_it_can_do_nothing_else() {
        for protocol in [Protocol::Icmp, Protocol::Udp] {
            assert_eq!(tried(false, Flow::Fixed, protocol, false).len(), 14, "{protocol:?}");
        }
    }

    #[test]
    fn with_a_socket_for_each_probe_it_makes_no_other() {
        let never =
            ["exec", "signal", "read", "list", "write", "make", "remove", "datagram", "unix", "netlink", "packet"];
        assert_eq!(tried(false, Flow::Fixed, Protocol::Tcp, false), never);
        // The datagrams that are tried are those of the other family.
        let udp = tried(false, Flow::Vary, Protocol::Udp, false);
        assert_eq!(udp.iter().filter(|name| **name != "stream").copied().collect::<Vec<_>>(), never);
    }

    #[test]
    fn tcp_goes_to_the_port_that_is_probed() {
        let ports = |names, protocol, goes_on| {
            profile(&common(names, Flow::Fixed), Family::Ipv4, protocol, goes_on, 443).tcp_ports
        };
        assert_eq!(ports(false, Protocol::Tcp, false), [443]);
        for (names, protocol, goes_on) in
            [(true, Protocol::Tcp, false), (false, Protocol::Tcp, true), (false, Protocol::Udp, false)]
        {
            assert_eq!(ports(names, protocol, goes_on), [0_u16; 0], "{names} {protocol:?} {goes_on}");
        }
    }

    #[test]
    fn names_and_what_comes_next_write_nothing_and_run_nothing() {
        for (names, goes_on) in [(true, false), (false, true)] {
            let refused = tried(names, Flow::Fixed, Protocol::Icmp, goes_on);
            assert_eq!(refused, ["exec", "signal", "write", "make", "remove", "packet"]);
        }
    }
}
