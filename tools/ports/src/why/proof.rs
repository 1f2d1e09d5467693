//! What trial binds prove of options that no list shows.

use serde::Serialize;

use super::errno::Errno;
use super::rules::{Conflict, Doubt, Host, Prediction, Question, conflict, helping};

/// What a trial bind came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Tried {
    /// It was bound, and closed at once.
    Bound,
    /// The kernel refused.
    Refused {
        /// With this.
        errno: Errno,
    },
    /// It was left alone, since it would have taken datagrams from a socket of another.
    NotTried,
}

/// A trial bind, and what the rules said of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trial {
    /// The call.
    pub question: Question,
    /// What the rules said.
    pub prediction: Prediction,
    /// What the kernel said.
    pub tried: Tried,
}

/// What is proved of one socket. A socket that comes or goes meanwhile is left out of account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Proof {
    /// Whether it has set `SO_REUSEADDR`.
    pub address: Option<bool>,
    /// Whether it has set `SO_REUSEPORT`.
    pub port: Option<bool>,
    /// Whether it has `IPV6_V6ONLY`.
    pub v6only: Option<bool>,
}

/// What `trials` prove of the socket at `place` of [`Host::holders`].
///
/// Success beside it proves the option that was in doubt, if only one was. A refusal proves that it lacks each of them, if no
/// other socket can be the cause.
pub fn proof(trials: &[Trial], place: usize, host: &Host) -> Proof {
    let mut proof = Proof::default();
    for trial in trials {
        let Some(holder) = host.holders.get(place) else { break };
        let Conflict::Unless(doubt) = conflict(&trial.question, holder, host.uid) else { continue };
        let helps = helping(&trial.question, &holder.socket, host.uid);
        let (reuse, v6only) = (doubt != Doubt::V6Only, doubt != Doubt::Reuse);
        let doubts = [reuse && helps.address, reuse && helps.port, v6only];
        let alone = doubts.iter().filter(|doubted| **doubted).count() == 1;
        let proved = match trial.tried {
            Tried::Bound if alone => true,
            Tried::Refused { errno: Errno::EADDRINUSE } if is_only_cause(&trial.prediction, place) => false,
            _ => continue,
        };
        let [address, port, v6only] = doubts.map(|doubted| doubted.then_some(proved));
        proof.address = proof.address.or(address);
        proof.port = proof.port.or(port);
        proof.v6only = proof.v6only.or(v6only);
    }
    proof
}

/// Whether a refusal of what the rules were unsure of can only come from the socket at `place`.
fn is_only_cause(prediction: &Prediction, place: usize) -> bool {
    matches!(prediction, Prediction::Unsure { culprits } if culprits[..] == [place])
}

/// Whether the socket at `place` is in the way of the call of `trial`; `None` if neither rules nor kernel tell.
pub fn in_the_way(conflict: Conflict, trial: Option<&Trial>, place: usize) -> Option<bool> {
    match (conflict, trial.map(|trial| (trial.tried, &trial.prediction))) {
        (Conflict::No(_), _) | (_, Some((Tried::Bound, _))) => Some(false),
        (Conflict::Yes, _) => Some(true),
        (Conflict::Unless(_), Some((Tried::Refused { errno: Errno::EADDRINUSE }, prediction)))
            if is_only_cause(prediction, place) =>
        {
            Some(true)
        }
        (Conflict::Unless(_), _) => None,
    }
}

#[cfg(test)]
mod tests {
    use sockeye_sys::{Protocol, TcpState};

    use super::*;
    use crate::samples::socket;
    use crate::why::rules::{Holder, predict, sample_host};

    fn waiting() -> Holder {
        let socket = socket(Protocol::TCP, TcpState::TimeWait, "127.0.0.1:5000", "127.0.0.1:4000");
        Holder { socket, reuse: None, v6only: None }
    }

    fn trial(host: &Host, address: bool, port: bool, tried: Tried) -> Trial {
        let question = Question {
            protocol: Protocol::TCP,
            addr: "127.0.0.1:5000".parse().unwrap(),
            v6only: false,
            reuse_address: address,
            reuse_port: port,
            device: None,
        };
        Trial { question, prediction: predict(&question, host), tried }
    }

    const REFUSED: Tried = Tried::Refused { errno: Errno::EADDRINUSE };

    #[test]
    fn a_trial_tells_what_the_closed_socket_had_set() {
        let host = sample_host(vec![waiting()]);
        let of = |address, port, tried| proof(&[trial(&host, address, port, tried)], 0, &host);
        assert_eq!(of(true, false, REFUSED), Proof { address: Some(false), ..Proof::default() });
        assert_eq!(of(true, false, Tried::Bound), Proof { address: Some(true), ..Proof::default() });
        assert_eq!(of(false, true, REFUSED), Proof { port: Some(false), ..Proof::default() });
        assert_eq!(of(true, true, REFUSED), Proof { address: Some(false), port: Some(false), v6only: None });
        // One of them, and which is open.
        assert_eq!(of(true, true, Tried::Bound), Proof::default());
        assert_eq!(of(false, false, REFUSED), Proof::default(), "nothing was in doubt");
        assert_eq!(of(true, false, Tried::Refused { errno: Errno::EPERM }), Proof::default());
        assert_eq!(of(true, false, Tried::NotTried), Proof::default());
    }

    #[test]
    fn a_refusal_beside_two_proves_nothing_of_one() {
        let host = sample_host(vec![waiting(), waiting()]);
        let refused = trial(&host, true, false, REFUSED);
        assert_eq!(proof(std::slice::from_ref(&refused), 0, &host), Proof::default());
        let doubt = Conflict::Unless(Doubt::Reuse);
        assert_eq!(in_the_way(doubt, Some(&refused), 0), None);
        let one = sample_host(vec![waiting()]);
        assert_eq!(in_the_way(doubt, Some(&trial(&one, true, false, REFUSED)), 0), Some(true));
        assert_eq!(in_the_way(doubt, Some(&trial(&one, true, false, Tried::Bound)), 0), Some(false));
        assert_eq!((in_the_way(doubt, None, 0), in_the_way(Conflict::Yes, None, 0)), (None, Some(true)));
    }

    #[test]
    fn a_refusal_tells_that_a_connection_of_ipv6_takes_ipv4_too() {
        let mut left = waiting();
        (left.socket.local, left.socket.peer) = ("[::1]:5000".parse().unwrap(), "[::1]:4000".parse().unwrap());
        let host = sample_host(vec![left]);
        let mut refused = trial(&host, false, false, REFUSED);
        refused.question.addr = "0.0.0.0:5000".parse().unwrap();
        refused.prediction = predict(&refused.question, &host);
        assert_eq!(proof(&[refused], 0, &host), Proof { v6only: Some(false), ..Proof::default() });
    }
}
