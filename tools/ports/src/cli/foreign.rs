//! Options of ss, netstat and lsof that are not ours: what does the same here, or that nothing does.

use sockeye_cli::{Exit, Failure};

/// What is said of an option, by the names it has elsewhere.
const ADVICE: [(&[&str], &str); 18] = [
    (&["-E", "--events"], "ports log shows each connection as it closes, ports watch each change of state"),
    (&["-K", "--kill"], "ports free PORT destroys what no process holds; ports by the name ss has -K"),
    (&["-c", "--continuous", "--watch"], "ports watch shows each change, ports backlog --follow the accept queues"),
    (&["-b", "--bpf"], "socket filters are not shown; ports by the name ss has -b"),
    (&["--xdp"], "sockets of XDP are not listed"),
    (&["--tipc"], "sockets of TIPC are not listed"),
    (&["--smc"], "sockets of SMC are not listed"),
    (&["-T", "--threads"], "threads share the descriptors of their process: -p; ports by the name ss has -T"),
    (&["-z", "-Z", "--context", "--contexts"], "contexts of SELinux are not shown"),
    (&["-D", "--diag"], "ports by the name ss has -D"),
    (&["-F", "--filter"], "the filter stands on the command line; ports by the name ss has -F"),
    (&["-Q", "--no-queues"], "-o=proto,state,local,peer chooses columns"),
    (&["--tos"], "-o=+tos,tclass adds these columns"),
    (&["--cgroup"], "-o=+cgroup adds this column"),
    (&["--inet-sockopt"], "ports options PID/FD shows the options of a socket"),
    (&["-P", "--no-port-names", "--numeric-ports"], "-n shows ports as numbers"),
    (&["-g", "--groups", "-I", "--interfaces", "--route", "--statistics"], "ports by the name netstat has this"),
    (&["-W", "--wide"], "-O prints one line a socket, however long"),
];

/// Puts what helps in place of what clap finds similar: an option that is spelled alike does something else.
pub(super) fn advise(exit: Exit) -> Exit {
    let Exit::Failure(Failure::Fault { status, message, hint, excerpt }) = exit else { return exit };
    let (said, similar) =
        message.split_once("; tip: ").map_or((message.as_str(), None), |(said, tip)| (said, Some(tip)));
    let unknown = said.strip_prefix("unexpected argument '").and_then(|rest| rest.strip_suffix("' found"));
    let advice = unknown.and_then(|unknown| ADVICE.iter().find(|(names, _)| names.contains(&unknown)));
    let failure = match (unknown, advice) {
        (Some(unknown), Some((_, advice))) => Failure::new(status, format!("no option {unknown}")).hint(*advice),
        // One that is more than a slip of the finger away is no help.
        (Some(unknown), None) if similar.is_some_and(|tip| !is_near(unknown, tip)) => {
            return Exit::Failure(Failure::Fault { status, message: said.to_owned(), hint, excerpt });
        }
        _ => return Exit::Failure(Failure::Fault { status, message, hint, excerpt }),
    };
    Exit::Failure(failure)
}

/// Whether the option in a tip is what was typed but for one letter of three.
fn is_near(unknown: &str, tip: &str) -> bool {
    tip.split('\'')
        .nth(1)
        .is_some_and(|meant| crate::columns::distance(unknown, meant) * 3 <= unknown.len().saturating_sub(2))
}

#[cfg(test)]
mod tests {
    use super::*;
    use sockeye_cli::Invocation;

    fn said(args: &[&str]) -> String {
        let invocation = Invocation { name: "ports".into(), args: args.iter().map(Into::into).collect() };
        match super::super::parse(&invocation).unwrap_err() {
            Exit::Failure(failure) => failure.to_string(),
            Exit::Text { text, .. } => text,
        }
    }

    #[test]
    fn what_other_listers_have_is_told_and_what_is_only_spelled_alike_is_not() {
        let log = "no option --events (ports log shows each connection as it closes, ports watch each change of state)";
        assert_eq!(said(&["--events"]), log);
        assert!(said(&["-tanK"]).starts_with("no option -K (ports free PORT "), "{}", said(&["-tanK"]));
        assert_eq!(said(&["--xdp"]), "no option --xdp (sockets of XDP are not listed)");
        assert_eq!(said(&["--no-such"]), "unexpected argument '--no-such' found (see ports --help)");
        assert!(is_near("--memry", "a similar argument exists: '--memory'"));
        assert!(!is_near("--kill", "a similar argument exists: '--all'"));
    }

    #[test]
    fn no_option_of_ours_is_called_foreign() {
        let command = super::super::command();
        for (name, _) in ADVICE.iter().flat_map(|(names, advice)| names.iter().map(move |name| (*name, advice))) {
            let ours = command.get_arguments().any(|arg| {
                let long = name.strip_prefix("--");
                let short = name.strip_prefix('-').filter(|_| long.is_none()).and_then(|short| short.chars().next());
                arg.get_long_and_visible_aliases().unwrap_or_default().iter().any(|own| Some(*own) == long)
                    || arg.get_short_and_visible_aliases().unwrap_or_default().iter().any(|own| Some(*own) == short)
            });
            assert!(!ours, "{name}");
        }
    }
}
