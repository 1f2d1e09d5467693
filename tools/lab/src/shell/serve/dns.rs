//! A name server over UDP and TCP, one question after another.

use std::fs;
use std::io::{self, Read, Write};
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::os::fd::AsFd;
use std::path::Path;
use std::time::{Duration, Instant};

use hickory_proto::op::{Edns, Message, Query};
use rustix::net::{RecvFlags, recv, recvfrom};
use socket2::{Domain, Socket, Type};
use sockeye_cli::{Failure, Output, Status};
use sockeye_sys::poll::{Events, PollFd, poll};

use super::{accepted_for, bound, local, show};
use crate::apps::Dns;
use crate::apps::report::Report;
use crate::names::resolver::Resolver;
use crate::names::zone::Zone;
use crate::names::{Code, Found, PAYLOAD, answer, look_up, read};

/// The longest message.
const ROOM: usize = 65_535;
/// How long a client over TCP may keep the others waiting.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long another server is waited for, and how often it is asked.
const TIMEOUT: Duration = Duration::from_secs(2);
const TRIES: u32 = 2;
/// The port of name servers.
const PORT: u16 = 53;

/// Serves until a signal ends it.
///
/// # Errors
/// [`Failure`] if a zone cannot be read, or the address not be had.
pub fn run(dns: &Dns, output: &mut Output<'_>) -> Result<Status, Failure> {
    let zones = dns.zones.iter().map(|path| parse(path, Zone::parse)).collect::<Result<Vec<_>, _>>()?;
    let resolver = dns.hints.as_deref().map(|path| parse(path, Resolver::new)).transpose()?;
    let udp = bound(dns.addr, Type::DGRAM)?;
    // The port that the kernel chose for the first is taken for the second.
    let addr = udp.local_addr().ok().and_then(|addr| addr.as_socket()).unwrap_or(dns.addr);
    let tcp = bound(addr, Type::STREAM)?;
    show(&Report::Ready { app: "dns", addr: local(&udp), transport: "udp and tcp" }, output)?;
    let mut server = Server { zones, resolver, output, started: Instant::now() };
    loop {
        let mut fds = [PollFd::new(udp.as_fd(), Events::IN), PollFd::new(tcp.as_fd(), Events::IN)];
        poll(&mut fds, None).map_err(|error| Failure::call(Status::HOST, "poll", addr, &error))?;
        let [datagram, connection] = fds.map(|fd| !fd.ready().is_empty());
        if datagram {
            server.datagram(&udp, addr)?;
        }
        if connection {
            server.connection(&tcp, addr)?;
        }
    }
}

/// What a file says.
fn parse<T>(path: &Path, read: impl FnOnce(&str) -> Result<T, String>) -> Result<T, Failure> {
    let text =
        fs::read_to_string(path).map_err(|error| Failure::call(Status::USAGE, "read", path.display(), &error))?;
    read(&text).map_err(|why| Failure::usage(format!("{}: {why}", path.display())))
}

struct Server<'call, 'out> {
    zones: Vec<Zone>,
    resolver: Option<Resolver>,
    output: &'call mut Output<'out>,
    started: Instant,
}

impl Server<'_, '_> {
    fn datagram(&mut self, socket: &Socket, addr: SocketAddr) -> Result<(), Failure> {
        let mut room = vec![0; ROOM];
        let (len, peer) = match recvfrom(socket, &mut room[..], RecvFlags::DONTWAIT) {
            Ok((len, _, peer)) => (len, peer.and_then(|peer| SocketAddr::try_from(peer).ok())),
            // Nothing there after all, or an ICMP error about an answer that nobody took.
            Err(rustix::io::Errno::AGAIN | rustix::io::Errno::INTR | rustix::io::Errno::CONNREFUSED) => return Ok(()),
            Err(error) => return Err(Failure::call(Status::NETWORK, "recvfrom", addr, &error.into())),
        };
        let (Some(question), Some(peer)) = (room.get(..len), peer) else { return Ok(()) };
        if let Some(octets) = self.answer(question, &peer.to_string(), "udp")? {
            // Nobody may be there any more to take it.
            let _ = socket.send_to(&octets, &peer.into());
        }
        Ok(())
    }

    /// Answers everything that comes over one connection (RFC 7766).
    fn connection(&mut self, listener: &Socket, addr: SocketAddr) -> Result<(), Failure> {
        let Some((mut client, peer)) = accepted_for(listener, addr, PATIENCE)? else { return Ok(()) };
        while let Ok(question) = receive(&mut client) {
            let Some(octets) = self.answer(&question, &peer, "tcp")? else { break };
            if send(&mut client, &octets).is_err() {
                break;
            }
        }
        Ok(())
    }

    fn answer(&mut self, octets: &[u8], peer: &str, transport: &'static str) -> Result<Option<Vec<u8>>, Failure> {
        let Some((request, query)) = read(octets) else { return Ok(None) };
        let asked = Report::Asked {
            peer: peer.to_owned(),
            qname: query.name().to_string(),
            qtype: query.query_type().to_string(),
            transport,
            recursion_desired: request.metadata.recursion_desired,
        };
        show(&asked, self.output)?;
        let found = match look_up(&self.zones, &query) {
            Some(found) => found,
            None => self.resolve(&query, request.metadata.recursion_desired)?,
        };
        Ok(answer(&request, &query, found, self.resolver.is_some(), transport == "udp"))
    }

    fn resolve(&mut self, query: &Query, desired: bool) -> Result<Found, Failure> {
        let Self { resolver, output, started, .. } = self;
        let Some(resolver) = resolver.as_mut().filter(|_| desired) else {
            return Ok(Found { code: Code::Refused, ..Found::default() });
        };
        let mut told = Ok(());
        let found = resolver.resolve(query, started.elapsed().as_secs(), &mut |server, query| {
            let answer = ask(server, query);
            let upstream = Report::Upstream {
                server: server.to_string(),
                qname: query.name().to_string(),
                qtype: query.query_type().to_string(),
                outcome: outcome(answer.as_ref()),
            };
            if told.is_ok() {
                told = show(&upstream, output);
            }
            answer
        });
        told.map(|()| found)
    }
}

/// What an answer of another server is, in words.
fn outcome(answer: Option<&Message>) -> String {
    let Some(message) = answer else { return "no answer".to_owned() };
    match (message.answers.len(), message.authorities.first()) {
        (0, Some(record)) if record.record_type().to_string() == "NS" => format!("ask the servers of {}", record.name),
        (0, _) => format!("nothing ({})", message.metadata.response_code),
        (1, _) => "1 record".to_owned(),
        (count, _) => format!("{count} records"),
    }
}

/// Asks another server over UDP, and over TCP if the answer was truncated.
fn ask(server: IpAddr, query: &Query) -> Option<Message> {
    let addr = SocketAddr::from((server, PORT));
    let mut request = Message::query();
    let mut id = [0; 2];
    sockeye_sys::random::fill(&mut id).ok()?;
    request.metadata.id = u16::from_ne_bytes(id);
    let mut edns = Edns::new();
    edns.set_max_payload(PAYLOAD);
    request.add_query(query.clone()).set_edns(edns);
    let octets = request.to_vec().ok()?;
    let answers =
        |message: &Message| message.metadata.id == request.metadata.id && message.queries.first() == Some(query);
    let found = (0..TRIES).find_map(|_| over_udp(addr, &octets, &answers).ok().flatten())?;
    if found.metadata.truncation { over_tcp(addr, &octets).ok().filter(answers) } else { Some(found) }
}

fn over_udp(addr: SocketAddr, octets: &[u8], answers: &dyn Fn(&Message) -> bool) -> io::Result<Option<Message>> {
    let socket = Socket::new(Domain::for_address(addr), Type::DGRAM, None)?;
    // So that only this server's datagrams come in, and ICMP errors about it.
    socket.connect(&addr.into())?;
    socket.send(octets)?;
    let until = Instant::now() + TIMEOUT;
    let mut room = vec![0; ROOM];
    loop {
        let mut fds = [PollFd::new(socket.as_fd(), Events::IN)];
        if poll(&mut fds, Some(until.saturating_duration_since(Instant::now())))? == 0 {
            return Ok(None);
        }
        let (len, _) = recv(&socket, &mut room[..], RecvFlags::empty())?;
        let message = room.get(..len).and_then(|octets| Message::from_vec(octets).ok());
        if let Some(message) = message.filter(answers) {
            return Ok(Some(message));
        }
    }
}

fn over_tcp(addr: SocketAddr, octets: &[u8]) -> io::Result<Message> {
    let socket = Socket::new(Domain::for_address(addr), Type::STREAM, None)?;
    socket.connect_timeout(&addr.into(), TIMEOUT)?;
    let mut stream = TcpStream::from(socket);
    stream.set_read_timeout(Some(TIMEOUT))?;
    send(&mut stream, octets)?;
    Message::from_vec(&receive(&mut stream)?).map_err(io::Error::other)
}

/// A message over TCP has its length in front (RFC 1035 section 4.2.2).
fn receive(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut length = [0; 2];
    stream.read_exact(&mut length)?;
    let mut octets = vec![0; usize::from(u16::from_be_bytes(length))];
    stream.read_exact(&mut octets)?;
    Ok(octets)
}

fn send(stream: &mut TcpStream, octets: &[u8]) -> io::Result<()> {
    let length = u16::try_from(octets.len()).map_err(io::Error::other)?;
    // In one write, so that it is one segment.
    stream.write_all(&[&length.to_be_bytes()[..], octets].concat())
}
