//! Which call of live sync a method and a path name.

use http::Method;
use task_contracts::names::route;

use crate::Problem;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Route {
    /// A call on one user's changes; the user is still the text of the path.
    User { user: String, call: SyncCall },
    /// A change, for the hub. The sidecar brings it.
    Publish,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SyncCall {
    Follow,
    IssueTicket,
    CheckTicket,
}

impl Route {
    pub(super) fn parse(method: &Method, path: &str) -> Result<Route, Problem> {
        if path.trim_end_matches('/') == route::SYNC {
            return Ok(Route::Publish);
        }
        let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
        let (user, rest) = match segments.as_slice() {
            // The older spelling, which means the same.
            ["api", "users", user, rest @ ..] | ["api", user, rest @ ..] => (*user, rest),
            _ => return Err(unknown()),
        };
        let call = match (rest, method) {
            (["sync"], &Method::GET) => SyncCall::Follow,
            (["sync"], _) => return Err(Problem::method_not_allowed("GET")),
            (["sync", "ticket"], &Method::POST) => SyncCall::IssueTicket,
            (["sync", "ticket"], &Method::GET) => SyncCall::CheckTicket,
            (["sync", "ticket"], _) => return Err(Problem::method_not_allowed("GET, POST")),
            _ => return Err(unknown()),
        };
        Ok(Route::User { user: user.to_owned(), call })
    }
}

fn unknown() -> Problem {
    Problem::not_found("no call has this path; see /openapi.json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(method: Method, path: &str, expected: Result<(&str, SyncCall), u16>) {
        let expected = expected.map(|(user, call)| Route::User { user: user.to_owned(), call });
        let found = Route::parse(&method, path).map_err(|problem| problem.status());
        assert_eq!(found, expected, "{method} {path}");
    }

    #[test]
    fn both_spellings_of_a_path_name_the_same_call() {
        check(Method::GET, "/api/me/sync", Ok(("me", SyncCall::Follow)));
        check(Method::GET, "/api/users/u/sync", Ok(("u", SyncCall::Follow)));
        check(Method::POST, "/api/u/sync/ticket", Ok(("u", SyncCall::IssueTicket)));
        check(Method::GET, "/api/users/u/sync/ticket/", Ok(("u", SyncCall::CheckTicket)));
    }

    #[test]
    fn other_methods_and_paths_are_told_apart() {
        check(Method::POST, "/api/me/sync", Err(405));
        check(Method::DELETE, "/api/me/sync/ticket", Err(405));
        for path in ["/api/me", "/api/me/sync/tickets", "/api/me/tasks", "/sync", "/"] {
            check(Method::GET, path, Err(404));
        }
    }

    #[test]
    fn the_sidecar_s_path_is_no_user_s() {
        let parsed = Route::parse(&Method::POST, "/events/sync").expect("a route");
        assert_eq!(parsed, Route::Publish);
    }
}
