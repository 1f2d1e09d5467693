//! The protocols whose checksums are known.

use serde::Serializer;

pub use sockeye_capture::layers::Protocol;

/// Writes the protocol as the word for it.
///
/// # Errors
/// Those of `serializer`.
pub fn by_name<S: Serializer>(protocol: &Protocol, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(protocol.name())
}
