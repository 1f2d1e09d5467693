//! struct tcp_info as the kernel of the day fills it: read by its length, never assumed whole.

use std::fmt;

use sockeye_common::order::ByteOrder;
use sockeye_common::wire::Reader;

use crate::numbers::TcpState;

/// What a kernel knows about a TCP connection.
///
/// Kept as the octets that came, because each kernel adds fields at the end: a field that this kernel does not have is
/// `None`, and what a newer one adds is kept.
///
/// # Source
/// Linux, include/uapi/linux/tcp.h, struct tcp_info.
#[derive(Clone, PartialEq, Eq)]
pub struct TcpInfo {
    octets: Box<[u8]>,
}

/// How wide a field is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Width {
    U8,
    U32,
    U64,
}

macro_rules! fields {
    ($($(#[$doc:meta])* $method:ident: $width:ident as $int:ty, $name:literal at $offset:literal;)*) => {
        /// Name, offset and width of every field that is a whole number of octets.
        const FIELDS: &[(&str, usize, Width)] = &[$(($name, $offset, Width::$width)),*];

        impl TcpInfo {
            $(
                $(#[$doc])*
                pub fn $method(&self) -> Option<$int> {
                    self.read($offset, Width::$width).and_then(|value| <$int>::try_from(value).ok())
                }
            )*
        }
    };
}

fields! {
    /// `tcpi_ca_state`: 0 open, 1 disorder, 2 CWR, 3 recovery, 4 loss.
    ca_state: U8 as u8, "tcpi_ca_state" at 1;
    /// Consecutive retransmission timeouts.
    retransmits: U8 as u8, "tcpi_retransmits" at 2;
    /// Unanswered zero window probes.
    probes: U8 as u8, "tcpi_probes" at 3;
    /// How often the retransmission timeout has been doubled.
    backoff: U8 as u8, "tcpi_backoff" at 4;
    /// Bits: 1 timestamps, 2 SACK, 4 window scale, 8 ECN, 16 ECN seen, 32 SYN data, 64 usec timestamps.
    options: U8 as u8, "tcpi_options" at 5;
    /// Retransmission timeout, in microseconds.
    rto_us: U32 as u32, "tcpi_rto" at 8;
    /// Delayed acknowledgement timeout, in microseconds.
    ato_us: U32 as u32, "tcpi_ato" at 12;
    /// Maximum segment size for sending, in octets.
    snd_mss: U32 as u32, "tcpi_snd_mss" at 16;
    /// Maximum segment size received, in octets.
    rcv_mss: U32 as u32, "tcpi_rcv_mss" at 20;
    /// Segments in flight; of a listener, the connections that wait for accept(2).
    unacked: U32 as u32, "tcpi_unacked" at 24;
    /// Segments acknowledged selectively; of a listener, its backlog.
    sacked: U32 as u32, "tcpi_sacked" at 28;
    /// Segments held for lost.
    lost: U32 as u32, "tcpi_lost" at 32;
    /// Retransmitted segments in flight.
    retrans: U32 as u32, "tcpi_retrans" at 36;
    /// Forward acknowledged segments; zero since Linux 5.
    fackets: U32 as u32, "tcpi_fackets" at 40;
    /// Since data was last sent, in milliseconds. Meaningless if none ever was.
    last_data_sent_ms: U32 as u32, "tcpi_last_data_sent" at 44;
    /// Not kept by Linux.
    last_ack_sent_ms: U32 as u32, "tcpi_last_ack_sent" at 48;
    /// Since data was last received, in milliseconds.
    last_data_recv_ms: U32 as u32, "tcpi_last_data_recv" at 52;
    /// Since an acknowledgement was last received, in milliseconds.
    last_ack_recv_ms: U32 as u32, "tcpi_last_ack_recv" at 56;
    /// Path MTU, in octets.
    pmtu: U32 as u32, "tcpi_pmtu" at 60;
    /// Receive window threshold, in octets.
    rcv_ssthresh: U32 as u32, "tcpi_rcv_ssthresh" at 64;
    /// Smoothed round-trip time, in microseconds.
    rtt_us: U32 as u32, "tcpi_rtt" at 68;
    /// Its mean deviation, in microseconds.
    rttvar_us: U32 as u32, "tcpi_rttvar" at 72;
    /// Slow start threshold, in segments.
    snd_ssthresh: U32 as u32, "tcpi_snd_ssthresh" at 76;
    /// Congestion window, in segments.
    snd_cwnd: U32 as u32, "tcpi_snd_cwnd" at 80;
    /// Maximum segment size advertised, in octets.
    advmss: U32 as u32, "tcpi_advmss" at 84;
    /// Reordering distance, in segments.
    reordering: U32 as u32, "tcpi_reordering" at 88;
    /// Receiver's estimate of the round-trip time, in microseconds.
    rcv_rtt_us: U32 as u32, "tcpi_rcv_rtt" at 92;
    /// Receive buffer space, in octets.
    rcv_space: U32 as u32, "tcpi_rcv_space" at 96;
    /// Segments retransmitted in all.
    total_retrans: U32 as u32, "tcpi_total_retrans" at 100;
    /// Pacing rate, in octets per second.
    pacing_rate: U64 as u64, "tcpi_pacing_rate" at 104;
    /// Its limit, in octets per second; all ones is none.
    max_pacing_rate: U64 as u64, "tcpi_max_pacing_rate" at 112;
    /// Octets sent that were acknowledged.
    bytes_acked: U64 as u64, "tcpi_bytes_acked" at 120;
    /// Octets received.
    bytes_received: U64 as u64, "tcpi_bytes_received" at 128;
    /// Segments sent.
    segs_out: U32 as u32, "tcpi_segs_out" at 136;
    /// Segments received.
    segs_in: U32 as u32, "tcpi_segs_in" at 140;
    /// Octets in the send queue that were never sent.
    notsent_bytes: U32 as u32, "tcpi_notsent_bytes" at 144;
    /// Least round-trip time, in microseconds.
    min_rtt_us: U32 as u32, "tcpi_min_rtt" at 148;
    /// Segments with data received.
    data_segs_in: U32 as u32, "tcpi_data_segs_in" at 152;
    /// Segments with data sent.
    data_segs_out: U32 as u32, "tcpi_data_segs_out" at 156;
    /// Delivery rate, in octets per second.
    delivery_rate: U64 as u64, "tcpi_delivery_rate" at 160;
    /// Time busy sending, in microseconds.
    busy_time_us: U64 as u64, "tcpi_busy_time" at 168;
    /// Of it, held up by the receiver's window, in microseconds.
    rwnd_limited_us: U64 as u64, "tcpi_rwnd_limited" at 176;
    /// Of it, held up by the send buffer, in microseconds.
    sndbuf_limited_us: U64 as u64, "tcpi_sndbuf_limited" at 184;
    /// Segments delivered, retransmitted ones included.
    delivered: U32 as u32, "tcpi_delivered" at 192;
    /// Of them, marked by ECN.
    delivered_ce: U32 as u32, "tcpi_delivered_ce" at 196;
    /// Octets sent, retransmitted ones included.
    bytes_sent: U64 as u64, "tcpi_bytes_sent" at 200;
    /// Octets retransmitted.
    bytes_retrans: U64 as u64, "tcpi_bytes_retrans" at 208;
    /// Duplicates that the peer reported.
    dsack_dups: U32 as u32, "tcpi_dsack_dups" at 216;
    /// Reordering events.
    reord_seen: U32 as u32, "tcpi_reord_seen" at 220;
    /// Segments received out of order.
    rcv_ooopack: U32 as u32, "tcpi_rcv_ooopack" at 224;
    /// The peer's window after scaling, in octets.
    snd_wnd: U32 as u32, "tcpi_snd_wnd" at 228;
    /// Our window after scaling, in octets.
    rcv_wnd: U32 as u32, "tcpi_rcv_wnd" at 232;
    /// Times that another path was tried after a timeout.
    rehash: U32 as u32, "tcpi_rehash" at 236;
}

impl TcpInfo {
    /// Keeps the octets, however few or many this kernel gave.
    pub fn new(octets: &[u8]) -> Self {
        Self { octets: octets.into() }
    }

    /// The structure as it came.
    pub fn octets(&self) -> &[u8] {
        &self.octets
    }

    /// The state of the connection.
    pub fn state(&self) -> Option<TcpState> {
        self.octets.first().copied().map(TcpState::from)
    }

    /// The peer's and our window scale, if they were agreed upon.
    ///
    /// # Source
    /// RFC 7323 section 2. C leaves the order of bit-fields to the machine: the first is in the low bits on
    /// little-endian ones.
    pub fn window_scales(&self) -> Option<(u8, u8)> {
        let both = *self.octets.get(6)?;
        let (low, high) = (both & 0xf, both >> 4);
        Some(if ByteOrder::HOST == ByteOrder::Little { (low, high) } else { (high, low) })
    }

    /// Whether the delivery rate was held back by the program, which had nothing to send.
    pub fn is_app_limited(&self) -> bool {
        let first = if ByteOrder::HOST == ByteOrder::Little { 1 } else { 0x80 };
        self.octets.get(7).is_some_and(|bits| bits & first != 0)
    }

    /// Every numeric field that this kernel filled in, by its name in the header file.
    pub fn fields(&self) -> impl Iterator<Item = (&'static str, u64)> + '_ {
        FIELDS.iter().filter_map(|(name, offset, width)| Some((*name, self.read(*offset, *width)?)))
    }

    fn read(&self, offset: usize, width: Width) -> Option<u64> {
        let mut reader = Reader::at(&self.octets, offset)?;
        match width {
            Width::U8 => reader.u8("tcp_info").ok().map(u64::from),
            Width::U32 => reader.u32_in(ByteOrder::HOST, "tcp_info").ok().map(u64::from),
            Width::U64 => reader.u64_in(ByteOrder::HOST, "tcp_info").ok(),
        }
    }
}

/// The fields by name: the octets alone tell nobody anything.
impl fmt::Debug for TcpInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entry(&"tcpi_state", &self.state()).entries(self.fields()).finish()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn fields_lie_one_behind_the_other() {
        let mut end = 1;
        for (name, offset, width) in FIELDS {
            // The bit-fields lie between tcpi_options and tcpi_rto.
            let expected = if *name == "tcpi_rto" { 8 } else { end };
            assert_eq!(*offset, expected, "{name}");
            end = offset + [1, 4, 8][*width as usize];
        }
    }

    #[test]
    fn an_older_kernel_has_fewer_fields_and_a_newer_one_more() {
        let mut octets = vec![0; 104];
        octets[0] = 1;
        octets[68..72].copy_from_slice(&204_000_u32.to_ne_bytes());
        let old = TcpInfo::new(&octets);
        assert_eq!(old.state(), Some(TcpState::Established));
        assert_eq!(
            (old.rtt_us(), old.total_retrans(), old.pacing_rate(), old.snd_wnd()),
            (Some(204_000), Some(0), None, None)
        );
        octets.resize(400, 0xff);
        let new = TcpInfo::new(&octets);
        assert_eq!((new.rtt_us(), new.snd_wnd()), (Some(204_000), Some(u32::MAX)));
        assert_eq!(new.octets().len(), 400);
        assert_eq!(TcpInfo::new(&[]).state(), None);
    }

    proptest! {
        #[test]
        fn no_length_panics(octets: Vec<u8>) {
            let info = TcpInfo::new(&octets);
            let read = info.fields().count();
            prop_assert_eq!(read, FIELDS.iter().filter(|(_, at, width)| at + [1, 4, 8][*width as usize] <= octets.len()).count());
            let _ = (info.state(), info.window_scales());
        }
    }
}
