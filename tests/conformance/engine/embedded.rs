//! The embedded sidecar, in this process and on virtual time.

use std::sync::Arc;

use bytes::Bytes;
use chrono::Utc;
use embedded_sidecar::{AppChannel, AppHealthConfig, RuntimeClock, SidecarConfig};
use http::{Request, Response};
use tempfile::TempDir;

use super::setup::APP_ID;
use super::{App, Setup};

pub(super) struct EmbeddedSidecar {
    sidecar: embedded_sidecar::Sidecar,
    pub(super) dir: TempDir,
}

impl EmbeddedSidecar {
    pub(super) async fn start(setup: Setup, app: &Arc<App>) -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        setup.write(dir.path());
        let mut config = SidecarConfig::new(APP_ID, dir.path().join("data"));
        config.resources_paths = vec![Setup::resources_in(dir.path())];
        config.config_paths = setup.configuration_in(dir.path()).into_iter().collect();
        let variables = setup.environment.iter();
        config.environment =
            variables.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        config.api_token = setup.api_token.map(str::to_owned);
        config.app_token = setup.app_token.map(str::to_owned);
        config.app_health = setup
            .health_path
            .map(|path| AppHealthConfig { path: path.to_owned(), ..AppHealthConfig::default() });
        config.app_max_concurrency = setup.app_max_concurrency;
        config.allowed_origins = setup.allowed_origins.map(str::to_owned);
        if let Some(bytes) = setup.max_body_bytes {
            config.max_body_bytes = bytes;
        }
        #[expect(clippy::disallowed_methods, reason = "virtual time begins now, as real time does")]
        let clock = RuntimeClock::starting_at(Utc::now());
        let sidecar = embedded_sidecar::Sidecar::builder(config)
            .app_channel(Arc::clone(app) as Arc<dyn AppChannel>)
            .clock(Arc::new(clock))
            .start()
            .await
            .unwrap_or_else(|error| panic!("the sidecar does not start: {error:?}"));
        sidecar.ready().await;
        Self { sidecar, dir }
    }

    pub(super) async fn call(&self, request: Request<Bytes>) -> Response<Bytes> {
        self.sidecar.handle(request).await
    }

    pub(super) async fn settled(&self) {
        self.sidecar.idle().await;
    }
}
