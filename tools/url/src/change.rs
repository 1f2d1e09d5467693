//! Changes to a URL: what the options that change one say, and the pairs of a query.
//!
//! - [`spec`]: `component=data` as options have it
//! - [`pairs`]: a query as pairs that are trimmed, replaced, appended and sorted
//! - [`normal`]: components decoded and encoded again, as trurl does
//! - [`edit`]: changes by WHATWG URL and RFC 3986; those by libcurl's model are in [`crate::trurl::work`]

pub mod edit;
pub mod normal;
pub mod pairs;
pub mod spec;
