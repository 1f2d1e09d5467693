//! The words for states and groups of states: ss's, RFC 9293's, netstat's, and our own.

use sockeye_sys::TcpState;
use sockeye_sys::sock_diag::StateMask;

use crate::state::State;

const SYN_RECEIVED: StateMask = StateMask::SYN_RECEIVED.union(StateMask::NEW_SYN_RECEIVED);
/// What the kernel keeps in a small structure of its own.
const BUCKET: StateMask = SYN_RECEIVED.union(StateMask::TIME_WAIT);
/// Without the ones that are only bound: ss 7.1 takes them in.
const CONNECTED: StateMask =
    StateMask::ALL.without(StateMask::LISTEN).without(StateMask::CLOSED).without(StateMask::BOUND_INACTIVE);

/// Each word without hyphens, and the states that it stands for. The first word for some states is the one to show.
const WORDS: [(&str, &str, StateMask); 31] = [
    ("all", "all", StateMask::ALL),
    ("connected", "connected", CONNECTED),
    ("synchronized", "synchronized", CONNECTED.without(StateMask::SYN_SENT)),
    ("bucket", "bucket", BUCKET),
    ("big", "big", StateMask::ALL.without(BUCKET)),
    ("established", "established", StateMask::ESTABLISHED),
    ("estab", "established", StateMask::ESTABLISHED),
    ("synsent", "syn-sent", StateMask::SYN_SENT),
    ("synreceived", "syn-received", SYN_RECEIVED),
    ("synrecv", "syn-received", SYN_RECEIVED),
    ("synrcv", "syn-received", SYN_RECEIVED),
    ("newsynreceived", "syn-received", SYN_RECEIVED),
    ("newsynrecv", "syn-received", SYN_RECEIVED),
    ("finwait1", "fin-wait-1", StateMask::FIN_WAIT_1),
    ("finwait2", "fin-wait-2", StateMask::FIN_WAIT_2),
    ("timewait", "time-wait", StateMask::TIME_WAIT),
    ("closed", "closed", StateMask::CLOSED),
    ("close", "closed", StateMask::CLOSED),
    ("unconnected", "closed", StateMask::CLOSED),
    ("unconn", "closed", StateMask::CLOSED),
    ("closewait", "close-wait", StateMask::CLOSE_WAIT),
    ("lastack", "last-ack", StateMask::LAST_ACK),
    ("listen", "listening", StateMask::LISTEN),
    ("listening", "listening", StateMask::LISTEN),
    ("listener", "listening", StateMask::LISTEN),
    ("closing", "closing", StateMask::CLOSING),
    ("bound", "bound", StateMask::BOUND_INACTIVE),
    ("boundinactive", "bound", StateMask::BOUND_INACTIVE),
    ("synrecvd", "syn-received", SYN_RECEIVED),
    ("finwait", "fin-wait", StateMask::FIN_WAIT_1.union(StateMask::FIN_WAIT_2)),
    ("synchronised", "synchronized", CONNECTED.without(StateMask::SYN_SENT)),
];

/// The states that a word stands for, and the word to show. Neither case nor hyphens nor underscores matter.
pub(super) fn from_word(word: &str) -> Option<(&'static str, StateMask)> {
    let plain: String = word.chars().filter(|character| !matches!(character, '-' | '_')).collect();
    let found = WORDS.iter().find(|(known, ..)| known.eq_ignore_ascii_case(&plain));
    found.map(|(_, shown, states)| (*shown, *states))
}

/// The bits under which the kernel lists a socket in this state.
pub(super) fn bits(state: State) -> StateMask {
    match state {
        State::Tcp(TcpState::SynReceived | TcpState::NewSynReceived) => SYN_RECEIVED,
        State::Tcp(state) => state.into(),
        State::Unconnected => StateMask::CLOSED,
        State::Connected => StateMask::ESTABLISHED,
        State::Listening => StateMask::LISTEN,
        State::Connecting => StateMask::SYN_SENT,
        State::Closing => StateMask::CLOSING,
        State::Association(number) => TcpState::from(number).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_what_their_names_say() {
        let mask = |word| from_word(word).unwrap().1;
        // ss 7.1 lists bound sockets as connected, and half-open ones as big.
        assert_eq!(mask("connected").0, 0x1b7e);
        assert_eq!(mask("synchronized").0, 0x1b7a);
        assert_eq!(mask("bucket").0, 0x1048);
        assert_eq!(mask("big").0, 0x2fb6);
        assert_eq!(mask("big") | mask("bucket"), mask("all"));
    }

    #[test]
    fn every_spelling_is_understood() {
        for (spellings, mask) in [
            (&["established", "ESTAB", "Established"][..], StateMask::ESTABLISHED),
            (&["fin-wait-1", "FIN_WAIT1", "FIN-WAIT-1", "finwait1"], StateMask::FIN_WAIT_1),
            (&["syn-recv", "syn-rcv", "SYN-RECEIVED", "SYN_RECV"], SYN_RECEIVED),
            (&["close", "closed", "unconnected", "UNCONN"], StateMask::CLOSED),
            (&["listening", "LISTEN"], StateMask::LISTEN),
            (&["bound-inactive", "BOUND"], StateMask::BOUND_INACTIVE),
            (&["TIME-WAIT", "time_wait"], StateMask::TIME_WAIT),
        ] {
            for spelling in spellings {
                assert_eq!(from_word(spelling).map(|(_, states)| states), Some(mask), "{spelling}");
            }
        }
        assert_eq!(from_word("established2"), None);
        for state in TcpState::ALL {
            assert!(
                from_word(state.name().unwrap()).is_some_and(|(_, mask)| mask.intersects(state.into())),
                "{state:?}"
            );
        }
    }
}
