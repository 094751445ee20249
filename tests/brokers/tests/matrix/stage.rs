//! What a scenario plays on: a broker, Dapr's sidecar and scheduler, and the app with its people.

use std::time::Duration;

use real_engines::DaprVersion;
use test_support::app::PATIENCE_WITH_A_BROKER;
use test_support::{App, AppBuilder, Backbone, BrokerKind, Client, Ledger, RealSidecar, within_by};

use crate::components::Components;

/// Each look reads all rows; more often, it would take the app's core.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// Its parts, in the order in which they end.
pub(crate) struct Stage {
    pub(crate) app: App,
    pub(crate) sidecar: RealSidecar,
    pub(crate) backbone: Backbone,
    pub(crate) broker: BrokerKind,
    pub(crate) broker_version: String,
    pub(crate) sidecar_version: String,
    builder: AppBuilder,
    components: Components,
}

impl Stage {
    /// Everything new and empty.
    pub(crate) fn set(broker: BrokerKind) -> Self {
        let backbone = Backbone::start(broker, DaprVersion::Newest);
        let builder = App::builder().variable("webhook_allow_http", "true");
        let builder = builder.variable("webhook_http_hosts", "http://*:*");
        let (app, sidecar) = backbone.app(builder.clone());
        Stage {
            broker_version: backbone.broker_version(),
            sidecar_version: format!("daprd {}", sidecar.version()),
            components: Components::read(),
            app,
            sidecar,
            backbone,
            broker,
            builder,
        }
    }

    /// Somebody new.
    pub(crate) fn person(&self, name: &str) -> Client {
        self.app.client().sign_up(&format!("{name}@example.org"))
    }

    /// One more of the same app with a sidecar of its own, on the same data.
    pub(crate) fn replica(&self) -> (App, RealSidecar) {
        self.backbone.app(self.builder.clone())
    }

    pub(crate) fn components(&self) -> &Components {
        &self.components
    }

    /// Waits until everything that was published has had its effect, and checks everything that
    /// must hold of the data then.
    #[track_caller]
    pub(crate) fn settle(&self) {
        let drained = within_by(LOOK_EVERY, PATIENCE_WITH_A_BROKER, || {
            let ledger = Ledger::read(self.app.data());
            ledger.unfinished().is_empty().then_some(ledger)
        });
        let ledger = drained.unwrap_or_else(|| {
            let unfinished = Ledger::read(self.app.data()).unfinished();
            panic!("not finished after {PATIENCE_WITH_A_BROKER:?}:\n  {}", unfinished.join("\n  "))
        });
        ledger.check(&self.backbone.topics());
    }

    /// An orderly end of everything.
    pub(crate) fn end(self) {
        self.app.stop();
    }
}
