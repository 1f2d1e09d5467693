//! Captures and frames, and what is seen of an experiment.

use std::fs;

use sockeye_capture::{LinkType, SliceReader, Timestamp, pcap, pcapng};

use super::super::root;
use super::dns::messages;
use super::{Part, Seeds, experiments, framed, octets, texts};
use crate::captures::{self, Specimen};

#[path = "../../../fuzz/link_types.rs"]
mod link_types;

/// A capture of each link type in each of the forms of a file.
/// The specimens of IPv4 and IPv6 over Ethernet in two fragments each: in their order, the other way round, and with a third one
/// that lies over both.
pub(super) fn in_fragments() -> Seeds {
    let specimens = captures::specimens();
    let ethernet = specimens.iter().filter(|specimen| specimen.link_type == LinkType::ETHERNET);
    let mut all = Seeds::new();
    for specimen in ethernet {
        let Some((frame, packet)) = specimen.octets.split_at_checked(14) else { continue };
        let piece = |from: usize, to: usize, more: bool| -> Option<Vec<u8>> {
            let piece = match *frame {
                [.., 8, 0] if packet.first() == Some(&0x45) => {
                    let total = usize::from(u16::from_be_bytes([packet[2], packet[3]]));
                    let payload = packet.get(20..total)?;
                    let payload = payload.get(from..to.min(payload.len()))?;
                    let len = u16::try_from(20 + payload.len()).unwrap().to_be_bytes();
                    let place = (u16::try_from(from / 8).unwrap() | if more { 0x2000 } else { 0 }).to_be_bytes();
                    [frame, &packet[..2], &len, &packet[4..6], &place, &packet[8..20], payload].concat()
                }
                [.., 0x86, 0xdd] => {
                    let payload = packet.get(40..)?;
                    let payload = payload.get(from..to.min(payload.len()))?;
                    let len = u16::try_from(8 + payload.len()).unwrap().to_be_bytes();
                    let place = (u16::try_from(from).unwrap() | u16::from(more)).to_be_bytes();
                    let header = [&[packet[6], 0], &place[..], &[0, 0, 0, 7]].concat();
                    [frame, &packet[..4], &len, &[44, 64], &packet[8..40], &header, payload].concat()
                }
                _ => return None,
            };
            Some(piece)
        };
        let (Some(first), Some(last), Some(over)) = (piece(0, 8, true), piece(8, 1 << 16, false), piece(0, 16, true))
        else {
            continue;
        };
        for order in [vec![&first, &last], vec![&last, &first], vec![&over, &first, &last], vec![&first, &last, &last]]
        {
            let mut writer = pcap::Writer::new(Vec::new(), LinkType::ETHERNET, pcap::Format::default()).unwrap();
            for octets in order {
                writer.write(Timestamp::default(), octets.len(), octets).unwrap();
            }
            all.push(writer.into_inner());
        }
    }
    all
}

pub(super) fn captures() -> Seeds {
    let specimens = captures::specimens();
    let mut all = Vec::new();
    for (link_type, group) in captures::by_link_type(&specimens) {
        for group in group.chunks(12) {
            let classic = captures::pcap_of(group, link_type);
            let mut writer = pcapng::Writer::new(Vec::new(), "tests").unwrap();
            let interface = writer.interface("eth0", link_type).unwrap();
            for specimen in group {
                writer.write(interface, Timestamp::default(), &specimen.octets, "a comment").unwrap();
            }
            all.extend([swapped(&classic), classic, writer.into_inner()]);
        }
    }
    all.extend(octets(&[
        "common/capture/src/reader/tests.rs",
        "common/capture/src/pcapng.rs",
        "tests/suite/netsum_files.rs",
    ]));
    all
}

/// The same in the other order of octets.
fn swapped(classic: &[u8]) -> Vec<u8> {
    let mut octets = classic.to_vec();
    let mut swap = |at: usize, len: usize| octets[at..at + len].reverse();
    for (at, len) in [(0, 4), (4, 2), (6, 2), (8, 4), (12, 4), (16, 4), (20, 4)] {
        swap(at, len);
    }
    let mut at = 24;
    while at < classic.len() {
        (0..4).for_each(|field| swap(at + 4 * field, 4));
        at += 16 + usize::try_from(u32::from_le_bytes(classic[at + 8..at + 12].try_into().unwrap())).unwrap();
    }
    octets
}

pub(super) fn layers() -> Seeds {
    let seed = |specimen: &Specimen| {
        let which = link_types::LINK_TYPES.iter().position(|known| *known == specimen.link_type)?;
        let cut = u16::try_from(specimen.original_len - specimen.octets.len()).ok()?;
        Some([&[u8::try_from(which).ok()?], &cut.to_le_bytes()[..], &specimen.octets].concat())
    };
    let specimens = captures::specimens();
    let missing = specimens.iter().find(|specimen| seed(specimen).is_none());
    assert!(
        missing.is_none(),
        "{:?} is no link type of tests/fuzz/link_types.rs",
        missing.map(|missing| missing.link_type)
    );
    specimens.iter().filter_map(seed).collect()
}

/// Frames of Ethernet: the specimens, and a recorded conversation.
/// The frames of a recorded experiment.
fn recorded() -> Seeds {
    let recorded = fs::read(root().join("tests/vectors/lab/knock-knock.pcapng")).unwrap();
    let mut reader = SliceReader::new(&recorded);
    let mut frames = Vec::new();
    while let Some(frame) = reader.next_frame().unwrap() {
        frames.push(frame.octets.to_vec());
    }
    frames
}

/// Experiments with what may be seen in them: for each command some lines, its end, and frames.
pub(super) fn seen() -> Seeds {
    let short = |kind: u8, whose: u8, content: &[u8]| {
        let content = content.get(..255).unwrap_or(content);
        [&[kind, whose, u8::try_from(content.len()).unwrap()], content].concat()
    };
    let lines = texts(&["tools/lab/src/judge"]);
    let frames = recorded();
    let caller = frames.first().and_then(|frame| frame.get(6..12)).unwrap_or_default();
    let frames: Seeds =
        frames.iter().map(|frame| short(5, u8::from(frame.get(6..12) != Some(caller)), frame)).collect();
    let mut all = Seeds::new();
    for (number, experiment) in experiments(Part::Whole).into_iter().enumerate() {
        let said = lines.iter().skip(number * 7).take(24).zip((0..=255).cycle());
        let said: Seeds = said.map(|(line, whose)| short(9, whose, line)).collect();
        let ended: Seeds = (0..8).map(|whose| vec![3, whose, 0]).collect();
        all.push([experiment, vec![0], said.concat(), frames.concat(), ended.concat()].concat());
    }
    all
}

/// What applications say, in frames from one host to another.
fn said_by_applications() -> Seeds {
    let packet = |protocol: u8, port: u8, payload: &[u8]| {
        let payload = payload.get(..1400).unwrap_or(payload);
        let ports = [0x9c, 0x40, u8::from(port == 0xbb), port];
        let len = u16::try_from(payload.len()).unwrap();
        let header = match protocol {
            17 => [&ports[..], &(len + 8).to_be_bytes(), &[0, 0]].concat(),
            _ => [&ports[..], &[0, 0, 0, 2, 0, 0, 0, 2, 0x50, 0x18, 4, 0, 0, 0, 0, 0]].concat(),
        };
        let total = u16::try_from(20 + header.len() + payload.len()).unwrap().to_be_bytes();
        let ip = [&[0x45, 0], &total[..], &[0, 1, 0, 0, 64, protocol, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]].concat();
        [&[2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0], &ip[..], &header, payload].concat()
    };
    let dns = messages().into_iter().step_by(12);
    let tls = octets(&["tools/lab/src/frames", "tools/nc/src/explain"]);
    let http = texts(&["tools/lab/src/frames/application.rs", "tools/lab/src/apps/http.rs"]);
    dns.flat_map(|message| [packet(17, 53, &message), packet(6, 53, &framed(&message))])
        .chain(tls.iter().map(|tls| packet(6, 0xbb, tls)))
        .chain(http.iter().map(|http| packet(6, 80, http)))
        .collect()
}

pub(super) fn lab_frames() -> Seeds {
    let mut frames = recorded();
    let specimens = captures::specimens();
    frames.extend(
        specimens
            .into_iter()
            .filter(|specimen| specimen.link_type == LinkType::ETHERNET)
            .map(|specimen| specimen.octets),
    );
    frames.extend(said_by_applications());
    let with_fate = |(frame, how): (&Vec<u8>, u8)| [&framed(frame)[..2], &[how], frame].concat();
    frames
        .chunks(6)
        .map(|group| group.iter().zip([0, 1, 0, 3, 4, 6].into_iter().cycle()).flat_map(with_fate).collect())
        .collect()
}

/// ICMP messages: those of hop's tests, and what lies in the specimens.
pub(super) fn icmp() -> Seeds {
    let mut all = octets(&["tools/hop/src", "tests/netns/hop.rs", "common/sys/src/errqueue.rs"]);
    for specimen in captures::specimens().iter().filter(|specimen| specimen.link_type == LinkType::ETHERNET) {
        for (protocol, kind, start) in [(23, 1, 34), (20, 58, 54)] {
            let is_icmp = specimen.octets.get(protocol) == Some(&kind);
            all.extend(specimen.octets.get(start..).filter(|_| is_icmp).map(<[u8]>::to_vec));
        }
    }
    all
}
