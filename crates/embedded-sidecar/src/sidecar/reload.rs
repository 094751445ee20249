//! Resources that change while the sidecar runs.
//!
//! All of them are read again, and what follows from them is made anew: the API first, so that a
//! new component is there at once; then deliveries in flight end, and the session with the app
//! begins again where they came to. Resources that cannot be used change nothing.

use std::collections::BTreeSet;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Weak};
use std::time::Duration;

use notify::{Event, RecursiveMode, Watcher as _};
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::Inner;
use super::assembly::Loaded;
use crate::config::SidecarConfig;
use crate::error::SidecarError;
use crate::lock;

/// Several files are changed together, and a large one in several writes.
const SETTLED_AFTER: Duration = Duration::from_millis(500);

/// When files that are read again are taken over.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reload {
    Always,
    IfChanged,
}

/// Hears of changes from its beginning to its end.
pub(super) struct Watch {
    changes: mpsc::Receiver<()>,
    _watcher: notify::RecommendedWatcher,
}

impl Inner {
    pub(super) async fn reload(&self, when: Reload) -> Result<(), SidecarError> {
        let _turn = self.turn.lock().await;
        let foundation = &self.foundation;
        if foundation.closing.is_cancelled() {
            return Ok(());
        }
        let files = foundation.files().await?;
        if when == Reload::IfChanged && files == *lock(&self.files) {
            return Ok(());
        }
        let present = self.api();
        let open = present.state.stores.clone();
        let (files, loaded) = Loaded::read(files, foundation, open).await?;
        *lock(&self.files) = files;
        let assembled = loaded.assemble(foundation);
        *lock(&self.api) = Arc::clone(&assembled.api);
        self.rest(&present.running).await;
        assembled.begin(foundation);
        tracing::info!("the changed resources are in use");
        Ok(())
    }
}

impl Watch {
    pub(super) fn begin(config: &SidecarConfig) -> notify::Result<Self> {
        let (changed, changes) = mpsc::channel(1);
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
            // Being read is no change. One that nobody has seen yet stands for all that follow.
            if event.is_ok_and(|event| !event.kind.is_access()) {
                let _ = changed.try_send(());
            }
        })?;
        for folder in folders(config) {
            watcher.watch(&folder, RecursiveMode::NonRecursive)?;
        }
        Ok(Self { changes, _watcher: watcher })
    }
}

/// Takes changes of the files over as long as there is a sidecar.
pub(super) async fn follow(inner: Weak<Inner>, watch: notify::Result<Watch>) {
    let mut watch = match watch {
        Ok(watch) => watch,
        Err(error) => {
            let error = &error as &dyn Error;
            tracing::warn!(error, "changes of the resources are not noticed; send SIGHUP");
            return;
        }
    };
    while watch.changes.recv().await.is_some() {
        while let Ok(Some(())) = timeout(SETTLED_AFTER, watch.changes.recv()).await {}
        let Some(inner) = inner.upgrade() else { return };
        if let Err(error) = inner.reload(Reload::IfChanged).await {
            let error = &error as &dyn Error;
            tracing::error!(error, "the changed resources cannot be used; the last ones stay");
        }
    }
}

/// A file is watched by its folder: most programs write a new one and give it the name of the old.
fn folders(config: &SidecarConfig) -> BTreeSet<PathBuf> {
    let of_configurations = config.config_paths.iter().filter_map(|file| file.parent());
    let folder = |path: &Path| match path.as_os_str().is_empty() {
        true => PathBuf::from("."),
        false => path.to_owned(),
    };
    let resources = config.resources_paths.iter().map(PathBuf::as_path);
    resources.chain(of_configurations).map(folder).collect()
}
