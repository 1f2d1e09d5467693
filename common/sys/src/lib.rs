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
//! - [`packet_ring`], [`packet_socket`]: the frames of an interface
//! - [`pidfd`], [`proc_fd`]: other processes and their descriptors
//! - [`errqueue`]: datagrams and the ICMP errors about them, with all that the kernel says beside
//! - [`poll`], [`signals`]: waiting, and what ends it; [`lock`]: whether somebody is at work
//! - [`confine`]: what is given up once sockets and files are open: programs, files, sockets, privileges
//! - [`fork`]: a process for each client; [`process`]: what a process may do, and how it is told to end
//! - [`clock`], [`tracefs`]: clocks as the kernel counts, and the events that it stamps with them
//! - [`heap`]: free memory, given back to the system
//! - [`local_time`], [`random`]: the time of day where the user is, octets that nobody can guess
//! - [`mod@entry`], [`stdio`]: the way into an executable, and the standard descriptors before the runtime touched them
//! - [`addresses`], [`links`]: the addresses of this host, and its interfaces
//! - [`inet`]: inet_aton(3) and inet_pton(3)
//! - [`nftables`]: whether a packet filter is loaded
//! - [`namespace`], [`interface`], [`link`], [`route`], [`tap`]: networks of one's own on one machine
//! - [`numbers`]: families, types, protocols and TCP states by name
//! - [`error`], [`errno`]: how a failed call is told, and what its number means

pub mod addresses;
pub mod addrinfo;
pub mod clock;
pub mod confine;
pub mod datagrams;
pub mod entry;
pub mod errno;
pub mod error;
pub mod errqueue;
pub mod fork;
pub mod gai;
pub mod heap;
pub mod inet;
pub mod interface;
pub mod link;
pub mod links;
pub mod local_time;
pub mod locale;
pub mod lock;
pub mod nameinfo;
pub mod namespace;
mod netlink;
pub mod nftables;
pub mod nss;
pub mod numbers;
pub mod packet_ring;
pub mod packet_socket;
mod path;
pub mod pidfd;
pub mod poll;
pub mod proc_fd;
pub mod process;
pub mod random;
mod registry;
pub mod route;
mod set;
pub mod signals;
pub mod sock_diag;
mod sockaddr;
pub mod socket;
pub mod stdio;
pub mod tap;
pub mod tcp_info;
pub mod tracefs;
pub mod tun;

pub use error::CallError;
pub use namespace::NetNs;
pub use netlink::Listed;
pub use numbers::{Family, Protocol, SockType, TcpState};
