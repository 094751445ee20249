//! A small file of tasks is uploaded, and uploaded again by a client that was not answered.

use test_support::Call;

use super::run::{Scenario, Stage, answered};

const FILE: &str = "(A) Milk due:2031-01-31\nEggs\nFlour\n";
/// Accepting, the import's row, known records, the chunk, the answer, and the way out of three
/// events.
const CALLS_MIN: u64 = 12;

#[test]
fn dying_at_any_host_call_of_an_import_brings_each_line_once() {
    let stage = Stage::with_user(|_| {});
    let upload = Call::new("POST", "/api/me/import?format=todotxt").bytes(FILE.as_bytes().to_vec());
    Scenario {
        name: "importing a small file",
        calls_min: CALLS_MIN,
        stage: &stage,
        act: &|_, client| answered(client, &upload, 200),
        is_done: &|ledger, _| ledger.tasks.len() >= 3,
        check: &|ledger| {
            let mut titles: Vec<&str> = ledger.tasks.iter().map(|it| it.title.as_str()).collect();
            titles.sort_unstable();
            assert_eq!(titles, ["Eggs", "Flour", "Milk"]);
            assert_eq!(ledger.events.len(), 3);
        },
    }
    .walk();
}
