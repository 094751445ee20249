//! What can be done to the embedded sidecar alone: it dies at every one of its effects, it hangs,
//! it forgets its jobs, and everything that ever stood on its topics is counted.

mod back_pressure;
mod crash_walk;
mod lost_jobs;
mod random_kills;
mod reminders_at_scale;
mod sidecar_outage;
