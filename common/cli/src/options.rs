//! The options that every tool has.

use clap::{Args, ValueEnum};

/// How a run is shown. Flatten this into a tool's clap options; a tool with subcommands takes them behind those too.
#[derive(Args, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Presentation {
    /// Show the working, step by step
    #[arg(long, global = true, help_heading = "Output")]
    pub explain: bool,
    /// Print JSON Lines: one object a line, with "schema", "type" and "data"
    #[arg(long, global = true, help_heading = "Output")]
    pub json: bool,
    /// Use colour: on a terminal, always or never
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", help_heading = "Output")]
    pub color: ColorWhen,
}

/// When to use colour.
#[derive(ValueEnum, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ColorWhen {
    /// On a terminal, unless NO_COLOR is set
    #[default]
    Auto,
    /// Even into a file or a pipe
    Always,
    /// Not even on a terminal
    Never,
}

impl ColorWhen {
    /// Whether to colour what goes to `stream`.
    pub(crate) fn resolve(self, stream: &impl anstream::stream::RawStream) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto => !matches!(anstream::AutoStream::choice(stream), anstream::ColorChoice::Never),
        }
    }
}
