//! Empties the outbox to the sidecar, in order of commit.

use std::sync::Arc;

use anyhow::{Context, Result};
use serde_json::Value;
use tokio::sync::Notify;

use crate::event;
use crate::publisher::{Entry, Publisher};
use crate::store::{Pending, Store};

/// One batch: as many events as the app's relay takes.
const BATCH: i64 = 100;

pub(crate) struct Relay {
    store: Store,
    publisher: Publisher,
}

impl Relay {
    pub(crate) fn new(store: Store, publisher: Publisher) -> Self {
        Relay { store, publisher }
    }

    /// A notification that comes during a drain is kept, so no wake-up is lost.
    pub(crate) async fn run(self, committed: Arc<Notify>) {
        loop {
            committed.notified().await;
            // What is left is tried again after the next commit.
            if let Err(error) = self.drain().await {
                eprintln!("the relay failed: {error:#}");
            }
        }
    }

    async fn drain(&self) -> Result<()> {
        loop {
            let batch = self.store.pending(BATCH).await?;
            if batch.is_empty() {
                return Ok(());
            }
            for (topic, entries) in event::TOPICS.into_iter().zip(entries(&batch)?) {
                self.publisher.publish(topic, &entries).await?;
            }
            let positions = batch.iter().map(|event| event.position).collect();
            self.store.mark(positions, event::TOPICS.len()).await?;
        }
    }
}

/// A bulk for each topic.
fn entries(batch: &[Pending]) -> Result<[Vec<Entry>; 2]> {
    let mut bulks = [Vec::with_capacity(batch.len()), Vec::with_capacity(batch.len())];
    for Pending { position, user, body } in batch {
        let event: Value = serde_json::from_str(body).context("an event is not JSON")?;
        let bodies = [body.clone(), event::sync_copy(&event).to_string()];
        for (bulk, body) in bulks.iter_mut().zip(bodies) {
            bulk.push(Entry::new(*position, user.clone(), body)?);
        }
    }
    Ok(bulks)
}

#[cfg(test)]
mod tests;
