//! `kill -9` at any moment loses no acknowledged job and makes none early.

use std::collections::HashMap;
use std::convert::Infallible;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use embedded_sidecar::{Clock as _, SystemClock};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::support::SidecarProcess;

const JOBS: usize = 2_000;
const KILLS: usize = 5;
/// The jobs of a life are due within this long of its start: some before its kill, some after.
const SPREAD_MS: i64 = 2_000;
/// How long the test waits, in real time, for what must come.
const PATIENCE: Duration = Duration::from_secs(120);

/// Counts the calls of each job and remembers the first.
struct CountingApp {
    port: u16,
    calls: Arc<Calls>,
}

struct Calls {
    by_path: Mutex<HashMap<String, (DateTime<Utc>, usize)>>,
    changed: watch::Sender<usize>,
}

impl CountingApp {
    async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let calls = Arc::new(Calls { by_path: Mutex::default(), changed: watch::Sender::new(0) });
        let counted = Arc::clone(&calls);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let calls = Arc::clone(&counted);
                let service = service_fn(move |request| answer(request, Arc::clone(&calls)));
                tokio::spawn(async move {
                    let builder = Builder::new(TokioExecutor::new());
                    // A sidecar that is killed breaks its connections off; that is the test.
                    let _ = builder.serve_connection(TokioIo::new(stream), service).await;
                });
            }
        });
        Self { port, calls }
    }

    /// Waits until this many jobs have been called.
    async fn called(&self, jobs: usize) {
        let mut changed = self.calls.changed.subscribe();
        let complete = tokio::time::timeout(PATIENCE, changed.wait_for(|called| *called >= jobs));
        if complete.await.is_err() {
            panic!("{} of {jobs} jobs were called", *self.calls.changed.borrow());
        }
    }
}

async fn answer(
    request: http::Request<Incoming>,
    calls: Arc<Calls>,
) -> Result<http::Response<Full<Bytes>>, Infallible> {
    let path = request.uri().path();
    if path.starts_with("/job/") {
        let mut by_path = calls.by_path.lock().expect("nobody panics with this lock");
        by_path.entry(path.to_owned()).or_insert((SystemClock.now(), 0)).1 += 1;
        calls.changed.send_replace(by_path.len());
    }
    Ok(http::Response::new(Full::default()))
}

/// One life of the sidecar: schedules its share of the jobs. Returns when each is due.
fn schedule(sidecar: &SidecarProcess, life: usize) -> HashMap<String, DateTime<Utc>> {
    let agent = ureq::agent();
    let share = JOBS / (KILLS + 1) + 1;
    let mut due = HashMap::new();
    for n in 0..share.min(JOBS - life * share) {
        let spread = (n as i64 * 7_919) % SPREAD_MS;
        let due_at = SystemClock.now() + TimeDelta::milliseconds(spread);
        let job = json!({"dueTime": due_at.to_rfc3339(), "data": n}).to_string();
        let name = format!("{life}-{n}");
        let url = format!("{}/v1.0/jobs/{name}", sidecar.api);
        let answer = agent.post(&url).content_type("application/json").send(&job);
        assert_eq!(answer.expect("an answer").status(), 204);
        due.insert(format!("/job/{name}"), due_at);
    }
    due
}

fn start(dir: &Path, port: u16) -> SidecarProcess {
    SidecarProcess::start(dir, &["--app-port", &port.to_string()])
}

#[tokio::test(flavor = "multi_thread")]
async fn two_thousand_jobs_and_five_kills_lose_none_and_make_none_early() {
    let dir = tempfile::tempdir().expect("a directory");
    std::fs::create_dir(dir.path().join("resources")).expect("a folder");
    let app = CountingApp::start().await;
    let (path, port) = (dir.path().to_owned(), app.port);
    let mut due = HashMap::new();
    for life in 0..KILLS {
        let path = path.clone();
        let lived = tokio::task::spawn_blocking(move || {
            let sidecar = start(&path, port);
            let due = schedule(&sidecar, life);
            sidecar.kill();
            due
        });
        due.extend(lived.await.expect("no panic"));
    }
    let last = tokio::task::spawn_blocking(move || {
        let sidecar = start(&path, port);
        let due = schedule(&sidecar, KILLS);
        (sidecar, due)
    });
    let (_last_life, last_due) = last.await.expect("no panic");
    due.extend(last_due);
    assert_eq!(due.len(), JOBS);
    app.called(JOBS).await;

    let calls = app.calls.by_path.lock().expect("nobody panics with this lock");
    let lost = due.keys().filter(|path| !calls.contains_key(*path)).count();
    let early = due.iter().filter(|(path, due_at)| calls[*path].0 < **due_at).count();
    let repeated: usize = calls.values().map(|(_, count)| count - 1).sum();
    println!("{JOBS} jobs, {KILLS} kills: {lost} lost, {early} early, {repeated} repeated");
    assert_eq!((lost, early), (0, 0));
}
