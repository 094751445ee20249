//! Statements that a session keeps, and when it lets go of them.

use crate::app::App;

#[tokio::test]
async fn a_statement_is_prepared_once_for_all_guests_of_a_session() {
    let app = App::start().await;
    app.run("@execute CREATE TABLE rows(id int8)").await;
    for n in 1..=3 {
        let insert = format!("@execute INSERT INTO rows VALUES ($1)\tint64:{n}");
        assert_eq!(app.run(&insert).await, "changed 1\n");
    }
    let times = "SELECT generic_plans + custom_plans FROM pg_prepared_statements \
                 WHERE statement LIKE 'INSERT%'";
    assert_eq!(app.run(times).await, "Int64(3)\n");
}

#[tokio::test]
async fn a_table_may_change_its_shape_under_a_statement() {
    let app = App::start().await;
    app.run("@execute CREATE TABLE rows(id int4)\n@execute INSERT INTO rows VALUES (1)").await;
    assert_eq!(app.run("SELECT * FROM rows").await, "Int32(1)\n");
    app.database.run("ALTER TABLE rows ALTER id TYPE int8, ADD title text DEFAULT 'new'");
    assert_eq!(app.run("SELECT * FROM rows").await, "Int64(1)|new\n");
}

#[tokio::test]
async fn what_somebody_discarded_is_prepared_again() {
    let app = App::start().await;
    let script = "SELECT 1\n@execute DEALLOCATE ALL\nSELECT 1";
    assert_eq!(app.run(script).await, "Int32(1)\nchanged 0\nInt32(1)\n");
}

#[tokio::test]
async fn statements_that_never_repeat_do_not_pile_up() {
    let app = App::start().await;
    let script: Vec<String> = (0..250).map(|n| format!("SELECT {n} AS rows")).collect();
    app.run(&script.join("\n")).await;
    let are_few = "SELECT count(*) BETWEEN 1 AND 101 FROM pg_prepared_statements";
    assert_eq!(app.run(are_few).await, "Boolean(true)\n");
}
