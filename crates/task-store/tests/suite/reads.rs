//! Statistics, views and series.

use chrono::TimeDelta;
use task_domain::{Ordinal, SeriesId, SeriesPosition, Task, TaskNumber};
use task_store::Store;
use task_store::query::Stats;

use super::Stores;
use super::fixture::*;

const DAY_MS: i64 = 86_400_000;

pub(crate) async fn statistics_count_as_the_model_does(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    let day = (at(-8 * 3_600_000), at(-8 * 3_600_000 + DAY_MS));
    let dues = [
        None,
        Some(-2 * DAY_MS),
        Some(-1),
        Some(0),
        Some(1),
        Some(-8 * 3_600_000),
        Some(-8 * 3_600_000 - 1),
        Some(16 * 3_600_000),
        Some(16 * 3_600_000 - 1),
        Some(DAY_MS),
        Some(DAY_MS - 1),
        Some(30 * DAY_MS),
    ];
    let mut tasks = Vec::new();
    for (due, completed) in dues.iter().flat_map(|it| [(it, false), (it, true)]) {
        let due_at = due.map(at);
        tasks.push(Task { due_at, completed_at: completed.then(now), ..task("one") });
        insert(&store, user, tasks[tasks.len() - 1].clone()).await;
    }
    let pending = |keep: &dyn Fn(&Task) -> bool| {
        tasks.iter().filter(|it| !it.is_completed() && keep(it)).count() as u64
    };
    let due_in = |from, until| pending(&|it| it.due_at.is_some_and(|it| from <= it && it < until));
    let want = Stats {
        total: 24,
        completed: 12,
        pending: 12,
        overdue: pending(&|it| it.due_at.is_some_and(|it| it < now())),
        due_today: due_in(day.0, day.1),
        upcoming_24h: due_in(now(), now() + TimeDelta::hours(24)),
        no_due_date: 1,
    };
    assert_eq!(store.stats(user.into(), now(), day).await.unwrap(), Some(want));
}

pub(crate) async fn statistics_of_an_empty_list_are_zero(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    let day = (at(0), at(DAY_MS));
    assert_eq!(store.stats(user.into(), now(), day).await.unwrap(), Some(Stats::default()));
    stores.tombstone(user);
    assert_eq!(store.stats(user.into(), now(), day).await.unwrap(), None);
}

pub(crate) async fn a_view_of_nobody_is_nothing(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    let number = insert(&store, user, task("one")).await;
    stores.tombstone(user);
    assert_eq!(store.task_view(user.into(), number, None).await.unwrap(), None);
    assert_eq!(store.series(user.into(), number, 10).await.unwrap(), None);
}

pub(crate) async fn a_view_of_an_unknown_task_has_no_task(stores: &impl Stores) {
    let store = stores.open();
    let (asad, bina) = (user(&store, "asad").await, user(&store, "bina").await);
    let number = insert(&store, bina, task("of another user")).await;
    let view = store.task_view(asad.into(), number, None).await.unwrap().unwrap();
    assert_eq!((view.timezone, view.task), (chrono_tz::Asia::Karachi, None));
    assert_eq!(store.series(asad.into(), number, 10).await.unwrap(), Some(vec![]));
}

pub(crate) async fn a_series_lists_its_living_instances(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    let (series, other) = (SeriesId(mint()), SeriesId(mint()));
    for (id, occurrence) in [(series, 2), (other, 1), (series, 1), (series, 4), (series, 3)] {
        let position = SeriesPosition { id, occurrence: Ordinal(occurrence) };
        insert(&store, user, Task { series: Some(position), ..task("water plants") }).await;
    }
    commit(&store, &deletion(user, TaskNumber(5), 1)).await;
    let numbers = |records: Vec<task_domain::TaskRecord>| -> Vec<u32> {
        records.iter().map(|it| it.number.0).collect()
    };
    for asked in [1, 3, 4] {
        let records = store.series(user.into(), TaskNumber(asked), 10).await.unwrap().unwrap();
        assert_eq!(numbers(records), [4, 1, 3]);
    }
    let records = store.series(user.into(), TaskNumber(1), 2).await.unwrap().unwrap();
    assert_eq!(numbers(records), [4, 1]);
}

pub(crate) async fn a_task_of_no_series_is_alone_in_it(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    insert(&store, user, task("another")).await;
    let number = insert(&store, user, task("one")).await;
    let records = store.series(user.into(), number, 10).await.unwrap().unwrap();
    assert_eq!(records.iter().map(|it| it.number).collect::<Vec<_>>(), [number]);
}
