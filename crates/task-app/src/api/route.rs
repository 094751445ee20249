//! Which call a method and a path name. Ids are read from the path itself, never from headers that
//! a gateway or a client may have set.

use http::Method;
use uuid::Uuid;

/// A call of the public API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    Whole(WholeCall),
    Transfer { user: String, call: TransferCall },
}

/// A call whose request and answer are bounded, so that they are read and given whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WholeCall {
    SignUp,
    SignIn,
    OpenApi,
    User { user: String, call: UserCall },
}

/// A call whose body, one way or the other, is too large to be held whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransferCall {
    Import,
    Export,
}

/// A call on one user's data; the user is still the text of the path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserCall {
    ListTasks,
    CreateTask,
    ReadTask(u32),
    ReplaceTask(u32),
    ChangeTask(u32),
    DeleteTask(u32),
    /// With a body `{completed}` it sets, without one it toggles.
    SetCompleted(u32),
    Complete(u32),
    Reopen(u32),
    Skip(u32),
    Snooze(u32),
    History(u32),
    Stats,
    Upcoming,
    Overdue,
    Changes,
    PreviewRecurrence,
    ReadProfile,
    ChangeProfile,
    DeleteProfile,
    SetPassword,
    Imports,
    ReadImport(Uuid),
    ListChannels,
    ReplaceChannels,
    AddChannel,
    RemoveChannel(Uuid),
    RotateSecret(Uuid),
    ListDeliveries,
    ReadDelivery(Uuid),
    ReplayDelivery(Uuid),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RouteError {
    Unknown,
    WrongMethod { allow: &'static str },
}

impl Route {
    pub fn parse(method: &Method, path: &str) -> Result<Route, RouteError> {
        let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
        match segments.as_slice() {
            ["openapi.json"] => whole(method, "GET", WholeCall::OpenApi),
            ["api", "auth", "signup"] => whole(method, "POST", WholeCall::SignUp),
            ["api", "auth", "signin"] => whole(method, "POST", WholeCall::SignIn),
            // The alias `/api/users/{user_id}/…` is the older spelling of `/api/{user_id}/…`.
            ["api", "users", user, rest @ ..] | ["api", user, rest @ ..] => {
                let user = (*user).to_owned();
                match rest {
                    ["import"] => {
                        let call = TransferCall::Import;
                        only(method, &[("POST", Route::Transfer { user, call })], "POST")
                    }
                    ["export"] => {
                        let call = TransferCall::Export;
                        only(method, &[("GET", Route::Transfer { user, call })], "GET")
                    }
                    rest => {
                        let call = user_call(method, rest)?;
                        Ok(Route::Whole(WholeCall::User { user, call }))
                    }
                }
            }
            _ => Err(RouteError::Unknown),
        }
    }
}

impl UserCall {
    /// Whether it writes without a commit that charges the user's row, and checks no password,
    /// which has a limit of its own.
    pub(super) fn is_rare_write(self) -> bool {
        use UserCall::*;
        matches!(
            self,
            ChangeProfile
                | ReplaceChannels
                | AddChannel
                | RemoveChannel(_)
                | RotateSecret(_)
                | ReplayDelivery(_)
        )
    }
}

fn whole(method: &Method, allow: &'static str, call: WholeCall) -> Result<Route, RouteError> {
    only(method, &[(allow, Route::Whole(call))], allow)
}

fn user_call(method: &Method, rest: &[&str]) -> Result<UserCall, RouteError> {
    use UserCall::*;
    match rest {
        // The older spelling of what now ends with the profile.
        [] => only(method, &[("DELETE", DeleteProfile)], "DELETE"),
        ["profile"] => {
            let calls = [("GET", ReadProfile), ("PUT", ChangeProfile), ("DELETE", DeleteProfile)];
            only(method, &calls, "GET, PUT, DELETE")
        }
        ["password"] => only(method, &[("PUT", SetPassword)], "PUT"),
        ["recurrence", "preview"] => only(method, &[("POST", PreviewRecurrence)], "POST"),
        ["changes"] => only(method, &[("GET", Changes)], "GET"),
        ["imports"] => only(method, &[("GET", Imports)], "GET"),
        ["imports", id] => {
            let id = id.parse().map_err(|_| RouteError::Unknown)?;
            only(method, &[("GET", ReadImport(id))], "GET")
        }
        ["tasks"] => only(method, &[("GET", ListTasks), ("POST", CreateTask)], "GET, POST"),
        ["tasks", "stats"] => only(method, &[("GET", Stats)], "GET"),
        ["tasks", "upcoming"] => only(method, &[("GET", Upcoming)], "GET"),
        ["tasks", "overdue"] => only(method, &[("GET", Overdue)], "GET"),
        ["tasks", id] => {
            let id = number(id)?;
            let calls = [
                ("GET", ReadTask(id)),
                ("PUT", ReplaceTask(id)),
                ("PATCH", ChangeTask(id)),
                ("DELETE", DeleteTask(id)),
            ];
            only(method, &calls, "GET, PUT, PATCH, DELETE")
        }
        ["tasks", id, "complete"] => {
            let id = number(id)?;
            only(method, &[("PATCH", SetCompleted(id)), ("POST", Complete(id))], "PATCH, POST")
        }
        ["tasks", id, "reopen"] => only(method, &[("POST", Reopen(number(id)?))], "POST"),
        ["tasks", id, "skip"] => only(method, &[("POST", Skip(number(id)?))], "POST"),
        ["tasks", id, "snooze"] => only(method, &[("POST", Snooze(number(id)?))], "POST"),
        ["tasks", id, "history"] => only(method, &[("GET", History(number(id)?))], "GET"),
        ["channels", ..] | ["deliveries", ..] => notification_call(method, rest),
        _ => Err(RouteError::Unknown),
    }
}

fn notification_call(method: &Method, rest: &[&str]) -> Result<UserCall, RouteError> {
    use UserCall::*;
    match rest {
        ["channels"] => {
            let calls = [("GET", ListChannels), ("PUT", ReplaceChannels), ("POST", AddChannel)];
            only(method, &calls, "GET, PUT, POST")
        }
        ["channels", id] => only(method, &[("DELETE", RemoveChannel(uuid(id)?))], "DELETE"),
        ["channels", id, "rotate"] => only(method, &[("POST", RotateSecret(uuid(id)?))], "POST"),
        ["deliveries"] => only(method, &[("GET", ListDeliveries)], "GET"),
        ["deliveries", id] => only(method, &[("GET", ReadDelivery(uuid(id)?))], "GET"),
        ["deliveries", id, "replay"] => {
            only(method, &[("POST", ReplayDelivery(uuid(id)?))], "POST")
        }
        _ => Err(RouteError::Unknown),
    }
}

fn uuid(text: &str) -> Result<Uuid, RouteError> {
    text.parse().map_err(|_| RouteError::Unknown)
}

/// Only plain digits name a task; `007`, `+7` and `7.0` do not.
fn number(text: &str) -> Result<u32, RouteError> {
    let plain = text.bytes().all(|b| b.is_ascii_digit()) && !text.starts_with('0');
    text.parse().ok().filter(|_| plain).ok_or(RouteError::Unknown)
}

fn only<T: Clone>(
    method: &Method,
    calls: &[(&str, T)],
    allow: &'static str,
) -> Result<T, RouteError> {
    calls
        .iter()
        .find(|(name, _)| method.as_str() == *name)
        .map(|(_, call)| call.clone())
        .ok_or(RouteError::WrongMethod { allow })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(method: &str, path: &str, expected: Result<Route, RouteError>) {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        assert_eq!(Route::parse(&method, path), expected, "{method} {path}");
    }

    fn user(user: &str, call: UserCall) -> Result<Route, RouteError> {
        Ok(Route::Whole(WholeCall::User { user: user.to_owned(), call }))
    }

    #[test]
    fn every_path_names_its_call() {
        check("POST", "/api/auth/signup", Ok(Route::Whole(WholeCall::SignUp)));
        check("POST", "/api/auth/signin", Ok(Route::Whole(WholeCall::SignIn)));
        check("GET", "/openapi.json", Ok(Route::Whole(WholeCall::OpenApi)));
        check("GET", "/api/me/tasks", user("me", UserCall::ListTasks));
        check("POST", "/api/me/tasks/", user("me", UserCall::CreateTask));
        check("GET", "/api/u/tasks/stats", user("u", UserCall::Stats));
        check("PUT", "/api/u/tasks/7", user("u", UserCall::ReplaceTask(7)));
        check("PATCH", "/api/u/tasks/7/complete", user("u", UserCall::SetCompleted(7)));
        check("POST", "/api/u/tasks/7/complete", user("u", UserCall::Complete(7)));
        check("GET", "/api/u/changes", user("u", UserCall::Changes));
        check("DELETE", "/api/u/profile", user("u", UserCall::DeleteProfile));
        check("PUT", "/api/u/password", user("u", UserCall::SetPassword));
        check("POST", "/api/u/recurrence/preview", user("u", UserCall::PreviewRecurrence));
        check("GET", "/api/u/imports", user("u", UserCall::Imports));
        let id = Uuid::from_u128(7);
        check("GET", &format!("/api/u/imports/{id}"), user("u", UserCall::ReadImport(id)));
        let transfer = |call| Ok(Route::Transfer { user: "u".to_owned(), call });
        check("POST", "/api/u/import", transfer(TransferCall::Import));
        check("GET", "/api/users/u/export", transfer(TransferCall::Export));
        let channel = format!("/api/u/channels/{id}");
        check("PUT", "/api/u/channels", user("u", UserCall::ReplaceChannels));
        check("DELETE", &channel, user("u", UserCall::RemoveChannel(id)));
        check("POST", &format!("{channel}/rotate"), user("u", UserCall::RotateSecret(id)));
        let delivery = format!("/api/u/deliveries/{id}");
        check("POST", &format!("{delivery}/replay"), user("u", UserCall::ReplayDelivery(id)));
    }

    #[test]
    fn the_alias_with_users_means_the_same() {
        check("GET", "/api/users/u/tasks/3", user("u", UserCall::ReadTask(3)));
        check("GET", "/api/users/u/tasks", user("u", UserCall::ListTasks));
        check("DELETE", "/api/users/u", user("u", UserCall::DeleteProfile));
    }

    #[test]
    fn a_task_number_is_plain_digits() {
        for id in ["0", "007", "+7", "-1", "7.0", "seven", "4294967296", "%37"] {
            check("GET", &format!("/api/me/tasks/{id}"), Err(RouteError::Unknown));
        }
        check("GET", "/api/me/tasks/4294967295", user("me", UserCall::ReadTask(u32::MAX)));
    }

    #[test]
    fn a_wrong_method_is_told_the_right_ones() {
        let allow = "GET, PUT, PATCH, DELETE";
        check("POST", "/api/me/tasks/1", Err(RouteError::WrongMethod { allow }));
        check("GET", "/api/auth/signin", Err(RouteError::WrongMethod { allow: "POST" }));
    }

    #[test]
    fn unknown_paths_are_unknown() {
        for path in [
            "/api/me/channels/7",
            "/api/me/deliveries/7/replay",
            "/",
            "/api",
            "/api/me/task",
            "/api/me/tasks/1/2/3",
            "/tasks",
        ] {
            check("GET", path, Err(RouteError::Unknown));
        }
    }
}
