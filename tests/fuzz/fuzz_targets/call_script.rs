//! Scripts of `lab calls`: none panics, and a mistake points into the text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sockeye_lab::calls::script::{Statement, parse};

/// How many statements there are, and how deep they stand in each other.
fn measure(statements: &[Statement]) -> (usize, usize) {
    statements.iter().fold((0, 0), |(count, depth), statement| {
        let (inside, below) = match statement {
            Statement::Repeat(_, statements) => measure(statements),
            _ => (0, 0),
        };
        (count + 1 + inside, depth.max(below + 1))
    })
}

fuzz_target!(|octets: &[u8]| {
    let text = String::from_utf8_lossy(octets);
    match parse(&text) {
        Ok(statements) => {
            let (count, depth) = measure(&statements);
            assert!(count <= text.len() && depth <= 16, "{count} statements, {depth} deep");
            // The end of the last line says nothing.
            assert_eq!(parse(&format!("{text}\n")).ok(), Some(statements));
        }
        Err(error) => {
            assert!(text.get(error.at.clone()).is_some(), "{:?} in {text:?}", error.at);
            assert!(!error.message.is_empty() && !error.message.contains('\n'));
        }
    }
});
