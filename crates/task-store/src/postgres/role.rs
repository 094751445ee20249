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

/// What the application does with the schema. It changes no table's shape.
const GRANTS: &[&str] = &[
    "USAGE ON SCHEMA taskmaster",
    "SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA taskmaster",
    "USAGE ON ALL SEQUENCES IN SCHEMA taskmaster",
    "EXECUTE ON ALL FUNCTIONS IN SCHEMA taskmaster",
];

/// What gives a role its settings, which hold for the connections it opens from then on, and the
/// use of the schema as it is at this moment.
pub fn role_statements(role: &str) -> Vec<String> {
    let role = format!("\"{}\"", role.replace('"', "\"\""));
    let setting = |it: &RoleSetting| {
        format!("ALTER ROLE {role} SET {name} = '{value}'", name = it.name, value = it.value)
    };
    let grant = |it: &&str| format!("GRANT {it} TO {role}");
    ROLE_SETTINGS.iter().map(setting).chain(GRANTS.iter().map(grant)).collect()
}
