//! What a listener and the streams of nobody have no use for: refused, and never ignored.

use sockeye_cli::Exit;

use super::Reader;
use crate::options::{Listen, Service, Transport};

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
            (args.crlf, "-C"),
            (args.telnet, "-t"),
            (args.interval.is_some(), "-i"),
            (args.delay.is_some(), "--delay"),
            (args.quit.is_some(), "-q"),
            (args.receive_limit.is_some(), "-W"),
            (args.generate.is_some(), "--generate"),
            (args.expect, "--expect"),
            (args.datagram.is_some(), "--datagram"),
            (args.read_size.is_some(), "--read-size"),
            (args.reply.is_some(), "--reply"),
            (args.segments, "--segments"),
            (args.escape, "--escape"),
            (args.output.is_some(), "-o"),
            (args.hex_dump.is_some(), "--hex-dump"),
        ];
        match about_streams.into_iter().find(|(given, _)| *given) {
            Some((_, what)) => Err(self.wrong(format!("cannot use {what} with {name}"))),
            None => Ok(()),
        }
    }

    /// `--serve`, and how many clients there may be.
    pub(super) fn refuse_model(&self, service: &Service, transport: Transport) -> Result<(), Exit> {
        let args = &self.args;
        let counts = [
            (args.serve.is_some(), "--serve"),
            (args.max_conns.is_some(), "--max-conns"),
            (args.max_clients.is_some(), "--max-clients"),
        ];
        if let Some((_, option)) = counts.into_iter().find(|(given, _)| *given && transport.is_datagram()) {
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
}
