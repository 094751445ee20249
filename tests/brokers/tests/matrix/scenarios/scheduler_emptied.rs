//! The scheduler dies and forgets every job. What it was to ring is found by the sweep, and what is
//! set afterwards is rung by it again.

use test_support::{Ledger, eventually};

use super::reminder::{Bell, LEAD, PATIENCE};
use crate::clock;
use crate::stage::Stage;

pub(super) fn play(stage: &mut Stage) -> String {
    let client = stage.person("forgotten");
    let bell = Bell::of(&client);
    let task = bell.set(clock::now() + LEAD);
    eventually("an armed job", || {
        let reminders = Ledger::read(stage.data()).reminders;
        let own = reminders.iter().find(|it| it.user == client.user_id())?;
        stage.sidecar().publisher().job(&own.job())
    });
    stage.backbone.forget_jobs();
    let swept = bell.rings(&task, PATIENCE);
    let later = bell.set(clock::now() + LEAD);
    let rung = bell.rings(&later, PATIENCE);
    stage.settle();
    bell.assert_silent();
    format!("{} ms late without its job, {} ms with one", swept.as_millis(), rung.as_millis())
}
