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

use super::Inner;
use super::assembly::Loaded;
use super::foundation::off_the_async_threads;
use crate::config::SidecarConfig;
use crate::error::SidecarError;
use crate::lock;
use crate::resources::Files;

/// Several files are changed together, and a large one in several writes.
const SETTLED_AFTER: Duration = Duration::from_millis(500);

impl Inner {
    pub(super) async fn reload(&self) -> Result<(), SidecarError> {
        let _turn = self.turn.lock().await;
        let foundation = &self.foundation;
        if foundation.closing.is_cancelled() {
            return Ok(());
        }
        let present = self.api();
        let mut loaded = Loaded::read(foundation, present.state.stores.clone()).await?;
        *lock(&self.files) = std::mem::take(&mut loaded.files);
        let assembled = loaded.assemble(foundation);
        *lock(&self.api) = Arc::clone(&assembled.api);
        self.rest(&present.running).await;
        assembled.begin(foundation);
        tracing::info!("the changed resources are in use");
        Ok(())
    }

    async fn reload_if_changed(&self) -> Result<(), SidecarError> {
        let config = Arc::clone(&self.foundation.config);
        let read = move || Files::read(&config).map_err(SidecarError::from);
        let files = off_the_async_threads(read).await?;
        if files == *lock(&self.files) {
            return Ok(());
        }
        self.reload().await
    }
}

/// Takes changes of the files over until the sidecar ends.
pub(super) async fn follow(inner: Weak<Inner>) {
    let Some((config, closing)) = inner.upgrade().map(|inner| {
        let foundation = &inner.foundation;
        (Arc::clone(&foundation.config), foundation.closing.clone())
    }) else {
        return;
    };
    let (changed, mut changes) = mpsc::channel(1);
    let _watcher = match watch(&config, changed) {
        Ok(watcher) => watcher,
        Err(error) => {
            let error = &error as &dyn Error;
            tracing::warn!(error, "changes of the resources are not noticed; send SIGHUP");
            return;
        }
    };
    while let Some(Some(())) = closing.run_until_cancelled(changes.recv()).await {
        while let Ok(Some(())) = tokio::time::timeout(SETTLED_AFTER, changes.recv()).await {}
        let Some(inner) = inner.upgrade() else { return };
        if let Err(error) = inner.reload_if_changed().await {
            let error = &error as &dyn Error;
            tracing::error!(error, "the changed resources cannot be used; the last ones stay");
        }
    }
}

fn watch(
    config: &SidecarConfig,
    changed: mpsc::Sender<()>,
) -> notify::Result<notify::RecommendedWatcher> {
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
        // Being read is no change. One that nobody has seen yet stands for all that follow.
        if event.is_ok_and(|event| !event.kind.is_access()) {
            let _ = changed.try_send(());
        }
    })?;
    for folder in folders(config) {
        watcher.watch(&folder, RecursiveMode::NonRecursive)?;
    }
    Ok(watcher)
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
