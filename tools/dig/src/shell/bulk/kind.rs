//! What lookups with the same options have in common, and whether the fast path can take them.

use std::sync::Arc;

use sockeye_cli::{Failure, Output};

use super::super::{Session, key, styled, terminal_takes_unicode};
use crate::bulk::{Form, Patience};
use crate::cookie::{self, Verdict};
use crate::edns::OptionCode;
use crate::idn;
use crate::message::{Message, Query};
use crate::options::{Cookie, Globals, Lookup, Server};
use crate::registry::{Opcode, Rcode, Type};

/// An option set.
pub(super) struct Kind {
    pub(super) globals: Globals,
    /// The lookup as it was said, without a name.
    said: Lookup,
    /// The same as it is shown.
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
    /// Names are looked at as IDNA does.
    idn: bool,
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
        let said = Lookup { name: String::new(), ..lookup.clone() };
        let fast = if is_plain(&globals, &said)
            && key.key.is_none()
            && !key.is_unusable
            && !output.is_json()
            && !output.is_explained()
        {
            Fast::new(&globals, &said, cookie)?
        } else {
            None
        };
        let lookup = styled(&globals, &said);
        Ok(Arc::new(Self { globals, said, lookup, fast, key: key.clone() }))
    }

    /// The lookup as it was said.
    pub(super) fn said(&self) -> &Lookup {
        &self.said
    }

    /// Whether it is the kind of that lookup.
    pub(super) fn is_for(&self, globals: &Globals, said: &Lookup) -> bool {
        self.globals == *globals && self.said == *said
    }
}

impl Fast {
    fn new(globals: &Globals, said: &Lookup, cookie: [u8; 8]) -> Result<Option<Self>, Failure> {
        let mut session = Session::new(globals, key::Loaded::default())?;
        session.cookie = cookie;
        session.read_conf()?;
        let (servers, _) = session.servers(said);
        if servers.is_empty() || servers.iter().any(|server| !globals.allows(server.addr.ip())) {
            return Ok(None);
        }
        let root = Lookup { name: ".".to_owned(), ..said.clone() };
        let Ok(task) = session.new_task(&root, servers) else { return Ok(None) };
        let Some(form) = Form::of_root(&task.query.emit()) else { return Ok(None) };
        let patience = Patience { servers: task.servers.len(), tries: task.tries, timeout: task.timeouts.datagram };
        let idn = said.idn_in.unwrap_or_else(terminal_takes_unicode);
        Ok(Some(Self { form, query: task.query, servers: task.servers, patience, idn }))
    }

    /// The question for that name, in `question`; `false` if it needs more care.
    pub(super) fn question(&self, name: &str, question: &mut Vec<u8>) -> bool {
        let as_it_is = || idn::to_wire(name).is_ok_and(|wire| wire == name);
        self.form.question(name, question) && (!self.idn || as_it_is())
    }

    /// Whether a session would take the message for an answer and say nothing else about it.
    pub(super) fn is_content_with(&self, message: &Message, lookup: &Lookup) -> bool {
        let rcode = message.rcode();
        message.is_well_formed()
            && message.unread == 0
            && message.tsig.is_none()
            && message.questions.len() == 1
            // The upper bits are in EDNS: BADVERS and BADCOOKIE are among them.
            && rcode.0 == message.header.rcode_low()
            // A server whose cookie is known is expected to answer with EDNS.
            && (message.edns.is_some() || !matches!(lookup.cookie, Cookie::Given(_)))
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
        || globals.domain.is_some()
        || globals.yaml
        || globals.key_file.is_some()
        || globals.key_text.is_some()
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
