//! Whether curl would go through a proxy, by what the environment says.
//!
//! # Source
//! curl(1), ENVIRONMENT; CURLOPT_PROXY(3) and CURLOPT_NOPROXY(3). Other programs read the same variables in other ways.

use std::net::IpAddr;

use serde::Serialize;

/// What a variable says of a proxy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Proxy {
    /// The variable.
    pub variable: String,
    /// Its value, a password in it replaced by stars.
    pub value: String,
    /// Whether it would be used.
    pub honoured: bool,
    /// The entry of `no_proxy` that exempts the host, if one does.
    pub exempted_by: Option<String>,
    /// What would be different, or why nothing is.
    pub effect: String,
}

/// The variables that say something about a scheme, the first that is set and not empty counts; those of exemptions last.
pub fn variables(scheme: &str) -> Vec<String> {
    let mut names = of_scheme(scheme);
    names.extend(["no_proxy", "NO_PROXY"].map(str::to_owned));
    // Known, and passed over by curl: a web server sets it from a header of whoever asks (CVE-2016-5385).
    names.extend((scheme == "http").then(|| "HTTP_PROXY".to_owned()));
    names
}

fn of_scheme(scheme: &str) -> Vec<String> {
    let lower = format!("{scheme}_proxy");
    let upper = (scheme != "http").then(|| lower.to_ascii_uppercase());
    let mut names = vec![lower];
    names.extend(upper);
    // A WebSocket goes where HTTP goes.
    match scheme {
        "ws" => names.push("http_proxy".to_owned()),
        "wss" => names.extend(["https_proxy", "HTTPS_PROXY"].map(str::to_owned)),
        _ => {}
    }
    names.extend(["all_proxy", "ALL_PROXY"].map(str::to_owned));
    names
}

impl Proxy {
    /// What the variables say of a connection to `host`; `None` if they say nothing.
    pub fn of(scheme: &str, host: &str, environment: &[(String, String)]) -> Option<Self> {
        let value = |name: &str| {
            let found = environment.iter().find(|(known, value)| known == name && !value.is_empty());
            found.map(|(_, value)| value.as_str())
        };
        let set = of_scheme(scheme).into_iter().find_map(|name| Some((value(&name)?, name)));
        let Some((proxy, variable)) = set else {
            let proxy = (scheme == "http").then(|| value("HTTP_PROXY")).flatten()?;
            return Some(Self {
                variable: "HTTP_PROXY".to_owned(),
                value: masked(proxy),
                honoured: false,
                exempted_by: None,
                effect: "curl takes http_proxy in lower case alone: in capitals a header of a request could set it"
                    .to_owned(),
            });
        };
        let exempt = value("no_proxy").or_else(|| value("NO_PROXY"));
        let exempted_by = exempt.and_then(|list| exemption(list, host)).map(str::to_owned);
        let effect = match &exempted_by {
            Some(entry) => format!("no_proxy exempts the host by \"{entry}\""),
            None => effect(scheme, proxy),
        };
        Some(Self { variable, value: masked(proxy), honoured: exempted_by.is_none(), exempted_by, effect })
    }
}

fn effect(scheme: &str, proxy: &str) -> String {
    let by = proxy.split_once("://").map_or("http", |(scheme, _)| scheme).to_ascii_lowercase();
    let names = match by.as_str() {
        "socks4" | "socks5" => "the name would be resolved here, and the address given to a SOCKS proxy",
        "socks4a" | "socks5h" => "a SOCKS proxy would resolve the name and connect",
        _ if scheme == "http" => {
            "the proxy would resolve the name, and get the whole URL as the target (RFC 9112 section 3.2.2)"
        }
        _ => "the proxy would resolve the name, and be asked for a tunnel first, by CONNECT (RFC 9110 section 9.3.6)",
    };
    format!("curl would connect to that instead: {names}")
}

/// The value without the password that may stand in it.
fn masked(value: &str) -> String {
    let (before, rest) = value.split_once("://").map_or(("", value), |(scheme, rest)| (scheme, rest));
    let prefix = if before.is_empty() { String::new() } else { format!("{before}://") };
    match rest.rsplit_once('@') {
        Some((userinfo, host)) => match userinfo.split_once(':') {
            Some((user, _)) => format!("{prefix}{user}:***@{host}"),
            None => value.to_owned(),
        },
        None => value.to_owned(),
    }
}

/// The entry of the list that the host belongs to: `*`, the name or a domain above it, the address or a prefix of it.
fn exemption<'a>(list: &'a str, host: &str) -> Option<&'a str> {
    let bare = host.split('%').next().unwrap_or_default();
    let address: Option<IpAddr> = bare.parse().ok();
    let name = bare.strip_suffix('.').unwrap_or(bare);
    if list.trim() == "*" {
        return Some("*");
    }
    let entries = list.split([',', ' ', '\t']).filter(|entry| !entry.is_empty());
    entries.into_iter().find(|entry| match address {
        Some(address) => covers(entry.trim_matches(['[', ']']), address),
        None => is_below(name, entry),
    })
}

/// Whether `name` is the domain of an entry or below it.
fn is_below(name: &str, entry: &str) -> bool {
    let domain = entry.strip_prefix('.').unwrap_or(entry);
    let domain = domain.strip_suffix('.').unwrap_or(domain);
    let tail = name.len().checked_sub(domain.len()).and_then(|start| name.get(start..));
    let before = name.len().checked_sub(domain.len() + 1).and_then(|dot| name.as_bytes().get(dot));
    !domain.is_empty()
        && tail.is_some_and(|tail| tail.eq_ignore_ascii_case(domain))
        && (name.len() == domain.len() || before == Some(&b'.'))
}

/// Whether an address or `address/bits` covers `address`.
fn covers(entry: &str, address: IpAddr) -> bool {
    let (text, bits) = entry.split_once('/').map_or((entry, None), |(text, bits)| (text, Some(bits)));
    let Ok(prefix) = text.parse::<IpAddr>() else { return false };
    let Some(bits) = bits else { return prefix == address };
    let Ok(bits) = bits.parse::<u32>() else { return false };
    let same = |one: u128, other: u128, length: u32| {
        let Some(rest) = length.checked_sub(bits) else { return false };
        one.checked_shr(rest).unwrap_or_default() == other.checked_shr(rest).unwrap_or_default()
    };
    match (prefix, address) {
        (IpAddr::V4(one), IpAddr::V4(other)) => same(u32::from(one).into(), u32::from(other).into(), 32),
        (IpAddr::V6(one), IpAddr::V6(other)) => same(one.into(), other.into(), 128),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(scheme: &str, host: &str, environment: &[(&str, &str)]) -> Option<Proxy> {
        let environment: Vec<(String, String)> =
            environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Proxy::of(scheme, host, &environment)
    }

    #[test]
    fn the_first_variable_that_is_set_counts() {
        let by = |scheme: &str, environment: &[(&str, &str)]| {
            of(scheme, "h.example", environment).map(|proxy| proxy.variable)
        };
        assert_eq!(by("http", &[]), None);
        assert_eq!(by("http", &[("http_proxy", "")]), None);
        assert_eq!(by("http", &[("all_proxy", "a"), ("http_proxy", "b")]).as_deref(), Some("http_proxy"));
        assert_eq!(by("https", &[("http_proxy", "a")]), None);
        assert_eq!(by("https", &[("HTTPS_PROXY", "a"), ("https_proxy", "b")]).as_deref(), Some("https_proxy"));
        assert_eq!(by("https", &[("HTTPS_PROXY", "a")]).as_deref(), Some("HTTPS_PROXY"));
        assert_eq!(by("ftp", &[("ALL_PROXY", "a")]).as_deref(), Some("ALL_PROXY"));
        assert_eq!(by("ws", &[("http_proxy", "a")]).as_deref(), Some("http_proxy"));
        assert_eq!(by("wss", &[("HTTPS_PROXY", "a")]).as_deref(), Some("HTTPS_PROXY"));
        let capitals = of("http", "h", &[("HTTP_PROXY", "http://p:1")]).unwrap();
        assert!(!capitals.honoured && capitals.effect.contains("lower case alone"), "{capitals:?}");
    }

    #[test]
    fn no_proxy_exempts_names_and_what_is_below_them_addresses_and_prefixes() {
        for (list, host, exempt) in [
            ("*", "h", true),
            ("example.com", "example.com", true),
            ("example.com", "www.example.com", true),
            (".example.com", "example.com", true),
            ("a, EXAMPLE.com.", "www.example.COM.", true),
            ("example.com", "notexample.com", false),
            ("example.com", "example.org", false),
            ("127.0.0.1", "127.0.0.1", true),
            ("10.0.0.0/8", "10.1.2.3", true),
            ("10.0.0.0/8", "11.1.2.3", false),
            ("10.0.0.0/99", "10.0.0.0", false),
            ("0.0.0.0/0", "9.9.9.9", true),
            ("fe80::/10", "fe80::1%eth0", true),
            ("[::1]", "::1", true),
            ("::1", "127.0.0.1", false),
            (",", "h", false),
        ] {
            let proxy = of("http", host, &[("http_proxy", "p:3128"), ("no_proxy", list)]).unwrap();
            assert_eq!((proxy.honoured, proxy.exempted_by.is_some()), (!exempt, exempt), "{list} {host}");
        }
        assert!(!of("https", "h", &[("https_proxy", "p"), ("NO_PROXY", "h")]).unwrap().honoured);
    }

    #[test]
    fn a_password_is_not_shown_and_the_effect_is_told() {
        let proxy = |value: &str, scheme: &str| of(scheme, "h", &[("all_proxy", value)]).unwrap();
        assert_eq!(proxy("http://me:secret@p:3128", "http").value, "http://me:***@p:3128");
        assert_eq!(proxy("me:se@cret@p", "http").value, "me:***@p");
        assert_eq!(proxy("http://me@p", "http").value, "http://me@p");
        assert!(proxy("p", "http").effect.contains("whole URL as the target"));
        assert!(proxy("p", "https").effect.contains("CONNECT"));
        assert!(proxy("socks5://p", "https").effect.contains("resolved here"));
        assert!(proxy("SOCKS5h://p", "https").effect.contains("a SOCKS proxy would resolve"));
    }
}
