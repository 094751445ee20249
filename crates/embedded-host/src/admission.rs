//! How many guests and how many streams there are at once, and how long a request waits its turn.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The right to one instance of the pool.
pub(crate) type InstancePermit = OwnedSemaphorePermit;

/// The right to one long stream.
pub(crate) type StreamPermit = OwnedSemaphorePermit;

#[derive(Debug)]
pub(crate) struct Admission {
    instances: Arc<Semaphore>,
    streams: Arc<Semaphore>,
    queue_wait: Duration,
}

/// All instances, or all streams, stayed taken.
#[derive(Debug)]
pub(crate) struct Full;

impl Admission {
    pub(crate) fn new(max_instances: u32, max_streams: u32, queue_wait: Duration) -> Self {
        Self {
            instances: Arc::new(Semaphore::new(max_instances as usize)),
            streams: Arc::new(Semaphore::new(max_streams as usize)),
            queue_wait,
        }
    }

    /// Waits a little: a burst is better served late than refused.
    pub(crate) async fn instance(&self) -> Result<InstancePermit, Full> {
        let instances = Arc::clone(&self.instances);
        if let Ok(permit) = Arc::clone(&instances).try_acquire_owned() {
            return Ok(permit);
        }
        match tokio::time::timeout(self.queue_wait, instances.acquire_owned()).await {
            Ok(Ok(permit)) => Ok(permit),
            Ok(Err(_)) | Err(_) => Err(Full),
        }
    }

    /// Does not wait: a stream holds its place for hours.
    pub(crate) fn stream(&self) -> Result<StreamPermit, Full> {
        Arc::clone(&self.streams).try_acquire_owned().map_err(|_| Full)
    }

    /// Instances in use.
    pub(crate) fn running(&self, max_instances: u32) -> i64 {
        i64::from(max_instances) - i64::try_from(self.instances.available_permits()).unwrap_or(0)
    }
}
