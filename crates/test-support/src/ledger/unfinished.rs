//! What is still on its way, as far as the app's own data tells: a broker is not asked.

use std::collections::HashSet;

use task_contracts::names::EventType;

use super::Ledger;

/// Whatever has these types leaves a trace when it is consumed.
const WITH_AN_EFFECT: [EventType; 2] = [EventType::TaskCompleted, EventType::ReminderDue];

impl Ledger {
    /// A line for each event and each message that has still to arrive somewhere.
    pub fn unfinished(&self) -> Vec<String> {
        let consumed: HashSet<&str> = self.inbox.iter().map(|it| it.event_id.as_str()).collect();
        let events = self.events.iter().filter(|event| {
            let is_consumed = || consumed.contains(event.id.as_str());
            event.is_pending
                || (WITH_AN_EFFECT.contains(&EventType::parse(event.kind())) && !is_consumed())
        });
        let events = events.map(|event| format!("{} {}", event.kind(), event.id));
        let deliveries = self.deliveries.iter().filter(|delivery| delivery.state == "pending");
        events.chain(deliveries.map(|delivery| format!("{delivery:?}"))).collect()
    }
}
