//! What a sidecar is started with, in words both kinds understand.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

/// The app of every case.
pub(super) const APP_ID: &str = "app";

/// A pub/sub component named `ps` without settings.
pub(crate) const PUBSUB: &str = "
apiVersion: dapr.io/v1alpha1
kind: Component
metadata: {name: ps}
spec: {type: pubsub.in-memory, version: v1}
";

#[derive(Clone, Debug, Default)]
pub(crate) struct Setup {
    /// Documents of YAML, each for a file of its own: daprd reads some kinds only there. `DIR` in
    /// them is the folder that holds `files`.
    pub(crate) resources: String,
    /// The `spec` of a configuration, in one line.
    pub(crate) configuration: Option<String>,
    pub(crate) files: Vec<(&'static str, String)>,
    pub(crate) environment: Vec<(&'static str, &'static str)>,
    pub(crate) api_token: Option<&'static str>,
    pub(crate) app_token: Option<&'static str>,
    pub(crate) max_body_bytes: Option<usize>,
    pub(crate) app_max_concurrency: Option<usize>,
    pub(crate) allowed_origins: Option<&'static str>,
    /// Where the app is asked whether it is well; without one nobody asks.
    pub(crate) health_path: Option<&'static str>,
    /// daprd needs a scheduler beside it for jobs; without jobs it starts sooner alone.
    pub(crate) has_jobs: bool,
}

impl Setup {
    pub(crate) fn of(resources: &str) -> Self {
        Self { resources: resources.to_owned(), ..Self::default() }
    }

    /// A broker and jobs.
    pub(crate) fn of_jobs() -> Self {
        Self { has_jobs: true, ..Self::of(PUBSUB) }
    }

    /// The folder of resource files.
    pub(super) fn resources_in(dir: &Path) -> PathBuf {
        dir.join("resources")
    }

    /// The configuration's file, when there is one.
    pub(super) fn configuration_in(&self, dir: &Path) -> Option<PathBuf> {
        self.configuration.is_some().then(|| dir.join("configuration.yaml"))
    }

    /// Writes everything a sidecar reads from files.
    pub(super) fn write(&self, dir: &Path) {
        let folder = Self::resources_in(dir);
        std::fs::create_dir_all(&folder).expect("a folder");
        let place = dir.display().to_string();
        let resources = self.resources.replace("DIR", &place);
        for (number, document) in resources.split("\n---\n").enumerate() {
            std::fs::write(folder.join(format!("{number}.yaml")), document).expect("a file");
        }
        if let (Some(spec), Some(file)) = (&self.configuration, self.configuration_in(dir)) {
            let text = format!(
                "{{apiVersion: dapr.io/v1alpha1, kind: Configuration, metadata: {{name: c}}, \
                 spec: {spec}}}"
            );
            std::fs::write(file, text).expect("a file");
        }
        for (name, content) in &self.files {
            std::fs::write(dir.join(name), content).expect("a file");
        }
    }
}

/// A subscription to `topic` of `ps`, with everything to `/in`.
pub(crate) fn subscription(topic: &str) -> Value {
    json!({"pubsubname": "ps", "topic": topic, "route": "/in"})
}

/// Subscriptions to `t`, with everything to `/in`, and to its dead letters at `/dead`.
pub(crate) fn dead_letters() -> Value {
    json!([
        with(subscription("t"), "deadLetterTopic", json!("t-dlq")),
        {"pubsubname": "ps", "topic": "t-dlq", "route": "/dead"},
    ])
}

/// The document with one more field.
pub(crate) fn with(mut document: Value, field: &str, value: Value) -> Value {
    document[field] = value;
    document
}

/// [`PUBSUB`] with policies, and those of them that hold for deliveries.
pub(crate) fn resiliency(policies: &str, inbound: &str) -> String {
    format!(
        "{PUBSUB}
---
apiVersion: dapr.io/v1alpha1
kind: Resiliency
metadata: {{name: r}}
spec:
  policies: {policies}
  targets: {{components: {{ps: {{inbound: {inbound}}}}}}}
"
    )
}
