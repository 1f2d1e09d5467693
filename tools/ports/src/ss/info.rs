//! What TCP knows of a connection, in ss's fields and order.

use std::fmt::Write as _;

use sockeye_cli::escape::escape;
use sockeye_sys::TcpState;
use sockeye_sys::sock_diag::{CongestionInfo, InetSocket};
use sockeye_sys::tcp_info::TcpInfo;

use super::number::{push_bandwidth, push_general, push_ms};

/// `tcpi_options`.
const TIMESTAMPS: u8 = 1;
const SACK: u8 = 2;
const WINDOW_SCALE: u8 = 4;
const ECN: u8 = 8;
const ECN_SEEN: u8 = 16;
const SYN_DATA: u8 = 32;
/// What `tcpi_rto` is where there is no retransmission timeout.
const NO_RTO_US: u32 = 3_000_000;
/// `tcpi_reordering` where no packets were reordered.
const USUAL_REORDERING: u32 = 3;

/// Appends the fields, each behind a blank. What is zero is left out, as ss does. `options` asks for the names of TCP's
/// options too.
pub(super) fn push(text: &mut String, row: &InetSocket, exact: bool, options: bool) {
    let Some(info) = &row.tcp_info else { return push_congestion(text, row) };
    push_options(text, row, info, options);
    push_timing(text, info);
    push_sizes(text, info);
    push_counters(text, info);
    if let Some(congestion) = row.congestion_info {
        push_congestion_info(text, congestion, exact);
    }
    push_rates(text, row, info, exact);
    push_queue(text, row, info);
}

fn push_congestion(text: &mut String, row: &InetSocket) {
    if let Some(congestion) = &row.congestion {
        let _ = write!(text, " {}", escape(congestion));
    }
}

/// Fields of whole numbers, in order. Writing to a String cannot fail, here and below.
fn push_numbers(text: &mut String, fields: &[(&str, Option<u64>)]) {
    for (name, value) in fields {
        if let Some(value) = value.filter(|value| *value != 0) {
            let _ = write!(text, " {name}:{value}");
        }
    }
}

fn wide(value: Option<u32>) -> Option<u64> {
    value.map(u64::from)
}

fn push_options(text: &mut String, row: &InetSocket, info: &TcpInfo, named: bool) {
    let options = info.options().unwrap_or(0);
    for (bit, name) in [(TIMESTAMPS, "ts"), (SACK, "sack"), (ECN, "ecn"), (ECN_SEEN, "ecnseen"), (SYN_DATA, "fastopen")]
    {
        if named && options & bit != 0 {
            let _ = write!(text, " {name}");
        }
    }
    push_congestion(text, row);
    if options & WINDOW_SCALE != 0
        && let Some((peer, own)) = info.window_scales()
    {
        let _ = write!(text, " wscale:{peer},{own}");
    }
}

fn push_timing(text: &mut String, info: &TcpInfo) {
    if let Some(rto) = info.rto_us().filter(|rto| *rto != 0 && *rto != NO_RTO_US) {
        text.push_str(" rto:");
        push_ms(text, rto);
    }
    push_numbers(text, &[("backoff", info.backoff().map(u64::from))]);
    if let Some(rtt) = info.rtt_us().filter(|rtt| *rtt != 0) {
        text.push_str(" rtt:");
        push_ms(text, rtt);
        text.push('/');
        push_ms(text, info.rttvar_us().unwrap_or(0));
    }
    push_ms_field(text, "ato", info.ato_us());
}

fn push_ms_field(text: &mut String, name: &str, us: Option<u32>) {
    if let Some(us) = us.filter(|us| *us != 0) {
        let _ = write!(text, " {name}:");
        push_ms(text, us);
    }
}

fn push_sizes(text: &mut String, info: &TcpInfo) {
    // All ones is "no threshold yet".
    let threshold = info.snd_ssthresh().filter(|threshold| *threshold < 0xffff);
    push_numbers(
        text,
        &[
            ("mss", wide(info.snd_mss())),
            ("pmtu", wide(info.pmtu())),
            ("rcvmss", wide(info.rcv_mss())),
            ("advmss", wide(info.advmss())),
            ("cwnd", wide(info.snd_cwnd())),
            ("ssthresh", wide(threshold)),
        ],
    );
}

fn push_counters(text: &mut String, info: &TcpInfo) {
    push_numbers(
        text,
        &[
            ("bytes_sent", info.bytes_sent()),
            ("bytes_retrans", info.bytes_retrans()),
            ("bytes_acked", info.bytes_acked()),
            ("bytes_received", info.bytes_received()),
            ("segs_out", wide(info.segs_out())),
            ("segs_in", wide(info.segs_in())),
            ("data_segs_out", wide(info.data_segs_out())),
            ("data_segs_in", wide(info.data_segs_in())),
        ],
    );
}

fn push_congestion_info(text: &mut String, info: CongestionInfo, exact: bool) {
    match info {
        CongestionInfo::Dctcp { enabled: false, .. } => text.push_str(" dctcp:fallback_mode"),
        CongestionInfo::Dctcp { ce_state, alpha, acked_ecn, acked_total, .. } => {
            let _ = write!(text, " dctcp:(ce_state:{ce_state},alpha:{alpha},ab_ecn:{acked_ecn},ab_tot:{acked_total})");
        }
        CongestionInfo::Bbr { bandwidth, min_rtt_us, pacing_gain, cwnd_gain } => {
            text.push_str(" bbr:(bw:");
            push_bandwidth(text, bits(bandwidth), exact);
            text.push_str("bps,mrtt:");
            push_ms(text, min_rtt_us);
            for (name, gain) in [("pacing_gain", pacing_gain), ("cwnd_gain", cwnd_gain)] {
                if gain != 0 {
                    let _ = write!(text, ",{name}:");
                    push_general(text, f64::from(gain) / 256.0, 6);
                }
            }
            text.push(')');
        }
        // ss has its round-trip time in place of TCP's, which is the same thing measured once.
        CongestionInfo::Vegas { .. } => {}
    }
}

/// Bits per second of octets per second. What a double cannot hold exactly is beyond any network.
#[expect(clippy::cast_precision_loss, reason = "shown in at most 17 digits, of bandwidths below 2^53")]
fn bits(octets: u64) -> f64 {
    octets as f64 * 8.0
}

fn push_rate(text: &mut String, name: &str, octets: Option<u64>, exact: bool) -> bool {
    // All ones is "no limit".
    let Some(octets) = octets.filter(|octets| *octets != 0 && *octets != u64::MAX) else { return false };
    text.push_str(name);
    push_bandwidth(text, bits(octets), exact);
    text.push_str("bps");
    true
}

fn push_rates(text: &mut String, row: &InetSocket, info: &TcpInfo, exact: bool) {
    if let (Some(rtt @ 1..), Some(mss @ 1..), Some(cwnd @ 1..)) = (info.rtt_us(), info.snd_mss(), info.snd_cwnd()) {
        text.push_str(" send ");
        push_bandwidth(text, f64::from(cwnd) * f64::from(mss) * 8_000_000.0 / f64::from(rtt), exact);
        text.push_str("bps");
    }
    // Before there is a connection these count from when the machine came up, and where there never was one.
    let never = row.state == TcpState::Closed && info.rtt_us() == Some(0);
    if !never && !matches!(row.state, TcpState::SynSent | TcpState::SynReceived) {
        push_numbers(
            text,
            &[
                ("lastsnd", wide(info.last_data_sent_ms())),
                ("lastrcv", wide(info.last_data_recv_ms())),
                ("lastack", wide(info.last_ack_recv_ms())),
            ],
        );
    }
    if push_rate(text, " pacing_rate ", info.pacing_rate(), exact) {
        push_rate(text, "/", info.max_pacing_rate(), exact);
    }
    push_rate(text, " delivery_rate ", info.delivery_rate(), exact);
    push_numbers(text, &[("delivered", wide(info.delivered())), ("delivered_ce", wide(info.delivered_ce()))]);
    if info.is_app_limited() {
        text.push_str(" app_limited");
    }
    push_busy(text, info);
}

#[expect(clippy::cast_precision_loss, reason = "times of a connection in microseconds")]
fn push_busy(text: &mut String, info: &TcpInfo) {
    let Some(busy @ 1..) = info.busy_time_us() else { return };
    let _ = write!(text, " busy:{}ms", busy / 1000);
    for (name, us) in [("rwnd_limited", info.rwnd_limited_us()), ("sndbuf_limited", info.sndbuf_limited_us())] {
        if let Some(us @ 1..) = us {
            let share = 100.0 * us as f64 / busy as f64;
            let _ = write!(text, " {name}:{}ms({share:.1}%)", us / 1000);
        }
    }
}

fn push_queue(text: &mut String, row: &InetSocket, info: &TcpInfo) {
    push_numbers(text, &[("unacked", wide(info.unacked()))]);
    if let (Some(now), Some(total)) = (info.retrans(), info.total_retrans())
        && (now, total) != (0, 0)
    {
        let _ = write!(text, " retrans:{now}/{total}");
    }
    // Of a listener it is the backlog, which stands in Send-Q.
    let sacked = info.sacked().filter(|_| row.state != TcpState::Listen);
    let reordering = info.reordering().filter(|distance| *distance != USUAL_REORDERING);
    push_numbers(
        text,
        &[
            ("lost", wide(info.lost())),
            ("sacked", wide(sacked)),
            ("dsack_dups", wide(info.dsack_dups())),
            ("fackets", wide(info.fackets())),
            ("reordering", wide(reordering)),
            ("reord_seen", wide(info.reord_seen())),
        ],
    );
    push_ms_field(text, "rcv_rtt", info.rcv_rtt_us());
    push_numbers(
        text,
        &[
            ("rcv_space", wide(info.rcv_space())),
            ("rcv_ssthresh", wide(info.rcv_ssthresh())),
            ("notsent", wide(info.notsent_bytes())),
        ],
    );
    push_ms_field(text, "minrtt", info.min_rtt_us().filter(|us| *us != u32::MAX));
    push_numbers(text, &[("rcv_ooopack", wide(info.rcv_ooopack())), ("snd_wnd", wide(info.snd_wnd()))]);
}
