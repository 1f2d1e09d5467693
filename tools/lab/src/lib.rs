//! lab: the experiments of a socket-programming course, run for real.
