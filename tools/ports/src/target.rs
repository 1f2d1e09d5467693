//! The port that a command is about, as people type it: `8080`, `8080/udp`, `http`, `127.0.0.1:8080`, `[::1]:53/udp`.

use std::str::FromStr;

use sockeye_cli::escape::escape;
use sockeye_cli::{Exit, Failure};
use sockeye_common::addr::{AddrError, Endpoint, Host, Service};
use sockeye_sys::Protocol;

/// What was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The port, or the name of a service that is still to be looked up.
    pub service: Service,
    /// The protocol behind the slash.
    pub protocol: Option<Protocol>,
    /// The address before the port.
    pub host: Option<Host>,
}

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (end, protocol) = match text.rsplit_once('/') {
            None => (text, None),
            Some((end, "tcp")) => (end, Some(Protocol::TCP)),
            Some((end, "udp")) => (end, Some(Protocol::UDP)),
            Some((_, other)) => return Err(format!("{}: neither tcp nor udp", escape(other))),
        };
        let plain = |error: AddrError| error.to_string();
        if !end.contains(':') {
            return Ok(Self { service: end.parse().map_err(plain)?, protocol, host: None });
        }
        // As listeners are listed: `*:80` is every address of both families.
        if let Some(service) = end.strip_prefix("*:") {
            return Ok(Self { service: service.parse().map_err(plain)?, protocol, host: None });
        }
        let Endpoint { host, port } = end.parse().map_err(plain)?;
        let service = port.ok_or_else(|| format!("{}: has no port", escape(end)))?;
        Ok(Self { service, protocol, host: Some(host) })
    }
}

impl Target {
    /// The port, or the address and the port, in a sentence.
    pub fn words(&self) -> String {
        match &self.host {
            None => format!("port {}", self.service),
            Some(host) => Endpoint { host: host.clone(), port: Some(self.service.clone()) }.to_string(),
        }
    }

    /// Refuses a name before the port: none is resolved.
    ///
    /// # Errors
    /// [`Exit`] if there is one.
    pub fn refuse_name(&self) -> Result<(), Exit> {
        match &self.host {
            Some(Host::Name(name)) => Err(Failure::usage(format!("{name}: a name, and sockets have addresses")).into()),
            _ => Ok(()),
        }
    }

    /// The protocol that the options and the operand agree on; TCP if none of them says.
    ///
    /// # Errors
    /// [`Exit`] if they contradict each other.
    pub fn protocol(&self, tcp: bool, udp: bool) -> Result<Protocol, Exit> {
        let said = match (tcp, udp) {
            (true, false) => Some(Protocol::TCP),
            (false, true) => Some(Protocol::UDP),
            _ => None,
        };
        match (said, self.protocol) {
            (Some(option), Some(operand)) if option != operand => {
                Err(Failure::usage("the port says one protocol and the options another").into())
            }
            (said, operand) => Ok(said.or(operand).unwrap_or(Protocol::TCP)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(text: &str) -> Result<(String, Option<Protocol>, Option<String>), String> {
        let target: Target = text.parse()?;
        Ok((target.service.to_string(), target.protocol, target.host.map(|host| host.to_string())))
    }

    #[test]
    fn ports_as_people_type_them() {
        let ok =
            |service: &str, protocol, host: Option<&str>| Ok((service.to_owned(), protocol, host.map(str::to_owned)));
        assert_eq!(target("8080"), ok("8080", None, None));
        assert_eq!(target("53/udp"), ok("53", Some(Protocol::UDP), None));
        assert_eq!(target("http/tcp"), ok("http", Some(Protocol::TCP), None));
        assert_eq!(target("127.0.0.1:80"), ok("80", None, Some("127.0.0.1")));
        assert_eq!(target("[fe80::1%eth0]:80/udp"), ok("80", Some(Protocol::UDP), Some("fe80::1%eth0")));
        assert_eq!(target("*:80"), ok("80", None, None));
    }

    #[test]
    fn what_is_no_port_is_refused_with_a_sentence() {
        for (text, expected) in [
            ("80/sctp", "neither tcp nor udp"),
            ("99999", "99999"),
            ("127.0.0.1", "127.0.0.1"),
            ("fe80::1", "has no port"),
            ("", "missing"),
        ] {
            let error = target(text).unwrap_err();
            assert!(error.contains(expected), "{text}: {error}");
        }
        assert!(!target("80/\u{1b}[2J").unwrap_err().contains('\u{1b}'));
    }

    #[test]
    fn options_and_operand_may_not_contradict() {
        let target: Target = "53/udp".parse().unwrap();
        assert_eq!(target.protocol(false, false).ok(), Some(Protocol::UDP));
        assert_eq!(target.protocol(false, true).ok(), Some(Protocol::UDP));
        assert!(target.protocol(true, false).is_err());
        assert_eq!("53".parse::<Target>().unwrap().protocol(false, false).ok(), Some(Protocol::TCP));
    }
}
