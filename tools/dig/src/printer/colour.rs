//! dig's text on a terminal that has colours: the same octets, with escapes between them.

use sockeye_cli::output::Role;

/// The text of an answer with its parts painted: the status by what it says, headings, warnings, the owners of records.
/// `paint` puts words into the colour of their role.
pub fn painted(text: &str, paint: &dyn Fn(Role, &str) -> String) -> String {
    let mut painted = String::with_capacity(text.len() * 2);
    for line in text.split_inclusive('\n') {
        let (line, end) = line.strip_suffix('\n').map_or((line, ""), |line| (line, "\n"));
        painted.push_str(&one(line, paint));
        painted.push_str(end);
    }
    painted
}

fn one(line: &str, paint: &dyn Fn(Role, &str) -> String) -> String {
    if line.is_empty() {
        return String::new();
    }
    if !line.starts_with(';') {
        return record(line, paint);
    }
    if let Some((before, status, behind)) = status(line) {
        let role = if status == "NOERROR" { Role::Good } else { Role::Bad };
        return [paint(Role::Dim, before), paint(role, status), paint(Role::Dim, behind)].concat();
    }
    let is_warning = ["; EDE:", ";; WARNING", ";; Warning"].iter().any(|start| line.starts_with(start));
    match line {
        _ if is_warning => paint(Role::Warning, line),
        _ if line.ends_with("SECTION:") => paint(Role::Heading, line),
        _ => paint(Role::Dim, line),
    }
}

/// The status in the first line of the header, and what stands around it.
fn status(line: &str) -> Option<(&str, &str, &str)> {
    const MARK: &str = ", status: ";
    let from = line.find(MARK).filter(|_| line.starts_with(";; ->>HEADER<<-"))? + MARK.len();
    let to = from + line.get(from..)?.find(',')?;
    Some((line.get(..from)?, line.get(from..to)?, line.get(to..)?))
}

/// A record: its owner stands out. A line that goes on with one is left alone.
fn record(line: &str, paint: &dyn Fn(Role, &str) -> String) -> String {
    match line.find([' ', '\t']) {
        Some(end) if end > 0 => match line.split_at_checked(end) {
            Some((owner, rest)) => paint(Role::Strong, owner) + rest,
            None => line.to_owned(),
        },
        _ => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = ";; Got answer:\n;; ->>HEADER<<- opcode: QUERY, status: NXDOMAIN, id: 1\n\n;; ANSWER SECTION:\n\
        a.test.\t\t60\tIN\tA\t192.0.2.1\n\t\t\t\t1 ; serial\n; EDE: 18 (Prohibited)\n";

    #[test]
    fn only_escapes_are_added() {
        assert_eq!(painted(TEXT, &|_, words| words.to_owned()), TEXT);
        let marked = painted(TEXT, &|role, words| format!("<{role:?} {words}>"));
        for part in [
            "<Dim ;; Got answer:>\n",
            "<Dim ;; ->>HEADER<<- opcode: QUERY, status: ><Bad NXDOMAIN><Dim , id: 1>\n\n",
            "<Heading ;; ANSWER SECTION:>\n",
            "<Strong a.test.>\t\t60\tIN\tA\t192.0.2.1\n\t\t\t\t1 ; serial\n",
            "<Warning ; EDE: 18 (Prohibited)>\n",
        ] {
            assert!(marked.contains(part), "{part} in {marked}");
        }
    }
}
