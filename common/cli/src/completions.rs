//! Completion scripts, from the same clap description as `--help` and the man page.

use std::fmt::Write as _;

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
    let script = text(script)?;
    Some(match shell {
        Shell::Bash => script.replace(BASH_PREV, BASH_PREV_BEFORE_EQUALS),
        Shell::Fish => waiting_for_a_value(&script),
        _ => script,
    })
}

/// How clap_complete takes the word before the one to be completed in bash.
const BASH_PREV: &str = "    prev=\"$3\"\n";
/// The same for `--color=al`, which readline cuts at the equals sign: the option stands before that.
const BASH_PREV_BEFORE_EQUALS: &str = "    prev=\"$3\"
    if [[ \"${prev}\" == \"=\" && ${COMP_CWORD} -ge 2 ]]; then
        prev=\"${COMP_WORDS[COMP_CWORD-2]}\"
    fi
";

/// clap_complete's fish script offers nothing between an option and its value where there are subcommands, since
/// argparse refuses the option that still waits; so it is left out then.
fn waiting_for_a_value(script: &str) -> String {
    let mut whole = String::with_capacity(script.len());
    for line in script.lines() {
        whole.push_str(line);
        whole.push('\n');
        if let Some(argparse) = line.strip_suffix(" -- $cmd 2>/dev/null")
            && let Some(argparse) = argparse.strip_prefix("    ")
        {
            // Writing to a String cannot fail.
            let _ = writeln!(whole, "    or {argparse} -- $cmd[1..-2] 2>/dev/null");
        }
    }
    whole
}

fn text(script: Vec<u8>) -> Option<String> {
    String::from_utf8(script).ok()
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::options::Presentation;

    #[derive(Parser, Debug)]
    #[command(name = "lab")]
    struct Cli {
        #[command(flatten)]
        _presentation: Presentation,
        #[command(subcommand)]
        _command: Job,
    }

    #[derive(clap::Subcommand, Debug)]
    enum Job {
        Tour,
    }

    /// What clap_complete writes may change; then these two places must be looked at again.
    #[test]
    fn the_value_of_an_option_is_completed_behind_an_equals_sign_and_in_front_of_the_command() {
        let shown = |shell| script(&<Cli as clap::CommandFactory>::command(), shell).unwrap();
        let bash = shown("bash");
        assert_eq!(bash.matches(BASH_PREV_BEFORE_EQUALS).count(), 1, "{bash}");
        let fish = shown("fish");
        let parsed = "argparse -s (__fish_lab_global_optspecs) --";
        let both = format!("    {parsed} $cmd 2>/dev/null\n    or {parsed} $cmd[1..-2] 2>/dev/null\n    or return\n");
        assert_eq!(fish.matches(&both).count(), 1, "{fish}");
        for shell in SHELLS {
            assert!(shown(shell).contains("tour"), "{shell}");
        }
        assert_eq!(script(&<Cli as clap::CommandFactory>::command(), "tcsh"), None);
    }
}
