//! Many datagrams with one call: sendmmsg(2) and recvmmsg(2).

use std::io;
use std::os::fd::{AsFd, AsRawFd};

use crate::error::{check, retry};
use crate::sockaddr;
use crate::socket::{Datagram, drop_count, socklen};

/// How many datagrams one call moves at most.
pub const BATCH: usize = 64;

/// Sends datagrams to the peer that the socket is connected to, and returns how many of them, from the first, went out.
/// What is more than [`BATCH`] is left for the next call. Nothing is allocated.
///
/// # Errors
/// Whatever sendmmsg(2) says about the first datagram, `WouldBlock` included; an error about a later one shows with the
/// next call. Interruptions by a signal are retried.
pub fn send_many<'data>(socket: impl AsFd, datagrams: impl IntoIterator<Item = &'data [u8]>) -> io::Result<usize> {
    let fd = socket.as_fd();
    // SAFETY: all zeros is a valid iovec: null and no length.
    let mut vectors: [libc::iovec; BATCH] = unsafe { std::mem::zeroed() };
    // SAFETY: all zeros is a valid mmsghdr: no name, no data, no control.
    let mut headers: [libc::mmsghdr; BATCH] = unsafe { std::mem::zeroed() };
    let mut count = 0;
    for ((datagram, vector), header) in datagrams.into_iter().zip(&mut vectors).zip(&mut headers) {
        // sendmmsg does not write through it.
        vector.iov_base = datagram.as_ptr().cast_mut().cast();
        vector.iov_len = datagram.len();
        header.msg_hdr.msg_iov = vector;
        header.msg_hdr.msg_iovlen = 1;
        count += 1;
    }
    if count == 0 {
        return Ok(0);
    }
    retry(|| {
        // SAFETY: the first `count` headers point to one iovec each, and these to slices that outlive the call.
        check(unsafe { libc::sendmmsg(fd.as_raw_fd(), headers.as_mut_ptr(), count, 0) })
    })
    .map(|sent| usize::try_from(sent).unwrap_or(0))
}

/// Receives the datagrams that are there, at most [`BATCH`] and as many as `room` has slots of `slot_len` octets, without
/// waiting for one. `datagrams` gets what came with each, in the order of the slots. Nothing is allocated that `datagrams`
/// does not have already.
///
/// # Errors
/// Whatever recvmmsg(2) says, `WouldBlock` included. Interruptions by a signal are retried.
pub fn receive_many(
    socket: impl AsFd,
    room: &mut [u8],
    slot_len: usize,
    datagrams: &mut Vec<Datagram>,
) -> io::Result<()> {
    let fd = socket.as_fd();
    datagrams.clear();
    // SAFETY: all zeros is a valid iovec: null and no length.
    let mut vectors: [libc::iovec; BATCH] = unsafe { std::mem::zeroed() };
    // SAFETY: all zeros is a valid mmsghdr: no name, no data, no control.
    let mut headers: [libc::mmsghdr; BATCH] = unsafe { std::mem::zeroed() };
    // SAFETY: all zeros is a valid sockaddr_storage.
    let mut names: [libc::sockaddr_storage; BATCH] = unsafe { std::mem::zeroed() };
    // In words, so that the headers in it are aligned.
    let mut control = [[0_u64; 8]; BATCH];
    let slots = room.chunks_exact_mut(slot_len.max(1));
    let mut count = 0;
    for ((((slot, vector), header), name), control) in
        slots.zip(&mut vectors).zip(&mut headers).zip(&mut names).zip(&mut control)
    {
        vector.iov_base = slot.as_mut_ptr().cast();
        vector.iov_len = slot.len();
        let header = &mut header.msg_hdr;
        header.msg_iov = vector;
        header.msg_iovlen = 1;
        header.msg_namelen = socklen(size_of_val(name));
        header.msg_name = (&raw mut *name).cast();
        header.msg_controllen = size_of_val(control) as _;
        header.msg_control = control.as_mut_ptr().cast();
        count += 1;
    }
    let flags = libc::MSG_TRUNC | libc::MSG_DONTWAIT;
    let received = retry(|| {
        // SAFETY: the first `count` headers point to one slot, one name and one control buffer each, all writable for the
        // lengths that they say, and outliving the call. No timeout is given.
        check(unsafe { libc::recvmmsg(fd.as_raw_fd(), headers.as_mut_ptr(), count, flags as _, std::ptr::null_mut()) })
    })?;
    let received = usize::try_from(received).unwrap_or(0);
    for (header, name) in headers.iter().zip(&names).take(received) {
        let full_len = usize::try_from(header.msg_len).unwrap_or(0);
        let name_len = usize::try_from(header.msg_hdr.msg_namelen).unwrap_or(0).min(size_of_val(name));
        // SAFETY: the storage is initialised all over and at least this long.
        let name = unsafe { std::slice::from_raw_parts((&raw const *name).cast::<u8>(), name_len) };
        datagrams.push(Datagram {
            len: full_len.min(slot_len),
            full_len,
            peer: sockaddr::parse(name),
            drops: drop_count(&header.msg_hdr),
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::disallowed_methods, reason = "the calls are about sockets that the test has opened")]

    use std::net::UdpSocket;

    use super::*;

    #[test]
    fn what_is_sent_at_once_comes_as_it_was() {
        let receiver = UdpSocket::bind("127.0.0.1:0").unwrap();
        let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
        sender.connect(receiver.local_addr().unwrap()).unwrap();
        let data: Vec<Vec<u8>> = (0..70_u8).map(|number| vec![number; usize::from(number)]).collect();
        assert_eq!(send_many(&sender, data.iter().map(Vec::as_slice)).unwrap(), BATCH, "the rest is for the next call");
        assert_eq!(send_many(&sender, data[BATCH..].iter().map(Vec::as_slice)).unwrap(), 6);
        assert_eq!(send_many(&sender, []).unwrap(), 0);
        let (mut room, mut datagrams, mut seen) = (vec![0xff; 50 * 40], Vec::new(), 0);
        while receive_many(&receiver, &mut room, 50, &mut datagrams).is_ok() {
            for (datagram, slot) in datagrams.iter().zip(room.chunks(50)) {
                assert_eq!((datagram.full_len, datagram.len), (seen, seen.min(50)), "cut to the slot, and said so");
                assert_eq!(slot[..datagram.len], data[seen][..datagram.len]);
                assert_eq!((datagram.peer, datagram.drops), (Some(sender.local_addr().unwrap()), None));
                seen += 1;
            }
        }
        assert_eq!(seen, 70);
        let error = receive_many(&receiver, &mut room, 50, &mut datagrams).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::WouldBlock);
    }
}
