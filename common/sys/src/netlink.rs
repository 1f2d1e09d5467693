//! Netlink messages: building them, taking them apart, and the socket that carries them.
//!
//! Everything is in the host's order and aligned to four octets. [`messages`] and [`attributes`] are pure: they read what
//! a kernel sent, or what somebody claims that it did.

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};

use sockeye_common::order::ByteOrder;
use sockeye_common::wire::{Reader, Truncated};

use crate::error::{CallError, check, check_len, retry};

/// The kernel never sends more in one piece of a dump, whatever is asked for.
///
/// # Source
/// Linux, net/netlink/af_netlink.c, netlink_recvmsg(): max_recvmsg_len is capped at 32768.
pub(crate) const BUFFER_LEN: usize = 32 * 1024;

pub(crate) const NLMSG_ERROR: u16 = 2;
pub(crate) const NLMSG_DONE: u16 = 3;
pub(crate) const NLM_F_REQUEST: u16 = 0x01;
pub(crate) const NLM_F_ACK: u16 = 0x04;
pub(crate) const NLM_F_DUMP_INTR: u16 = 0x10;
pub(crate) const NLM_F_CAPPED: u16 = 0x100;
pub(crate) const NLM_F_DUMP: u16 = 0x300;
pub(crate) const NLM_F_EXCL: u16 = 0x200;
pub(crate) const NLM_F_CREATE: u16 = 0x400;

/// So often is a list asked for that changes while it is read.
const TRIES: usize = 10;

/// The length of struct nlmsghdr.
const HEADER_LEN: usize = 16;
/// The length of struct nlattr.
const ATTRIBUTE_HEADER_LEN: usize = 4;
/// The flags in the top bits of an attribute's type: nested, and in network order.
const ATTRIBUTE_TYPE_MASK: u16 = 0x3fff;
/// The attribute of an error that holds the kernel's explanation.
const NLMSGERR_ATTR_MSG: u16 = 1;

/// Rounds up to the alignment of messages and attributes.
fn align(len: usize) -> usize {
    len.saturating_add(3) & !3
}

/// One message of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Message<'a> {
    pub(crate) kind: u16,
    pub(crate) flags: u16,
    /// Where the payload starts in the batch.
    pub(crate) offset: usize,
    pub(crate) payload: &'a [u8],
}

/// The messages of one batch, in order. Ends after the first error.
pub(crate) fn messages(batch: &[u8]) -> impl Iterator<Item = Result<Message<'_>, Truncated>> {
    let mut reader = Reader::new(batch);
    std::iter::from_fn(move || {
        if reader.is_empty() {
            return None;
        }
        let message = message(&mut reader);
        if message.is_err() {
            reader = Reader::new(&[]);
        }
        Some(message)
    })
}

fn message<'a>(reader: &mut Reader<'a>) -> Result<Message<'a>, Truncated> {
    let start = reader.offset();
    let len = usize::try_from(reader.u32_in(ByteOrder::HOST, "nlmsg_len")?).unwrap_or(usize::MAX);
    let kind = reader.u16_in(ByteOrder::HOST, "nlmsg_type")?;
    let flags = reader.u16_in(ByteOrder::HOST, "nlmsg_flags")?;
    reader.skip(8, "nlmsg_seq and nlmsg_pid")?;
    let payload_len = len.checked_sub(HEADER_LEN).ok_or(Truncated {
        field: "nlmsg_len",
        offset: start,
        needed: HEADER_LEN,
        available: len,
    })?;
    let offset = reader.offset();
    let payload = reader.octets(payload_len, "netlink payload")?;
    // The last message of a batch may come without its padding.
    let padding = (align(payload_len) - payload_len).min(reader.remaining());
    reader.skip(padding, "padding")?;
    Ok(Message { kind, flags, offset, payload })
}

/// The attributes in `octets` as type and value, in order.
///
/// Stops at the first that does not fit: what came before it is good, and a dump does not fail for the rest.
pub(crate) fn attributes(octets: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    let mut reader = Reader::new(octets);
    std::iter::from_fn(move || {
        let len = usize::from(reader.u16_in(ByteOrder::HOST, "nla_len").ok()?);
        let kind = reader.u16_in(ByteOrder::HOST, "nla_type").ok()? & ATTRIBUTE_TYPE_MASK;
        let value = reader.octets(len.checked_sub(ATTRIBUTE_HEADER_LEN)?, "attribute").ok()?;
        let padding = (align(len) - len).min(reader.remaining());
        reader.skip(padding, "padding").ok()?;
        Some((kind, value))
    })
}

/// What NLMSG_ERROR, or the end of a dump, says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    /// The error number, positive; zero is "done".
    pub(crate) errno: i32,
    /// What the kernel explains, if it does.
    pub(crate) explanation: Option<String>,
}

impl Verdict {
    /// Reads the payload of NLMSG_ERROR; of NLMSG_DONE only the number is there, and on old kernels not even that.
    pub(crate) fn parse(message: &Message<'_>) -> Self {
        let mut reader = Reader::new(message.payload);
        let errno = reader.array("error").map_or(0, i32::from_ne_bytes).saturating_neg();
        if message.kind == NLMSG_ERROR {
            // The request comes back: its header alone, or all of it.
            let echoed = reader.u32_in(ByteOrder::HOST, "nlmsg_len").ok().and_then(|len| usize::try_from(len).ok());
            let whole = message.flags & NLM_F_CAPPED == 0;
            let skip = if whole { echoed.map_or(usize::MAX, align) } else { HEADER_LEN };
            // Four octets of it, the length, have been read.
            let _ = reader.skip(skip.saturating_sub(4), "request");
        }
        let explanation = attributes(reader.rest())
            .find(|(kind, _)| *kind == NLMSGERR_ATTR_MSG)
            .map(|(_, text)| String::from_utf8_lossy(text).trim_end_matches('\0').to_owned());
        Self { errno, explanation }
    }
}

/// Builds one message.
#[derive(Debug)]
pub(crate) struct Builder {
    octets: Vec<u8>,
}

impl Builder {
    pub(crate) fn new(kind: u16, flags: u16) -> Self {
        let mut builder = Self { octets: Vec::with_capacity(256) };
        // Length, patched in the end; then type, flags, sequence number, and the port id that the kernel fills in.
        builder.octets(&[0; 4]).u16(kind).u16(flags).u32(1).u32(0);
        builder
    }

    pub(crate) fn octets(&mut self, octets: &[u8]) -> &mut Self {
        self.octets.extend_from_slice(octets);
        self
    }

    pub(crate) fn u8(&mut self, value: u8) -> &mut Self {
        self.octets(&[value])
    }

    pub(crate) fn u16(&mut self, value: u16) -> &mut Self {
        self.octets(&value.to_ne_bytes())
    }

    pub(crate) fn u32(&mut self, value: u32) -> &mut Self {
        self.octets(&value.to_ne_bytes())
    }

    pub(crate) fn attribute(&mut self, kind: u16, value: &[u8]) -> &mut Self {
        self.nested(kind, |builder| {
            builder.octets(value);
        })
    }

    /// A NUL-terminated string.
    pub(crate) fn text(&mut self, kind: u16, value: &str) -> &mut Self {
        self.nested(kind, |builder| {
            builder.octets(value.as_bytes()).u8(0);
        })
    }

    /// An attribute whose value is what `fill` appends. Values beyond 65,531 octets do not occur here.
    pub(crate) fn nested(&mut self, kind: u16, fill: impl FnOnce(&mut Self)) -> &mut Self {
        let start = self.octets.len();
        self.u16(0).u16(kind);
        fill(self);
        let len = u16::try_from(self.octets.len() - start).unwrap_or(u16::MAX);
        self.patch(start, &len.to_ne_bytes());
        self.octets.resize(align(self.octets.len()), 0);
        self
    }

    pub(crate) fn finish(mut self) -> Vec<u8> {
        let len = u32::try_from(self.octets.len()).unwrap_or(u32::MAX);
        self.patch(0, &len.to_ne_bytes());
        self.octets
    }

    fn patch(&mut self, offset: usize, value: &[u8]) {
        if let Some(field) = offset.checked_add(value.len()).and_then(|end| self.octets.get_mut(offset..end)) {
            field.copy_from_slice(value);
        }
    }
}

/// What a dump of rtnetlink or nfnetlink brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed<T> {
    /// The rows, in the order of the kernel.
    pub rows: Vec<T>,
    /// What is to be said of the list where the kernel said each time that it changed while it was read
    /// (`NLM_F_DUMP_INTR`).
    pub doubt: Option<String>,
}

/// A netlink socket. It belongs to the network namespace of the thread that opened it, wherever it is used.
#[derive(Debug)]
pub(crate) struct Socket {
    fd: OwnedFd,
    buffer: Vec<u8>,
}

impl Socket {
    /// Opens one for `protocol`: `NETLINK_ROUTE`, `NETLINK_SOCK_DIAG`.
    pub(crate) fn open(protocol: libc::c_int) -> Result<Self, CallError> {
        // SAFETY: socket takes no pointers.
        let fd = check(unsafe { libc::socket(libc::AF_NETLINK, libc::SOCK_RAW | libc::SOCK_CLOEXEC, protocol) })
            .map_err(|error| CallError::new("socket", "AF_NETLINK", error))?;
        // SAFETY: the descriptor is new and nobody else's.
        let fd = unsafe { OwnedFd::from_raw_fd(fd) };
        // Explanations are welcome where the kernel has them (since 4.12); without them the error number must do.
        let _ = crate::socket::set_option(&fd, libc::SOL_NETLINK, libc::NETLINK_EXT_ACK, 1);
        let _ = crate::socket::set_option(&fd, libc::SOL_NETLINK, libc::NETLINK_CAP_ACK, 1);
        Ok(Self { fd, buffer: vec![0; BUFFER_LEN] })
    }

    /// Gives it an address, which the kernel chooses. The first request does that too; without either, nothing that the
    /// kernel multicasts arrives.
    pub(crate) fn bind(&self) -> io::Result<()> {
        // SAFETY: a sockaddr_nl of zeros is a valid value.
        let mut addr: libc::sockaddr_nl = unsafe { std::mem::zeroed() };
        addr.nl_family = libc::sa_family_t::try_from(libc::AF_NETLINK).unwrap_or_default();
        let len = libc::socklen_t::try_from(size_of_val(&addr)).unwrap_or(0);
        // SAFETY: the address is live and as long as said.
        check(unsafe { libc::bind(self.fd.as_raw_fd(), (&raw const addr).cast(), len) })?;
        Ok(())
    }

    /// Receives what the kernel multicasts to `group`, besides what it answers.
    pub(crate) fn join(&self, group: i32) -> io::Result<()> {
        crate::socket::set_option(&self.fd, libc::SOL_NETLINK, libc::NETLINK_ADD_MEMBERSHIP, group)
    }

    /// Sends one message to the kernel.
    pub(crate) fn send(&self, message: &[u8]) -> io::Result<()> {
        retry(|| {
            // SAFETY: the pointer and the length are those of a live slice.
            check_len(unsafe { libc::send(self.fd.as_raw_fd(), message.as_ptr().cast(), message.len(), 0) })
        })?;
        Ok(())
    }

    /// Waits for the next batch of messages from the kernel.
    pub(crate) fn receive(&mut self) -> io::Result<&[u8]> {
        self.receive_with(0)
    }

    /// As [`Self::receive`], and fails with EAGAIN where nothing is there.
    pub(crate) fn receive_now(&mut self) -> io::Result<&[u8]> {
        self.receive_with(libc::MSG_DONTWAIT)
    }

    fn receive_with(&mut self, flags: libc::c_int) -> io::Result<&[u8]> {
        loop {
            // SAFETY: a sockaddr_nl of zeros is a valid value.
            let mut from: libc::sockaddr_nl = unsafe { std::mem::zeroed() };
            let mut from_len = libc::socklen_t::try_from(size_of_val(&from)).unwrap_or(0);
            let len = retry(|| {
                // SAFETY: buffer and address are writable for the lengths given; MSG_TRUNC changes only what is returned.
                check_len(unsafe {
                    libc::recvfrom(
                        self.fd.as_raw_fd(),
                        self.buffer.as_mut_ptr().cast(),
                        self.buffer.len(),
                        libc::MSG_TRUNC | flags,
                        (&raw mut from).cast(),
                        &raw mut from_len,
                    )
                })
            })?;
            if from.nl_pid != 0 {
                // Another process may write to us too: only the kernel, port id zero, is believed.
                continue;
            }
            let available = self.buffer.len();
            return self.buffer.get(..len).ok_or_else(|| {
                io::Error::new(io::ErrorKind::InvalidData, format!("{len} octets for a buffer of {available}"))
            });
        }
    }

    /// Sends a request that asks for an acknowledgement, and waits for it.
    pub(crate) fn request(&mut self, call: &'static str, subject: &str, message: &[u8]) -> Result<(), CallError> {
        self.ask(call, subject, message).map(drop)
    }

    /// Sends a request and returns the payload of the first message that comes back; of an acknowledgement, nothing.
    pub(crate) fn ask(&mut self, call: &'static str, subject: &str, message: &[u8]) -> Result<Vec<u8>, CallError> {
        let fail = |error| CallError::new(call, subject, error);
        self.send(message).map_err(fail)?;
        let batch = self.receive().map_err(fail)?;
        let fault = |fault: Truncated| fail(io::Error::new(io::ErrorKind::InvalidData, fault));
        let message = messages(batch).next().transpose().map_err(fault)?;
        let message = message.ok_or_else(|| fail(io::ErrorKind::UnexpectedEof.into()))?;
        if message.kind != NLMSG_ERROR {
            return Ok(message.payload.to_vec());
        }
        end(call, subject, &message).map(|()| Vec::new())
    }

    /// Asks for all of a kind: sends `request` with a header of `header_len` zeros, and lets `take` add what it wants of the payload
    /// of each message of the kind `answer`. A list that changed while it came is asked for again, but not for ever.
    pub(crate) fn dump<T>(
        &mut self,
        call: &'static str,
        subject: &str,
        request: u16,
        header_len: usize,
        answer: u16,
        take: &mut dyn FnMut(&mut Vec<T>, &[u8]),
    ) -> Result<Listed<T>, CallError> {
        let fail = |error| CallError::new(call, subject, error);
        let mut message = Builder::new(request, NLM_F_REQUEST | NLM_F_DUMP);
        message.octets(&vec![0; header_len]);
        let message = message.finish();
        steady(call, subject, &mut || {
            let (mut rows, mut end) = (Vec::new(), DumpEnd::default());
            self.send(&message).map_err(fail)?;
            while !end.reached {
                let batch = self.receive().map_err(fail)?;
                end.read(call, subject, batch, answer, &mut |payload| take(&mut rows, payload))?;
            }
            Ok((rows, end.interrupted))
        })
    }
}

impl AsFd for Socket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

/// How far a dump of rtnetlink or nfnetlink has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct DumpEnd {
    /// The message that ends it has come.
    reached: bool,
    /// The list changed while it came: a row may be missing, or there twice.
    interrupted: bool,
}

impl DumpEnd {
    /// Reads one batch, and hands out the payload of each message of the kind `answer`.
    fn read(
        &mut self,
        call: &'static str,
        subject: &str,
        batch: &[u8],
        answer: u16,
        take: &mut dyn FnMut(&[u8]),
    ) -> Result<(), CallError> {
        for message in messages(batch) {
            let fault = |fault| CallError::new(call, subject, io::Error::new(io::ErrorKind::InvalidData, fault));
            let message = message.map_err(fault)?;
            self.interrupted |= message.flags & NLM_F_DUMP_INTR != 0;
            match message.kind {
                NLMSG_DONE | NLMSG_ERROR => {
                    self.reached = true;
                    return end(call, subject, &message);
                }
                kind if kind == answer => take(message.payload),
                _ => {}
            }
        }
        Ok(())
    }
}

/// Lists until the list did not change meanwhile, but not for ever. `list` says whether it did.
fn steady<T>(
    call: &'static str,
    subject: &str,
    list: &mut dyn FnMut() -> Result<(Vec<T>, bool), CallError>,
) -> Result<Listed<T>, CallError> {
    for _ in 1..TRIES {
        if let (rows, false) = list()? {
            return Ok(Listed { rows, doubt: None });
        }
    }
    let (rows, interrupted) = list()?;
    let doubt = interrupted.then(|| {
        format!(
            "{call} {subject}: the list changed each time that it was read: something may be missing, or there twice"
        )
    });
    Ok(Listed { rows, doubt })
}

/// What the last message of an answer says: a dump that failed on its way says so where it is done.
fn end(call: &'static str, subject: &str, message: &Message<'_>) -> Result<(), CallError> {
    let Verdict { errno, explanation } = Verdict::parse(message);
    let error = io::Error::from_raw_os_error(errno);
    match explanation {
        _ if errno == 0 => Ok(()),
        Some(words) => Err(CallError::new(call, format!("{subject} ({words})"), error)),
        None => Err(CallError::new(call, subject, error)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_built_is_taken_apart() {
        let mut first = Builder::new(20, NLM_F_REQUEST);
        first.attribute(7, &[1, 2, 3]).nested(0x8008, |inner| {
            inner.text(1, "veth");
        });
        let first = first.finish();
        let second = Builder::new(NLMSG_DONE, 0).finish();
        let batch = [first.clone(), second].concat();
        let all: Vec<_> = messages(&batch).collect::<Result<_, _>>().unwrap();
        assert_eq!(all.len(), 2);
        assert_eq!((all[0].kind, all[0].flags, all[0].offset), (20, NLM_F_REQUEST, 16));
        assert_eq!((all[1].kind, all[1].offset), (NLMSG_DONE, first.len() + 16));
        let attributes: Vec<_> = attributes(all[0].payload).collect();
        assert_eq!(attributes[0], (7, &[1, 2, 3][..]));
        assert_eq!(attributes[1].0, 8, "the nested bit is no part of the type");
        assert_eq!(super::attributes(attributes[1].1).collect::<Vec<_>>(), [(1, &b"veth\0"[..])]);
    }

    #[test]
    fn a_length_below_the_header_is_an_error_and_the_end() {
        let mut batch = Builder::new(1, 0).finish();
        batch[..4].copy_from_slice(&15_u32.to_ne_bytes());
        let all: Vec<_> = messages(&batch).collect();
        assert_eq!(all.len(), 1);
        assert_eq!(all[0].unwrap_err().field, "nlmsg_len");
    }

    #[test]
    fn an_attribute_of_length_zero_ends_the_list() {
        let octets = [5, 0, 1, 0, 9, 0, 0, 0, 0, 0, 2, 0, 4, 0, 3, 0];
        if ByteOrder::HOST == ByteOrder::Little {
            assert_eq!(attributes(&octets).collect::<Vec<_>>(), [(1, &[9][..])]);
        }
    }

    #[test]
    fn the_kernels_explanation_is_found_behind_the_request() {
        for whole in [false, true] {
            let request = Builder::new(16, NLM_F_REQUEST).octets(&[7; 12]).octets.clone();
            let mut request = Builder { octets: request }.finish();
            if !whole {
                request.truncate(HEADER_LEN);
            }
            let mut error = Builder::new(NLMSG_ERROR, if whole { 0 } else { NLM_F_CAPPED });
            error.octets(&(-libc::EEXIST).to_ne_bytes()).octets(&request).text(NLMSGERR_ATTR_MSG, "name taken");
            let batch = error.finish();
            let message = messages(&batch).next().unwrap().unwrap();
            let verdict = Verdict::parse(&message);
            assert_eq!(verdict, Verdict { errno: libc::EEXIST, explanation: Some("name taken".to_owned()) });
            let refused = end("RTM_NEWLINK", "a0", &message).unwrap_err();
            assert_eq!(refused.to_string(), "RTM_NEWLINK a0 (name taken): File exists");
        }
    }

    #[test]
    fn a_dump_that_failed_on_its_way_is_no_whole_one() {
        for (errno, expected) in [(0, None), (libc::ENOMEM, Some(libc::ENOMEM))] {
            let mut done = Builder::new(NLMSG_DONE, 0);
            done.octets(&(-errno).to_ne_bytes());
            let batch = done.finish();
            let message = messages(&batch).next().unwrap().unwrap();
            assert_eq!(end("RTM_GETADDR", "every interface", &message).err().and_then(|error| error.errno()), expected);
        }
        let batch = Builder::new(NLMSG_DONE, 0).finish();
        let message = messages(&batch).next().unwrap().unwrap();
        assert!(end("RTM_GETADDR", "every interface", &message).is_ok(), "old kernels say no number");
    }

    #[test]
    fn a_list_that_changed_is_asked_for_again_but_not_for_ever() {
        let listed = |changes: usize| {
            let mut asked = 0;
            steady("RTM_GETADDR", "every interface", &mut || {
                asked += 1;
                Ok((vec![asked], asked <= changes))
            })
            .unwrap()
        };
        assert_eq!(listed(0), Listed { rows: vec![1], doubt: None });
        assert_eq!(listed(9), Listed { rows: vec![10], doubt: None });
        let told = "RTM_GETADDR every interface: the list changed each time that it was read: something may be missing, or there twice";
        assert_eq!(listed(10), Listed { rows: vec![10], doubt: Some(told.to_owned()) });
    }

    #[test]
    fn any_message_may_say_that_the_list_changed() {
        let read = |flags: [u16; 2]| {
            let mut row = Builder::new(20, flags[0]);
            row.u32(7);
            let mut done = Builder::new(NLMSG_DONE, flags[1]);
            done.u32(0);
            let (mut rows, mut end) = (Vec::new(), DumpEnd::default());
            for batch in [row.finish(), Builder::new(21, 0).finish(), done.finish()] {
                assert!(!end.reached);
                end.read("RTM_GETADDR", "", &batch, 20, &mut |payload| rows.push(payload.to_vec())).unwrap();
            }
            assert_eq!(rows, [7_u32.to_ne_bytes()]);
            end
        };
        assert_eq!(read([0, 0]), DumpEnd { reached: true, interrupted: false });
        for flags in [[NLM_F_DUMP_INTR, 0], [0, NLM_F_DUMP_INTR]] {
            assert_eq!(read(flags), DumpEnd { reached: true, interrupted: true });
        }
    }

    proptest! {
        #[test]
        fn no_octets_panic(octets: Vec<u8>, kind: u16, flags: u16) {
            for message in messages(&octets).flatten() {
                prop_assert!(message.offset + message.payload.len() <= octets.len());
            }
            attributes(&octets).for_each(drop);
            let _ = Verdict::parse(&Message { kind, flags, offset: 0, payload: &octets });
        }

        #[test]
        fn every_prefix_of_a_message_is_an_error(payload in prop::collection::vec(any::<u8>(), 0..40), cut: prop::sample::Index) {
            let mut builder = Builder::new(20, 0);
            builder.octets(&payload);
            let message = builder.finish();
            let cut = cut.index(message.len());
            prop_assert!(cut == 0 || messages(&message[..cut]).any(|message| message.is_err()));
        }
    }
}
