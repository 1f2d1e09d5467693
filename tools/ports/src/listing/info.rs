//! What TCP knows of a connection, and how much memory a socket has, in words.

use std::fmt::Write as _;

use sockeye_sys::sock_diag::SkMemInfo;
use sockeye_sys::tcp_info::TcpInfo;

use crate::columns::cell::push_number;

/// "No slow start threshold yet".
///
/// # Source
/// Linux, include/net/tcp.h, TCP_INFINITE_SSTHRESH.
const INFINITE_SSTHRESH: u32 = 0x7fff_ffff;

/// The round-trip time, once there is one.
pub fn rtt_us(info: &TcpInfo) -> Option<u32> {
    info.rtt_us().filter(|time| *time > 0)
}

/// Its mean deviation. The kernel begins with a guess.
pub fn rttvar_us(info: &TcpInfo) -> Option<u32> {
    rtt_us(info).and(info.rttvar_us())
}

/// The least round-trip time, once there is one.
pub fn min_rtt_us(info: &TcpInfo) -> Option<u32> {
    info.min_rtt_us().filter(|time| *time != u32::MAX)
}

/// The slow start threshold, once there is one.
pub fn ssthresh(info: &TcpInfo) -> Option<u32> {
    info.snd_ssthresh().filter(|segments| *segments < INFINITE_SSTHRESH)
}

/// How fast it may be sent, if anything limits that.
pub fn pacing_rate(info: &TcpInfo) -> Option<u64> {
    info.pacing_rate().filter(|rate| *rate != u64::MAX)
}

/// Since data was last sent: nothing if none ever was, where the kernel counts from its own start.
pub fn last_sent_ms(info: &TcpInfo) -> Option<u32> {
    info.last_data_sent_ms().filter(|_| info.data_segs_out().is_none_or(|segments| segments > 0))
}

/// Since data was last received.
pub fn last_received_ms(info: &TcpInfo) -> Option<u32> {
    info.last_data_recv_ms().filter(|_| info.data_segs_in().is_none_or(|segments| segments > 0))
}

/// The options that both ends agreed upon.
///
/// # Source
/// Linux, include/uapi/linux/tcp.h, TCPI_OPT_*; RFC 7323, RFC 2018, RFC 3168.
pub fn options(info: &TcpInfo) -> Vec<&'static str> {
    const NAMES: [(u8, &str); 6] =
        [(1, "timestamps"), (2, "sack"), (4, "wscale"), (8, "ecn"), (16, "ecn-seen"), (32, "syn-data")];
    let bits = info.options().unwrap_or(0);
    NAMES.into_iter().filter(|(bit, _)| bits & bit != 0).map(|(_, name)| name).collect()
}

/// The state of the congestion control, if it is worth a word.
///
/// # Source
/// Linux, include/uapi/linux/tcp.h, enum tcp_ca_state.
fn trouble(info: &TcpInfo) -> Option<&'static str> {
    match info.ca_state()? {
        1 => Some("disorder"),
        2 => Some("congestion window reduced"),
        3 => Some("fast recovery"),
        4 => Some("loss recovery"),
        _ => None,
    }
}

/// One line a subject: time, window, what was sent, what was received, options.
pub fn lines(info: &TcpInfo, congestion: Option<&str>) -> Vec<String> {
    [round_trip(info), window(info, congestion), sent(info), received(info), agreed(info)]
        .into_iter()
        .filter(|line| !line.is_empty())
        .collect()
}

/// [`lines`] in one.
pub fn push_line(text: &mut String, info: &TcpInfo, congestion: Option<&str>) {
    text.push_str(&lines(info, congestion).join("; "));
}

/// Words with two blanks between them.
#[derive(Default)]
struct Words(String);

impl Words {
    fn say(&mut self, word: &str, push: impl FnOnce(&mut String)) {
        if !self.0.is_empty() {
            self.0.push_str("  ");
        }
        self.0.push_str(word);
        self.0.push(' ');
        push(&mut self.0);
    }

    fn number(&mut self, word: &str, number: Option<impl Into<u64>>) {
        if let Some(number) = number {
            self.say(word, |text| push_number(text, number.into()));
        }
    }

    /// A number that says nothing while it is zero.
    fn count(&mut self, word: &str, number: Option<u32>) {
        self.number(word, number.filter(|number| *number > 0));
    }

    fn time_us(&mut self, word: &str, time: Option<u32>) {
        if let Some(time) = time {
            self.say(word, |text| push_ms(text, time));
        }
    }
}

fn round_trip(info: &TcpInfo) -> String {
    let mut words = Words::default();
    words.time_us("rtt", rtt_us(info));
    words.time_us("varies", rttvar_us(info));
    if rtt_us(info).is_some() {
        words.time_us("least", min_rtt_us(info));
    }
    words.time_us("timeout", info.rto_us());
    words.count("doubled", info.backoff().map(u32::from));
    words.count("unanswered", info.retransmits().map(u32::from));
    words.0
}

fn window(info: &TcpInfo, congestion: Option<&str>) -> String {
    let mut words = Words::default();
    if let (Some(segments), Some(octets)) = (info.snd_cwnd(), info.snd_mss()) {
        words.say("window", |text| {
            // Writing to a String cannot fail.
            let _ = write!(text, "{segments} x {octets}");
        });
    }
    words.number("threshold", ssthresh(info));
    words.number("peer's", info.snd_wnd());
    words.number("ours", info.rcv_wnd());
    words.number("pmtu", info.pmtu().filter(|octets| *octets > 0));
    if let Some(name) = congestion {
        words.say("congestion", |text| text.push_str(name));
    }
    if let Some(trouble) = trouble(info) {
        words.say("in", |text| text.push_str(trouble));
    }
    words.0
}

fn sent(info: &TcpInfo) -> String {
    let mut words = Words::default();
    words.number("sent", info.bytes_sent().or(info.bytes_acked()));
    words.number("acknowledged", info.bytes_acked());
    words.number("segments", info.segs_out());
    words.count("again", info.total_retrans());
    words.count("in flight", info.unacked());
    words.count("lost", info.lost());
    words.count("not yet", info.notsent_bytes());
    if let Some(rate) = info.delivery_rate().filter(|rate| *rate > 0) {
        words.say("rate", |text| push_rate(text, rate));
    }
    if let Some(time) = last_sent_ms(info) {
        words.say("last", |text| push_duration_ms(text, time));
    }
    words.0
}

fn received(info: &TcpInfo) -> String {
    let mut words = Words::default();
    words.number("received", info.bytes_received());
    words.number("segments", info.segs_in());
    words.count("out of order", info.rcv_ooopack());
    if let Some(time) = last_received_ms(info) {
        words.say("last", |text| push_duration_ms(text, time));
    }
    words.0
}

fn agreed(info: &TcpInfo) -> String {
    let mut names: Vec<String> = options(info).into_iter().map(str::to_owned).collect();
    if let (Some((peers, ours)), Some(name)) =
        (info.window_scales(), names.iter_mut().find(|name| name.as_str() == "wscale"))
    {
        let _ = write!(name, " {peers},{ours}");
    }
    if names.is_empty() { String::new() } else { format!("options {}", names.join(", ")) }
}

/// Appends memory in use and its limits: `receive 0/131072  send 0/87040`.
pub fn push_memory(text: &mut String, memory: &SkMemInfo) {
    let mut words = Words::default();
    let mut pair = |word, used: u32, limit: u32| {
        words.say(word, |text| {
            let _ = write!(text, "{used}/{limit}");
        });
    };
    pair("receive", memory.rmem_alloc, memory.rcvbuf);
    pair("send", memory.wmem_queued.max(memory.wmem_alloc), memory.sndbuf);
    words.count("below", Some(memory.wmem_alloc));
    words.count("set aside", Some(memory.fwd_alloc));
    words.count("options", Some(memory.optmem));
    words.count("backlog", memory.backlog);
    words.number("drops", memory.drops);
    text.push_str(&words.0);
}

/// Appends microseconds as milliseconds: `0.031ms`, `204ms`.
fn push_ms(text: &mut String, time_us: u32) {
    push_number(text, (time_us / 1000).into());
    let rest = time_us % 1000;
    if rest > 0 {
        let digits = format!("{rest:03}");
        text.push('.');
        text.push_str(digits.trim_end_matches('0'));
    }
    text.push_str("ms");
}

/// Appends a time in two units at most: `572ms`, `1.572s`, `43s`, `2m3s`, `1h59m`.
pub fn push_duration_ms(text: &mut String, time_ms: u32) {
    let (seconds, rest) = (time_ms / 1000, time_ms % 1000);
    let _ = match seconds {
        0 => write!(text, "{rest}ms"),
        1..60 if rest > 0 => {
            let digits = format!("{rest:03}");
            write!(text, "{seconds}.{}s", digits.trim_end_matches('0'))
        }
        1..60 => write!(text, "{seconds}s"),
        60..3600 => write!(text, "{}m{}s", seconds / 60, seconds % 60),
        _ => write!(text, "{}h{}m", seconds / 3600, seconds / 60 % 60),
    };
}

/// Appends octets a second in a unit that keeps it short.
fn push_rate(text: &mut String, rate: u64) {
    let (unit, name) = match rate {
        0..10_000 => (1, "B/s"),
        10_000..10_000_000 => (1_000, "kB/s"),
        10_000_000..10_000_000_000 => (1_000_000, "MB/s"),
        _ => (1_000_000_000, "GB/s"),
    };
    let _ = write!(text, "{}{name}", rate / unit);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tcp_info with these 32-bit and 64-bit figures at their offsets.
    fn info(small: &[(usize, u32)], large: &[(usize, u64)]) -> TcpInfo {
        let mut octets = vec![0; 240];
        octets[0] = 1;
        for (at, value) in small {
            octets[*at..at + 4].copy_from_slice(&value.to_ne_bytes());
        }
        for (at, value) in large {
            octets[*at..at + 8].copy_from_slice(&value.to_ne_bytes());
        }
        TcpInfo::new(&octets)
    }

    #[test]
    fn what_was_never_measured_is_not_said() {
        let fresh =
            info(&[(8, 1_000_000), (76, INFINITE_SSTHRESH), (148, u32::MAX), (44, 573_040)], &[(104, u64::MAX)]);
        assert_eq!((ssthresh(&fresh), min_rtt_us(&fresh), pacing_rate(&fresh)), (None, None, None));
        let guessed = info(&[(72, 250_000)], &[]);
        assert_eq!((rtt_us(&guessed), rttvar_us(&guessed)), (None, None));
        // Nothing was sent: what the kernel says counts from its own start.
        assert_eq!((last_sent_ms(&fresh), last_received_ms(&fresh)), (None, None));
        assert_eq!(lines(&fresh, None)[0], "timeout 1000ms");
        assert!(!lines(&fresh, None).join(" ").contains("last"));
    }

    #[test]
    fn a_connection_in_words() {
        let figures = [
            (8, 204_000),
            (16, 1448),
            (68, 31),
            (72, 15),
            (80, 10),
            (148, 10),
            (100, 2),
            (136, 5),
            (140, 4),
            (156, 3),
            (152, 2),
            (44, 1572),
            (52, 43_000),
            (76, 7),
            (228, 65_536),
            (232, 65_483),
        ];
        let busy = info(&figures, &[(120, 1000), (128, 12), (200, 1100), (160, 12_500_000)]);
        assert_eq!(
            lines(&busy, Some("cubic")),
            [
                "rtt 0.031ms  varies 0.015ms  least 0.01ms  timeout 204ms",
                "window 10 x 1448  threshold 7  peer's 65536  ours 65483  congestion cubic",
                "sent 1100  acknowledged 1000  segments 5  again 2  rate 12MB/s  last 1.572s",
                "received 12  segments 4  last 43s",
            ]
        );
    }

    #[test]
    fn times_in_two_units() {
        let shown = |time| {
            let mut text = String::new();
            push_duration_ms(&mut text, time);
            text
        };
        let times = [0, 572, 1_572, 43_000, 43_200, 59_999, 60_000, 123_000, 7_190_000].map(shown);
        assert_eq!(times, ["0ms", "572ms", "1.572s", "43s", "43.2s", "59.999s", "1m0s", "2m3s", "1h59m"]);
    }

    #[test]
    fn memory_of_an_older_kernel_has_no_drops() {
        let mut text = String::new();
        let memory = SkMemInfo { rmem_alloc: 768, rcvbuf: 131_072, sndbuf: 87_040, ..SkMemInfo::default() };
        push_memory(&mut text, &memory);
        assert_eq!(text, "receive 768/131072  send 0/87040");
        text.clear();
        push_memory(&mut text, &SkMemInfo { drops: Some(3), wmem_queued: 9, fwd_alloc: 4096, ..memory });
        assert_eq!(text, "receive 768/131072  send 9/87040  set aside 4096  drops 3");
    }
}
