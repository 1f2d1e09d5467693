//! The command line.

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;

use clap::Parser;
use sockeye_cli::escape::escape_octets;
use sockeye_cli::{Failure, Presentation};

/// What the command line says.
#[derive(Parser, Clone, Debug)]
#[command(name = "url", version, about = "Take a URL apart as a browser does, and show what a socket gets from it")]
pub struct Options {
    /// The URLs to take apart
    #[arg(value_name = "URL", required = true)]
    pub urls: Vec<OsString>,
    /// Ask getaddrinfo(3) for the addresses of each host
    #[arg(long)]
    pub resolve: bool,
    /// How a run is shown.
    #[command(flatten)]
    pub presentation: Presentation,
}

impl Options {
    /// The URLs as text.
    ///
    /// # Errors
    /// [`Failure`] that names the first one that is not UTF-8, before anything is done.
    pub fn texts(&self) -> Result<Vec<&str>, Failure> {
        self.urls.iter().map(|url| text(url)).collect()
    }
}

fn text(url: &OsString) -> Result<&str, Failure> {
    let octets = url.as_bytes();
    str::from_utf8(octets).map_err(|error| {
        let shown = escape_octets(octets);
        Failure::usage(format!("\"{shown}\": not UTF-8 at octet {}", error.valid_up_to()))
            .hint("percent-encode what is not UTF-8")
    })
}
