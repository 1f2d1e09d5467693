//! ports: lists sockets, their states and owners.
