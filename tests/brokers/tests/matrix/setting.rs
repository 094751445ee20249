//! What a stage is set with: the broker, how the app is shared out, the release of Dapr. Trials are
//! called after it, so that a word such as `redis`, `five_apps` or `dapr_1_16` chooses its rows.

use std::fmt;

use real_engines::DaprVersion;
use test_support::BrokerKind;
use test_support::app::{APP_ID, FIVE};

/// One column of everything that is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Setting {
    pub(crate) broker: BrokerKind,
    pub(crate) form: Form,
}

/// How the app stands there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// One process that is everything, behind one sidecar.
    OneApp,
    /// Five of the same program, each behind a sidecar of its own; the last word of its app-id says
    /// what each consumes.
    FiveApps,
    /// One app behind the oldest Dapr that builds here.
    OldestDapr,
}

impl Setting {
    /// Those of a broker follow each other.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        let forms = [Form::OneApp, Form::FiveApps, Form::OldestDapr];
        let all = BrokerKind::ALL
            .into_iter()
            .flat_map(move |broker| forms.map(|form| Setting { broker, form }));
        all.filter(Self::is_tried)
    }

    /// What an older Dapr lacks does not depend on the broker; what became of Redis' consumers
    /// since does.
    fn is_tried(&self) -> bool {
        self.form != Form::OldestDapr || self.broker == BrokerKind::Redis
    }
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let form = match self.form {
            Form::OneApp => "one_app",
            Form::FiveApps => "five_apps",
            Form::OldestDapr => "dapr_1_16",
        };
        write!(f, "{}::{form}", self.broker.name())
    }
}

impl Form {
    /// As the table calls it; the release stands in a column of its own.
    pub(crate) fn topology(self) -> &'static str {
        match self {
            Form::OneApp | Form::OldestDapr => "one app",
            Form::FiveApps => "five apps",
        }
    }

    pub(crate) fn version(self) -> DaprVersion {
        match self {
            Form::OneApp | Form::FiveApps => DaprVersion::Newest,
            Form::OldestDapr => DaprVersion::Oldest,
        }
    }

    pub(crate) fn app_ids(self) -> &'static [&'static str] {
        match self {
            Form::OneApp | Form::OldestDapr => &[APP_ID],
            Form::FiveApps => &FIVE,
        }
    }
}
