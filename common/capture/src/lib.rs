//! Captures to frames, frames to layers.
//!
//! - [`reader`]: classic pcap and pcapng, over a slice ([`SliceReader`]) or a stream ([`StreamReader`])
//! - [`frame`]: what a reader delivers
//! - [`link_type`]: the registry of link types as a newtype
//! - [`layers`]: the walk from the link layer to the transport, as an iterator that allocates nothing
//! - [`details`]: ARP, TCP options and neighbour discovery, as people read them
//! - [`rewrite`]: a capture copied octet by octet, with frames changed
//! - [`unpack`]: gzip and Zstandard under a capture
//! - [`pcap`]: the classic format, and a writer of it;  [`pcapng`]: the same of the newer one
//! - [`live`]: frames from an interface of this host
//! - [`error`]: what can be wrong with a capture
//!
//! All boundaries in a frame are computed here from what the capture has; pnet_packet only reads the fixed fields of the
//! headers that it knows, and none of its `payload` or `options` accessors, which trust length fields, is called. Its
//! checksums are not used.
//!
//! ```
//! use sockeye_capture::{Header, SliceReader, dissect};
//!
//! # fn main() -> Result<(), sockeye_capture::CaptureError> {
//! # let mut file = sockeye_capture::pcap::Writer::new(
//! #     Vec::new(), sockeye_capture::LinkType::RAW, Default::default()).unwrap();
//! # file.write(Default::default(), 33, &[
//! #     0x45, 0, 0, 33, 0, 0, 0, 0, 64, 17, 0x66, 0xc9, 10, 0, 0, 1, 10, 0, 0, 2,
//! #     0x13, 0x88, 0x17, 0x70, 0, 13, 0xf7, 0x52, 65, 66, 67, 68, 69]).unwrap();
//! # let octets = file.into_inner();
//! let mut reader = SliceReader::new(&octets);
//! while let Some(frame) = reader.next_frame()? {
//!     for layer in dissect(frame.link_type, frame.octets, frame.original_len) {
//!         if let Header::Udp(udp) = layer.header {
//!             assert_eq!((frame.number, udp.src_port, udp.dst_port), (1, 5000, 6000));
//!             assert_eq!(layer.checksum().unwrap().stored, 0xf752);
//!         }
//!     }
//! }
//! # Ok(())
//! # }
//! ```
#![forbid(unsafe_code)]

mod classic;
mod decoder;
pub mod details;
pub mod error;
pub mod frame;
mod input;
pub mod layers;
pub mod link_type;
pub mod live;
pub mod pcap;
pub mod pcapng;
pub mod reader;
pub mod rewrite;
pub mod unpack;

pub use error::CaptureError;
pub use frame::{Frame, Interface, Resolution, Timestamp};
pub use layers::{Header, Layer, Layers, dissect};
pub use link_type::LinkType;
pub use reader::{Batch, Course, FrameSource, PIECE_LEN, ReadAt, SliceReader, StreamReader};
pub use rewrite::Rewriter;
pub use unpack::Unpacked;
