//! Sockets of every kind that ss lists.

use std::io::Write as _;
use std::net::{SocketAddr, UdpSocket};
use std::os::unix::net::{UnixDatagram, UnixListener, UnixStream};
use std::path::Path;

use socket2::{Domain, Protocol, SockAddr, Socket, Type};
use sockeye_test_support::Net;

use crate::ports_sockets::{connected, connections, listener, listener_v6only, port_of, tcp};

/// Sockets of every kind, and the files that hold them.
#[derive(Default)]
pub(super) struct Zoo {
    sockets: Vec<Socket>,
    udp: Vec<UdpSocket>,
    listeners: Vec<UnixListener>,
    streams: Vec<UnixStream>,
    datagrams: Vec<UnixDatagram>,
}

impl Zoo {
    pub(super) fn new(net: &Net) -> Self {
        let mut zoo = Self::default();
        zoo.connections("127.0.0.1:7001");
        zoo.connections("[::1]:7001");
        zoo.listeners();
        zoo.udp();
        zoo.raw();
        zoo.unix(net.dir());
        zoo.others();
        zoo
    }

    /// Every state that two ends hold by themselves.
    fn connections(&mut self, at: &str) {
        let at: SocketAddr = at.parse().unwrap();
        let server = listener(&at.to_string(), 64);
        self.sockets.extend(connections(&server, at));
        let mut any = at;
        any.set_port(7010);
        let full = listener(&any.to_string(), 1);
        self.sockets.extend([connected(any), connected(any)]);
        let unanswered = tcp(any);
        unanswered.set_nonblocking(true).unwrap();
        assert!(unanswered.connect(&any.into()).is_err(), "a full queue drops the SYN");
        self.sockets.extend([server, full, unanswered]);
    }

    fn listeners(&mut self) {
        self.sockets.push(listener("0.0.0.0:80", 5));
        self.sockets.extend([listener("[::]:7003", 7), listener_v6only("[::]:7004", 7)]);
        for at in ["0.0.0.0:7005", "[::]:7006"] {
            let at: SocketAddr = at.parse().unwrap();
            let socket = tcp(at);
            socket.bind_device(Some(b"lo")).unwrap();
            socket.bind(&at.into()).unwrap();
            socket.listen(7).unwrap();
            self.sockets.push(socket);
        }
        // IPv4 inside IPv6: the client of the dual-stack listener.
        let client = connected("127.0.0.1:7003".parse().unwrap());
        let server = self.sockets.iter().find(|socket| port_of(socket) == 7003).unwrap().accept().unwrap().0;
        let marked = tcp("127.0.0.1:0".parse().unwrap());
        marked.set_mark(0x11).unwrap();
        marked.set_tos_v4(0x10).unwrap();
        marked.set_freebind_v4(true).unwrap();
        marked.bind(&"127.0.0.1:7031".parse::<SocketAddr>().unwrap().into()).unwrap();
        marked.listen(3).unwrap();
        self.sockets.extend([client, server, marked]);
    }

    fn udp(&mut self) {
        for at in ["127.0.0.1:7040", "[::1]:7040", "0.0.0.0:53", "[::]:7041"] {
            self.udp.push(UdpSocket::bind(at).unwrap());
        }
        for (at, to) in [("127.0.0.1:7042", "127.0.0.1:7040"), ("[::1]:7042", "[::1]:7040")] {
            let socket = UdpSocket::bind(at).unwrap();
            socket.connect(to).unwrap();
            socket.send(b"unread").unwrap();
            self.udp.push(socket);
        }
    }

    fn raw(&mut self) {
        let raw = |domain, protocol: i32| Socket::new(domain, Type::RAW, Some(protocol.into())).unwrap();
        let (icmp, of_none) = (raw(Domain::IPV4, 1), raw(Domain::IPV4, 253));
        of_none.bind(&"127.0.0.1:0".parse::<SocketAddr>().unwrap().into()).unwrap();
        let tied = raw(Domain::IPV4, 1);
        tied.connect(&"127.0.0.1:0".parse::<SocketAddr>().unwrap().into()).unwrap();
        self.sockets.extend([icmp, of_none, tied, raw(Domain::IPV6, 58)]);
    }

    fn unix(&mut self, folder: &Path) {
        let path = |name: &str| folder.join(name);
        let server = UnixListener::bind(path("server")).unwrap();
        let client = UnixStream::connect(path("server")).unwrap();
        self.streams.push(server.accept().unwrap().0);
        (&client).write_all(b"unread").unwrap();
        self.streams.push(client);
        // One that waits for accept.
        self.streams.push(UnixStream::connect(path("server")).unwrap());
        self.listeners.push(server);
        self.streams.extend(<[UnixStream; 2]>::from(UnixStream::pair().unwrap()));
        let receiver = UnixDatagram::bind(path("with blank")).unwrap();
        let sender = UnixDatagram::unbound().unwrap();
        sender.connect(path("with blank")).unwrap();
        sender.send(b"unread").unwrap();
        self.datagrams.extend([receiver, sender, UnixDatagram::unbound().unwrap()]);
        let (one, other) = Socket::pair(Domain::UNIX, Type::SEQPACKET, None).unwrap();
        let abstract_name = Socket::new(Domain::UNIX, Type::STREAM, None).unwrap();
        abstract_name.bind(&SockAddr::unix(format!("\0sockeye-ss-{}\0name", std::process::id())).unwrap()).unwrap();
        abstract_name.listen(2).unwrap();
        self.sockets.extend([one, other, abstract_name]);
    }

    /// Packet and netlink sockets, and MPTCP where the kernel has it.
    fn others(&mut self) {
        let open = |domain: i32, socket_type: Type, protocol: u16| {
            Socket::new(domain.into(), socket_type, Some(i32::from(protocol).into())).unwrap()
        };
        for (socket_type, protocol) in
            [(Type::RAW, 3), (Type::DGRAM, 0x800), (Type::RAW, 0x88cc), (Type::RAW, 0), (Type::RAW, 0x1234)]
        {
            let socket = open(AF_PACKET, socket_type, u16::to_be(protocol));
            // Takes nothing, so that its queue stays as it is: a program of one instruction.
            socket.attach_filter(&[socket2::SockFilter::new(6, 0, 0, 0)]).unwrap();
            self.sockets.push(socket);
        }
        self.sockets.push(open(AF_NETLINK, Type::RAW, 16));
        if let Ok(mptcp) = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::MPTCP)) {
            let at: SocketAddr = "127.0.0.1:7050".parse().unwrap();
            mptcp.bind(&at.into()).unwrap();
            mptcp.listen(4).unwrap();
            let client = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::MPTCP)).unwrap();
            client.connect(&at.into()).unwrap();
            let server = mptcp.accept().unwrap().0;
            client.send(b"unread").unwrap();
            self.sockets.extend([mptcp, client, server]);
        }
    }
}

/// linux/socket.h.
pub(super) const AF_NETLINK: i32 = 16;
pub(super) const AF_PACKET: i32 = 17;
