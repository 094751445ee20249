//! An application of probes: a manifest, a state folder, and requests to it.

use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use embedded_host::clock::RuntimeClock;
use embedded_host::{Host, HostBuilder, Manifest};
use http::{Request, Response};
use tempfile::TempDir;
use test_support::probe;

/// Where virtual time begins: 2027-01-01T00:00:00Z.
pub(crate) const EPOCH_SECONDS: u64 = 1_798_761_600;

/// A running application. Its state goes with it.
pub(crate) struct App {
    pub(crate) host: Host,
    pub(crate) state: Arc<TempDir>,
}

impl App {
    /// The usual manifest: one component `probe` on every path, granted everything local.
    pub(crate) async fn start() -> Self {
        Self::with(|builder| builder).await
    }

    pub(crate) async fn with(configure: impl FnOnce(HostBuilder) -> HostBuilder) -> Self {
        Self::of(&manifest(""), configure).await
    }

    pub(crate) async fn of(
        manifest: &str,
        configure: impl FnOnce(HostBuilder) -> HostBuilder,
    ) -> Self {
        let state = Arc::new(tempfile::tempdir().unwrap());
        let builder = configure(builder(manifest, state.path()));
        let host = builder.build().await.unwrap_or_else(|error| panic!("{error}: {error:?}"));
        Self { host, state }
    }

    pub(crate) async fn get(&self, path: &str) -> Response<Bytes> {
        self.host.handle(Request::get(path).body(Bytes::new()).unwrap()).await
    }

    pub(crate) async fn get_text(&self, path: &str) -> String {
        text(&self.get(path).await)
    }

    pub(crate) async fn post_text(&self, path: &str, body: &str) -> String {
        let body = Bytes::copy_from_slice(body.as_bytes());
        text(&self.host.handle(Request::post(path).body(body).unwrap()).await)
    }

    /// Runs `script` on one connection, a statement per line.
    pub(crate) async fn sql(&self, script: &str) -> String {
        self.post_text("/?op=sql", script).await
    }
}

/// A builder as the tests want it: cached code, and time that the runtime controls.
pub(crate) fn builder(manifest: &str, state: &Path) -> HostBuilder {
    let manifest =
        Manifest::parse(manifest, Path::new("spin.toml")).unwrap_or_else(|error| panic!("{error}"));
    let epoch = std::time::Duration::from_secs(EPOCH_SECONDS);
    Host::builder(manifest)
        .state_dir(state)
        .cache_dir(probe::cache_dir())
        .clock(Arc::new(RuntimeClock::starting_at(epoch)))
}

/// The usual manifest with `more` at its end.
pub(crate) fn manifest(more: &str) -> String {
    let wasm = probe::wasm().display();
    format!(
        r#"
        spin_manifest_version = 2
        [application]
        name = "probes"
        version = "1.0.0"
        [[trigger.http]]
        route = "/..."
        component = "probe"
        [component.probe]
        source = "{wasm}"
        sqlite_databases = ["default"]
        key_value_stores = ["default"]
        allowed_outbound_hosts = ["http://allowed.test:*", "http://127.0.0.1:*"]
        {more}
        "#
    )
}

pub(crate) fn text(response: &Response<Bytes>) -> String {
    String::from_utf8_lossy(response.body()).into_owned()
}
