//! dig: DNS lookups byte for byte as dig prints them, and getaddrinfo beside them.
#![cfg_attr(target_env = "gnu", no_main)]

sockeye_cli::start!(sockeye_dig::Dig);
