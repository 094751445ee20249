//! The sidecar's own view of the channel: at most so many calls at a time.

use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use tokio::sync::Semaphore;

use super::{AppChannel, AppChannelError};
use crate::effects::Effect;

#[derive(Clone)]
pub(crate) struct AppCalls {
    channel: Arc<dyn AppChannel>,
    turns: Arc<Semaphore>,
}

impl AppCalls {
    pub(crate) fn new(channel: Arc<dyn AppChannel>, max_concurrency: Option<usize>) -> Self {
        let turns = max_concurrency.unwrap_or(Semaphore::MAX_PERMITS).min(Semaphore::MAX_PERMITS);
        Self { channel, turns: Arc::new(Semaphore::new(turns)) }
    }

    pub(crate) async fn call(
        &self,
        request: Request<Bytes>,
    ) -> Result<Response<Bytes>, AppChannelError> {
        // The semaphore is never closed, so there is always a turn to wait for.
        let _turn = self.turns.acquire().await;
        let effect = Effect::begin();
        let answer = self.channel.call(request).await;
        effect.finish();
        answer
    }

    /// A health probe does not queue behind the very calls that may have overwhelmed the app.
    pub(crate) async fn call_past_the_queue(
        &self,
        request: Request<Bytes>,
    ) -> Result<Response<Bytes>, AppChannelError> {
        self.channel.call(request).await
    }

    pub(crate) async fn ready(&self) {
        self.channel.ready().await;
    }
}
