//! The platform of one request: a connection, the clocks and the random source of WASI.

use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, SubsecRound, Utc};
use task_app::Platform;
use task_app::ports::OutboundError;
use task_app::settings::Database;
use task_store::SqlStore;
use uuid::{Builder, Uuid};

use crate::database::SpinDatabase;
use crate::{key_value, outbound, timer};

/// The world as Spin gives it to one component instance.
pub struct SpinPlatform {
    store: SqlStore<SpinDatabase>,
}

impl SpinPlatform {
    pub(crate) fn on(database: &Database) -> Self {
        let database = SpinDatabase::of(database);
        let dialect = database.dialect();
        SpinPlatform { store: SqlStore::new(database, dialect) }
    }
}

impl Platform for SpinPlatform {
    type Store = SqlStore<SpinDatabase>;

    fn store(&self) -> &Self::Store {
        &self.store
    }

    #[expect(clippy::disallowed_methods, reason = "this is the adapter that reads the clock")]
    fn now(&self) -> DateTime<Utc> {
        // The store keeps milliseconds: what is answered now must read the same later.
        DateTime::<Utc>::from(std::time::SystemTime::now()).trunc_subsecs(3)
    }

    fn mint(&self) -> Uuid {
        let mut entropy = [0; 10];
        self.fill_random(&mut entropy);
        let millis = self.now().timestamp_millis().unsigned_abs();
        Builder::from_unix_timestamp_millis(millis, &entropy).into_uuid()
    }

    fn fill_random(&self, bytes: &mut [u8]) {
        let random = wasi::random::random::get_random_bytes(bytes.len() as u64);
        bytes.copy_from_slice(&random);
    }

    async fn send(
        &self,
        request: http::Request<Bytes>,
        timeout: Duration,
    ) -> Result<http::Response<Bytes>, OutboundError> {
        outbound::send(request, timeout).await
    }

    fn recall(&self, key: &str) -> Option<Vec<u8>> {
        key_value::get(key)
    }

    fn remember(&self, key: &str, value: &[u8]) {
        key_value::set(key, value);
    }

    fn let_go_of_the_database(&self) {
        self.store.db().close();
    }

    async fn sleep(&self, duration: Duration) {
        self.let_go_of_the_database();
        timer::sleep(duration).await;
    }
}
