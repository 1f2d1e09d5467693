//! What proves whose a trace event is, and what is asked where nothing does.

use std::collections::{HashMap, HashSet};

use super::super::key::Key;
use super::super::notice::{Micros, Seen};
use crate::socket::Socket;

/// How many questions a round may ask. What is left over waits for the next.
const QUESTIONS: usize = 20_000;

/// What the kernel is to be asked about one socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The socket as it was last known; its cookie is zero if only its ends are.
    pub socket: Socket,
    /// When its end was told of, and by what. What follows it may have another cookie.
    pub ended: Option<Seen>,
}

/// What listings and close messages prove, by the ends of the socket.
pub(super) struct Evidence {
    pub(super) rows: HashMap<Key, Socket>,
    closed: HashMap<Key, Socket>,
    by_cookie: HashMap<u64, Socket>,
}

impl Evidence {
    pub(super) fn new(rows: &[(Socket, Seen)], closed: &[(Socket, Micros)]) -> Self {
        let rows = rows.iter().map(|(socket, ..)| (Key::of(socket), socket.clone())).collect();
        let by_cookie = closed.iter().map(|(socket, _)| (socket.cookie, socket.clone())).collect();
        let closed = closed.iter().map(|(socket, _)| {
            let key = Key::of(socket);
            (if socket.peer.port() == 0 { key.without_peer() } else { key }, socket.clone())
        });
        Self { rows, closed: closed.collect(), by_cookie }
    }

    /// The close message of the socket with these ends, and with this cookie where the trace tells it. The kernel may
    /// have forgotten the peer already.
    ///
    /// Before Linux 5.10 each namespace counted its cookies for itself: the port must be the same too.
    pub(super) fn close(&self, key: Key, cookie: Option<u64>) -> Option<Socket> {
        let same_port = |socket: &&Socket| Key::of(socket).without_peer() == key.without_peer();
        match cookie {
            Some(cookie) => self.by_cookie.get(&cookie).filter(same_port).cloned(),
            None => self.closed.get(&key).or_else(|| self.closed.get(&key.without_peer())).cloned(),
        }
    }
}

/// What to ask, each socket once.
#[derive(Debug, Default)]
pub(super) struct Questions {
    pub(super) all: Vec<Question>,
    asked: HashSet<Key>,
}

impl Questions {
    pub(super) fn add(&mut self, socket: Socket, ended: Option<Seen>) {
        let key = Key::of(&socket);
        if self.asked.insert(key) {
            if self.all.len() < QUESTIONS {
                self.all.push(Question { socket, ended });
            }
        } else if ended.is_some()
            && let Some(known) = self.all.iter_mut().find(|question| Key::of(&question.socket) == key)
        {
            known.ended = known.ended.or(ended);
        }
    }
}
