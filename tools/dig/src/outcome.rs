//! What an answer comes to, as one number for a script: `+status`.

use sockeye_cli::Status;

use crate::message::Message;
use crate::name::Name;
use crate::registry::{Rcode, Type};

/// The exit status of an answer with `+status`: 0 there are records, 2 there are none of this type (NODATA), 3 there is no
/// such name (NXDOMAIN), 4 the server failed (SERVFAIL), 5 any other rcode.
pub fn status(message: &Message) -> Status {
    Status(match message.rcode() {
        Rcode::NOERROR if has_answer(message) => 0,
        Rcode::NOERROR => 2,
        Rcode::NXDOMAIN => 3,
        Rcode::SERVFAIL => 4,
        _ => 5,
    })
}

/// Whether a record of the type that was asked for is there, under the name that was asked for or one that its aliases
/// lead to.
fn has_answer(message: &Message) -> bool {
    let Some(question) = message.questions.first() else { return !message.answer.is_empty() };
    // Transfers and ANY take whatever comes.
    if matches!(question.qtype, Type::ANY | Type::AXFR | Type::IXFR) {
        return !message.answer.is_empty();
    }
    let mut name: &Name = &question.qname;
    // As many aliases as there are records: a loop ends.
    for _ in 0..=message.answer.len() {
        let of_name = || message.answer.iter().filter(|record| record.owner.matches(name));
        if of_name().any(|record| record.rtype == question.qtype) {
            return true;
        }
        let alias = of_name().find(|record| record.rtype == Type::CNAME).and_then(|record| record.rdata.target());
        match alias {
            Some(target) => name = target,
            None => return false,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A response to `web.test A`, with these records behind the question.
    fn response(rcode: u8, records: &[&[u8]]) -> Message {
        let mut octets = vec![0, 1, 0x81, 0x80 | rcode, 0, 1, 0, u8::try_from(records.len()).unwrap(), 0, 0, 0, 0];
        octets.extend(b"\x03web\x04test\0\0\x01\0\x01");
        for record in records {
            octets.extend(*record);
        }
        Message::parse(&octets).unwrap()
    }

    const A: &[u8] = b"\xc0\x0c\0\x01\0\x01\0\0\0\x3c\0\x04\xc0\0\x02\x01";
    const AAAA_OF_OTHER: &[u8] = b"\x01x\0\0\x01\0\x01\0\0\0\x3c\0\x04\xc0\0\x02\x01";
    const ALIAS_OF_X: &[u8] = b"\xc0\x0c\0\x05\0\x01\0\0\0\x3c\0\x03\x01x\0";
    const ALIAS_OF_ITSELF: &[u8] = b"\xc0\x0c\0\x05\0\x01\0\0\0\x3c\0\x02\xc0\x0c";

    #[test]
    fn each_kind_has_its_number() {
        for (rcode, records, expected) in [
            (0, &[A][..], 0),
            (0, &[], 2),
            (0, &[AAAA_OF_OTHER], 2),
            (0, &[ALIAS_OF_X], 2),
            (0, &[ALIAS_OF_X, AAAA_OF_OTHER], 0),
            (0, &[ALIAS_OF_ITSELF], 2),
            (3, &[], 3),
            (3, &[ALIAS_OF_X], 3),
            (2, &[], 4),
            (5, &[], 5),
            (1, &[], 5),
        ] {
            assert_eq!(status(&response(rcode, records)), Status(expected), "{rcode} {records:?}");
        }
    }
}
