//! The circuit breaker towards the sidecar: how often it is tried while it is away, and what is
//! tried first when it is back.

use chrono::TimeDelta;
use futures::executor::block_on;
use serde_json::Value;
use task_app::Platform;
use task_app::operate::handle_edge;
use task_app::relay::Drained;

use crate::requests::get;
use crate::sidecar::Mood;
use crate::world::World;

const MINUTES: i64 = 10;

/// A user whose program writes four times a second while the sidecar is `mood`; the requests that
/// this led to.
fn requests_during_an_outage(mood: Mood) -> usize {
    let world = World::new();
    let token = world.sign_up("asad");
    world.sidecar.mood.set(mood);
    let end = world.now() + TimeDelta::minutes(MINUTES);
    while world.now() < end {
        world.create_tasks(&token, 1);
        assert_ne!(world.drain(), Drained::Empty);
        world.pass(TimeDelta::milliseconds(250));
    }
    world.sidecar.requests()
}

#[test]
fn a_sidecar_that_is_away_is_tried_ever_less_often() {
    // A batch is one request for each of its two topics; after 1, 2, 4 and 8 s it is tried every
    // 10 s, and not for each of the 2 400 writes.
    let most = 2 * (4 + MINUTES as usize * 60 / 10 + 1);
    for mood in [Mood::Gone, Mood::Hanging, Mood::Failing] {
        let requests = requests_during_an_outage(mood);
        assert!((most / 2..=most).contains(&requests), "{mood:?}: {requests} requests");
    }
}

#[test]
fn a_sidecar_that_is_back_is_offered_little_and_then_everything() {
    let world = World::new();
    let token = world.sign_up("asad");
    world.create_tasks(&token, 130);
    world.sidecar.mood.set(Mood::Hanging);
    assert_eq!(world.drain(), Drained::BackedOff);
    assert_eq!(world.drain(), Drained::LeftToOthers, "nobody tries during the pause");
    world.pass_s(1);
    assert_eq!(world.drain(), Drained::BackedOff, "the first try after it fails as well");

    world.sidecar.mood.set(Mood::Well);
    world.pass_s(1);
    assert_eq!(world.drain(), Drained::LeftToOthers, "the second pause is longer");
    world.pass_s(1);
    let before = world.sidecar.requests();
    assert_eq!(world.drain(), Drained::Empty);
    assert!(world.sidecar.sequences().into_iter().eq(1..=130));
    let requests = world.sidecar.requests.borrow();
    let topics: Vec<&str> =
        requests[before..].iter().filter_map(|(_, path)| path.rsplit('/').next()).collect();
    let batches = topics.iter().filter(|topic| **topic == "task-events").count();
    assert_eq!(batches, 4, "10, then 50, 50 and 20 events");
    let is_probe = |(topic, _): &&(String, Value)| topic == "task-events";
    let published = world.sidecar.published.borrow();
    assert_eq!(published.iter().take_while(is_probe).count(), 10);
}

#[test]
fn an_outage_shows_in_the_figures_and_ends_there() {
    let world = World::new();
    let token = world.sign_up("asad");
    world.create_tasks(&token, 1);
    world.sidecar.mood.set(Mood::Gone);
    for pause_s in [1, 2, 4] {
        assert_eq!(world.drain(), Drained::BackedOff);
        assert_eq!(figure(&world, "taskmaster_publish_pause_seconds"), pause_s as f64);
        world.pass_s(pause_s);
    }
    assert_eq!(figure(&world, "taskmaster_publish_failures"), 3.0);
    world.sidecar.mood.set(Mood::Well);
    assert_eq!(world.drain(), Drained::Empty);
    assert_eq!(figure(&world, "taskmaster_publish_failures"), 0.0);
    assert_eq!(figure(&world, "taskmaster_publish_pause_seconds"), 0.0);
}

fn figure(world: &World, name: &str) -> f64 {
    let answer = block_on(handle_edge(world, &world.settings, &get("/metrics")));
    let text = String::from_utf8(answer.body().to_vec()).expect("text");
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.and_then(|value| value.parse().ok()).unwrap_or_else(|| panic!("no {name} in:\n{text}"))
}
