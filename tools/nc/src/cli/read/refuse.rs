//! What is not there, and what has no use beside other options: refused, and never ignored.

use sockeye_cli::Exit;
use sockeye_cli::escape::escape;

use super::Reader;
use crate::options::{Listen, Service, Traffic, Transport};

/// What a datagram of UDP over IPv4 carries at most.
const LONGEST_DATAGRAM: usize = 65_507;
/// What a stream takes with one write.
const LONGEST_MESSAGE: usize = 1 << 20;

/// What ncat can be told to wait with on Linux.
const NSOCK_ENGINES: [&str; 3] = ["epoll", "poll", "select"];

impl Reader<'_> {
    /// What is about the one conversation of the standard streams, when there is none.
    pub(super) fn refuse_without_a_conversation(&self, listen: &Listen, transport: Transport) -> Result<(), Exit> {
        self.refuse_about_streams(match listen.service {
            Service::Relay if transport.is_datagram() || !listen.shares_streams(self.spoken.dialect) => return Ok(()),
            Service::Relay => "many clients at once (--serve iterative has them one after the other)",
            Service::Program(_) => "-e or -c",
            Service::App(_) => "--app",
            Service::Broker => "--broker",
            Service::Chat => "--chat",
            Service::HttpProxy { .. } => "--proxy-type",
        })
    }

    pub(super) fn refuse_about_streams(&self, name: &str) -> Result<(), Exit> {
        let args = &self.args;
        let about_streams = [
            (args.crlf, "crlf"),
            (args.telnet, "telnet"),
            (args.interval.is_some(), "interval"),
            (args.delay.is_some(), "delay"),
            (args.quit.is_some(), "quit"),
            (args.receive_limit.is_some(), "receive-limit"),
            (args.generate.is_some(), "generate"),
            (args.expect, "expect"),
            (args.datagram.is_some(), "datagram"),
            (args.read_size.is_some(), "read-size"),
            (args.reply.is_some(), "reply"),
            (args.segments, "segments"),
            (args.escape, "escape"),
            (args.output.is_some(), "output"),
            (args.hex_dump.is_some(), "hex-dump"),
        ];
        match self.first(&about_streams) {
            Some(what) => Err(self.wrong(format!("cannot use {what} with {name}"))),
            None => Ok(()),
        }
    }

    /// `--serve`, and how many clients there may be.
    pub(super) fn refuse_model(&self, service: &Service, transport: Transport) -> Result<(), Exit> {
        let args = &self.args;
        let counts = [
            (args.serve.is_some(), "serve"),
            (args.max_conns.is_some(), "max-conns"),
            (args.max_clients.is_some(), "max-clients"),
        ];
        if let Some(option) = self.first(&counts).filter(|_| transport.is_datagram()) {
            return Err(self.wrong(format!("{option}: datagrams have no connections: one socket serves everybody")));
        }
        if transport.is_datagram() && matches!(service, Service::Broker | Service::Chat) {
            return Err(
                self.wrong("--broker and --chat: datagrams have no connections; --reply each answers everybody")
            );
        }
        let lists =
            !args.allow.is_empty() || !args.allowfile.is_empty() || !args.deny.is_empty() || !args.denyfile.is_empty();
        if lists && (transport.is_unix() || transport.is_vsock()) {
            return Err(self.wrong("--allow and --deny are about IP addresses: this transport has none"));
        }
        if transport.is_datagram() && transport != Transport::Udp && matches!(service, Service::App(_)) {
            return Err(self.wrong("--app over datagrams is about UDP"));
        }
        if transport.is_datagram() && args.keep_open && matches!(service, Service::Program(_)) {
            return Err(self.wrong("-e over datagrams with -k: a program can have the datagrams of one peer only"));
        }
        if args.proxy_auth.is_some() && !matches!(service, Service::HttpProxy { .. }) {
            return Err(self.wrong("--proxy-auth needs --proxy-type http with -l"));
        }
        if matches!(service, Service::HttpProxy { .. }) && transport != Transport::Tcp {
            return Err(self.wrong("--proxy-type: a proxy listens on TCP"));
        }
        if args.no_reap && args.serve.as_deref() != Some("fork") {
            return Err(self.wrong("--no-reap needs --serve fork"));
        }
        match (args.serve.as_deref(), service) {
            (None | Some("iterative"), _)
            | (Some(_), Service::App(_))
            | (Some("fork"), Service::Program(_))
            | (Some("event"), Service::Relay | Service::Broker | Service::Chat) => Ok(()),
            (Some(model), Service::Program(_)) => Err(self.wrong(format!(
                "--serve {model} with -e or -c: a program is a process of its own, which is --serve fork"
            ))),
            (Some(model), _) => Err(self.wrong(format!("--serve {model} needs --app: there is one standard input"))),
        }
    }

    /// What no Linux has, or what we leave out, with the reason.
    pub(super) fn refuse_what_cannot_be(&self) -> Result<(), Exit> {
        let args = &self.args;
        if args.lua_exec.is_some() {
            return Err(
                self.wrong("--lua-exec: Lua scripts are left out on purpose; -e runs any program, lua(1) among them")
            );
        }
        if let Some(engine) = args.nsock_engine.as_deref().filter(|name| !NSOCK_ENGINES.contains(name)) {
            return Err(self.wrong(format!("Unknown or non-available engine: {}", escape(engine))));
        }
        if args.dccp {
            return Err(self.wrong("-Z: this system has no DCCP (Linux removed it in 6.16)"));
        }
        if args.routing_table.is_some() {
            return Err(self.wrong("no alternate routing table support available"));
        }
        if args.what {
            return Err(self.wrong("--what must be the first option, but for --json and --compat"));
        }
        if args.compat.is_some() {
            return Err(self.wrong("--compat must be the first option"));
        }
        Ok(())
    }

    /// What TLS cannot be combined with.
    pub(super) fn refuse_tls_that_cannot_be(&self, transport: Transport) -> Result<(), Exit> {
        let args = &self.args;
        if transport.is_datagram() {
            return Err(self.wrong("--ssl with -u: there is no DTLS here, and TLS needs a stream"));
        }
        if args.ssl_key.is_some() && args.ssl_cert.is_none() {
            return Err(self.wrong("--ssl-key needs --ssl-cert: the certificate that the key belongs to"));
        }
        if args.no_ssl_verify && args.ssl_trustfile.is_some() {
            return Err(self.wrong("--ssl-trustfile with --no-ssl-verify: nothing would be checked against the file"));
        }
        if args.listen && args.proxy_type.is_some() {
            return Err(self.wrong("--ssl with --proxy-type: the proxy of this nc does not speak TLS itself"));
        }
        if args.pass_socket {
            return Err(self.wrong("--ssl with -F: whoever gets the socket does not get the keys"));
        }
        Ok(())
    }

    /// What is about the octets that go to and fro, and cannot be or has no use.
    pub(super) fn refuse_traffic_that_cannot_be(&self, traffic: &Traffic, transport: Transport) -> Result<(), Exit> {
        let args = &self.args;
        if args.append_output && args.output.is_none() && args.hex_dump.is_none() && !self.is_ncat() {
            return Err(self.wrong("--append-output needs -o or --hex-dump"));
        }
        if let Some(plan) = &traffic.generate {
            let longest = if transport.is_datagram() { LONGEST_DATAGRAM } else { LONGEST_MESSAGE };
            if plan.size == 0 || plan.size > longest {
                return Err(self.wrong(format!("--generate: a message has 1 to {longest} octets here")));
            }
            let about_input = [
                (args.datagram.is_some(), "datagram"),
                (args.no_stdin, "no-stdin"),
                (args.recv_only, "recv-only"),
                (args.crlf, "crlf"),
            ];
            if let Some(option) = self.first(&about_input) {
                return Err(self.wrong(format!("cannot use {option} with --generate: standard input is not read")));
            }
        }
        if args.expect && args.keep_open {
            return Err(self.wrong("cannot use -k with --expect: it judges one run"));
        }
        if args.datagram.is_some() && !transport.is_datagram() {
            return Err(self.wrong("--datagram: a stream has no datagrams: must use -u with it"));
        }
        if args.reply.is_some() && !(args.listen && args.keep_open && transport == Transport::Udp) {
            return Err(self.wrong("must use -l -u -k with --reply"));
        }
        if args.status && (!transport.is_datagram() || args.listen) {
            return Err(self.wrong("--status: only for a client with -u"));
        }
        Ok(())
    }

    /// A scan has no conversation, and what is about one is not ignored.
    pub(super) fn refuse_with_scan(&self) -> Result<(), Exit> {
        let args = &self.args;
        if self.is_ncat() && args.scan && args.telnet {
            return Err(self.wrong("Invalid option combination: -z and -t"));
        }
        let about_conversations = [
            (args.exec.is_some(), "exec"),
            (args.sh_exec.is_some(), "sh-exec"),
            (args.pass_socket, "pass-socket"),
            (args.generate.is_some(), "generate"),
            (args.expect, "expect"),
            (args.datagram.is_some(), "datagram"),
            (args.read_size.is_some(), "read-size"),
            (args.segments, "segments"),
            (args.escape, "escape"),
            (args.delay.is_some(), "delay"),
            (args.output.is_some(), "output"),
            (args.hex_dump.is_some(), "hex-dump"),
        ];
        match self.first(&about_conversations).filter(|_| args.scan) {
            Some(what) => Err(self.wrong(format!("cannot use -z and {what}: a scan has no conversation"))),
            None => Ok(()),
        }
    }

    /// What only a listener can do is not ignored.
    pub(super) fn refuse_listener_options(&self) -> Result<(), Exit> {
        let args = &self.args;
        let only_listeners = [
            (args.keep_open, "keep-open"),
            (args.max_conns.is_some(), "max-conns"),
            (args.max_clients.is_some(), "max-clients"),
            (!args.allow.is_empty(), "allow"),
            (!args.allowfile.is_empty(), "allowfile"),
            (!args.deny.is_empty(), "deny"),
            (!args.denyfile.is_empty(), "denyfile"),
            (args.broker, "broker"),
            (args.chat, "chat"),
            (args.app.is_some(), "app"),
            (args.serve.is_some(), "serve"),
            (args.no_reap, "no-reap"),
            (args.reply.is_some(), "reply"),
            (args.backlog.is_some(), "backlog"),
            (args.delay_listen.is_some(), "delay-listen"),
            (args.delay_accept.is_some(), "delay-accept"),
            (args.host_order_port, "host-order-port"),
        ];
        let Some((_, long)) = only_listeners.iter().find(|(given, _)| *given) else { return Ok(()) };
        if self.is_ncat() {
            let named = if long.starts_with("allow") || long.starts_with("deny") {
                "allow/deny".to_owned()
            } else {
                format!("`--{long}'")
            };
            return Err(self.wrong(format!("Invalid option combination: {named} with connect")));
        }
        let option = self.first(&only_listeners).unwrap_or_default();
        Err(self.wrong(format!("must use -l with {option}")))
    }
}
