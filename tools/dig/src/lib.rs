//! dig: DNS lookups byte for byte as dig prints them, and getaddrinfo beside them.
