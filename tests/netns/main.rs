//! What holds against the real peers, each test in a network namespace of its own.
#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests run processes, and a panic is a failed expectation"
)]

mod addr;
#[path = "../captures.rs"]
mod captures;
mod confine;
mod dig;
mod dig_bulk;
mod dig_compare;
mod dig_host;
mod dig_rdata;
mod dig_servers;
mod dig_trace;
mod dig_transport;
mod dig_validate;
mod dig_xfr;
mod dig_yaml;
mod far_host;
mod faults;
mod hop;
mod hop_line;
mod hop_ping;
mod hop_tun;
mod lab;
mod lab_clean;
mod lab_limits;
mod lab_mutants;
mod lab_page;
mod lab_shell;
mod lab_wire;
mod manual;
mod nc;
mod nc_ncat;
mod nc_proxy;
mod nc_scan;
mod nc_soak;
mod nc_sockopt;
mod nc_tls;
mod nc_udp;
mod nc_unix;
mod netsum;
mod netsum_compute;
mod netsum_fix;
mod netsum_live;
mod netsum_why;
mod ports;
mod ports_backlog;
mod ports_bind;
mod ports_churn;
mod ports_filter;
mod ports_free;
mod ports_list;
mod ports_netstat;
mod ports_sockets;
mod ports_ss;
mod ports_states;
mod ports_watch;
mod ports_why;
mod sys;
mod terminal;
#[path = "../tools.rs"]
mod tools;

use std::process::ExitCode;

use sockeye_test_support::{Case, harness};

fn main() -> ExitCode {
    // A test starts this executable again where it wants another process that goes on opening and closing.
    if std::env::args().nth(1).as_deref() == Some(ports_churn::ROLE) {
        ports_churn::open_and_close();
        return ExitCode::SUCCESS;
    }
    let modules: &[fn() -> Vec<Case>] = &[
        addr::cases,
        dig::tests,
        dig_compare::tests,
        dig_servers::tests,
        dig_bulk::tests,
        dig_rdata::tests,
        dig_trace::tests,
        dig_transport::tests,
        dig_validate::tests,
        dig_xfr::tests,
        dig_host::tests,
        dig_yaml::tests,
        faults::tests,
        hop::tests,
        hop_ping::tests,
        hop_tun::tests,
        lab::tests,
        lab_clean::tests,
        lab_limits::tests,
        lab_shell::tests,
        lab_mutants::tests,
        lab_page::tests,
        lab_wire::tests,
        manual::tests,
        nc::tests,
        nc_ncat::tests,
        nc_proxy::tests,
        nc_scan::tests,
        nc_soak::tests,
        nc_sockopt::tests,
        nc_tls::tests,
        nc_udp::tests,
        nc_unix::tests,
        netsum::cases,
        netsum_why::cases,
        netsum_fix::tests,
        netsum_compute::cases,
        netsum_live::tests,
        ports::tests,
        ports_bind::tests,
        ports_churn::tests,
        ports_backlog::tests,
        ports_filter::tests,
        ports_free::tests,
        ports_list::tests,
        ports_netstat::tests,
        ports_states::tests,
        ports_why::tests,
        ports_ss::tests,
        ports_watch::tests,
        confine::cases,
        sys::cases,
        terminal::tests,
    ];
    harness::run(modules.iter().flat_map(|tests| tests()).collect())
}
