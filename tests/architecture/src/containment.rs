//! What only one place may name: SQL, Dapr paths, clocks and chance, the SDK, agreed names.

use task_contracts::names::{DEFAULT_PUBSUB, Topic, route};

use crate::checkout::{File, assert_none, rust_files};
use crate::tokens::{self, Token};

/// Where a thing may be named, and why there. A prefix that excuses nothing is a failure too.
type Places = &'static [(&'static str, &'static str)];

const SQL: Places = &[
    ("crates/task-store/", "it is the store"),
    ("crates/embedded-sidecar/", "keeps its own log of messages, which no other program reads"),
    ("crates/embedded-host/", "prepares connections, and tries its SQLite interface in tests"),
    ("crates/test-support/", "reads the tables behind the app's back, as a referee must"),
    ("tests/architecture/", "tries this rule"),
    ("tests/engines/tests/app_database/", "tries what the referee reads by"),
    ("tests/engines/tests/postgres/", "tries the host's PostgreSQL interface"),
    ("crates/migrate/src/origin.rs", "reads the tables of the first TaskMaster"),
    ("tests/engines/tests/migrate/", "looks at what was brought"),
    ("bench/twin/", "is the yardstick: the same work without components"),
    ("tests/engines/tests/store_on_postgres/", "looks at the tables from outside"),
];

const DAPR_PATHS: Places = &[("crates/dapr-protocol/", "both sides take them from here")];

const CLOCKS_AND_CHANCE: Places = &[
    ("crates/spin-adapters/", "adapts the clock and the random source of WASI"),
    ("crates/migrate/src/platform.rs", "adapts those of a native program"),
    ("crates/embedded-host/", "is a host"),
    ("crates/embedded-sidecar/", "is a host"),
];

const SPIN_SDK: Places = &[
    ("crates/spin-adapters/", "adapts it"),
    ("components/", "the entry macro names it"),
    ("tests/architecture/", "tries this rule"),
    ("crates/embedded-host/guests/", "a guest that tries the host's interfaces"),
];

const AGREED_NAMES: Places = &[
    ("crates/task-contracts/", "they stand here once"),
    ("crates/task-store/", "stands below the contracts, and shows operators what is parked"),
];

const PAUSES_IN_TESTS: Places = &[
    ("crates/test-support/", "waits there for a condition, with a limit"),
    ("crates/embedded-sidecar/tests/support/app.rs", "is an app that is busy, in virtual time"),
    ("tests/brokers/tests/matrix/people.rs", "is people, who take their time"),
    ("tests/chaos/src/", "is a tool with a rhythm of its own: its load, its faults"),
    ("tests/conformance/engine", "waits for processes, and for what only time brings"),
    ("xtask/", "is a tool that waits for what it started"),
    ("bench/", "is a tool that waits for what it started"),
];

#[test]
fn sql_stays_in_the_store() {
    check("SQL", tokens::all, sql, SQL);
}

#[test]
fn dapr_paths_stay_in_the_protocol() {
    check("a Dapr path", tokens::product, dapr_paths, DAPR_PATHS);
}

#[test]
fn clocks_and_chance_stay_with_adapters_and_hosts() {
    check("a clock or a random source", tokens::product, clocks_and_chance, CLOCKS_AND_CHANCE);
}

#[test]
fn the_sdk_is_named_by_adapters_and_shells() {
    check("spin-sdk", tokens::all, spin_sdk, SPIN_SDK);
}

#[test]
fn agreed_names_are_spelt_once() {
    check("an agreed name", tokens::product, agreed_names, AGREED_NAMES);
}

#[test]
fn no_test_asks_for_a_fixed_port() {
    check("a fixed port", tokens::all, fixed_ports, &[]);
}

#[test]
fn tests_wait_on_conditions_not_on_time() {
    check("a pause in a test", tokens::of_tests, pauses, PAUSES_IN_TESTS);
}

#[test]
fn offenders_are_seen() {
    let sees = |find: fn(&[Token]) -> Vec<usize>, code: &str| {
        !find(&tokens::all(&File::new("crates/x/src/a.rs", code))).is_empty()
    };
    assert!(sees(sql, r#"db.run("SELECT id FROM tasks")"#));
    assert!(sees(sql, "format!(\"{head} WHERE id = ?\")"));
    assert!(sees(sql, "r#\"\n  insert into tasks values (1)\"#"));
    assert!(!sees(sql, r#"log("the update of a task is where it was")"#));
    assert!(!sees(sql, "/// SELECT id FROM tasks\nfn a() {}"));
    assert!(sees(dapr_paths, r#"post("/v1.0/publish")"#));
    assert!(sees(dapr_paths, r#"post("/v1.0-alpha1/jobs")"#));
    assert!(!sees(dapr_paths, r#"version("1.0")"#));
    assert!(sees(clocks_and_chance, "chrono::Utc::now()"));
    assert!(sees(clocks_and_chance, "Uuid::now_v7()"));
    assert!(sees(clocks_and_chance, "rand::random()"));
    assert!(!sees(clocks_and_chance, "platform.now()"));
    assert!(sees(spin_sdk, "use spin_sdk::http;"));
    assert!(sees(agreed_names, r#"publish("task-events")"#));
    assert!(!sees(agreed_names, r#"log("published to task-events")"#));
    assert!(sees(pauses, "std::thread::sleep(SECOND)"));
    assert!(sees(pauses, "tokio::time::sleep(SECOND).await"));
    assert!(sees(fixed_ports, r#"TcpListener::bind("127.0.0.1:3000")"#));
    assert!(!sees(fixed_ports, r#"TcpListener::bind("127.0.0.1:0")"#));
}

#[track_caller]
fn check(
    what: &str,
    tokens_of: fn(&File) -> Vec<Token>,
    find: fn(&[Token]) -> Vec<usize>,
    places: Places,
) {
    let mut unused: Vec<&str> = places.iter().map(|(prefix, _)| *prefix).collect();
    let mut findings = Vec::new();
    for file in rust_files() {
        let lines = find(&tokens_of(file));
        if lines.is_empty() {
            continue;
        }
        match places.iter().find(|(prefix, _)| file.path.starts_with(prefix)) {
            Some((prefix, _)) => unused.retain(|other| other != prefix),
            None => findings.extend(lines.iter().map(|line| format!("{}:{line}", file.path))),
        }
    }
    assert_none(&format!("{what} outside its place"), &findings);
    let unused: Vec<String> = unused.into_iter().map(str::to_owned).collect();
    assert_none(&format!("{what} no longer stands there; take the exception away"), &unused);
}

fn sql(tokens: &[Token]) -> Vec<usize> {
    literals(tokens, is_sql)
}

/// By how statements and clauses begin; English does not shout.
fn is_sql(text: &str) -> bool {
    const STATEMENTS: [&str; 16] = [
        "SELECT ",
        "INSERT ",
        "UPDATE ",
        "DELETE FROM ",
        "REPLACE INTO ",
        "CREATE TABLE ",
        "CREATE INDEX ",
        "CREATE UNIQUE ",
        "CREATE VIEW ",
        "CREATE TRIGGER ",
        "ALTER TABLE ",
        "DROP TABLE ",
        "PRAGMA ",
        "WITH ",
        "BEGIN IMMEDIATE",
        "VACUUM",
    ];
    const CLAUSES: [&str; 5] = [" WHERE ", " ORDER BY ", " VALUES (", " GROUP BY ", " RETURNING "];
    const PLAIN: [&str; 5] =
        ["insert into ", "delete from ", "create table ", "select * from ", "pragma "];
    let body = text.trim_start_matches(['r', '#', '"', 'b', ' ', '\n', '\\']);
    STATEMENTS.iter().any(|start| body.starts_with(start))
        || CLAUSES.iter().any(|clause| text.contains(clause))
        || PLAIN.iter().any(|start| body.starts_with(start))
}

fn dapr_paths(tokens: &[Token]) -> Vec<usize> {
    literals(tokens, |text| text.contains("/v1.0") || text.contains("v1.0-alpha1"))
}

fn clocks_and_chance(tokens: &[Token]) -> Vec<usize> {
    const CALLS: [(&str, &str); 9] = [
        ("Utc", "now"),
        ("Local", "now"),
        ("SystemTime", "now"),
        ("Instant", "now"),
        ("Uuid", "new_v4"),
        ("Uuid", "now_v7"),
        ("monotonic_clock", "now"),
        ("wall_clock", "now"),
        ("random", "get_random_bytes"),
    ];
    const CRATES: [&str; 3] = ["rand", "getrandom", "fastrand"];
    let calls = CALLS.iter().flat_map(|(of, name)| tokens::lines_of(tokens, &[of, ":", ":", name]));
    let crates = CRATES.iter().flat_map(|name| tokens::lines_of(tokens, &[name, ":", ":"]));
    calls.chain(crates).collect()
}

fn spin_sdk(tokens: &[Token]) -> Vec<usize> {
    tokens::lines_of(tokens, &["spin_sdk"])
}

/// Literals that are nothing but a name which another program has to spell the same way. The topic
/// of reminders is not among them: a task's member has that name too.
fn agreed_names(tokens: &[Token]) -> Vec<usize> {
    let topics = Topic::ALL.iter().flat_map(|topic| [topic.as_str(), topic.dead_letter()]);
    let topics = topics.filter(|topic| *topic != Topic::Reminders.as_str());
    let routes = [route::RECURRENCE, route::REMINDER, route::IGNORE, route::DEAD_LETTER];
    let names: Vec<&str> =
        topics.chain(routes).chain([DEFAULT_PUBSUB, route::CRON_RELAY]).collect();
    literals(tokens, |text| names.contains(&text.trim_matches('"')))
}

fn pauses(tokens: &[Token]) -> Vec<usize> {
    let of = |module| tokens::lines_of(tokens, &[module, ":", ":", "sleep"]);
    [of("thread"), of("time")].concat()
}

fn fixed_ports(tokens: &[Token]) -> Vec<usize> {
    let arguments = tokens.windows(3).filter(|run| run[0].text == "bind" && run[1].text == "(");
    let fixed = arguments.filter(|run| {
        let (_, port) = run[2].text.trim_matches('"').rsplit_once(':').unwrap_or_default();
        run[2].is_literal && port.parse::<u16>().is_ok_and(|port| port != 0)
    });
    fixed.map(|run| run[0].line).collect()
}

fn literals(tokens: &[Token], matches: impl Fn(&str) -> bool) -> Vec<usize> {
    let hits = tokens.iter().filter(|token| token.is_literal && matches(&token.text));
    hits.map(|token| token.line).collect()
}
