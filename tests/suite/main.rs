//! What holds of the executables with no privilege and no peer: a module per tool, and two for all of them.
#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests run processes, and a panic is a failed expectation"
)]

mod addr;
mod addr_plan;
#[path = "../captures.rs"]
mod captures;
mod confine;
mod dig;
mod dig_compare;
mod dig_gai;
mod dig_wire;
mod docs;
mod family;
mod fuzz_seeds;
mod generated;
mod hop;
mod invariants;
mod lab;
mod lab_calls;
mod lab_serve;
mod nc;
mod nc_access;
mod nc_explain;
mod nc_gateway;
mod nc_generate;
mod nc_hub;
mod nc_pass;
mod nc_program;
mod nc_proxy;
mod nc_scan;
mod nc_segments;
mod nc_server;
mod nc_tls;
mod nc_traffic;
mod nc_udp;
mod nc_unix;
mod nc_what;
mod netcat;
mod netsum;
mod netsum_compute;
mod netsum_files;
mod netsum_fix;
mod netsum_layers;
mod netsum_solve;
mod netsum_terminal;
mod netsum_why;
mod performance;
mod ports;
mod ports_list;
mod ports_watch;
mod ports_why;
#[path = "../tools.rs"]
mod tools;
mod trurl;
mod url;
mod url_change;
mod url_connect;
mod url_many;
mod url_models;
mod url_same;
