//! The anatomy of a URL: its line with each component in its own colour, and beneath it what each part is called.
//!
//! ```text
//! https://example.com:8443/a/b?q=1#top
//! └─┬─┘   └────┬────┘ └┬─┘└┬─┘ └┬┘ └┬┘
//! scheme     host    port path  │ fragment
//!                             query
//! ```
//!
//! A URL that is longer than a line is broken, between components where that can be, and every line has its own ruler. One that
//! would take more than `MOST_LINES` lines is shown without, and of a component that is very long the beginning.

use std::borrow::Cow;

use sockeye_cli::escape::escape;

use crate::report::cut;
use crate::spans::Span;

/// How many lines of a terminal a URL may take and still be drawn with its ruler.
const MOST_LINES: usize = 6;

/// The length of a line where nothing limits it: what a person can still follow with the eye.
const NO_TERMINAL: usize = 400;

/// The length of the longest name of a component.
const LONGEST_NAME: usize = 8;

/// What ends a colour.
const PLAIN: &str = "\u{1b}[0m";

/// The colour of each component (ECMA-48, "SGR").
fn colour(component: &str) -> &'static str {
    match component {
        "scheme" => "\u{1b}[36m",
        "username" | "password" => "\u{1b}[1;31m",
        "host" => "\u{1b}[1;32m",
        "port" => "\u{1b}[33m",
        "path" => "\u{1b}[34m",
        "query" => "\u{1b}[35m",
        _ => "\u{1b}[90m",
    }
}

/// A run of the line: a component, or what separates two.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Run<'a> {
    /// The component; `None` for a delimiter.
    name: Option<&'static str>,
    /// As it is shown.
    text: Cow<'a, str>,
}

impl Run<'_> {
    fn width(&self) -> usize {
        width(&self.text)
    }

    fn paint(&self, drawn: &mut String, coloured: bool) {
        match self.name {
            Some(name) if coloured && !self.text.is_empty() => paint(drawn, name, &self.text),
            _ => drawn.push_str(&self.text),
        }
    }
}

fn paint(drawn: &mut String, name: &str, text: &str) {
    drawn.extend([colour(name), text, PLAIN]);
}

/// The lines of the drawing: the URL in `coloured` or plain text, and its ruler. `width` is that of the terminal in columns.
pub fn draw(input: &str, components: &[(&'static str, Span)], width: Option<u16>, coloured: bool) -> String {
    let runs = runs(input, components);
    let limit = width.map_or(NO_TERMINAL, usize::from).max(1);
    let most = if width.is_some() { MOST_LINES } else { 1 };
    let total: usize = runs.iter().map(Run::width).sum();
    let mut drawn = String::with_capacity(input.len() * 8);
    if total.div_ceil(limit) > most {
        for run in &runs {
            Run { name: run.name, text: cut(&run.text) }.paint(&mut drawn, coloured);
        }
        drawn.push('\n');
        return drawn;
    }
    // A name at the right edge may need the columns behind what it names.
    let drawing = |limit: usize| rows(&runs, limit).into_iter().map(|row| Drawing::new(row, limit)).collect::<Vec<_>>();
    let mut drawings = drawing(limit);
    if drawings.iter().any(|drawing| drawing.width() > limit) {
        drawings = drawing(limit.saturating_sub(LONGEST_NAME).max(1));
    }
    for drawing in &drawings {
        drawing.write(&mut drawn, coloured);
    }
    drawn
}

/// The input as components and what lies between them, in order.
fn runs<'a>(input: &'a str, components: &[(&'static str, Span)]) -> Vec<Run<'a>> {
    let mut runs = Vec::with_capacity(components.len() * 2 + 1);
    let mut at = 0;
    let mut push = |name, span: Span| {
        if !span.is_empty() {
            runs.push(Run { name, text: escape(span.of(input)) });
        }
    };
    for (name, span) in components {
        push(None, Span { start: at, end: span.start });
        push(Some(*name), *span);
        at = span.end;
    }
    push(None, Span { start: at, end: input.len() });
    runs
}

/// Breaks the runs into rows of no more than `limit` columns. A delimiter goes with what follows it.
fn rows<'a>(runs: &[Run<'a>], limit: usize) -> Vec<Vec<Run<'a>>> {
    let mut rows: Vec<Vec<Run>> = Vec::new();
    let mut row: Vec<Run> = Vec::new();
    let mut used = 0;
    let mut rest = runs.iter().peekable();
    while let Some(run) = rest.next() {
        let follower =
            rest.peek().filter(|next| run.name.is_none() && next.name.is_some()).map_or(0, |next| next.width());
        let wide = run.width();
        let together = wide + follower;
        // What fits in a line of its own is not broken.
        if used > 0 && used + together > limit && together <= limit {
            rows.push(std::mem::take(&mut row));
            used = 0;
        }
        if used + wide <= limit {
            used += wide;
            row.push(run.clone());
            continue;
        }
        for piece in broken(run, limit - used.min(limit), limit) {
            if used > 0 && used + piece.width() > limit {
                rows.push(std::mem::take(&mut row));
                used = 0;
            }
            used += piece.width();
            row.push(piece);
        }
    }
    rows.push(row);
    rows
}

/// A run in pieces: the first no wider than `first`, the others than `limit`.
fn broken(run: &Run<'_>, first: usize, limit: usize) -> Vec<Run<'static>> {
    let mut pieces = Vec::new();
    let mut room = if first == 0 { limit } else { first };
    let mut text = String::new();
    let mut used = 0;
    for character in run.text.chars() {
        let columns = columns(character);
        if used + columns > room && !text.is_empty() {
            pieces.push(Run { name: run.name, text: std::mem::take(&mut text).into() });
            used = 0;
            room = limit;
        }
        used += columns;
        text.push(character);
    }
    pieces.push(Run { name: run.name, text: text.into() });
    pieces
}

/// A row of the URL, and the names beneath.
struct Drawing<'a> {
    row: Vec<Run<'a>>,
    labels: Vec<Vec<Word>>,
}

impl<'a> Drawing<'a> {
    fn new(row: Vec<Run<'a>>, limit: usize) -> Self {
        let mut marks = Vec::with_capacity(row.len());
        let mut at = 0;
        for run in &row {
            let wide = run.width();
            marks.extend(run.name.map(|name| Mark { name, column: at + hook(wide) }));
            at += wide;
        }
        Self { row, labels: labels(&marks, limit) }
    }

    /// How wide the widest line of names is.
    fn width(&self) -> usize {
        let ends = self.labels.iter().flatten().map(|(column, _, text)| column + width(text));
        ends.max().unwrap_or_default()
    }

    fn write(&self, drawn: &mut String, coloured: bool) {
        for run in &self.row {
            run.paint(drawn, coloured);
        }
        drawn.push('\n');
        if self.labels.is_empty() {
            return;
        }
        for run in &self.row {
            match run.name {
                None => push_times(drawn, ' ', run.width()),
                Some(name) => {
                    drawn.push_str(if coloured { colour(name) } else { "" });
                    push_bracket(drawn, run.width());
                    drawn.push_str(if coloured { PLAIN } else { "" });
                }
            }
        }
        drawn.truncate(drawn.trim_end_matches(' ').len());
        drawn.push('\n');
        for words in &self.labels {
            push_words(drawn, words, coloured);
            drawn.push('\n');
        }
    }
}

fn push_times(drawn: &mut String, character: char, times: usize) {
    drawn.extend(std::iter::repeat_n(character, times));
}

/// In which column of so many the name hangs.
fn hook(wide: usize) -> usize {
    if wide < 3 { 0 } else { (wide - 3) / 2 + 1 }
}

/// The bracket under so many columns.
fn push_bracket(drawn: &mut String, wide: usize) {
    match wide {
        0 => {}
        1 => drawn.push('│'),
        2 => drawn.push_str("├┘"),
        _ => {
            let left = hook(wide) - 1;
            drawn.push('└');
            push_times(drawn, '─', left);
            drawn.push('┬');
            push_times(drawn, '─', wide - 3 - left);
            drawn.push('┘');
        }
    }
}

/// Where a name hangs.
struct Mark {
    name: &'static str,
    column: usize,
}

/// Something on a line of names: its first column, whose it is, what is written.
type Word = (usize, &'static str, &'static str);

/// The lines of names, each from left to right. From right to left every name takes the first line on which it has room; what
/// hangs lower has a stroke on the lines above.
fn labels(marks: &[Mark], limit: usize) -> Vec<Vec<Word>> {
    let mut lines: Vec<Vec<Word>> = Vec::new();
    for (index, mark) in marks.iter().enumerate().rev() {
        let long = mark.name.len();
        let before = index.checked_sub(1).and_then(|index| marks.get(index)).map(|mark| mark.column);
        let centred = mark.column.saturating_sub(long / 2).min(limit.saturating_sub(long));
        // A name must leave room for the stroke of the one to its left.
        let start = if before.is_none_or(|column| centred > column + 1) { centred } else { mark.column };
        let line = lines.iter().position(|line| line.first().is_none_or(|(column, ..)| start + long < *column));
        let line = line.unwrap_or(lines.len());
        for above in lines.iter_mut().take(line) {
            above.insert(0, (mark.column, mark.name, "│"));
        }
        match lines.get_mut(line) {
            Some(words) => words.insert(0, (start, mark.name, mark.name)),
            None => lines.push(vec![(start, mark.name, mark.name)]),
        }
    }
    lines
}

fn push_words(drawn: &mut String, words: &[Word], coloured: bool) {
    let mut at = 0;
    for (column, name, text) in words {
        push_times(drawn, ' ', column.saturating_sub(at));
        if coloured {
            paint(drawn, name, text);
        } else {
            drawn.push_str(text);
        }
        at = column + width(text);
    }
}

/// How many columns a text takes on a terminal.
fn width(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.chars().map(columns).sum() }
}

/// How many columns a character takes: two for East Asian wide ones and emoji, none for what combines with the one before.
///
/// # Source
/// UAX #11, by blocks: enough for a ruler to stand under its text.
fn columns(character: char) -> usize {
    match u32::from(character) {
        0x0300..=0x036f | 0x200b..=0x200d | 0x20d0..=0x20ff | 0xfe00..=0xfe0f => 0,
        0x1100..=0x115f
        | 0x2e80..=0xa4cf
        | 0xac00..=0xd7a3
        | 0xf900..=0xfaff
        | 0xfe30..=0xfe6f
        | 0xff00..=0xff60
        | 0xffe0..=0xffe6
        | 0x1f300..=0x1f64f
        | 0x1f680..=0x1f6ff
        | 0x1f900..=0x1f9ff
        | 0x20000..=0x3fffd => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::dissect::dissect;

    fn lines(text: &str, components: &[(&'static str, Span)], width: Option<u16>, coloured: bool) -> Vec<String> {
        let drawn = draw(text, components, width, coloured);
        drawn.strip_suffix('\n').unwrap().split('\n').map(str::to_owned).collect()
    }

    fn of(text: &str, width: Option<u16>) -> Vec<String> {
        lines(text, &dissect(text, &mut |_| {}).unwrap().places(), width, false)
    }

    fn drawing(text: &str, width: Option<u16>) -> String {
        format!("\n{}\n", of(text, width).join("\n"))
    }

    #[test]
    fn each_component_hangs_under_its_text() {
        assert_eq!(
            drawing("https://user:pw@example.com:8443/a%20b/../c?q=x+y&q=2#top", Some(80)),
            "
https://user:pw@example.com:8443/a%20b/../c?q=x+y&q=2#top
└─┬─┘   └┬─┘ ├┘ └────┬────┘ └┬─┘└────┬────┘ └───┬───┘ └┬┘
scheme   │   │     host    port    path         │  fragment
         │   password                         query
     username
"
        );
        assert_eq!(
            drawing("http://u:p@h:1/?q#f", None),
            "
http://u:p@h:1/?q#f
└┬─┘   │ │ │ ││ │ │
scheme │ │ │ ││ │ fragment
       │ │ │ ││ query
       │ │ │ │path
       │ │ │ port
       │ │ host
       │ password
   username
"
        );
    }

    #[test]
    fn what_is_longer_than_a_line_is_broken_between_components() {
        assert_eq!(
            drawing("http://www.example.com/a/long/path/to/page.html?query=1", Some(40)),
            "
http://www.example.com
└┬─┘   └──────┬──────┘
scheme      host
/a/long/path/to/page.html?query=1
└───────────┬───────────┘ └──┬──┘
          path             query
"
        );
        // A component longer than a line is broken inside, and named on each of its lines.
        let long = of(&format!("http://h/{}", "a".repeat(60)), Some(40));
        assert_eq!(long.iter().filter(|line| line.contains("path")).count(), 2, "{long:#?}");
    }

    #[test]
    fn a_url_of_many_lines_has_no_ruler() {
        let text = format!("http://h/{}", "a".repeat(999));
        assert_eq!(of(&text, Some(80)).concat(), text);
        assert_eq!(of(&text, None).concat(), text);
        // The path alone has more than a person is shown.
        assert_eq!(of(&format!("{text}a"), None).concat(), format!("{text}… (1001 octets)"));
    }

    #[test]
    fn colours_are_the_only_difference() {
        let text = "http://u:p@h:1/a?q#f";
        let places = dissect(text, &mut |_| {}).unwrap().places();
        let coloured = lines(text, &places, Some(80), true).join("\n");
        assert!(coloured.starts_with("\u{1b}[36mhttp\u{1b}[0m://\u{1b}[1;31mu\u{1b}[0m:"), "{coloured:?}");
        let mut plain = coloured;
        for (name, _) in &places {
            plain = plain.replace(colour(name), "");
        }
        assert_eq!(plain.replace(PLAIN, ""), of(text, Some(80)).join("\n"));
    }

    #[test]
    fn wide_characters_take_two_columns() {
        let lines = of("http://例え.jp/x", Some(80));
        assert_eq!(lines[1], "└┬─┘   └──┬──┘├┘");
    }

    proptest! {
        #[test]
        fn nothing_is_wider_than_the_terminal_and_nothing_is_lost(
            userinfo in "([a-z]{0,30}(:[a-z]{0,9})?@)?", host in "[a-z]{1,50}", tail in "(:[1-9])?(/[a-zé例]{0,60})?(\\?[a-z]{0,90})?(#[a-z]{0,9})?",
            width in 12_u16..100,
        ) {
            let text = format!("http://{userinfo}{host}{tail}");
            let Ok(url) = dissect(&text, &mut |_| {}) else { return Ok(()) };
            let drawn = lines(&text, &url.places(), Some(width), false);
            if drawn.len() > 1 {
                prop_assert!(drawn.iter().all(|line| super::width(line) <= usize::from(width)), "{:#?}", drawn);
            }
            let kept: String = runs(&text, &url.places()).iter().map(|run| &*run.text).collect();
            prop_assert_eq!(&kept, &text);
            let pieces: String = rows(&runs(&text, &url.places()), usize::from(width)).iter().flatten().map(|run| &*run.text).collect();
            prop_assert_eq!(pieces, text);
        }
    }
}
