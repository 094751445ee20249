//! What is tried in every setting. All of a setting's scenarios share one stage and one database,
//! and whatever one leaves behind must hold together with all that came before it.

mod broker_outage;
mod hang;
mod keys;
mod main_job;
mod poison;
mod reminder;
mod replicas;
mod scheduler_emptied;
mod sidecar_killed;
mod split;
mod unconfirmed;

use test_support::BrokerKind;

use crate::setting::{Form, Setting};
use crate::stage::Stage;

pub(crate) struct Scenario {
    /// A sentence that is true when it passes.
    pub(crate) name: &'static str,
    /// Returns what came of it, in figures.
    pub(crate) play: fn(&mut Stage) -> String,
    /// `None`: any broker.
    only: Option<BrokerKind>,
    forms: &'static [Form],
    /// Where a short run plays it.
    short: &'static [Setting],
}

const ANY: &[Form] = &[Form::OneApp, Form::FiveApps, Form::OldestDapr];
/// What replaces a whole app, or is the same however the app is shared out.
const WHOLE: &[Form] = &[Form::OneApp, Form::OldestDapr];

const KAFKA: Setting = Setting { broker: BrokerKind::Kafka, form: Form::OneApp };
const REDIS: Setting = Setting { broker: BrokerKind::Redis, form: Form::OneApp };
const REDIS_FIVE: Setting = Setting { broker: BrokerKind::Redis, form: Form::FiveApps };

/// The first ones are what people do, the last ones what happens to machines.
pub(crate) const ALL: [Scenario; 11] = [
    Scenario::new("a_completed_task_comes_again", main_job::play).in_short(&[KAFKA, REDIS_FIVE]),
    Scenario::new("poison_is_buried_and_blocks_nobody", poison::play)
        .in_short(&[KAFKA, REDIS_FIVE]),
    Scenario::new("a_reminder_rings_once_at_its_second", reminder::play)
        .in_short(&[KAFKA, REDIS_FIVE]),
    Scenario::new("the_console_shows_each_event_under_its_user", keys::play)
        .only(BrokerKind::Kafka),
    Scenario::new("a_killed_sidecar_loses_and_doubles_nothing", sidecar_killed::play)
        .in_short(&[KAFKA]),
    Scenario::new("an_app_that_hangs_holds_up_nobody_else", hang::play),
    Scenario::new("an_emptied_scheduler_loses_no_reminder", scheduler_emptied::play).of(WHOLE),
    Scenario::new("an_outage_of_the_broker_loses_and_doubles_nothing", broker_outage::play)
        .of(WHOLE)
        .in_short(&[KAFKA, REDIS]),
    Scenario::new("dapr_calls_published_what_the_broker_never_confirmed", unconfirmed::play)
        .only(BrokerKind::RabbitMq)
        .of(&[Form::OneApp]),
    Scenario::new("replicas_come_and_go_and_nothing_is_lost_or_doubled", replicas::play).of(WHOLE),
    // Nobody else comes after it: it leaves another stage behind.
    Scenario::new("one_app_becomes_five_and_nothing_is_lost_or_doubled", split::play)
        .of(&[Form::OneApp]),
];

impl Scenario {
    const fn new(name: &'static str, play: fn(&mut Stage) -> String) -> Self {
        Scenario { name, play, only: None, forms: ANY, short: &[] }
    }

    const fn only(self, broker: BrokerKind) -> Self {
        Scenario { only: Some(broker), ..self }
    }

    const fn of(self, forms: &'static [Form]) -> Self {
        Scenario { forms, ..self }
    }

    const fn in_short(self, short: &'static [Setting]) -> Self {
        Scenario { short, ..self }
    }

    pub(crate) fn runs_in(&self, setting: Setting) -> bool {
        self.only.is_none_or(|only| only == setting.broker) && self.forms.contains(&setting.form)
    }

    pub(crate) fn is_in_short(&self, setting: Setting) -> bool {
        self.short.contains(&setting)
    }
}
