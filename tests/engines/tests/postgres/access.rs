//! Who may connect where, and what is told to those who may not.

use test_support::address;
use test_support::postgres::Postgres;

use crate::app::App;

#[tokio::test]
async fn a_server_that_is_not_allowed_is_denied() {
    let database = Postgres::shared().database();
    let (url, address) = (database.url(), database.server().address());
    let other = App::allowing("postgres://db.test:5432", database).await;
    let denied = format!(
        "open: ConnectionFailed(\"address postgres://{address} is not permitted; \
         add it to allowed_outbound_hosts\")\n"
    );
    assert_eq!(other.run("SELECT 1").await, denied);
    assert_eq!(other.run_at(&format!("{url}?hostaddr=127.0.0.1"), "SELECT 1").await, denied);
}

#[tokio::test]
async fn a_wrong_password_is_told() {
    let app = App::start().await;
    let address = app.database.url_with_password("wrong");
    let seen = app.run_at(&address, "SELECT 1").await;
    let expected = "open: ConnectionFailed(\"no connection: db error: FATAL: \
                    password authentication failed for user \\\"postgres\\\"\")\n";
    assert_eq!(seen, expected);
    assert_eq!(app.run("SELECT 1").await, "Int32(1)\n");
}

#[tokio::test]
async fn what_cannot_be_an_address_is_told() {
    let app = App::start().await;
    let seen = app.run_at("postgres://host:port", "SELECT 1").await;
    assert!(seen.contains("the connection string is malformed"), "{seen}");
    let seen = app.run_at("host=/var/run/postgresql user=postgres", "SELECT 1").await;
    assert_eq!(seen, "open: ConnectionFailed(\"Unix sockets are not supported\")\n");
}

#[tokio::test]
async fn a_server_that_is_down_is_told_at_once() {
    let nobody = address::reserve();
    let app = App::allowing("postgres://*:*", Postgres::shared().database()).await;
    let seen = app.run_at(&format!("postgres://user@{nobody}/tasks"), "SELECT 1").await;
    assert!(seen.starts_with("open: ConnectionFailed(\"no connection: error connecting"), "{seen}");
    assert!(seen.contains("refused"), "{seen}");
}
