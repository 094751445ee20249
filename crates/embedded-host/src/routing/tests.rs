//! Spin's routing precedence, by example.

use super::{RouteError, Router};
use crate::manifest::{HttpTrigger, TriggerRoute};

fn router(routes: &[(&str, &str)]) -> Result<Router, RouteError> {
    let trigger = |(route, component): &(&str, &str)| HttpTrigger {
        route: TriggerRoute::Public(route.to_string()),
        component: component.to_string(),
    };
    Router::build(&routes.iter().map(trigger).collect::<Vec<_>>())
}

/// Each path goes to `component`, with `path_info` and parameters as written.
#[track_caller]
fn check(routes: &[(&str, &str)], cases: &[(&str, &str)]) {
    let router = router(routes).unwrap();
    for (path, expected) in cases {
        let told = router.route(path).map_or("nobody".to_owned(), |found| {
            let mut told = found.route.component.clone();
            if !found.path_info.is_empty() {
                told = format!("{told} rest={}", found.path_info);
            }
            for (name, value) in &found.parameters {
                told = format!("{told} {name}={value}");
            }
            told
        });
        assert_eq!(&told, expected, "{path}");
    }
}

#[test]
fn exact_beats_parameter_beats_wildcard() {
    check(
        &[("/...", "all"), ("/users/:id", "one"), ("/users/me", "me"), ("/users/...", "users")],
        &[
            ("/users/me", "me"),
            ("/users/7", "one id=7"),
            ("/users/7/tasks", "users rest=/7/tasks"),
            ("/users", "users"),
            ("/other", "all rest=/other"),
            ("/", "all rest=/"),
        ],
    );
}

#[test]
fn the_longest_wildcard_prefix_wins() {
    check(
        &[("/a/...", "short"), ("/a/b/...", "long")],
        &[("/a/b/c/", "long rest=/c/"), ("/a/b", "long"), ("/a/c", "short rest=/c")],
    );
}

#[test]
fn a_wildcard_answers_its_own_prefix_with_and_without_a_slash() {
    check(
        &[("/users/...", "users")],
        &[("/users", "users"), ("/users/", "users rest=/"), ("/usersx", "nobody")],
    );
}

#[test]
fn of_two_equal_routes_the_last_wins() {
    check(&[("/same", "first"), ("/same/", "last")], &[("/same", "last")]);
}

#[test]
fn an_unmatched_path_goes_to_nobody() {
    check(&[("/only", "one")], &[("/", "nobody"), ("/only/child", "nobody")]);
}

#[test]
fn parameters_may_precede_a_wildcard() {
    check(&[("/u/:user/...", "u")], &[("/u/ann/a/b", "u rest=/a/b user=ann")]);
}

#[test]
fn a_malformed_route_is_named() {
    let error = router(&[("/a/:/b", "broken")]);
    let told = error.err().map(|error| error.to_string()).unwrap_or_default();
    assert!(told.starts_with("the route \"/a/:/b\" of component broken is malformed"), "{told}");
}
