//! Options with a plus: the table, and how a word finds its row.

use super::values::{
    bufsize, cookie, domain, edns, edns_flags, edns_option, fuzz_time, https, ndots, opcode, padding, qid, split,
    subnet, tls_file,
};
use super::{Draft, Stop, number};
use crate::options::Compat;
use crate::registry::Type;

/// An option of dig.
struct Plus {
    name: &'static str,
    /// How many letters dig wants to see of it.
    letters: usize,
    kind: Kind,
}

enum Kind {
    /// `+x`, `+nox`; a value is left alone, as dig does.
    Switch(fn(&mut Draft<'_>, bool)),
    /// `+x`, `+nox`, `+x=VALUE`.
    Valued(fn(&mut Draft<'_>, Said<'_>) -> Result<(), Stop>),
    /// `+x=NUMBER` only.
    Number { what: &'static str, max: u32, set: fn(&mut Draft<'_>, u32) },
    /// Taken with a word of regret that has no line end, as dig does.
    Obsolete(&'static str),
}

/// An option as it stands on the line.
#[derive(Clone, Copy)]
pub(super) struct Said<'a> {
    /// The word as it was written, without plus, `no` and value.
    pub(super) word: &'a str,
    /// Without `no` in front.
    pub(super) on: bool,
    pub(super) value: Option<&'a str>,
}

const fn switch(name: &'static str, letters: usize, set: fn(&mut Draft<'_>, bool)) -> Plus {
    Plus { name, letters, kind: Kind::Switch(set) }
}

const fn valued(name: &'static str, letters: usize, set: fn(&mut Draft<'_>, Said<'_>) -> Result<(), Stop>) -> Plus {
    Plus { name, letters, kind: Kind::Valued(set) }
}

const fn obsolete(name: &'static str, letters: usize, regret: &'static str) -> Plus {
    Plus { name, letters, kind: Kind::Obsolete(regret) }
}

const RETRY: Kind = Kind::Number {
    what: "retries",
    max: u32::MAX - 1,
    set: |draft, value| draft.current().tries = Some(value.saturating_add(1)),
};

/// In the order in which dig tries them: of `+co` it makes `+coflag`.
const OPTIONS: &[Plus] = &[
    switch("aaflag", 2, |draft, on| draft.current().flags.aa = on),
    switch("aaonly", 2, |draft, on| draft.current().flags.aa = on),
    switch("adflag", 2, |draft, on| draft.current().flags.ad = on),
    switch("additional", 3, |draft, on| draft.current().show.additional = on),
    switch("all", 2, all),
    switch("answer", 2, |draft, on| draft.current().show.answer = on),
    switch("authority", 2, |draft, on| draft.current().show.authority = on),
    switch("badcookie", 2, |draft, on| draft.current().retry_bad_cookie = on),
    switch("besteffort", 2, |draft, on| draft.current().best_effort = on),
    valued("bufsize", 2, bufsize),
    switch("cdflag", 2, |draft, on| draft.current().flags.cd = on),
    switch("class", 2, |draft, on| draft.current().show.style.class = on),
    switch("cmd", 2, |draft, on| draft.globals.banner = on),
    switch("coflag", 2, |draft, on| draft.current().compact_ok = on),
    switch("comments", 3, |draft, on| {
        draft.current().show.comments = on;
        if draft.lookups.is_empty() {
            draft.comments_said = on;
        }
    }),
    valued("cookie", 3, cookie),
    switch("crypto", 2, |draft, on| draft.current().show.style.crypto = on),
    switch("defname", 2, |draft, on| draft.globals.search = on),
    switch("dnssec", 4, dnssec),
    switch("dns64prefix", 4, dns64prefix),
    switch("do", 2, dnssec),
    valued("domain", 3, domain),
    obsolete("dscp", 2, ";; +dscp option is obsolete and has no effect"),
    valued("edns", 4, edns),
    valued("ednsflags", 5, edns_flags),
    switch("ednsnegotiation", 5, |draft, on| draft.current().edns_negotiation = on),
    valued("ednsopt", 5, edns_option),
    switch("expandaaaa", 4, |draft, on| draft.current().show.style.expand_aaaa = on),
    switch("expire", 4, |draft, on| draft.current().expire = on),
    switch("fail", 2, |draft, on| draft.current().fail = on),
    valued("fuzztime", 2, fuzz_time),
    switch("header-only", 2, |draft, on| draft.current().header_only = on),
    valued("https", 5, https),
    valued("https-get", 7, https),
    valued("https-post", 7, https),
    valued("http-plain", 10, https),
    valued("http-plain-get", 12, https),
    valued("http-plain-post", 12, https),
    switch("identify", 3, |draft, on| draft.current().show.identify = on),
    switch("idnin", 4, |draft, on| draft.current().idn_in = Some(on)),
    switch("idnout", 4, |draft, on| draft.current().idn_out = Some(on)),
    switch("ignore", 1, |draft, on| draft.current().ignore_truncation = on),
    switch("keepalive", 5, |draft, on| draft.current().keepalive = on),
    switch("keepopen", 5, |draft, on| draft.globals.keep_open = on),
    obsolete("mapped", 2, ";; +mapped option is deprecated"),
    switch("multiline", 2, |draft, on| draft.current().show.style.multiline = on),
    valued("ndots", 2, ndots),
    switch("nsid", 3, |draft, on| {
        enable_edns(draft, on);
        draft.current().nsid = on;
    }),
    switch("nssearch", 3, nssearch),
    switch("onesoa", 2, |draft, on| draft.current().show.one_soa = on),
    valued("opcode", 2, opcode),
    valued("padding", 1, padding),
    valued("qid", 2, qid),
    switch("qr", 2, |draft, on| draft.current().show.query = on),
    switch("question", 2, |draft, on| {
        draft.current().show.question = on;
        if draft.lookups.is_empty() {
            draft.question_said = on;
        }
    }),
    switch("raflag", 2, |draft, on| draft.current().flags.ra = on),
    switch("rdflag", 2, |draft, on| draft.current().flags.rd = on),
    switch("recurse", 3, |draft, on| draft.current().flags.rd = on),
    Plus { name: "retry", letters: 3, kind: RETRY },
    Plus { name: "retries", letters: 3, kind: RETRY },
    switch("rrcomments", 2, |draft, on| draft.current().show.style.rr_comments = Some(on)),
    switch("search", 2, |draft, on| draft.globals.search = on),
    switch("short", 4, short),
    switch("showbadcookie", 5, |draft, on| draft.current().show_bad_cookie = on),
    switch("showsearch", 5, |draft, on| {
        draft.globals.show_search = on;
        draft.globals.search = on;
    }),
    obsolete("sigchase", 2, ";; +sigchase option is deprecated"),
    valued("split", 2, split),
    switch("stats", 2, |draft, on| draft.current().show.stats = on),
    valued("subnet", 2, subnet),
    switch("tcflag", 3, |draft, on| draft.current().flags.tc = on),
    switch("tcp", 3, tcp),
    Plus {
        name: "timeout",
        letters: 2,
        kind: Kind::Number {
            what: "timeout",
            max: 0xffff,
            set: |draft, value| draft.globals.timeout_s = Some(value.max(1)),
        },
    },
    switch("tls", 3, |draft, on| draft.current().tls.on = on),
    valued("tls-ca", 6, tls_file),
    valued("tls-certfile", 6, tls_file),
    valued("tls-hostname", 5, tls_file),
    valued("tls-keyfile", 5, tls_file),
    obsolete("topdown", 2, ";; +topdown option is deprecated"),
    switch("trace", 3, trace),
    Plus {
        name: "tries",
        letters: 3,
        kind: Kind::Number {
            what: "tries",
            max: u32::MAX,
            set: |draft, value| draft.current().tries = Some(value.max(1)),
        },
    },
    obsolete("trusted-key", 3, ";; +trusted-key option is deprecated"),
    obsolete("unexpected", 3, ";; +unexpected option is deprecated"),
    switch("ttlid", 3, |draft, on| draft.current().show.style.ttl = on),
    switch("ttlunits", 4, |draft, on| {
        let style = &mut draft.current().show.style;
        style.ttl |= on;
        style.ttl_units = on;
    }),
    switch("unknownformat", 3, |draft, on| draft.current().show.style.unknown_format = on),
    switch("vc", 1, tcp),
    switch("yaml", 1, yaml),
    switch("zflag", 1, |draft, on| draft.current().flags.z = on),
];

/// The names of dig's options.
#[cfg(test)]
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    OPTIONS.iter().map(|option| option.name)
}

impl Draft<'_> {
    /// Reads one option, written without its plus.
    pub(super) fn plus(&mut self, option: &str) -> Result<(), Stop> {
        // dig takes no notice of equals signs in front.
        let (word, value) = match option.trim_start_matches('=').split_once('=') {
            Some((word, value)) => (word, Some(value).filter(|value| !value.is_empty())),
            None => (option.trim_start_matches('='), None),
        };
        self.shorten(option);
        if word.is_empty() {
            // dig says so and goes on.
            self.preamble.extend([";; Invalid option ", option, "\n"]);
            return Ok(());
        }
        let (name, on) = match strip_no(word) {
            Some(name) => (name, false),
            None => (word, true),
        };
        if self.own(name, on, value)? {
            self.mark_own(name, on);
            return Ok(());
        }
        let signs = option.len() - option.trim_start_matches('=').len();
        let invalid = || Stop::invalid_option(&format!("+{}{word}", "=".repeat(signs)));
        let is = |known: &&Plus| {
            // The letters that tell an option from others are small ones; dig does not look at the case of the rest.
            name.get(..known.letters).is_some_and(|start| known.name.starts_with(start))
                && known.name.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name))
        };
        let known = OPTIONS.iter().find(is).ok_or_else(invalid)?;
        self.mark(known.name, on);
        match &known.kind {
            Kind::Switch(set) => set(self, on),
            Kind::Valued(set) => set(self, Said { word: known.name, on, value }).map_err(|stop| match stop {
                Stop::Missing => invalid(),
                other => other,
            })?,
            Kind::Number { what, max, set } => {
                let text = value.filter(|_| on).ok_or_else(invalid)?;
                let value = number(text, *max, what, 10)?;
                set(self, value);
            }
            Kind::Obsolete(regret) => {
                self.warnings.push((*regret).to_owned());
                if known.name == "mapped" {
                    self.current().mapped = on;
                }
            }
        }
        Ok(())
    }

    /// The banner does not show the sign behind which the value is missing: dig has cut the word there by then.
    fn shorten(&mut self, option: &str) {
        let (word, value) = option.split_once('=').unwrap_or((option, ""));
        let nothing_behind = |separator| option.ends_with(separator);
        // `+ednsopt=CODE:`
        let code_alone = value.len() > 1 && value.bytes().filter(|octet| *octet == b':').count() == 1;
        let is_cut = (nothing_behind('=') && value.is_empty())
            || (nothing_behind(':') && code_alone && word.starts_with("ednso"));
        if is_cut
            && !word.is_empty()
            && !self.config
            && let Some(shown) = self.line.get_mut(self.at)
        {
            shown.pop();
        }
    }

    /// The options that dig does not have, written out in full.
    fn own(&mut self, name: &str, on: bool, value: Option<&str>) -> Result<bool, Stop> {
        let own_number = |text: &str, max: u32| number(text, max, name, 10);
        match (name, value) {
            ("explain", None) => self.presentation.explain = on,
            ("json", None) => self.presentation.json = on,
            ("status", None) => self.globals.status = on,
            ("bulk", None) => self.globals.bulk = on,
            ("diff", None) => self.globals.diff = on,
            ("parallel", Some(text)) if on => {
                let value = own_number(text, u16::MAX.into())?.max(1);
                self.globals.parallel = u16::try_from(value).unwrap_or(u16::MAX);
            }
            ("compat", Some(text)) if on => {
                self.globals.compat = match text {
                    "9.18" => Compat::V9_18,
                    "9.20" => Compat::V9_20,
                    _ => return Err(Stop::fatal(format!("+compat '{text}' is not 9.18 or 9.20"), 1)),
                };
            }
            ("wire", None) => self.current().wire = on,
            ("timing", None) => self.current().timing = on,
            ("tree", None) => {
                trace(self, on);
                self.current().tree = on;
            }
            ("watch", value) => {
                let rounds = value.map(|text| own_number(text, u32::MAX)).transpose()?;
                self.current().watch = on.then_some(rounds);
            }
            ("validate", value) => self.current().validate = on.then(|| value.map(str::to_owned)),
            ("quic", None) => self.current().quic = on,
            ("https3", value) => https(self, Said { word: "https3", on, value })?,
            ("compare", None) if on => self.gai.option(name, None).map_err(|fault| Stop::fatal(fault, 1))?,
            ("gai" | "family" | "socktype" | "protocol" | "service" | "flags", _) if on => {
                self.gai.option(name, value).map_err(|fault| Stop::fatal(fault, 1))?;
            }
            _ => return self.given(name, on, value),
        }
        Ok(true)
    }
}

/// The option behind `no`, in either case.
fn strip_no(word: &str) -> Option<&str> {
    word.get(..2).filter(|no| no.eq_ignore_ascii_case("no")).and_then(|_| word.get(2..))
}

fn all(draft: &mut Draft<'_>, on: bool) {
    draft.globals.banner = on;
    let show = &mut draft.current().show;
    for part in [
        &mut show.comments,
        &mut show.question,
        &mut show.answer,
        &mut show.authority,
        &mut show.additional,
        &mut show.stats,
    ] {
        *part = on;
    }
}

fn short(draft: &mut Draft<'_>, on: bool) {
    draft.globals.short = on;
    if !on {
        return;
    }
    all(draft, false);
    let show = &mut draft.current().show;
    show.answer = true;
    show.style.rr_comments = Some(false);
}

fn yaml(draft: &mut Draft<'_>, on: bool) {
    draft.globals.yaml = on;
    if !on {
        return;
    }
    draft.globals.banner = false;
    let show = &mut draft.current().show;
    show.stats = false;
    show.style.rr_comments = Some(false);
}

/// In a batch file dig leaves it at UDP, whatever a line says.
fn tcp(draft: &mut Draft<'_>, on: bool) {
    if !draft.in_batch {
        draft.current().tcp = Some(on);
    }
}

fn trace(draft: &mut Draft<'_>, on: bool) {
    let lookup = draft.current();
    lookup.trace = on;
    if !on {
        return;
    }
    lookup.flags.rd = true;
    lookup.dnssec = true;
    lookup.edns.get_or_insert(0);
    let show = &mut lookup.show;
    show.identify = true;
    show.authority = true;
    for part in [&mut show.comments, &mut show.stats, &mut show.additional, &mut show.question] {
        *part = false;
    }
    show.style.rr_comments = None;
    draft.globals.search = false;
}

fn nssearch(draft: &mut Draft<'_>, on: bool) {
    draft.current().nssearch = on;
    if !on {
        return;
    }
    let lookup = draft.current();
    lookup.flags.rd = true;
    lookup.qtype = Type::NS;
    let show = &mut lookup.show;
    show.identify = true;
    for part in [&mut show.comments, &mut show.stats, &mut show.additional, &mut show.authority, &mut show.question] {
        *part = false;
    }
    show.style.rr_comments = None;
    draft.said().qtype = true;
    draft.globals.short = true;
}

/// Asks for the AAAA records of the one name that DNS64 resolvers make up addresses for (RFC 7050).
fn dns64prefix(draft: &mut Draft<'_>, on: bool) {
    if !on {
        draft.current().dns64prefix = false;
        return;
    }
    // The banner is for the first name of the line, and this is none.
    let greeted = std::mem::replace(&mut draft.greeted, true);
    draft.new_lookup("ipv4only.arpa".to_owned());
    draft.greeted = greeted;
    all(draft, false);
    let lookup = draft.current();
    lookup.dns64prefix = true;
    lookup.show.answer = true;
    lookup.show.style.rr_comments = Some(false);
    lookup.qtype = Type(28);
    draft.said().qtype = true;
}

fn dnssec(draft: &mut Draft<'_>, on: bool) {
    enable_edns(draft, on);
    draft.current().dnssec = on;
}

/// What has no other place than EDNS brings EDNS back after `+noedns`.
pub(super) fn enable_edns(draft: &mut Draft<'_>, on: bool) {
    if on {
        draft.current().edns.get_or_insert(0);
    }
}
