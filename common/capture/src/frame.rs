//! What a capture delivers: frames, where they were seen and when.

use std::fmt;
use std::time::{Duration, SystemTime};

use crate::link_type::LinkType;

const NANOSECONDS: u32 = 1_000_000_000;

/// One frame. Its octets are borrowed from the slice or from the reader's buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame<'a> {
    /// The number that Wireshark and tcpdump give it: the first of the capture is 1. Wireshark alone counts a systemd
    /// journal entry and a custom block of pcapng too.
    pub number: u64,
    /// When it was seen; Simple Packet Blocks do not say.
    pub timestamp: Option<Timestamp>,
    /// Which interface of its section saw it, from 0. Classic pcap has one.
    pub interface: u32,
    /// What its first octets are.
    pub link_type: LinkType,
    /// How many octets it had on the wire, as the capture says; never below the number of `octets`.
    pub original_len: usize,
    /// What was captured of it.
    pub octets: &'a [u8],
    /// Where `octets` start in the file, in octets.
    pub file_offset: u64,
    /// How many octets of frame check sequence the link layer left at the end, where the capture says so; mostly 0.
    pub fcs_len: u8,
}

/// A moment: seconds since 1970-01-01T00:00:00Z and nanoseconds below one second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    /// Whole seconds; negative before 1970.
    pub seconds: i64,
    /// 0 to 999,999,999.
    pub nanoseconds: u32,
}

impl fmt::Display for Timestamp {
    /// Seconds since the epoch with nine decimals, as `tshark -T fields -e frame.time_epoch` has it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.seconds < 0 && self.nanoseconds > 0 {
            let seconds = self.seconds.saturating_add(1).unsigned_abs();
            return write!(f, "-{seconds}.{:09}", NANOSECONDS.saturating_sub(self.nanoseconds));
        }
        write!(f, "{}.{:09}", self.seconds, self.nanoseconds)
    }
}

impl From<SystemTime> for Timestamp {
    fn from(time: SystemTime) -> Self {
        match time.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(after) => {
                Self { seconds: after.as_secs().try_into().unwrap_or(i64::MAX), nanoseconds: after.subsec_nanos() }
            }
            Err(before) => {
                let before: Duration = before.duration();
                let seconds = 0_i64.saturating_sub_unsigned(before.as_secs());
                match before.subsec_nanos() {
                    0 => Self { seconds, nanoseconds: 0 },
                    nanoseconds => Self {
                        seconds: seconds.saturating_sub(1),
                        nanoseconds: NANOSECONDS.saturating_sub(nanoseconds),
                    },
                }
            }
        }
    }
}

/// The unit in which an interface counts time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// 10 to the minus n seconds: 6 is microseconds.
    Decimal(u8),
    /// 2 to the minus n seconds.
    Binary(u8),
}

impl Resolution {
    /// Microseconds: what classic pcap and a pcapng interface without if_tsresol count in.
    pub const MICRO: Self = Self::Decimal(6);
    /// Nanoseconds.
    pub const NANO: Self = Self::Decimal(9);

    /// What the octet of if_tsresol means.
    ///
    /// # Source
    /// draft-ietf-opsawg-pcapng section 4.2, if_tsresol.
    pub const fn from_octet(octet: u8) -> Self {
        if octet & 0x80 == 0 { Self::Decimal(octet) } else { Self::Binary(octet & 0x7f) }
    }

    /// The moment that is `ticks` units and `offset` seconds after the epoch; what is finer than a nanosecond is dropped.
    #[inline]
    pub fn timestamp(self, ticks: u64, offset: i64) -> Timestamp {
        let (seconds, nanoseconds) = match self {
            Self::Decimal(6) => (ticks / 1_000_000, ticks % 1_000_000 * 1_000),
            Self::Decimal(9) => (ticks / 1_000_000_000, ticks % 1_000_000_000),
            Self::Decimal(power) => {
                let ticks = u128::from(ticks);
                match 10_u128.checked_pow(power.into()) {
                    Some(unit) => low_parts(ticks / unit, ticks % unit * u128::from(NANOSECONDS) / unit),
                    // Finer than 10 to the -38: 2 to the 64 of them are far less than a nanosecond.
                    None => (0, 0),
                }
            }
            Self::Binary(power) => {
                let ticks = u128::from(ticks);
                let whole = ticks >> power;
                // At most 2 to the 64 times 10 to the 9.
                low_parts(whole, ((ticks - (whole << power)) * u128::from(NANOSECONDS)) >> power)
            }
        };
        Timestamp {
            seconds: offset.saturating_add_unsigned(seconds),
            nanoseconds: u32::try_from(nanoseconds).unwrap_or(NANOSECONDS - 1),
        }
    }
}

/// Both fit: seconds are at most the ticks, which are 64 bits; nanoseconds are below a second.
fn low_parts(seconds: u128, nanoseconds: u128) -> (u64, u64) {
    (u64::try_from(seconds).unwrap_or(u64::MAX), u64::try_from(nanoseconds).unwrap_or(u64::MAX))
}

/// One interface of a section of a capture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interface {
    /// What its frames start with.
    pub link_type: LinkType,
    /// The most octets kept of each frame, as the capture says; 0 means no limit. Real files have longer ones.
    pub snaplen: u32,
    /// The unit of its time stamps.
    pub resolution: Resolution,
    /// Seconds to add to its time stamps.
    pub offset_s: i64,
    /// Octets of frame check sequence at the end of each frame.
    pub fcs_len: u8,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ticks_in_every_unit() {
        for (octet, ticks, offset, expected) in [
            (6, 1_500_000, 0, (1, 500_000_000)),
            (9, 1_500_000_000, -1, (0, 500_000_000)),
            (0, 7, 3, (10, 0)),
            (3, 1_001, 0, (1, 1_000_000)),
            (12, 1_000_000_000_999, 0, (1, 0)),
            (12, 1_000_000_001_000, 0, (1, 1)),
            (19, u64::MAX, 0, (1, 844_674_407)),
            (20, u64::MAX, 0, (0, 184_467_440)),
            (39, u64::MAX, 0, (0, 0)),
            (127, u64::MAX, 0, (0, 0)),
            (0x80, 7, 0, (7, 0)),
            (0x8a, 1024 + 512, 0, (1, 500_000_000)),
            (0xbf, u64::MAX, 0, (1, 999_999_999)),
            (0xc0, u64::MAX, 0, (0, 999_999_999)),
            (0xff, u64::MAX, 0, (0, 0)),
            (0, u64::MAX, i64::MAX, (i64::MAX, 0)),
        ] {
            let stamp = Resolution::from_octet(octet).timestamp(ticks, offset);
            assert_eq!((stamp.seconds, stamp.nanoseconds), expected, "if_tsresol {octet:#04x}, {ticks} ticks");
        }
    }

    #[test]
    fn before_1970() {
        let stamp = Timestamp::from(SystemTime::UNIX_EPOCH - Duration::from_millis(1_250));
        assert_eq!(stamp, Timestamp { seconds: -2, nanoseconds: 750_000_000 });
        assert_eq!(stamp.to_string(), "-1.250000000");
        assert_eq!(Timestamp { seconds: -2, nanoseconds: 0 }.to_string(), "-2.000000000");
        assert_eq!(Timestamp { seconds: 2, nanoseconds: 5 }.to_string(), "2.000000005");
    }

    proptest! {
        #[test]
        fn nanoseconds_stay_below_a_second(octet: u8, ticks: u64, offset: i64) {
            prop_assert!(Resolution::from_octet(octet).timestamp(ticks, offset).nanoseconds < NANOSECONDS);
        }
    }
}
