//! The limits that the application's role carries in the server, because nothing on the way to it
//! keeps a session in which to set them.

/// A setting of a role, and why it is as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoleSetting {
    pub name: &'static str,
    pub value: &'static str,
    pub reason: &'static str,
}

pub const ROLE_SETTINGS: &[RoleSetting] = &[
    RoleSetting {
        name: "statement_timeout",
        value: "10s",
        reason: "ten times what the slowest statement takes; its request has given up by then",
    },
    RoleSetting {
        name: "lock_timeout",
        value: "2s",
        reason: "who waits this long for a user's row holds a connection that others need",
    },
    RoleSetting {
        name: "idle_in_transaction_session_timeout",
        value: "5s",
        reason: "nothing opens a transaction; one left behind must not keep its locks",
    },
];

/// What gives a role its settings; they hold for the connections it opens from then on.
pub fn role_statements(role: &str) -> Vec<String> {
    let role = role.replace('"', "\"\"");
    let statement = |it: &RoleSetting| {
        format!("ALTER ROLE \"{role}\" SET {name} = '{value}'", name = it.name, value = it.value)
    };
    ROLE_SETTINGS.iter().map(statement).collect()
}
