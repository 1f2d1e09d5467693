//! dig: DNS lookups byte for byte as dig prints them, and getaddrinfo beside them.
//!
//! - [`args`], [`options`], [`cli`]: the command line, what it asks for, and how help and man page tell it
//! - [`message`], [`header`], [`question`], [`record`], [`name`], [`rdata`], [`edns`], [`cookie`]: the wire
//! - [`registry`], [`fault`], [`span`]: numbers with names, where messages break, where fields lie
//! - [`query`], [`transport`], [`exchange`]: what is sent, how it travels, and the dialogue with the servers
//! - [`tsig`]: signatures of queries and answers, and their keys
//! - [`xfr`]: which message of a zone transfer is the last one
//! - [`style`], [`printer`], [`yaml`], [`json`], [`explain`], [`meaning`], [`outcome`]: what is shown
//! - [`host`]: the other dialect
//! - [`batch`], [`bulk`]: the lines of `-f`, and many lookups at once
//! - [`validate`]: the chain of `+validate`
//! - [`resolv_conf`], [`search`], [`idn`], [`reverse`], [`gai`]: the local side
//! - [`annotate`]: a message octet by octet
//! - [`offline`]: messages that are not asked for but given
//! - [`compare`]: one name, every source side by side
//! - [`hosts`], [`nsswitch`], [`stub`], [`gai_conf`], [`rfc6724`]: what the C library goes by
//! - [`trace`], [`nssearch`], [`tree`], [`delegation`], [`dns64`]: from the root down, every server of a zone, what a
//!   parent says of a child's signatures, and prefixes of DNS64
//! - `nsec3`: hashes of names
//! - [`diff`], [`watch`]: several servers beside each other, one question again and again
//! - [`shell`]: sockets, clocks and files, and [`shell::run`]
#![forbid(unsafe_code)]

use sockeye_cli::output::Output;
use sockeye_cli::{Exit, Failure, Invocation, Manual, Presentation, Status, Tool};

pub mod annotate;
pub mod args;
pub mod batch;
pub mod bulk;
pub mod cli;
pub mod compare;
pub mod cookie;
pub mod delegation;
pub mod diff;
pub mod dns64;
pub mod doh;
pub mod edns;
pub mod exchange;
pub mod explain;
pub mod fault;
pub mod gai;
pub mod gai_conf;
pub mod header;
pub mod host;
pub mod hosts;
pub mod idn;
pub mod json;
mod manual;
pub mod meaning;
pub mod message;
pub mod name;
mod nsec3;
pub mod nssearch;
pub mod nsswitch;
pub mod offline;
pub mod options;
#[cfg(test)]
mod oracle;
pub mod outcome;
pub mod printer;
pub mod query;
pub mod question;
pub mod rdata;
pub mod record;
pub mod registry;
pub mod resolv_conf;
pub mod reverse;
pub mod rfc6724;
pub mod search;
pub mod shell;
pub mod span;
pub mod stub;
pub mod style;
pub mod trace;
pub mod transport;
pub mod tree;
pub mod tsig;
pub mod validate;
pub mod watch;
pub mod xfr;
pub mod yaml;

/// The tool.
#[derive(Clone, Copy, Debug)]
pub struct Dig;

impl Tool for Dig {
    const NAME: &'static str = "dig";
    type Options = options::Options;

    fn command() -> clap::Command {
        cli::command()
    }

    fn manual() -> Manual {
        manual::MANUAL
    }

    fn parse(invocation: &Invocation) -> Result<Self::Options, Exit> {
        let args: Vec<String> = invocation.args.iter().map(|arg| args::argument(arg)).collect();
        if invocation.name == "host" {
            return host::args::parse(&args, &mut shell::resolve).map_err(cli::host_text);
        }
        Ok(args::parse(&args, &shell::digrc(), &mut shell::resolve))
    }

    fn presentation(options: &Self::Options) -> Presentation {
        options.presentation
    }

    fn run(options: &Self::Options, output: &mut Output<'_>) -> Result<Status, Failure> {
        shell::run(options, output)
    }
}
