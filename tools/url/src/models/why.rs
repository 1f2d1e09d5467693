//! Why two standards do not read a text in the same way.

use super::{Agreement, changes};
use crate::curl::{self, CurlError};
use crate::dissect::{Dissection, HostKind, Malformed};
use crate::percent;
use crate::rfc3986::reading::{Part, Reading};
use crate::spans::{SchemeKind, is_ignored, significant, split};

/// Why the readings of `component` are not the same.
pub(super) fn of(component: &'static str, agreement: Agreement, url: &Dissection, reading: &Reading) -> Vec<String> {
    let done = changes(component, url).join(", ");
    if agreement == Agreement::Normalised {
        return vec![match done.as_str() {
            "" => "RFC 3986 has the same once normalised".to_owned(),
            done => format!("{done}; RFC 3986: only when it normalises"),
        }];
    }
    let mut reasons = reasons(component, url, reading);
    if reasons.is_empty() && !done.is_empty() {
        reasons.push(format!("WHATWG: {done}"));
    }
    if let Some(fault) =
        reading.fault.as_ref().filter(|fault| reasons.is_empty() || lies_in(fault.octet, component, reading))
    {
        reasons.push(format!("RFC 3986 refuses the text at octet {}", fault.octet));
    }
    if reasons.is_empty() {
        reasons.push("the standards differ".to_owned());
    }
    reasons
}

/// Whether an octet belongs to the component.
fn lies_in(octet: usize, component: &str, reading: &Reading) -> bool {
    reading.component(component).is_some_and(|part| (part.span.start..=part.span.end).contains(&octet))
}

/// Why readers go to different hosts.
pub(super) fn host_differs(whatwg: Result<&Dissection, &Malformed>, reading: &Reading) -> Vec<String> {
    let url = match whatwg {
        Ok(url) => url,
        Err(malformed) if malformed.fault.contains("IPv4") => {
            return vec![
                "to WHATWG a host whose last label is a number is an IPv4 address, to RFC 3986 only four numbers up to 255"
                    .to_owned(),
            ];
        }
        Err(malformed) => return vec![format!("WHATWG refuses it: {}", malformed.fault)],
    };
    of("host", Agreement::Different, url, reading)
}

/// Why curl alone goes elsewhere.
pub(super) fn curl_differs(whatwg: Result<&Dissection, &Malformed>, by_curl: &Result<curl::Url, CurlError>) -> String {
    match (whatwg, by_curl) {
        (_, Err(error)) => format!("curl refuses it: {error}"),
        (Ok(_), Ok(url)) if url.guessed => {
            "without // curl takes what stands before the colon for a host, and the standards take it for a scheme"
                .to_owned()
        }
        (Err(malformed), Ok(_)) => format!("WHATWG refuses it: {}", malformed.fault),
        (Ok(url), Ok(_)) if url.host_kind == HostKind::Opaque => {
            "to WHATWG the host of this scheme is opaque and stays as it is; curl decodes it and reads names and numbers"
                .to_owned()
        }
        (Ok(_), Ok(_)) => "curl reads the host in a way of its own".to_owned(),
    }
}

/// Every reason that applies to the component.
fn reasons(component: &str, url: &Dissection, reading: &Reading) -> Vec<String> {
    let mut found: Vec<&str> = Vec::new();
    let Some(cut) = split(&url.input) else { return Vec::new() };
    let special = url.scheme_kind != SchemeKind::Other;
    let of_authority = matches!(component, "userinfo" | "host" | "port" | "path");
    let up_to_path = url.input.get(..cut.path.end).unwrap_or_default();
    if url.input.trim_matches(|c: char| c <= ' ').contains(is_ignored) && text_differs(component, reading) {
        found.push("tabs and line ends are taken out before WHATWG parses");
    }
    if of_authority && special && up_to_path.contains('\\') {
        found.push("to WHATWG a backslash is a slash in this scheme, and RFC 3986 has none");
    }
    let slashes = cut.slashes.map(|span| significant(span.of(&url.input))).unwrap_or_default();
    if of_authority && url.scheme_kind == SchemeKind::Special && slashes.replace('\\', "/") != "//" {
        found.push("behind this scheme any number of slashes begins WHATWG's authority, and two RFC 3986's");
    }
    if matches!(component, "userinfo" | "host") && cut.at_signs > 1 {
        found.push("WHATWG takes the last @ for the end of the userinfo, and RFC 3986 allows only one");
    }
    if component == "host" {
        host_reasons(url, reading.host.as_ref(), &mut found);
    }
    if component == "path" {
        path_reasons(url, &mut found);
    }
    let empty = |part: &Part| part.text.is_empty() || part.text == ":";
    if component == "userinfo" && url.username.value.is_none() && reading.userinfo.as_ref().is_some_and(empty) {
        found.push("WHATWG leaves an empty userinfo out");
    }
    found.into_iter().map(str::to_owned).collect()
}

/// Whether the component has a character that is taken out.
fn text_differs(component: &str, reading: &Reading) -> bool {
    component == "host" || reading.component(component).is_some_and(|part| part.text.contains(is_ignored))
}

fn host_reasons(url: &Dissection, part: Option<&Part>, found: &mut Vec<&'static str>) {
    let text = url.host.significant();
    let ascii = text.is_ascii();
    if !ascii && !matches!(url.host_kind, HostKind::Ipv6 | HostKind::Opaque) {
        let lower = text.to_lowercase();
        found.push(if url.host_unicode.as_deref() == Some(&*lower) {
            "RFC 3986 has ASCII only: an IRI (RFC 3987) has such a name"
        } else {
            "WHATWG maps characters that stand for others, such as fullwidth letters and dots (UTS #46)"
        });
    }
    if percent::count(&text) > 0 && url.host_kind != HostKind::Ipv6 && url.host_kind != HostKind::Opaque {
        found.push("WHATWG undoes percent-encoding before it looks for an address");
    }
    if url.host_kind == HostKind::Ipv4 {
        let decoded = percent::decode(&text);
        let decoded = str::from_utf8(&decoded).unwrap_or_default().to_ascii_lowercase();
        let labels: Vec<&str> = decoded.trim_end_matches('.').split('.').collect();
        let octal = |label: &&str| label.len() > 1 && label.starts_with('0') && !label.starts_with("0x");
        if labels.iter().any(|label| label.starts_with("0x")) {
            found.push("WHATWG reads 0x as hexadecimal in an IPv4 number, and to RFC 3986 it is a name");
        } else if labels.iter().any(octal) {
            found.push("WHATWG reads a leading 0 as octal in an IPv4 number, and to RFC 3986 it is a name");
        }
        if labels.len() < 4 {
            found.push("WHATWG takes a short form for an IPv4 address, and RFC 3986 for a name");
        }
        if decoded.ends_with('.') {
            found.push("WHATWG drops the dot behind an IPv4 address");
        }
    }
    let as_it_stands = part.is_some_and(|part| part.text.eq_ignore_ascii_case(&text));
    if url.host_kind == HostKind::Opaque && as_it_stands && percent::count(&text) > 0 {
        found
            .push("to WHATWG the host of this scheme is opaque and stays percent-encoded; RFC 3986 and curl decode it");
    }
    if url.zone.is_there() {
        found.push("neither standard has zones: RFC 6874 wrote them behind %25, and RFC 9844 took that back");
    }
}

fn path_reasons(url: &Dissection, found: &mut Vec<&'static str>) {
    let path = url.path.value.as_deref().unwrap_or_default();
    let drive = path.get(1..3).is_some_and(crate::spans::is_drive_letter);
    if url.scheme_kind == SchemeKind::File && drive {
        found.push("WHATWG knows drive letters, which dot segments do not take away");
    }
    if url.scheme_kind == SchemeKind::File && !path.is_empty() && url.authority.span.is_none() && !drive {
        found.push("WHATWG begins the path of a file URL with a slash");
    }
}
