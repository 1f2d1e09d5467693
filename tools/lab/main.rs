//! The executable `lab`.
#![cfg_attr(target_env = "gnu", no_main)]

sockeye_cli::start!(sockeye_lab::Lab);
