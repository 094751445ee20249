//! The writers of one database, one after another in order of arrival.
//!
//! SQLite lets one connection write at a time; its own wait sleeps and retries, so that late
//! writers overtake early ones for a second and more. Here they queue, and one blocking task runs
//! them back to back: between two commits no thread is woken.

#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use prometheus_client::metrics::histogram::Histogram;
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::database::BUSY_TIMEOUT;
use super::guest_connection::LOST;
use super::session::Session;
use super::statement::{Outcome, Statement};

/// SQLite's own words for a writer that waited too long.
const LOCKED: &str = "database is locked";

pub(crate) struct WriteQueue {
    state: Mutex<State>,
    runtime: Handle,
    wait_seconds: Histogram,
}

#[derive(Default)]
struct State {
    /// Whether somebody has the turn.
    taken: bool,
    waiting: VecDeque<Job>,
    jobs_begun: u64,
}

struct Job {
    id: u64,
    queued_at: Instant,
    session: Session,
    statement: Statement,
    reply: oneshot::Sender<(Session, Outcome)>,
}

/// The right to write. Dropping it passes it on.
pub(crate) struct WriteTurn(Option<Arc<WriteQueue>>);

impl WriteQueue {
    /// Must be called within the runtime that is to run the writers.
    pub(crate) fn new(wait_seconds: Histogram) -> Arc<Self> {
        Arc::new(Self { state: Mutex::default(), runtime: Handle::current(), wait_seconds })
    }

    /// Waits for the turn and runs the statement. The session is back in any case but a panic's.
    pub(crate) async fn run(
        self: &Arc<Self>,
        session: Session,
        statement: Statement,
    ) -> (Option<Session>, Outcome) {
        let (reply, mut answer) = oneshot::channel();
        let id = self.submit(session, statement, reply);
        let answer = match tokio::time::timeout(BUSY_TIMEOUT, &mut answer).await {
            Ok(answer) => answer,
            Err(_elapsed) => match self.withdraw(id) {
                Some(job) => return (Some(job.session), Err(LOCKED.to_owned())),
                // Its turn has come in this very moment.
                None => answer.await,
            },
        };
        match answer {
            Ok((session, outcome)) => (Some(session), outcome),
            Err(_lost) => (None, Err(LOST.to_owned())),
        }
    }

    fn submit(
        self: &Arc<Self>,
        session: Session,
        statement: Statement,
        reply: oneshot::Sender<(Session, Outcome)>,
    ) -> u64 {
        let mut state = self.lock();
        state.jobs_begun += 1;
        let id = state.jobs_begun;
        let queued_at = Instant::now();
        state.waiting.push_back(Job { id, queued_at, session, statement, reply });
        if !state.taken {
            state.taken = true;
            self.start();
        }
        id
    }

    fn withdraw(&self, id: u64) -> Option<Job> {
        let mut state = self.lock();
        let place = state.waiting.iter().position(|job| job.id == id)?;
        state.waiting.remove(place)
    }

    /// A task of its own, and not a thread: a runtime whose time is paused must know of the work.
    fn start(self: &Arc<Self>) {
        let queue = Arc::clone(self);
        self.runtime.spawn_blocking(move || queue.run_waiting());
    }

    /// Runs one job after the other, until none waits or one keeps the turn for its transaction.
    fn run_waiting(self: Arc<Self>) {
        let mut turn = WriteTurn(Some(Arc::clone(&self)));
        while let Some(job) = self.next_job() {
            let Job { queued_at, mut session, statement, reply, .. } = job;
            // A guest that is gone does not want its write any more.
            if reply.is_closed() {
                continue;
            }
            self.wait_seconds.observe(queued_at.elapsed().as_secs_f64());
            session.give_turn(turn);
            let outcome = session.run_as_writer(statement);
            let kept = session.take_turn_when_settled();
            // The receiver may have gone meanwhile; then the session cleans up after itself.
            drop(reply.send((session, outcome)));
            match kept {
                Some(settled) => turn = settled,
                None => return,
            }
        }
        turn.forget();
    }

    /// The next job. When there is none, the turn is free from here on.
    fn next_job(&self) -> Option<Job> {
        let mut state = self.lock();
        let job = state.waiting.pop_front();
        state.taken = job.is_some();
        job
    }

    fn pass_on(self: &Arc<Self>) {
        let mut state = self.lock();
        if state.waiting.is_empty() {
            state.taken = false;
        } else {
            self.start();
        }
    }

    /// The queue is valid whatever thread panicked while holding it.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl WriteTurn {
    /// For the queue itself, once the turn is free.
    fn forget(mut self) {
        self.0 = None;
    }
}

impl Drop for WriteTurn {
    fn drop(&mut self) {
        if let Some(queue) = self.0.take() {
            queue.pass_on();
        }
    }
}
