//! Calling the app when jobs are due: one step for a moment in time, and the loop around it.
//!
//! Nothing fires while the app is away: what comes due is staged, and uses up no attempt.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use dapr_protocol::jobs::{JobAnswer, JobCallback};

use super::calls::RunningCalls;
use super::job::{Job, Next};
use crate::app_channel::AppCalls;
use crate::clock::Clock;
use crate::flow::{Flow, FlowState};
use crate::job_store::{JobRow, JobStore, JobStoreError};
use crate::metrics::Metrics;
use crate::tasks::Tasks;

/// Calls at the same time. Enough that one slow job holds up nothing, few enough that ten thousand
/// jobs of one minute do not reach the app at once.
const CALLS: usize = 64;
/// The longest sleep towards a job that is far away. Sleeps do not see the machine being suspended
/// or its clock being set; jobs are late by this at most then.
const LONGEST_SLEEP: TimeDelta = TimeDelta::minutes(1);
/// Pause after the store failed.
const STORE_RETRY_INTERVAL: Duration = Duration::from_secs(1);

/// What the scheduler works with.
#[derive(Clone)]
pub(crate) struct JobContext {
    pub(crate) app: AppCalls,
    pub(crate) app_token: Option<String>,
    pub(crate) store: JobStore,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) calls: Arc<RunningCalls>,
}

pub(crate) struct Scheduler {
    context: JobContext,
    tasks: Tasks,
}

/// What the loop waits for after a step.
enum Wake {
    /// A job that is known by now.
    At(DateTime<Utc>),
    /// A new job, or the end of a call.
    OnChange,
}

impl Scheduler {
    pub(crate) fn new(context: JobContext, tasks: Tasks) -> Self {
        Self { context, tasks }
    }

    /// Fires until the flow stops.
    pub(crate) async fn run(self, mut flow: Flow) {
        while flow.running_or_stopping().await == FlowState::Running {
            let now = self.context.clock.now();
            let wake = match self.step(now, &flow).await {
                Ok(wake) => wake,
                Err(error) => {
                    tracing::error!(
                        error = &error as &dyn std::error::Error,
                        "cannot read the jobs that are due; tried again"
                    );
                    flow.sleep(STORE_RETRY_INTERVAL).await;
                    continue;
                }
            };
            let changed = self.context.store.changed();
            match wake {
                Wake::OnChange => flow.while_running(changed).await,
                Wake::At(at) => {
                    let either = async {
                        tokio::select! {
                            () = changed => {}
                            () = self.reach(at) => {}
                        }
                    };
                    flow.while_running(either).await
                }
            };
        }
    }

    /// Begins the calls that are due at `now`, earliest first.
    async fn step(&self, now: DateTime<Utc>, flow: &Flow) -> Result<Wake, JobStoreError> {
        let JobContext { store, calls, .. } = &self.context;
        let now_ms = now.timestamp_millis();
        let going_on = calls.names();
        let free = CALLS.saturating_sub(calls.count());
        let due = match free {
            0 => Vec::new(),
            free => store.due(now_ms, going_on, free).await?,
        };
        let are_all_taken = due.len() == free;
        for row in due {
            self.begin(row, flow);
        }
        if are_all_taken {
            return Ok(Wake::OnChange);
        }
        let next = store.next_due(now_ms).await?.and_then(DateTime::from_timestamp_millis);
        Ok(next.map_or(Wake::OnChange, Wake::At))
    }

    fn begin(&self, row: JobRow, flow: &Flow) {
        let name = row.job.name.clone();
        let job = match Job::from_stored(&row.job) {
            Ok(job) => job,
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::error!(job = name, error, "a stored job cannot be read; it is left alone");
                self.context.calls.set_aside(name);
                self.context.store.notify();
                return;
            }
        };
        self.context.calls.begin(&name);
        let (context, flow) = (self.context.clone(), flow.clone());
        self.tasks.spawn(async move {
            context.fire(row.id, job, &flow).await;
            context.calls.end(&name);
            context.store.notify();
        });
    }

    async fn reach(&self, at: DateTime<Utc>) {
        loop {
            let left = at - self.context.clock.now();
            match left.min(LONGEST_SLEEP).to_std() {
                Ok(left) if !left.is_zero() => tokio::time::sleep(left).await,
                _ => return,
            }
        }
    }
}

impl JobContext {
    /// One call, and what its answer means for the job, on disk before anything else happens to
    /// the job.
    async fn fire(&self, id: i64, job: Job, flow: &Flow) {
        let answer = self.call(&job).await;
        let is_success = !matches!(answer, JobAnswer::Failed { .. });
        // An app that is going away fails whatever it is handed: the job waits for it instead.
        if !is_success && flow.state() != FlowState::Running {
            return;
        }
        self.metrics.called_for_job(is_success);
        let name = job.stated.name.clone();
        let next = job.after(&answer);
        match (&answer, &next) {
            (JobAnswer::Done, _) => {}
            (JobAnswer::Unknown, _) => {
                tracing::warn!(job = name, "the app does not know the job; it counts as done");
            }
            (JobAnswer::Failed { reason }, Next::Retry(_)) => {
                tracing::warn!(job = name, reason, "the job is tried again");
            }
            (JobAnswer::Failed { reason }, Next::Tick(_) | Next::Over) => {
                tracing::error!(job = name, reason, "the job is given up, as its policy says");
            }
        }
        self.note(id, &next, flow).await;
    }

    async fn call(&self, job: &Job) -> JobAnswer {
        let failed = |reason: String| JobAnswer::Failed { reason };
        let (name, data) = (job.stated.name.clone(), job.stated.callback_body());
        let callback = JobCallback { name, data };
        match callback.to_http(self.app_token.as_deref()) {
            Err(error) => failed(error.to_string()),
            Ok(request) => match self.app.call(request).await {
                Err(error) => failed(error.to_string()),
                Ok(response) => JobAnswer::read(&response),
            },
        }
    }

    /// A store that fails is tried until it works again: without its note the job would fire at
    /// once again.
    async fn note(&self, id: i64, next: &Next, flow: &Flow) {
        loop {
            let noted = match next {
                Next::Retry(job) | Next::Tick(job) => self.store.advance(id, job.progress()).await,
                Next::Over => self.store.finish(id).await,
            };
            let Err(error) = noted else { return };
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "a call is not noted; without that it comes again"
            );
            if flow.state() == FlowState::Stopping {
                return;
            }
            tokio::time::sleep(STORE_RETRY_INTERVAL).await;
        }
    }
}
