//! The executable `lab`.

fn main() -> std::process::ExitCode {
    sockeye_cli::main::<sockeye_lab::Lab>()
}
