//! What the system is asked for: the C library's readings, services by number, interfaces, files.
#![expect(clippy::disallowed_methods, reason = "the shell: reads files and standard input")]

pub mod confine;

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::ffi::OsStrExt;

use sockeye_cli::escape::escape_octets;
use sockeye_cli::{Failure, Status};
use sockeye_common::addr::Zone;
use sockeye_sys::addresses::AddressRow;
use sockeye_sys::addrinfo::{AiFlags, Hints, lookup};
use sockeye_sys::links::Link;
use sockeye_sys::nameinfo::{NiFlags, nameinfo};
use sockeye_sys::{Family, Listed, Protocol, SockType, addresses, inet, interface, links};

use crate::readings::Answers;

/// What the C library makes of a text. Nobody outside is asked: numbers alone are read.
pub fn readings(text: &str) -> Answers {
    let hints = Hints {
        flags: AiFlags::NUMERICHOST,
        family: Family::UNSPEC,
        socktype: SockType::STREAM,
        protocol: Protocol::IP,
    };
    let getaddrinfo = match lookup(Some(text), None, &hints) {
        Ok(found) => found.first().map(|entry| (entry.addr.ip(), scope_id(entry.addr))).ok_or("nothing".to_owned()),
        Err(error) => Err(error.name().to_owned()),
    };
    Answers { aton: inet::aton(text), pton_v4: inet::pton_v4(text), pton_v6: inet::pton_v6(text), getaddrinfo }
}

fn scope_id(addr: SocketAddr) -> u32 {
    match addr {
        SocketAddr::V4(_) => 0,
        SocketAddr::V6(addr) => addr.scope_id(),
    }
}

/// The index of a zone's interface: the number that the zone is, or that of the interface of this name, if there is one.
pub fn zone_index(zone: &Zone) -> Option<u32> {
    zone.index().or_else(|| interface::index(zone.as_str()).ok())
}

/// The name of the service on a port, as getnameinfo(3) has it; `None` if it has no name.
pub fn service(port: u16, udp: bool) -> Option<String> {
    let transport = if udp { NiFlags::DGRAM } else { NiFlags::EMPTY };
    let addr = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let found = nameinfo(&addr, transport | NiFlags::NUMERICHOST).ok()?.service;
    (found != port.to_string()).then_some(found)
}

/// The first port that needs no privilege to be bound: 1024 where the kernel does not say.
///
/// # Source
/// ip(7), ip_unprivileged_port_start. IPv6 has the same.
pub fn unprivileged_ports() -> u16 {
    let said = std::fs::read_to_string("/proc/sys/net/ipv4/ip_unprivileged_port_start");
    said.ok().and_then(|start| start.trim().parse().ok()).unwrap_or(1024)
}

/// The port of a service by its name, as getaddrinfo(3) has it.
pub fn port(name: &str, udp: bool) -> Option<u16> {
    let socktype = if udp { SockType::DGRAM } else { SockType::STREAM };
    let hints = Hints { flags: AiFlags::NUMERICHOST, family: Family::INET, socktype, protocol: Protocol::IP };
    lookup(Some("127.0.0.1"), Some(name), &hints).ok()?.first().map(|entry| entry.addr.port())
}

/// How much of a line is kept, in octets. No line that means anything is as long, and a file without ends of lines is no reason to
/// hold all of it.
const LONGEST: u64 = 1 << 16;

/// A file by lines, or standard input for `-`.
pub struct Lines {
    /// What messages call it.
    pub name: String,
    reader: BufReader<Box<dyn Read>>,
    line: Vec<u8>,
    number: u64,
}

impl Lines {
    /// Opens a file, or standard input for `-`.
    ///
    /// # Errors
    /// [`Failure`] that names the call and the file: the command line is wrong.
    pub fn open(path: &OsStr) -> Result<Self, Failure> {
        let (name, reader): (String, Box<dyn Read>) = if path == "-" {
            ("standard input".to_owned(), Box::new(io::stdin()))
        } else {
            let name = escape_octets(path.as_bytes());
            let file = File::open(path).map_err(|error| Failure::call(Status::USAGE, "open", &name, &error))?;
            (name, Box::new(file))
        };
        Ok(Self { name, reader: BufReader::new(reader), line: Vec::new(), number: 0 })
    }

    /// Whether the next line may have to be waited for.
    pub fn is_dry(&self) -> bool {
        self.reader.buffer().is_empty()
    }

    /// The number of the next line that has something, from 1, and what it has: without blanks at its ends, and without what
    /// stands behind a `#`.
    ///
    /// # Errors
    /// [`Failure`] that names the call and the file: this host failed.
    pub fn next_line(&mut self) -> Result<Option<(u64, &[u8])>, Failure> {
        loop {
            if !self.fill().map_err(|error| Failure::call(Status::HOST, "read", &self.name, &error))? {
                return Ok(None);
            }
            self.number += 1;
            if !content(&self.line).is_empty() {
                break;
            }
        }
        Ok(Some((self.number, content(&self.line))))
    }
}

impl Lines {
    /// Reads a line, or how it starts if it is longer than [`LONGEST`]; `false` at the end of the file.
    fn fill(&mut self) -> io::Result<bool> {
        self.line.clear();
        let read = self.reader.by_ref().take(LONGEST).read_until(b'\n', &mut self.line)?;
        if self.line.last().is_some_and(|last| *last != b'\n') {
            self.reader.skip_until(b'\n')?;
        }
        Ok(read > 0)
    }
}

fn content(line: &[u8]) -> &[u8] {
    line.split(|octet| *octet == b'#').next().unwrap_or_default().trim_ascii()
}

/// The interfaces of this host, and their addresses.
///
/// # Errors
/// [`Failure`] if the kernel cannot be asked.
pub fn interfaces() -> Result<(Listed<Link>, Listed<AddressRow>), Failure> {
    let failed = |error: sockeye_sys::CallError| Failure::host(error.to_string());
    Ok((links::links().map_err(failed)?, addresses::rows().map_err(failed)?))
}
