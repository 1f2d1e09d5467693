//! The table: what fields the rdata of a type has, in which form, and how they stand together.

use crate::registry::{Class, Type};

/// How a field is laid out, checked and written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// One octet, in decimal.
    U8,
    /// Two octets, in decimal.
    U16,
    /// Four octets, in decimal.
    U32,
    /// Six octets, in decimal.
    U48,
    /// Two octets, in octal.
    Octal,
    /// Four octets, seconds since 1970 as `YYYYMMDDHHMMSS`.
    Time,
    /// Two octets, a type's mnemonic.
    Type,
    /// Two octets, a type's mnemonic, or its number alone.
    OldType,
    /// Two octets, what a certificate is.
    CertType,
    /// One octet, a DNSSEC algorithm's mnemonic.
    Algorithm,
    /// Two octets, an rcode of TSIG and TKEY.
    Rcode,
    /// One octet, DSYNC's scheme.
    Scheme,
    /// One octet that is not written, since it only says how long another field is.
    Count,
    /// Two octets that are not written either.
    Count16,
    /// Four octets, an IPv4 address.
    Ipv4,
    /// Sixteen octets, an IPv6 address.
    Ipv6,
    /// A name, which may be compressed.
    Name,
    /// The name of a zone, with no more labels than the signature counts.
    Signer,
    /// As many names as there are.
    Names,
    /// A character-string, quoted.
    Text,
    /// The same, or the end.
    MaybeText,
    /// One character-string or more up to the end, each quoted.
    Texts,
    /// A character-string of four octets or more.
    Psdn,
    /// A character-string with a substitution in it.
    Regexp,
    /// A length octet and letters or digits, without quotes.
    Tag,
    /// All octets up to the end, quoted.
    Rest,
    /// All octets up to the end, one at least, in base 64 and in words.
    Base64,
    /// The same, or nothing.
    MaybeBase64,
    /// All octets up to the end in base 64, in one word; `-` for none.
    Base64Word,
    /// All octets up to the end, one at least, in hex and in words.
    Hex,
    /// A digest of a key: hex, as long as the octet before it says.
    Digest,
    /// A fingerprint of a key: hex, as long as the octet before it says.
    Fingerprint,
    /// A digest of a zone: hex, as long as the octet before it says.
    ZoneDigest,
    /// A key: base 64, with a name in front if the algorithm is private.
    Key,
    /// The same, or nothing if the flags say so.
    MaybeKey,
    /// The name in front of a private algorithm's key.
    PrivateName,
    /// Two octets that must be zero, in decimal.
    NoFlags,
    /// A signature: base 64.
    Signature,
    /// The same, only that dig has its own words if it is missing.
    SomeSignature,
    /// Six octets, in hex with dashes.
    Eui48,
    /// Eight octets, in hex with dashes.
    Eui64,
    /// Eight octets, in groups of four hex digits.
    Locator,
    /// All octets up to the end behind `0x`.
    Nsap,
    /// An ATM address, whose first octet says how it is written.
    Atm,
    /// A window bitmap of types, which may be empty.
    Types,
    /// As `Types`, but one type at least.
    SomeTypes,
    /// One bitmap of the types up to 127, by number if they have no name.
    OldTypes,
    /// A bitmap of ports.
    Ports,
    /// A length octet and that many octets in hex; `-` for none.
    Salt,
    /// A length octet and that many octets in base 32 (hex alphabet).
    Hash,
    /// A length of two octets and that many octets, in decimal and in base 64.
    Sized,
    /// As many octets as HIP's first octet says, in hex.
    HostIdentity,
    /// As many octets as HIP's third and fourth octet say, in base 64.
    HostKey,
    /// What the second octet of the rdata makes of it: nothing, an address, a name.
    Gateway,
    /// One octet: the discovery bit, and the relay's type.
    RelayType,
    /// What the second octet of the rdata makes of it: nothing, an address, a name, anything.
    Relay,
    /// The octets of an IPv6 address that the prefix length in front leaves over.
    Suffix,
    /// The name that supplies the prefix, if there is one.
    PrefixName,
    /// As many address prefixes as there are.
    Prefixes,
    /// As many SvcParams as there are.
    Params,
    /// LOC's version, which is 0.
    Version,
    /// A size in centimetres: a digit and a power of ten.
    Size,
    /// Thousandths of a second of arc from the equator.
    Latitude,
    /// Thousandths of a second of arc from the prime meridian.
    Longitude,
    /// Centimetres above a sphere 100 km below the ellipsoid.
    Altitude,
    /// Nothing, and this is how that is written.
    Nothing,
    /// Octets whose meaning nobody has defined.
    Opaque,
}

/// How the fields stand together, on one line and on several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// One after the other, always on one line.
    Line,
    /// As `Line`; on several lines the last field stands on its own between parentheses.
    Tail,
    /// As `Tail`; `+nocrypto` leaves the last field out.
    SecretTail,
    /// On several lines, between parentheses.
    Whole,
    /// As `Whole`; `+nocrypto` leaves it out.
    SecretWhole,
    /// As `Whole`, with dig's own idea of blanks.
    Tag,
    /// AAAA: as `Line`, and `+expandaaaa` writes every digit.
    Aaaa,
    /// SOA.
    Soa,
    /// KEY and RKEY.
    Key,
    /// DNSKEY and CDNSKEY.
    DnsKey,
    /// SIG.
    Sig,
    /// RRSIG.
    Rrsig,
    /// NSEC3.
    Nsec3,
    /// DHCID.
    Dhcid,
    /// HIP.
    Hip,
    /// IPSECKEY.
    IpsecKey,
    /// AMTRELAY.
    AmtRelay,
    /// ATMA.
    Atma,
    /// APL.
    Apl,
    /// A6.
    A6,
    /// LOC.
    Loc,
    /// OPT, where it is a record like others.
    Opt,
    /// TKEY.
    Tkey,
    /// TSIG.
    Tsig,
}

/// One field of a layout: its name in the specification, and its form.
pub type Layout = &'static [(&'static str, Form)];

/// What is known of a type.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Its fields.
    pub layout: Layout,
    /// How they are written.
    pub shape: Shape,
    /// Whether rdata of the wrong length is a format error to dig, where for other types it is a message that ends too
    /// early or too late.
    pub strict: bool,
}

#[expect(clippy::unnecessary_wraps, reason = "the rows of the table read better")]
const fn is(shape: Shape, layout: Layout) -> Option<Row> {
    Some(Row { layout, shape, strict: false })
}

/// As `is`, of a type that dig is strict about.
#[expect(clippy::unnecessary_wraps, reason = "the rows of the table read better")]
const fn strict(shape: Shape, layout: Layout) -> Option<Row> {
    Some(Row { layout, shape, strict: true })
}

/// What is known of a type in a class, or `None` if its octets are all that we know.
///
/// # Source
/// The RFC beside each row; which types mean something only in class IN, and A something else in class CH: RFC 1035
/// section 3.4, RFC 1034 section 3.6, and what dig does.
pub fn row(rtype: Type, class: Class) -> Option<Row> {
    general(rtype).or_else(|| match class {
        Class::IN => internet(rtype),
        // The hex of a Hesiod address is an IPv4 address.
        Class::HS if rtype == Type::A => is(Shape::Line, &[("ADDRESS", Form::Ipv4)]),
        Class::CH if rtype == Type::A => {
            is(Shape::Line, &[("domain name", Form::Name), ("Chaos address", Form::Octal)])
        }
        Class::ANY if rtype == Type::TSIG => is(
            Shape::Tsig,
            // RFC 8945 section 4.2
            &[
                ("Algorithm Name", Form::Name),
                ("Time Signed", Form::U48),
                ("Fudge", Form::U16),
                ("MAC", Form::Sized),
                ("Original ID", Form::U16),
                ("Error", Form::Rcode),
                ("Other Data", Form::Sized),
            ],
        ),
        _ => None,
    })
}

/// The fields of a key (RFC 4034 section 2.1).
const KEY: Layout = &[("Flags", Form::U16), ("Protocol", Form::U8), ("Algorithm", Form::U8), ("Public Key", Form::Key)];
/// The fields of a signature (RFC 4034 section 3.1).
const SIGNATURE: Layout = &[
    ("Type Covered", Form::Type),
    ("Algorithm", Form::U8),
    ("Labels", Form::U8),
    ("Original TTL", Form::U32),
    ("Signature Expiration", Form::Time),
    ("Signature Inception", Form::Time),
    ("Key Tag", Form::U16),
    ("Signer's Name", Form::Signer),
    ("Signature", Form::SomeSignature),
];
/// The fields of a digest of a key (RFC 4034 section 5.1).
const DIGEST: Layout =
    &[("Key Tag", Form::U16), ("Algorithm", Form::U8), ("Digest Type", Form::U8), ("Digest", Form::Digest)];
/// The fields of a certificate's association (RFC 6698 section 2.1).
const ASSOCIATION: Layout = &[
    ("Certificate Usage", Form::U8),
    ("Selector", Form::U8),
    ("Matching Type", Form::U8),
    ("Certificate Association Data", Form::Hex),
];
const TEXTS: Layout = &[("TXT-DATA", Form::Texts)];
const BASE64: Layout = &[("data", Form::Base64)];

/// The types that are the same in every class.
fn general(rtype: Type) -> Option<Row> {
    use Form::{
        Algorithm, Base64, Base64Word, CertType, Count, Count16, Gateway, Hash, HostIdentity, HostKey, Ipv4, Locator,
        MaybeText, Name, Names, OldTypes, Rcode, Regexp, Relay, RelayType, Rest, Salt, Scheme, Sized, Tag, Text, Types,
        U8, U16, U32,
    };
    match rtype.0 {
        // RFC 1035 section 3.3
        2 => is(Shape::Line, &[("NSDNAME", Name)]),
        3 | 4 | 7 => is(Shape::Line, &[("MADNAME", Name)]),
        5 => is(Shape::Line, &[("CNAME", Name)]),
        6 => is(
            Shape::Soa,
            &[
                ("MNAME", Name),
                ("RNAME", Name),
                ("SERIAL", U32),
                ("REFRESH", U32),
                ("RETRY", U32),
                ("EXPIRE", U32),
                ("MINIMUM", U32),
            ],
        ),
        8 => is(Shape::Line, &[("MGMNAME", Name)]),
        9 => is(Shape::Line, &[("NEWNAME", Name)]),
        12 => is(Shape::Line, &[("PTRDNAME", Name)]),
        13 => is(Shape::Line, &[("CPU", Text), ("OS", Text)]),
        14 => is(Shape::Line, &[("RMAILBX", Name), ("EMAILBX", Name)]),
        15 => is(Shape::Line, &[("PREFERENCE", U16), ("EXCHANGE", Name)]),
        // TXT, NINFO, SPF (RFC 7208), AVC, RESINFO (RFC 9606), WALLET
        16 | 56 | 99 | 258 | 261 | 262 => is(Shape::Line, TEXTS),
        // RFC 1183
        17 => is(Shape::Line, &[("mbox-dname", Name), ("txt-dname", Name)]),
        18 => is(Shape::Line, &[("subtype", U16), ("hostname", Name)]),
        19 => strict(Shape::Line, &[("PSDN-address", Form::Psdn)]),
        20 => is(Shape::Line, &[("ISDN-address", Text), ("sa", MaybeText)]),
        21 => is(Shape::Line, &[("preference", U16), ("intermediate-host", Name)]),
        // RFC 2535, RFC 2931; RKEY
        24 => is(
            Shape::Sig,
            &[
                ("type covered", Form::OldType),
                ("algorithm", U8),
                ("labels", U8),
                ("original TTL", U32),
                ("signature expiration", Form::Time),
                ("signature inception", Form::Time),
                ("key tag", U16),
                ("signer's name", Name),
                ("signature", Form::Signature),
            ],
        ),
        25 => is(Shape::Key, &[("flags", U16), ("protocol", U8), ("algorithm", U8), ("public key", Form::MaybeKey)]),
        57 => {
            is(Shape::Key, &[("flags", Form::NoFlags), ("protocol", U8), ("algorithm", U8), ("public key", Form::Key)])
        }
        // RFC 1712
        27 => is(Shape::Line, &[("LONGITUDE", Text), ("LATITUDE", Text), ("ALTITUDE", Text)]),
        // RFC 1876
        29 => is(
            Shape::Loc,
            &[
                ("VERSION", Form::Version),
                ("SIZE", Form::Size),
                ("HORIZ PRE", Form::Size),
                ("VERT PRE", Form::Size),
                ("LATITUDE", Form::Latitude),
                ("LONGITUDE", Form::Longitude),
                ("ALTITUDE", Form::Altitude),
            ],
        ),
        // RFC 2535 section 5
        30 => is(Shape::Line, &[("next domain name", Name), ("type bit map", OldTypes)]),
        // RFC 3403 section 4.1
        35 => is(
            Shape::Line,
            &[
                ("ORDER", U16),
                ("PREFERENCE", U16),
                ("FLAGS", Text),
                ("SERVICES", Text),
                ("REGEXP", Regexp),
                ("REPLACEMENT", Name),
            ],
        ),
        // RFC 4398 section 2
        37 => is(
            Shape::Tail,
            &[("type", CertType), ("key tag", U16), ("algorithm", Algorithm), ("certificate or CRL", Base64)],
        ),
        // RFC 6672
        39 => is(Shape::Line, &[("target", Name)]),
        40 => is(Shape::Tail, &[("meaning", U8), ("coding", U8), ("subcoding", U8), ("data", Form::MaybeBase64)]),
        // DS, CDS (RFC 7344), TA, DLV (RFC 4431)
        43 | 59 | 32768 | 32769 => is(Shape::SecretTail, DIGEST),
        // RFC 6891 section 6.1.2; the options are looked at where they are used
        41 => is(Shape::Opt, &[]),
        // RFC 4255 section 3.1
        44 => is(Shape::Tail, &[("algorithm", U8), ("fp type", U8), ("fingerprint", Form::Fingerprint)]),
        // RFC 4025 section 2.1
        45 => is(
            Shape::IpsecKey,
            &[
                ("precedence", U8),
                ("gateway type", U8),
                ("algorithm", U8),
                ("gateway", Gateway),
                ("public key", Base64),
            ],
        ),
        46 => is(Shape::Rrsig, SIGNATURE),
        // RFC 4034 section 4.1
        47 => is(Shape::Line, &[("Next Domain Name", Name), ("Type Bit Maps", Form::SomeTypes)]),
        48 | 60 => is(Shape::DnsKey, KEY),
        // RFC 5155 sections 3.2 and 4.2
        50 => strict(
            Shape::Nsec3,
            &[
                ("Hash Algorithm", U8),
                ("Flags", U8),
                ("Iterations", U16),
                ("Salt", Salt),
                ("Next Hashed Owner Name", Hash),
                ("Type Bit Maps", Types),
            ],
        ),
        51 => strict(Shape::Line, &[("Hash Algorithm", U8), ("Flags", U8), ("Iterations", U16), ("Salt", Salt)]),
        52 | 53 => is(Shape::Tail, ASSOCIATION),
        // RFC 8005 section 5
        55 => strict(
            Shape::Hip,
            &[
                ("HIT Length", Count),
                ("PK Algorithm", U8),
                ("PK Length", Count16),
                ("HIT", HostIdentity),
                ("Public Key", HostKey),
                ("Rendezvous Server", Names),
            ],
        ),
        58 => is(Shape::Line, &[("PREVNAME", Name), ("NEXTNAME", Name)]),
        // RFC 7929
        61 => is(Shape::SecretWhole, BASE64),
        // RFC 7477 section 2.1
        62 => is(Shape::Line, &[("SOA Serial", U32), ("Flags", U16), ("Type Bit Map", Types)]),
        // RFC 8976 section 2.2
        63 => is(
            Shape::SecretTail,
            &[("Serial", U32), ("Scheme", U8), ("Hash Algorithm", U8), ("Digest", Form::ZoneDigest)],
        ),
        // RFC 9859
        66 => is(Shape::Line, &[("RRtype", Form::Type), ("Scheme", Scheme), ("Port", U16), ("Target", Name)]),
        // RFC 9886
        67 | 68 => is(Shape::Tag, BASE64),
        // RFC 6742 section 2
        104 => strict(Shape::Line, &[("Preference", U16), ("NodeID", Locator)]),
        105 => strict(Shape::Line, &[("Preference", U16), ("Locator32", Ipv4)]),
        106 => strict(Shape::Line, &[("Preference", U16), ("Locator64", Locator)]),
        107 => is(Shape::Line, &[("Preference", U16), ("FQDN", Name)]),
        // RFC 7043
        108 => strict(Shape::Line, &[("EUI-48 Address", Form::Eui48)]),
        109 => strict(Shape::Line, &[("EUI-64 Address", Form::Eui64)]),
        // RFC 2930 section 2
        249 => is(
            Shape::Tkey,
            &[
                ("Algorithm", Name),
                ("Inception", U32),
                ("Expiration", U32),
                ("Mode", U16),
                ("Error", Rcode),
                ("Key Data", Sized),
                ("Other Data", Sized),
            ],
        ),
        // RFC 7553 section 4.5
        256 => is(Shape::Line, &[("Priority", U16), ("Weight", U16), ("Target", Rest)]),
        // RFC 8659 section 4.1
        257 => is(Shape::Line, &[("Flags", U8), ("Tag", Tag), ("Value", Rest)]),
        // draft-durand-doa-over-dns
        259 => is(
            Shape::Line,
            &[
                ("DOA-ENTERPRISE", U32),
                ("DOA-TYPE", U32),
                ("DOA-LOCATION", U8),
                ("DOA-MEDIA-TYPE", Text),
                ("DOA-DATA", Base64Word),
            ],
        ),
        // RFC 8777 section 4
        260 => is(Shape::AmtRelay, &[("precedence", U8), ("D-bit and type", RelayType), ("relay", Relay)]),
        _ => None,
    }
}

/// The types that mean something only in class IN.
fn internet(rtype: Type) -> Option<Row> {
    use Form::{Hex, Ipv4, Ipv6, Name, Params, Ports, Prefixes, U8, U16};
    match rtype.0 {
        // RFC 1035 section 3.4
        1 => is(Shape::Line, &[("ADDRESS", Ipv4)]),
        11 => is(Shape::Line, &[("ADDRESS", Ipv4), ("PROTOCOL", U8), ("BIT MAP", Ports)]),
        // RFC 1706
        22 => is(Shape::Line, &[("NSAP", Form::Nsap)]),
        23 => is(Shape::Line, &[("owner", Name)]),
        // RFC 2163
        26 => is(Shape::Line, &[("PREFERENCE", U16), ("MAP822", Name), ("MAPX400", Name)]),
        // RFC 3596
        28 => is(Shape::Aaaa, &[("address", Ipv6)]),
        31 | 32 => is(Shape::Whole, &[("data", Hex)]),
        // RFC 2782
        33 => is(Shape::Line, &[("Priority", U16), ("Weight", U16), ("Port", U16), ("Target", Name)]),
        34 => is(Shape::Atma, &[("ADDRESS", Form::Atm)]),
        // RFC 2230
        36 => is(Shape::Line, &[("PREFERENCE", U16), ("EXCHANGER", Name)]),
        // RFC 2874
        38 => is(Shape::A6, &[("Prefix len", U8), ("Address suffix", Form::Suffix), ("Prefix name", Form::PrefixName)]),
        // RFC 3123
        42 => is(Shape::Apl, &[("apitem", Prefixes)]),
        // RFC 4701
        49 => is(Shape::Dhcid, BASE64),
        // RFC 9460
        64 | 65 => is(Shape::Line, &[("SvcPriority", U16), ("TargetName", Name), ("SvcParam", Params)]),
        _ => None,
    }
}
