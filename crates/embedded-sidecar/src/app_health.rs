//! Watching the app: an app that fails its probes is left alone until one succeeds.
//!
//! The judgement is pure; the loop around it turns the flow switch.

use std::time::Duration;

use bytes::Bytes;
use dapr_protocol::headers::API_TOKEN;
use http::{HeaderValue, Request, Uri};
use tokio::time::MissedTickBehavior;

use crate::app_channel::AppCalls;
use crate::config::AppHealthConfig;
use crate::flow::{Flow, FlowState, FlowSwitch};

/// What is known about the app. Unhealthy until the first probe succeeds.
#[derive(Debug)]
struct Judgement {
    failures: u32,
    threshold: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Change {
    BecameHealthy,
    BecameUnhealthy,
    None,
}

impl Judgement {
    fn new(threshold: u32) -> Self {
        let threshold = threshold.max(1);
        Self { failures: threshold, threshold }
    }

    fn observe(&mut self, succeeded: bool) -> Change {
        let was_unhealthy = self.failures >= self.threshold;
        if succeeded {
            self.failures = 0;
            return if was_unhealthy { Change::BecameHealthy } else { Change::None };
        }
        self.failures = self.failures.saturating_add(1);
        if !was_unhealthy && self.failures >= self.threshold {
            Change::BecameUnhealthy
        } else {
            Change::None
        }
    }
}

/// Probes at once and then at every interval, until the flow stops.
pub(crate) async fn watch(
    config: AppHealthConfig,
    app: AppCalls,
    app_token: Option<String>,
    switch: std::sync::Arc<FlowSwitch>,
) {
    let mut flow = switch.flow();
    let mut judgement = Judgement::new(config.threshold);
    let mut interval = tokio::time::interval(config.interval.max(Duration::from_millis(1)));
    interval.set_missed_tick_behavior(MissedTickBehavior::Skip);
    while next_tick(&mut interval, &mut flow).await {
        let succeeded = probe(&config, &app, app_token.as_deref()).await;
        match judgement.observe(succeeded) {
            Change::BecameHealthy => {
                tracing::info!("the app is healthy");
                switch.turn(FlowState::Running);
            }
            Change::BecameUnhealthy => {
                tracing::warn!(
                    failures = judgement.failures,
                    "the app is unhealthy: deliveries and bindings rest until a probe succeeds"
                );
                switch.turn(FlowState::Paused);
            }
            Change::None => {}
        }
    }
}

/// `false` once the sidecar stops.
async fn next_tick(interval: &mut tokio::time::Interval, flow: &mut Flow) -> bool {
    tokio::select! {
        biased;
        () = flow.stopping() => false,
        _ = interval.tick() => true,
    }
}

async fn probe(config: &AppHealthConfig, app: &AppCalls, app_token: Option<&str>) -> bool {
    let slash = if config.path.starts_with('/') { "" } else { "/" };
    let Ok(uri) = format!("{slash}{}", config.path).parse::<Uri>() else { return false };
    let mut request = Request::new(Bytes::new());
    *request.uri_mut() = uri;
    if let Some(Ok(token)) = app_token.map(HeaderValue::from_str) {
        request.headers_mut().insert(API_TOKEN, token);
    }
    let call = app.call_past_the_queue(request);
    matches!(
        tokio::time::timeout(config.timeout, call).await,
        Ok(Ok(response)) if response.status().is_success()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(threshold: u32, probes: &[bool], expected: &[Change]) {
        let mut judgement = Judgement::new(threshold);
        let changes: Vec<_> = probes.iter().map(|probe| judgement.observe(*probe)).collect();
        assert_eq!(changes, expected);
    }

    #[test]
    fn an_app_is_unhealthy_until_its_first_success() {
        check(3, &[false, false, true], &[Change::None, Change::None, Change::BecameHealthy]);
    }

    #[test]
    fn only_failures_in_a_row_make_it_unhealthy() {
        use Change::{BecameHealthy, BecameUnhealthy, None};
        check(
            2,
            &[true, false, true, false, false],
            &[BecameHealthy, None, None, None, BecameUnhealthy],
        );
    }
}
