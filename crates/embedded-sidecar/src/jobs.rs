//! The scheduler: jobs of this app, called back when they are due.
//!
//! Decisions are pure: `moment` and `schedule` read times, `job` says when a job fires and what an
//! answer makes of it. `service` answers the API and `scheduler` calls the app. None of it knows
//! what a job is about.

mod calls;
mod job;
mod moment;
mod schedule;
mod scheduler;
mod service;

pub(crate) use calls::RunningCalls;
pub(crate) use scheduler::{JobContext, Scheduler};
pub(crate) use service::JobService;
