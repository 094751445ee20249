//! The world of a program that brings tasks: its store and its clock, and nobody to send to.

use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, SubsecRound, Utc};
use rand::Rng;
use task_app::Platform;
use task_app::ports::OutboundError;
use task_store::{Dialect, SqlStore};
use uuid::{Builder, Uuid};

use crate::database::NativePostgres;

pub(crate) struct NativePlatform(SqlStore<NativePostgres>);

impl NativePlatform {
    pub(crate) fn on(database: NativePostgres) -> Self {
        NativePlatform(SqlStore::new(database, Dialect::Postgres))
    }
}

impl Platform for NativePlatform {
    type Store = SqlStore<NativePostgres>;

    fn store(&self) -> &Self::Store {
        &self.0
    }

    #[expect(clippy::disallowed_methods, reason = "this is the adapter that reads the clock")]
    fn now(&self) -> DateTime<Utc> {
        // The store keeps milliseconds: what is answered now must read the same later.
        Utc::now().trunc_subsecs(3)
    }

    fn mint(&self) -> Uuid {
        let mut entropy = [0; 10];
        self.fill_random(&mut entropy);
        let millis = self.now().timestamp_millis().unsigned_abs();
        Builder::from_unix_timestamp_millis(millis, &entropy).into_uuid()
    }

    fn fill_random(&self, bytes: &mut [u8]) {
        rand::rng().fill_bytes(bytes);
    }

    /// Events wait in the outbox for the application's own relay.
    async fn send(
        &self,
        request: http::Request<Bytes>,
        _timeout: Duration,
    ) -> Result<http::Response<Bytes>, OutboundError> {
        Err(OutboundError::Unreachable(format!("{} is not for this program", request.uri())))
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}
