//! Frames as a pcapng file: an interface for each link, and what became of a frame in a comment.

use std::io;

use sockeye_capture::pcapng::Writer;
use sockeye_capture::{LinkType, Timestamp};

use super::duration;
use crate::model::Lab;
use crate::record::{Fate, Frame, Micros, Record, What};

/// The file of all links, or of one. `zero` is the wall clock where the experiment's clock has 0.
///
/// # Errors
/// What [`Writer`] says of a frame that the format cannot hold.
pub fn pcapng(records: &[Record], lab: &Lab, link: Option<&str>, zero: Timestamp) -> io::Result<Vec<u8>> {
    let mut file = Writer::new(Vec::new(), "sockeye lab")?;
    let mut interfaces: Vec<(&str, u32)> = Vec::new();
    let named = lab.network.links.iter().map(|known| known.name.as_str());
    let frames: Vec<(Micros, &Frame)> = records
        .iter()
        .filter_map(|record| match &record.what {
            What::Frame(frame) if link.is_none_or(|link| link == frame.link) => Some((record.at_us, frame)),
            _ => None,
        })
        .collect();
    for name in named.filter(|name| link.is_none_or(|link| link == *name)) {
        interfaces.push((name, file.interface(name, LinkType::ETHERNET)?));
    }
    for (at_us, frame) in frames {
        let known = interfaces.iter().find(|(name, _)| *name == frame.link).map(|(_, interface)| *interface);
        let interface = if let Some(interface) = known {
            interface
        } else {
            let interface = file.interface(&frame.link, LinkType::ETHERNET)?;
            interfaces.push((&frame.link, interface));
            interface
        };
        let comment = comment(at_us, frame);
        file.write(interface, moment(zero, at_us), &frame.octets, &comment)?;
    }
    Ok(file.into_inner())
}

/// From whom to whom, and what became of it.
fn comment(at_us: Micros, frame: &Frame) -> String {
    let fate = match frame.fate {
        Fate::Arrived => match frame.arrived_us.and_then(|arrived| u64::try_from(arrived.saturating_sub(at_us)).ok()) {
            Some(0) | None => String::new(),
            Some(took) => format!(", arrived after {}", duration(took)),
        },
        Fate::Lost => ": lost on the wire".to_owned(),
        Fate::Cut => ": lost, the wire was cut".to_owned(),
        Fate::QueueFull => ": lost, the queue of the wire was full".to_owned(),
        Fate::Duplicate => ": the second of a frame that the wire doubled".to_owned(),
    };
    format!("{} to {}{fate}", frame.from, frame.to)
}

/// `at_us` behind `zero`.
fn moment(zero: Timestamp, at_us: Micros) -> Timestamp {
    let nanoseconds = i64::from(zero.nanoseconds) + at_us.rem_euclid(1_000_000) * 1_000;
    let seconds = zero.seconds.saturating_add(at_us.div_euclid(1_000_000)).saturating_add(nanoseconds / 1_000_000_000);
    Timestamp { seconds, nanoseconds: u32::try_from(nanoseconds % 1_000_000_000).unwrap_or(0) }
}

#[cfg(test)]
mod tests {
    use sockeye_capture::SliceReader;

    use super::*;
    use crate::frames::sample::{connection, lab, run};

    #[test]
    fn what_was_written_is_read_again() {
        let records = run(connection());
        let zero = Timestamp { seconds: 1_700_000_000, nanoseconds: 999_500_000 };
        let file = pcapng(&records, &lab(), None, zero).unwrap();
        let mut reader = SliceReader::new(&file);
        let mut read = Vec::new();
        while let Some(frame) = reader.next_frame().unwrap() {
            read.push((frame.timestamp.unwrap(), frame.octets.to_vec()));
        }
        assert_eq!(read.iter().map(|(_, octets)| octets.clone()).collect::<Vec<_>>(), connection());
        assert_eq!(read[0].0, Timestamp { seconds: 1_700_000_001, nanoseconds: 500_000 });
        assert!(
            SliceReader::new(&pcapng(&records, &lab(), Some("other"), zero).unwrap()).next_frame().unwrap().is_none()
        );
    }

    #[test]
    fn moments_before_zero() {
        let zero = Timestamp { seconds: 10, nanoseconds: 0 };
        assert_eq!(moment(zero, -1), Timestamp { seconds: 9, nanoseconds: 999_999_000 });
    }

    #[test]
    fn comments_say_what_became_of_a_frame() {
        let mut records = run(connection());
        let said: Vec<String> = records
            .iter_mut()
            .zip([Fate::Arrived, Fate::Lost, Fate::Cut, Fate::QueueFull, Fate::Duplicate])
            .filter_map(|(record, fate)| match &mut record.what {
                What::Frame(frame) => {
                    frame.fate = fate;
                    frame.arrived_us = Some(record.at_us + 25_000);
                    Some(comment(record.at_us, frame))
                }
                _ => None,
            })
            .collect();
        assert_eq!(
            said,
            [
                "alice to bob, arrived after 25 ms",
                "bob to alice: lost on the wire",
                "alice to bob: lost, the wire was cut",
                "alice to bob: lost, the queue of the wire was full",
                "bob to alice: the second of a frame that the wire doubled",
            ]
        );
    }
}
