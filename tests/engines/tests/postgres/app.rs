//! An application of one probe that may reach one server, and scripts run through it.

use bytes::Bytes;
use embedded_host::{Host, Manifest};
use http::Request;
use tempfile::TempDir;
use test_support::postgres::{Database, Postgres};
use test_support::probe;
use url::form_urlencoded;

/// A host and an empty database.
pub(crate) struct App {
    pub(crate) database: Database,
    host: Host,
    _state: TempDir,
}

impl App {
    pub(crate) async fn start() -> Self {
        Self::on(Postgres::shared().database()).await
    }

    pub(crate) async fn on(database: Database) -> Self {
        let allowed = format!("postgres://{}", database.server().address());
        Self::allowing(&allowed, database).await
    }

    pub(crate) async fn allowing(allowed: &str, database: Database) -> Self {
        let state = tempfile::tempdir().unwrap();
        let text = manifest(allowed);
        let manifest = Manifest::parse(&text, "spin.toml".as_ref());
        let host = Host::builder(manifest.unwrap_or_else(|error| panic!("{error}")))
            .state_dir(state.path())
            .cache_dir(probe::cache_dir())
            .build()
            .await;
        let host = host.unwrap_or_else(|error| panic!("{error}: {error:?}"));
        Self { database, host, _state: state }
    }

    /// Runs a script on one connection of one guest, and returns what the guest saw.
    pub(crate) async fn run(&self, script: &str) -> String {
        self.run_at(&self.database.url(), script).await
    }

    pub(crate) async fn run_at(&self, address: &str, script: &str) -> String {
        let body = Bytes::copy_from_slice(script.as_bytes());
        let request = Request::post(path(address)).body(body).unwrap();
        let response = self.host.handle(request).await;
        String::from_utf8_lossy(response.body()).into_owned()
    }
}

/// Where the probe runs a script against that address.
pub(crate) fn path(address: &str) -> String {
    let address: String = form_urlencoded::byte_serialize(address.as_bytes()).collect();
    format!("/?op=postgres&address={address}")
}

pub(crate) fn manifest(allowed: &str) -> String {
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
        allowed_outbound_hosts = ["{allowed}"]
        "#
    )
}
