//! nc: a netcat that shows its working.
