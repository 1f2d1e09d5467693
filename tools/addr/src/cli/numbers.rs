//! `addr port`, `addr order` and `addr if` on the command line.

use clap::Args;

/// `addr port`.
#[derive(Args, Debug)]
pub(super) struct PortArgs {
    /// A port, or the name of a service
    #[arg(value_name = "PORT", required = true)]
    ports: Vec<String>,
    /// Services of UDP, where they differ from those of TCP
    #[arg(short, long)]
    udp: bool,
}

/// What `addr port` is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "as the options say")]
pub struct Port {
    pub ports: Vec<String>,
    pub udp: bool,
}

impl PortArgs {
    pub(super) fn job(self) -> Port {
        Port { ports: self.ports, udp: self.udp }
    }
}

/// `addr order`.
#[derive(Args, Debug)]
pub(super) struct OrderArgs {
    /// A number, in decimal or behind 0x in hexadecimal
    #[arg(value_name = "VALUE", required = true)]
    values: Vec<String>,
    /// How many bits it has: the fewest that hold it otherwise
    #[arg(short, long, value_name = "BITS", value_parser = ["16", "32", "64"])]
    bits: Option<String>,
}

/// What `addr order` is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "as the options say")]
pub struct Order {
    pub values: Vec<String>,
    pub bits: Option<u8>,
}

impl OrderArgs {
    pub(super) fn job(self) -> Order {
        Order { values: self.values, bits: self.bits.and_then(|bits| bits.parse().ok()) }
    }
}

/// `addr if`.
#[derive(Args, Debug)]
pub(super) struct InterfacesArgs {
    /// An interface by name or index; all otherwise
    #[arg(value_name = "INTERFACE")]
    names: Vec<String>,
}

/// What `addr if` is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "as the options say")]
pub struct Interfaces {
    pub names: Vec<String>,
}

impl InterfacesArgs {
    pub(super) fn job(self) -> Interfaces {
        Interfaces { names: self.names }
    }
}
