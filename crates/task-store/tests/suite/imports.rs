//! Imports: progress, and records that are brought once.

use task_domain::UserId;
use task_store::change_set::TaskRef;
use task_store::import::{Import, ImportChunk, ImportKey, ImportState};
use task_store::{Caller, ChangeSet, CommitOutcome, Store};
use uuid::Uuid;

use super::Stores;
use super::fixture::*;

const SOURCE: &str = "todoist";

fn import(id: Uuid, created: u64) -> Import {
    Import {
        id,
        format: "csv".to_owned(),
        state: ImportState::Running,
        read_bytes: created * 100,
        total_bytes: Some(5_000),
        records: created + 2,
        created,
        duplicates: 1,
        failed: 1,
        errors: r#"[{"line":3,"detail":"“x”"}]"#.to_owned(),
        started_at: at(1),
        updated_at: at(2),
    }
}

/// The records of a file from one line to another, as one chunk.
fn chunk(user: UserId, import: Import, uids: &[&str]) -> ChangeSet {
    let key = |(insert, uid): (usize, &&str)| ImportKey {
        source: SOURCE.to_owned(),
        uid: (*uid).to_owned(),
        insert,
    };
    ChangeSet {
        inserts: uids.iter().map(|it| task(it)).collect(),
        events: (0..uids.len()).map(|it| event(TaskRef::Insert(it))).collect(),
        import: Some(ImportChunk { import, keys: uids.iter().enumerate().map(key).collect() }),
        ..change(user)
    }
}

async fn known<S: Store>(store: &S, user: UserId, uids: &[&str]) -> Vec<String> {
    let uids: Vec<String> = uids.iter().map(|it| (*it).to_owned()).collect();
    let known = store.known_import_keys(user, SOURCE, &uids).await.unwrap();
    let mut known: Vec<String> = known.into_iter().collect();
    known.sort();
    known
}

pub(crate) async fn an_import_shows_how_far_it_is(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    let id = mint();
    assert_eq!(store.import(user.into(), id).await.unwrap(), Some(None));
    let begun = Import { total_bytes: None, ..import(id, 0) };
    store.put_import(user, &begun).await.unwrap();
    assert_eq!(store.import(user.into(), id).await.unwrap(), Some(Some(begun)));
    commit(&store, &chunk(user, import(id, 2), &["a", "b"])).await;
    assert_eq!(store.import(user.into(), id).await.unwrap(), Some(Some(import(id, 2))));
    for state in [ImportState::Done, ImportState::Failed] {
        let ended = Import { state, updated_at: at(9), ..import(id, 2) };
        store.put_import(user, &ended).await.unwrap();
        assert_eq!(store.import(user.into(), id).await.unwrap(), Some(Some(ended)));
    }
}

pub(crate) async fn imports_are_listed_latest_first(stores: &impl Stores) {
    let store = stores.open();
    let (asad, bina) = (user(&store, "asad").await, user(&store, "bina").await);
    assert_eq!(store.imports(asad.into(), 10).await.unwrap(), Some(vec![]));
    let imports: Vec<Import> =
        [3, 9, 6].map(|ms| Import { started_at: at(ms), ..import(mint(), 0) }).into();
    for import in &imports {
        store.put_import(asad, import).await.unwrap();
    }
    let want = [imports[1].clone(), imports[2].clone(), imports[0].clone()];
    assert_eq!(store.imports(asad.into(), 10).await.unwrap().unwrap(), want);
    assert_eq!(store.imports(asad.into(), 2).await.unwrap().unwrap(), want[..2]);
    assert_eq!(store.imports(bina.into(), 10).await.unwrap(), Some(vec![]));
    assert_eq!(store.import(bina.into(), imports[0].id).await.unwrap(), Some(None));
}

pub(crate) async fn a_record_is_brought_once(stores: &impl Stores) {
    let store = stores.open();
    let (asad, bina) = (user(&store, "asad").await, user(&store, "bina").await);
    let id = mint();
    let numbers = commit(&store, &chunk(asad, import(id, 2), &["a", "b"])).await;
    let before = stores.dump();
    let outcome = store.commit(&chunk(asad, import(id, 4), &["c", "b"])).await.unwrap();
    assert_eq!(outcome, CommitOutcome::Conflict);
    assert_eq!(stores.dump(), before);
    assert_eq!(known(&store, asad, &["a", "b", "c"]).await, ["a", "b"]);
    assert_eq!(known(&store, asad, &[]).await, Vec::<String>::new());
    assert_eq!(known(&store, bina, &["a", "b"]).await, Vec::<String>::new());
    let others = store.known_import_keys(asad, "ical", &["a".to_owned()]).await.unwrap();
    assert!(others.is_empty());
    // A task that its owner deleted does not come back by the same file.
    commit(&store, &deletion(asad, numbers[0], 1)).await;
    assert_eq!(known(&store, asad, &["a"]).await, ["a"]);
    commit(&store, &chunk(bina, import(mint(), 2), &["a", "b"])).await;
}

pub(crate) async fn an_upload_that_broke_off_resumes(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    let file = ["a", "b", "c", "d", "e"];
    let first = chunk(user, import(mint(), 2), &file[..2]);
    commit(&store, &first).await;
    // The answer was lost: the same change again is the same chunk.
    commit(&store, &first).await;
    let again = mint();
    for lines in file.chunks(2) {
        let known = known(&store, user, lines).await;
        let new: Vec<&str> =
            lines.iter().copied().filter(|it| !known.iter().any(|known| known == it)).collect();
        commit(&store, &chunk(user, import(again, new.len() as u64), &new)).await;
    }
    assert_eq!(store.gauges(now()).await.unwrap().tasks, 5);
    assert_eq!(known(&store, user, &file).await, file);
    assert_eq!(store.imports(user.into(), 10).await.unwrap().unwrap().len(), 2);
}

pub(crate) async fn an_ended_account_imports_nothing(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    let import = import(mint(), 1);
    store.put_import(user, &import).await.unwrap();
    let stale = Caller { user, token_epoch: Some(1) };
    assert_eq!(store.import(stale, import.id).await.unwrap(), None);
    assert_eq!(store.imports(stale, 1).await.unwrap(), None);
    commit(&store, &ChangeSet { tombstone: true, ..change(user) }).await;
    let outcome = store.commit(&chunk(user, import.clone(), &["late"])).await.unwrap();
    assert_eq!(outcome, CommitOutcome::Gone);
    assert_eq!(store.import(user.into(), import.id).await.unwrap(), None);
}
