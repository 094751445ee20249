//! A sidecar with resources from a string, in a directory of its own.

use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use embedded_sidecar::{AppChannel, RuntimeClock, Sidecar, SidecarConfig, SidecarError};
use http::{Request, Response};
use serde_json::Value;
use tempfile::TempDir;

use super::app::StubApp;

pub(crate) struct Fixture {
    pub(crate) sidecar: Sidecar,
    pub(crate) dir: TempDir,
}

/// When the virtual clock starts, unless a test says otherwise.
const START: &str = "2027-01-31T09:00:00Z";

impl Fixture {
    /// A sidecar for app `app` that is ready.
    pub(crate) async fn start(resources: &str, app: &Arc<StubApp>) -> Self {
        Self::configured(resources, app, |_| {}).await
    }

    pub(crate) async fn configured(
        resources: &str,
        app: &Arc<StubApp>,
        adjust: impl FnOnce(&mut SidecarConfig),
    ) -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let fixture = Self::start_in(dir, resources, app, adjust).await;
        let fixture = fixture.expect("the sidecar starts");
        fixture.sidecar.ready().await;
        fixture
    }

    /// A sidecar in a directory that may hold another one's log.
    pub(crate) async fn start_in(
        dir: TempDir,
        resources: &str,
        app: &Arc<StubApp>,
        adjust: impl FnOnce(&mut SidecarConfig),
    ) -> Result<Self, SidecarError> {
        let config = config(dir.path(), resources, adjust);
        let start: DateTime<Utc> = START.parse().expect("a time");
        let sidecar = Sidecar::builder(config)
            .app_channel(Arc::clone(app) as Arc<dyn AppChannel>)
            .clock(Arc::new(RuntimeClock::starting_at(start)))
            .start()
            .await?;
        Ok(Self { sidecar, dir })
    }

    /// Why a sidecar with these resources does not start.
    pub(crate) async fn refusal(resources: &str) -> String {
        let app = StubApp::new(Value::Array(Vec::new()), |_| super::status(200));
        let dir = tempfile::tempdir().expect("a directory");
        let root = dir.path().to_owned();
        let error = match Self::start_in(dir, resources, &app, |_| {}).await {
            Ok(_) => panic!("the sidecar started"),
            Err(error) => anyhow::Error::from(error),
        };
        let chain: Vec<String> = error.chain().map(ToString::to_string).collect();
        chain.join("\n").replace(&root.display().to_string(), "DIR")
    }

    pub(crate) async fn call(&self, request: Request<Bytes>) -> Response<Bytes> {
        self.sidecar.handle(request).await
    }

    /// Publishes JSON to a topic of `ps`, with a query such as `?metadata.partitionKey=a`.
    pub(crate) async fn publish(&self, topic_and_query: &str, event: Value) {
        let path = format!("/v1.0/publish/ps/{topic_and_query}");
        let response = self.call(post(&path, "application/json", event.to_string())).await;
        assert_eq!(response.status(), 204, "{:?}", response.body());
    }

    /// Schedules a job by its body and expects it to be taken.
    pub(crate) async fn schedule(&self, name: &str, job: Value) {
        let response = self.try_schedule(name, &job.to_string()).await;
        assert_eq!(response.status(), 204, "{job}: {:?}", response.body());
    }

    pub(crate) async fn try_schedule(&self, name: &str, body: &str) -> Response<Bytes> {
        let path = format!("/v1.0/jobs/{name}");
        self.call(post(&path, "application/json", body.to_owned())).await
    }

    /// The names of the jobs that are still to fire.
    pub(crate) async fn job_names(&self) -> Vec<String> {
        let jobs = self.sidecar.jobs().await.expect("readable");
        jobs.into_iter().map(|job| job.name).collect()
    }

    /// Ends the sidecar and hands its directory on.
    pub(crate) async fn shut_down(self) -> TempDir {
        self.sidecar.shutdown().await;
        self.dir
    }
}

fn config(dir: &Path, resources: &str, adjust: impl FnOnce(&mut SidecarConfig)) -> SidecarConfig {
    let folder = dir.join("resources");
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join("resources.yaml"), resources).expect("a file");
    let mut config = SidecarConfig::new("app", dir.join("data"));
    config.resources_paths = vec![folder];
    adjust(&mut config);
    config
}

pub(crate) fn request(method: &str, path: &str) -> Request<Bytes> {
    Request::builder().method(method).uri(path).body(Bytes::new()).expect("a request")
}

pub(crate) fn post(path: &str, content_type: &str, body: impl Into<Bytes>) -> Request<Bytes> {
    let builder = Request::builder().method("POST").uri(path).header("content-type", content_type);
    builder.body(body.into()).expect("a request")
}
