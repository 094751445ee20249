//! The sidecar's background work: waited for when it ends by itself, cut off when it does not.

use std::future::Future;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

#[derive(Clone, Debug, Default)]
pub(crate) struct Tasks {
    tracker: TaskTracker,
    cut_off: CancellationToken,
}

/// How the wait for background work ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Drained {
    Completely,
    /// Some work was still going on and has been cut off.
    CutOff,
}

impl Tasks {
    pub(crate) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        let cut_off = self.cut_off.clone();
        self.tracker.spawn(async move {
            // Being cut off is an end like any other to the task itself.
            let _ = cut_off.run_until_cancelled(work).await;
        });
    }

    pub(crate) async fn drain(&self, patience: Duration) -> Drained {
        self.tracker.close();
        if tokio::time::timeout(patience, self.tracker.wait()).await.is_ok() {
            return Drained::Completely;
        }
        self.cut_off();
        self.tracker.wait().await;
        Drained::CutOff
    }

    pub(crate) fn cut_off(&self) {
        self.cut_off.cancel();
    }
}
