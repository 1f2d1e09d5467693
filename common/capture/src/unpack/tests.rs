//! Data packed by other code, whole, cut at every octet and damaged at every octet.

use std::io::Write as _;

use flate2::write::GzEncoder;
use ruzstd::encoding::{CompressionLevel, compress_to_vec};

use super::*;
use crate::{CaptureError, LinkType, StreamReader, Timestamp, pcap};

fn gzip(octets: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(vec![], flate2::Compression::default());
    encoder.write_all(octets).unwrap();
    encoder.finish().unwrap()
}

fn zstd(octets: &[u8]) -> Vec<u8> {
    compress_to_vec(octets, CompressionLevel::Fastest)
}

/// A capture of frames that pack badly, so that a cut leaves some of them.
fn capture(frames: u32) -> Vec<u8> {
    let mut writer = pcap::Writer::new(vec![], LinkType::RAW, pcap::Format::default()).unwrap();
    let mut state = 1_u32;
    for _ in 0..frames {
        let octets: Vec<u8> = (0..24)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                state.to_be_bytes()[0]
            })
            .collect();
        writer.write(Timestamp::default(), octets.len(), &octets).unwrap();
    }
    writer.into_inner()
}

/// A stream that gives one octet at a time.
struct Trickle<'a>(&'a [u8]);

impl Read for Trickle<'_> {
    fn read(&mut self, space: &mut [u8]) -> io::Result<usize> {
        let len = space.len().min(1);
        self.0.read(&mut space[..len])
    }
}

/// All that comes out, and how it ended.
fn unpacked(octets: &[u8]) -> (Vec<u8>, Option<UnpackError>) {
    let mut out = vec![];
    let fault = Unpacked::new(octets).read_to_end(&mut out).err();
    (out, fault.map(|fault| fault.into_inner().unwrap().downcast_ref::<UnpackError>().unwrap().clone()))
}

#[test]
fn members_and_frames_follow_each_other() {
    let parts = [&b"first, "[..], b"", b"second"];
    let skippable = [0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3];
    let members: Vec<u8> = parts.iter().flat_map(|part| gzip(part)).chain([0; 700]).collect();
    let frames: Vec<u8> = parts.iter().flat_map(|part| [&skippable[..], &zstd(part)].concat()).collect();
    for (packed, format) in [(members, Compression::Gzip), (frames, Compression::Zstandard)] {
        assert_eq!(unpacked(&packed), (b"first, second".to_vec(), None), "{format:?}");
        let mut trickle = Unpacked::new(Trickle(&packed));
        let mut out = String::new();
        trickle.read_to_string(&mut out).unwrap();
        assert_eq!((out.as_str(), trickle.compression()), ("first, second", Some(format)));
        assert_eq!(trickle.position(), packed.len() as u64);
    }
}

#[test]
fn what_is_not_packed_comes_out_as_it_is() {
    for octets in [&b""[..], b"\x1f", b"GET / HTTP/1.1", &[0xfd, b'7', b'z', b'X', 0, 0]] {
        assert_eq!(unpacked(octets), (octets.to_vec(), None));
        let mut plain = Unpacked::new(octets);
        io::copy(&mut plain, &mut io::sink()).unwrap();
        assert_eq!((plain.compression(), plain.position()), (None, octets.len() as u64));
    }
}

#[test]
fn a_cut_gives_what_is_there_and_then_says_where() {
    let whole = capture(400);
    for (packed, name) in [(gzip(&whole), "gzip"), (zstd(&whole), "zstd")] {
        let mut most = 0;
        for cut in 4..packed.len() {
            let (out, fault) = unpacked(&packed[..cut]);
            assert!(whole.starts_with(&out), "{name} cut at {cut}");
            let fault = fault.unwrap_or_else(|| panic!("{name} cut at {cut} is no fault"));
            assert_eq!((fault.fault, fault.offset), (UnpackFault::Cut, cut as u64), "{name}");
            assert!(out.len() >= most, "{name}: more is there at {cut}, and less comes out");
            most = out.len();
        }
        assert!(most > whole.len() / 2, "{name}");
        let mut reader = StreamReader::new(Unpacked::new(&packed[..packed.len() - 1]));
        let mut frames = 0;
        let fault = loop {
            match reader.next_frame() {
                Ok(Some(_)) => frames += 1,
                Ok(None) => panic!("{name}: a cut is an error"),
                Err(fault) => break fault,
            }
        };
        assert_eq!(frames, 400);
        let said = format!("{name} data cut off at octet {} of the compressed file", packed.len() - 1);
        assert_eq!(fault.to_string(), said);
        assert!(matches!(reader.next_frame(), Ok(None)));
    }
}

#[test]
fn no_damage_passes_for_data_or_panics() {
    let whole = capture(40);
    for (packed, first_checked) in [(gzip(&whole), 10), (zstd(&whole), 5)] {
        for at in 0..packed.len() {
            for change in [0xff, 1, 0x80] {
                let mut damaged = packed.clone();
                damaged[at] ^= change;
                let (out, fault) = unpacked(&damaged);
                if at >= first_checked {
                    assert!(fault.is_some() || out == whole, "octet {at} ^ {change:#x}");
                }
            }
        }
    }
}

#[test]
fn a_fault_names_the_place() {
    let mut wrong = gzip(b"data");
    let len = wrong.len();
    wrong[len - 8] ^= 1;
    let (out, fault) = unpacked(&wrong);
    assert_eq!(out, b"data");
    let said = "gzip data damaged before octet 24 of the compressed file: corrupt gzip stream does not have a matching checksum";
    assert_eq!(fault.unwrap().to_string(), said);
    for (packed, name) in [(gzip(b"data"), "gzip"), (zstd(b"data"), "zstd")] {
        let len = packed.len();
        let (out, fault) = unpacked(&[&packed[..], b"tail"].concat());
        assert_eq!(out, b"data");
        let said = format!("what stands behind the {name} data, at octet {len} of the compressed file, is none");
        assert_eq!(fault.unwrap().to_string(), said);
    }
}

#[test]
fn a_bomb_is_met_with_a_buffer() {
    // One block of RFC 8878 section 3.1.1.2.2 repeats an octet: 128 KiB out of four octets, a GiB out of 32 KiB.
    let mut bomb = vec![0x28, 0xb5, 0x2f, 0xfd, 0, 0x38];
    for _ in 0..8192 {
        bomb.extend([2, 0, 0x10, 0]);
    }
    bomb.extend([3, 0, 0, 0]);
    let mut reader = Unpacked::new(&bomb[..]);
    let mut chunk = vec![0; 1 << 16];
    let mut total = 0;
    loop {
        let read = reader.read(&mut chunk).unwrap();
        if read == 0 {
            break;
        }
        total += read;
    }
    assert_eq!(total, 1 << 30);
    // A window larger than zstd(1) grants is refused before anything is set aside for it.
    let greedy = [0x28, 0xb5, 0x2f, 0xfd, 0, 0x98, 1, 0, 0];
    let said =
        "zstd data damaged before octet 6 of the compressed file: a window of 536870912 octets, more than 134217728";
    assert_eq!(unpacked(&greedy).1.unwrap().to_string(), said);
}

#[test]
fn a_stream_that_fails_is_no_damage_of_the_data() {
    struct Failing<'a>(&'a [u8]);
    impl Read for Failing<'_> {
        fn read(&mut self, space: &mut [u8]) -> io::Result<usize> {
            if self.0.is_empty() { Err(io::Error::from_raw_os_error(5)) } else { self.0.read(space) }
        }
    }
    let whole = capture(4);
    for packed in [gzip(&whole), zstd(&whole), whole] {
        let mut reader = StreamReader::new(Unpacked::new(Failing(&packed[..packed.len() / 2])));
        let fault = loop {
            match reader.next_frame() {
                Ok(Some(_)) => {}
                Ok(None) => panic!("it fails"),
                Err(fault) => break fault,
            }
        };
        assert!(matches!(&fault, CaptureError::Io { source, .. } if source.raw_os_error() == Some(5)), "{fault}");
    }
}
