//! What a run gives up once it has its sockets and files: [`sockeye_sys::confine`].
//!
//! A run that is to start programs is not confined: they would be as it is. What is not needed for peers to come is given up
//! before the first octet of one is read, be it of a proxy or of a TLS handshake.

use sockeye_cli::Confined;
use sockeye_sys::confine::{Capability, INTERFACE_NAMES, Profile, Reads, Removes, SocketKind};

use super::Session;
use crate::explain::Event;
use crate::options::{Dialect, Listen, Model, Options, Role, Service, Transport};

/// For a local port below 1024, and for options of sockets.
const FOR_SOCKETS: [Capability; 3] = [Capability::NET_BIND_SERVICE, Capability::NET_ADMIN, Capability::NET_RAW];

/// With its one peer: what is open, and where a socket file of ours is, which goes when we do.
pub(super) fn with_peer(socket_files: &Removes) -> Profile {
    let keeps = if *socket_files == Removes::Nothing { Vec::new() } else { vec![Capability::DAC_OVERRIDE] };
    Profile { removes: socket_files.clone(), keeps, ..Profile::default() }
}

/// With a peer before others that have still to be looked up, bound and connected to: behind a proxy, or on other ports.
pub(super) fn with_peers_to_come(options: &Options) -> Profile {
    let mut profile = Profile::default().with_names();
    profile.sockets.push(SocketKind::family(libc::AF_VSOCK));
    // SCTP has the types of TCP and UDP.
    if options.transport == Transport::Sctp {
        profile.sockets.extend([libc::AF_INET, libc::AF_INET6].map(SocketKind::family));
    }
    profile.keeps.extend(for_sockets(options));
    profile
}

/// Of sockets that are still to be made. Who is a proxy for others has no ports for them, and options only if they were asked for.
fn for_sockets(options: &Options) -> Vec<Capability> {
    let socket = &options.socket;
    match &options.role {
        Role::Connect(_) => FOR_SOCKETS.to_vec(),
        _ if socket.debug || socket.md5 || socket.tos.is_some() => vec![Capability::NET_ADMIN],
        _ => Vec::new(),
    }
}

/// With the addresses of a scan: a socket for each port, and the names of services.
pub(super) fn with_a_scan(options: &Options) -> Profile {
    let socktype = match options.transport {
        Transport::Udp => Some(libc::SOCK_DGRAM),
        Transport::Tcp => Some(libc::SOCK_STREAM),
        _ => None,
    };
    let mut profile = Profile { connects: true, binds: true, ..Profile::default() };
    if !options.numeric {
        profile = profile.with_names();
    }
    profile.sockets.extend([libc::AF_INET, libc::AF_INET6].map(|family| SocketKind { family, socktype }));
    // The name of an interface is in what is said of link-local hosts.
    profile.sockets.push(INTERFACE_NAMES);
    profile.keeps.extend(FOR_SOCKETS);
    profile
}

/// With a listening socket, and clients that come as long as it is open.
pub(super) fn with_clients(options: &Options, listen: &Listen) -> Profile {
    let looks_up = options.verbose > 0
        && !options.numeric
        && options.dialect != Dialect::Ncat
        && !options.transport.is_unix()
        && !options.transport.is_vsock();
    let is_proxy = matches!(listen.service, Service::HttpProxy { .. });
    let mut profile = match (is_proxy, looks_up) {
        (true, _) => with_peers_to_come(options),
        (false, true) => Profile::default().with_names(),
        // The name of an interface is in what is said of link-local clients.
        (false, false) => Profile { sockets: vec![INTERFACE_NAMES], ..Profile::default() },
    };
    profile.accepts = true;
    profile.forks = is_proxy || listen.model == Some(Model::Fork);
    if profile.forks && profile.reads == Reads::Nothing {
        // How many threads there are, which fork(2) is not to lose.
        profile.reads = Reads::Beneath(vec!["/proc/self/task".into()]);
    }
    profile
}

impl Session<'_, '_> {
    /// Gives up what `profile` does not name, unless a program is to be run.
    pub(super) fn confine(&mut self, profile: Profile) {
        let runs = match &self.options.role {
            Role::Connect(connect) => connect.program.is_some(),
            Role::Listen(listen) => matches!(listen.service, Service::Program(_)),
            Role::What(_) => false,
        };
        // Each filter stays beneath the next: the same once more would only cost.
        if runs || self.confined_to.as_ref() == Some(&profile) {
            return;
        }
        let confined = Confined::enter(&profile);
        self.confined_to = Some(profile);
        if let Some(gap) = confined.gap() {
            self.say(format!("confinement {gap}"));
        }
        self.explain(|| Event::Confined(Box::new(confined)));
    }

    /// Before the conversation with a peer that was connected to.
    pub(super) fn confine_to_peer(&mut self) {
        let options = self.options;
        self.confine(if self.goes_on { with_peers_to_come(options) } else { with_peer(&self.socket_files) });
    }

    /// Before the first port of a scan is asked.
    pub(super) fn confine_to_scan(&mut self) {
        self.confine(with_a_scan(self.options));
    }

    /// Before clients are accepted one after the other or side by side.
    pub(super) fn confine_to_clients(&mut self, listen: &Listen) {
        self.confine(with_clients(self.options, listen));
    }

    /// The privileged port is bound, and who comes to it is not there yet.
    pub(super) fn drop_privileges(&mut self) {
        if let Role::Listen(listen) = &self.options.role
            && !matches!(listen.service, Service::Program(_))
        {
            let is_proxy = matches!(listen.service, Service::HttpProxy { .. });
            let keeps = if is_proxy { for_sockets(self.options) } else { Vec::new() };
            sockeye_sys::confine::drop_privileges(&keeps);
        }
    }
}

#[cfg(test)]
mod tests {
    use sockeye_cli::Invocation;
    use sockeye_test_support::confined::refused;

    use super::*;

    fn options(line: &str) -> Options {
        let invocation = Invocation { name: "nc".into(), args: line.split(' ').map(Into::into).collect() };
        crate::cli::parse(&invocation, None).unwrap()
    }

    fn clients(line: &str) -> Profile {
        let options = options(line);
        let Role::Listen(listen) = &options.role else { panic!("{line}: no listener") };
        with_clients(&options, listen)
    }

    /// No process, no file, no socket, no call that would reach somebody else.
    const EVERYTHING: [&str; 14] = [
        "exec", "signal", "read", "list", "write", "make", "remove", "stream", "datagram", "unix", "netlink", "packet",
        "connect", "bind",
    ];

    #[test]
    fn with_its_peer_it_can_do_nothing_else() {
        assert_eq!(refused(&with_peer(&Removes::Nothing)), EVERYTHING);
        let unix = refused(&with_peer(&Removes::Beneath(vec!["/nowhere".into()])));
        assert_eq!(unix, EVERYTHING.iter().filter(|name| **name != "remove").copied().collect::<Vec<_>>());
    }

    #[test]
    fn who_serves_others_keeps_no_privilege_for_options_that_nobody_asked_for() {
        assert_eq!(clients("-lk --proxy-type http 7000").keeps, []);
        assert_eq!(clients("-lk --proxy-type http -T 0x10 7000").keeps, [Capability::NET_ADMIN]);
        assert_eq!(with_peers_to_come(&options("--proxy 127.0.0.1 127.0.0.1 7000")).keeps, FOR_SOCKETS);
    }

    #[test]
    fn with_clients_it_can_accept_them_and_nothing_else() {
        assert_eq!(refused(&clients("-lk 7000")), EVERYTHING);
        assert_eq!(refused(&clients("-lkvn 7000")), EVERYTHING);
        let forks = refused(&clients("-lk --app echo --serve fork 7000"));
        assert!(
            ["exec", "signal", "write", "stream", "connect", "bind"].iter().all(|name| forks.contains(name)),
            "{forks:?}"
        );
    }

    #[test]
    fn a_scan_connects_and_does_nothing_else() {
        let mut tcp = refused(&with_a_scan(&options("-nz 127.0.0.1 1-9")));
        assert!(tcp.contains(&"datagram"), "{tcp:?}");
        tcp.retain(|name| *name != "datagram");
        let allowed = ["stream", "datagram", "connect", "bind"];
        assert_eq!(tcp, EVERYTHING.iter().filter(|name| !allowed.contains(name)).copied().collect::<Vec<_>>());
        let udp = refused(&with_a_scan(&options("-nzu 127.0.0.1 1-9")));
        assert!(udp.contains(&"stream") && !udp.contains(&"datagram"), "{udp:?}");
    }

    #[test]
    fn who_looks_up_names_can_run_no_program_and_write_no_file() {
        for profile in [
            clients("-lkv 7000"),
            clients("-lk --proxy-type http 7000"),
            with_peers_to_come(&options("--proxy 127.0.0.1 127.0.0.1 7000-7001")),
            // The terminal at which the password is asked for is open by then.
            with_peers_to_come(&options("-X connect -x 127.0.0.1 -P user 127.0.0.1 7000")),
            with_a_scan(&options("-z 127.0.0.1 7000-7001")),
        ] {
            let refused = refused(&profile);
            let never = ["exec", "signal", "write", "make", "remove", "packet"];
            assert!(never.iter().all(|name| refused.contains(name)), "{refused:?}");
            let needed = ["read", "datagram", "connect"];
            assert!(!needed.iter().any(|name| refused.contains(name)), "{refused:?}");
        }
    }
}
