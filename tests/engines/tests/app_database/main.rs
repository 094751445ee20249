//! Where apps under test keep their data on PostgreSQL: read from outside, copied, and gone with
//! their folder. Whatever stands on this must not find out that it is another engine.

use test_support::app_database::NotThere;
use test_support::{DataFolder, Engine};

fn folder_with_a_row() -> DataFolder {
    let folder = DataFolder::on(Engine::Postgres);
    folder.database().run(
        "CREATE SCHEMA taskmaster;
         CREATE TABLE taskmaster.things (number bigint, name text, is_new boolean);
         INSERT INTO taskmaster.things VALUES (1, NULL, true)",
    );
    folder
}

fn things(folder: &DataFolder) -> Vec<(i64, Option<String>, bool)> {
    let found = folder.database().read(|moment| {
        moment.rows("SELECT number, name, is_new FROM taskmaster.things ORDER BY number", |row| {
            (row.integer(), row.text_or_null(), row.flag())
        })
    });
    found.unwrap_or_else(|| panic!("the table is not there"))
}

#[test]
fn rows_are_read_whatever_their_types_are() {
    assert_eq!(things(&folder_with_a_row()), [(1, None, true)]);
}

#[test]
fn a_table_that_nobody_made_is_not_there_and_spoils_nothing() {
    let folder = folder_with_a_row();
    let nothing = folder.database().read(|moment| {
        assert_eq!(moment.rows("SELECT id FROM taskmaster.nothing", |_| ()), Err(NotThere));
        Err::<(), _>(NotThere)
    });
    assert_eq!(nothing, None);
    assert_eq!(things(&folder).len(), 1);
}

#[test]
fn a_copy_has_the_rows_and_a_life_of_its_own() {
    let original = folder_with_a_row();
    // Somebody has looked, so a connection is open that has to go first.
    assert_eq!(things(&original).len(), 1);
    let copy = original.duplicate();
    copy.database().run("INSERT INTO taskmaster.things VALUES (2, 'two', false)");
    assert_eq!(things(&copy).len(), 2);
    assert_eq!(things(&original).len(), 1);
}

#[test]
fn a_lost_connection_is_made_anew() {
    let folder = folder_with_a_row();
    assert_eq!(things(&folder).len(), 1);
    folder.database().run(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid()",
    );
    assert_eq!(things(&folder).len(), 1);
}
