//! `addr port` and `addr order`: numbers in network order and in this host's.

use std::io;

use serde::Serialize;
use sockeye_cli::escape::escape;
use sockeye_cli::output::Role;
use sockeye_cli::{Failure, Output, Render, Status, Text};
use sockeye_common::hex;
use sockeye_common::number::digits;
use sockeye_common::order::{ByteOrder, htons};

use crate::cli::{Order, Port};
use crate::explain::Event;
use crate::sheet::Sheet;
use crate::shell;

/// A port.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PortReport {
    /// The text as it was given.
    pub input: String,
    /// The number, as people and programs count.
    pub port: u16,
    /// The service of that port, if it has a name here.
    pub service: Option<String>,
    /// In hexadecimal.
    pub hex: String,
    /// The octets in the order in which they are sent.
    pub network_octets: String,
    /// The octets as this host keeps the number.
    pub host_octets: String,
    /// This host's order.
    pub host_order: &'static str,
    /// The port that is used where htons(3) was forgotten.
    pub without_htons: u16,
    /// The service of that one.
    pub without_htons_service: Option<String>,
    /// What RFC 6335 has such ports for, and who may bind it on this host.
    pub range: String,
}

/// A number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OrderReport {
    /// The text as it was given.
    pub input: String,
    /// How many bits it is taken for.
    pub bits: u8,
    /// The number in decimal: it may be more than numbers of JSON hold.
    pub value: String,
    /// In hexadecimal.
    pub hex: String,
    /// The octets in the order in which they are sent.
    pub network_octets: String,
    /// The octets as a little-endian host keeps the number.
    pub little_endian_octets: String,
    /// The number that the octets of one order mean in the other.
    pub swapped: String,
    /// The same in hexadecimal.
    pub swapped_hex: String,
    /// The calls that turn it, if C has them.
    pub calls: &'static str,
}

/// Which ports these are, and who may bind one where the first that anybody may bind is `free_from`.
///
/// # Source
/// RFC 6335 section 6; ip(7), ip_unprivileged_port_start.
fn range(port: u16, free_from: u16) -> String {
    let range = match port {
        0 => return "none: bind(2) chooses a port for it".to_owned(),
        1..=1023 => "system port",
        1024..=49151 => "user port",
        49152.. => "dynamic port, nobody's",
    };
    let who = if port < free_from { "binding it needs CAP_NET_BIND_SERVICE" } else { "anybody may bind it" };
    // What is not as everywhere is so by a setting of this host.
    let setting = if (port < free_from) == (port < 1024) { "" } else { " (net.ipv4.ip_unprivileged_port_start)" };
    format!("{range}: {who}{setting}")
}

/// Shows ports.
///
/// # Errors
/// [`Failure`] if standard output does not take them.
pub fn ports(job: &Port, output: &mut Output<'_>) -> Result<Status, Failure> {
    let mut status = Status::YES;
    let free_from = shell::unprivileged_ports();
    let mut shown = false;
    for input in &job.ports {
        let number = number(input);
        let port = match number {
            Some(number) => u16::try_from(number).ok(),
            // The name of a service has a letter (RFC 6335 section 5.1); getaddrinfo(3) takes an empty one for port 0.
            None => Some(input)
                .filter(|name| name.contains(char::is_alphabetic))
                .and_then(|name| shell::port(name, job.udp)),
        };
        let Some(port) = port else {
            let why = if number.is_some() { "more than 65535" } else { "neither a number nor a service of this host" };
            output.failure(&Failure::new(Status::NO, format!("port \"{}\": {why}", escape(input))));
            status = Status::NO;
            continue;
        };
        if shown && !output.is_json() {
            output.raw(b"\n")?;
        }
        shown = true;
        let report = port_report(input, port, free_from, |port| shell::service(port, job.udp));
        let network = htons(port).octets();
        let misread = u64::from(u16::from_le_bytes(network));
        let mut turned = network.to_vec();
        turned.reverse();
        output.event(&Event::Ordered { value: port.into(), network: network.to_vec(), host: turned, misread })?;
        output.result(&report)?;
    }
    if status == Status::YES { Ok(status) } else { Err(Failure::Silent(status)) }
}

fn port_report(input: &str, port: u16, free_from: u16, service: impl Fn(u16) -> Option<String>) -> PortReport {
    let network = htons(port);
    let swapped = network.without_ntohs();
    PortReport {
        input: input.to_owned(),
        port,
        service: service(port),
        hex: format!("{port:04x}"),
        network_octets: hex::spaced(&network.octets()),
        host_octets: hex::spaced(&ByteOrder::HOST.u16_octets(port)),
        host_order: ByteOrder::HOST.name(),
        without_htons: swapped,
        without_htons_service: service(swapped),
        range: range(port, free_from),
    }
}

/// Shows numbers.
///
/// # Errors
/// [`Failure`] if standard output does not take them.
pub fn numbers(job: &Order, output: &mut Output<'_>) -> Result<Status, Failure> {
    let mut status = Status::YES;
    let mut shown = false;
    for input in &job.values {
        let (event, report) = match order_report(input, job.bits) {
            Ok(report) => report,
            Err(why) => {
                output.failure(&Failure::new(Status::NO, format!("value \"{}\": {why}", escape(input))));
                status = Status::NO;
                continue;
            }
        };
        if shown && !output.is_json() {
            output.raw(b"\n")?;
        }
        shown = true;
        output.event(&event)?;
        output.result(&report)?;
    }
    if status == Status::YES { Ok(status) } else { Err(Failure::Silent(status)) }
}

/// A number in decimal, or in hexadecimal behind `0x`; the largest there is for a larger one.
fn number(text: &str) -> Option<u128> {
    digits(text).map(|(digits, radix)| u128::from_str_radix(digits, radix).unwrap_or(u128::MAX))
}

/// A number in both orders, in as many bits as are asked for, or the fewest that hold it.
fn order_report(input: &str, bits: Option<u8>) -> Result<(Event, OrderReport), String> {
    let value = number(input).ok_or("a number is wanted, or 0x and hexadecimal digits")?;
    let value = u64::try_from(value).map_err(|_| "more than 64 bits")?;
    let needed = u64::BITS - value.leading_zeros();
    let bits = bits.unwrap_or(match needed {
        0..=16 => 16,
        17..=32 => 32,
        _ => 64,
    });
    if needed > u32::from(bits) {
        return Err(format!("more than {bits} bits"));
    }
    let octets = value.to_be_bytes();
    let network = octets.get(8 - usize::from(bits / 8)..).unwrap_or(&octets).to_vec();
    let little: Vec<u8> = network.iter().rev().copied().collect();
    let swapped = value.swap_bytes() >> (64 - u32::from(bits));
    let width = usize::from(bits / 4);
    let report = OrderReport {
        input: input.to_owned(),
        bits,
        value: value.to_string(),
        hex: format!("{value:0width$x}"),
        network_octets: hex::spaced(&network),
        little_endian_octets: hex::spaced(&little),
        swapped: swapped.to_string(),
        swapped_hex: format!("{swapped:0width$x}"),
        calls: match bits {
            16 => "htons, ntohs",
            32 => "htonl, ntohl",
            _ => "htobe64, be64toh",
        },
    };
    Ok((Event::Ordered { value, network, host: little, misread: swapped }, report))
}

impl Render for PortReport {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let strong = text.paint(Role::Strong, &self.port.to_string());
        text.line(format!("port {strong}  {}", self.service.as_deref().unwrap_or("no service of this host")))?;
        let mut sheet = Sheet::new(2);
        sheet.row(["hex", &format!("0x{}", self.hex)]);
        sheet.row(["as sent", &format!("{}  (network order: what sin_port holds after htons)", self.network_octets)]);
        sheet.row(["in this host", &format!("{}  (host order, {})", self.host_octets, self.host_order)]);
        let service = self.without_htons_service.as_ref().map_or_else(String::new, |name| format!(", {name}"));
        let forgotten = if self.without_htons == self.port {
            "the same: nothing would show".to_owned()
        } else {
            format!("you get {} (0x{:04x}{service})", self.without_htons, self.without_htons)
        };
        sheet.row(["without htons", &forgotten]);
        sheet.row(["range", &self.range]);
        sheet.render(text)
    }
}

impl Render for OrderReport {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let strong = text.paint(Role::Strong, &self.value);
        text.line(format!("{strong}  {} bits, 0x{}", self.bits, self.hex))?;
        let mut sheet = Sheet::new(2);
        sheet.row(["network order", &format!("{}  (most significant octet first)", self.network_octets)]);
        sheet.row(["little-endian", &format!("{}  (least significant octet first)", self.little_endian_octets)]);
        sheet.row(["read wrongly", &format!("{} = 0x{}", self.swapped, self.swapped_hex)]);
        sheet.row(["calls", self.calls]);
        sheet.render(text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_course_s_port() {
        let found = port_report("8080", 8080, 1024, |_| None);
        assert_eq!((found.hex.as_str(), found.network_octets.as_str()), ("1f90", "1f 90"));
        if ByteOrder::HOST == ByteOrder::Little {
            assert_eq!((found.host_octets.as_str(), found.without_htons), ("90 1f", 36895));
        }
    }

    #[test]
    fn who_may_bind_is_this_host_s_to_say() {
        assert_eq!(range(80, 1024), "system port: binding it needs CAP_NET_BIND_SERVICE");
        assert_eq!(range(80, 0), "system port: anybody may bind it (net.ipv4.ip_unprivileged_port_start)");
        assert_eq!(range(8080, 1024), "user port: anybody may bind it");
        assert!(range(8080, 9000).starts_with("user port: binding it needs CAP_NET_BIND_SERVICE (net."));
        assert_eq!(range(50_000, 1024), "dynamic port, nobody's: anybody may bind it");
        assert!(range(0, 1024).starts_with("none"));
    }

    #[test]
    fn numbers_take_the_fewest_bits() {
        for (input, bits, network, swapped) in [
            ("1", 16, "00 01", "256"),
            ("0x12345678", 32, "12 34 56 78", "2018915346"),
            ("65536", 32, "00 01 00 00", "256"),
            ("0x0102030405060708", 64, "01 02 03 04 05 06 07 08", "578437695752307201"),
        ] {
            let (_, found) = order_report(input, None).unwrap();
            assert_eq!((found.bits, found.network_octets.as_str(), found.swapped.as_str()), (bits, network, swapped));
        }
        assert_eq!(order_report("1", Some(32)).unwrap().1.swapped, "16777216");
        assert!(order_report("65536", Some(16)).unwrap_err().contains("16 bits"));
        for wrong in ["", "x", "-1", "+1", "0x", "0x+1", "18446744073709551616"] {
            assert!(order_report(wrong, None).is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn turned_twice_is_as_before(value: u64, bits in prop::sample::select(vec![16_u8, 32, 64])) {
            let value = value >> (64 - u32::from(bits));
            let (_, once) = order_report(&value.to_string(), Some(bits)).unwrap();
            let (_, twice) = order_report(&once.swapped, Some(bits)).unwrap();
            prop_assert_eq!(twice.swapped, value.to_string());
        }
    }
}
