//! What differs from run to run and from build to build, taken out: version, id, time, cookie.

/// The text with each of those replaced, and nothing else.
pub(crate) fn normalised(octets: &[u8]) -> String {
    let text = String::from_utf8_lossy(octets);
    let mut normal = String::with_capacity(text.len());
    let mut dump_begins = false;
    for line in text.split_inclusive('\n') {
        let (line, end) = line.strip_suffix('\n').map_or((line, ""), |line| (line, "\n"));
        normal += &if std::mem::take(&mut dump_begins) { first_of_dump(line) } else { one(line) };
        normal += end;
        dump_begins = line.strip_suffix(" bytes").is_some_and(|count| count.parse::<u32>().is_ok());
    }
    normal
}

fn one(line: &str) -> String {
    if let Some((_, rest)) = line.strip_prefix("; <<>> DiG ").and_then(|rest| rest.split_once(" <<>>")) {
        return format!("; <<>> DiG VERSION <<>>{rest}");
    }
    if line.starts_with("DiG 9.18") {
        return "DiG VERSION".to_owned();
    }
    if line.starts_with(";; ->>HEADER<<-")
        && let Some((before, _)) = line.rsplit_once(" id: ")
    {
        return format!("{before} id: ID");
    }
    if line.starts_with("host 9.18") {
        return "host VERSION".to_owned();
    }
    if line.starts_with("Received ")
        && let Some((before, _)) = line.rsplit_once(" in ")
    {
        return format!("{before} in TIME");
    }
    if line.starts_with("      id: ") {
        return "      id: ID".to_owned();
    }
    if let Some((before, _)) = line.split_once("_time: !!timestamp ") {
        return format!("{before}_time: !!timestamp TIME");
    }
    if let Some((before, _)) = line.split_once("ID mismatch: expected ID ") {
        return format!("{before}ID mismatch: expected ID ID, got ID");
    }
    for unit in ["msec", "usec"] {
        if line.starts_with(";; Query time: ") && line.ends_with(unit) {
            return format!(";; Query time: TIME {unit}");
        }
    }
    // `+identify`, and the steps of a trace.
    for unit in [" ms", " us", " ms.", " us."] {
        if let Some((before, number)) = line.strip_suffix(unit).and_then(|line| line.rsplit_once(" in "))
            && number.parse::<u64>().is_ok()
        {
            return format!("{before} in TIME{unit}");
        }
    }
    if let Some((before, rdata)) = line.split_once(" ANY TSIG ").filter(|_| line.starts_with("      - '")) {
        return format!("{before} ANY TSIG {}", signature(rdata));
    }
    if let Some((before, rdata)) = line.split_once("TSIG\t").filter(|(before, _)| !before.starts_with(';')) {
        return format!("{before}TSIG\t{}", signature(rdata));
    }
    if line.get(2..7).is_some_and(|month| month.starts_with('-') && month.ends_with('-'))
        && let Some((_, rest)) = line.get(20..).and_then(|rest| rest.split_once(' '))
    {
        return format!("LOGGED {rest}");
    }
    if line.starts_with(";; WHEN: ") {
        return ";; WHEN: TIME".to_owned();
    }
    if let Some((time, rest)) = line.split_once(" SSL_CTX_use_")
        && time.starts_with(|first: char| first.is_ascii_digit())
    {
        return format!("TIME SSL_CTX_use_{rest}");
    }
    for cookie in ["; COOKIE: ", "          COOKIE: "] {
        if let Some(rest) = line.strip_prefix(cookie) {
            let digits = rest.bytes().take_while(u8::is_ascii_hexdigit).count();
            return format!("{cookie}{digits} DIGITS{}", &rest[digits..]);
        }
    }
    line.to_owned()
}

/// The rdata of a TSIG record without the time, the MAC, the id and the server's time. Its words are algorithm, time,
/// fudge, size, the MAC in words of 56 digits, id, error, and size and octets of what else there is.
fn signature(rdata: &str) -> String {
    let words: Vec<&str> = rdata.split(' ').collect();
    let [algorithm, _, fudge, size, rest @ ..] = words.as_slice() else { return rdata.to_owned() };
    let Ok(octets) = size.parse::<usize>() else { return rdata.to_owned() };
    let mac = octets.div_ceil(3).saturating_mul(4).div_ceil(56);
    let [_, error, other @ ..] = rest.get(mac..).unwrap_or_default() else { return rdata.to_owned() };
    let other = if other.len() > 1 && !other[1].is_empty() { "OTHER".to_owned() } else { other.join(" ") };
    format!("{algorithm} TIME {fudge} {size} MAC ID {error} {other}")
}

/// The first line of a dump begins with the id, as hex and as text.
fn first_of_dump(line: &str) -> String {
    const TEXT: usize = 16 * 3 + 9;
    match (line.get(5..TEXT), line.get(TEXT + 2..)) {
        (Some(hex), Some(text)) => format!("ID ID{hex}ID{text}"),
        _ => line.to_owned(),
    }
}
