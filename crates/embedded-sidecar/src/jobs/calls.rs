//! The jobs that are not to be called just now, so that none is called twice at a time.

use std::collections::HashSet;
use std::sync::Mutex;

use tokio::sync::watch;

use crate::lock;

/// Jobs by name: one that is overwritten meanwhile waits for the call of the one before it.
pub(crate) struct RunningCalls {
    names: Mutex<Names>,
    progress: watch::Sender<()>,
}

#[derive(Default)]
struct Names {
    called: HashSet<String>,
    /// Met in the store and not understood; left alone until the next start.
    unreadable: HashSet<String>,
}

impl RunningCalls {
    /// `progress` is told of every call that ends.
    pub(crate) fn new(progress: watch::Sender<()>) -> Self {
        Self { names: Mutex::default(), progress }
    }

    /// Calls that are going on.
    pub(crate) fn count(&self) -> usize {
        lock(&self.names).called.len()
    }

    /// Every name that is not to be called.
    pub(super) fn names(&self) -> HashSet<String> {
        let names = lock(&self.names);
        names.called.union(&names.unreadable).cloned().collect()
    }

    pub(super) fn begin(&self, name: &str) {
        lock(&self.names).called.insert(name.to_owned());
    }

    pub(super) fn end(&self, name: &str) {
        lock(&self.names).called.remove(name);
        self.progress.send_replace(());
    }

    pub(super) fn set_aside(&self, name: String) {
        lock(&self.names).unreadable.insert(name);
    }
}
