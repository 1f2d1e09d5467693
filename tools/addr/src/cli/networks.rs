//! The commands about networks, on the command line.

use std::ffi::OsString;

use clap::{ArgGroup, Args};
use sockeye_cli::values::number;

/// `addr split`.
#[derive(Args, Clone, Debug, PartialEq, Eq)]
#[command(group = ArgGroup::new("how").required(true).args(["count", "prefix"]))]
pub struct Split {
    /// The network to cut
    #[arg(value_name = "NETWORK")]
    pub network: String,
    /// Into so many networks at least: the next power of two
    #[arg(short = 'n', long, value_name = "COUNT", value_parser = number::<u128>(..))]
    pub count: Option<u128>,
    /// Into networks of this length
    #[arg(short, long, value_name = "LENGTH", value_parser = number::<u8>(..))]
    pub prefix: Option<u8>,
    /// List no more than so many
    #[arg(long, value_name = "COUNT", value_parser = number::<u64>(..))]
    pub limit: Option<u64>,
}

/// `addr vlsm`.
#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub struct Vlsm {
    /// The network to plan in
    #[arg(value_name = "NETWORK")]
    pub network: String,
    /// How many hosts, as 500 or lan=500; or a length, as /26 or lan=/26
    #[arg(value_name = "SIZE", required = true)]
    pub sizes: Vec<String>,
}

/// `addr supernet`.
#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub struct Networks {
    /// A network, or an address
    #[arg(value_name = "NETWORK")]
    pub networks: Vec<String>,
    /// Take networks from a file, one a line; - is standard input
    #[arg(short, long = "file", value_name = "FILE")]
    pub files: Vec<OsString>,
}

/// `addr overlap`.
#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub struct Overlap {
    /// A network, or an address; two at least
    #[arg(value_name = "NETWORK")]
    pub networks: Vec<String>,
    /// Take networks from a file, one a line; - is standard input
    #[arg(short, long = "file", value_name = "FILE")]
    pub files: Vec<OsString>,
    /// Show pairs without an address in common too
    #[arg(short, long)]
    pub all: bool,
    /// List no more pairs than so many
    #[arg(long, value_name = "COUNT", value_parser = number::<u64>(..))]
    pub limit: Option<u64>,
}

/// `addr range`.
#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub struct Range {
    /// The first address; or both, as FIRST-LAST
    #[arg(value_name = "FIRST")]
    pub first: String,
    /// The last address
    #[arg(value_name = "LAST")]
    pub last: Option<String>,
}

/// `addr same`.
#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub struct Same {
    /// An address, with its mask if you like
    #[arg(value_name = "A")]
    pub first: String,
    /// The other
    #[arg(value_name = "B")]
    pub second: String,
}

/// `addr special`.
#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub struct Registry {
    /// A network, or an address: the ranges around it and in it
    #[arg(value_name = "NETWORK")]
    pub networks: Vec<String>,
}
