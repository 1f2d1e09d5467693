//! What every Sockeye tool shares at its edge.
//!
//! - [`Tool`] and [`main`]: from argv to an exit status
//! - [`Output`]: the one door to standard output (text, tables, JSON Lines, explanations, colour, closed pipes)
//! - [`Status`] and [`Failure`]: how a run ends
//! - [`Confined`]: what a run gives up once its sockets and files are open, and what came of it
//! - [`Presentation`]: the options that every tool has
//! - [`manual`], [`completions`]: man pages and completion scripts from one source
//! - [`escape`]: text from outside, made safe for a terminal
//! - [`values`]: whole numbers and times of options, each with its range
//! - [`progress`]: a line on standard error while long work runs
#![forbid(unsafe_code)]

pub mod completions;
pub mod confined;
pub mod failure;
mod json;
pub mod manual;
pub mod options;
pub mod output;
pub mod progress;
mod stream;
pub mod table;
mod tool;
pub mod values;

pub use confined::Confined;
pub use failure::{Failure, Status};
pub use manual::Manual;
pub use options::Presentation;
pub use output::{Output, Render, Text};
pub use sockeye_common::escape;
#[doc(hidden)]
pub use sockeye_sys as sys;
pub use tool::{COLUMNS, Exit, Invocation, Tool, command_first, main, parse_clap, run};
