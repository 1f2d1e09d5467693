//! dig's columns: tabs as far as they go, then blanks.

use crate::style::Style;

const TAB: usize = 8;

/// Where the parts of a record begin. Counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Columns {
    pub(super) question_class: usize,
    pub(super) ttl: usize,
    pub(super) class: usize,
    pub(super) rtype: usize,
    pub(super) rdata: usize,
}

/// The columns for what is shown: each part that is left out moves those behind it.
pub(super) fn of(style: &Style) -> Columns {
    // Several lines leave no room, whatever is shown.
    match (style.ttl && !style.multiline, style.class && !style.multiline) {
        (true, true) => Columns { question_class: 32, ttl: 24, class: 32, rtype: 40, rdata: 48 },
        (false, false) => Columns { question_class: 24, ttl: 24, class: 24, rtype: 24, rdata: 32 },
        (false, true) => Columns { question_class: 24, ttl: 24, class: 24, rtype: 32, rdata: 40 },
        (true, false) => Columns { question_class: 24, ttl: 24, class: 32, rtype: 32, rdata: 40 },
    }
}

/// How far a line has come.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    /// The column where the words begin that are not counted yet.
    column: usize,
    /// Where they begin in the text.
    at: usize,
}

impl Line {
    /// A line that begins where the text ends.
    pub(super) fn at(text: &str) -> Self {
        Self { column: 0, at: text.len() }
    }

    /// Goes to a column, or one further if that has been passed. Each octet is a column: dig counts octets.
    pub(super) fn indent(&mut self, text: &mut String, column: usize) {
        self.column += text.len().saturating_sub(self.at);
        let to = column.max(self.column + 1);
        let tabs = (to / TAB).saturating_sub(self.column / TAB);
        if tabs > 0 {
            text.extend(std::iter::repeat_n('\t', tabs));
            self.column = to / TAB * TAB;
        }
        text.extend(std::iter::repeat_n(' ', to.saturating_sub(self.column)));
        self.column = to;
        self.at = text.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tabs_then_blanks() {
        // (column before, column wanted, what is written): from "The rules, Spacing" in reference/dig.md.
        for (before, wanted, written) in [
            (9, 24, "\t\t"),
            (16, 24, "\t"),
            (23, 24, "\t"),
            (24, 24, " "),
            (25, 24, " "),
            (31, 24, "\t"),
            (34, 32, " "),
            (0, 24, "\t\t\t"),
            (2, 5, "   "),
            (6, 13, "\t     "),
        ] {
            let mut text = String::new();
            let mut line = Line { column: before, at: 0 };
            line.indent(&mut text, wanted);
            assert_eq!(text, written, "{before} to {wanted}");
            assert_eq!(line.column, wanted.max(before + 1));
        }
    }
}
