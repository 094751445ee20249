//! An app with its hub: the shipped configuration on free ports, and the process that runs it.

use std::fs;
use std::net::{SocketAddr, TcpStream};
use std::process::Command;

use tempfile::TempDir;
use test_support::client::Whereabouts;
use test_support::process::Process;
use test_support::{App, Client, address, checkout, eventually};

const NGINX: &str = "/usr/sbin/nginx";
const CONFIGURATION: &str = "runtime-config/nchan.conf";

/// What the shipped configuration says where a test needs something of its own.
const APP: &str = "127.0.0.1:3000";
const SUBSCRIBERS: &str = "127.0.0.1:8080";
const PUBLISHERS: &str = "127.0.0.1:8081";
const FILES: &str = "/tmp/taskmaster-hub";

pub(crate) struct Hub {
    // First, because its log lies in the folder.
    process: Process,
    _folder: TempDir,
    subscribers: SocketAddr,
    publishers: SocketAddr,
}

/// Where a hub is going to be; the app has to know before it starts.
pub(crate) struct HubPlace {
    subscribers: SocketAddr,
    publishers: SocketAddr,
}

impl HubPlace {
    pub(crate) fn reserve() -> Self {
        HubPlace { subscribers: address::reserve(), publishers: address::reserve() }
    }

    /// The app that tells this hub.
    pub(crate) fn app(&self) -> App {
        App::builder().variable("hub_url", &address::url(self.publishers)).start()
    }

    pub(crate) fn start(&self, app: &App) -> Hub {
        let folder = tempfile::tempdir().expect("a folder");
        let app_url = app.client().url();
        let app_address = app_url.strip_prefix("http://").expect("an address");
        let files = folder.path().join("hub").display().to_string();
        let shipped = checkout::root().join(CONFIGURATION);
        let text = fs::read_to_string(shipped).expect("the configuration");
        let text = [
            (APP, app_address),
            (SUBSCRIBERS, &self.subscribers.to_string()),
            (PUBLISHERS, &self.publishers.to_string()),
            (FILES, &files),
        ]
        .iter()
        .fold(text, |text, (shipped, own)| {
            assert!(text.contains(shipped), "the configuration says {shipped}");
            text.replace(shipped, own)
        });
        let own = folder.path().join("nginx.conf");
        fs::write(&own, text).expect("a file");
        let mut command = Command::new(NGINX);
        command.args(["-e", "stderr", "-g", "daemon off;", "-c"]).arg(own);
        command.arg("-p").arg(folder.path());
        let process = Process::start("the hub", command, &folder.path().join("hub.log"));
        let HubPlace { subscribers, publishers } = *self;
        let hub = Hub { process, _folder: folder, subscribers, publishers };
        eventually("the hub listens", || TcpStream::connect(hub.subscribers).ok());
        hub
    }
}

impl Hub {
    /// Both, from the start.
    pub(crate) fn with_app() -> (App, Hub) {
        let place = HubPlace::reserve();
        let app = place.app();
        let hub = place.start(&app);
        (app, hub)
    }

    /// Where this user's changes are told.
    pub(crate) fn channel(&self, client: &Client) -> String {
        format!("{}/subscribe/{}", self.subscribers, client.user_id())
    }

    /// The side that devices reach.
    pub(crate) fn subscribers(&self) -> Client {
        client_of(self.subscribers)
    }

    /// The side that is the app's alone.
    pub(crate) fn publishers(&self) -> Client {
        client_of(self.publishers)
    }
}

fn client_of(address: SocketAddr) -> Client {
    let whereabouts = Whereabouts::default();
    whereabouts.set(address::url(address));
    Client::new(whereabouts)
}

impl Drop for Hub {
    fn drop(&mut self) {
        // A killed master would leave its workers behind.
        self.process.terminate();
    }
}

#[test]
fn the_configuration_is_one_that_nginx_takes() {
    let output = Command::new(NGINX)
        .args(["-t", "-c"])
        .arg(checkout::root().join(CONFIGURATION))
        .output()
        .expect("nginx runs; `cargo xtask test --engines` installs it");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "nginx refuses the configuration:\n{said}");
}
