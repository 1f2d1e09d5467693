//! A listing as comma-separated values.
//!
//! # Source
//! RFC 4180 section 2: lines end in CR LF, the first has the names of the columns, and what has a comma, a quotation mark
//! or a line end in it stands in quotation marks.

use std::io::{self, Write as _};

use sockeye_cli::output::{Render, Text};

use super::Listing;
use crate::columns::cell::Reader;

/// A listing for programs that read such values.
#[derive(Clone, Copy, Debug)]
pub struct Csv<'a>(pub Listing<'a>);

impl Render for Csv<'_> {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let Self(listing) = self;
        let mut line = String::new();
        if listing.headings {
            for (index, column) in listing.columns.iter().enumerate() {
                separate(&mut line, index);
                line.push_str(column.header());
            }
            line.push_str("\r\n");
            text.write_all(line.as_bytes())?;
        }
        let mut cell = String::new();
        for row in listing.rows() {
            line.clear();
            for (index, column) in listing.columns.iter().enumerate() {
                separate(&mut line, index);
                cell.clear();
                column.push(&mut cell, &row, Reader::Program);
                push_field(&mut line, &cell);
            }
            line.push_str("\r\n");
            text.write_all(line.as_bytes())?;
        }
        Ok(())
    }
}

fn separate(line: &mut String, index: usize) {
    if index > 0 {
        line.push(',');
    }
}

fn push_field(line: &mut String, field: &str) {
    if !field.contains(['"', ',', '\r', '\n']) {
        return line.push_str(field);
    }
    line.push('"');
    line.push_str(&field.replace('"', "\"\""));
    line.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_as_rfc_4180_wants_them() {
        let shown = |field| {
            let mut line = String::new();
            push_field(&mut line, field);
            line
        };
        assert_eq!(shown("[::1]:80"), "[::1]:80");
        assert_eq!(shown("a b"), "a b");
        assert_eq!(shown("nc[1] fd 3, nc[2] fd 3"), "\"nc[1] fd 3, nc[2] fd 3\"");
        assert_eq!(shown("\"a b\"[1]"), "\"\"\"a b\"\"[1]\"");
    }
}
