//! What the namespace counts of connections that did not come about.

use serde::Serialize;

/// Counters of TCP, since the namespace was made.
///
/// # Source
/// Linux, Documentation/networking/snmp_counter.rst; /proc/net/netstat, `TcpExt`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counters {
    /// `ListenOverflows`: a segment that found an accept queue full.
    pub listen_overflows: Option<u64>,
    /// `ListenDrops`: those, and what else a listener dropped.
    pub listen_drops: Option<u64>,
    /// `TCPReqQFullDrop`: SYNs dropped while too many connections were half-open.
    pub syn_queue_drops: Option<u64>,
    /// `TCPReqQFullDoCookies`: SYNs answered with a cookie in that case.
    pub syn_cookies_sent: Option<u64>,
}

impl Counters {
    /// Reads `/proc/net/netstat`: a line of names and below it a line of numbers. What is not there stays `None`.
    pub fn parse(text: &str) -> Self {
        let mut lines = text.lines().filter_map(|line| line.strip_prefix("TcpExt:"));
        let (Some(names), Some(numbers)) = (lines.next(), lines.next()) else { return Self::default() };
        let mut counters = Self::default();
        for (name, number) in names.split_ascii_whitespace().zip(numbers.split_ascii_whitespace()) {
            let field = match name {
                "ListenOverflows" => &mut counters.listen_overflows,
                "ListenDrops" => &mut counters.listen_drops,
                "TCPReqQFullDrop" => &mut counters.syn_queue_drops,
                "TCPReqQFullDoCookies" => &mut counters.syn_cookies_sent,
                _ => continue,
            };
            *field = number.parse().ok();
        }
        counters
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_and_numbers_are_joined_by_their_place() {
        let text = "TcpExt: SyncookiesSent ListenOverflows ListenDrops TCPReqQFullDoCookies\nTcpExt: 0 12 18 3\n\
                    IpExt: InNoRoutes ListenDrops\nIpExt: 7 99\n";
        let expected = Counters {
            listen_overflows: Some(12),
            listen_drops: Some(18),
            syn_queue_drops: None,
            syn_cookies_sent: Some(3),
        };
        assert_eq!(Counters::parse(text), expected);
        assert_eq!(Counters::parse("TcpExt: ListenDrops\n"), Counters::default(), "names alone");
    }

    proptest! {
        #[test]
        fn no_text_panics(text: String) {
            Counters::parse(&text);
        }
    }
}
