//! `addr port`, `addr order` and `addr if` on the command line.

use clap::Args;

/// `addr port`.
#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub struct Port {
    /// A port, or the name of a service
    #[arg(value_name = "PORT", required = true)]
    pub ports: Vec<String>,
    /// Services of UDP, where they differ from those of TCP
    #[arg(short, long)]
    pub udp: bool,
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
#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub struct Interfaces {
    /// An interface by name or index; all otherwise
    #[arg(value_name = "INTERFACE")]
    pub names: Vec<String>,
}
