//! How figures are written in tables.

use std::time::Duration;

pub(crate) fn ms(duration: Duration) -> String {
    format!("{:.1}", duration.as_secs_f64() * 1_000.0)
}

/// Cores, or parts of one.
pub(crate) fn share(cores: f64) -> String {
    format!("{cores:.2}")
}
