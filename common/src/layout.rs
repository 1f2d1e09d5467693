//! A structure as a list of named fields, for everything that shows its octets one by one.

/// One field of a structure, in the order in which it lies in memory or on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The name in the header file or the RFC: `sin_port`, `Source Address`.
    pub name: &'static str,
    /// Where it starts, in octets from the start of the structure.
    pub offset: usize,
    /// Its octets as they lie there.
    pub octets: Vec<u8>,
    /// What they mean, in words: `8080 (network order)`.
    pub meaning: String,
}

/// Collects fields and keeps count of the offset.
#[derive(Debug, Default)]
pub(crate) struct Layout {
    fields: Vec<Field>,
    offset: usize,
}

impl Layout {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn field(mut self, name: &'static str, octets: &[u8], meaning: impl Into<String>) -> Self {
        self.fields.push(Field { name, offset: self.offset, octets: octets.to_vec(), meaning: meaning.into() });
        self.offset = self.offset.saturating_add(octets.len());
        self
    }

    pub(crate) fn into_fields(self) -> Vec<Field> {
        self.fields
    }
}
