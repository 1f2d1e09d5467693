//! Schemes that lead to a socket: the default port, the service's name, the transport, and who says so.

use serde::Serialize;

/// What a URL's scheme says of the socket behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scheme {
    /// In lower case, without the colon.
    pub name: &'static str,
    /// The port where the URL has none, in host order.
    pub port: u16,
    /// The port's name in IANA's registry of services.
    pub service: &'static str,
    /// What carries it.
    pub transport: Transport,
    /// Where the default port is specified.
    pub source: &'static str,
}

/// What carries a protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Transport {
    /// TCP: a socket of the type SOCK_STREAM.
    Tcp,
    /// UDP: a socket of the type SOCK_DGRAM.
    Udp,
}

impl Transport {
    /// The name as protocols(5) has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tcp => "tcp",
            Self::Udp => "udp",
        }
    }

    /// The socket type.
    pub fn socktype(self) -> &'static str {
        match self {
            Self::Tcp => "SOCK_STREAM",
            Self::Udp => "SOCK_DGRAM",
        }
    }
}

/// The scheme of that name, in lower case.
pub fn lookup(name: &str) -> Option<&'static Scheme> {
    SCHEMES.iter().find(|scheme| scheme.name == name)
}

/// The name of the service that IANA has assigned `port` to, for the ports that URLs commonly have.
///
/// # Source
/// IANA, Service Name and Transport Protocol Port Number Registry.
pub fn service(port: u16) -> Option<&'static str> {
    let of_scheme = SCHEMES.iter().find(|scheme| scheme.port == port).map(|scheme| scheme.service);
    of_scheme.or_else(|| OTHER_SERVICES.iter().find(|(number, _)| *number == port).map(|(_, name)| *name))
}

/// Schemes that nobody but curl specifies.
const CURL: &str = "curl's URL syntax";

const WHATWG: &str = "WHATWG URL section 4.2";

const fn tcp(name: &'static str, port: u16, service: &'static str, source: &'static str) -> Scheme {
    Scheme { name, port, service, transport: Transport::Tcp, source }
}

const fn udp(name: &'static str, port: u16, service: &'static str, source: &'static str) -> Scheme {
    Scheme { name, port, service, transport: Transport::Udp, source }
}

/// The special schemes first: only theirs are dropped from the normalised URL.
const SCHEMES: &[Scheme] = &[
    tcp("http", 80, "http", WHATWG),
    tcp("https", 443, "https", WHATWG),
    tcp("ws", 80, "http", WHATWG),
    tcp("wss", 443, "https", WHATWG),
    tcp("ftp", 21, "ftp", WHATWG),
    tcp("ftps", 990, "ftps", "IANA"),
    udp("coap", 5683, "coap", "RFC 7252 section 6.1"),
    udp("coaps", 5684, "coaps", "RFC 7252 section 6.2"),
    tcp("dict", 2628, "dict", "RFC 2229 section 5"),
    udp("dns", 53, "domain", "RFC 4501 section 3"),
    tcp("git", 9418, "git", "IANA"),
    tcp("gopher", 70, "gopher", "RFC 4266 section 2.1"),
    tcp("gophers", 70, "gopher", CURL),
    tcp("imap", 143, "imap", "RFC 5092"),
    tcp("imaps", 993, "imaps", "IANA"),
    tcp("ipp", 631, "ipp", "RFC 3510"),
    tcp("ipps", 631, "ipps", "RFC 7472"),
    tcp("irc", 194, "irc", "IANA"),
    tcp("ircs", 6697, "ircs-u", "RFC 7194"),
    tcp("ldap", 389, "ldap", "RFC 4516 section 2"),
    tcp("ldaps", 636, "ldaps", "IANA"),
    tcp("mqtt", 1883, "mqtt", "IANA"),
    tcp("mqtts", 8883, "secure-mqtt", "IANA"),
    tcp("mysql", 3306, "mysql", "IANA"),
    tcp("nfs", 2049, "nfs", "RFC 2224"),
    tcp("nntp", 119, "nntp", "RFC 5538"),
    tcp("pop", 110, "pop3", "RFC 2384"),
    tcp("pop3", 110, "pop3", "IANA"),
    tcp("pop3s", 995, "pop3s", "IANA"),
    tcp("postgres", 5432, "postgresql", "IANA"),
    tcp("postgresql", 5432, "postgresql", "IANA"),
    tcp("redis", 6379, "redis", "IANA"),
    tcp("rsync", 873, "rsync", "RFC 5781"),
    tcp("rtmp", 1935, "macromedia-fcs", CURL),
    tcp("rtmpe", 1935, "macromedia-fcs", CURL),
    tcp("rtmps", 443, "https", CURL),
    tcp("rtmpt", 80, "http", CURL),
    tcp("rtmpte", 80, "http", CURL),
    tcp("rtmpts", 443, "https", CURL),
    tcp("rtsp", 554, "rtsp", "RFC 7826 section 4.2"),
    tcp("rtsps", 322, "rtsps", "RFC 7826 section 4.2"),
    tcp("scp", 22, "ssh", CURL),
    udp("sip", 5060, "sip", "RFC 3261 section 19.1.2"),
    tcp("sips", 5061, "sips", "RFC 3261 section 19.1.2"),
    tcp("sftp", 22, "ssh", "IANA"),
    tcp("smb", 445, "microsoft-ds", "IANA"),
    tcp("smbs", 445, "microsoft-ds", CURL),
    tcp("smtp", 25, "smtp", "IANA"),
    tcp("smtps", 465, "submissions", CURL),
    udp("snmp", 161, "snmp", "RFC 4088"),
    tcp("ssh", 22, "ssh", "IANA"),
    udp("stun", 3478, "stun", "RFC 7064"),
    tcp("stuns", 5349, "stuns", "RFC 7064"),
    tcp("svn", 3690, "svn", "IANA"),
    tcp("telnet", 23, "telnet", "RFC 4248"),
    udp("tftp", 69, "tftp", "RFC 3617"),
    udp("turn", 3478, "turn", "RFC 7065"),
    tcp("turns", 5349, "turns", "RFC 7065"),
    tcp("vnc", 5900, "rfb", "RFC 7869"),
    tcp("xmpp", 5222, "xmpp-client", "RFC 6120"),
];

const OTHER_SERVICES: &[(u16, &str)] = &[
    (43, "nicname"),
    (79, "finger"),
    (587, "submission"),
    (853, "domain-s"),
    (1080, "socks"),
    (3128, "ndl-aas"),
    (3389, "ms-wbt-server"),
    (5671, "amqps"),
    (5672, "amqp"),
    (8008, "http-alt"),
    (8080, "http-alt"),
    (8443, "pcsync-https"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_special_schemes_have_the_crates_ports() {
        for (name, port) in [("http", 80), ("https", 443), ("ws", 80), ("wss", 443), ("ftp", 21)] {
            let url = url::Url::parse(&format!("{name}://h/")).unwrap();
            assert_eq!(url.port_or_known_default(), Some(port));
            assert_eq!(lookup(name).map(|scheme| (scheme.port, scheme.source)), Some((port, WHATWG)));
        }
        assert_eq!(lookup("mailto"), None);
    }

    #[test]
    fn what_curl_connects_to_has_a_port() {
        // `curl --version` with everything built in, and the ports of libcurl's lib/urldata.h; file has none.
        for (name, port) in [
            ("dict", 2628),
            ("ftp", 21),
            ("ftps", 990),
            ("gopher", 70),
            ("gophers", 70),
            ("http", 80),
            ("https", 443),
            ("imap", 143),
            ("imaps", 993),
            ("ldap", 389),
            ("ldaps", 636),
            ("mqtt", 1883),
            ("pop3", 110),
            ("pop3s", 995),
            ("rtmp", 1935),
            ("rtmpe", 1935),
            ("rtmps", 443),
            ("rtmpt", 80),
            ("rtmpte", 80),
            ("rtmpts", 443),
            ("rtsp", 554),
            ("scp", 22),
            ("sftp", 22),
            ("smb", 445),
            ("smbs", 445),
            ("smtp", 25),
            ("smtps", 465),
            ("telnet", 23),
            ("tftp", 69),
            ("ws", 80),
            ("wss", 443),
        ] {
            assert_eq!(lookup(name).map(|scheme| scheme.port), Some(port), "{name}");
        }
    }

    #[test]
    fn a_port_has_a_name_where_iana_gave_one() {
        assert_eq!(service(80), Some("http"));
        assert_eq!(service(8080), Some("http-alt"));
        assert_eq!(service(7000), None);
    }

    #[test]
    fn no_scheme_stands_twice() {
        for (index, scheme) in SCHEMES.iter().enumerate() {
            assert!(SCHEMES[..index].iter().all(|other| other.name != scheme.name), "{}", scheme.name);
            assert_eq!(scheme.name, scheme.name.to_ascii_lowercase());
        }
    }
}
