//! What a run gives up once its configuration is read: [`sockeye_sys::confine`].
//!
//! `+compare` is not confined: it asks each service of the C library in a process of its own, and these may do as they do for
//! every other program.

use sockeye_cli::{Confined, Failure, Output};
use sockeye_sys::confine::{Capability, INTERFACE_NAMES, Profile, SocketKind};
use sockeye_sys::{Family, SockType};

use crate::explain::Event;
use crate::options::{Globals, Lookup};

/// To ask servers whose addresses are known, over UDP and TCP and what goes over them.
pub(super) fn asking() -> Profile {
    let inet = [(Family::INET, SockType::DGRAM), (Family::INET, SockType::STREAM)];
    let inet6 = [(Family::INET6, SockType::DGRAM), (Family::INET6, SockType::STREAM)];
    let kinds = inet.into_iter().chain(inet6).map(|(family, socktype)| SocketKind::new(family.0, socktype.0));
    // The name of an interface is in what is said of link-local servers.
    let sockets = kinds.chain([INTERFACE_NAMES]).collect();
    Profile { sockets, connects: true, binds: true, ..Profile::default() }
}

/// For these lookups. What of theirs may be in any file is read here.
pub(super) fn for_lookups(globals: &Globals, lookups: &[Lookup]) -> Profile {
    if lookups.iter().any(|lookup| lookup.tls.trusts_as_host()) {
        sockeye_tls::trusted_by_host();
    }
    let mut tcp_ports: Vec<u16> = lookups.iter().map(|lookup| super::port(globals, lookup)).collect();
    tcp_ports.sort_unstable();
    tcp_ports.dedup();
    let mut profile = Profile { tcp_ports, ..asking() };
    if globals.source.is_some() {
        // The port of -b may be a low one.
        profile.keeps.push(Capability::NET_BIND_SERVICE);
    }
    // Servers that an answer names without their addresses are looked up as dig does, by the C library.
    if lookups.iter().any(|lookup| lookup.trace || lookup.nssearch || lookup.tree) {
        profile = profile.with_names();
    }
    profile.with_files(lookups.iter().flat_map(read_late).map(Into::into).collect())
}

/// The files of certificates, keys and trust anchors, which are read when they are first needed.
fn read_late(lookup: &Lookup) -> impl Iterator<Item = &String> {
    let tls = &lookup.tls;
    let files = [tls.ca.as_ref().and_then(Option::as_ref), tls.cert_file.as_ref(), tls.key_file.as_ref()];
    files.into_iter().flatten().chain(lookup.validate.iter().flatten())
}

/// For lines that may name servers and keys of their own.
pub(super) fn for_a_batch() -> Profile {
    let keeps = vec![Capability::NET_BIND_SERVICE, Capability::DAC_READ_SEARCH];
    Profile { keeps, ..asking().with_names() }
}

/// For a message that is here.
pub(super) fn for_what_is_given() -> Profile {
    Profile::default()
}

/// For a question to the C library.
pub(super) fn for_the_library() -> Profile {
    Profile::default().with_names()
}

/// Gives up what `profile` does not name.
pub(super) fn confine(profile: &Profile, output: &mut Output<'_>) -> Result<(), Failure> {
    // The C library reads /etc/localtime when it is first asked for the time of day, and not again.
    let _ = super::when();
    let confined = Confined::enter(profile);
    output.event(&Event::Confined(Box::new(confined)))
}

#[cfg(test)]
mod tests {
    use sockeye_test_support::confined::refused;

    use super::*;
    use sockeye_sys::confine::Reads;

    use crate::options::Plan;

    fn profile(line: &str) -> Profile {
        let args: Vec<String> = line.split(' ').map(str::to_owned).collect();
        let options = crate::args::parse(&args, "", &mut crate::shell::resolve);
        match &options.plan {
            Plan::Lookups(globals, lookups) => for_lookups(globals, lookups),
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn once_its_configuration_is_read_it_asks_and_does_nothing_else() {
        let never = ["exec", "signal", "read", "list", "write", "make", "remove", "unix", "netlink", "packet"];
        for line in [
            "@127.0.0.1 www.example",
            "+tcp www.example",
            "-x 192.0.2.1",
            "+http-plain www.example",
            "+tls www.example",
            "+https www.example",
            "+quic www.example",
            "+validate www.example",
            "+tls-ca www.example",
            "+https +tls-hostname=h www.example",
        ] {
            assert_eq!(refused(&profile(line)), never, "{line}");
        }
    }

    #[test]
    fn tcp_goes_to_the_port_of_its_servers() {
        for (line, ports) in [
            ("@127.0.0.1 www.example", &[53][..]),
            ("@127.0.0.1 -p 5300 www.example", &[5300]),
            ("+tls www.example", &[853]),
            ("www.example www.example.org +https", &[53, 443]),
            // Servers are looked up on the way, by modules of the C library that connect to whom they like.
            ("+trace www.example", &[]),
        ] {
            assert_eq!(profile(line).tcp_ports, ports, "{line}");
        }
    }

    #[test]
    fn what_asks_the_c_library_still_writes_nothing() {
        let never = ["exec", "signal", "write", "make", "remove", "packet"];
        let mut profiles = vec![for_a_batch(), for_the_library()];
        profiles
            .extend(["+trace +tls-ca=/f www.example", "+trace +tls-ca www.example", "+trace www.example"].map(profile));
        for profile in profiles {
            let refused = refused(&profile);
            assert!(never.iter().all(|name| refused.contains(name)), "{refused:?}");
            assert!(!["read", "datagram", "connect"].iter().any(|name| refused.contains(name)), "{refused:?}");
        }
    }

    #[test]
    fn files_that_are_named_are_all_that_is_read() {
        for (line, files) in [
            ("+tls-ca=/a +tls-certfile=/b +tls-keyfile=/c www.example", &["/a", "/b", "/c"][..]),
            ("+validate=/d www.example", &["/d"]),
        ] {
            assert_eq!(profile(line).reads, Reads::Beneath(files.iter().map(Into::into).collect()), "{line}");
        }
    }

    #[test]
    fn a_message_that_is_here_needs_nothing() {
        assert_eq!(refused(&for_what_is_given()).len(), 14);
    }
}
