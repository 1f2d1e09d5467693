//! url: takes URLs apart.

fn main() -> std::process::ExitCode {
    sockeye_cli::main::<sockeye_url::Url>()
}
