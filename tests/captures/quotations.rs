//! ICMP errors: what they quote, whole and cut, and the structures behind it.

use super::{
    ICMP, ICMPV6, Specimen, Stored, TCP, UDP, Verdicts, ether_type, ethernet, fill, ip, pseudo, rows, tcp4, tcp6, udp4,
    udp6,
};

/// An error of `kind` with `octets` behind its eight.
fn error(v6: bool, kind: u8, length: u8, behind: &[u8]) -> Vec<u8> {
    let at = if v6 { 4 } else { 5 };
    let mut message = vec![kind, 0, 0, 0, 0, 0, 0, 0];
    message[at] = length;
    message.extend_from_slice(behind);
    let front = if v6 { pseudo(true, ICMPV6, message.len()) } else { vec![] };
    ip(v6, if v6 { ICMPV6 } else { ICMP }, &fill(&front, message, 2, Stored::Right, false))
}

/// An extension structure with one label in it.
fn extensions(stored: Stored) -> Vec<u8> {
    fill(&[], vec![0x20, 0, 0, 0, 0, 8, 1, 1, 0, 0x10, 1, 64], 2, stored, false)
}

fn outer(v6: bool, inner: &[(&'static str, &'static str)]) -> Verdicts {
    let icmp: &[_] = if v6 { &[("icmpv6", "good")] } else { &[("icmp", "good")] };
    [rows(v6, icmp), inner.to_vec()].concat()
}

fn quoting(name: &str, v6: bool, packet: &[u8], inner: &[(&'static str, &'static str)]) -> Specimen {
    let version = if v6 { "v6" } else { "v4" };
    ethernet(format!("{name} over {version}"), ether_type(v6), packet, &outer(v6, inner))
}

pub(super) fn specimens() -> Vec<Specimen> {
    let mut all = Vec::new();
    for v6 in [false, true] {
        let unreachable = if v6 { 1 } else { 3 };
        let datagram = |stored| ip(v6, UDP, &if v6 { udp6(b"ABCDE", stored) } else { udp4(b"ABCDE", stored) });
        let segment = ip(v6, TCP, &if v6 { tcp6(b"data", Stored::Right) } else { tcp4(b"data", Stored::Right) });
        let header_len = if v6 { 40 } else { 20 };
        let quoted = |verdict| rows(v6, &[("udp", verdict)]);
        for (stored, verdict) in
            [(Stored::Right, "good"), (Stored::Wrong, "bad"), (Stored::Partial, "partial"), (Stored::Zero, "none")]
        {
            if v6 && verdict == "none" {
                continue;
            }
            let packet = error(v6, unreachable, 0, &datagram(stored));
            all.push(quoting(&format!("quoted, {verdict}"), v6, &packet, &quoted(verdict)));
        }
        let cut = &datagram(Stored::Right)[..header_len + 8];
        all.push(quoting("quoted, cut", v6, &error(v6, unreachable, 0, cut), &quoted("unverified")));
        let cut = &segment[..header_len + 8];
        let header: &[_] = if v6 { &[] } else { &[("ip", "good")] };
        all.push(quoting("quoted TCP, cut", v6, &error(v6, unreachable, 0, cut), header));
        all.extend(with_extensions(v6, &datagram(Stored::Right)));
    }
    all
}

fn with_extensions(v6: bool, datagram: &[u8]) -> Vec<Specimen> {
    let mut padded = datagram.to_vec();
    padded.resize(128, 0);
    let length = if v6 { 16 } else { 32 };
    let exceeded = if v6 { 3 } else { 11 };
    let quoted = rows(v6, &[("udp", "good")]);
    let mut all = Vec::new();
    for (name, length, stored, verdict) in [
        ("extensions", length, Stored::Right, "good"),
        ("extensions, bad", length, Stored::Wrong, "bad"),
        ("extensions, zero", length, Stored::Zero, "none"),
        ("extensions without a length", 0, Stored::Right, "good"),
    ] {
        let packet = error(v6, exceeded, length, &[&padded[..], &extensions(stored)].concat());
        let ours = [vec![("icmp.ext", verdict)], quoted.clone()].concat();
        let found = quoting(name, v6, &packet, &ours);
        all.push(if v6 && length == 0 {
            found.but_tshark(&outer(v6, &quoted), "tshark looks for them in ICMP only, where no length tells")
        } else {
            found
        });
    }
    all
}
