//! Where a wire ends: an interface of a host, whose other side is ours.
//!
//! A TAP device, where this machine lets us have one. Where /dev/net/tun is missing or closed to ordinary users, the host
//! has one end of a veth pair, and a packet socket at the other end does the same.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};

use sockeye_sys::packet_socket::PacketSocket;
use sockeye_sys::tap::Tap;
use sockeye_sys::{CallError, NetNs, interface, link};

use crate::shell::network::{Host, settings};

/// As many frames may wait between the kernel and this process: a burst is not to be lost here, where no condition says so.
const QUEUE: u32 = 10_000;
/// The far ends of veth pairs, in a namespace of their own.
const FAR: [&str; 2] = ["first", "second"];

/// One end.
#[derive(Debug)]
pub(super) enum Port {
    /// A TAP device.
    Tap(Tap),
    /// A packet socket on the far end of a veth pair, and the namespace in which that is.
    Veth(PacketSocket, #[expect(dead_code, reason = "keeps the far end alive")] NetNs),
}

/// Makes the interfaces, which are down. Both are of one kind.
pub(super) fn open(hosts: [&Host; 2], names: [&str; 2]) -> Result<[Port; 2], CallError> {
    let ([first, second], [here, there]) = (hosts, names);
    tap(first, here).and_then(|first| Ok([first, tap(second, there)?])).or_else(|_| {
        let middle = NetNs::create()?;
        middle.run(settings::be_silent)?;
        Ok([veth(first, here, FAR[0], &middle)?, veth(second, there, FAR[1], &middle)?])
    })
}

fn tap(host: &Host, name: &str) -> Result<Port, CallError> {
    host.run(|| {
        let tap = Tap::create(name)?;
        interface::set_queue_len(name, QUEUE)?;
        Ok(Port::Tap(tap))
    })?
}

fn veth(host: &Host, name: &str, far: &str, middle: &NetNs) -> Result<Port, CallError> {
    host.run(|| link::create_veth(name, far, Some(middle)))??;
    let socket = middle.run(|| {
        let _ = interface::set_tx_checksum_offload(far, false);
        interface::bring_up(far)?;
        PacketSocket::open(far)
    })??;
    Ok(Port::Veth(socket, middle.try_clone()?))
}

impl Port {
    /// The next frame that the host has sent; see [`Tap::receive`].
    pub(super) fn receive(&self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Tap(tap) => tap.receive(buffer),
            Self::Veth(socket, _) => socket.receive(buffer),
        }
    }

    /// Lets the host receive a frame.
    pub(super) fn send(&self, frame: &[u8]) -> io::Result<()> {
        match self {
            Self::Tap(tap) => tap.send(frame),
            Self::Veth(socket, _) => socket.send(frame),
        }
    }
}

impl AsFd for Port {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            Self::Tap(tap) => tap.as_fd(),
            Self::Veth(socket, _) => socket.as_fd(),
        }
    }
}
