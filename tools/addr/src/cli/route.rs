//! `addr lpm` on the command line.

use std::ffi::OsString;

use clap::Args;
use sockeye_cli::Failure;

/// The arguments.
#[derive(Args, Debug)]
pub(super) struct LpmArgs {
    /// A file with the table, - for standard input; then addresses. With --route addresses alone
    #[arg(value_name = "TABLE|ADDRESS")]
    words: Vec<OsString>,
    /// A route, in place of a table
    #[arg(short, long = "route", value_name = "NETWORK=VIA")]
    routes: Vec<String>,
    /// Take addresses from a file, one a line; - is standard input
    #[arg(short, long = "file", value_name = "FILE")]
    files: Vec<OsString>,
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lpm {
    /// The file with the table.
    pub table: Option<OsString>,
    /// Routes of the command line.
    pub routes: Vec<String>,
    /// The addresses of the command line.
    pub addresses: Vec<String>,
    /// Files with more.
    pub files: Vec<OsString>,
}

impl LpmArgs {
    /// What they ask for.
    ///
    /// # Errors
    /// [`Failure`] if there is no table or no address.
    pub(super) fn job(self) -> Result<Lpm, Failure> {
        let Self { words, routes, files } = self;
        let mut words = words.into_iter();
        let table = if routes.is_empty() { words.next() } else { None };
        if table.is_none() && routes.is_empty() {
            return Err(Failure::usage("no table given").hint("a file, - for standard input, or --route NETWORK=VIA"));
        }
        let addresses: Vec<String> = words.map(|word| word.to_string_lossy().into_owned()).collect();
        if addresses.is_empty() && files.is_empty() {
            return Err(Failure::usage("no address given").hint("addr lpm TABLE ADDRESS..."));
        }
        if table.as_ref().is_some_and(|table| table == "-") && files.iter().any(|file| file == "-") {
            return Err(Failure::usage("the table and the addresses cannot both come from standard input"));
        }
        Ok(Lpm { table, routes, addresses, files })
    }
}
