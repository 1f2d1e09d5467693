//! The twelve octets that every message starts with.

use sockeye_common::wire::{Reader, Truncated, Writer};

use crate::registry::Opcode;

/// The length of a header, in octets.
pub const LEN: usize = 12;

/// A header as it stands on the wire.
///
/// # Source
/// RFC 1035 section 4.1.1; RFC 2535 section 6.1 for AD and CD.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// What ties an answer to its query.
    pub id: u16,
    /// QR, Opcode, the flags, and RCODE, in one.
    pub bits: u16,
    /// How many questions the sender says there are.
    pub qdcount: u16,
    /// How many records in the answer section.
    pub ancount: u16,
    /// How many records in the authority section.
    pub nscount: u16,
    /// How many records in the additional section, the OPT pseudo-record included.
    pub arcount: u16,
}

/// A bit of [`Header::bits`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flag {
    /// The bit.
    pub mask: u16,
    /// As dig prints it.
    pub name: &'static str,
}

/// This is a response.
pub const QR: Flag = Flag { mask: 0x8000, name: "qr" };
/// The server is an authority for the name.
pub const AA: Flag = Flag { mask: 0x0400, name: "aa" };
/// The answer was cut to fit.
pub const TC: Flag = Flag { mask: 0x0200, name: "tc" };
/// Recursion desired.
pub const RD: Flag = Flag { mask: 0x0100, name: "rd" };
/// Recursion available.
pub const RA: Flag = Flag { mask: 0x0080, name: "ra" };
/// Reserved.
pub const Z: Flag = Flag { mask: 0x0040, name: "z" };
/// Authentic data: the server has validated it.
pub const AD: Flag = Flag { mask: 0x0020, name: "ad" };
/// Checking disabled.
pub const CD: Flag = Flag { mask: 0x0010, name: "cd" };

/// The flags that dig prints, in its order. Z is printed apart.
pub const SHOWN: [Flag; 7] = [QR, AA, TC, RD, RA, AD, CD];

impl Header {
    /// Reads the twelve octets.
    ///
    /// # Errors
    /// [`Truncated`] if there are fewer.
    pub fn parse(reader: &mut Reader<'_>) -> Result<Self, Truncated> {
        Ok(Self {
            id: reader.u16("ID")?,
            bits: reader.u16("flags")?,
            qdcount: reader.u16("QDCOUNT")?,
            ancount: reader.u16("ANCOUNT")?,
            nscount: reader.u16("NSCOUNT")?,
            arcount: reader.u16("ARCOUNT")?,
        })
    }

    /// Writes the twelve octets.
    pub fn emit(&self, writer: &mut Writer) {
        writer.u16(self.id).u16(self.bits).u16(self.qdcount).u16(self.ancount).u16(self.nscount).u16(self.arcount);
    }

    /// Whether the flag is set.
    pub fn has(&self, flag: Flag) -> bool {
        self.bits & flag.mask != 0
    }

    /// The names of the flags that are set and that dig prints.
    pub fn shown_flags(&self) -> impl Iterator<Item = &'static str> {
        SHOWN.into_iter().filter(|flag| self.has(*flag)).map(|flag| flag.name)
    }

    /// Sets or clears the flag.
    pub fn set(&mut self, flag: Flag, on: bool) {
        if on {
            self.bits |= flag.mask;
        } else {
            self.bits &= !flag.mask;
        }
    }

    /// What kind of message this is.
    pub fn opcode(&self) -> Opcode {
        Opcode(u8::try_from((self.bits >> 11) & 0xf).unwrap_or_default())
    }

    /// Says what kind of message this is.
    pub fn set_opcode(&mut self, opcode: Opcode) {
        self.bits = self.bits & !0x7800 | u16::from(opcode.0 & 0xf) << 11;
    }

    /// The four bits of RCODE that stand in the header; EDNS has eight more.
    pub fn rcode_low(&self) -> u16 {
        self.bits & 0xf
    }
}
