//! Captures to frames, frames to layers.
