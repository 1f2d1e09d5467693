//! What a person reads: columns as wide as what stands in them, the last one broken between words where the terminal ends.

use std::borrow::Cow;
use std::io;

use sockeye_cli::Text;
use sockeye_cli::output::Role;

/// What stands between two columns.
const BETWEEN: &str = "  ";

/// Rows of cells. The first column is a label.
#[derive(Clone, Debug, Default)]
pub struct Sheet {
    indent: usize,
    rows: Vec<(Option<Role>, Vec<String>)>,
    right: Vec<usize>,
}

impl Sheet {
    /// An empty sheet, with so many blanks before each row.
    pub fn new(indent: usize) -> Self {
        Self { indent, ..Self::default() }
    }

    /// Adds a row of headings.
    pub fn headings<'a>(&mut self, cells: impl IntoIterator<Item = &'a str>) -> &mut Self {
        self.rows.push((Some(Role::Dim), cells.into_iter().map(str::to_owned).collect()));
        self
    }

    /// Adds a row.
    pub fn row(&mut self, cells: impl IntoIterator<Item = impl Into<String>>) -> &mut Self {
        self.rows.push((None, cells.into_iter().map(Into::into).collect()));
        self
    }

    /// Adds a row in the colour of its role.
    pub fn marked(&mut self, role: Role, cells: impl IntoIterator<Item = impl Into<String>>) -> &mut Self {
        self.rows.push((Some(role), cells.into_iter().map(Into::into).collect()));
        self
    }

    /// Adds a row of a label and a value, unless there is none.
    pub fn pair(&mut self, label: &str, value: Option<impl Into<String>>) -> &mut Self {
        if let Some(value) = value {
            self.row([label.to_owned(), value.into()]);
        }
        self
    }

    /// Sets the columns with these indices flush right.
    pub fn right(&mut self, columns: &[usize]) -> &mut Self {
        self.right.extend_from_slice(columns);
        self
    }

    /// Writes the rows.
    ///
    /// # Errors
    /// Whatever the writer says.
    pub fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let columns = self.rows.iter().map(|(_, cells)| cells.len()).max().unwrap_or_default();
        let widths: Vec<usize> = (0..columns)
            .map(|column| {
                let cells = self.rows.iter().filter_map(|(_, cells)| cells.get(column));
                cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
            })
            .collect();
        let mut lead = String::new();
        for (role, cells) in &self.rows {
            lead.clear();
            lead.extend(std::iter::repeat_n(' ', self.indent));
            let mut rest = cells.iter().zip(&widths).enumerate().peekable();
            while let Some((column, (cell, width))) = rest.next() {
                let right = self.right.contains(&column);
                let is_last = column + 1 == columns || rest.peek().is_none();
                // A width of a format has sixteen bits, and a cell may be longer.
                let blanks = || " ".repeat(width.saturating_sub(cell.chars().count()));
                let padded = match (right, is_last) {
                    (true, _) => Cow::Owned(blanks() + cell),
                    (false, true) => Cow::Borrowed(cell.as_str()),
                    (false, false) => Cow::Owned(format!("{cell}{}", blanks())),
                };
                let painted = match (role, column) {
                    _ if !text.has_colour() => padded,
                    (Some(role), _) => Cow::Owned(text.paint(*role, &padded)),
                    (None, 0) if columns > 1 => Cow::Owned(text.paint(Role::Dim, &padded)),
                    (None, _) => padded,
                };
                if !is_last {
                    lead.push_str(&painted);
                    lead.push_str(BETWEEN);
                } else if cell.is_empty() {
                    text.line(lead.trim_end())?;
                } else {
                    text.prose(&lead, &painted)?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_cells() {
        let mut sheet = Sheet::new(1);
        sheet
            .headings(["a", "number", "words"])
            .row(["label", "7", "some words"])
            .row(["x", "1234567", ""])
            .right(&[1]);
        let mut written = Vec::new();
        sheet.render(&mut Text::plain(&mut written)).unwrap();
        let lines = " a       number  words\n label        7  some words\n x      1234567\n";
        assert_eq!(String::from_utf8(written).unwrap(), lines);
        // More than a width of a format holds.
        let long = "a".repeat(70_000);
        let mut sheet = Sheet::new(0);
        sheet.row([long.as_str(), &long, "x"]).row(["b", "b", "y"]).right(&[1]);
        let mut written = Vec::new();
        sheet.render(&mut Text::plain(&mut written)).unwrap();
        let blanks = " ".repeat(69_999);
        let lines = format!("{long}  {long}  x\nb{blanks}  {blanks}b  y\n");
        assert_eq!(String::from_utf8(written).unwrap(), lines);
    }
}
