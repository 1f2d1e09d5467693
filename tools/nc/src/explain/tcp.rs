//! What the kernel knows about a TCP connection, as far as it says something to somebody who looks at one.

use serde::Serialize;
use sockeye_sys::TcpState;
use sockeye_sys::tcp_info::TcpInfo;

use super::Event;

/// When the state was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Moment {
    /// Before connect(2).
    BeforeConnect,
    /// When connect(2) has succeeded, failed, or was given up.
    AfterConnect,
    /// When accept(2) has returned.
    Accepted,
}

impl Moment {
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::BeforeConnect => "before connect",
            Self::AfterConnect => "after connect",
            Self::Accepted => "after accept",
        }
    }
}

/// The numbers of a connection at its end. A field that this kernel does not fill in is null.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Numbers {
    /// The state, by its name.
    pub state: Option<String>,
    /// Smoothed round-trip time, in microseconds.
    pub rtt_us: Option<u32>,
    /// Its mean deviation, in microseconds.
    pub rttvar_us: Option<u32>,
    /// Retransmission timeout, in microseconds.
    pub rto_us: Option<u32>,
    /// Segments retransmitted in all.
    pub retransmitted_segments: Option<u32>,
    /// Octets sent, retransmitted ones included.
    pub sent_octets: Option<u64>,
    /// Octets that the peer has acknowledged; the SYN counts as one.
    pub acked_octets: Option<u64>,
    /// Octets received; the FIN counts as one.
    pub received_octets: Option<u64>,
    /// Maximum segment size for sending, in octets.
    pub snd_mss_octets: Option<u32>,
    /// Congestion window, in segments.
    pub snd_cwnd_segments: Option<u32>,
    /// Path MTU, in octets.
    pub pmtu_octets: Option<u32>,
}

impl From<&TcpInfo> for Numbers {
    fn from(info: &TcpInfo) -> Self {
        Self {
            state: info.state().map(|state| state.to_string()),
            rtt_us: info.rtt_us(),
            rttvar_us: info.rttvar_us(),
            rto_us: info.rto_us(),
            retransmitted_segments: info.total_retrans(),
            sent_octets: info.bytes_sent(),
            acked_octets: info.bytes_acked(),
            received_octets: info.bytes_received(),
            snd_mss_octets: info.snd_mss(),
            snd_cwnd_segments: info.snd_cwnd(),
            pmtu_octets: info.pmtu(),
        }
    }
}

impl Numbers {
    pub(super) fn line(&self) -> String {
        let number = |value: Option<u64>| value.map_or_else(|| "?".to_owned(), |value| value.to_string());
        let small = |value: Option<u32>| number(value.map(Into::into));
        format!(
            "TCP_INFO: state {}, RTT {} us (deviation {}), RTO {} us, {} segments retransmitted, {} octets sent, {} \
             acknowledged, {} received, MSS {}, congestion window {} segments, path MTU {}",
            self.state.as_deref().unwrap_or("?"),
            small(self.rtt_us),
            small(self.rttvar_us),
            small(self.rto_us),
            small(self.retransmitted_segments),
            number(self.sent_octets),
            number(self.acked_octets),
            number(self.received_octets),
            small(self.snd_mss_octets),
            small(self.snd_cwnd_segments),
            small(self.pmtu_octets),
        )
    }
}

impl Event {
    /// The state of a TCP connection, if the kernel said it.
    pub fn tcp_state(when: Moment, info: &TcpInfo) -> Option<Self> {
        let state = info.state()?;
        Some(Self::TcpState { when, state: state.to_string(), meaning: meaning(state) })
    }

    /// The numbers of a connection at its end.
    pub fn tcp_info(info: &TcpInfo) -> Self {
        Self::TcpInfo(info.into())
    }
}

/// What a state is, as RFC 9293 section 3.3.2 has them.
fn meaning(state: TcpState) -> Option<&'static str> {
    Some(match state {
        TcpState::Established => "both directions are open",
        TcpState::SynSent => "our SYN is out, and nothing came back yet",
        TcpState::SynReceived => "a SYN came, ours is out, and its acknowledgement is missing",
        TcpState::FinWait1 => "our FIN is out and not acknowledged",
        TcpState::FinWait2 => "our FIN is acknowledged, the peer's has not come",
        TcpState::TimeWait => "both have ended; the port waits for stray segments to die",
        TcpState::Closed => "no connection at all",
        TcpState::CloseWait => "the peer's FIN has come, ours is not out",
        TcpState::LastAck => "both FINs are out, and ours is not acknowledged",
        TcpState::Closing => "both FINs have crossed, and ours is not acknowledged",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A struct tcp_info of an older kernel, 104 octets: tcpi_state at 0, tcpi_rtt at 68, tcpi_total_retrans at 100.
    fn info(state: u8) -> TcpInfo {
        let mut octets = vec![0; 104];
        octets[0] = state;
        octets[68..72].copy_from_slice(&250_u32.to_ne_bytes());
        octets[100..104].copy_from_slice(&3_u32.to_ne_bytes());
        TcpInfo::new(&octets)
    }

    #[test]
    fn a_state_has_its_name_and_what_it_means() {
        let Some(Event::TcpState { when, state, meaning }) = Event::tcp_state(Moment::Accepted, &info(8)) else {
            panic!("no state")
        };
        assert_eq!((when, state.as_str()), (Moment::Accepted, TcpState::CloseWait.to_string().as_str()));
        assert_eq!(meaning, Some("the peer's FIN has come, ours is not out"));
        assert_eq!(Event::tcp_state(Moment::Accepted, &TcpInfo::new(&[])), None);
    }

    #[test]
    fn what_a_kernel_does_not_fill_in_is_not_zero() {
        let Event::TcpInfo(numbers) = Event::tcp_info(&info(1)) else { panic!("no numbers") };
        assert_eq!((numbers.rtt_us, numbers.retransmitted_segments, numbers.sent_octets), (Some(250), Some(3), None));
        let line = numbers.line();
        assert!(line.contains("RTT 250 us") && line.contains("3 segments retransmitted, ? octets sent"), "{line}");
    }
}
