//! Log lines on stderr, where the host collects them and adds time and component.

use std::sync::Once;

use tracing::level_filters::LevelFilter;

static INIT: Once = Once::new();

pub(crate) fn init() {
    INIT.call_once(|| {
        let lines = tracing_subscriber::fmt()
            .with_writer(std::io::stderr)
            .with_max_level(LevelFilter::INFO)
            .with_ansi(false)
            .without_time()
            .with_target(false)
            .finish();
        // It fails only where a subscriber exists already, and then that one serves.
        let _ = tracing::subscriber::set_global_default(lines);
    });
}
