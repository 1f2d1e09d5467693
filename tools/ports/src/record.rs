//! A socket as one JSON object.

use std::fmt;

use serde::Serialize;
use sockeye_common::addr::IpText;
use sockeye_sys::{Family, Protocol, TcpState};

use crate::kind::Kind;
use crate::names::Names;
use crate::owners::{Holders, Owner, Ownership};
use crate::socket::Socket;
use crate::state::State;

/// A number of a registry with its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Coded {
    code: i32,
    name: Option<&'static str>,
}

impl Coded {
    /// An address family by the name of its constant.
    pub fn family(family: Family) -> Self {
        Self { code: family.0, name: family.name() }
    }

    /// A protocol in the small letters of protocols(5).
    pub fn protocol(protocol: Protocol) -> Self {
        Self { code: protocol.0, name: Kind::of_protocol(protocol).map(Kind::netid) }
    }
}

impl fmt::Display for Coded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name {
            Some(name) => f.write_str(name),
            None => self.code.fmt(f),
        }
    }
}

/// An interface by number and name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct InterfaceRecord<'a> {
    index: u32,
    name: Option<&'a str>,
}

/// Every field of a socket, under names that carry their unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Record<'a> {
    protocol: Coded,
    family: Coded,
    state: State,
    local_address: String,
    local_port: u16,
    local_service: Option<&'a str>,
    /// Null where there is no peer.
    peer_address: Option<String>,
    peer_port: Option<u16>,
    peer_service: Option<&'a str>,
    interface: Option<InterfaceRecord<'a>>,
    /// Null where the kernel does not say: of connections, and of IPv4.
    v6only: Option<bool>,
    /// Null of a listener, as is the next; the two behind them are null of everything else.
    recv_queue_octets: Option<u32>,
    send_queue_octets: Option<u32>,
    accept_queue_connections: Option<u32>,
    accept_queue_limit_connections: Option<u32>,
    /// Until the kernel forgets a TIME-WAIT.
    expires_ms: Option<u32>,
    uid: Option<u32>,
    inode: Option<u32>,
    cookie: u64,
    /// Null where nobody looked.
    owners: Option<Vec<Owner<'a>>>,
    /// Whether somebody may hold it whom we may not look into; null where nobody looked.
    owners_hidden: Option<bool>,
}

impl<'a> Record<'a> {
    /// Puts together what is known of a socket.
    pub fn new(socket: &Socket, names: &'a Names, holders: Option<&'a Holders>) -> Self {
        let listener = socket.state == State::Tcp(TcpState::Listen);
        let queue = |octets| (!listener).then_some(octets);
        let backlog = |connections| listener.then_some(connections);
        let peer = socket.has_peer().then_some(socket.peer);
        Self {
            protocol: Coded::protocol(socket.protocol),
            family: Coded::family(socket.family),
            state: socket.state,
            local_address: IpText(socket.local.ip()).to_string(),
            local_port: socket.local.port(),
            local_service: names.service(socket.protocol, socket.local.port()),
            peer_address: peer.map(|peer| IpText(peer.ip()).to_string()),
            peer_port: peer.map(|peer| peer.port()),
            peer_service: peer.and_then(|peer| names.service(socket.protocol, peer.port())),
            interface: socket.interface.map(|index| InterfaceRecord { index, name: names.interface(index) }),
            v6only: socket.v6only,
            recv_queue_octets: queue(socket.recv_queue),
            send_queue_octets: queue(socket.send_queue),
            accept_queue_connections: backlog(socket.recv_queue),
            accept_queue_limit_connections: backlog(socket.send_queue),
            expires_ms: socket.expires_ms(),
            uid: socket.uid,
            inode: socket.inode,
            cookie: socket.cookie,
            owners: holders.map(|holders| holders.of(socket.inode).collect()),
            owners_hidden: holders.map(|holders| holders.ownership(socket.inode) == Ownership::Hidden),
        }
    }
}
