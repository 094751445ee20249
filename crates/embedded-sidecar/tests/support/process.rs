//! The built binary as a process of its own, on free ports.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};

/// Ends with the test.
pub(crate) struct SidecarProcess {
    child: Child,
    pub(crate) api: String,
    pub(crate) metrics: String,
    /// What it logged until it served.
    pub(crate) start_log: Vec<String>,
}

pub(crate) fn binary() -> Command {
    Command::new(env!("CARGO_BIN_EXE_embedded-sidecar"))
}

impl SidecarProcess {
    /// Starts it in `dir`, which holds a folder `resources`, and waits until it serves.
    pub(crate) fn start(dir: &Path, arguments: &[&str]) -> Self {
        let mut child = binary()
            .args(["--app-id", "app", "--dapr-http-port", "0", "--metrics-port", "0"])
            .args(["--log-as-json", "--resources-path"])
            .arg(dir.join("resources"))
            .arg("--data-dir")
            .arg(dir.join("data"))
            .args(arguments)
            .env_remove("DAPR_API_TOKEN")
            .env_remove("APP_API_TOKEN")
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let mut lines = BufReader::new(child.stderr.take().expect("a pipe")).lines();
        let (mut api, mut metrics, mut start_log) = (None, None, Vec::new());
        while let (None, _) | (_, None) = (&api, &metrics) {
            let line = lines.next().unwrap_or_else(|| panic!("ended early: {start_log:?}"));
            let line = line.expect("the log is text");
            let record: serde_json::Value = serde_json::from_str(&line).expect("a JSON log line");
            let address = record["fields"]["address"].as_str().map(str::to_owned);
            match record["fields"]["message"].as_str() {
                Some("serving the API") => api = address,
                Some("serving metrics") => metrics = address,
                _ => {}
            }
            start_log.push(line);
        }
        // The rest is read so that the pipe never fills; it ends with the process.
        std::thread::spawn(move || lines.for_each(drop));
        let [api, metrics] = [api, metrics].map(|it| format!("http://{}", it.expect("an address")));
        Self { child, api, metrics, start_log }
    }

    /// `kill -9`.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("it is ours to kill");
        self.child.wait().expect("it ends");
    }

    /// Waits for it to end by itself.
    pub(crate) fn wait(mut self) -> ExitStatus {
        self.child.wait().expect("it ends")
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for SidecarProcess {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
