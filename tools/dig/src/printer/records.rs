//! Questions and records in dig's columns.

use crate::message::Message;
use crate::options::Show;
use crate::question::Question;
use crate::rdata;
use crate::record::Record;
use crate::registry::{Class, Type};
use crate::style::Style;

use super::columns::{self, Line};

/// One line of the question section. A question has no TTL, and its class is never left out.
pub(crate) fn push_question(text: &mut String, show: &Show, question: &Question) {
    let style = &show.style;
    text.push(';');
    let mut line = Line::at(text);
    rdata::push_name(text, &question.qname, style);
    let columns = columns::of(style);
    line.indent(text, columns.question_class);
    push_class(text, style, question.qclass);
    line.indent(text, columns.rtype);
    push_type(text, style, question.qtype);
    text.push('\n');
}

/// One record, on a line or on several.
pub fn push_record(text: &mut String, show: &Show, record: &Record) {
    let style = &show.style;
    let columns = columns::of(style);
    let mut line = Line::at(text);
    rdata::push_name(text, &record.owner, style);
    if style.ttl {
        line.indent(text, columns.ttl);
        if style.ttl_units {
            rdata::ttl_units(text, record.ttl);
        } else {
            rdata::push_number(text, record.ttl.into());
        }
    }
    if style.class {
        line.indent(text, columns.class);
        push_class(text, style, record.class);
    }
    line.indent(text, columns.rtype);
    push_type(text, style, record.rtype);
    line.indent(text, columns.rdata);
    push_rdata(text, style, record);
}

fn push_class(text: &mut String, style: &Style, class: Class) {
    match class.name() {
        Some(name) if !style.unknown_format => text.push_str(name),
        _ => {
            text.push_str("CLASS");
            rdata::push_number(text, class.0.into());
        }
    }
}

fn push_type(text: &mut String, style: &Style, rtype: Type) {
    match rtype.name() {
        Some(name) if !style.unknown_format => text.push_str(name),
        _ => {
            text.push_str("TYPE");
            rdata::push_number(text, rtype.0.into());
        }
    }
}

/// `+short`: the rdata of every record of the answer section, each on one line.
pub fn short(style: &Style, message: &Message) -> String {
    let style = &Style { multiline: false, ..*style };
    let mut text = String::new();
    for record in &message.answer {
        push_rdata(&mut text, style, record);
    }
    text
}

pub(crate) fn push_rdata(text: &mut String, style: &Style, record: &Record) {
    record.rdata.write(text, style);
    text.push('\n');
}
