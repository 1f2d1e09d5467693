//! Every tool of the suite, as the tests that look at all of them see it.

use clap::Command;
use sockeye_cli::{Manual, Tool};

/// Name, options and manual of each tool.
pub(crate) fn all() -> Vec<(&'static str, Command, Manual)> {
    fn of<T: Tool>() -> (&'static str, Command, Manual) {
        (T::NAME, T::command(), T::manual())
    }
    vec![
        of::<sockeye_nc::Nc>(),
        of::<sockeye_dig::Dig>(),
        of::<sockeye_url::Url>(),
        of::<sockeye_netsum::Netsum>(),
        of::<sockeye_ports::Ports>(),
        of::<sockeye_hop::Hop>(),
        of::<sockeye_addr::Addr>(),
        of::<sockeye_lab::Lab>(),
    ]
}
