//! A sidecar dies while people work, and comes back. What it held was not yet taken; what came
//! meanwhile waited. Where the app is split, it is another one each time.

use std::sync::Arc;
use std::time::Duration;

use test_support::eventually;

use super::reminder::{Bell, LEAD};
use crate::clock;
use crate::people::{let_pass, work_for, work_while};
use crate::stage::{Stage, has_unfinished};

const KILLS_MIN: usize = 3;
/// Long enough for events to be on their way when it dies.
const LIFE: Duration = Duration::from_secs(2);

pub(super) fn play(stage: &mut Stage) -> String {
    let people = ["unbothered", "untroubled", "unaware"].map(|name| stage.person(name));
    let bell = Bell::of(&stage.person("punctual"));
    let data = Arc::clone(stage.data());
    let shares = &mut stage.shares;
    let kills = shares.len().max(KILLS_MIN);
    let ((), completed) = work_while(&people, || {
        for kill in 0..kills {
            // It falls due about when the sidecar is away.
            bell.set(clock::now() + LEAD);
            let_pass(LIFE);
            let turn = kill % shares.len();
            let sidecar = &mut shares[turn].sidecar;
            sidecar.kill();
            eventually("something that waits", || has_unfinished(&data).then_some(()));
            sidecar.restart();
        }
    });
    let after = work_for(&people, LIFE);
    assert!(completed > kills && after > 0, "the people hardly got anything done");
    stage.settle();
    assert_eq!(bell.told().len(), kills, "each reminder rings once");
    format!("{completed} tasks completed around {kills} kills, {after} later, {kills} reminders")
}
