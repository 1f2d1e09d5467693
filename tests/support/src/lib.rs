//! What the integration tests share: namespaces, real peers, running the tools.
