//! Counters in Prometheus' text format, named as daprd names them. Knows no endpoint.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Mutex;

use crate::lock;

/// Content type of the exposition format.
pub(crate) const TEXT_FORMAT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Counts of one sidecar.
#[derive(Debug)]
pub(crate) struct Metrics {
    app_id: String,
    counters: Mutex<BTreeMap<Series, u64>>,
}

/// What became of one delivery attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Processed {
    Success,
    Retry,
    Drop,
}

/// Undelivered records of one subscription.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubscriptionLag {
    pub pubsub: String,
    pub topic: String,
    pub consumer_group: String,
    /// Records not settled yet, those in flight included.
    pub undelivered: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Series {
    Egress { pubsub: String, topic: String, success: bool },
    Ingress { pubsub: String, topic: String, processed: Processed },
    Job { success: bool },
}

impl Metrics {
    pub(crate) fn new(app_id: &str) -> Self {
        Self { app_id: app_id.to_owned(), counters: Mutex::default() }
    }

    pub(crate) fn published(&self, pubsub: &str, topic: &str, success: bool, count: usize) {
        let (pubsub, topic) = (pubsub.to_owned(), topic.to_owned());
        self.add(Series::Egress { pubsub, topic, success }, count as u64);
    }

    pub(crate) fn delivered(&self, pubsub: &str, topic: &str, processed: Processed) {
        let (pubsub, topic) = (pubsub.to_owned(), topic.to_owned());
        self.add(Series::Ingress { pubsub, topic, processed }, 1);
    }

    /// A job's call was answered, one way or the other.
    pub(crate) fn called_for_job(&self, success: bool) {
        self.add(Series::Job { success }, 1);
    }

    pub(crate) fn to_text(&self, lags: &[SubscriptionLag]) -> String {
        const EGRESS: &str = "dapr_component_pubsub_egress_count";
        const INGRESS: &str = "dapr_component_pubsub_ingress_count";
        const UNDELIVERED: &str = "embedded_sidecar_undelivered";
        const JOB_SUCCESS: &str = "dapr_component_job_success_count";
        const JOB_FAILURE: &str = "dapr_component_job_failure_count";
        let (mut egress, mut ingress) = (String::new(), String::new());
        let (mut job_success, mut job_failure) = (String::new(), String::new());
        let app_id = escape(&self.app_id);
        for (series, value) in lock(&self.counters).iter() {
            // Writing to a string cannot fail.
            let _ = match series {
                Series::Egress { pubsub, topic, success } => writeln!(
                    egress,
                    "{EGRESS}{{app_id=\"{app_id}\",component=\"{}\",topic=\"{}\",\
                     success=\"{success}\"}} {value}",
                    escape(pubsub),
                    escape(topic),
                ),
                Series::Ingress { pubsub, topic, processed } => writeln!(
                    ingress,
                    "{INGRESS}{{app_id=\"{app_id}\",component=\"{}\",topic=\"{}\",\
                     process_status=\"{}\"}} {value}",
                    escape(pubsub),
                    escape(topic),
                    processed.word(),
                ),
                Series::Job { success: true } => {
                    writeln!(job_success, "{JOB_SUCCESS}{{app_id=\"{app_id}\"}} {value}")
                }
                Series::Job { success: false } => {
                    writeln!(job_failure, "{JOB_FAILURE}{{app_id=\"{app_id}\"}} {value}")
                }
            };
        }
        let mut undelivered = String::new();
        for lag in lags {
            let _ = writeln!(
                undelivered,
                "{UNDELIVERED}{{app_id=\"{app_id}\",component=\"{}\",topic=\"{}\"}} {}",
                escape(&lag.pubsub),
                escape(&lag.topic),
                lag.undelivered,
            );
        }
        [
            (EGRESS, "counter", "Events published, by outcome.", egress),
            (INGRESS, "counter", "Delivery attempts, by what became of them.", ingress),
            (JOB_SUCCESS, "counter", "Calls for jobs that the app took.", job_success),
            (JOB_FAILURE, "counter", "Calls for jobs that failed.", job_failure),
            (UNDELIVERED, "gauge", "Events a subscription has not settled yet.", undelivered),
        ]
        .map(|(name, kind, help, lines)| {
            format!("# HELP {name} {help}\n# TYPE {name} {kind}\n{lines}")
        })
        .concat()
    }

    fn add(&self, series: Series, count: u64) {
        *lock(&self.counters).entry(series).or_default() += count;
    }
}

impl Processed {
    fn word(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Retry => "retry",
            Self::Drop => "drop",
        }
    }
}

/// Label values escape backslash, quote and newline.
fn escape(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}
