//! The sidecar dies while people work, and comes back. What it held was not yet taken; what came
//! meanwhile waited.

use std::time::Duration;

use test_support::eventually;

use crate::people::{let_pass, work_for, work_while};
use crate::stage::Stage;

const KILLS: usize = 3;
/// Long enough for events to be on their way when it dies.
const LIFE: Duration = Duration::from_secs(2);

pub(super) fn play(stage: &mut Stage) -> String {
    let people = ["unbothered", "untroubled", "unaware"].map(|name| stage.person(name));
    let Stage { sidecar, app, .. } = stage;
    let ((), completed) = work_while(&people, || {
        for _ in 0..KILLS {
            let_pass(LIFE);
            sidecar.kill();
            eventually("events that wait", || (!app.outbox_is_empty()).then_some(()));
            sidecar.restart();
        }
    });
    let after = work_for(&people, LIFE);
    assert!(completed > KILLS && after > 0, "the people hardly got anything done");
    format!("{completed} tasks completed around {KILLS} kills, {after} later")
}
