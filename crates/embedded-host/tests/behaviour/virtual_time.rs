//! Time that the test controls.
