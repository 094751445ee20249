//! PostgreSQL under test: a database of its own for each test, copied from one that was migrated.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use futures::executor::block_on;
use task_domain::UserId;
use task_store::{Dialect, SqlStore, Store};
use test_support::postgres::{Database, Postgres};

use crate::db::PostgresDb;
use crate::suite::Stores;

pub(crate) struct PostgresStores {
    database: Database,
    /// What the next test copies; it goes with the last one.
    _template: Option<Arc<Database>>,
}

impl PostgresStores {
    /// A database of this release's schema.
    pub(crate) fn fresh() -> Self {
        let template = template();
        PostgresStores { database: template.copy(), _template: Some(template) }
    }

    /// A database in which nothing is.
    pub(crate) fn empty() -> Self {
        PostgresStores { database: Postgres::shared().database(), _template: None }
    }

    pub(crate) fn database(&self) -> &Database {
        &self.database
    }

    pub(crate) fn db(&self) -> PostgresDb {
        PostgresDb::new(self.database.url())
    }

    /// A connection string of another role, whose password is its name.
    pub(crate) fn url_of(&self, role: &str) -> String {
        let url = self.database.url();
        let (_, server) = url.split_once('@').unwrap();
        format!("postgres://{role}:{role}@{server}")
    }
}

impl Stores for PostgresStores {
    type Store = SqlStore<PostgresDb>;

    fn open(&self) -> Self::Store {
        SqlStore::new(self.db(), Dialect::Postgres)
    }

    fn tombstone(&self, user: UserId) {
        let ended = self.database.run(&format!(
            "UPDATE taskmaster.users SET deleted_at = 1 WHERE id = '{user}' RETURNING deleted_at"
        ));
        assert_eq!(ended, "1");
        self.database.run(&format!("SELECT taskmaster.forget_v1('{user}', 1)"));
    }

    fn dump(&self) -> String {
        let tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'taskmaster' ORDER BY 1";
        let tables = self.database.run(tables);
        let rows = |table: &str| {
            let rows = format!("SELECT r::text FROM taskmaster.{table} AS r ORDER BY 1");
            format!("{table}\n{}\n", self.database.run(&rows))
        };
        tables.lines().map(rows).collect()
    }
}

impl Drop for PostgresStores {
    fn drop(&mut self) {
        // Hundreds of tests would leave some gigabytes.
        self.database.remove();
    }
}

fn template() -> Arc<Database> {
    static TEMPLATE: Mutex<Weak<Database>> = Mutex::new(Weak::new());
    let mut template = TEMPLATE.lock().unwrap_or_else(PoisonError::into_inner);
    template.upgrade().unwrap_or_else(|| {
        let migrated = Arc::new(Postgres::shared().database());
        let store = SqlStore::new(PostgresDb::new(migrated.url()), Dialect::Postgres);
        block_on(store.ping()).unwrap();
        *template = Arc::downgrade(&migrated);
        migrated
    })
}
