//! Why an update is what it is: the facts as data, their words once.

use std::io;

use serde::Serialize;
use sockeye_cli::output::Role;
use sockeye_cli::{Render, Text};

use super::Report;
use super::change::What;

/// A fact about an update that the bare numbers do not tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Reason {
    /// What the equation does.
    Difference,
    /// Equation 2 came to the other zero.
    OtherZero,
    /// The high octet of a word changed, and the low one is not known.
    HalfWord,
    /// No checksum was computed.
    Absent,
}

impl Reason {
    /// What there is to say about an update.
    pub fn of(report: &Report) -> Vec<Self> {
        let mut reasons = vec![Self::Difference];
        if report.steps.iter().any(|step| step.what == What::Ttl.name()) {
            reasons.push(Self::HalfWord);
        }
        if report.was_absent {
            reasons.push(Self::Absent);
        } else if report.equation_2 != report.by_equation_3_number() {
            reasons.push(Self::OtherZero);
        }
        reasons
    }
}

impl Render for Reason {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let (about, words) = match self {
            Self::Difference => (
                "difference",
                "the sum is ~HC; taking m out is adding ~m, its complement, and m' goes in: whoever changes a word needs \
                 none of the others (RFC 1624 section 3)",
            ),
            Self::OtherZero => (
                "equation 2",
                "HC + m + ~m' works with the checksum instead of the sum and comes to ffff where the sum of the packet \
                 calls for 0000: ones' complement has two zeros, and the sum of a packet that is not all zeros is never \
                 the zero whose complement is ffff (RFC 1624 section 2)",
            ),
            Self::HalfWord => (
                "half a word",
                "TTL is the high octet of a word whose low octet is the Protocol: that is the same before and after, and \
                 cancels out, so that 00 stands for it here",
            ),
            Self::Absent => (
                "none",
                "0000 in UDP over IPv4 says that the sender computed no checksum: there is nothing to bring up to date (RFC \
                 768)",
            ),
        };
        let about = text.paint(Role::Dim, &format!("{about}:"));
        text.prose(&format!("{about} "), words)
    }
}
