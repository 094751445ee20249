//! Task lists: every sort and filter against a model, page by page, and what search finds.

use std::cmp::Ordering;

use chrono::{DateTime, Utc};
use task_domain::text::Description;
use task_domain::{Priority, Task, TaskNumber, TaskRecord, UserId, Version};
use task_store::query::{Filter, Sort, TaskPage, TaskQuery};
use task_store::{Store, StoreError};

use super::Stores;
use super::fixture::*;

const SORTS: [Sort; 5] = [Sort::Created, Sort::Title, Sort::DueDate, Sort::Priority, Sort::Status];

const TITLES: [&str; 6] = ["buy milk", "Buy MILK", "Élan", "élan vital", "کام کرو", "100%"];

fn everything() -> TaskQuery {
    TaskQuery::all(Filter::All, 50)
}

/// Knuth's MMIX generator: the same data in every run.
struct Seeded(u64);

impl Seeded {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }

    /// Few distinct values in each field, so that ties are common.
    fn task(&mut self) -> Task {
        let priorities = [Priority::Low, Priority::Medium, Priority::High, Priority::Urgent];
        let tag_sets: [&[&str]; 4] = [&[], &["Home"], &["home office"], &["HOME", "work"]];
        let due_ms = self.below(6) as i64 - 2;
        let created_ms = self.below(5) as i64;
        Task {
            description: Description::parse(["", "with Milk"][self.below(2) as usize]).unwrap(),
            priority: priorities[self.below(4) as usize],
            tags: tags(tag_sets[self.below(4) as usize]),
            due_at: (self.below(3) > 0).then(|| at(due_ms)),
            completed_at: (self.below(3) == 0).then(now),
            created_at: at(created_ms),
            ..task(TITLES[self.below(TITLES.len() as u64) as usize])
        }
    }
}

async fn insert_all<S: Store>(store: &S, user: UserId, tasks: Vec<Task>) -> Vec<TaskRecord> {
    let change_set = task_store::ChangeSet { inserts: tasks.clone(), ..change(user) };
    let numbers = commit(store, &change_set).await;
    let record = |(number, task)| TaskRecord { number, version: Version::FIRST, task };
    numbers.into_iter().zip(tasks).map(record).collect()
}

async fn page<S: Store>(store: &S, user: UserId, query: &TaskQuery) -> TaskPage {
    store.list(user.into(), query).await.unwrap().unwrap()
}

/// Follows the cursors from the first page to the last.
async fn walk<S: Store>(store: &S, user: UserId, query: &TaskQuery) -> Vec<TaskRecord> {
    let mut query = query.clone();
    let mut walked = Vec::new();
    loop {
        let page = page(store, user, &query).await;
        assert!(page.tasks.len() <= query.limit as usize);
        let next = page.next_cursor;
        walked.extend(page.tasks);
        if next.is_none() {
            assert_eq!(page.total as usize, walked.len());
            return walked;
        }
        query.cursor = next;
    }
}

fn due_within(task: &Task, from: Option<DateTime<Utc>>, until: Option<DateTime<Utc>>) -> bool {
    let inside =
        |due: DateTime<Utc>| from.is_none_or(|it| it <= due) && until.is_none_or(|it| due < it);
    (from.is_none() && until.is_none()) || task.due_at.is_some_and(inside)
}

fn matches(query: &TaskQuery, task: &Task) -> bool {
    let state = match query.filter {
        Filter::All => true,
        Filter::Pending => !task.is_completed(),
        Filter::Completed => task.is_completed(),
        Filter::Overdue { now } => !task.is_completed() && due_within(task, None, Some(now)),
        Filter::Upcoming { now, until } => {
            !task.is_completed() && due_within(task, Some(now), Some(until))
        }
        Filter::WithoutDueDate => task.due_at.is_none(),
    };
    let contains = |text: &str, part: &str| text.to_lowercase().contains(&part.to_lowercase());
    let found = |search: &String| {
        contains(task.title.as_str(), search)
            || contains(task.description.as_str(), search)
            || task.tags.iter().any(|it| contains(it.as_str(), search))
    };
    let tagged =
        |tag: &String| task.tags.iter().any(|it| it.as_str().to_lowercase() == tag.to_lowercase());
    state
        && query.priority.is_none_or(|it| it == task.priority)
        && query.search.as_ref().is_none_or(found)
        && query.tag.as_ref().is_none_or(tagged)
        && due_within(task, query.due_after, query.due_before)
}

fn order(query: &TaskQuery, a: &TaskRecord, b: &TaskRecord) -> Ordering {
    let title = |it: &TaskRecord| it.task.title.as_str().to_lowercase();
    let by_key = match query.sort {
        Sort::Created => a.task.created_at.cmp(&b.task.created_at),
        Sort::Title => title(a).cmp(&title(b)),
        Sort::DueDate => match (a.task.due_at, b.task.due_at) {
            (Some(a), Some(b)) => a.cmp(&b),
            // Without a due date is last even where everything else is turned round.
            (a, b) if query.descending => a.is_some().cmp(&b.is_some()),
            (a, b) => b.is_some().cmp(&a.is_some()),
        },
        Sort::Priority => a.task.priority.cmp(&b.task.priority),
        Sort::Status => a.task.is_completed().cmp(&b.task.is_completed()),
    };
    let ascending = by_key.then(a.number.cmp(&b.number));
    if query.descending { ascending.reverse() } else { ascending }
}

fn filters() -> Vec<TaskQuery> {
    let base = everything;
    let text = |it: &str| Some(it.to_owned());
    vec![
        base(),
        TaskQuery { filter: Filter::Pending, ..base() },
        TaskQuery { filter: Filter::Completed, ..base() },
        TaskQuery { filter: Filter::Overdue { now: at(1) }, ..base() },
        TaskQuery { filter: Filter::Upcoming { now: at(-1), until: at(2) }, ..base() },
        TaskQuery { filter: Filter::WithoutDueDate, ..base() },
        TaskQuery { priority: Some(Priority::High), ..base() },
        TaskQuery { tag: text("home"), ..base() },
        TaskQuery { search: text("milk"), ..base() },
        TaskQuery { due_after: Some(at(0)), ..base() },
        TaskQuery { due_before: Some(at(2)), due_after: Some(at(-1)), ..base() },
        TaskQuery { filter: Filter::Overdue { now: at(2) }, due_before: Some(at(0)), ..base() },
        TaskQuery {
            filter: Filter::Pending,
            priority: Some(Priority::Low),
            tag: text("HOME"),
            search: text("work"),
            ..base()
        },
        TaskQuery { search: text("nowhere"), ..base() },
    ]
}

pub(crate) async fn pages_walk_the_whole_list_in_every_sort_and_filter(stores: &impl Stores) {
    let store = stores.open();
    let (user, other) = (user(&store, "asad").await, user(&store, "bina").await);
    let mut seeded = Seeded(20_261_121);
    let records = insert_all(&store, user, (0..157).map(|_| seeded.task()).collect()).await;
    insert_all(&store, other, (0..40).map(|_| seeded.task()).collect()).await;
    for filter in filters() {
        for (sort, descending) in SORTS.iter().flat_map(|it| [(*it, false), (*it, true)]) {
            for limit in [7, 157] {
                let query = TaskQuery { sort, descending, limit, ..filter.clone() };
                let mut want = records.clone();
                want.retain(|it| matches(&query, &it.task));
                want.sort_by(|a, b| order(&query, a, b));
                assert_eq!(walk(&store, user, &query).await, want, "{query:?}");
            }
        }
    }
}

async fn titles<S: Store>(store: &S, user: UserId, query: TaskQuery) -> Vec<String> {
    let tasks = page(store, user, &query).await.tasks;
    tasks.iter().map(|it| it.task.title.as_str().to_owned()).collect()
}

pub(crate) async fn tasks_without_a_due_date_come_last_in_both_directions(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    let due = |title, ms: i64| Task { due_at: Some(at(ms)), ..task(title) };
    insert_all(&store, user, vec![task("never"), due("late", 9), due("early", 1)]).await;
    let by_due = |descending| TaskQuery { sort: Sort::DueDate, descending, ..everything() };
    assert_eq!(titles(&store, user, by_due(false)).await, ["early", "late", "never"]);
    assert_eq!(titles(&store, user, by_due(true)).await, ["late", "early", "never"]);
}

pub(crate) async fn equal_keys_are_ordered_by_number(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    insert_all(&store, user, vec![task("same"); 9]).await;
    for sort in SORTS {
        let query = TaskQuery { sort, limit: 2, ..everything() };
        let numbers = walk(&store, user, &query).await.into_iter().map(|it| it.number.0);
        assert!(numbers.eq(1..=9), "{sort:?}");
    }
}

pub(crate) async fn a_cursor_of_another_list_is_refused(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    insert_all(&store, user, vec![task("same"); 3]).await;
    let query =
        |sort, descending, cursor| TaskQuery { sort, descending, limit: 1, cursor, ..everything() };
    let all = || SORTS.iter().flat_map(|it| [(*it, false), (*it, true)]);
    for (sort, descending) in all() {
        let cursor = page(&store, user, &query(sort, descending, None)).await.next_cursor.unwrap();
        for (other, other_way) in all() {
            let query = query(other, other_way, Some(cursor.clone()));
            let outcome = store.list(user.into(), &query).await;
            if (other, other_way) == (sort, descending) {
                assert_eq!(outcome.unwrap().unwrap().tasks[0].number.0 % 3, 2);
            } else {
                assert!(matches!(outcome, Err(StoreError::BadCursor)), "{query:?}");
            }
        }
    }
    for nonsense in ["", "?", "W10", "bm90IGpzb24", "WyJjcmVhdGVkIixmYWxzZSwidGV4dCIsMV0"] {
        let query = query(Sort::Created, false, Some(nonsense.to_owned()));
        let outcome = store.list(user.into(), &query).await;
        assert!(matches!(outcome, Err(StoreError::BadCursor)), "{nonsense}");
    }
}

pub(crate) async fn an_empty_list_still_tells_total_and_seq(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    let want = |seq| TaskPage { tasks: vec![], total: 0, next_cursor: None, seq };
    assert_eq!(page(&store, user, &everything()).await, want(0));
    insert(&store, user, task("one")).await;
    let none = TaskQuery { search: Some("another".to_owned()), ..everything() };
    assert_eq!(page(&store, user, &none).await, want(1));
    // A cursor at the very end, as when what followed it was deleted since.
    let one = TaskQuery { limit: 1, ..everything() };
    let second = insert(&store, user, task("two")).await;
    let cursor = page(&store, user, &one).await.next_cursor;
    commit(&store, &deletion(user, second, 1)).await;
    let end = page(&store, user, &TaskQuery { cursor, ..one }).await;
    assert_eq!(end, TaskPage { tasks: vec![], total: 1, next_cursor: None, seq: 3 });
}

pub(crate) async fn a_list_of_nobody_is_nothing(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    insert(&store, user, task("one")).await;
    stores.tombstone(user);
    assert_eq!(store.list(user.into(), &everything()).await.unwrap(), None);
}

/// Which of the tasks, by title, a search finds.
async fn check_search(stores: &impl Stores, tasks: Vec<Task>, table: &[(&str, &[&str])]) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    insert_all(&store, user, tasks).await;
    for (search, want) in table {
        let query = TaskQuery { search: Some((*search).to_owned()), ..everything() };
        assert_eq!(titles(&store, user, query).await, *want, "{search}");
    }
}

pub(crate) async fn search_ignores_case_in_every_script(stores: &impl Stores) {
    let tasks = vec![
        task("Café au LAIT"),
        task("بجلی کا بل ادا کریں"),
        task("ΟΔΥΣΣΕΥΣ"),
        task("Straße"),
        task("ПОЧТА"),
    ];
    let table: [(&str, &[&str]); 7] = [
        ("CAFÉ", &["Café au LAIT"]),
        ("lait", &["Café au LAIT"]),
        ("کا بل", &["بجلی کا بل ادا کریں"]),
        ("Οδυσσευς", &["ΟΔΥΣΣΕΥΣ"]),
        ("STRAßE", &["Straße"]),
        ("почта", &["ПОЧТА"]),
        ("почтаx", &[]),
    ];
    check_search(stores, tasks, &table).await;
}

pub(crate) async fn search_ignores_accents_and_variants_of_a_letter(stores: &impl Stores) {
    let tasks = vec![
        task("Crème brûlée à Zürich"),
        // With the letters of an Arabic keyboard, and with vowel marks.
        task("كتاب علي"),
        task("کِتَابِ عَلی"),
        task("چائے ۱۲ کپ"),
        task("مـــكتبة"),
        task("ＦＵＬＬ width ﬁne"),
        task("Ὀδυσσεύς"),
    ];
    let table: [(&str, &[&str]); 11] = [
        ("creme BRULEE", &["Crème brûlée à Zürich"]),
        ("cre\u{300}me", &["Crème brûlée à Zürich"]),
        ("zurich", &["Crème brûlée à Zürich"]),
        ("کتاب علی", &["كتاب علي", "کِتَابِ عَلی"]),
        ("كِتاب عليّ", &["كتاب علي", "کِتَابِ عَلی"]),
        ("چاۓ", &[]),
        ("چائے 12", &["چائے ۱۲ کپ"]),
        ("مکتبہ", &["مـــكتبة"]),
        ("full WIDTH fine", &["ＦＵＬＬ width ﬁne"]),
        ("οδυσσευσ", &["Ὀδυσσεύς"]),
        ("οδυσσευς", &["Ὀδυσσεύς"]),
    ];
    check_search(stores, tasks, &table).await;
}

pub(crate) async fn search_takes_every_character_literally(stores: &impl Stores) {
    let titles = ["100% sure", "100 sure", "a_b", "a-b", r"back\slash", "it's \"so\""];
    let tasks = titles.iter().map(|it| task(it)).collect();
    let table: [(&str, &[&str]); 6] = [
        ("100%", &["100% sure"]),
        ("a_b", &["a_b"]),
        (r"k\s", &[r"back\slash"]),
        ("t's \"s", &["it's \"so\""]),
        ("%", &["100% sure"]),
        ("*", &[]),
    ];
    check_search(stores, tasks, &table).await;
}

pub(crate) async fn search_does_not_reach_across_fields(stores: &impl Stores) {
    let described = Task {
        description: Description::parse("second\tpart").unwrap(),
        tags: tags(&["third", "fourth"]),
        ..task("first")
    };
    let table: [(&str, &[&str]); 8] = [
        ("first", &["first"]),
        ("second part", &["first"]),
        ("rth", &["first"]),
        ("first second", &[]),
        ("firstsecond", &[]),
        ("thirdfourth", &[]),
        ("first\u{1e}second", &[]),
        ("\u{1f}third\u{1f}", &[]),
    ];
    check_search(stores, vec![described], &table).await;
}

pub(crate) async fn a_tag_is_compared_whole_and_without_case(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    let tagged = |title, words: &[&str]| Task { tags: tags(words), ..task(title) };
    let tasks = vec![
        tagged("one", &["Home"]),
        tagged("two", &["home office"]),
        tagged("three", &["WORK", "Úl"]),
        tagged("home", &[]),
    ];
    insert_all(&store, user, tasks).await;
    for (tag, want) in [
        ("HOME", ["one"].as_slice()),
        ("home office", &["two"]),
        ("office", &[]),
        ("ÚL", &["three"]),
    ] {
        let query = TaskQuery { tag: Some(tag.to_owned()), ..everything() };
        assert_eq!(titles(&store, user, query).await, want, "{tag}");
    }
}

pub(crate) async fn due_bounds_include_their_start_and_exclude_their_end(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    let due = |ms: i64| Task { due_at: Some(at(ms)), ..task("due") };
    insert_all(&store, user, vec![due(0), due(1), due(2), task("never")]).await;
    let query = TaskQuery { due_after: Some(at(1)), due_before: Some(at(2)), ..everything() };
    let found = page(&store, user, &query).await;
    assert_eq!(found.tasks.iter().map(|it| it.number).collect::<Vec<_>>(), [TaskNumber(2)]);
    assert_eq!(found.total, 1);
}
