//! How records are written.

use crate::options::Compat;

/// dig's switches for the text of records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// `+ttlid`
    pub ttl: bool,
    /// `+class`
    pub class: bool,
    /// `+ttlunits`: TTLs as `1h30m`.
    pub ttl_units: bool,
    /// `+multiline`
    pub multiline: bool,
    /// `+rrcomments`, if that was said; otherwise they come with `+multiline`.
    pub rr_comments: Option<bool>,
    /// `+crypto`: keys and signatures, not `[omitted]`.
    pub crypto: bool,
    /// `+split=N`: digits a word, a multiple of four; 0 for no words. `None` is 56, and 44 with `+multiline`.
    pub split: Option<u16>,
    /// `+unknownformat`: rdata as RFC 3597 writes it.
    pub unknown_format: bool,
    /// `+expandaaaa`: every digit of an IPv6 address.
    pub expand_aaaa: bool,
    /// Names in Unicode: `+idnout`.
    pub idn_out: bool,
    /// For `+yaml`: an IPv6 address that ends in two colons has a zero behind them.
    pub yaml: bool,
    /// Seconds since 1970, to which the times of signatures are near; `None` for times from 1970 to 2106.
    pub now: Option<u32>,
    /// Which dig's words to use.
    pub compat: Compat,
}

impl Default for Style {
    fn default() -> Self {
        Self {
            ttl: true,
            class: true,
            ttl_units: false,
            multiline: false,
            rr_comments: None,
            crypto: true,
            split: None,
            unknown_format: false,
            expand_aaaa: false,
            idn_out: false,
            yaml: false,
            now: None,
            compat: Compat::V9_18,
        }
    }
}
