//! addr: addresses, networks and byte order.
#![cfg_attr(target_env = "gnu", no_main)]

sockeye_cli::start!(sockeye_addr::Addr);
