//! A batch carries a run of a user's events: what becomes of the run when a part of it is refused.

use chrono::TimeDelta;
use task_app::relay::Drained;

use crate::world::World;

fn world(events: usize) -> World {
    let world = World::new();
    let token = world.sign_up("asad");
    world.create_tasks(&token, events);
    world
}

fn drained(world: &World) {
    assert_eq!(world.drain(), Drained::Empty);
}

#[test]
fn one_user_s_events_leave_in_order_many_at_a_time() {
    let world = world(120);
    drained(&world);
    assert!(world.sidecar.sequences().into_iter().eq(1..=120));
    let bulks = world.sidecar.requests();
    assert!(bulks <= 6, "{bulks} requests for 120 events on two topics");
}

#[test]
fn what_was_published_behind_a_refused_event_stays_published() {
    let world = world(6);
    world.sidecar.unwanted.borrow_mut().extend([3, 5]);
    drained(&world);
    assert_eq!(world.sidecar.sequences(), [1, 2, 4, 6]);

    world.sidecar.unwanted.borrow_mut().clear();
    drained(&world);
    assert_eq!(world.sidecar.sequences(), [1, 2, 4, 6], "its time has not come yet");
    world.pass_s(1);
    drained(&world);
    assert_eq!(world.sidecar.sequences(), [1, 2, 4, 6, 3, 5]);
}

#[test]
fn a_refused_event_holds_back_nobody_else() {
    let world = world(2);
    let other = world.sign_up("bina");
    world.sidecar.unwanted.borrow_mut().insert(2);
    drained(&world);
    world.create_tasks(&other, 1);
    drained(&world);
    assert_eq!(world.sidecar.sequences(), [1, 1]);
}

#[test]
fn a_sidecar_without_bulk_keeps_the_order_by_ending_a_run() {
    let world = world(6);
    world.sidecar.is_old.set(true);
    world.sidecar.unwanted.borrow_mut().insert(3);
    drained(&world);
    assert_eq!(world.sidecar.sequences(), [1, 2]);
    world.sidecar.unwanted.borrow_mut().clear();
    world.pass_s(1);
    drained(&world);
    assert!(world.sidecar.sequences().into_iter().eq(1..=6));
}

#[test]
fn a_bulk_that_is_refused_as_a_whole_is_sent_one_by_one() {
    let world = world(6);
    world.sidecar.bulk_max.set(Some(1));
    world.sidecar.unwanted.borrow_mut().insert(6);
    drained(&world);
    assert!(world.sidecar.sequences().into_iter().eq(1..=5));
}

#[test]
fn a_slow_sidecar_does_not_outlast_the_lease() {
    let world = world(50);
    world.sidecar.is_old.set(true);
    world.sidecar.latency.set(TimeDelta::milliseconds(1_900));
    world.drain();
    assert_eq!(world.lapses.get(), 0, "others would have published the same");
    world.sidecar.latency.set(TimeDelta::zero());
    drained(&world);
    assert!(world.sidecar.sequences().into_iter().eq(1..=50));
}
