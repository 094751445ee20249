//! Rate, errors and duration of every route, and the host's own pressure points.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::StatusCode;
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

/// From a cached read to a slow outside call.
const DURATION_BUCKETS_SECONDS: [f64; 12] =
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// From an idle writer queue to the busy timeout.
const WAIT_BUCKETS_SECONDS: [f64; 9] = [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.25, 1.0, 5.0];

#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<RouteLabels, Counter>,
    errors: Family<RouteLabels, Counter>,
    durations: Family<RouteLabels, Histogram, fn() -> Histogram>,
    instances: Gauge,
    pub(crate) sqlite_wait_seconds: Histogram,
    /// Looking a family up costs a label set; each route does it once.
    routes: Mutex<HashMap<String, HashMap<String, Arc<RouteMetrics>>>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RouteLabels {
    component: String,
    route: String,
}

/// The figures of one route.
#[derive(Debug)]
pub(crate) struct RouteMetrics {
    requests: Counter,
    errors: Counter,
    durations: Histogram,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut registry = Registry::with_prefix("host");
        let requests = Family::<RouteLabels, Counter>::default();
        let errors = Family::<RouteLabels, Counter>::default();
        let histogram: fn() -> Histogram = || Histogram::new(DURATION_BUCKETS_SECONDS);
        let durations = Family::new_with_constructor(histogram);
        let instances = Gauge::default();
        let sqlite_wait_seconds = Histogram::new(WAIT_BUCKETS_SECONDS);
        registry.register("requests", "Requests answered", requests.clone());
        registry.register("errors", "Requests answered with a 5xx", errors.clone());
        registry.register_with_unit(
            "request_duration",
            "Time until the response head",
            Unit::Seconds,
            durations.clone(),
        );
        registry.register("instances", "Guests running", instances.clone());
        registry.register_with_unit(
            "sqlite_write_wait",
            "Time a writer waited for its turn",
            Unit::Seconds,
            sqlite_wait_seconds.clone(),
        );
        let routes = Mutex::default();
        Self { registry, requests, errors, durations, instances, sqlite_wait_seconds, routes }
    }

    pub(crate) fn route(&self, component: &str, route: &str) -> Arc<RouteMetrics> {
        let mut routes = self.routes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = routes.get(component).and_then(|routes| routes.get(route)) {
            return Arc::clone(known);
        }
        let labels = RouteLabels { component: component.to_owned(), route: route.to_owned() };
        let metrics = Arc::new(RouteMetrics {
            requests: self.requests.get_or_create_owned(&labels),
            errors: self.errors.get_or_create_owned(&labels),
            durations: self.durations.get_or_create_owned(&labels),
        });
        let of_component = routes.entry(component.to_owned()).or_default();
        of_component.insert(route.to_owned(), Arc::clone(&metrics));
        metrics
    }

    /// In the OpenMetrics text format, which Prometheus reads.
    pub(crate) fn text(&self, instances: i64) -> String {
        self.instances.set(instances);
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = text::encode(&mut text, &self.registry);
        text
    }
}

impl RouteMetrics {
    pub(crate) fn observe(&self, status: StatusCode, took: Duration) {
        self.requests.inc();
        if status.is_server_error() {
            self.errors.inc();
        }
        self.durations.observe(took.as_secs_f64());
    }
}
