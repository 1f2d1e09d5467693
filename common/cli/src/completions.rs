//! Completion scripts, from the same clap description as `--help` and the man page.

use clap::Command;
use clap_complete::Shell;

/// The shells that we write scripts for.
pub const SHELLS: [&str; 6] = ["bash", "zsh", "fish", "elvish", "nushell", "powershell"];

/// Where the script of `tool` for `shell` lies below `completions/`, named as that shell looks for it.
pub fn path(tool: &str, shell: &str) -> String {
    match shell {
        "zsh" => format!("zsh/_{tool}"),
        "fish" => format!("fish/{tool}.fish"),
        "elvish" => format!("elvish/{tool}.elv"),
        "nushell" => format!("nushell/{tool}.nu"),
        "powershell" => format!("powershell/_{tool}.ps1"),
        _ => format!("{shell}/{tool}"),
    }
}

/// The script of `command` for `shell`, or `None` for a shell that is not among [`SHELLS`].
pub fn script(command: &Command, shell: &str) -> Option<String> {
    let mut command = command.clone();
    let name = command.get_name().to_owned();
    let mut script = Vec::new();
    let shell = match shell {
        "nushell" => {
            clap_complete::generate(clap_complete_nushell::Nushell, &mut command, name, &mut script);
            return text(script);
        }
        "bash" => Shell::Bash,
        "zsh" => Shell::Zsh,
        "fish" => Shell::Fish,
        "elvish" => Shell::Elvish,
        "powershell" => Shell::PowerShell,
        _ => return None,
    };
    clap_complete::generate(shell, &mut command, name, &mut script);
    text(script)
}

fn text(script: Vec<u8>) -> Option<String> {
    String::from_utf8(script).ok()
}
