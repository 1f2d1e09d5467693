//! netsum: computes, explains and verifies Internet checksums.
