//! What a scenario plays on: a broker, Dapr's sidecars and scheduler, and the app with its people.

use std::sync::Arc;
use std::time::Duration;

use test_support::wait::PATIENCE_WITH_A_BROKER;
use test_support::{App, AppBuilder, Backbone, Client, DataFolder, Ledger, RealSidecar, within_by};

use crate::components::Components;
use crate::setting::{Form, Setting};

/// Each look reads all rows; more often, it would take the app's core.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// Its parts, in the order in which they end.
pub(crate) struct Stage {
    /// What the app consists of; people talk to the first one.
    pub(crate) shares: Vec<Share>,
    pub(crate) backbone: Backbone,
    pub(crate) setting: Setting,
    pub(crate) broker_version: String,
    pub(crate) sidecar_version: String,
    builder: AppBuilder,
    components: Components,
}

/// A process of the app, and the sidecar that it has to itself.
pub(crate) struct Share {
    pub(crate) app: App,
    pub(crate) sidecar: RealSidecar,
}

impl Stage {
    /// Everything new and empty.
    pub(crate) fn set(setting: Setting) -> Self {
        let Setting { broker, form } = setting;
        let backbone = Backbone::start(broker, form.version());
        let builder = App::builder().variable("webhook_allow_http", "true");
        let builder = builder.variable("webhook_http_hosts", "http://*:*");
        let builder = builder.variable("role", "by-app-id");
        let shares = start(form, &backbone, &builder);
        Stage {
            broker_version: backbone.broker_version(),
            sidecar_version: format!("daprd {}", shares[0].sidecar.version()),
            components: Components::read(),
            shares,
            backbone,
            setting,
            builder,
        }
    }

    /// Where people are answered.
    pub(crate) fn app(&self) -> &App {
        &self.shares[0].app
    }

    pub(crate) fn sidecar(&self) -> &RealSidecar {
        &self.shares[0].sidecar
    }

    /// The share that has this word at the end of its app-id, if the app is split.
    pub(crate) fn share(&self, word: &str) -> Option<&Share> {
        let ids = self.setting.form.app_ids();
        ids.iter().position(|id| id.ends_with(word)).map(|place| &self.shares[place])
    }

    pub(crate) fn data(&self) -> &Arc<DataFolder> {
        self.app().data()
    }

    /// Somebody new.
    pub(crate) fn person(&self, name: &str) -> Client {
        self.app().client().sign_up(&format!("{name}@example.org"))
    }

    /// One more of the same app with a sidecar of its own, on the same data.
    pub(crate) fn replica(&self) -> (App, RealSidecar) {
        self.backbone.app(self.builder.clone())
    }

    /// Five that are together what this app is, on the same data.
    pub(crate) fn five(&self) -> Vec<Share> {
        start(Form::FiveApps, &self.backbone, &self.builder)
    }

    pub(crate) fn components(&self) -> &Components {
        &self.components
    }

    /// Waits until everything that was published has had its effect, and checks everything that
    /// must hold of the data then.
    #[track_caller]
    pub(crate) fn settle(&self) {
        let drained = within_by(LOOK_EVERY, PATIENCE_WITH_A_BROKER, || {
            let ledger = Ledger::read(self.data());
            ledger.unfinished().is_empty().then_some(ledger)
        });
        let ledger = drained.unwrap_or_else(|| {
            let unfinished = Ledger::read(self.data()).unfinished();
            panic!("not finished after {PATIENCE_WITH_A_BROKER:?}:\n  {}", unfinished.join("\n  "))
        });
        ledger.check(&self.backbone.topics());
    }

    /// An orderly end of everything.
    pub(crate) fn end(self) {
        for share in self.shares {
            share.app.stop();
        }
    }
}

fn start(form: Form, backbone: &Backbone, builder: &AppBuilder) -> Vec<Share> {
    let shares = form.app_ids().iter().map(|id| {
        let (app, sidecar) = backbone.app_called(id, builder.clone());
        Share { app, sidecar }
    });
    shares.collect()
}

/// Whether something is still on its way.
pub(crate) fn has_unfinished(data: &DataFolder) -> bool {
    !Ledger::read(data).unfinished().is_empty()
}
