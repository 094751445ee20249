//! The sessions of one component: a pool for each address it uses.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use deadpool_postgres::{
    Manager, ManagerConfig, Object, Pool, PoolConfig, PoolError, RecyclingMethod, Runtime,
    TimeoutType, Timeouts,
};
use tokio_postgres::config::SslMode;
use tokio_postgres::{Config, NoTls};

use super::failure::OpenFault;

/// Sessions of one component on one address, as in Spin.
pub(super) const MAX_SESSIONS: usize = 64;

/// Addresses whose sessions one component keeps, as in Spin.
const MAX_ADDRESSES: usize = 16;

/// Longer than a burst of short requests holds all sessions, shorter than a client's patience.
/// Spin would wait until one is free.
pub(super) const SESSION_WAIT: Duration = Duration::from_secs(2);

#[derive(Default)]
pub(crate) struct Pools {
    /// The address used last comes first, so that the one given up is the one not missed.
    by_address: Mutex<Vec<(String, Pool)>>,
}

impl Pools {
    /// A session nobody else has, until it is dropped.
    pub(super) async fn check_out(
        &self,
        address: &str,
        config: Config,
    ) -> Result<Object, OpenFault> {
        let pool = self.pool(address, config)?;
        pool.get().await.map_err(|error| match error {
            PoolError::Timeout(TimeoutType::Wait) => OpenFault::Exhausted,
            PoolError::Backend(error) => OpenFault::Connect(error),
            error => OpenFault::Pool(error),
        })
    }

    fn pool(&self, address: &str, config: Config) -> Result<Pool, OpenFault> {
        // The list is whole whatever thread panicked while holding it.
        let mut pools = self.by_address.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = match pools.iter().position(|(known, _)| known == address) {
            Some(at) => pools.remove(at),
            None => (address.to_owned(), build(config)?),
        };
        let pool = kept.1.clone();
        pools.insert(0, kept);
        // Sessions of a pool given up end with the guests that hold them.
        pools.truncate(MAX_ADDRESSES);
        Ok(pool)
    }
}

fn build(config: Config) -> Result<Pool, OpenFault> {
    let manager_config = ManagerConfig { recycling_method: RecyclingMethod::Clean };
    let manager = match config.get_ssl_mode() {
        SslMode::Disable => Manager::from_config(config, NoTls, manager_config),
        _ => Manager::from_config(
            config,
            postgres_client::connector().map_err(OpenFault::Tls)?,
            manager_config,
        ),
    };
    let timeouts = Timeouts { wait: Some(SESSION_WAIT), ..Timeouts::default() };
    let pool_config = PoolConfig { timeouts, ..PoolConfig::new(MAX_SESSIONS) };
    let pool = Pool::builder(manager).config(pool_config).runtime(Runtime::Tokio1).build();
    pool.map_err(|_no_runtime| OpenFault::Pool(PoolError::NoRuntimeSpecified))
}
