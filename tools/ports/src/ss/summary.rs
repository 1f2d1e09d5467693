//! `ss -s`: how many sockets there are in this namespace.

use std::io;

use serde::Serialize;
use sockeye_cli::output::{Render, Text};

/// Sockets of a kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ByFamily {
    /// Of the IPv4 family.
    pub ipv4: u32,
    /// Of the IPv6 family.
    pub ipv6: u32,
}

impl ByFamily {
    fn total(self) -> u32 {
        self.ipv4 + self.ipv6
    }

    fn plus(self, other: Self) -> Self {
        Self { ipv4: self.ipv4 + other.ipv4, ipv6: self.ipv6 + other.ipv6 }
    }
}

/// The counts.
///
/// ss takes those of TCP from counters of the whole machine and calls them those of the namespace. Here they are counted
/// from the sockets of the namespace themselves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Of every family, that some process holds.
    pub sockets: u32,
    /// TCP in every state.
    pub tcp_total: u32,
    /// ESTABLISHED and CLOSE-WAIT, as RFC 4022 counts tcpCurrEstab.
    pub tcp_established: u32,
    /// Bound and nothing else, and those in TIME-WAIT.
    pub tcp_closed: u32,
    /// Those that no process holds and that still have something to send or to wait for.
    pub tcp_orphaned: u32,
    /// TIME-WAIT.
    pub tcp_time_wait: u32,
    /// Raw sockets.
    pub raw: ByFamily,
    /// UDP.
    pub udp: ByFamily,
    /// TCP, without those that are closed.
    pub tcp: ByFamily,
    /// Packets that wait for their other fragments.
    pub fragments: ByFamily,
}

impl Render for Summary {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let Self { sockets, tcp_total, tcp_established, tcp_closed, tcp_orphaned, tcp_time_wait, .. } = self;
        text.line(format!("Total: {sockets}"))?;
        text.line(format!(
            "TCP:   {tcp_total} (estab {tcp_established}, closed {tcp_closed}, orphaned {tcp_orphaned}, timewait \
             {tcp_time_wait})"
        ))?;
        text.blank()?;
        text.line("Transport Total     IP        IPv6")?;
        let all = self.raw.plus(self.udp).plus(self.tcp);
        for (name, count) in
            [("RAW", self.raw), ("UDP", self.udp), ("TCP", self.tcp), ("INET", all), ("FRAG", self.fragments)]
        {
            text.line(format!("{name:<9} {:<9} {:<9} {}", count.total(), count.ipv4, count.ipv6))?;
        }
        text.blank()
    }
}
