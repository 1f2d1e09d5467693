//! The commands about networks, on the command line.

use std::ffi::OsString;

use clap::{ArgGroup, Args};

/// `addr split`.
#[derive(Args, Debug)]
#[command(group = ArgGroup::new("how").required(true).args(["count", "prefix"]))]
pub(super) struct SplitArgs {
    /// The network to cut
    #[arg(value_name = "NETWORK")]
    network: String,
    /// Into so many networks at least: the next power of two
    #[arg(short = 'n', long, value_name = "COUNT")]
    count: Option<u128>,
    /// Into networks of this length
    #[arg(short, long, value_name = "LENGTH")]
    prefix: Option<u8>,
    /// List no more than so many
    #[arg(long, value_name = "COUNT")]
    limit: Option<u64>,
}

/// What `addr split` is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "as the options say")]
pub struct Split {
    pub network: String,
    pub count: Option<u128>,
    pub prefix: Option<u8>,
    pub limit: Option<u64>,
}

impl SplitArgs {
    pub(super) fn job(self) -> Split {
        let Self { network, count, prefix, limit } = self;
        Split { network, count, prefix, limit }
    }
}

/// `addr vlsm`.
#[derive(Args, Debug)]
pub(super) struct VlsmArgs {
    /// The network to plan in
    #[arg(value_name = "NETWORK")]
    network: String,
    /// How many hosts, as 500 or lan=500; or a length, as /26 or lan=/26
    #[arg(value_name = "SIZE", required = true)]
    sizes: Vec<String>,
}

/// What `addr vlsm` is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "as the options say")]
pub struct Vlsm {
    pub network: String,
    pub sizes: Vec<String>,
}

impl VlsmArgs {
    pub(super) fn job(self) -> Vlsm {
        Vlsm { network: self.network, sizes: self.sizes }
    }
}

/// `addr supernet`.
#[derive(Args, Debug)]
pub(super) struct NetworksArgs {
    /// A network, or an address
    #[arg(value_name = "NETWORK")]
    networks: Vec<String>,
    /// Take networks from a file, one a line; - is standard input
    #[arg(short, long = "file", value_name = "FILE")]
    files: Vec<OsString>,
}

/// Networks.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "as the options say")]
pub struct Networks {
    pub networks: Vec<String>,
    pub files: Vec<OsString>,
}

impl NetworksArgs {
    pub(super) fn job(self) -> Networks {
        Networks { networks: self.networks, files: self.files }
    }
}

/// `addr overlap`.
#[derive(Args, Debug)]
pub(super) struct OverlapArgs {
    /// A network, or an address; two at least
    #[arg(value_name = "NETWORK")]
    networks: Vec<String>,
    /// Take networks from a file, one a line; - is standard input
    #[arg(short, long = "file", value_name = "FILE")]
    files: Vec<OsString>,
    /// Show pairs without an address in common too
    #[arg(short, long)]
    all: bool,
    /// List no more pairs than so many
    #[arg(long, value_name = "COUNT")]
    limit: Option<u64>,
}

/// What `addr overlap` is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "as the options say")]
pub struct Overlap {
    pub networks: Vec<String>,
    pub files: Vec<OsString>,
    pub all: bool,
    pub limit: Option<u64>,
}

impl OverlapArgs {
    pub(super) fn job(self) -> Overlap {
        let Self { networks, files, all, limit } = self;
        Overlap { networks, files, all, limit }
    }
}

/// `addr range`.
#[derive(Args, Debug)]
pub(super) struct RangeArgs {
    /// The first address; or both, as FIRST-LAST
    #[arg(value_name = "FIRST")]
    first: String,
    /// The last address
    #[arg(value_name = "LAST")]
    last: Option<String>,
}

/// What `addr range` is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "as the options say")]
pub struct Range {
    pub first: String,
    pub last: Option<String>,
}

impl RangeArgs {
    pub(super) fn job(self) -> Range {
        Range { first: self.first, last: self.last }
    }
}

/// `addr same`.
#[derive(Args, Debug)]
pub(super) struct SameArgs {
    /// An address, with its mask if you like
    #[arg(value_name = "A")]
    first: String,
    /// The other
    #[arg(value_name = "B")]
    second: String,
}

/// What `addr same` is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "as the options say")]
pub struct Same {
    pub first: String,
    pub second: String,
}

impl SameArgs {
    pub(super) fn job(self) -> Same {
        Same { first: self.first, second: self.second }
    }
}

/// `addr special`.
#[derive(Args, Debug)]
pub(super) struct RegistryArgs {
    /// A network, or an address: the ranges around it and in it
    #[arg(value_name = "NETWORK")]
    networks: Vec<String>,
}

/// What `addr special` is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "as the options say")]
pub struct Registry {
    pub networks: Vec<String>,
}

impl RegistryArgs {
    pub(super) fn job(self) -> Registry {
        Registry { networks: self.networks }
    }
}
