//! The system calls that need unsafe: getaddrinfo, sock_diag, namespaces, links.
//!
//! The only crate with `unsafe`. Its functions are safe to call with any argument; what reads octets from the kernel is
//! plain safe code that is tested without one.
//!
//! - [`addrinfo`], [`nameinfo`], [`gai`]: getaddrinfo(3), getnameinfo(3), and how they fail
//! - [`nss`], [`locale`]: which modules those ask, and in which characters names are written
//! - [`sock_diag`]: every socket of this network namespace
//! - [`socket`], [`tcp_info`]: what one socket can be asked for
//! - [`datagrams`]: many datagrams with one call
//! - [`packet_ring`]: the frames of an interface
//! - [`pidfd`], [`proc_fd`]: descriptors of other processes
//! - [`poll`], [`signals`]: waiting, and what ends it
//! - [`fork`]: a process for each client
//! - [`clock`], [`tracefs`]: clocks as the kernel counts, and the events that it stamps with them
//! - [`local_time`], [`random`]: the time of day where the user is, octets that nobody can guess
//! - [`stdio`]: the standard descriptors before the runtime touched them
//! - [`addresses`]: the addresses of this host
//! - [`nftables`]: whether a packet filter is loaded
//! - [`namespace`], [`interface`], [`link`]: networks of one's own on one machine
//! - [`numbers`]: families, types, protocols and TCP states by name
//! - [`error`]: how a failed call is told

pub mod addresses;
pub mod addrinfo;
pub mod clock;
pub mod datagrams;
pub mod error;
pub mod fork;
pub mod gai;
pub mod interface;
pub mod link;
pub mod local_time;
pub mod locale;
pub mod nameinfo;
pub mod namespace;
mod netlink;
pub mod nftables;
pub mod nss;
pub mod numbers;
pub mod packet_ring;
mod path;
pub mod pidfd;
pub mod poll;
pub mod proc_fd;
pub mod random;
mod registry;
mod set;
pub mod signals;
pub mod sock_diag;
mod sockaddr;
pub mod socket;
pub mod stdio;
pub mod tcp_info;
pub mod tracefs;
pub mod tun;

pub use error::CallError;
pub use namespace::NetNs;
pub use numbers::{Family, Protocol, SockType, TcpState};
