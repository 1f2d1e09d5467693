//! The layout of trurl's `--json`: an array of objects, two blanks a level.

use crate::change::pairs::Pairs;
use crate::curl::View;
use crate::percent;
use crate::template::{How, Part, Parts as _};

/// Appends an object, without the comma and line end before it.
pub fn append(view: View<'_>, params: Option<&Pairs>, how: How, line: &mut Vec<u8>) {
    line.extend_from_slice(b"  {\n    \"url\": ");
    let mut text = Vec::new();
    if !view.append(Part::Url, how, &mut text) {
        text.clear();
    }
    append_string(&text, line);
    line.extend_from_slice(b",\n    \"parts\": {\n");
    let mut first = true;
    for part in Part::ALL.into_iter().filter(|part| *part != Part::Url) {
        text.clear();
        let there = view.append(part, how, &mut text);
        if !there || (text.is_empty() && matches!(part, Part::Query | Part::Fragment | Part::Host)) {
            continue;
        }
        if !std::mem::take(&mut first) {
            line.extend_from_slice(b",\n");
        }
        line.extend_from_slice(b"      \"");
        line.extend_from_slice(part.name().as_bytes());
        line.extend_from_slice(b"\": ");
        if !how.encoded {
            if part == Part::Query {
                text = percent::decode_form_octets(&text);
            } else {
                percent::decode_in_place(&mut text, 0);
            }
        }
        append_string(&text, line);
    }
    line.extend_from_slice(b"\n    }");
    if let Some(params) = params {
        append_params(params, line);
    }
    line.extend_from_slice(b"\n  }");
}

fn append_params(params: &Pairs, line: &mut Vec<u8>) {
    line.extend_from_slice(b",\n    \"params\": [\n");
    let mut first = true;
    for pair in params.iter().map(percent::decode_form_octets) {
        // trurl takes a name that begins with a NUL for the end of the text.
        if pair.first() == Some(&0) {
            continue;
        }
        let mut sides = pair.splitn(2, |octet| *octet == b'=');
        if !std::mem::take(&mut first) {
            line.extend_from_slice(b",\n");
        }
        line.extend_from_slice(b"      {\n        \"key\": ");
        append_string(sides.next().unwrap_or_default(), line);
        line.extend_from_slice(b",\n        \"value\": ");
        append_string(sides.next().unwrap_or_default(), line);
        line.extend_from_slice(b"\n      }");
    }
    line.extend_from_slice(b"\n    ]");
}

/// A JSON string. What is not UTF-8 stays as it is, as trurl leaves it.
fn append_string(text: &[u8], line: &mut Vec<u8>) {
    line.push(b'"');
    for octet in text {
        match octet {
            b'"' => line.extend_from_slice(b"\\\""),
            b'\\' => line.extend_from_slice(b"\\\\"),
            b'\x08' => line.extend_from_slice(b"\\b"),
            b'\x0c' => line.extend_from_slice(b"\\f"),
            b'\n' => line.extend_from_slice(b"\\n"),
            b'\r' => line.extend_from_slice(b"\\r"),
            b'\t' => line.extend_from_slice(b"\\t"),
            0..b' ' => line.extend_from_slice(format!("\\u{octet:04x}").as_bytes()),
            _ => line.push(*octet),
        }
    }
    line.push(b'"');
}
