//! What every world without sockets is made of: time that passes only when it is told to, ids that
//! are drawn from it, settings, and bodies that come in one piece.

use std::cell::Cell;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use task_app::ports::BodySource;
use task_app::{Problem, Settings};
use uuid::{Builder, Uuid};

pub(crate) struct Clockwork {
    now: Cell<DateTime<Utc>>,
    minted: Cell<u64>,
}

impl Clockwork {
    pub(crate) fn new() -> Self {
        let now = Cell::new("2027-03-01T09:00:00Z".parse().expect("an instant"));
        Clockwork { now, minted: Cell::new(0) }
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.now.get()
    }

    pub(crate) fn pass(&self, time: TimeDelta) {
        self.now.set(self.now.get() + time);
    }

    pub(crate) fn mint(&self) -> Uuid {
        self.minted.set(self.minted.get() + 1);
        let mut entropy = [0; 10];
        entropy[2..].copy_from_slice(&self.minted.get().to_be_bytes());
        let millis = self.now().timestamp_millis().unsigned_abs();
        Builder::from_unix_timestamp_millis(millis, &entropy).into_uuid()
    }
}

/// The least that an app is told, and one thing more.
pub(crate) fn settings_with(more: &str, value: &str) -> Settings {
    let read = Settings::read(|name| {
        let value = match name {
            "dapr_url" => "http://localhost:3500",
            "pubsub_name" => "pubsub",
            "jwt_secret" => "a signing secret of at least thirty-two bytes",
            _ if name == more => value,
            _ => return None,
        };
        Some(value.to_owned())
    });
    read.expect("settings")
}

/// A body that came in one piece.
pub(crate) struct Whole(pub(crate) Option<Bytes>);

impl BodySource for Whole {
    async fn next(&mut self) -> Result<Option<Bytes>, Problem> {
        Ok(self.0.take())
    }
}
