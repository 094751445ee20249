//! The running application: its components, and what all its guests share.
//!
//! It only holds things together; each has its own module.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use wasmtime_wasi_http::p2::bindings::ProxyPre;

use crate::admission::Admission;
use crate::clock::Clock;
use crate::engine::{EngineLimits, EpochTicker};
use crate::guest::GuestState;
use crate::host_calls::HostCalls;
use crate::key_value::Store;
use crate::metrics::Metrics;
use crate::outbound::{AllowedHosts, Authority, PooledClient};
use crate::postgres::Pools;
use crate::routing::Router;
use crate::sqlite::Database;

/// Instances at once, as Spin has it by default.
const DEFAULT_MAX_INSTANCES: u32 = 1000;

/// Ample for a web component; a runaway guest is stopped long before the machine is.
const DEFAULT_MAX_INSTANCE_MEMORY_BYTES: u64 = 256 << 20;

/// Half the instances at most may be long streams, so that requests always find one.
const DEFAULT_MAX_STREAMS: u32 = DEFAULT_MAX_INSTANCES / 2;

/// Longer than a burst, shorter than a client's patience.
const DEFAULT_QUEUE_WAIT: Duration = Duration::from_secs(1);

/// Every limit of a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    pub engine: EngineLimits,
    /// Responses of type `text/event-stream` at once.
    pub max_streams: u32,
    /// How long a request waits for an instance before it is told 503.
    pub queue_wait: Duration,
}

pub(crate) struct Application {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) router: Router,
    pub(crate) components: BTreeMap<String, Arc<Component>>,
    pub(crate) authorities: BTreeMap<String, Arc<dyn Authority>>,
    pub(crate) client: PooledClient,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) calls: Arc<HostCalls>,
    pub(crate) limits: Limits,
    pub(crate) admission: Admission,
    pub(crate) metrics: Metrics,
    /// Every guest that runs, response or no.
    pub(crate) tasks: TaskTracker,
    /// Every connection that is open.
    pub(crate) connections: TaskTracker,
    /// Cancelled when the time to drain is up.
    pub(crate) stop: CancellationToken,
    /// The address it serves, once it does.
    pub(crate) address: OnceLock<SocketAddr>,
    pub(crate) _ticker: EpochTicker,
}

/// A component ready to be instantiated, with all it is granted.
pub(crate) struct Component {
    pub(crate) id: String,
    pub(crate) pre: ProxyPre<GuestState>,
    pub(crate) environment: BTreeMap<String, String>,
    pub(crate) variables: BTreeMap<String, String>,
    pub(crate) allowed_hosts: AllowedHosts,
    pub(crate) databases: BTreeMap<String, Arc<Database>>,
    pub(crate) stores: BTreeMap<String, Arc<Store>>,
    pub(crate) postgres: Pools,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            engine: EngineLimits {
                max_instances: DEFAULT_MAX_INSTANCES,
                max_instance_memory_bytes: DEFAULT_MAX_INSTANCE_MEMORY_BYTES,
            },
            max_streams: DEFAULT_MAX_STREAMS,
            queue_wait: DEFAULT_QUEUE_WAIT,
        }
    }
}

impl Application {
    /// Where a request to the app itself is addressed.
    pub(crate) fn own_authority(&self) -> String {
        self.address.get().map_or("localhost".to_owned(), SocketAddr::to_string)
    }
}
