//! Changes to a URL: what the options that change one say, and the pairs of a query.
//!
//! - [`spec`]: `component=data` as options have it
//! - [`pairs`]: a query as pairs that are trimmed, replaced, appended and sorted
//! - [`normal`]: components decoded and encoded again

pub mod normal;
pub mod pairs;
pub mod spec;
