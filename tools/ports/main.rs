//! The executable `ports`.

fn main() -> std::process::ExitCode {
    sockeye_cli::main::<sockeye_ports::Ports>()
}
