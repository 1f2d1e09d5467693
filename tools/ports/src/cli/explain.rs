//! `ports explain` on the command line.

use clap::Args;
use sockeye_cli::escape::escape;
use sockeye_cli::values;
use sockeye_cli::{Exit, Failure};
use sockeye_common::addr::Host;

use super::number;
use crate::state::State;
use crate::target::Target;

/// The arguments.
#[derive(Args, Debug)]
pub struct ExplainArgs {
    /// A state as RFC 9293, ss or netstat spells it, a port (80, http, 53/udp, 127.0.0.1:80), or a process (pid:812)
    ///
    /// A bare number is a port, unless it is above 65535. Without it the whole state machine is shown.
    what: Option<String>,
    /// How many sockets of a port or process are explained
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = values::number::<usize>(..))]
    limit: usize,
    /// Leave out the drawing of the state machine
    #[arg(long)]
    no_drawing: bool,
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explain {
    /// What is explained.
    pub what: What,
    /// How many sockets at most.
    pub limit: usize,
    /// Whether the state machine is drawn.
    pub drawing: bool,
}

/// What is explained.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// The whole machine.
    Machine,
    /// One state.
    State(State),
    /// The sockets with this port, here or at the other end.
    Port {
        /// The port.
        target: Target,
        /// A process may have been meant: nothing but a number was given.
        bare: bool,
    },
    /// The sockets of a process.
    Process(u32),
}

impl ExplainArgs {
    /// Checks the arguments.
    ///
    /// # Errors
    /// [`Exit`] if what is to be explained is neither state nor port nor process.
    pub fn job(self) -> Result<Explain, Exit> {
        let what = match &self.what {
            None => What::Machine,
            Some(word) => What::parse(word).ok_or_else(|| unknown(word))?,
        };
        Ok(Explain { what, limit: self.limit, drawing: !self.no_drawing })
    }
}

fn unknown(word: &str) -> Failure {
    let names: Vec<&str> = State::nameable().filter_map(State::name).collect();
    Failure::usage(format!("{}: not a state, a port (80, http, 53/udp) or a process (pid:812)", escape(word)))
        .hint(format!("states: {}", names.join(" ")))
}

impl What {
    fn parse(word: &str) -> Option<Self> {
        if let Some(pid) = word.strip_prefix("pid:") {
            return number(pid).map(Self::Process);
        }
        if let Some(state) = State::named(word) {
            return Some(Self::State(state));
        }
        let bare = number(word);
        // A number that no port can be.
        if let Some(pid) = bare.filter(|pid| *pid > u32::from(u16::MAX)) {
            return Some(Self::Process(pid));
        }
        let target: Target = word.strip_prefix(':').unwrap_or(word).parse().ok()?;
        (!matches!(target.host, Some(Host::Name(_)))).then_some(Self::Port { target, bare: bare.is_some() })
    }
}

#[cfg(test)]
mod tests {
    use sockeye_sys::TcpState;

    use super::*;

    #[test]
    fn states_are_known_however_they_are_spelt() {
        for (words, expected) in [
            (["CLOSE-WAIT", "close_wait", "CloseWait"], TcpState::CloseWait),
            (["FIN_WAIT1", "fin-wait-1", "FIN-WAIT-1"], TcpState::FinWait1),
            (["SYN_RECV", "syn-rcvd", "SYN-RECEIVED"], TcpState::SynReceived),
            (["ESTAB", "established", "Established"], TcpState::Established),
            (["TIME_WAIT", "timewait", "time-wait"], TcpState::TimeWait),
            (["bound", "BOUND", "bound-inactive"], TcpState::BoundInactive),
        ] {
            for word in words {
                assert_eq!(What::parse(word), Some(What::State(State::Tcp(expected))), "{word}");
            }
        }
        assert_eq!(What::parse("UNCONN"), Some(What::State(State::Unconnected)));
        assert_eq!(What::parse("connected"), Some(What::State(State::Connected)));
    }

    #[test]
    fn a_bare_number_is_a_port() {
        let port = |text: &str| Some(What::Port { target: text.parse().unwrap(), bare: false });
        assert_eq!(What::parse("80"), Some(What::Port { target: "80".parse().unwrap(), bare: true }));
        assert_eq!(What::parse(":80"), port("80"));
        assert_eq!(What::parse("53/udp"), port("53/udp"));
        assert_eq!(What::parse("[::1]:80"), port("[::1]:80"));
        assert_eq!(What::parse("http"), port("http"));
        assert_eq!(What::parse("pid:80000"), Some(What::Process(80_000)));
        assert_eq!(What::parse("70000"), Some(What::Process(70_000)), "no port");
        for wrong in [":70000", "70000/udp", ":", "", "pid:", "pid:x", "name.example:80", "80/sctp", "\u{1b}"] {
            assert_eq!(What::parse(wrong), None, "{wrong}");
        }
        assert!(unknown("\u{1b}").to_string().starts_with("\\x1b: not a state"));
    }
}
