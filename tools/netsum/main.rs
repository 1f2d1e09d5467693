//! The executable `netsum`.

fn main() -> std::process::ExitCode {
    sockeye_cli::main::<sockeye_netsum::Netsum>()
}
