//! Real daprd: a process for each case, and one scheduler for all that have jobs. How both are
//! started is known elsewhere; here is what a case wants of them.

use std::net::{SocketAddr, TcpListener};
use std::panic::resume_unwind;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::Result;
use bytes::Bytes;
use http::{Request, Response, Uri};
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use real_engines::{App as AppOfSidecar, DAPRD, DaprVersion, Engine, Place, Scheduler};
use tempfile::TempDir;
use test_support::address;
use test_support::engines::Running;

use super::setup::APP_ID;
use super::{App, POLL_INTERVAL, Setup, http_app, request};

const VERSION: DaprVersion = DaprVersion::Newest;
/// How long it may take until it has found its app.
const START_TIMEOUT: Duration = Duration::from_secs(60);

/// The program, and who fires its jobs.
pub(crate) struct Daprd {
    version: String,
    scheduler: SocketAddr,
    started: AtomicUsize,
}

/// A process of ours, in the order in which it ends.
pub(crate) struct OwnScheduler {
    _running: Running,
    _dir: TempDir,
}

/// In the order in which it ends.
pub(super) struct DaprdSidecar {
    running: Running,
    client: Client<HttpConnector, Full<Bytes>>,
    pub(super) dir: TempDir,
}

/// The program with what a case wants of it.
struct OfCase {
    program: real_engines::Daprd,
    setup: Setup,
    /// Jobs of other cases are kept by the same scheduler, for the same app.
    namespace: String,
}

impl Daprd {
    /// `None` when nobody says where it is. The scheduler begins before any case does: it listens
    /// on every address of this machine, and must not meet a port that a case has chosen.
    pub(crate) fn of_environment() -> Option<(Self, OwnScheduler)> {
        std::env::var_os(DAPRD).filter(|program| !program.is_empty())?;
        let program = real_engines::Daprd::program(VERSION).expect("a program");
        let output = Command::new(program).arg("--version").output().expect("its version");
        let version = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        let dir = tempfile::tempdir().expect("a directory");
        let place = Place::on_free_ports(dir.path().to_owned(), 0, Scheduler::ADDRESSES);
        let running = Running::start(Box::new(Scheduler::at(place.expect("free ports"), VERSION)));
        let scheduler = running.engine().address();
        let daprd = Self { version, scheduler, started: AtomicUsize::new(0) };
        Some((daprd, OwnScheduler { _running: running, _dir: dir }))
    }

    pub(crate) fn version(&self) -> &str {
        &self.version
    }

    fn namespace(&self) -> String {
        format!("case-{}", self.started.fetch_add(1, Ordering::Relaxed))
    }
}

impl DaprdSidecar {
    pub(super) async fn start(daprd: &Daprd, setup: Setup, app: &Arc<App>) -> Self {
        let address = address::reserve();
        http_app::serve(app, address).await;
        let dir = tempfile::tempdir().expect("a directory");
        setup.write(dir.path());
        let app = AppOfSidecar {
            id: APP_ID.to_owned(),
            address: Some(address),
            health_path: setup.health_path.unwrap_or_default().to_owned(),
            resources: vec![Setup::resources_in(dir.path())],
            config: setup.configuration_in(dir.path()),
            scheduler: setup.has_jobs.then_some(daprd.scheduler),
            ..AppOfSidecar::default()
        };
        let place = Place::at(dir.path(), addresses_beside(address));
        let program = real_engines::Daprd::at(place, VERSION, app);
        let engine = Box::new(OfCase { program, setup, namespace: daprd.namespace() });
        // The app answers in this thread meanwhile.
        let running = tokio::task::spawn_blocking(move || Running::start(engine));
        let running = running.await.unwrap_or_else(|error| resume_unwind(error.into_panic()));
        let client = Client::builder(TokioExecutor::new()).build_http();
        let sidecar = Self { running, client, dir };
        sidecar.has_found_its_app().await;
        sidecar
    }

    async fn has_found_its_app(&self) {
        let found = async {
            while self.call(request("GET", "/v1.0/healthz")).await.status() != 204 {
                tokio::time::sleep(POLL_INTERVAL).await;
            }
        };
        tokio::time::timeout(START_TIMEOUT, found).await.expect("daprd finds its app in time");
    }

    pub(super) async fn call(&self, mut request: Request<Bytes>) -> Response<Bytes> {
        let path = request.uri().path_and_query().map_or("/", |it| it.as_str());
        let uri = format!("{}{path}", address::url(self.running.engine().address()));
        *request.uri_mut() = uri.parse::<Uri>().expect("an address");
        let answer = self.client.request(request.map(Full::new)).await.expect("daprd answers");
        let (head, body) = answer.into_parts();
        let body = body.collect().await.expect("daprd ends its answer");
        Response::from_parts(head, body.to_bytes())
    }
}

/// Addresses on the host that is the app's alone. Their ports differ from the app's, too: daprd
/// compares the numbers, whatever the host.
fn addresses_beside(app: SocketAddr) -> Vec<SocketAddr> {
    let listen = |_| TcpListener::bind((app.ip(), 0)).expect("a free port");
    let listeners: Vec<_> = (0..real_engines::Daprd::ADDRESSES).map(listen).collect();
    listeners.iter().map(|it| it.local_addr().expect("an address")).collect()
}

impl Engine for OfCase {
    fn name(&self) -> &'static str {
        self.program.name()
    }

    fn place(&self) -> &Place {
        self.program.place()
    }

    fn prepare(&self) -> Result<()> {
        self.program.prepare()
    }

    fn command(&self) -> Result<Command> {
        let mut command = self.program.command()?;
        let Setup { api_token, app_token, max_body_bytes, app_max_concurrency, .. } = self.setup;
        if let Some(bytes) = max_body_bytes {
            command.args(["--max-body-size", &bytes.to_string()]);
        }
        if let Some(limit) = app_max_concurrency {
            command.args(["--app-max-concurrency", &limit.to_string()]);
        }
        if let Some(origins) = self.setup.allowed_origins {
            command.args(["--allowed-origins", origins]);
        }
        // Whatever else is in the environment must not become a secret, or a setting.
        command.env_clear().env("NAMESPACE", &self.namespace);
        command.envs(self.setup.environment.iter().copied());
        command.envs(api_token.map(|token| ("DAPR_API_TOKEN", token)));
        command.envs(app_token.map(|token| ("APP_API_TOKEN", token)));
        command.current_dir(self.place().folder());
        Ok(command)
    }

    fn is_ready(&self) -> bool {
        self.program.is_ready()
    }
}
