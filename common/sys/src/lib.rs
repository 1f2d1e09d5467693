//! The system calls that need unsafe: getaddrinfo, sock_diag, namespaces, links.
//!
//! The only crate with `unsafe`. Its functions are safe to call with any argument; what reads octets from the kernel is
//! plain safe code that is tested without one.

pub mod addrinfo;
pub mod error;
pub mod gai;
pub mod nameinfo;
pub mod numbers;
mod registry;
mod sockaddr;

pub use error::CallError;
pub use numbers::{Family, Protocol, SockType};
pub mod stdio;
