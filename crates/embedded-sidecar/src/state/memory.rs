//! Values in memory: gone with the sidecar, as `state.in-memory` promises.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use chrono::{DateTime, Utc};

use super::change::{Applied, Change, Effect, Entry, Together};
use crate::lock;

#[derive(Default)]
pub(super) struct MemoryStore {
    values: Mutex<Values>,
}

#[derive(Default)]
struct Values {
    by_key: BTreeMap<String, Entry>,
    /// Whoever writes clears away what has ended, so no other work is needed for it.
    ends: BTreeSet<(i64, String)>,
}

impl MemoryStore {
    pub(super) fn read(&self, keys: &[String], now: DateTime<Utc>) -> Vec<Option<Entry>> {
        let values = lock(&self.values);
        keys.iter().map(|key| values.current(key, now).cloned()).collect()
    }

    pub(super) fn apply(
        &self,
        changes: Vec<Change>,
        together: Together,
        now: DateTime<Utc>,
    ) -> Vec<Applied> {
        let mut values = lock(&self.values);
        values.clear_ended(now);
        // Without the lock being given up in between, so what was checked still holds below.
        let applied: Vec<Applied> =
            changes.iter().map(|change| values.check(change, now)).collect();
        let all_apply = applied.iter().all(|it| *it == Applied::Done);
        for (change, applied) in changes.into_iter().zip(&applied) {
            let is_made = match together {
                Together::Each => *applied == Applied::Done,
                Together::AllOrNone => all_apply,
            };
            if is_made {
                values.make(change);
            }
        }
        applied
    }
}

impl Values {
    fn current(&self, key: &str, now: DateTime<Utc>) -> Option<&Entry> {
        self.by_key.get(key).filter(|entry| !entry.is_expired(now))
    }

    fn check(&self, change: &Change, now: DateTime<Utc>) -> Applied {
        let current = self.current(&change.key, now).map(|entry| entry.etag.as_str());
        if change.condition.holds(current) { Applied::Done } else { Applied::Mismatch }
    }

    fn make(&mut self, change: Change) {
        let Change { key, effect, .. } = change;
        self.remove(&key);
        if let Effect::Put(entry) = effect {
            if let Some(at) = entry.expires_at_s {
                self.ends.insert((at, key.clone()));
            }
            self.by_key.insert(key, entry);
        }
    }

    fn remove(&mut self, key: &str) {
        if let Some(old) = self.by_key.remove(key)
            && let Some(at) = old.expires_at_s
        {
            self.ends.remove(&(at, key.to_owned()));
        }
    }

    fn clear_ended(&mut self, now: DateTime<Utc>) {
        while let Some((at, key)) = self.ends.first()
            && *at <= now.timestamp()
        {
            let key = key.clone();
            self.remove(&key);
        }
    }
}
