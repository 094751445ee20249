//! The stream of one device: where it begins, what it says, when it ends.

use chrono::TimeDelta;
use http::{Method, StatusCode, header};
use serde_json::json;

use crate::listener::Attention;
use crate::world::{PASSWORD, World, new_task, request};

const PATH: &str = "/api/me/sync";
/// One poll, and nothing else: no change is seen later than this.
const AT_ONCE: TimeDelta = TimeDelta::milliseconds(150);

fn resume(path: &str, token: &str, last_event_id: &str) -> task_app::Request {
    let mut request = request(Method::GET, path, token, None);
    let id = last_event_id.parse().expect("a header");
    request.headers_mut().insert("last-event-id", id);
    request
}

#[test]
fn a_change_is_seen_within_one_poll() {
    let world = World::new();
    let token = world.sign_up("a@example.org");
    let made_at = TimeDelta::milliseconds(1_234);
    world.call_in(made_at, new_task(&token, "Water plants"));
    let seen = world.get(PATH, &token);
    let (at, frame) = &seen.pieces[1];
    assert!(*at >= made_at && *at <= made_at + AT_ONCE, "{at}");
    assert!(frame.starts_with("id: 1\nevent: change\ndata: {\"seq\":1,\"change\":\"upsert\""));
    assert!(frame.contains("\"title\":\"Water plants\"") && frame.ends_with("}\n\n"), "{frame}");
}

#[test]
fn a_stream_without_a_position_begins_with_the_next_change_and_says_where_it_is() {
    let world = World::new();
    let token = world.sign_up("a@example.org");
    world.create_task(&token, "before");
    world.call_in(TimeDelta::seconds(1), new_task(&token, "after"));
    let seen = world.get(PATH, &token);
    assert_eq!(seen.status, StatusCode::OK);
    assert_eq!(seen.headers[header::CONTENT_TYPE], "text/event-stream");
    assert_eq!(seen.headers[header::CACHE_CONTROL], "no-store");
    assert_eq!(seen.headers["x-accel-buffering"], "no");
    assert_eq!(seen.pieces[0], (TimeDelta::zero(), "retry: 1000\nid: 1\n\n".to_owned()));
    assert_eq!(seen.changes(), [2]);
}

#[test]
fn a_stream_goes_on_after_the_last_event_and_repeats_none() {
    let world = World::new();
    let token = world.sign_up("a@example.org");
    for title in ["one", "two", "three"] {
        world.create_task(&token, title);
    }
    assert_eq!(world.get("/api/me/sync?after=0", &token).changes(), [1, 2, 3]);
    assert_eq!(world.get("/api/me/sync?after=2", &token).changes(), [3]);
    // A browser repeats the address, and the header says how far it got.
    let again = resume("/api/me/sync?after=0", &token, "1");
    assert_eq!(world.ask(&again, Attention::Stays).changes(), [2, 3]);
}

#[test]
fn a_long_absence_is_caught_up_with_at_once() {
    let world = World::new();
    let token = world.sign_up("a@example.org");
    for number in 1..=250 {
        world.create_task(&token, &format!("Task {number}"));
    }
    let seen = world.get("/api/me/sync?after=0", &token);
    assert_eq!(seen.changes(), (1..=250).collect::<Vec<u64>>());
    let last = seen.pieces.iter().rfind(|(_, text)| text.contains("change")).expect("changes");
    assert!(last.0 <= AT_ONCE, "{}", last.0);
}

#[test]
fn a_position_that_is_not_kept_is_reset_and_the_stream_goes_on_from_there() {
    let world = World::new();
    let token = world.sign_up("a@example.org");
    world.create_task(&token, "one");
    world.call_in(TimeDelta::seconds(2), new_task(&token, "two"));
    let seen = world.ask(&resume(PATH, &token, "77"), Attention::Stays);
    let first = "retry: 1000\nid: 77\n\nid: 1\nevent: reset\ndata: {\"seq\":1}\n\n";
    assert_eq!(seen.pieces[0].1, first);
    assert_eq!(seen.changes(), [2]);
}

#[test]
fn a_quiet_stream_beats_and_ends_by_itself() {
    for (chance, shortest_s, longest_s) in [(0, 299, 300), (255, 262, 264)] {
        let world = World::new().with_chance(chance);
        let token = world.sign_up("a@example.org");
        let seen = world.get(PATH, &token);
        let lasted_s = seen.lasted.num_seconds();
        assert!((shortest_s..=longest_s).contains(&lasted_s), "{lasted_s} s");
        let beats: Vec<i64> = seen.pieces[1..].iter().map(|(at, _)| at.num_seconds()).collect();
        assert!(seen.pieces[1..].iter().all(|(_, text)| text == ":\n\n"));
        assert_eq!(beats[..3], [15, 30, 45]);
        assert!(seen.lasted.num_seconds() - beats[beats.len() - 1] <= 15);
    }
}

#[test]
fn a_busy_stream_needs_no_heartbeat() {
    let world = World::new();
    let token = world.sign_up("a@example.org");
    for number in 1..=40 {
        let request = new_task(&token, &format!("Task {number}"));
        world.call_in(TimeDelta::seconds(10 * number), request);
    }
    let seen = world.get(PATH, &token);
    assert!(!seen.text().contains(":\n\n"), "{}", seen.text());
}

#[test]
fn a_stream_ends_when_its_token_does() {
    let world = World::new();
    let token = world.sign_up("a@example.org");
    world.pass(TimeDelta::hours(24) - TimeDelta::seconds(60));
    let seen = world.get(PATH, &token);
    assert_eq!(seen.lasted.num_seconds(), 60);
    assert_eq!(world.get(PATH, &token).status, StatusCode::UNAUTHORIZED);
}

#[test]
fn a_stream_ends_with_the_password_that_opened_it_and_with_the_account() {
    let new_password = json!({"current_password": PASSWORD, "new_password": "another horse"});
    let farewell = json!({"password": PASSWORD});
    for (method, path, body) in [
        (Method::PUT, "/api/me/password", new_password),
        (Method::DELETE, "/api/me/profile", farewell),
    ] {
        let world = World::new();
        let token = world.sign_up("a@example.org");
        let after = TimeDelta::milliseconds(4_321);
        world.call_in(after, request(method, path, &token, Some(body)));
        let seen = world.get(PATH, &token);
        assert!(seen.lasted >= after && seen.lasted <= after + AT_ONCE, "{}", seen.lasted);
        assert_eq!(world.get(PATH, &token).status, StatusCode::UNAUTHORIZED, "{path}");
    }
}

#[test]
fn nobody_is_polled_for_who_has_left() {
    let world = World::new();
    let token = world.sign_up("a@example.org");
    let stay = TimeDelta::seconds(3);
    let listen = request(Method::GET, PATH, &token, None);
    let seen = world.ask(&listen, Attention::LeavesAfter(stay));
    assert!(seen.lasted >= stay && seen.lasted <= stay + AT_ONCE, "{}", seen.lasted);
}

#[test]
fn a_client_that_takes_nothing_is_given_up() {
    let world = World::new();
    let token = world.sign_up("a@example.org");
    let seen = world.ask(&request(Method::GET, PATH, &token, None), Attention::Stalls);
    assert_eq!(seen.lasted.num_seconds(), 10);
}

#[test]
fn what_is_wrong_with_a_request_is_told_instead_of_a_stream() {
    let world = World::new();
    let token = world.sign_up("a@example.org");
    let status = |path: &str, token: &str| world.get(path, token).status.as_u16();
    assert_eq!(status(PATH, ""), 401);
    assert_eq!(status(PATH, "nonsense"), 401);
    assert_eq!(status("/api/0190a4c5-7a3e-7cc0-8a8e-1f2e3d4c5b6a/sync", &token), 403);
    assert_eq!(status("/api/me/sync?after=yesterday", &token), 422);
    assert_eq!(status("/api/me/sync/elsewhere", &token), 404);
    let bad = resume(PATH, &token, "yesterday");
    assert_eq!(world.ask(&bad, Attention::Stays).status.as_u16(), 422);
    let posted = request(Method::POST, PATH, &token, None);
    let answer = world.ask(&posted, Attention::Stays);
    assert_eq!(
        (answer.status.as_u16(), &answer.headers[header::ALLOW]),
        (405, &"GET".parse().expect("a header"))
    );
}
