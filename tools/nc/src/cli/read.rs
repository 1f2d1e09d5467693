//! From the table of options to [`Options`], with the checks that the replaced tools make.

use std::ffi::OsString;
use std::time::Duration;

use sockeye_cli::Exit;
use sockeye_cli::escape::escape;

use super::{Args, Spoken, letters};
use crate::number::{self, NumberError};
use crate::options::{
    Access, App, Connect, DatagramCut, Dialect, FamilyChoice, Generate, Listen, Model, Options, Program, Reply, Role,
    Service, SocketOptions, Tls, Traffic, Transport,
};
use crate::port::{PortError, PortSpec};
use crate::source_route::{FIRST_POINTER, MOST_HOPS, NOT_IN_IPV6};
use crate::{port, tos};

/// ncat's default port.
const NCAT_PORT: u16 = 31337;
/// What ncat calls the port of `-p`.
const SOURCE_PORT: &str = "source port number";
/// A path has no ports.
const PORT_OF_PATH: &str = "cannot use port with -U";
/// How long ncat waits for a connection.
const NCAT_CONNECT: Duration = Duration::from_secs(10);
/// What ncat's times are below, in seconds: an int of milliseconds.
const NCAT_SECONDS: i32 = i32::MAX / 1000;

/// `--what`: the rest of the line is data.
pub(super) fn what(dialect: Dialect, args: &[OsString], json: bool) -> Options {
    let words = args.iter().map(|arg| arg.to_string_lossy().into_owned()).collect();
    Options {
        presentation: sockeye_cli::Presentation { json, ..sockeye_cli::Presentation::default() },
        dialect,
        verbose: 0,
        errors: false,
        status: false,
        nsock_engine: None,
        role: Role::What(words),
        transport: Transport::Tcp,
        family: FamilyChoice::Any,
        numeric: false,
        connect_timeout: None,
        idle_timeout: None,
        traffic: Traffic::default(),
        socket: SocketOptions::default(),
        tls: None,
        proxy: None,
    }
}

/// Judges the line.
///
/// # Errors
/// [`Exit`] in the dialect's words.
pub(super) fn options(args: Args, spoken: Spoken<'_>) -> Result<Options, Exit> {
    Reader { args, spoken }.options()
}

mod proxy;
mod refuse;

struct Reader<'name> {
    args: Args,
    spoken: Spoken<'name>,
}

impl Reader<'_> {
    fn options(mut self) -> Result<Options, Exit> {
        // To ncat a broker is a listener, whether -l is there or not.
        self.args.listen |= self.args.broker && self.is_ncat();
        self.refuse_what_cannot_be()?;
        let transport = self.transport()?;
        let (connect_timeout, idle_timeout) = self.timeouts()?;
        let traffic = self.traffic()?;
        let socket = self.socket_options()?;
        self.check_socket_options(&socket, transport)?;
        let tls = self.tls();
        if tls.is_some() {
            self.refuse_tls_that_cannot_be(transport)?;
        } else if self.args.no_ssl_verify {
            return Err(self.wrong("--no-ssl-verify needs --ssl"));
        }
        let args = &self.args;
        let family = match (args.ipv4, args.ipv6) {
            (true, _) => FamilyChoice::V4,
            (false, false) if !socket.source_route.is_empty() => FamilyChoice::V4,
            (_, true) => FamilyChoice::V6,
            _ => FamilyChoice::Any,
        };
        self.refuse_traffic_that_cannot_be(&traffic, transport)?;
        let (presentation, verbose, errors) = (args.presentation, args.verbose, args.errors);
        let (status, numeric, nsock_engine) = (args.status, args.nodns, args.nsock_engine.clone());
        let role = if self.args.listen { self.listener(transport)? } else { self.client(transport)? };
        let proxy = self.proxy(transport)?;
        Ok(Options {
            presentation,
            dialect: self.spoken.dialect,
            verbose,
            errors,
            status,
            nsock_engine,
            role,
            transport,
            family,
            numeric,
            connect_timeout,
            idle_timeout,
            traffic,
            socket,
            tls,
            proxy,
        })
    }

    fn is_ncat(&self) -> bool {
        self.spoken.dialect == Dialect::Ncat
    }

    /// The first of some long options that was given, as this dialect writes it.
    fn first(&self, options: &[(bool, &str)]) -> Option<String> {
        options.iter().find(|(given, _)| *given).map(|(_, long)| {
            let letter = letters::table(self.spoken.dialect).iter().find(|letter| letter.long == *long);
            letter.map_or_else(|| format!("--{long}"), |letter| format!("-{}", letter.letter))
        })
    }

    fn wrong(&self, message: impl Into<String>) -> Exit {
        self.spoken.wrong(message)
    }

    /// A port that is none. ncat quotes the word as it was given, but for a source port that is a number.
    fn wrong_port(&self, what: &str, text: &str, error: &PortError) -> Exit {
        self.wrong(match what {
            _ if !self.is_ncat() => error.to_string(),
            SOURCE_PORT if is_number(text) => format!("Invalid source port {}", escape(text)),
            _ => format!("Invalid {what} \"{}\"", escape(text)),
        })
    }

    fn transport(&self) -> Result<Transport, Exit> {
        let args = &self.args;
        if args.unixsock && args.pass_socket {
            return Err(self.wrong("cannot use -F and -U"));
        }
        let kinds = [args.unixsock, args.vsock, args.sctp].into_iter().filter(|kind| *kind).count();
        if kinds > 1 || (args.sctp && args.udp) {
            return Err(self.wrong("only one of -U, --vsock and --sctp, and --sctp without -u"));
        }
        Ok(match (args.udp, args.unixsock, args.vsock, args.sctp) {
            (false, true, ..) => Transport::UnixStream,
            (true, true, ..) => Transport::UnixDatagram,
            (false, _, true, _) => Transport::VsockStream,
            (true, _, true, _) => Transport::VsockDatagram,
            (.., true) => Transport::Sctp,
            (true, ..) => Transport::Udp,
            (false, ..) => Transport::Tcp,
        })
    }

    /// `-w`, `--wait` and `--idle-timeout`.
    fn timeouts(&self) -> Result<(Option<Duration>, Option<Duration>), Exit> {
        let both = self.time("timeout", self.args.timeout.as_deref())?;
        let connect = self.positive("-w", "timeout", self.args.wait.as_deref())?.or(both);
        let idle = self.positive("-i", "idle timeout", self.args.idle_timeout.as_deref())?.or(both);
        // Datagrams do not connect, and a scan has a time of its own for them.
        let connects = !(self.args.scan && self.args.udp);
        let default = (self.is_ncat() && connects).then_some(NCAT_CONNECT);
        Ok((connect.or(default), idle))
    }

    fn traffic(&self) -> Result<Traffic, Exit> {
        let args = &self.args;
        let quit = match args.quit.as_deref() {
            // Any negative number is "never", which is also the default.
            Some(text) if number::time(text) == Err(NumberError::TooSmall) => None,
            None if self.leaves_with_its_input() => Some(Duration::ZERO),
            text => self.time_up_to("quit timer", text, i64::from(i32::MAX))?,
        };
        let shutdown = args.shutdown || quit.is_some() || args.send_only || self.is_ncat();
        Ok(Traffic {
            ignore_input: args.no_stdin || args.recv_only,
            send_only: args.send_only,
            recv_only: args.recv_only,
            shutdown_at_eof: shutdown && !args.no_shutdown,
            quit_after_eof: quit,
            leave_with_peer: self.spoken.dialect == Dialect::Traditional || args.recv_only,
            receive_limit: self.count("receive limit", args.receive_limit.as_deref(), 1, i64::from(i32::MAX))?,
            interval: self.time_up_to("interval", args.interval.as_deref(), i64::from(u32::MAX))?,
            delay: self.positive("-d", "delay", args.delay.as_deref())?,
            crlf: args.crlf,
            telnet: args.telnet,
            datagram: self.datagram()?,
            read_size: self.octets("read size", args.read_size.as_deref())?,
            generate: args.generate.as_deref().map(|text| self.generate(text)).transpose()?,
            expect: args.expect,
            segments: args.segments,
            escape: args.escape,
            output_file: args.output.clone(),
            hex_file: args.hex_dump.clone(),
            append: args.append_output,
        })
    }

    /// A client of ncat's that sends datagrams is over with its input: nothing tells it that the peer is. Not so if an
    /// option asks about the answers.
    fn leaves_with_its_input(&self) -> bool {
        let args = &self.args;
        let asks_about_answers = args.receive_limit.is_some() || args.expect || args.status;
        let has_input = args.exec.is_none() && args.sh_exec.is_none();
        self.is_ncat() && args.udp && !args.listen && has_input && !asks_about_answers
    }

    fn datagram(&self) -> Result<DatagramCut, Exit> {
        Ok(match self.args.datagram.as_deref() {
            None | Some("read") => DatagramCut::Read,
            Some("line") => DatagramCut::Line,
            Some("file") => DatagramCut::File,
            size => DatagramCut::Size(self.octets("datagram size", size)?.unwrap_or(1)),
        })
    }

    /// `SIZExCOUNT[@INTERVAL]`.
    fn generate(&self, text: &str) -> Result<Generate, Exit> {
        let wrong = || self.wrong(format!("--generate {}: not of the form SIZExCOUNT[@INTERVAL]", escape(text)));
        let (what, interval) = text.split_once('@').map_or((text, None), |(what, interval)| (what, Some(interval)));
        let (size, count) = what.split_once('x').ok_or_else(wrong)?;
        let number = |text: &str| number::integer(text, 0, i64::from(u32::MAX)).map_err(|_| wrong());
        Ok(Generate {
            size: usize::try_from(number(size)?).map_err(|_| wrong())?,
            count: number(count)?.unsigned_abs(),
            interval: interval.map(|text| number::time(text).map_err(|_| wrong())).transpose()?,
        })
    }

    fn socket_options(&self) -> Result<SocketOptions, Exit> {
        let args = &self.args;
        Ok(SocketOptions {
            broadcast: args.broadcast,
            debug: args.debug_socket,
            keepalive: args.keepalive,
            receive_buffer: self.octets("TCP receive window", args.receive_buffer.as_deref())?,
            send_buffer: self.octets("TCP send window", args.send_buffer.as_deref())?,
            tos: match args.tos.as_deref() {
                Some(text) => {
                    let octet =
                        tos::parse(text).ok_or_else(|| self.wrong(format!("illegal tos value {}", escape(text))))?;
                    Some(octet)
                }
                None => None,
            },
            ttl: self.ttl("ttl", args.ttl.as_deref())?,
            min_ttl: self.ttl("minttl", args.min_ttl.as_deref())?,
            md5: args.tcp_md5,
            linger: self.time("linger", args.linger.as_deref())?,
            no_reuse_address: args.no_reuseaddr,
            multicast: args.multicast.clone(),
            source_route: args.source_route.iter().flat_map(|hops| hops.split(',')).map(str::to_owned).collect(),
            source_route_pointer: args
                .source_route_pointer
                .as_deref()
                .map(|text| {
                    let pointer = number::integer(text, 4, 32).ok().filter(|pointer| pointer % 4 == 0);
                    let pointer = pointer.and_then(|pointer| u8::try_from(pointer).ok());
                    pointer.ok_or_else(|| self.wrong(format!("invalid hop pointer {}: 4, 8, .. 32", escape(text))))
                })
                .transpose()?,
        })
    }

    /// What the transport has no use for is not ignored.
    fn check_socket_options(&self, socket: &SocketOptions, transport: Transport) -> Result<(), Exit> {
        let over_ip = !(transport.is_unix() || transport.is_vsock());
        let needs_ip = [
            (socket.broadcast, "broadcast"),
            (socket.tos.is_some(), "tos"),
            (socket.ttl.is_some(), "ttl"),
            (socket.min_ttl.is_some(), "min-ttl"),
            (!socket.source_route.is_empty(), "source-route"),
        ];
        if let Some(option) = self.first(&needs_ip).filter(|_| !over_ip) {
            return Err(self.wrong(format!("{option}: there is no IP under {} sockets", transport.name())));
        }
        self.check_source_route(socket)?;
        if socket.md5 && (transport != Transport::Tcp || self.args.scan) {
            return Err(self.wrong("-S: segments of a TCP conversation are signed, and nothing else"));
        }
        if socket.min_ttl.is_some() && transport != Transport::Tcp {
            return Err(self.wrong("-m: Linux drops packets by their TTL for TCP only"));
        }
        if socket.linger.is_some() && transport.is_datagram() {
            return Err(self.wrong("--linger: datagrams have no connection that could linger"));
        }
        if socket.keepalive && transport.is_datagram() {
            return Err(self.wrong("--keepalive: datagrams have no connection that could be kept alive"));
        }
        if !socket.multicast.is_empty() && (transport != Transport::Udp || !self.args.listen) {
            return Err(self.wrong("--multicast joins a group for a UDP listener: must use -l and -u with it"));
        }
        Ok(())
    }

    fn check_source_route(&self, socket: &SocketOptions) -> Result<(), Exit> {
        let hops = socket.source_route.len();
        match socket.source_route_pointer {
            Some(_) if hops == 0 => return Err(self.wrong("-G needs -g: there is no route to point into")),
            Some(pointer) if pointer != FIRST_POINTER => {
                let said = format!("-G {pointer}: the kernel takes a source route from its start only, which is 4");
                return Err(self.wrong(said));
            }
            _ => {}
        }
        if hops > 0 && self.args.ipv6 {
            return Err(self.wrong(NOT_IN_IPV6));
        }
        if hops > 0 && self.args.listen {
            return Err(self.wrong("cannot use -g and -l: who connects chooses the route"));
        }
        if hops > MOST_HOPS {
            return Err(self.wrong(format!("-g: {hops} hops: an IPv4 header has room for {MOST_HOPS}")));
        }
        Ok(())
    }

    fn ttl(&self, name: &str, text: Option<&str>) -> Result<Option<u8>, Exit> {
        let Some(text) = text else { return Ok(None) };
        let ttl = number::integer(text, 0, 255).map_err(|fault| self.wrong(format!("{name} is {fault}")))?;
        Ok(u8::try_from(ttl).ok())
    }

    fn tls(&self) -> Option<Tls> {
        let args = &self.args;
        let any = args.ssl
            || args.ssl_verify
            || args.ssl_cert.is_some()
            || args.ssl_key.is_some()
            || args.ssl_trustfile.is_some()
            || args.ssl_servername.is_some()
            || args.ssl_alpn.is_some()
            || args.ssl_ciphers.is_some();
        any.then(|| Tls {
            verify: args.ssl_verify
                || args.ssl_trustfile.is_some()
                || (!args.listen && !args.no_ssl_verify && !self.is_ncat()),
            cert: args.ssl_cert.clone(),
            key: args.ssl_key.clone(),
            trust_file: args.ssl_trustfile.clone(),
            server_name: args.ssl_servername.clone(),
            alpn: args.ssl_alpn.iter().flat_map(|list| list.split(',')).map(str::to_owned).collect(),
            ciphers: args.ssl_ciphers.clone(),
        })
    }

    fn program(&self) -> Result<Option<Program>, Exit> {
        match (&self.args.exec, &self.args.sh_exec) {
            (Some(_), Some(_)) => Err(self.wrong("only one of -e and -c")),
            (Some(_), _) | (_, Some(_)) if self.args.send_only || self.args.recv_only => {
                Err(self.wrong("cannot use --send-only or --recv-only with -e or -c: a program has both directions"))
            }
            (Some(command), None) => Ok(Some(Program::Exec(command.clone()))),
            (None, Some(command)) => Ok(Some(Program::Shell(command.clone()))),
            (None, None) => Ok(None),
        }
    }

    fn service(&self) -> Result<Service, Exit> {
        let args = &self.args;
        let mut services = Vec::new();
        services.extend(self.program()?.map(Service::Program));
        services.extend(args.app.as_deref().map(|name| self.app(name)).transpose()?.map(Service::App));
        services.extend(args.chat.then_some(Service::Chat));
        services.extend((args.broker && !args.chat).then_some(Service::Broker));
        services.extend(match args.proxy_type.as_deref() {
            None => None,
            Some("http") => Some(Service::HttpProxy { auth: args.proxy_auth.clone() }),
            Some(text) => {
                return Err(self.wrong(format!("no proxy server for \"{}\": http is the one there is", escape(text))));
            }
        });
        if services.len() > 1 {
            return Err(self.wrong("only one of -e, -c, --app, --broker, --chat and --proxy-type"));
        }
        Ok(services.pop().unwrap_or_default())
    }

    fn app(&self, name: &str) -> Result<App, Exit> {
        Ok(match name {
            "echo" => App::Echo,
            "discard" => App::Discard,
            "daytime" => App::Daytime,
            "chargen" => App::Chargen,
            "upper" => App::Upper,
            "knock-knock" => App::KnockKnock,
            other => {
                let loss = other.strip_prefix("lossy-echo=").and_then(number::probability_ppm);
                let why = if other.starts_with("lossy-echo") {
                    "a probability that is not between 0 and 1"
                } else {
                    "unknown: there are echo, discard, daytime, chargen, upper, knock-knock and lossy-echo=PROBABILITY"
                };
                let unknown = || self.wrong(format!("--app {}: {why}", escape(other)));
                App::LossyEcho { loss_ppm: loss.ok_or_else(unknown)? }
            }
        })
    }

    /// `-l PORT`, `-l ADDRESS PORT`, or `-l -p PORT [-s ADDRESS]`, and no mixture of them.
    fn listener(&mut self, transport: Transport) -> Result<Role, Exit> {
        if self.args.scan {
            return Err(self.wrong("cannot use -z and -l"));
        }
        if self.args.pass_socket {
            return Err(self.wrong("cannot use -F and -l"));
        }
        let service = self.service()?;
        let (host, port) = self.where_to_listen(transport)?;
        let args = &self.args;
        let list = |entries: &[String]| -> Vec<String> {
            entries
                .iter()
                .flat_map(|entry| entry.split(','))
                .filter(|entry| !entry.is_empty())
                .map(str::to_owned)
                .collect()
        };
        let access = Access {
            allow: list(&args.allow),
            allow_files: args.allowfile.clone(),
            deny: list(&args.deny),
            deny_files: args.denyfile.clone(),
        };
        self.refuse_model(&service, transport)?;
        // A proxy of ncat's has no conversation to end with, and serves one client after the other.
        let ncats_proxy = self.is_ncat() && matches!(service, Service::HttpProxy { .. });
        let several = matches!(service, Service::Broker | Service::Chat)
            || ncats_proxy
            || args.serve.is_some()
            || args.max_clients.is_some();
        let listen = Listen {
            host,
            port,
            keep_open: args.keep_open || several,
            max_conns: self
                .count("maximum of connections", args.max_conns.as_deref(), 1, 1 << 24)?
                .and_then(|n| usize::try_from(n).ok()),
            max_clients: self.count("maximum of clients", args.max_clients.as_deref(), 1, i64::MAX)?,
            access,
            service,
            model: args.serve.as_deref().map(|name| match name {
                "iterative" => Model::Iterative,
                "fork" => Model::Fork,
                "thread" => Model::Thread,
                _ => Model::Event,
            }),
            leave_zombies: args.no_reap,
            backlog: self
                .count("backlog", args.backlog.as_deref(), 0, i64::from(i32::MAX))?
                .and_then(|n| i32::try_from(n).ok()),
            delay_listen: self.time("delay", args.delay_listen.as_deref())?,
            delay_accept: self.time("delay", args.delay_accept.as_deref())?,
            host_order_port: args.host_order_port,
            reply: args.reply.as_deref().map(|text| match text {
                "last" => Reply::Last,
                "each" => Reply::Each,
                peer => Reply::Peer(peer.to_owned()),
            }),
        };
        self.refuse_without_a_conversation(&listen, transport)?;
        Ok(Role::Listen(Box::new(listen)))
    }

    fn where_to_listen(&mut self, transport: Transport) -> Result<(Option<String>, String), Exit> {
        let (source, source_port) = (self.args.source.take(), self.args.source_port.take());
        let operands = std::mem::take(&mut self.args.operands);
        let options_say_where = source_port.is_some() || source.is_some();
        let too_many = self.too_many_addresses(source.is_some(), source_port.as_deref(), &operands);
        let mut operands = operands.into_iter();
        let three = (operands.next(), operands.next(), operands.next());
        if transport.is_unix() {
            return match three {
                (Some(path), None, _) if source_port.is_none() => Ok((Some(path), String::new())),
                _ if source_port.is_some() => Err(self.wrong(PORT_OF_PATH)),
                (None, ..) if source.is_some() => Ok((source, String::new())),
                (None, ..) => Err(self.wrong("missing socket pathname")),
                _ => Err(self.wrong(PORT_OF_PATH)),
            };
        }
        let default = NCAT_PORT.to_string();
        let (host, port) = match three {
            (None, ..) if self.is_ncat() => (source, source_port.unwrap_or(default)),
            (None, ..) => (source, source_port.ok_or_else(|| self.wrong("missing port number"))?),
            (Some(host), None, _) if self.is_ncat() && source_port.is_some() => {
                (Some(host), source_port.unwrap_or(default))
            }
            (Some(_), ..) if options_say_where => return Err(too_many),
            (Some(word), None, _) if self.is_ncat() && !is_number(&word) => (Some(word), default),
            (Some(port), None, _) => (None, port),
            (Some(host), Some(port), None) => (Some(host), port),
            (Some(_), Some(_), Some(_)) => return Err(too_many),
        };
        if !transport.is_vsock() {
            port::check_local(&port).map_err(|error| self.wrong_port("port number", &port, &error))?;
        }
        Ok((host, port))
    }

    /// A listener has one address, which ncat takes as operands, and one port.
    fn too_many_addresses(&self, source: bool, source_port: Option<&str>, operands: &[String]) -> Exit {
        if !self.is_ncat() {
            return self.spoken.usage("");
        }
        if source {
            return self.wrong(
                "-l and -s are incompatible.  Specify the address and port to bind to like you would a host to connect to",
            );
        }
        let ports: Vec<&str> = source_port.into_iter().chain(operands.iter().skip(1).map(String::as_str)).collect();
        self.wrong(format!("Got more than one port specification: {}", escape(&ports.join(" "))))
    }

    /// `DESTINATION PORT...`.
    fn client(&mut self, transport: Transport) -> Result<Role, Exit> {
        let operands = std::mem::take(&mut self.args.operands);
        let mut operands = operands.into_iter();
        let Some(host) = operands.next() else {
            return Err(if self.is_ncat() {
                self.wrong("You must specify a host to connect to")
            } else {
                self.spoken.usage("")
            });
        };
        let mut ports: Vec<String> = operands.collect();
        if ports.is_empty() && self.is_ncat() && !transport.is_unix() {
            ports.push(NCAT_PORT.to_string());
        }
        if transport.is_unix() {
            if !ports.is_empty() || self.args.source_port.is_some() {
                return Err(self.wrong(PORT_OF_PATH));
            }
        } else if ports.is_empty() {
            return Err(self.wrong("missing port number"));
        }
        self.refuse_listener_options()?;
        self.refuse_with_scan()?;
        if let Some(port) = self.args.source_port.as_deref().filter(|_| !transport.is_vsock()) {
            port::check_local(port).map_err(|error| self.wrong_port(SOURCE_PORT, port, &error))?;
        }
        let ports = ports
            .iter()
            // Ports of vsock(7) have 32 bits, and no names.
            .map(|port| match port::parse(port) {
                _ if transport.is_vsock() => Ok(PortSpec::Name(port.clone())),
                parsed => parsed.map_err(|error| self.wrong_port("port number", port, &error)),
            })
            .collect::<Result<_, _>>()?;
        let program = self.program()?;
        if program.is_some() {
            self.refuse_about_streams("-e or -c")?;
        }
        if self.args.pass_socket {
            if program.is_some() {
                return Err(self.wrong("cannot use -F with -e or -c: one program can have the connection"));
            }
            self.refuse_about_streams("-F")?;
        }
        Ok(Role::Connect(Connect {
            host,
            ports,
            local_host: self.args.source.take(),
            local_port: self.args.source_port.take(),
            scan: self.args.scan,
            shuffle: self.args.shuffle,
            program,
            pass_socket: self.args.pass_socket,
        }))
    }

    fn time(&self, what: &str, text: Option<&str>) -> Result<Option<Duration>, Exit> {
        self.judged(what, text, number::time)
    }

    fn time_up_to(&self, what: &str, text: Option<&str>, most: i64) -> Result<Option<Duration>, Exit> {
        self.judged(what, text, |text| number::time_up_to(text, most))
    }

    fn judged(
        &self,
        what: &str,
        text: Option<&str>,
        read: impl Fn(&str) -> Result<Duration, NumberError>,
    ) -> Result<Option<Duration>, Exit> {
        let Some(text) = text else { return Ok(None) };
        read(text).map(Some).map_err(|fault| self.wrong(format!("{what} {fault}: {}", escape(text))))
    }

    /// A time of one of ncat's letters, which takes no zero and has a sentence of its own.
    fn positive(&self, letter: &str, what: &str, text: Option<&str>) -> Result<Option<Duration>, Exit> {
        let time = self.time(what, text);
        match (&time, text) {
            (Ok(Some(Duration::ZERO)) | Err(_), Some(text)) if self.is_ncat() => {
                let what = what.trim_start_matches("idle ");
                let text = escape(text);
                Err(self.wrong(format!(
                    "Invalid {letter} {what} \"{text}\" (must be greater than 0 and less than {NCAT_SECONDS}s)."
                )))
            }
            _ => time,
        }
    }

    fn count(&self, what: &str, text: Option<&str>, min: i64, max: i64) -> Result<Option<u64>, Exit> {
        let Some(text) = text else { return Ok(None) };
        let number = number::integer(text, min, max);
        let number = number.map_err(|fault| self.wrong(format!("{what} {fault}: {}", escape(text))))?;
        Ok(Some(number.unsigned_abs()))
    }

    fn octets(&self, what: &str, text: Option<&str>) -> Result<Option<usize>, Exit> {
        Ok(self.count(what, text, 1, 1 << 30)?.and_then(|octets| usize::try_from(octets).ok()))
    }
}

fn is_number(text: &str) -> bool {
    number::integer(text, i64::MIN, i64::MAX) != Err(NumberError::Invalid)
}
