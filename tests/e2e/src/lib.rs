//! The real components in the embedded host, as a black box
