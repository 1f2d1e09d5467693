//! The executable `nc`.

fn main() -> std::process::ExitCode {
    sockeye_cli::main::<sockeye_nc::Nc>()
}
