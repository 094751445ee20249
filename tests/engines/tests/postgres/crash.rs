//! Each statement is a host call: counted, and a place to die before or after.

use test_support::eventually;
use test_support::postgres::{Database, Postgres};

use crate::process::Site;

const INSERT: &str = "@execute INSERT INTO rows VALUES (1)";

fn database_with_rows() -> Database {
    let database = Postgres::shared().database();
    database.run("CREATE TABLE rows(id int8)");
    database
}

#[test]
fn every_statement_is_counted_and_named() {
    let database = database_with_rows();
    let calls = tempfile::NamedTempFile::new().unwrap();
    let site = Site::serve(|host| {
        host.arg("--log-host-calls").arg(calls.path());
    });
    let seen = site.run(&database.url(), &format!("SELECT 1\n{INSERT}"));
    assert_eq!(seen.as_deref(), Some("Int32(1)\nchanged 1\n"));
    let log = std::fs::read_to_string(calls.path()).unwrap();
    let lines: Vec<&str> = log.lines().collect();
    let expected = ["2 sql probe SELECT 1", "3 sql probe INSERT INTO rows VALUES (1)"];
    assert_eq!(lines[1..3], expected, "{log}");
}

#[test]
fn a_host_that_dies_before_a_statement_leaves_no_row_and_after_it_one() {
    for (point, rows) in [("before:2", "0"), ("after:2", "1")] {
        let database = database_with_rows();
        let mut site = Site::serve(|host| {
            host.args(["--crash-at", point]);
        });
        assert_eq!(site.run(&database.url(), INSERT), None, "{point}");
        eventually("the host is dead", || site.process.ended());
        assert_eq!(database.run("SELECT count(*) FROM rows"), rows, "{point}");
    }
}
