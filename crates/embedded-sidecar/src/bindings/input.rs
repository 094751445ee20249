//! Running an input binding: the probe at the start, then a call per tick.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Local};
use dapr_protocol::bindings::{ProbeAnswer, probe_request, trigger_request};

use super::cron::Schedule;
use crate::app_channel::AppCalls;
use crate::clock::Clock;
use crate::flow::{Flow, FlowState, Waited};
use crate::resources::{Component, ResourceError};

/// A binding that calls the app.
#[derive(Clone, Debug)]
pub(crate) struct InputBinding {
    pub(crate) name: String,
    route: String,
    schedule: Schedule,
    direction: Direction,
}

/// What bindings work with.
#[derive(Clone)]
pub(crate) struct BindingContext {
    pub(crate) app: AppCalls,
    pub(crate) app_token: Option<String>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) probe_timeout: Duration,
}

/// Which way a binding goes, by its `direction` setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Direction {
    /// Stated as input: the app need not be asked.
    Input,
    /// Only stated as something else.
    NotInput,
    /// Not stated: the app's answer to the probe decides.
    Unstated,
}

impl InputBinding {
    /// Reads a `bindings.cron` component.
    pub(crate) fn read_cron(component: &Component) -> Result<Self, ResourceError> {
        let expected = "a cron expression or @every <duration>";
        let schedule = component.setting("schedule")?.unwrap_or_default();
        let direction = match component.setting("direction")? {
            None => Direction::Unstated,
            Some(stated) if states_input(stated) => Direction::Input,
            Some(_) => Direction::NotInput,
        };
        Ok(Self {
            name: component.name.clone(),
            route: component.setting("route")?.unwrap_or(&component.name).to_owned(),
            schedule: Schedule::parse(schedule)
                .ok_or_else(|| component.bad_setting("schedule", schedule, expected))?,
            direction,
        })
    }

    /// Whether the app wants it. `Err` when it cannot be asked.
    pub(crate) async fn is_wanted(&self, context: &BindingContext) -> Result<bool, String> {
        match self.direction {
            Direction::Input => return Ok(true),
            Direction::NotInput => return Ok(false),
            Direction::Unstated => {}
        }
        let request = probe_request(&self.route, context.app_token.as_deref())
            .map_err(|error| error.to_string())?;
        match tokio::time::timeout(context.probe_timeout, context.app.call(request)).await {
            Ok(Ok(response)) => Ok(ProbeAnswer::read(&response) == ProbeAnswer::Subscribed),
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Err("the app did not answer in time".to_owned()),
        }
    }

    /// Ticks until the flow stops. Ticks are not made up for: not those of a pause, and not those
    /// that fall into a call that is still running.
    pub(crate) async fn run(self, context: BindingContext, mut flow: Flow) {
        while flow.running_or_stopping().await == FlowState::Running {
            let now = context.clock.now().with_timezone(&Local);
            let Some(next) = self.schedule.next_after(&now) else { return };
            let wait = (next - now).to_std().unwrap_or(Duration::ZERO);
            if flow.sleep(wait).await == Waited::Through {
                self.tick(&context, next).await;
            }
        }
    }

    /// The answer is looked at for the log only: nothing comes again.
    async fn tick(&self, context: &BindingContext, at: DateTime<Local>) {
        let metadata = [
            ("timeZone".to_owned(), at.format("%Z").to_string()),
            ("readTimeUTC".to_owned(), at.to_utc().to_string()),
        ];
        let token = context.app_token.as_deref();
        let outcome = match trigger_request(&self.route, Bytes::new(), &metadata, token) {
            Err(error) => Err(error.to_string()),
            Ok(request) => match context.app.call(request).await {
                Err(error) => Err(error.to_string()),
                Ok(response) if response.status().is_success() => Ok(()),
                Ok(response) => Err(format!("the app answered {}", response.status().as_u16())),
            },
        };
        if let Err(reason) = outcome {
            tracing::warn!(binding = self.name, reason, "tick not handled");
        }
    }
}

fn states_input(direction: &str) -> bool {
    direction.split(',').any(|part| part.trim().eq_ignore_ascii_case("input"))
}
