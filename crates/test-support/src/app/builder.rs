//! How an app is started: the host's command line, and nothing about what happens afterwards.

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, ExitStatus};
use std::sync::Arc;

use super::shares::Kept;
use super::{ADMIN_TOKEN, APP_ID, App};
use crate::client::Whereabouts;
use crate::data_folder::DataFolder;
use crate::engines::{Behind, RealSidecar};
use crate::programs::programs;
use crate::resources::Resources;
use crate::sidecar::Sidecar;
use crate::{address, checkout};

const JWT_SECRET: &str = "a signing secret of at least thirty-two bytes";
/// Where compiled components are kept between all tests, beside what cargo built.
const COMPILE_CACHE: &str = "compiled-components";

/// The settings of an app; it can be started any number of times.
#[derive(Clone, Debug)]
pub struct AppBuilder {
    app_id: &'static str,
    data: Arc<DataFolder>,
    listen: SocketAddr,
    variables: BTreeMap<String, String>,
    environment: BTreeMap<String, String>,
    sidecar: SidecarPlace,
    crash_at: Option<String>,
    clock_offset_ms: i64,
    logs_host_calls: bool,
}

#[derive(Clone, Debug)]
enum SidecarPlace {
    /// In the host's process; with an address, its API is offered to others too.
    InProcess { resources: Arc<Resources>, listen: Option<SocketAddr> },
    /// Wherever this URL leads, if anywhere.
    Elsewhere(String),
}

/// The process ended before it served.
#[derive(Clone, Copy, Debug)]
pub struct Died {
    pub status: ExitStatus,
}

impl Default for AppBuilder {
    fn default() -> Self {
        let variables = [("jwt_secret", JWT_SECRET), ("admin_token", ADMIN_TOKEN)];
        let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        AppBuilder {
            app_id: APP_ID,
            data: Arc::default(),
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            variables: variables.map(owned).into(),
            environment: BTreeMap::new(),
            sidecar: SidecarPlace::InProcess {
                resources: Arc::new(Resources::Checkout),
                listen: None,
            },
            crash_at: None,
            clock_offset_ms: 0,
            logs_host_calls: false,
        }
    }
}

impl AppBuilder {
    /// On data that is there already.
    pub fn on(mut self, data: Arc<DataFolder>) -> Self {
        self.data = data;
        self
    }

    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.listen = address;
        self
    }

    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    /// The token that the app asks of its sidecar, and that the sidecar presents.
    pub fn app_token(mut self, token: &str) -> Self {
        self.environment.insert("APP_API_TOKEN".to_owned(), token.to_owned());
        self.variable("app_api_token", token)
    }

    /// The token that the sidecar asks of its callers, and that the app presents.
    pub fn sidecar_token(mut self, token: &str) -> Self {
        self.environment.insert("DAPR_API_TOKEN".to_owned(), token.to_owned());
        self.variable("dapr_api_token", token)
    }

    /// The sidecar in the host's process, with these resources.
    pub fn resources(mut self, resources: &Arc<Resources>) -> Self {
        let listen = match self.sidecar {
            SidecarPlace::InProcess { listen, .. } => listen,
            SidecarPlace::Elsewhere(_) => None,
        };
        self.sidecar = SidecarPlace::InProcess { resources: Arc::clone(resources), listen };
        self
    }

    /// Lets the test publish through the sidecar that runs in the host's process.
    pub fn offering_the_sidecar(mut self) -> Self {
        if let SidecarPlace::InProcess { listen, .. } = &mut self.sidecar {
            *listen = Some(address::reserve());
        }
        self
    }

    /// The same settings for one more app beside the first: what it offers, it offers elsewhere.
    pub fn apart(self) -> Self {
        match self.sidecar {
            SidecarPlace::InProcess { listen: Some(_), .. } => self.offering_the_sidecar(),
            _ => self,
        }
    }

    /// The sidecar in a process of its own.
    pub fn beside(mut self, sidecar: &Sidecar) -> Self {
        self.sidecar = SidecarPlace::Elsewhere(sidecar.url());
        self
    }

    /// Something that a test puts in the sidecar's place.
    pub fn with_dapr_at(mut self, url: String) -> Self {
        self.sidecar = SidecarPlace::Elsewhere(url);
        self
    }

    /// No sidecar anywhere: whatever is published fails.
    pub fn without_sidecar(mut self) -> Self {
        self.sidecar = SidecarPlace::Elsewhere(address::url(address::reserve()));
        self
    }

    /// Dies just before or just after a host call: `before:17`, `after:17`.
    pub fn crash_at(mut self, point: &str) -> Self {
        self.crash_at = Some(point.to_owned());
        self
    }

    /// With a clock that is wrong; negative is behind.
    pub fn clock_offset_ms(mut self, offset_ms: i64) -> Self {
        self.clock_offset_ms = offset_ms;
        self
    }

    pub(super) fn without_crash(mut self) -> Self {
        self.crash_at = None;
        self
    }

    /// Keeps a line for each host call in the data folder.
    pub fn log_host_calls(mut self) -> Self {
        self.logs_host_calls = true;
        self
    }

    /// Starts it and waits until it serves.
    pub fn start(self) -> App {
        let log = self.data.app_log();
        self.try_start().unwrap_or_else(|died| {
            panic!("{died}:\n{}", std::fs::read_to_string(log).unwrap_or_default())
        })
    }

    /// Starts it, for a test whose app may die before it serves.
    pub fn try_start(self) -> Result<App, Died> {
        App::launch(self, Whereabouts::default(), Kept::default())
    }

    /// Dapr's own sidecar in the place of the embedded one, where this run is about that. It is
    /// there before its app, which has to know its address.
    pub(super) fn beside_real_sidecar(
        &mut self,
        kept: Option<RealSidecar>,
        listen: Option<SocketAddr>,
    ) -> Option<RealSidecar> {
        let SidecarPlace::InProcess { resources, .. } = &self.sidecar else { return None };
        let backbone = self.data.backbone()?;
        if self.listen.port() == 0 {
            self.listen = listen.unwrap_or_else(address::reserve);
        }
        let behind = Behind {
            id: self.app_id.to_owned(),
            address: self.listen,
            resources: resources.path(),
            environment: self.environment.clone().into_iter().collect(),
        };
        Some(RealSidecar::keep_or_start(kept, backbone, behind))
    }

    pub(super) fn is_whole_behind_a_broker(&self) -> bool {
        matches!(self.sidecar, SidecarPlace::InProcess { .. }) && self.data.backbone().is_some()
    }

    /// The part of the app that the last word of this app-id stands for.
    pub(super) fn into_share(self, id: &'static str) -> Self {
        AppBuilder { app_id: id, ..self }.variable("role", "by-app-id")
    }

    pub(super) fn wakes_reminders(&self) -> bool {
        self.app_id.ends_with("reminder")
    }

    pub(super) fn data(&self) -> Arc<DataFolder> {
        Arc::clone(&self.data)
    }

    pub(super) fn sidecar_url(&self) -> String {
        match &self.sidecar {
            SidecarPlace::InProcess { listen: Some(listen), .. } => address::url(*listen),
            SidecarPlace::InProcess { listen: None, .. } => {
                panic!("this app does not offer its sidecar to others")
            }
            SidecarPlace::Elsewhere(url) => url.clone(),
        }
    }

    pub(super) fn command(&self, ready_file: &Path) -> Command {
        let host = &programs().host;
        let mut command = Command::new(host);
        command.envs(&self.environment);
        command.arg("up").arg("--from").arg(checkout::manifest());
        command.args(["--listen", &self.listen.to_string()]);
        command.arg("--state-dir").arg(self.data.path());
        command.arg("--ready-file").arg(ready_file);
        command.arg("--cache-dir").arg(host.with_file_name(COMPILE_CACHE));
        for (name, value) in self.data.database().variables() {
            command.arg("--variable").arg(format!("{name}={value}"));
        }
        for (name, value) in &self.variables {
            command.arg("--variable").arg(format!("{name}={value}"));
        }
        match &self.sidecar {
            SidecarPlace::InProcess { resources, listen } => {
                command.args(["--dapr-app-id", self.app_id]);
                command.arg("--dapr-resources").arg(resources.path());
                if let Some(listen) = listen {
                    command.args(["--sidecar-listen", &listen.to_string()]);
                }
            }
            SidecarPlace::Elsewhere(url) => {
                command.arg("--no-sidecar").arg("--variable").arg(format!("dapr_url={url}"));
            }
        }
        if let Some(point) = &self.crash_at {
            command.args(["--crash-at", point]);
        }
        if self.clock_offset_ms != 0 {
            command.args(["--clock-offset-ms", &self.clock_offset_ms.to_string()]);
        }
        if self.logs_host_calls {
            command.arg("--log-host-calls").arg(self.data.host_calls());
        }
        command
    }
}

impl fmt::Display for Died {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the app ended with {} before it served", self.status)
    }
}
