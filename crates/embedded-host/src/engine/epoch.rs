//! Time slices: a guest that computes for long lets other guests run on its thread.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use wasmtime::{Engine, Store};

/// The longest a guest keeps a thread to itself. A password hash takes 40 ms; ten requests of
/// a few milliseconds pass meanwhile.
const SLICE: Duration = Duration::from_millis(4);

/// Ends slices for as long as it lives.
#[derive(Debug)]
pub(crate) struct EpochTicker {
    stopped: Arc<AtomicBool>,
}

impl EpochTicker {
    /// A thread of its own: the executor it keeps honest could not be relied on to run it.
    pub(crate) fn start(engine: &Engine) -> std::io::Result<Self> {
        let stopped = Arc::new(AtomicBool::new(false));
        let (engine, stop) = (engine.weak(), Arc::clone(&stopped));
        std::thread::Builder::new().name("epoch-ticker".to_owned()).spawn(move || {
            while !stop.load(Ordering::Relaxed) {
                std::thread::sleep(SLICE);
                match engine.upgrade() {
                    Some(engine) => engine.increment_epoch(),
                    None => break,
                }
            }
        })?;
        Ok(Self { stopped })
    }
}

impl Drop for EpochTicker {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Relaxed);
    }
}

/// Makes the guest of `store` yield at each slice's end instead of trapping.
pub(crate) fn yield_when_due<T>(store: &mut Store<T>) {
    store.set_epoch_deadline(1);
    store.epoch_deadline_async_yield_and_update(1);
}
