//! url: dissects URLs.
