//! A ladder: a column for each host, an arrow for each frame, time going down.

use sockeye_cli::output::Role;
use sockeye_cli::{Render, Text};

use super::columns::columns;
use super::ends::Ends;
use super::times::on_one_clock;
use super::{Selection, duration, earlier_states, earlier_words, event_words, seconds};
use crate::frames::words::{Look, QUOTED_LENS};
use crate::frames::{Annotated, annotate};
use crate::model::Lab;
use crate::record::{Frame, Kept, Micros, Record, What};

/// How wide a ladder is where nothing limits a line.
const COLUMNS: usize = 100;
/// No ladder is wider: arrows get no better by it.
const WIDEST: usize = 132;
/// The columns of the time and the blank behind it.
const TIME: usize = 12;
/// Two columns of hosts are at least so far apart; where that does not fit, frames are listed.
const NARROWEST: usize = 18;
/// What a frame takes at least, in microseconds, to have its time said.
const NOTABLE_US: u64 = 500;
/// A ladder with more frames than this is shown without its middle: so many at its beginning and at its end.
const MOST: usize = 200;
const FIRST: usize = 120;
const LAST: usize = 60;

/// A ladder, ready to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ladder {
    rows: Vec<Row>,
}

/// A line: characters, each with what it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Row(Vec<(char, Option<Role>)>);

impl Row {
    fn blank(width: usize) -> Self {
        Self(vec![(' ', None); width])
    }

    fn push(&mut self, words: &str, role: Option<Role>) {
        self.0.extend(words.chars().map(|character| (character, role)));
    }

    /// Writes `words` from column `at` on; what does not fit is left out.
    fn put(&mut self, at: usize, words: &str, role: Option<Role>) {
        for (cell, character) in self.0.iter_mut().skip(at).zip(words.chars()) {
            *cell = (character, role);
        }
    }

    /// The line in which runs of one role are painted.
    fn painted(&self, text: &Text<'_>) -> String {
        let end = self.0.iter().rposition(|(character, _)| *character != ' ').map_or(0, |last| last + 1);
        let cells = self.0.get(..end).unwrap_or_default();
        let mut line = String::new();
        for run in cells.chunk_by(|(_, one), (_, next)| one == next) {
            let words: String = run.iter().map(|(character, _)| character).collect();
            match run.first().and_then(|(_, role)| *role) {
                Some(role) => line.push_str(&text.paint(role, &words)),
                None => line.push_str(&words),
            }
        }
        line
    }
}

impl Render for Ladder {
    fn render(&self, text: &mut Text<'_>) -> std::io::Result<()> {
        for row in &self.rows {
            text.line(row.painted(text))?;
        }
        Ok(())
    }
}

impl Ladder {
    /// Of these records, for a terminal with so many columns.
    pub fn new(records: &[Record], lab: &Lab, selection: &Selection<'_>, columns: Option<u16>) -> Self {
        let records = on_one_clock(records);
        let all = annotate(&records, lab);
        let frames: Vec<&Annotated<'_>> = all.iter().filter(|frame| selection.has_frame(frame)).collect();
        Self::of(&records, &frames, lab, selection, columns)
    }

    fn of(
        records: &[Record],
        frames: &[&Annotated<'_>],
        lab: &Lab,
        selection: &Selection<'_>,
        width: Option<u16>,
    ) -> Self {
        let width = width.map_or(COLUMNS, usize::from).min(WIDEST);
        let nodes = columns(records, frames, lab, selection);
        let ends = Ends::new(frames, lab);
        let mut rows = Rows { columns: Columns::new(&nodes, width), ends, width, done: Vec::new(), last: None };
        rows.head();
        rows.earlier(&earlier_states(records, selection));
        let mut shown = frames.iter().peekable();
        let mut fold = Fold::of(frames);
        for record in records.iter().filter(|record| selection.has_step(record.step)) {
            match &record.what {
                What::Frame(frame) => {
                    let Some(annotated) = shown.next_if(|next| std::ptr::eq(next.frame, frame)) else { continue };
                    if let Some(words) = fold.begins() {
                        rows.across(record.at_us, &words, Some(Role::Dim));
                    }
                    if !fold.hides_next() {
                        rows.frame(annotated);
                    }
                }
                // Where nothing stands before it, it is no news.
                What::Clock { .. } if rows.last.is_some() => rows.event(record),
                What::Fault { .. } => rows.event(record),
                What::LeftOut(left_out) if left_out.kind != Kept::Lines => rows.event(record),
                What::State { .. } if !fold.is_open() => rows.event(record),
                _ if selection.talk && !fold.is_open() => rows.event(record),
                _ => {}
            }
        }
        rows.legend(frames);
        Self { rows: rows.done }
    }

    /// Its lines without colour.
    #[cfg(test)]
    fn lines(&self) -> Vec<String> {
        self.rows.iter().map(|row| row.painted(&Text::plain(&mut Vec::new()))).collect()
    }
}

/// The frames in the middle of a long ladder, which are not shown.
struct Fold {
    /// The place of the next frame.
    next: usize,
    hidden: std::ops::Range<usize>,
    /// When the last of the hidden ones was sent.
    until_us: Micros,
}

impl Fold {
    fn of(frames: &[&Annotated<'_>]) -> Self {
        let hidden = if frames.len() > MOST { FIRST..frames.len() - LAST } else { 0..0 };
        let last = hidden.end.checked_sub(1).and_then(|last| frames.get(last));
        Self { next: 0, hidden, until_us: last.map_or(0, |frame| frame.at_us) }
    }

    /// What stands in their place, if the next frame is the first of them.
    fn begins(&self) -> Option<String> {
        let (count, until) = (self.hidden.len(), seconds(self.until_us));
        (count > 0 && self.next == self.hidden.start)
            .then(|| format!("⋮ {count} more frames, until {until}: --pcap has all"))
    }

    /// Whether the next frame is one of them; then comes the one behind it.
    fn hides_next(&mut self) -> bool {
        let hides = self.hidden.contains(&self.next);
        self.next += 1;
        hides
    }

    /// Whether it has begun, and there are more of them.
    fn is_open(&self) -> bool {
        self.hidden.contains(&self.next) && self.next > self.hidden.start
    }
}

/// Where the columns of the nodes are; none if they do not fit.
struct Columns<'a>(Vec<(&'a str, usize)>);

impl<'a> Columns<'a> {
    fn new(nodes: &[&'a str], width: usize) -> Self {
        let half = |node: Option<&&str>| node.map_or(0, |node| narrow(node).chars().count().div_ceil(2));
        let first = TIME + half(nodes.first()).saturating_sub(1);
        let last = width.saturating_sub(1).saturating_sub(half(nodes.last()));
        let gaps = nodes.len().saturating_sub(1);
        let fits = width > TIME + 4 && (gaps == 0 || last >= first + gaps * NARROWEST);
        if !fits || nodes.is_empty() {
            return Self(Vec::new());
        }
        let place = |number: usize| first + ((last - first) * number).checked_div(gaps).unwrap_or(0);
        Self(nodes.iter().enumerate().map(|(number, node)| (*node, place(number))).collect())
    }

    fn place(&self, node: &str) -> Option<usize> {
        self.0.iter().find(|(name, _)| *name == node).map(|(_, at)| *at)
    }
}

struct Rows<'a> {
    columns: Columns<'a>,
    ends: Ends<'a>,
    width: usize,
    done: Vec<Row>,
    last: Option<Micros>,
}

impl Rows<'_> {
    /// The names of the hosts above their columns, and their addresses if there is room for them.
    fn head(&mut self) {
        if self.columns.0.is_empty() {
            return;
        }
        let titles = |of: &dyn Fn(&str) -> Option<String>| {
            let shown = self.columns.0.iter().filter_map(|(node, at)| Some((*at, of(node)?)));
            shown.collect::<Vec<_>>()
        };
        let names = titles(&|node| Some(narrow(node)));
        let most = self.columns.0.iter().map(|(node, _)| self.ends.addresses(node).len()).max().unwrap_or(0);
        let addresses: Vec<_> =
            (0..most).map(|number| titles(&|node| self.ends.addresses(node).into_iter().nth(number))).collect();
        let names = self.titled(&names, Some(Role::Strong));
        self.done.extend(names);
        let rows: Option<Vec<Row>> = addresses.iter().map(|row| self.titled(row, Some(Role::Dim))).collect();
        self.done.extend(rows.into_iter().flatten());
    }

    /// A row with words above columns; `None` where they would run into each other.
    fn titled(&self, titles: &[(usize, String)], role: Option<Role>) -> Option<Row> {
        let mut row = Row::blank(self.width);
        let mut free = 0;
        for (at, words) in titles {
            let count = words.chars().count();
            let middle = at.saturating_sub(count.div_ceil(2).saturating_sub(1));
            // The last one may stand further to the left.
            let start = middle.min(self.width.saturating_sub(count));
            if start < free {
                return None;
            }
            row.put(start, words, role);
            free = start + count + 1;
        }
        Some(row)
    }

    /// A row with nothing but the columns of the hosts, and the time if it is not that of the row before.
    fn row(&mut self, at_us: Option<Micros>) -> Row {
        let mut row = Row::blank(self.width);
        for (_, at) in &self.columns.0 {
            row.put(*at, "│", Some(Role::Dim));
        }
        if let Some(at_us) = at_us
            && self.last.replace(at_us) != Some(at_us)
        {
            let time = seconds(at_us);
            row.put((TIME - 1).saturating_sub(time.chars().count()), &time, Some(Role::Dim));
        }
        row
    }

    fn frame(&mut self, annotated: &Annotated<'_>) {
        let frame = annotated.frame;
        let role = role(annotated);
        match (self.columns.place(&frame.from), self.columns.place(&frame.to)) {
            (Some(from), Some(to)) if from != to => {
                let arrow = Arrow { from, to, lost: frame.fate.is_lost(), again: annotated.is_retransmission(), role };
                let words = self.words(annotated, arrow.room());
                self.arrow(annotated.at_us, &arrow, &words);
            }
            _ => {
                let words = self.words(annotated, usize::MAX);
                let line = format!("{} → {}: {words}", narrow(&frame.from), narrow(&frame.to));
                self.listed(annotated.at_us, &line, role);
            }
        }
    }

    /// What is said of a frame, with as much of its data as there is room for; all that a line quotes where it needs more
    /// than one anyway.
    fn words(&self, annotated: &Annotated<'_>, room: usize) -> String {
        let number = annotated.segment.as_ref().filter(|_| self.ends.has_several_connections());
        let number = number.map(|segment| format!("[{}] ", segment.connection)).unwrap_or_default();
        let ends = self.ends.words(annotated).map(|ends| format!("{}: ", narrow(&ends))).unwrap_or_default();
        let late = travel(annotated.at_us, annotated.frame).map(|late| format!(" · {late}")).unwrap_or_default();
        let quoting = |len: usize| format!("{number}{ends}{}{late}", narrow(&annotated.words_quoting(len)));
        let [most, fewer @ ..] = QUOTED_LENS;
        let whole = quoting(most);
        if whole.chars().count() <= room {
            return whole;
        }
        fewer.into_iter().map(quoting).find(|words| words.chars().count() <= room).unwrap_or(whole)
    }

    fn arrow(&mut self, at_us: Micros, arrow: &Arrow, words: &str) {
        let (left, right) = (arrow.from.min(arrow.to), arrow.from.max(arrow.to));
        if words.chars().count() <= arrow.room() {
            let row = self.row(Some(at_us));
            self.done.push(arrow.drawn(row, left, right, words));
            return;
        }
        for line in broken(words, (right - left).saturating_sub(3)) {
            let mut row = self.row(Some(at_us));
            row.put(left + 2, &line, arrow.role);
            self.done.push(row);
        }
        let row = self.row(Some(at_us));
        self.done.push(arrow.drawn(row, left, right, ""));
    }

    fn event(&mut self, record: &Record) {
        let Some((node, words)) = event_words(record) else { return };
        let words = narrow(&words);
        let role = match record.what {
            What::State { .. } => Some(Role::Warning),
            What::Fault { .. } | What::LeftOut(_) => Some(Role::Bad),
            What::Command { .. } | What::Typed { .. } => Some(Role::Strong),
            _ => None,
        };
        let Some(node) = node else {
            self.across(record.at_us, &words, role);
            return;
        };
        let Some(at) = self.columns.place(node) else {
            self.listed(record.at_us, &format!("{}: {words}", narrow(node)), role);
            return;
        };
        let beside = self.beside(at);
        for line in broken(&words, beside.room()) {
            let mut row = self.row(Some(record.at_us));
            row.put(beside.place(&line), &line, role);
            self.done.push(row);
        }
    }

    /// What sockets the hosts have had from before, where there is room for it.
    fn earlier(&mut self, earlier: &[&Record]) {
        let mut all: Vec<(Beside, Vec<String>)> = Vec::new();
        for (node, at) in &self.columns.0 {
            all.push((self.beside(*at), earlier_words(earlier, node).iter().map(|words| narrow(words)).collect()));
        }
        let most = all.iter().map(|(_, words)| words.len()).max().unwrap_or(0);
        for number in 0..most {
            let mut row = self.row(None);
            for (beside, words) in &all {
                if let Some(line) = words.get(number).filter(|line| line.chars().count() <= beside.room()) {
                    row.put(beside.place(line), line, Some(Role::Dim));
                }
            }
            self.done.push(row);
        }
    }

    /// Where the words of a host stand: behind its column, or in front of the last one.
    fn beside(&self, at: usize) -> Beside {
        let places = || self.columns.0.iter().map(|(_, place)| *place);
        let next = places().filter(|place| *place > at).min();
        let before = places().filter(|place| *place < at).max();
        let (start, end, to_right) = match (next, before) {
            (Some(next), _) => (at + 2, next.saturating_sub(1), false),
            (None, Some(before)) => (before + 2, at.saturating_sub(1), true),
            (None, None) => (at + 2, self.width, false),
        };
        Beside { start, end, to_right }
    }

    /// A line across all columns.
    fn across(&mut self, at_us: Micros, words: &str, role: Option<Role>) {
        let (Some(first), Some(last)) = (self.columns.0.first(), self.columns.0.last()) else {
            self.listed(at_us, words, role);
            return;
        };
        let (first, last) = (first.1, last.1);
        if first == last || words.chars().count() + 4 > last - first {
            self.listed(at_us, words, role);
            return;
        }
        let mut row = self.row(Some(at_us));
        let start = first + (last - first - words.chars().count()) / 2;
        row.put(start - 1, &format!(" {words} "), role);
        self.done.push(row);
    }

    /// A line without columns.
    fn listed(&mut self, at_us: Micros, words: &str, role: Option<Role>) {
        let time = seconds(at_us);
        let indent = TIME.min(self.width / 3);
        self.last = Some(at_us);
        for (number, line) in broken(words, self.width.saturating_sub(indent)).into_iter().enumerate() {
            let mut row = Row::default();
            let lead = if number == 0 { time.as_str() } else { "" };
            row.push(&format!("{lead:>width$} ", width = indent.saturating_sub(1)), Some(Role::Dim));
            row.push(&line, role);
            row.0.truncate(self.width);
            self.done.push(row);
        }
    }

    /// What the signs and numbers mean, of those that are there, and who else has to do with the frames.
    fn legend(&mut self, frames: &[&Annotated<'_>]) {
        let columns: Vec<&str> = self.columns.0.iter().map(|(node, _)| *node).collect();
        let mut lines = self.ends.connections();
        let others = self.ends.others(&columns);
        if !others.is_empty() {
            // No line ends between a node and its addresses.
            let whole: Vec<String> = others.iter().map(|other| other.replace(' ', "\u{a0}")).collect();
            lines.push(whole.join(", "));
        }
        if !columns.is_empty() {
            lines.push(signs(frames).join(", "));
        }
        for line in lines.iter().filter(|line| !line.is_empty()) {
            for line in broken(&narrow(line), self.width.saturating_sub(TIME)) {
                let mut row = Row::default();
                row.push(&" ".repeat(TIME), None);
                row.push(&line.replace('\u{a0}', " "), Some(Role::Dim));
                row.0.truncate(self.width);
                self.done.push(row);
            }
        }
    }
}

/// The signs on the arrows, and what they mean.
fn signs(frames: &[&Annotated<'_>]) -> Vec<&'static str> {
    let mut signs = Vec::new();
    if frames.iter().any(|frame| frame.frame.fate.is_lost()) {
        signs.push("× lost");
    }
    if frames.iter().any(|frame| frame.is_retransmission()) {
        signs.push("╌ sent again");
    }
    if frames.iter().any(|frame| travel(frame.at_us, frame.frame).is_some()) {
        signs.push("· how long it took");
    }
    signs
}

/// The room of the words of a host.
struct Beside {
    start: usize,
    end: usize,
    /// Whether they end where it ends.
    to_right: bool,
}

impl Beside {
    fn room(&self) -> usize {
        self.end.saturating_sub(self.start)
    }

    fn place(&self, words: &str) -> usize {
        if self.to_right { self.end.saturating_sub(words.chars().count()) } else { self.start }
    }
}

/// An arrow between two columns.
struct Arrow {
    from: usize,
    to: usize,
    lost: bool,
    again: bool,
    role: Option<Role>,
}

impl Arrow {
    /// What fits on it, beside the column of a host, the head, a dash at each end and a blank at each side of the words.
    fn room(&self) -> usize {
        self.from.abs_diff(self.to).saturating_sub(6)
    }

    fn drawn(&self, mut row: Row, left: usize, right: usize, words: &str) -> Row {
        let dash = if self.again { '╌' } else { '─' };
        let inner = (right - left).saturating_sub(1);
        let mut line: Vec<char> = vec![dash; inner];
        let words: Vec<char> = if words.is_empty() {
            Vec::new()
        } else {
            std::iter::once(' ').chain(words.chars()).chain([' ']).collect()
        };
        // A lost one ends before the other host.
        let end = if self.lost { (words.len() + 4).max(inner * 2 / 3).min(inner) } else { inner };
        let (head, to_right) = (if self.lost { '×' } else { '▶' }, self.from < self.to);
        for (number, cell) in line.iter_mut().enumerate() {
            if number >= end {
                *cell = ' ';
            } else if number + 1 == end {
                *cell = head;
            }
        }
        if !to_right {
            line.reverse();
            line.iter_mut().filter(|cell| **cell == '▶').for_each(|cell| *cell = '◀');
        }
        // The words stand at the middle of what there is of the arrow, and never on its head.
        let body = end.saturating_sub(1);
        let middle = (body.saturating_sub(words.len())) / 2;
        let start = if to_right { middle } else { inner.saturating_sub(end) + 1 + middle };
        for (cell, character) in line.iter_mut().skip(start).zip(&words) {
            *cell = *character;
        }
        let line: String = line.into_iter().collect();
        row.put(left + 1, &line, self.role);
        row
    }
}

/// How long a frame was on its way, if that is worth a word.
fn travel(at_us: Micros, frame: &Frame) -> Option<String> {
    let micros = u64::try_from(frame.arrived_us?.saturating_sub(at_us)).ok()?;
    (micros >= NOTABLE_US).then(|| duration(micros))
}

fn role(annotated: &Annotated<'_>) -> Option<Role> {
    if annotated.frame.fate.is_lost() {
        return Some(Role::Bad);
    }
    match annotated.look() {
        Look::Opens => Some(Role::Good),
        Look::Data => Some(Role::Strong),
        Look::Closes => Some(Role::Warning),
        Look::Complains => Some(Role::Bad),
        Look::Neighbours => Some(Role::Dim),
        Look::Plain => None,
    }
}

/// Text of which every character takes one column: others are written as `\u{..}`.
fn narrow(text: &str) -> String {
    let mut narrow = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}' => narrow.extend(character.escape_default()),
            '\u{20}'..='\u{2ff}' | '\u{370}'..='\u{482}' | '\u{48a}'..='\u{590}' | '–' | '…' | '→' | '╌' | '⋮' =>
            {
                narrow.push(character);
            }
            other => narrow.extend(other.escape_unicode()),
        }
    }
    narrow
}

/// Words in lines of at most so many characters: broken at blanks, and inside of what is longer than a line.
fn broken(words: &str, room: usize) -> Vec<String> {
    let room = room.max(1);
    let mut lines = Vec::new();
    let mut line: Vec<char> = Vec::new();
    for word in words.split(' ') {
        let mut word: Vec<char> = word.chars().collect();
        if !line.is_empty() && line.len() + 1 + word.len() <= room {
            line.push(' ');
            line.append(&mut word);
            continue;
        }
        if !line.is_empty() {
            lines.push(line.drain(..).collect());
        }
        while word.len() > room {
            lines.push(word.drain(..room).collect());
        }
        line = word;
    }
    lines.push(line.into_iter().collect());
    lines
}

#[cfg(test)]
mod tests;
