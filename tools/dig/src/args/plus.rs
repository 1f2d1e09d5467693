//! Options with a plus.

use super::{Draft, Stop, number};
use crate::options::{Cookie, Lookup, UDP_SIZE};

/// An option of dig that we have.
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
    Valued(fn(&mut Draft<'_>, bool, Option<&str>) -> Result<(), Stop>),
    /// `+x=NUMBER` only.
    Number { what: &'static str, max: u32, set: fn(&mut Draft<'_>, u32) },
}

const fn switch(name: &'static str, letters: usize, set: fn(&mut Draft<'_>, bool)) -> Plus {
    Plus { name, letters, kind: Kind::Switch(set) }
}

const OPTIONS: &[Plus] = &[
    switch("aaflag", 2, |draft, on| draft.current().flags.aa = on),
    switch("aaonly", 2, |draft, on| draft.current().flags.aa = on),
    switch("adflag", 2, |draft, on| draft.current().flags.ad = on),
    switch("additional", 3, |draft, on| draft.current().show.additional = on),
    switch("all", 2, all),
    switch("answer", 2, |draft, on| draft.current().show.answer = on),
    switch("authority", 2, |draft, on| draft.current().show.authority = on),
    switch("badcookie", 2, |draft, on| draft.current().retry_bad_cookie = on),
    Plus { name: "bufsize", letters: 2, kind: Kind::Valued(bufsize) },
    switch("cdflag", 2, |draft, on| draft.current().flags.cd = on),
    switch("class", 2, |draft, on| draft.current().show.style.class = on),
    switch("cmd", 2, |draft, on| draft.globals.banner = on),
    switch("comments", 3, |draft, on| draft.current().show.comments = on),
    Plus { name: "cookie", letters: 3, kind: Kind::Valued(cookie) },
    switch("dnssec", 4, dnssec),
    switch("do", 2, dnssec),
    Plus { name: "edns", letters: 4, kind: Kind::Valued(edns) },
    switch("ignore", 1, |draft, on| draft.current().ignore_truncation = on),
    switch("nsid", 3, |draft, on| {
        enable_edns(draft.current(), on);
        draft.current().nsid = on;
    }),
    switch("qr", 2, |draft, on| draft.current().show.query = on),
    switch("question", 2, |draft, on| draft.current().show.question = on),
    switch("raflag", 2, |draft, on| draft.current().flags.ra = on),
    switch("rdflag", 2, |draft, on| draft.current().flags.rd = on),
    switch("recurse", 3, |draft, on| draft.current().flags.rd = on),
    Plus {
        name: "retry",
        letters: 3,
        kind: Kind::Number {
            what: "retries",
            max: u32::MAX - 1,
            set: |draft, value| draft.current().tries = Some(value.saturating_add(1)),
        },
    },
    switch("short", 4, short),
    switch("stats", 2, |draft, on| draft.current().show.stats = on),
    switch("tcflag", 3, |draft, on| draft.current().flags.tc = on),
    switch("tcp", 3, |draft, on| draft.current().tcp = Some(on)),
    Plus {
        name: "timeout",
        letters: 2,
        kind: Kind::Number {
            what: "timeout",
            max: 0xffff,
            set: |draft, value| draft.globals.timeout_s = Some(value.max(1)),
        },
    },
    Plus {
        name: "tries",
        letters: 3,
        kind: Kind::Number {
            what: "tries",
            max: u32::MAX,
            set: |draft, value| draft.current().tries = Some(value.max(1)),
        },
    },
    switch("ttlid", 3, |draft, on| draft.current().show.style.ttl = on),
    switch("vc", 1, |draft, on| draft.current().tcp = Some(on)),
    switch("zflag", 1, |draft, on| draft.current().flags.z = on),
];

/// Options that dig knows and we do not yet have, whose letters would otherwise be read as another's.
const NOT_YET: &[(&str, usize)] = &[("ttlunits", 4), ("coflag", 2), ("identify", 2), ("idnin", 3), ("idnout", 3)];

impl Draft<'_> {
    /// Reads one option, written without its plus.
    pub(super) fn plus(&mut self, option: &str) -> Result<(), Stop> {
        // dig takes no notice of equals signs in front.
        let (word, value) = match option.trim_start_matches('=').split_once('=') {
            Some((word, value)) => (word, Some(value).filter(|value| !value.is_empty())),
            None => (option.trim_start_matches('='), None),
        };
        if word.is_empty() {
            // dig says so and goes on.
            self.preamble.extend([";; Invalid option ", option, "\n"]);
            return Ok(());
        }
        let invalid = || Stop::invalid_option(&format!("+{word}"));
        let (name, on) = match word.strip_prefix("no") {
            Some(name) => (name, false),
            None => (word, true),
        };
        if self.own(name, on, value)? {
            return Ok(());
        }
        let is = |full: &str, letters: usize| name.len() >= letters && full.starts_with(name);
        if NOT_YET.iter().any(|(full, letters)| is(full, *letters)) {
            return Err(invalid());
        }
        let known = OPTIONS.iter().find(|known| is(known.name, known.letters)).ok_or_else(invalid)?;
        match &known.kind {
            Kind::Switch(set) => set(self, on),
            Kind::Valued(set) => set(self, on, value)?,
            Kind::Number { what, max, set } => {
                let text = value.filter(|_| on).ok_or_else(invalid)?;
                let value = number(text, *max, what, 10)?;
                set(self, value);
            }
        }
        Ok(())
    }

    /// The options that dig does not have, written out in full.
    fn own(&mut self, name: &str, on: bool, value: Option<&str>) -> Result<bool, Stop> {
        match (name, value) {
            ("explain", None) => self.presentation.explain = on,
            ("json", None) => self.presentation.json = on,
            ("gai" | "family" | "socktype" | "protocol" | "service" | "flags", _) if on => {
                self.gai.option(name, value).map_err(|fault| Stop::fatal(fault, 1))?;
            }
            _ => return Ok(false),
        }
        Ok(true)
    }
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
    draft.current().show.answer = true;
}

fn enable_edns(lookup: &mut Lookup, on: bool) {
    if on {
        lookup.edns.get_or_insert(0);
    }
}

fn dnssec(draft: &mut Draft<'_>, on: bool) {
    enable_edns(draft.current(), on);
    draft.current().dnssec = on;
}

fn edns(draft: &mut Draft<'_>, on: bool, value: Option<&str>) -> Result<(), Stop> {
    let version = match value.filter(|_| on) {
        None => 0,
        Some(text) => number(text, u8::MAX.into(), "edns", 10)?,
    };
    draft.current().edns = on.then(|| u8::try_from(version).unwrap_or_default());
    Ok(())
}

fn bufsize(draft: &mut Draft<'_>, on: bool, value: Option<&str>) -> Result<(), Stop> {
    if !on {
        return Err(Stop::invalid_option("+nobufsize"));
    }
    let size = match value {
        None => UDP_SIZE.into(),
        Some(text) => number(text, u16::MAX.into(), "buffer size", 10)?,
    };
    let lookup = draft.current();
    enable_edns(lookup, true);
    lookup.udp_size = Some(u16::try_from(size).unwrap_or(u16::MAX));
    Ok(())
}

/// The longest cookie that `+cookie=` takes, in hex digits.
const COOKIE_DIGITS: usize = 80;

fn cookie(draft: &mut Draft<'_>, on: bool, value: Option<&str>) -> Result<(), Stop> {
    let value = value.filter(|_| on);
    if value.is_some_and(|hex| hex.len() > COOKIE_DIGITS) {
        return Err(Stop::fatal("COOKIE data too large", 10));
    }
    let lookup = draft.current();
    enable_edns(lookup, on);
    lookup.cookie = match value {
        Some(hex) => Cookie::Given(hex.to_owned()),
        None if on => Cookie::Random,
        None => Cookie::No,
    };
    Ok(())
}
