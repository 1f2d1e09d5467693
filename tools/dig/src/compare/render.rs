//! The comparison as text.

use std::io;

use sockeye_cli::escape::escape;
use sockeye_cli::output::Role;
use sockeye_cli::table::{Rules, Table};
use sockeye_cli::{Render, Text};
use sockeye_common::words::counted;

use super::{AddressShown, DnsAnswer, NameShown, Report, SourceShown};
use crate::nsswitch::Reaction;

/// From here on it is worth a word how long a source took.
const LONG_US: u64 = 1_000_000;

impl Render for Report {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        if self.numeric {
            heading(text, &format!("{} is an address: nobody is asked for it", escape(&self.name)))?;
        } else {
            heading(text, &format!("{}, source by source", escape(&self.name)))?;
            self.hosts(text)?;
            self.sources(text)?;
            self.names(text)?;
        }
        self.answer(text)?;
        self.programs(text)?;
        self.conclusions(text)
    }
}

/// Lines around cells on a terminal, blanks elsewhere.
fn table<'a>(text: &Text<'_>, headings: impl IntoIterator<Item = &'a str>) -> Table {
    let rules = if text.width().is_some() { Rules::Lines } else { Rules::Blank };
    Table::new(rules, headings)
}

fn heading(text: &mut Text<'_>, words: &str) -> io::Result<()> {
    let line = text.paint(Role::Strong, &format!(";; {words}"));
    text.line(line)
}

fn note(text: &mut Text<'_>, words: &str) -> io::Result<()> {
    let line = text.paint(Role::Dim, &format!("   {}", escape(words)));
    text.line(line)
}

fn list<T: ToString>(items: &[T]) -> String {
    let items: Vec<String> = items.iter().map(ToString::to_string).collect();
    items.join(", ")
}

fn or_dash(text: String) -> String {
    if text.is_empty() { "-".to_owned() } else { text }
}

impl Report {
    fn hosts(&self, text: &mut Text<'_>) -> io::Result<()> {
        let hosts = &self.hosts;
        heading(text, &format!("Hosts file: {}", hosts.path))?;
        if let Some(error) = &hosts.error {
            note(text, error)?;
        } else if hosts.lines.is_empty() {
            note(text, &format!("no line has {}", self.name))?;
        }
        if !hosts.lines.is_empty() {
            let mut table = table(text, ["line", "address", "names"]);
            for line in &hosts.lines {
                let names: Vec<&str> =
                    std::iter::once(&line.canonical).chain(&line.aliases).map(String::as_str).collect();
                table.row([line.line.to_string(), line.address.to_string(), escape(&names.join(" ")).into()]);
            }
            text.table(table.right(&[0]))?;
        }
        text.blank()
    }

    fn sources(&self, text: &mut Text<'_>) -> io::Result<()> {
        let nsswitch = &self.nsswitch;
        let place = match (nsswitch.line, &nsswitch.error) {
            (Some(line), _) => format!("{}, line {line}", nsswitch.path),
            (None, Some(error)) => format!("the default: {error}"),
            (None, None) => format!("the default: {} has no hosts line", nsswitch.path),
        };
        heading(text, &format!("Sources: {} ({place})", escape(&nsswitch.text)))?;
        if nsswitch.nscd {
            note(text, "nscd listens: it is asked before all of them")?;
        }
        if !nsswitch.sources.is_empty() {
            let mut table = table(text, ["", "source", "asks", "by itself", "then", "addresses"]);
            for source in &nsswitch.sources {
                table.row(source_row(source));
            }
            text.table(&table)?;
        }
        for source in &nsswitch.sources {
            if let Some(took) = source.took_us.filter(|took| *took >= LONG_US) {
                note(text, &format!("{}: that took {}", source.name, seconds(took)))?;
            }
        }
        text.blank()
    }

    fn names(&self, text: &mut Text<'_>) -> io::Result<()> {
        let resolver = &self.resolver;
        let by = if resolver.servers_from_command_line { "the command line" } else { resolver.path };
        heading(text, &format!("DNS: asking {} ({by})", or_dash(list(&resolver.servers))))?;
        let search = or_dash(escape(&resolver.search.join(" ")).into());
        let from = match resolver.search_from {
            "environment" => " (LOCALDOMAIN)",
            "host_name" => " (from the host's name)",
            _ => "",
        };
        note(text, &format!("search {search}{from}, ndots {}", resolver.ndots))?;
        if let Some(error) = &resolver.error {
            note(text, error)?;
        }
        let mut table = table(text, ["", "name", "type", "status", "ttl", "addresses"]);
        for name in &resolver.names {
            for (rtype, answer) in [("A", &name.a), ("AAAA", &name.aaaa)] {
                table.row(name_row(name, rtype, answer.as_ref()));
            }
        }
        text.table(table.right(&[4]))?;
        if resolver.names.iter().any(|name| !name.tried) {
            note(text, "-: the C library does not come to this name")?;
        }
        for silent in &resolver.silent {
            let questions = counted(silent.questions, "question");
            let (server, waited) = (silent.server, seconds(silent.waited_us));
            note(text, &format!("{server} was silent: {questions} without an answer, {waited} of waiting"))?;
        }
        text.blank()
    }

    fn answer(&self, text: &mut Text<'_>) -> io::Result<()> {
        let answer = &self.getaddrinfo;
        if let Some(error) = &answer.error {
            heading(text, &format!("getaddrinfo: {error}"))?;
            return text.blank();
        }
        let from = match self.winner.as_ref().and_then(|winner| winner.source.as_ref()) {
            Some(source) => format!(", from {}", escape(source)),
            None => String::new(),
        };
        let canonname =
            answer.canonname.as_ref().map_or(String::new(), |name| format!(", canonical name {}", escape(name)));
        heading(text, &format!("getaddrinfo: {}{from}{canonname}", counted(answer.addresses.len(), "address")))?;
        let headings = ["", "address", "sent from", "scope", "label", "precedence", "before the next by"];
        let mut table = table(text, headings);
        for address in &answer.addresses {
            table.row(address_row(address));
        }
        text.table(table.right(&[5]))?;
        if !self.policy.replaced.is_empty() {
            note(text, &format!("{} replaces: {}", self.policy.path, self.policy.replaced.join(", ")))?;
        }
        for address in &answer.addresses {
            if let Some(decision) = &address.before_next {
                note(text, &decision.reason)?;
            }
        }
        text.blank()
    }

    fn programs(&self, text: &mut Text<'_>) -> io::Result<()> {
        if self.views.is_empty() {
            return Ok(());
        }
        heading(text, "What other programs get")?;
        let mut table = table(text, ["program", "asks with", "gets"]);
        for view in &self.views {
            let gets = match &view.error {
                Some(error) => error.to_string(),
                None => list(&view.addresses),
            };
            table.row([view.program.to_owned(), view.asks.to_owned(), gets]);
        }
        text.table(&table)?;
        text.blank()
    }

    fn conclusions(&self, text: &mut Text<'_>) -> io::Result<()> {
        if let Some(winner) = &self.winner {
            let source =
                winner.source.as_ref().map_or(String::new(), |source| format!(", which {} has", escape(source)));
            let line = text.paint(Role::Good, &format!(";; Programs try {} first{source}", winner.address));
            text.line(line)?;
        }
        if let Some(error) = &self.getaddrinfo.error {
            let line = text.paint(Role::Bad, &format!(";; Programs get nothing: {error}"));
            text.line(line)?;
        } else if self.disagreements.is_empty() && !self.numeric {
            text.line(";; The sources agree")?;
        }
        for disagreement in &self.disagreements {
            let line = text.paint(Role::Warning, &format!(";; DIFFERENCE: {}", escape(&disagreement.sentence)));
            text.line(line)?;
        }
        Ok(())
    }
}

/// `20.0 s`
fn seconds(us: u64) -> String {
    let tenths = us.saturating_add(50_000) / 100_000;
    format!("{}.{} s", tenths / 10, tenths % 10)
}

fn source_row(source: &SourceShown) -> [String; 6] {
    let mark = if source.winner { "*" } else { "" };
    let name = match source.actions.as_slice() {
        [] => source.name.clone(),
        actions => format!("{} [{}]", source.name, actions.join(" ")),
    };
    let status = match source.status {
        Some(_) if !source.installed => "not installed".to_owned(),
        Some(status) => status.name().to_owned(),
        None => "cannot be asked".to_owned(),
    };
    let then = match (source.reached, source.then) {
        (false, _) => "not reached",
        (true, Some(Reaction::Return)) => "return",
        (true, Some(Reaction::Continue)) => "continue",
        (true, Some(Reaction::Merge)) => "merge",
        (true, None) => "-",
    };
    let addresses = match &source.error {
        Some(error) => error.name.map_or_else(|| error.code.to_string(), str::to_owned),
        None => or_dash(list(&source.addresses)),
    };
    let asks = source.asks.unwrap_or("-").to_owned();
    [mark.to_owned(), escape(&name).into(), asks, status, then.to_owned(), addresses]
}

fn name_row(name: &NameShown, rtype: &str, answer: Option<&DnsAnswer>) -> [String; 6] {
    // What the C library does not come to stands in brackets.
    let mark = if name.tried { "" } else { "-" };
    let shown = escape(&name.qname).into();
    let Some(answer) = answer else {
        return [mark.to_owned(), shown, rtype.to_owned(), "not asked".to_owned(), String::new(), "-".to_owned()];
    };
    let ttl = answer.ttl_s.filter(|_| !answer.records.is_empty()).or(answer.negative_ttl_s);
    let mut data: Vec<String> = answer.aliases.iter().map(|(_, target)| format!("-> {}", escape(target))).collect();
    data.extend(answer.records.iter().map(|record| record.address.to_string()));
    let ttl = ttl.map_or(String::new(), |ttl| ttl.to_string());
    [mark.to_owned(), shown, rtype.to_owned(), escape(&answer.to_string()).into(), ttl, or_dash(data.join(", "))]
}

fn address_row(address: &AddressShown) -> [String; 7] {
    let mark = if address.winner { "*" } else { "" };
    let pair = |own: String, source: Option<String>| match source {
        Some(source) if source != own => format!("{own}, source {source}"),
        _ => own,
    };
    let scope = pair(address.scope.to_string(), address.source_scope.map(|scope| scope.to_string()));
    let label = pair(address.label.to_string(), address.source_label.map(|label| label.to_string()));
    let before = match &address.before_next {
        Some(decision) => match decision.rule {
            Some(rule) => format!("rule {rule}, {}", decision.name),
            None => "no rule".to_owned(),
        },
        None => "-".to_owned(),
    };
    let source = address.source_address.map_or("no way there".to_owned(), |source| source.to_string());
    [mark.to_owned(), address.address.to_string(), source, scope, label, address.precedence.to_string(), before]
}
