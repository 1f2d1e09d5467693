//! `ports options` on the command line.

use std::fmt;
use std::str::FromStr;

use clap::Args;
use sockeye_common::addr::Service;

/// The arguments.
#[derive(Args, Debug)]
pub(super) struct OptsArgs {
    /// A process (4711), one of its descriptors (4711/3), or a local port (:8080) and everybody who has it
    #[arg(value_name = "PID[/FD]|:PORT", required = true)]
    whose: Vec<Whose>,
    /// Only what differs from a new socket of the same kind
    #[arg(short, long)]
    changed: bool,
}

/// Whose sockets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whose {
    /// Every socket of a process.
    Process(u32),
    /// One descriptor.
    Descriptor {
        /// The process.
        pid: u32,
        /// Its descriptor.
        fd: u32,
    },
    /// Every socket that has a local port.
    Port(Service),
}

impl FromStr for Whose {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(port) = text.strip_prefix(':') {
            return port.parse().map(Self::Port).map_err(|error| format!("{error}"));
        }
        let number = |digits| super::number(digits).ok_or_else(|| "neither PID, PID/FD nor :PORT".to_owned());
        match text.split_once('/') {
            None => number(text).map(Self::Process),
            Some((pid, fd)) => Ok(Self::Descriptor { pid: number(pid)?, fd: number(fd)? }),
        }
    }
}

impl fmt::Display for Whose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Process(pid) => write!(f, "process {pid}"),
            Self::Descriptor { pid, fd } => write!(f, "{pid}/{fd}"),
            Self::Port(Service::Number(port)) => write!(f, ":{port}"),
            Self::Port(Service::Name(name)) => write!(f, ":{name}"),
        }
    }
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opts {
    /// Whose sockets.
    pub whose: Vec<Whose>,
    /// Whether only what differs is shown.
    pub changed: bool,
}

impl OptsArgs {
    /// What they ask for.
    pub(super) fn job(self) -> Opts {
        Opts { whose: self.whose, changed: self.changed }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processes_descriptors_and_ports() {
        assert_eq!("4711".parse(), Ok(Whose::Process(4711)));
        assert_eq!("4711/3".parse(), Ok(Whose::Descriptor { pid: 4711, fd: 3 }));
        assert_eq!(":80".parse(), Ok(Whose::Port(Service::Number(80))));
        assert_eq!(":http".parse(), Ok(Whose::Port(Service::Name("http".to_owned()))));
        for wrong in ["", "x", "1/", "/1", "-1", "+1", "1/+2", "1/2/3", ":", ":99999"] {
            assert!(wrong.parse::<Whose>().is_err(), "{wrong}");
        }
    }
}
