//! Addresses, byte order, sockaddr layouts, octet cursors and the Internet checksum.
//!
//! What every Sockeye tool agrees on, and nothing else: no I/O, no dependency, no unsafe.
//!
//! - [`addr`]: hosts and endpoints as people write them
//! - [`prefix`]: address blocks; [`special`]: the special-purpose ranges by IANA's names
//! - [`order`]: network and host byte order as types
//! - [`sockaddr`]: the octets that the socket calls take
//! - [`wire`]: the cursors through which all octets are read and written
//! - [`calendar`]: days as dates; [`number`]: numbers as they are typed, and as they are read
//! - [`checksum`]: the sum of RFC 1071, pseudo-headers, RFC 1624
//! - [`crc32c`]: the checksum of SCTP
//! - [`errno`]: the words of an operating system error
//! - [`escape`]: text from outside, made safe for a terminal
//! - [`hex`]: octets as hexadecimal text; [`hex_text`]: the dumps of others
//! - [`layout`]: a structure as named fields
//! - [`random`]: numbers from a seed
//! - [`words`]: a number of things in words
#![forbid(unsafe_code)]

pub mod addr;
pub mod calendar;
pub mod checksum;
pub mod crc32c;
pub mod errno;
pub mod escape;
pub mod hex;
pub mod hex_text;
pub mod layout;
pub mod number;
pub mod order;
pub mod prefix;
pub mod random;
pub mod sockaddr;
pub mod special;
pub mod wire;
pub mod words;
