//! A [`Dissection`] for a person: the URL, one table of its components, its parameters, and the way to the socket.

use std::borrow::Cow;
use std::io::{self, Write as _};

use sockeye_cli::escape::{escape, escape_octets};
use sockeye_cli::output::Role;
use sockeye_cli::table::{Rules, Table};
use sockeye_cli::{Render, Text};
use sockeye_common::words::counted;

use crate::component::Component;
use crate::dissect::{Dissection, HostKind};
use crate::models::explain::render_not_a_url;
use crate::path::{File, Segment};
use crate::percent;
use crate::ruler;
use crate::socket::{self, Address, Socket};
use crate::spans::{SchemeKind, Span};
use crate::specific::Specific;

/// What a table shows for a component that is not there.
const ABSENT: &str = "-";
/// How much of a text a person is shown, in octets: a path may have a megabyte.
const MOST: usize = 1000;
/// What it shows for one that is there without a text.
const EMPTY: &str = "(empty)";

impl Dissection {
    /// The components by name, in the order in which they stand.
    pub fn components(&self) -> [(&'static str, &Component); 9] {
        [
            ("scheme", &self.scheme),
            ("username", &self.username),
            ("password", &self.password),
            ("host", &self.host),
            ("zone", &self.zone),
            ("port", &self.port),
            ("path", &self.path),
            ("query", &self.query),
            ("fragment", &self.fragment),
        ]
    }

    /// What there is to know of the component of that name, in short phrases.
    fn notes(&self, name: &str, component: &Component) -> Cow<'_, str> {
        let mut notes: Vec<Cow<'_, str>> = Vec::new();
        match name {
            "scheme" => notes.push(scheme_note(self.scheme_kind).into()),
            "host" => self.host_notes(&mut notes),
            "port" => notes.extend(self.port_note().map(Cow::Owned)),
            "path" if self.opaque_path => notes.push("opaque".into()),
            "query" if component.is_there() => notes.push(counted(self.parameters.len(), "parameter").into()),
            "fragment" if component.is_there() => notes.push("never sent".into()),
            _ => {}
        }
        notes.extend(component.changes.iter().map(|change| Cow::Borrowed(change.words())));
        let encoded = component.value.as_deref().filter(|value| percent::count(value) > 0);
        // The parameters have a table of their own.
        if let Some(value) = encoded.filter(|_| name != "query") {
            notes.push(decoded_note(value).into());
        }
        joined(notes)
    }

    fn host_notes(&self, notes: &mut Vec<Cow<'_, str>>) {
        if self.host_kind == HostKind::None {
            return;
        }
        notes.push(self.host_kind.words().into());
        if let Some(unicode) =
            self.host_unicode.as_deref().filter(|unicode| Some(*unicode) != self.host.value.as_deref())
        {
            notes.push(format!("Unicode: {}", escape(unicode)).into());
        }
        let address = self.socket.as_ref().filter(|socket| socket.numeric).and_then(|socket| socket.addresses.first());
        if let Some(special) = address.and_then(|address| address.special.as_ref()) {
            notes.push(format!("{} {}", special.name, special.prefix).into());
        }
    }

    fn port_note(&self) -> Option<String> {
        let port = &self.effective_port;
        port.number.filter(|_| self.port.is_there() || self.socket.is_some())?;
        let from = match port.source {
            Some(source) if !port.explicit => format!("default ({source})"),
            _ => "explicit".to_owned(),
        };
        let service = port.service.map(|service| format!("; service {service}")).unwrap_or_default();
        Some(from + &service)
    }

    /// The value to show: the port is shown also where the normalised URL leaves it out.
    fn shown_value<'a>(&self, name: &str, component: &'a Component) -> Cow<'a, str> {
        let port =
            self.effective_port.number.filter(|_| name == "port" && (component.is_there() || self.socket.is_some()));
        port.map_or_else(|| cell(component.value.as_deref()), |port| port.to_string().into())
    }

    fn component_table(&self) -> Table {
        let mut table = Table::new(Rules::Lines, ["Component", "Octets", "In the input", "Value", "Notes"]);
        for (name, component) in self.components() {
            if name == "zone" && !component.is_there() {
                continue;
            }
            table.row([
                name.into(),
                span_cell(component.span),
                cell(component.text.as_deref()),
                self.shown_value(name, component),
                self.notes(name, component),
            ]);
        }
        table.list_if_narrow();
        table
    }

    fn parameter_table(&self) -> Table {
        let mut table = Table::new(Rules::Lines, ["#", "Name", "Value", "Octets", "In the input"]);
        for (index, parameter) in self.parameters.iter().enumerate() {
            let value = parameter.value_span.map(|_| parameter.value.as_str());
            table.row([
                (index + 1).to_string().into(),
                cell(Some(&parameter.name)),
                cell(value),
                span_cell(Some(parameter.span)),
                cell(Some(&parameter.text)),
            ]);
        }
        table.right(&[0]).list_if_narrow();
        table
    }

    /// Whether the query is read as HTML forms are: some schemes have a syntax of their own for it.
    fn query_is_a_form(&self) -> bool {
        !matches!(self.specific.as_deref(), Some(Specific::Mailto(_) | Specific::Data(_) | Specific::Urn(_)))
    }

    /// The path's segments, where there is more to see than in the path itself.
    fn segment_table(&self) -> Option<Table> {
        let told = self.path_segments.len() > 1 || self.file.as_ref().is_some_and(|file| file.extension.is_some());
        if !told {
            return None;
        }
        let mut table = Table::new(Rules::Lines, ["#", "Segment", "Octets", "Notes"]);
        for (index, segment) in self.path_segments.iter().enumerate() {
            let last = index + 1 == self.path_segments.len();
            table.row([
                (index + 1).to_string().into(),
                cell(Some(&segment.value)),
                span_cell(segment.span),
                self.segment_notes(segment, last),
            ]);
        }
        table.right(&[0]).list_if_narrow();
        Some(table)
    }

    fn segment_notes(&self, segment: &Segment, last: bool) -> Cow<'static, str> {
        let mut notes: Vec<Cow<'_, str>> = Vec::new();
        if percent::count(&segment.value) > 0 {
            notes.push(decoded_note(&segment.value).into());
        }
        match &self.file {
            Some(file) if last => notes.push(file_note(file).into()),
            _ if last && segment.value.is_empty() => notes.push("the path ends with a slash".into()),
            _ => {}
        }
        joined(notes)
    }

    /// Where the components stand that have a place of their own, from left to right.
    pub fn places(&self) -> Vec<(&'static str, Span)> {
        // The zone lies inside the host.
        let apart = self.components().into_iter().filter(|(name, _)| *name != "zone");
        apart.filter_map(|(name, component)| Some((name, component.span?))).collect()
    }
}

/// The notes as one, with semicolons between them.
fn joined(mut notes: Vec<Cow<'_, str>>) -> Cow<'_, str> {
    match notes.len() {
        0 | 1 => notes.pop().unwrap_or_default(),
        _ => notes.join("; ").into(),
    }
}

fn decoded_note(value: &str) -> String {
    format!("decoded: {}", cut(&escape_octets(&percent::decode(value))))
}

fn file_note(file: &File) -> String {
    match &file.extension {
        None => "file, no extension".to_owned(),
        Some(extension) if file.extensions.len() > 1 => {
            format!("file, extension {} (all: {})", cell(Some(extension)), cell(Some(&file.extensions.join("."))))
        }
        Some(extension) => format!("file, extension {}", cell(Some(extension))),
    }
}

fn scheme_note(kind: SchemeKind) -> &'static str {
    match kind {
        SchemeKind::Special => "special: needs a host",
        SchemeKind::File => "special: file",
        SchemeKind::Other => "not special",
    }
}

/// A text in a table: of a long one its beginning.
pub(crate) fn cell(text: Option<&str>) -> Cow<'_, str> {
    match text {
        None => ABSENT.into(),
        Some("") => EMPTY.into(),
        Some(text) => match cut(text) {
            Cow::Borrowed(text) => escape(text),
            Cow::Owned(text) => escape(&text).into_owned().into(),
        },
    }
}

/// A text in a table where the end counts too.
pub(crate) fn whole_cell(text: Option<&str>) -> Cow<'_, str> {
    text.filter(|text| !text.is_empty()).map_or_else(|| cell(text), escape)
}

/// `text`, or of one that is longer than [`MOST`] octets the beginning, and how long it is.
pub(crate) fn cut(text: &str) -> Cow<'_, str> {
    if text.len() <= MOST {
        return Cow::Borrowed(text);
    }
    let end = (0..=MOST).rev().find(|end| text.is_char_boundary(*end)).unwrap_or_default();
    Cow::Owned(format!("{}… ({} octets)", text.get(..end).unwrap_or_default(), text.len()))
}

/// Says that something was cut, if any of `texts` was.
pub(crate) fn render_cut<'a>(text: &mut Text<'_>, mut texts: impl Iterator<Item = &'a str>) -> io::Result<()> {
    if texts.all(|text| text.len() <= MOST) {
        return Ok(());
    }
    let word = text.paint(Role::Warning, "Remark:");
    text.line(format!("{word} texts are cut after {MOST} octets here; --json and --get have them whole"))
}

pub(crate) fn span_cell(span: Option<Span>) -> Cow<'static, str> {
    span.map_or(ABSENT.into(), |span| span.to_string().into())
}

impl Socket {
    fn sentence(&self) -> String {
        let host = cell(Some(&self.host));
        let question = cut(&self.question()).into_owned();
        let transport = self.transport_words();
        let port = self.port.map_or("no port that we know".to_owned(), |port| format!("port {port}"));
        let addresses = if self.resolved {
            format!("{} gave {}", escape(&question), counted(self.addresses.len(), "address"))
        } else if self.failed {
            format!("{} failed", escape(&question))
        } else if self.numeric && self.lacks_index() {
            "nothing to resolve but the zone's index".to_owned()
        } else if self.numeric {
            "nothing to resolve".to_owned()
        } else {
            format!("would be resolved by {}", escape(&question))
        };
        format!("{transport}, {host}, {port}; {addresses}")
    }

    /// The addresses; `how` says what to do for the index of a zone.
    pub(crate) fn table(&self, how: &str) -> Table {
        let mut table = Table::new(Rules::Lines, ["Address", "Family", "Special range", "sockaddr"]);
        for Address { address, family, sockaddr, special, .. } in &self.addresses {
            let range =
                special.as_ref().map(|special| format!("{} {}, {}", special.name, special.prefix, special.source));
            let sockaddr = sockaddr.clone().unwrap_or_else(|| self.why_no_sockaddr(how));
            table.row([escape(address), (*family).into(), cell(range.as_deref()), sockaddr.into()]);
        }
        table.list_if_narrow();
        table
    }

    /// Whether there is a port, and an address whose zone is only a name so far.
    fn lacks_index(&self) -> bool {
        self.port.is_some() && self.addresses.iter().any(|address| address.sockaddr.is_none())
    }

    fn why_no_sockaddr(&self, how: &str) -> String {
        match (self.port, self.failed) {
            (None, _) => "needs a port".to_owned(),
            (Some(_), false) => format!("needs the zone's index: {how}"),
            (Some(_), true) => "needs the zone's index, which was not found".to_owned(),
        }
    }
}

impl Render for Dissection {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        if let Some(resolution) = &self.resolution {
            resolution.render(text)?;
        }
        if let Some(models) = &self.models {
            models.render_warning(text)?;
        }
        let drawn = ruler::draw(&self.input, &self.places(), text.width(), text.has_colour());
        text.write_all(drawn.as_bytes())?;
        text.table(&self.component_table())?;
        if let Some(table) = self.segment_table() {
            text.line("Path segments:")?;
            text.table(&table)?;
        }
        if !self.parameters.is_empty() && self.query_is_a_form() {
            text.line("Query parameters:")?;
            text.table(&self.parameter_table())?;
        }
        if let Some(specific) = &self.specific {
            specific.render(text)?;
        }
        if self.normalised != self.input {
            let lost = if self.zone.is_there() { " (without its zone, which the standard lacks)" } else { "" };
            text.line(format!("Normalised: {}{lost}", escape(&cut(&self.normalised))))?;
        }
        let shown = self.components().map(|(_, component)| [component.text.as_deref(), component.value.as_deref()]);
        render_cut(text, shown.into_iter().flatten().flatten().chain([&*self.normalised]))?;
        render_not_a_url(text, self.purpose, self.scheme.value.as_deref().unwrap_or_default())?;
        for violation in &self.violations {
            let times = if violation.count > 1 { format!(" ({} times)", violation.count) } else { String::new() };
            let word = text.paint(Role::Warning, "Violation:");
            text.line(format!("{word} {}{times}", violation.message))?;
        }
        for remark in &self.remarks {
            let word = text.paint(Role::Warning, "Remark:");
            text.line(format!("{word} {remark}"))?;
        }
        if let Some(models) = &self.models {
            models.render_rows(text)?;
        }
        match &self.socket {
            None => text.line(format!("Socket: none, {}", socket::why_none(self))),
            Some(socket) => {
                text.line(format!("Socket: {}", socket.sentence()))?;
                if !socket.addresses.is_empty() {
                    text.table(&socket.table("--resolve"))?;
                }
                Ok(())
            }
        }
    }
}
