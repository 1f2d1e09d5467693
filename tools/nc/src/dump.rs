//! What went past, as text: hex dumps in the forms of two netcats, and the preview of a segment.

use std::fmt::Write as _;

use sockeye_cli::escape::escape_octets;

/// Octets of one line of a dump.
const LINE_LEN: usize = 16;
/// Octets that a preview shows: with everything escaped, and what stands in front, they fit 80 columns as a rule.
const PREVIEW_LEN: usize = 24;

/// Which way octets went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// To the peer.
    Out,
    /// From the peer.
    In,
}

/// How a dump looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Offsets from the start of each read or write, as ncat has it.
    Ncat,
    /// The direction, and offsets from the start of the conversation, as Hobbit's nc has it.
    Traditional,
}

/// A hex dump of both directions.
#[derive(Clone, Copy, Debug)]
pub struct Hex {
    form: Form,
    /// Octets that have gone past each way.
    out_octets: usize,
    in_octets: usize,
}

impl Hex {
    /// Nothing yet.
    pub fn new(form: Form) -> Self {
        Self { form, out_octets: 0, in_octets: 0 }
    }

    /// The lines for one read or write.
    pub fn lines(&mut self, way: Way, octets: &[u8]) -> String {
        let mut text = String::with_capacity(octets.len().saturating_mul(5));
        let (sign, past) = match way {
            Way::Out => ('>', &mut self.out_octets),
            Way::In => ('<', &mut self.in_octets),
        };
        for (line, number) in octets.chunks(LINE_LEN).zip(0..) {
            let offset: usize = number * LINE_LEN;
            // Writing to a String cannot fail.
            let _ = match self.form {
                Form::Ncat => write!(text, "{offset:04x}   "),
                Form::Traditional => write!(text, "{sign} {:08x} ", *past + offset),
            };
            for column in 0..LINE_LEN {
                if self.form == Form::Ncat && column == LINE_LEN / 2 {
                    text.push(' ');
                }
                let _ = match line.get(column) {
                    Some(octet) => write!(text, "{octet:02x} "),
                    None => write!(text, "   "),
                };
            }
            text.push_str(if self.form == Form::Ncat { " " } else { "# " });
            for column in 0..LINE_LEN {
                match line.get(column) {
                    Some(octet) if octet.is_ascii_graphic() => text.push(char::from(*octet)),
                    // The older one shows a blank as what it is.
                    Some(b' ') if self.form == Form::Traditional => text.push(' '),
                    Some(_) => text.push('.'),
                    None if self.form == Form::Ncat => text.push(' '),
                    None => {}
                }
            }
            text.push('\n');
        }
        *past = past.saturating_add(octets.len());
        text
    }
}

/// The first octets as a quoted text.
pub fn preview(octets: &[u8]) -> String {
    let shown = escape_octets(octets.get(..PREVIEW_LEN).unwrap_or(octets));
    let more = if octets.len() > PREVIEW_LEN { "..." } else { "" };
    format!("\"{shown}\"{more}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What ncat 7.93 wrote for the same octets.
    #[test]
    fn a_dump_is_ncats() {
        let mut hex = Hex::new(Form::Ncat);
        assert_eq!(
            hex.lines(Way::Out, b"hello out\n"),
            "0000   68 65 6c 6c 6f 20 6f 75  74 0a                    hello.out.      \n"
        );
        let octets: Vec<u8> = b"in".iter().copied().chain(0..40).collect();
        assert_eq!(
            hex.lines(Way::In, &octets),
            "0000   69 6e 00 01 02 03 04 05  06 07 08 09 0a 0b 0c 0d  in..............\n\
             0010   0e 0f 10 11 12 13 14 15  16 17 18 19 1a 1b 1c 1d  ................\n\
             0020   1e 1f 20 21 22 23 24 25  26 27                    ...!\"#$%&'      \n"
        );
        assert_eq!(hex.lines(Way::In, b""), "");
    }

    /// What nc 1.10-47 wrote.
    #[test]
    fn a_dump_is_the_traditional_one() {
        let mut hex = Hex::new(Form::Traditional);
        assert_eq!(
            hex.lines(Way::Out, b"hello out\n000000"),
            "> 00000000 68 65 6c 6c 6f 20 6f 75 74 0a 30 30 30 30 30 30 # hello out.000000\n"
        );
        let gap = "   ".repeat(14);
        assert_eq!(hex.lines(Way::Out, b"ab"), format!("> 00000010 61 62 {gap}# ab\n"));
        assert_eq!(hex.lines(Way::In, b"cd"), format!("< 00000000 63 64 {gap}# cd\n"));
    }

    #[test]
    fn a_preview_is_short_and_safe() {
        assert_eq!(preview(b"GET / HTTP/1.0\r\n"), "\"GET / HTTP/1.0\\r\\n\"");
        assert_eq!(preview(&[b'x'; 100]).len(), PREVIEW_LEN + 5);
        assert!(!preview(b"\x1b[2J").contains('\x1b'));
        assert_eq!(preview(b""), "\"\"");
    }
}
