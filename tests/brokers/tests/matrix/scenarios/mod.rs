//! What is tried on every broker. All of a broker's scenarios share one app and one database, and
//! whatever one leaves behind must hold together with all that came before it.

mod broker_outage;
mod keys;
mod main_job;
mod poison;
mod reminder;
mod replicas;
mod scheduler_emptied;
mod sidecar_killed;

use test_support::BrokerKind;

use crate::stage::Stage;

pub(crate) struct Scenario {
    /// A sentence that is true when it passes.
    pub(crate) name: &'static str,
    /// Returns what came of it, in figures.
    pub(crate) play: fn(&mut Stage) -> String,
    /// `None`: any broker.
    only: Option<BrokerKind>,
}

impl Scenario {
    const fn new(name: &'static str, play: fn(&mut Stage) -> String) -> Self {
        Scenario { name, play, only: None }
    }

    pub(crate) fn runs_on(&self, broker: BrokerKind) -> bool {
        self.only.is_none_or(|only| only == broker)
    }
}

/// The first ones are what people do, the last ones what happens to machines.
pub(crate) const ALL: [Scenario; 8] = [
    Scenario::new("a_completed_task_comes_again", main_job::play),
    Scenario::new("poison_is_buried_and_blocks_nobody", poison::play),
    Scenario::new("a_reminder_rings_once_at_its_second", reminder::play),
    Scenario {
        only: Some(BrokerKind::Kafka),
        ..Scenario::new("the_console_shows_each_event_under_its_user", keys::play)
    },
    Scenario::new("a_killed_sidecar_loses_and_doubles_nothing", sidecar_killed::play),
    Scenario::new("an_emptied_scheduler_loses_no_reminder", scheduler_emptied::play),
    Scenario::new("an_outage_of_the_broker_loses_and_doubles_nothing", broker_outage::play),
    Scenario::new("replicas_come_and_go_and_nothing_is_lost_or_doubled", replicas::play),
];
