//! What lookups with the same options have in common, and whether the fast path can take them.

use std::sync::Arc;
use std::time::Duration;

use sockeye_cli::{Failure, Output};

use super::super::{Session, TIMEOUT_S, TRIES, key, terminal_takes_unicode};
use crate::bulk::{Form, Patience};
use crate::cookie::{self, Verdict};
use crate::edns::OptionCode;
use crate::message::{Message, Query};
use crate::options::{Globals, Lookup, Server};
use crate::query;
use crate::registry::{Opcode, Rcode, Type};

/// An option set.
pub(super) struct Kind {
    pub(super) globals: Globals,
    /// The lookup; each has a name of its own instead of that in it.
    pub(super) lookup: Lookup,
    /// How to ask without a session, if that can be done.
    pub(super) fast: Option<Fast>,
    /// What to sign with; then it is not fast.
    pub(super) key: key::Loaded,
}

/// A plain query over UDP.
pub(super) struct Fast {
    pub(super) form: Form,
    /// The query for the root, which stands for all of them.
    pub(super) query: Query,
    pub(super) servers: Vec<Server>,
    pub(super) patience: Patience,
}

impl Kind {
    /// Looks at an option set. `cookie` is the client cookie of the call.
    pub(super) fn new(
        globals: &Globals,
        lookup: &Lookup,
        cookie: [u8; 8],
        key: &key::Loaded,
        output: &Output<'_>,
    ) -> Result<Arc<Self>, Failure> {
        let globals = Globals { greeting: None, ..globals.clone() };
        let fast = if is_plain(&globals, lookup)
            && key.key.is_none()
            && !key.is_unusable
            && !output.is_json()
            && !output.is_explained()
        {
            Fast::new(&globals, lookup, cookie)?
        } else {
            None
        };
        let mut lookup = Lookup { name: String::new(), ..lookup.clone() };
        lookup.show.style.idn_out = lookup.idn_out.unwrap_or_else(terminal_takes_unicode);
        Ok(Arc::new(Self { globals, lookup, fast, key: key.clone() }))
    }
}

impl Kind {
    /// Whether it is the kind of that lookup, whose name is left out.
    pub(super) fn is_for(&self, globals: &Globals, lookup: &Lookup) -> bool {
        let mut show = lookup.show;
        show.style.idn_out = self.lookup.show.style.idn_out;
        self.globals == *globals && self.lookup == Lookup { show, ..lookup.clone() }
    }
}

impl Fast {
    fn new(globals: &Globals, lookup: &Lookup, cookie: [u8; 8]) -> Result<Option<Self>, Failure> {
        let root = Lookup { name: ".".to_owned(), ..lookup.clone() };
        let Ok(query) = query::build(&root, cookie) else { return Ok(None) };
        let Some(form) = Form::of_root(&query.emit()) else { return Ok(None) };
        let mut session = Session::new(globals, key::Loaded::default())?;
        session.read_conf()?;
        let (servers, _) = session.servers(lookup);
        if servers.is_empty() || servers.iter().any(|server| !globals.allows(server.addr.ip())) {
            return Ok(None);
        }
        let conf = session.conf.unwrap_or_default();
        let timeout_s = globals.timeout_s.or(conf.timeout_s).unwrap_or(TIMEOUT_S).max(1);
        let patience = Patience {
            servers: servers.len(),
            tries: lookup.tries.or(conf.attempts).unwrap_or(TRIES).max(1),
            timeout: Duration::from_secs(timeout_s.into()),
        };
        Ok(Some(Self { form, query, servers, patience }))
    }
}

impl Fast {
    /// Whether a session would take the message for an answer and say nothing else about it.
    pub(super) fn is_content_with(&self, message: &Message, lookup: &Lookup) -> bool {
        let rcode = message.rcode();
        message.is_well_formed()
            && message.unread == 0
            && message.tsig.is_none()
            && message.questions.len() == 1
            // The upper bits are in EDNS: BADVERS and BADCOOKIE are among them.
            && rcode.0 == message.header.rcode_low()
            && (rcode != Rcode::SERVFAIL || (lookup.fail && self.servers.len() == 1))
    }

    /// What the cookie of an answer is worth.
    pub(super) fn judge(&self, message: &Message) -> Option<Verdict> {
        let ours = self.query.edns.as_ref()?.option(OptionCode::COOKIE)?;
        let theirs = message.edns.as_ref()?.option(OptionCode::COOKIE)?;
        Some(cookie::judge(&ours.data, &theirs.data))
    }
}

/// Whether nothing was asked for but a datagram to a server and what its answer says.
fn is_plain(globals: &Globals, lookup: &Lookup) -> bool {
    let for_the_call = globals.search
        || globals.yaml
        || globals.key_file.is_some()
        || globals.key_text.is_some()
        || globals.status
        || globals.diff
        || globals.source.is_some_and(|source| source.port() != 0);
    let on_the_wire = lookup.tcp == Some(true)
        || lookup.tls.on
        || lookup.https.is_some()
        || lookup.quic
        || lookup.opcode != Opcode::QUERY
        || matches!(lookup.qtype, Type::AXFR | Type::IXFR)
        || lookup.qid.is_some()
        || lookup.header_only
        || lookup.padding != 0;
    let beyond_a_query = lookup.trace
        || lookup.nssearch
        || lookup.dns64prefix
        || lookup.tree
        || lookup.watch.is_some()
        || lookup.validate.is_some();
    let to_show = lookup.show.query || lookup.wire || lookup.timing;
    !(for_the_call || on_the_wire || beyond_a_query || to_show)
}
