//! The system calls that need unsafe: getaddrinfo, sock_diag, namespaces, links.
