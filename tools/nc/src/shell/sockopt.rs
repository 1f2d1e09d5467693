//! What sockets are told before they connect or listen. An option that cannot be set ends the run, and is named.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use socket2::{InterfaceIndexOrAddress, Socket};
use sockeye_cli::Failure;
use sockeye_cli::escape::escape;
use sockeye_cli::failure::errno_text;
use sockeye_sys::addrinfo::{AiFlags, Hints};
use sockeye_sys::socket::{TCP_MD5_KEY_LEN, set_ip_options, set_option, set_tcp_md5};
use sockeye_sys::{Family, Protocol, SockType, interface};

use super::{FAILED, Session};
use crate::explain::{Event, OptionValue};
use crate::source_route;

impl Session<'_, '_> {
    /// Asks for the password of `-S`, in OpenBSD's words.
    ///
    /// # Errors
    /// [`Failure`] if there is no terminal, or no password that can be a key.
    pub(super) fn prepare_signature(&mut self) -> Result<(), Failure> {
        if self.options.socket.md5 {
            let password = super::terminal::open()
                .and_then(|terminal| super::terminal::password(terminal, "TCP MD5SIG password: "))
                .map_err(|_| Failure::new(FAILED, "Unable to read TCP MD5SIG password"))?;
            if password.is_empty() || password.len() > TCP_MD5_KEY_LEN {
                return Err(Failure::new(FAILED, format!("-S: a password has 1 to {TCP_MD5_KEY_LEN} octets")));
            }
            self.md5_key = Some(password);
        }
        Ok(())
    }

    /// Has segments to and from `peer` signed, if `-S` says so. An unspecified `peer` is everybody.
    ///
    /// # Errors
    /// [`Failure`] if the kernel does not do it.
    pub(super) fn sign(&mut self, socket: &Socket, peer: SocketAddr) -> Result<(), Failure> {
        let Some(key) = self.md5_key.clone() else { return Ok(()) };
        set_tcp_md5(socket, peer, key.as_bytes())
            .map_err(|error| Failure::call(FAILED, "setsockopt TCP_MD5SIG", peer, &error))?;
        let meaning = "segments carry a digest of themselves and the password (RFC 2385); others are dropped";
        self.option_was(&Ok(()), "TCP_MD5SIG", 1, meaning);
        Ok(())
    }

    /// Tells a new socket of `family` everything that the command line has for it.
    ///
    /// # Errors
    /// [`Failure`] that names the option which the system refused.
    pub(super) fn set_options(&mut self, socket: &Socket, family: Family) -> Result<(), Failure> {
        let options = &self.options.socket;
        let v6 = family == Family::INET6;
        if options.broadcast {
            self.set("SO_BROADCAST", ON, "broadcast addresses may be sent to", || socket.set_broadcast(true))?;
        }
        if options.debug {
            let set = || set_option(socket, libc::SOL_SOCKET, libc::SO_DEBUG, 1);
            self.set("SO_DEBUG", ON, "the kernel may record what happens", set)?;
        }
        if options.keepalive {
            self.set("SO_KEEPALIVE", ON, "a silent peer is asked whether it is still there", || {
                socket.set_keepalive(true)
            })?;
        }
        self.set_buffers(socket)?;
        if let Some(linger) = options.linger {
            let meaning = if linger.is_zero() {
                "close(2) drops what is not acknowledged and sends a RST"
            } else {
                "close(2) waits this long for what is not acknowledged"
            };
            self.set("SO_LINGER", OptionValue::Number(linger.as_secs()), meaning, || socket.set_linger(Some(linger)))?;
        }
        self.set_header(socket, v6)?;
        if !options.source_route.is_empty() {
            self.set_source_route(socket, v6)?;
        }
        for group in &options.multicast {
            self.join(socket, group)?;
        }
        Ok(())
    }

    fn set_buffers(&mut self, socket: &Socket) -> Result<(), Failure> {
        let options = &self.options.socket;
        if let Some(octets) = options.receive_buffer {
            let meaning = "octets that may wait to be read; the kernel takes twice that";
            self.set("SO_RCVBUF", number(octets), meaning, || socket.set_recv_buffer_size(octets))?;
            self.say_if_capped("-I", octets, socket.recv_buffer_size(), "net.core.rmem_max");
        }
        if let Some(octets) = options.send_buffer {
            let meaning = "octets that may wait to be acknowledged; the kernel takes twice that";
            self.set("SO_SNDBUF", number(octets), meaning, || socket.set_send_buffer_size(octets))?;
            self.say_if_capped("-O", octets, socket.send_buffer_size(), "net.core.wmem_max");
        }
        Ok(())
    }

    /// What the header of a packet that goes out says, and what that of one that comes must say.
    fn set_header(&mut self, socket: &Socket, v6: bool) -> Result<(), Failure> {
        let options = &self.options.socket;
        if let Some(tos) = options.tos {
            let (name, meaning) = if v6 {
                ("IPV6_TCLASS", "the traffic class of what goes out")
            } else {
                ("IP_TOS", "the type of service of what goes out")
            };
            let tos = u32::from(tos);
            self.set(name, OptionValue::Number(tos.into()), meaning, || {
                if v6 { socket.set_tclass_v6(tos) } else { socket.set_tos_v4(tos) }
            })?;
            if v6 {
                self.set("IP_TOS", OptionValue::Number(tos.into()), MAPPED, || socket.set_tos_v4(tos))?;
            }
        }
        if let Some(ttl) = options.ttl {
            let ttl = u32::from(ttl);
            let name = if v6 { "IPV6_UNICAST_HOPS" } else { "IP_TTL" };
            let set = || if v6 { socket.set_unicast_hops_v6(ttl) } else { socket.set_ttl_v4(ttl) };
            self.set(name, OptionValue::Number(ttl.into()), "routers that what goes out may pass", set)?;
            // Zero hops are something to IPv6 only.
            if v6 && ttl > 0 {
                self.set("IP_TTL", OptionValue::Number(ttl.into()), MAPPED, || socket.set_ttl_v4(ttl))?;
            }
            if self.options.transport.is_datagram() {
                let name = if v6 { "IPV6_MULTICAST_HOPS" } else { "IP_MULTICAST_TTL" };
                let set = || if v6 { socket.set_multicast_hops_v6(ttl) } else { socket.set_multicast_ttl_v4(ttl) };
                self.set(name, OptionValue::Number(ttl.into()), "the same for groups", set)?;
            }
        }
        if let Some(ttl) = options.min_ttl {
            let (name, level, number) = if v6 {
                ("IPV6_MINHOPCOUNT", libc::IPPROTO_IPV6, IPV6_MINHOPCOUNT)
            } else {
                ("IP_MINTTL", libc::IPPROTO_IP, libc::IP_MINTTL)
            };
            let set = || set_option(socket, level, number, i32::from(ttl));
            self.set(name, OptionValue::Number(ttl.into()), "what comes with less is dropped", set)?;
            if v6 {
                let set = || set_option(socket, libc::IPPROTO_IP, libc::IP_MINTTL, i32::from(ttl));
                self.set("IP_MINTTL", OptionValue::Number(ttl.into()), MAPPED, set)?;
            }
        }
        Ok(())
    }

    /// The hops of `-g`, which may have names.
    fn set_source_route(&mut self, socket: &Socket, v6: bool) -> Result<(), Failure> {
        if v6 {
            return Err(Failure::new(FAILED, source_route::NOT_IN_IPV6));
        }
        let mut hops = Vec::new();
        for text in &self.options.socket.source_route {
            hops.push(self.hop(text)?);
        }
        let octets = source_route::option(&hops);
        let words = hops.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
        let meaning = "a loose source route (RFC 791): these hosts first, then the destination";
        self.set("IP_OPTIONS", OptionValue::Text(words), meaning, || set_ip_options(socket, &octets))
    }

    fn hop(&mut self, text: &str) -> Result<Ipv4Addr, Failure> {
        if let Ok(addr) = text.parse() {
            return Ok(addr);
        }
        let hints =
            Hints { flags: AiFlags(0), family: Family::INET, socktype: SockType::STREAM, protocol: Protocol(0) };
        let wrong = |why: &str| Failure::new(FAILED, format!("-g {}: {why}", escape(text)));
        let found = self.lookup(Some(text), None, hints).map_err(|error| wrong(&error.text()))?;
        let first = found.first().map(|info| info.addr.ip());
        if let Some(IpAddr::V4(addr)) = first { Ok(addr) } else { Err(wrong("no IPv4 address")) }
    }

    /// Joins `GROUP` or `GROUP%IFACE`.
    fn join(&mut self, socket: &Socket, text: &str) -> Result<(), Failure> {
        let (group, on) = text.split_once('%').map_or((text, None), |(group, on)| (group, Some(on)));
        let wrong = |why: &str| Failure::new(FAILED, format!("--multicast {}: {why}", escape(text)));
        let group: IpAddr = group.parse().map_err(|_| wrong("not an address"))?;
        if !group.is_multicast() {
            return Err(wrong("not a multicast address (224.0.0.0/4, ff00::/8)"));
        }
        let index = match on {
            Some(name) => interface::index(name).map_err(|error| wrong(&error.to_string()))?,
            None => 0,
        };
        let meaning = "datagrams to the group come here";
        match group {
            IpAddr::V4(group) => {
                let on = match index {
                    0 => InterfaceIndexOrAddress::Address(Ipv4Addr::UNSPECIFIED),
                    index => InterfaceIndexOrAddress::Index(index),
                };
                self.set("IP_ADD_MEMBERSHIP", OptionValue::Text(text.to_owned()), meaning, || {
                    socket.join_multicast_v4_n(&group, &on)
                })
            }
            IpAddr::V6(group) => self.set("IPV6_ADD_MEMBERSHIP", OptionValue::Text(text.to_owned()), meaning, || {
                socket.join_multicast_v6(&group, index)
            }),
        }
    }

    /// Says that a buffer is smaller than asked for. Linux doubles what it grants, for its own bookkeeping.
    fn say_if_capped(&mut self, option: &str, asked: usize, granted: io::Result<usize>, limit: &str) {
        let granted = granted.map_or(asked, |granted| granted / 2);
        if granted < asked {
            self.say(format!("{option} {asked}: the system grants {granted} octets ({limit})"));
        }
    }

    /// Sets one option and tells it.
    fn set(
        &mut self,
        name: &'static str,
        value: OptionValue,
        meaning: &'static str,
        set: impl FnOnce() -> io::Result<()>,
    ) -> Result<(), Failure> {
        match set() {
            Ok(()) => {
                self.explain(|| Event::SocketOption { name, value, meaning });
                Ok(())
            }
            Err(error) => {
                self.explain(|| Event::failed("setsockopt", name, &error));
                let said = format!("setsockopt {name} {value}: {}", errno_text(&error));
                Err(Failure::new(FAILED, said))
            }
        }
    }
}

/// Not in the libc crate.
///
/// # Source
/// ipv6(7), linux/in6.h.
const IPV6_MINHOPCOUNT: libc::c_int = 73;

/// An IPv6 socket may have a peer that is an IPv4 address in IPv6's form: a listener for both has, as a rule.
const MAPPED: &str = "the same for IPv4, which an IPv6 socket may carry";

/// A switch that is on.
const ON: OptionValue = OptionValue::Number(1);

fn number(octets: usize) -> OptionValue {
    OptionValue::Number(u64::try_from(octets).unwrap_or(u64::MAX))
}
