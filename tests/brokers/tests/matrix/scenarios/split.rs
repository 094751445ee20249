//! The app is shared out while people work: five take its place, under app-ids that the broker and
//! the scheduler have never heard of. Whatever they are given again has no second effect, and what
//! only the old one would have been told of is found.

use std::time::Duration;

use chrono::TimeDelta;
use test_support::Client;

use super::reminder::{Bell, PATIENCE};
use crate::clock;
use crate::people::{let_pass, work_for, work_while};
use crate::stage::Stage;

/// Long enough for both to have consumed.
const LIFE: Duration = Duration::from_secs(3);
/// Its job is the old one's, which is gone by then.
const LEAD: TimeDelta = TimeDelta::seconds(30);

pub(super) fn play(stage: &mut Stage) -> String {
    let people = ["divided", "shared-out"].map(|name| stage.person(name));
    let alone = work_for(&people, LIFE);
    let of_the_old_one = Bell::of(&stage.person("left-over"));
    let reminder = of_the_old_one.set(clock::now() + LEAD);
    let (five, together) = work_while(&people, || {
        let five = stage.five();
        let_pass(LIFE);
        five
    });
    // Until now both were given everything: nothing that only the old one has is left behind.
    stage.settle();
    for mut old in std::mem::replace(&mut stage.shares, five) {
        old.sidecar.terminate();
        old.app.stop();
    }
    let there = |person: &Client| stage.app().client().with_token(person.token());
    let after = work_for(&people.each_ref().map(there), LIFE);
    assert!(alone > 0 && together > 0 && after > 0, "the people hardly got anything done");
    let late = of_the_old_one.rings(&reminder, PATIENCE);
    stage.settle();
    of_the_old_one.assert_silent();
    let late = late.as_millis();
    let completed = format!("{alone} tasks completed before, {together} with both, {after} after");
    format!("{completed}, a reminder of the old one {late} ms late")
}
