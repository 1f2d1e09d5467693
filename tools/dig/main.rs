//! dig: DNS lookups byte for byte as dig prints them, and getaddrinfo beside them.

fn main() -> std::process::ExitCode {
    sockeye_cli::main::<sockeye_dig::Dig>()
}
