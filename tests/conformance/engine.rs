//! Sidecars of either kind, started around an app that is a closure.
//!
//! The embedded one runs in this process on virtual time; daprd is a process on real time. A case
//! sees neither: it waits for what has to come, and never for a while.

mod app;
mod daprd;
mod embedded;
mod http_app;
mod mail_server;
mod messages;
mod setup;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use serde_json::Value;
use tokio::runtime::{Builder, Runtime};

pub(crate) use app::{App, Seen, after};
pub(crate) use daprd::Daprd;
pub(crate) use mail_server::MailServer;
pub(crate) use messages::{Answer, post, request, status, text};
pub(crate) use setup::{PUBSUB, Setup, dead_letters, resiliency, subscription, with};

use daprd::DaprdSidecar;
use embedded::EmbeddedSidecar;

/// Between two looks at whether something has come.
const POLL_INTERVAL: Duration = Duration::from_millis(100);

/// What a case runs against.
#[derive(Clone)]
pub(crate) enum Engine {
    Embedded,
    Daprd(Arc<Daprd>),
}

/// A sidecar that is ready.
pub(crate) struct Sidecar {
    kind: Kind,
    app: Arc<App>,
}

enum Kind {
    Embedded(EmbeddedSidecar),
    Daprd(Box<DaprdSidecar>),
}

impl Engine {
    pub(crate) fn runtime(&self) -> Runtime {
        let mut builder = Builder::new_current_thread();
        builder.enable_all().start_paused(matches!(self, Self::Embedded));
        builder.build().expect("a runtime")
    }

    /// Has time run for a case whose sidecar talks to a server outside, which knows no other.
    pub(crate) fn on_real_time(&self) {
        if matches!(self, Self::Embedded) {
            tokio::time::resume();
        }
    }

    /// Waits for something that only the time brings, and no call tells.
    pub(crate) async fn until(&self, holds: impl AsyncFn() -> bool) {
        let come = async {
            while !holds().await {
                tokio::time::sleep(POLL_INTERVAL).await;
            }
        };
        if tokio::time::timeout(self.patience(), come).await.is_err() {
            panic!("what had to come did not");
        }
    }

    fn patience(&self) -> Duration {
        match self {
            // Virtual, so that nothing has to be in a hurry.
            Self::Embedded => Duration::from_secs(24 * 60 * 60),
            Self::Daprd(_) => Duration::from_secs(30),
        }
    }

    /// An app with these subscriptions that answers every other call by `respond`.
    pub(crate) fn app(
        &self,
        subscriptions: Value,
        respond: impl Fn(&Seen) -> Response<Bytes> + Send + Sync + 'static,
    ) -> Arc<App> {
        let document = Response::new(subscriptions.to_string().into());
        self.app_answering_the_question_with(document, respond)
    }

    pub(crate) fn app_answering_the_question_with(
        &self,
        subscriptions: Response<Bytes>,
        respond: impl Fn(&Seen) -> Response<Bytes> + Send + Sync + 'static,
    ) -> Arc<App> {
        App::new(subscriptions, self.patience(), respond)
    }

    /// An app that is content with everything and subscribes to nothing.
    pub(crate) fn content_app(&self) -> Arc<App> {
        self.app(Value::Array(Vec::new()), |_| status(200))
    }

    /// A sidecar for the app `app`, with these resources and nothing else.
    pub(crate) async fn start(&self, resources: &str, app: &Arc<App>) -> Sidecar {
        self.start_with(Setup::of(resources), app).await
    }

    pub(crate) async fn start_with(&self, setup: Setup, app: &Arc<App>) -> Sidecar {
        let kind = match self {
            Self::Embedded => Kind::Embedded(EmbeddedSidecar::start(setup, app).await),
            Self::Daprd(daprd) => {
                Kind::Daprd(Box::new(DaprdSidecar::start(daprd, setup, app).await))
            }
        };
        Sidecar { kind, app: Arc::clone(app) }
    }
}

impl Sidecar {
    pub(crate) async fn call(&self, request: Request<Bytes>) -> Response<Bytes> {
        match &self.kind {
            Kind::Embedded(sidecar) => sidecar.call(request).await,
            Kind::Daprd(sidecar) => sidecar.call(request).await,
        }
    }

    /// Writes a resource while the sidecar runs.
    pub(crate) fn write(&self, file: &str, document: &str) {
        std::fs::write(self.resources().join(file), document).expect("a file");
    }

    /// Takes a resource away while the sidecar runs.
    pub(crate) fn remove(&self, file: &str) {
        std::fs::remove_file(self.resources().join(file)).expect("a file");
    }

    fn resources(&self) -> PathBuf {
        Setup::resources_in(match &self.kind {
            Kind::Embedded(sidecar) => sidecar.dir.path(),
            Kind::Daprd(sidecar) => sidecar.dir.path(),
        })
    }

    pub(crate) async fn get(&self, path: &str) -> Response<Bytes> {
        self.call(request("GET", path)).await
    }

    pub(crate) async fn post_json(&self, path: &str, body: &Value) -> Response<Bytes> {
        self.call(post(path, "application/json", body.to_string())).await
    }

    /// Publishes JSON to a topic of `ps`, with a query such as `?metadata.partitionKey=a`.
    pub(crate) async fn publish(&self, topic_and_query: &str, event: Value) {
        let response = self.post_json(&format!("/v1.0/publish/ps/{topic_and_query}"), &event).await;
        assert_eq!(response.status(), 204, "{:?}", response.body());
    }

    /// Schedules a job by its body and expects it to be taken. One that states no data gets some:
    /// daprd never delivers it otherwise.
    pub(crate) async fn schedule(&self, name: &str, mut job: Value) {
        if job.get("data").is_none() {
            job["data"] = name.into();
        }
        let response = self.try_schedule(name, &job.to_string()).await;
        assert_eq!(response.status(), 204, "{job}: {:?}", response.body());
    }

    pub(crate) async fn try_schedule(&self, name: &str, body: &str) -> Response<Bytes> {
        let path = format!("/v1.0/jobs/{name}");
        self.call(post(&path, "application/json", body.to_owned())).await
    }

    /// Whether there is a job of this name.
    pub(crate) async fn has_job(&self, name: &str) -> bool {
        self.get(&format!("/v1.0/jobs/{name}")).await.status() == 200
    }

    /// The topics that are subscribed to, sorted.
    pub(crate) async fn topics(&self) -> Vec<String> {
        let metadata = self.get("/v1.0/metadata").await.json();
        let subscriptions = metadata["subscriptions"].as_array().cloned().unwrap_or_default();
        let topic = |it: &Value| it["topic"].as_str().unwrap_or_default().to_owned();
        let mut topics: Vec<String> = subscriptions.iter().map(topic).collect();
        topics.sort();
        topics
    }

    /// Resolves once the sidecar has nothing left to do for the app just now. From outside that
    /// can only be seen by looking on for a while.
    pub(crate) async fn settled(&self) {
        match &self.kind {
            Kind::Embedded(sidecar) => sidecar.settled().await,
            Kind::Daprd(_) => self.app.quiet().await,
        }
    }
}
