//! What stands between quotation marks and brackets in the tests of this project.

use std::fs;
use std::path::{Path, PathBuf};

/// What a test says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Literal {
    /// `"text"`, also raw.
    Text(String),
    /// `b"octets"`, and lists of at least four numbers that are octets.
    Octets(Vec<u8>),
    /// Several texts with nothing but commas between them.
    List(Vec<String>),
}

/// The literals of the tests in files and folders, which are named from the root of the project.
pub(super) fn of(places: &[&str]) -> Vec<Literal> {
    let mut files = Vec::new();
    for place in places {
        let path = super::root().join(place);
        assert!(path.exists(), "{place} is not there");
        collect(&path, &mut files);
    }
    files.sort();
    files.iter().flat_map(|path| literals(&tests_of(path))).collect()
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) {
    if path.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            collect(&entry.unwrap().path(), files);
        }
    } else if path.extension().is_some_and(|extension| extension == "rs") {
        files.push(path.to_owned());
    }
}

/// The part of a file that is tests: all of it where its name says so, and else what stands behind `#[cfg(test)]`.
fn tests_of(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let inside = path.strip_prefix(super::root()).unwrap();
    let is_test = inside.iter().any(|part| part == "tests" || part == "tests.rs");
    if is_test { text } else { text.split_once("#[cfg(test)]").map(|(_, tests)| tests.to_owned()).unwrap_or_default() }
}

/// Takes a source apart as far as needed: comments and characters are passed over.
fn literals(source: &str) -> Vec<Literal> {
    let mut found = Vec::new();
    let mut list: Vec<String> = Vec::new();
    let mut rest = source;
    let end = |list: &mut Vec<String>, found: &mut Vec<Literal>| {
        if list.len() > 1 {
            found.push(Literal::List(std::mem::take(list)));
        }
        list.clear();
    };
    while let Some(first) = rest.chars().next() {
        if let Some(behind) = rest.strip_prefix("//") {
            rest = behind.split_once('\n').map_or("", |(_, behind)| behind);
        } else if let Some((octets, behind)) = quoted(rest) {
            match (rest.starts_with('b'), String::from_utf8(octets)) {
                (false, Ok(text)) => {
                    found.push(Literal::Text(text.clone()));
                    list.push(text);
                }
                (_, Ok(text)) => found.push(Literal::Octets(text.into_bytes())),
                (_, Err(error)) => found.push(Literal::Octets(error.into_bytes())),
            }
            rest = behind;
        } else if let Some((octets, behind)) = rest.strip_prefix('[').and_then(numbers) {
            found.push(Literal::Octets(octets));
            rest = behind;
        } else {
            if !first.is_whitespace() && first != ',' {
                end(&mut list, &mut found);
            }
            rest = character(rest).unwrap_or(&rest[first.len_utf8()..]);
        }
    }
    end(&mut list, &mut found);
    found
}

/// What stands behind a character literal, at whose start `text` is; a word is passed over too, since its last letter may be
/// an `r` or a `b`.
fn character(text: &str) -> Option<&str> {
    if let Some(inside) = text.strip_prefix('\'') {
        let close =
            if inside.starts_with('\\') { 2.max(inside.find('\'')?) } else { inside.chars().next()?.len_utf8() };
        let close = if inside.starts_with("\\'") { 2 } else { close };
        return inside.get(close..)?.strip_prefix('\'');
    }
    let len = text.find(|character: char| !character.is_alphanumeric() && character != '_').unwrap_or(text.len());
    (len > 0).then(|| &text[len..])
}

/// The string or the octets at whose start `text` is, and what stands behind.
fn quoted(text: &str) -> Option<(Vec<u8>, &str)> {
    let text = text.strip_prefix('b').unwrap_or(text);
    if let Some(raw) = text.strip_prefix('r') {
        let inside = raw.trim_start_matches('#');
        let marks = &raw[..raw.len() - inside.len()];
        let (raw, behind) = inside.strip_prefix('"')?.split_once(&format!("\"{marks}"))?;
        return Some((raw.as_bytes().to_vec(), behind));
    }
    let mut rest = text.strip_prefix('"')?;
    let mut octets = Vec::new();
    loop {
        let stop = rest.find(['"', '\\'])?;
        let (plain, behind) = rest.split_at(stop);
        octets.extend(plain.as_bytes());
        if let Some(behind) = behind.strip_prefix('"') {
            return Some((octets, behind));
        }
        rest = escape(&behind[1..], &mut octets)?;
    }
}

/// What a backslash means, behind which `text` is.
fn escape<'a>(text: &'a str, octets: &mut Vec<u8>) -> Option<&'a str> {
    let (kind, behind) = (text.chars().next()?, &text[text.chars().next()?.len_utf8()..]);
    match kind {
        'n' => octets.push(b'\n'),
        'r' => octets.push(b'\r'),
        't' => octets.push(b'\t'),
        '0' => octets.push(0),
        'x' => {
            octets.push(u8::from_str_radix(behind.get(..2)?, 16).ok()?);
            return behind.get(2..);
        }
        'u' => {
            let (digits, behind) = behind.strip_prefix('{')?.split_once('}')?;
            let character = char::from_u32(u32::from_str_radix(digits, 16).ok()?)?;
            octets.extend(character.encode_utf8(&mut [0; 4]).as_bytes());
            return Some(behind);
        }
        '\n' => return Some(behind.trim_start()),
        other => octets.extend(other.encode_utf8(&mut [0; 4]).as_bytes()),
    }
    Some(behind)
}

/// The numbers of a list, behind whose bracket `text` is, if they are octets.
fn numbers(text: &str) -> Option<(Vec<u8>, &str)> {
    let (inside, behind) = text.split_once(']')?;
    let number = |word: &str| {
        let word = word.trim().trim_end_matches("u8").trim_end_matches('_');
        let character = word.strip_prefix("b'").and_then(|word| word.strip_suffix('\'')).filter(|word| word.len() == 1);
        match (character, word.strip_prefix("0x")) {
            (Some(character), _) => Some(character.as_bytes()[0]),
            (None, Some(digits)) => u8::from_str_radix(digits, 16).ok(),
            (None, None) => word.parse().ok(),
        }
    };
    let octets: Vec<u8> = inside.trim().trim_end_matches(',').split(',').map(number).collect::<Option<_>>()?;
    (octets.len() >= 4).then_some((octets, behind))
}

#[test]
fn literals_are_what_a_compiler_takes_them_for() {
    let source = r##"
        // "no literal"
        let c = '"'; let lifetime: &'static str = "a\n\x41\u{e9}\
            b"; fn args() { run(["nc", "-l", "80"]) } let raw = r#"say "so", he"#; let q = ('\'', b"\xff\0");
        let octets = [0x45, 0, b'a', 1_u8, ];  let few = [1, 2]; let no = [1, 2, x, 300]; for number in "it" {}
    "##;
    let text = |text: &str| Literal::Text(text.to_owned());
    let expected = [
        text("a\nA\u{e9}b"),
        text("nc"),
        text("-l"),
        text("80"),
        Literal::List(["nc", "-l", "80"].map(str::to_owned).to_vec()),
        text("say \"so\", he"),
        Literal::Octets(vec![0xff, 0]),
        Literal::Octets(vec![0x45, 0, b'a', 1]),
        text("it"),
    ];
    assert_eq!(literals(source), expected);
}
