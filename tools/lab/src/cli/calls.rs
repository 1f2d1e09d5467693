//! The options of `lab calls`.

use clap::Args;
use sockeye_cli::Failure;

use crate::calls::{Calls, script};

#[derive(Args, Debug)]
pub(super) struct CallsArgs {
    /// The calls, with ; between them; without, each line of standard input has some
    #[arg(value_name = "SCRIPT")]
    script: Vec<String>,
    /// End with the first call that fails, with status 1
    #[arg(long)]
    stop: bool,
}

impl CallsArgs {
    /// # Errors
    /// [`Failure`] that points at what is wrong with the script.
    pub(super) fn read(self) -> Result<Calls, Failure> {
        let Self { script: words, stop } = self;
        let script = if words.is_empty() {
            None
        } else {
            let text = words.join("; ");
            Some(script::parse(&text).map_err(|error| Failure::usage(error.message).pointing(&text, error.at))?)
        };
        Ok(Calls { script, stop })
    }
}
