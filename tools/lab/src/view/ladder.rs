//! A ladder: a column for each host, an arrow for each frame, time going down.

use sockeye_cli::output::Role;
use sockeye_cli::{Render, Text};

use super::columns::columns;
use super::ends::Ends;
use super::times::on_one_clock;
use super::{Selection, duration, event_words, seconds};
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
            .then(|| format!("⋮ {count} more frames, until {until}: --html and --pcap have all"))
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
        let next = self.columns.0.iter().map(|(_, place)| *place).filter(|place| *place > at).min();
        let before = self.columns.0.iter().map(|(_, place)| *place).filter(|place| *place < at).max();
        // Behind the column, or in front of the last one.
        let (start, end, to_right) = match (next, before) {
            (Some(next), _) => (at + 2, next.saturating_sub(1), false),
            (None, Some(before)) => (before + 2, at.saturating_sub(1), true),
            (None, None) => (at + 2, self.width, false),
        };
        let room = end.saturating_sub(start);
        for line in broken(&words, room) {
            let mut row = self.row(Some(record.at_us));
            let place = if to_right { end.saturating_sub(line.chars().count()) } else { start };
            row.put(place, &line, role);
            self.done.push(row);
        }
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
            lines.push(others.join(", "));
        }
        if !columns.is_empty() {
            lines.push(signs(frames).join(", "));
        }
        for line in lines.iter().filter(|line| !line.is_empty()) {
            for line in broken(&narrow(line), self.width.saturating_sub(TIME)) {
                let mut row = Row::default();
                row.push(&" ".repeat(TIME), None);
                row.push(&line, Some(Role::Dim));
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
mod tests {
    use super::*;
    use crate::filter::Filter;
    use crate::frames::sample::{arp, connection, lab, run, sent, udp};
    use crate::model::Signal;
    use crate::record::{Fate, What};

    fn drawn(records: &[Record], columns: u16) -> Vec<String> {
        Ladder::new(records, &lab(), &Selection::default(), Some(columns)).lines()
    }

    fn state(ms: i64, node: &str, to: &str) -> Record {
        let what = What::State {
            node: node.into(),
            protocol: "tcp".into(),
            local: "10.0.0.2:7000".into(),
            peer: "*:*".into(),
            from: None,
            to: Some(to.into()),
            cookie: 1,
        };
        Record { at_us: ms * 1000, step: 1, what }
    }

    #[test]
    fn a_connection() {
        let mut records = vec![state(0, "bob", "LISTEN")];
        records.extend(run(connection()));
        let shown = drawn(&records, 72);
        assert_eq!(
            shown[..7],
            [
                "            alice                                                   bob",
                "        10.0.0.1:40000                                     10.0.0.2:7000",
                "   0.000000   │                                         LISTEN :7000 │",
                "   0.001000   │──────────────────── SYN, seq 0 ─────────────────────▶│",
                "   0.002000   │◀─────────────── SYN+ACK, seq 0, ack 1 ───────────────│",
                "   0.003000   │─────────────────── ACK 1 (opens) ───────────────────▶│",
                "   0.004000   │────────── 5 octets \"ABCDE\", seq 1, ack 1 ───────────▶│",
            ]
        );
        assert_eq!(shown.len(), 12);
    }

    #[test]
    fn a_lost_frame_ends_in_a_cross_and_a_second_one_is_dashed() {
        let mut records = run([udp(true, 6000, b"a"), connection()[0].clone(), connection()[0].clone()]);
        if let What::Frame(frame) = &mut records[0].what {
            frame.fate = Fate::Lost;
            frame.arrived_us = None;
        }
        if let What::Frame(frame) = &mut records[2].what {
            frame.arrived_us = Some(3_000 + 25_100);
        }
        let shown = drawn(&records, 90).join("\n");
        assert!(shown.contains("UDP to 6000, 1 octet \"a\" (lost) ") && shown.contains("─×  "), "{shown}");
        assert!(shown.contains("╌ SYN, seq 0 (retransmission) · 25.1 ms ╌"), "{shown}");
        assert!(shown.ends_with("× lost, ╌ sent again, · how long it took"), "{shown}");
    }

    /// All that can stand in records, with text that would harm a terminal.
    fn everything() -> Vec<Record> {
        let evil = "\u{1b}[2J\r\n<script>\u{202e}你好 \u{0301}".repeat(3);
        let mut records = run(connection());
        records.extend([
            sent(20, 20, arp(1)),
            sent(21, 21, arp(2)),
            sent(22, 22, udp(true, 53, evil.as_bytes())),
            sent(23, 23, udp(false, 6000, &[0; 1400])),
            state(24, "bob", &evil),
            state(25, "mallory", "LISTEN"),
        ]);
        let (node, label, text) = ("alice".to_owned(), "nc".to_owned(), evil);
        let whats = [
            What::Command { node: node.clone(), label: label.clone(), line: text.clone(), pid: 1, background: true },
            What::Line { node: node.clone(), label: label.clone(), text: text.clone(), ended: true },
            What::Typed { node: node.clone(), label: label.clone(), text: Some(text.clone()) },
            What::Typed { node: node.clone(), label: label.clone(), text: None },
            What::Signalled { node: node.clone(), label: label.clone(), signal: Signal::Kill },
            What::Ended { node, label, status: 1 },
            What::Fault { subject: text.clone(), text },
        ];
        records.extend(whats.into_iter().map(|what| Record { at_us: 26_000, step: 1, what }));
        records
    }

    #[test]
    fn nothing_is_wider_than_the_terminal_and_nothing_acts_on_it() {
        let records = everything();
        for talk in [false, true] {
            for columns in 1..=140_u16 {
                let selection = Selection { talk, ..Selection::default() };
                let ladder = Ladder::new(&records, &lab(), &selection, Some(columns));
                for line in ladder.lines() {
                    assert!(line.chars().count() <= usize::from(columns), "{columns}: {line}");
                    assert!(!line.chars().any(sockeye_common::escape::acts), "{columns}: {line:?}");
                }
            }
        }
    }

    #[test]
    fn every_frame_is_shown_once_and_its_arrow_points_the_right_way() {
        let records = run(connection());
        let frames: Vec<_> = records.iter().filter(|record| matches!(record.what, What::Frame(_))).collect();
        for columns in [60, 80, 100, 132] {
            let shown = drawn(&records, columns);
            let arrows: Vec<&String> = shown.iter().filter(|line| line.contains(['▶', '◀'])).collect();
            assert_eq!(arrows.len(), frames.len(), "{columns}");
            for (line, record) in arrows.iter().zip(&frames) {
                let What::Frame(frame) = &record.what else { continue };
                let head = if frame.from == "alice" { "▶│" } else { "│◀" };
                assert!(line.contains(head), "{line}");
                assert!(line.contains(&seconds(record.at_us)), "{line}");
            }
        }
        // Too narrow for columns: a list.
        let shown = drawn(&records, 30).join(" ");
        assert_eq!(
            shown.matches("alice → bob").count() + shown.matches("bob → alice").count(),
            frames.len(),
            "{shown}"
        );
    }

    #[test]
    fn a_selection_leaves_out_what_is_not_asked_for() {
        let mut records = run(connection());
        records.extend(run([udp(true, 6000, b"a")]));
        let filter = Filter::parse("tcp syn").unwrap();
        let selection = Selection { filter: Some(&filter), ..Selection::default() };
        let shown = Ladder::new(&records, &lab(), &selection, Some(80)).lines();
        assert_eq!(shown.len(), 4, "{shown:?}");
        let selection = Selection { step: Some(2), ..Selection::default() };
        assert!(Ladder::new(&records, &lab(), &selection, Some(80)).lines().iter().all(String::is_empty));
        let selection = Selection { link: Some("r1-r2"), ..Selection::default() };
        assert!(Ladder::new(&records, &lab(), &selection, Some(80)).lines().iter().all(String::is_empty));
    }

    #[test]
    fn several_connections_are_told_apart() {
        let other: Vec<Vec<u8>> = connection()
            .into_iter()
            .map(|mut octets| {
                let from_alice = octets[11] == 1;
                let at = if from_alice { 34 } else { 36 };
                octets[at + 1] ^= 1;
                octets
            })
            .collect();
        let shown = drawn(&run(connection().into_iter().chain(other)), 100).join("\n");
        // The tenth of each says what it stands for.
        assert_eq!((shown.matches("[1] ").count(), shown.matches("[2] ").count()), (10, 10), "{shown}");
        assert!(shown.ends_with("[1] alice:40000 – bob:7000\n            [2] alice:40001 – bob:7000"), "{shown}");
    }

    #[test]
    fn times_go_on_where_the_clock_is_set_in_between() {
        let mut records = run(connection());
        let clock = Record { at_us: 0, step: 1, what: What::Clock { was_us: 5_500 } };
        for record in records.iter_mut().skip(5) {
            record.at_us -= 5_500;
        }
        records.insert(5, clock.clone());
        let shown = drawn(&records, 72);
        let times: Vec<&str> = shown.iter().skip(2).filter_map(|line| line.split_whitespace().next()).collect();
        assert_eq!(
            times[..7],
            ["-0.004500", "-0.003500", "-0.002500", "-0.001500", "-0.000500", "0.000000", "0.000500"]
        );
        assert!(shown[7].contains("the clock is set to zero"), "{shown:#?}");
        // Nothing stands before it.
        records.splice(..6, [clock]);
        assert!(!drawn(&records, 72).concat().contains("the clock"));
    }

    #[test]
    fn a_long_ladder_is_shown_without_its_middle() {
        let records =
            |count: u16| (1..=count).map(|number| sent(number.into(), number.into(), udp(true, number, b"a")));
        let shown = drawn(&records(200).collect::<Vec<_>>(), 80).join("\n");
        assert!(shown.matches('▶').count() == 200 && !shown.contains('⋮'), "{shown}");
        let mut long: Vec<Record> = records(1_000).collect();
        long.insert(500, state(500, "bob", "LISTEN"));
        long.insert(
            500,
            Record { at_us: 500_000, step: 1, what: What::Fault { subject: "wire".into(), text: "cut".into() } },
        );
        let shown = drawn(&long, 80).join("\n");
        assert_eq!(shown.matches('▶').count(), FIRST + LAST);
        assert!(shown.contains("⋮ 820 more frames, until 0.940000: --html and --pcap have all"), "{shown}");
        assert!(
            shown.contains("UDP to 120,") && shown.contains("UDP to 941,") && shown.contains("wire: cut"),
            "{shown}"
        );
        assert!(
            !shown.contains("UDP to 121,") && !shown.contains("UDP to 940,") && !shown.contains("LISTEN"),
            "{shown}"
        );
    }

    #[test]
    fn less_of_the_data_is_shown_where_all_of_it_does_not_fit() {
        let records = run([udp(true, 6000, b"abcdefghijklmnopqrstuvwxyz")]);
        let shown = |columns| drawn(&records, columns).swap_remove(2);
        assert!(shown(80).contains("─ UDP to 6000, 26 octets \"abcdefghijklmnopqrstuvwx\"… ─"));
        assert!(shown(60).contains("─ UDP to 6000, 26 octets \"abcdefghij\"… ─"), "{}", shown(60));
    }

    #[test]
    fn words_are_broken_where_they_must() {
        assert_eq!(broken("one two three", 7), ["one two", "three"]);
        assert_eq!(broken("unbreakable", 4), ["unbr", "eaka", "ble"]);
        assert_eq!(broken("", 4), [""]);
        assert_eq!(narrow("é你\u{301}\n"), "é\\u{4f60}\\u{301}\\n");
    }
}
