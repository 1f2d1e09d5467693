//! What a server for many clients does, apart from how: the shell has the sockets and calls a [`Service`].

use std::collections::BTreeMap;

use crate::address::Address;
use crate::app::{Flow, Talker};
use crate::options::App;

/// A client, by the order in which they came: 1 is the first. No number is used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClientId(pub u64);

/// Where a [`Service`] sends to. Nothing here waits: what a client does not take at once is kept for it.
pub trait Outgoing {
    /// Sends to one client. Nothing happens if it has left.
    fn send(&mut self, to: ClientId, octets: &[u8]);
    /// Ends what a client gets, when what was sent to it has gone out; it may go on sending.
    fn end(&mut self, client: ClientId);
    /// Closes a connection when what was sent to it has gone out.
    fn close(&mut self, client: ClientId);
    /// How many octets a client has not taken yet.
    fn queued(&self, client: ClientId) -> usize;
    /// Writes to standard output. Clients are not read from until it is out.
    fn print(&mut self, octets: &[u8]);
}

/// What the clients of a server find.
pub trait Service {
    /// Somebody has connected.
    fn opened(&mut self, client: ClientId, peer: &Address, out: &mut dyn Outgoing);

    /// A client has sent something.
    fn received(&mut self, client: ClientId, octets: &[u8], out: &mut dyn Outgoing);

    /// A client sends no more, and may still read: to close the connection is up to the service.
    fn ended(&mut self, client: ClientId, out: &mut dyn Outgoing);

    /// A client has left, and is not to be sent anything more.
    fn left(&mut self, _client: ClientId, _out: &mut dyn Outgoing) {}

    /// A client has taken everything. Called for as long as [`Self::streams`].
    fn ready(&mut self, _client: ClientId, _out: &mut dyn Outgoing) {}

    /// Whether clients are sent to without having asked.
    fn streams(&self) -> bool {
        false
    }

    /// Whether a client that does not take its answers is not read from.
    fn holds_back(&self) -> bool {
        true
    }

    /// Whether standard input is read.
    fn wants_input(&self) -> bool {
        false
    }

    /// Whether somebody is there to take what standard input brings. What is not read waits for the next client.
    fn takes_input(&self) -> bool {
        true
    }

    /// Standard input has brought something.
    fn input(&mut self, _octets: &[u8], _out: &mut dyn Outgoing) {}

    /// Whether nothing is to be read now, from clients or from standard input, because somebody has much to take. Who
    /// takes nothing at all meanwhile is turned out, so that this comes to an end.
    fn is_congested(&self, _out: &dyn Outgoing) -> bool {
        false
    }

    /// Standard input has ended.
    fn input_ended(&mut self, _out: &mut dyn Outgoing) {}

    /// Whether nobody else is to be let in, now that standard input has ended.
    fn is_over(&self) -> bool {
        false
    }
}

/// A built-in service for each client.
#[derive(Debug)]
pub struct Apps<Now> {
    app: App,
    clients: BTreeMap<ClientId, Talker>,
    /// The time in words, for daytime.
    now: Now,
    /// Spares an allocation for each read.
    scratch: Vec<u8>,
}

impl<Now: Fn() -> String> Apps<Now> {
    /// Serves `app`. `now` says the time.
    pub fn new(app: App, now: Now) -> Self {
        Self { app, clients: BTreeMap::new(), now, scratch: Vec::new() }
    }

    /// Lets a client's talker say something, and does what follows.
    fn talk(&mut self, client: ClientId, out: &mut dyn Outgoing, say: impl FnOnce(&mut Talker, &mut Vec<u8>) -> Flow) {
        let Some(talker) = self.clients.get_mut(&client) else { return };
        self.scratch.clear();
        let flow = say(talker, &mut self.scratch);
        if !self.scratch.is_empty() {
            out.send(client, &self.scratch);
        }
        if flow == Flow::Over {
            out.close(client);
        }
    }
}

impl<Now: Fn() -> String> Service for Apps<Now> {
    fn opened(&mut self, client: ClientId, _peer: &Address, out: &mut dyn Outgoing) {
        self.clients.insert(client, Talker::new(self.app, client.0));
        let now = if self.app == App::Daytime { (self.now)() } else { String::new() };
        self.talk(client, out, |talker, scratch| talker.opened(&now, scratch));
    }

    fn received(&mut self, client: ClientId, octets: &[u8], out: &mut dyn Outgoing) {
        self.talk(client, out, |talker, scratch| talker.heard(octets, scratch));
    }

    fn ended(&mut self, client: ClientId, out: &mut dyn Outgoing) {
        self.talk(client, out, Talker::client_ended);
    }

    fn left(&mut self, client: ClientId, _out: &mut dyn Outgoing) {
        self.clients.remove(&client);
    }

    fn ready(&mut self, client: ClientId, out: &mut dyn Outgoing) {
        self.talk(client, out, |talker, scratch| {
            talker.more(scratch);
            Flow::Open
        });
    }

    fn streams(&self) -> bool {
        self.app == App::Chargen
    }
}
