//! The people and tasks of the first TaskMaster: its tables `users` and `tasks` are read, and each
//! person's tasks come in as an import does, by the same rules and with an event for each. Only
//! what has not come yet is brought, so it may be repeated, also while the first one is in use.

use anyhow::{Context, Result, bail};
use bytes::Bytes;
use chrono::{DateTime, NaiveDateTime, Utc};
use chrono_tz::Tz;
use serde_json::{Value, json};
use task_app::api::import_file;
use task_app::{Platform, limits};
use task_domain::UserId;
use task_interchange::Format;
use task_store::Store;
use task_store::account::{Account, CreateOutcome};
use tokio_postgres::Row;
use uuid::Uuid;

use crate::database::NativePostgres;
use crate::platform::NativePlatform;

/// How often a long run says how far it is.
const TELL_EVERY: usize = 100;

#[derive(Default)]
struct Brought {
    accounts: u64,
    tasks: u64,
    already: u64,
    failed: u64,
}

pub(crate) async fn bring(
    source: &NativePostgres,
    schema: &str,
    database: NativePostgres,
) -> Result<()> {
    let schema = quoted(schema);
    let has_recurrence = has_recurrence(source, &schema).await?;
    let platform = NativePlatform::on(database);
    let users =
        format!("SELECT id, email, hashed_password, created_at FROM {schema}.users ORDER BY id");
    let users = source.query(&users, &[]).await.context("cannot read the table users")?;
    let mut brought = Brought::default();
    for (index, row) in users.iter().enumerate() {
        let account = account(row)?;
        let (user, email) = (account.id, account.email.clone());
        let is_new = platform.store().account(user.into()).await?.is_none();
        match platform.store().create_account(&account).await? {
            CreateOutcome::Created => brought.accounts += u64::from(is_new),
            CreateOutcome::EmailTaken | CreateOutcome::SubjectTaken => {
                println!("{email}: somebody signed up here with this address; left alone.");
                continue;
            }
        }
        let tasks = tasks(source, &schema, row.get("id"), has_recurrence).await?;
        bring_tasks(&platform, user, &email, tasks, &mut brought).await?;
        if (index + 1) % TELL_EVERY == 0 {
            println!("{} of {} people …", index + 1, users.len());
        }
    }
    let Brought { accounts, tasks, already, failed } = brought;
    println!("Brought {accounts} people and {tasks} tasks; {already} tasks were here already.");
    if failed > 0 {
        bail!("{failed} tasks could not be brought; the reasons stand above");
    }
    Ok(())
}

async fn bring_tasks(
    platform: &NativePlatform,
    user: UserId,
    email: &str,
    tasks: Vec<Value>,
    brought: &mut Brought,
) -> Result<()> {
    let most = usize::try_from(limits::IMPORT_RECORDS_MAX).unwrap_or(usize::MAX);
    for tasks in tasks.chunks(most) {
        let file = Bytes::from(json!({ "tasks": tasks }).to_string());
        let import = import_file(platform, user, Format::Json, file).await;
        let import = import.map_err(|problem| anyhow::anyhow!("{email}: {problem:?}"))?;
        brought.tasks += import.created;
        brought.already += import.duplicates;
        brought.failed += import.failed;
        if import.failed > 0 {
            println!("{email}: {} tasks failed: {}", import.failed, import.errors);
        }
    }
    Ok(())
}

/// The column came late, by a script of its own.
async fn has_recurrence(source: &NativePostgres, schema: &str) -> Result<bool> {
    let tasks = format!("{schema}.tasks");
    let columns = "SELECT 1 FROM pg_attribute \
                   WHERE attrelid = $1::text::regclass AND attname = 'recurrence' \
                   AND NOT attisdropped";
    let found = source.query(columns, &[&tasks]).await;
    Ok(!found.with_context(|| format!("there is no table {tasks}"))?.is_empty())
}

fn account(row: &Row) -> Result<Account> {
    let id: &str = row.get("id");
    let id: Uuid = id.parse().with_context(|| format!("users.id {id:?} is not a UUID"))?;
    let email: &str = row.get("email");
    Ok(Account {
        id: UserId(id),
        email: email.trim().to_lowercase(),
        name: email.split('@').next().unwrap_or_default().to_owned(),
        timezone: Tz::UTC,
        password_hash: Some(row.get("hashed_password")),
        token_epoch: 0,
        external_sub: None,
        quiet_hours: None,
        created_at: utc(row.get("created_at")),
    })
}

/// As a file of tasks has them, in the order in which they were made.
async fn tasks(
    source: &NativePostgres,
    schema: &str,
    user: &str,
    has_recurrence: bool,
) -> Result<Vec<Value>> {
    let recurrence = if has_recurrence { "recurrence" } else { "NULL::text AS recurrence" };
    let tasks = format!(
        "SELECT id, title, description, completed, deadline, {recurrence}, created_at, updated_at \
         FROM {schema}.tasks WHERE user_id = $1 ORDER BY created_at, id"
    );
    let rows = source.query(&tasks, &[&user]).await.context("cannot read the table tasks")?;
    Ok(rows.iter().map(task).collect())
}

fn task(row: &Row) -> Value {
    let completed: bool = row.get("completed");
    let deadline: Option<NaiveDateTime> = row.get("deadline");
    let updated_at = instant(row.get("updated_at"));
    json!({
        "uid": row.get::<_, &str>("id"),
        "title": row.get::<_, &str>("title"),
        "description": row.get::<_, &str>("description"),
        "completed": completed,
        // It kept no instant of completion; what it changed last is the nearest to it.
        "completed_at": completed.then(|| updated_at.clone()),
        "due_at": deadline.map(instant),
        "recurrence": row.get::<_, Option<&str>>("recurrence"),
        "created_at": instant(row.get("created_at")),
        "updated_at": updated_at,
    })
}

fn instant(at: NaiveDateTime) -> String {
    task_interchange::instant::write(utc(at))
}

/// Its columns have no zone and hold UTC.
fn utc(at: NaiveDateTime) -> DateTime<Utc> {
    at.and_utc()
}

fn quoted(identifier: &str) -> String {
    format!("\"{}\"", identifier.replace('"', "\"\""))
}
