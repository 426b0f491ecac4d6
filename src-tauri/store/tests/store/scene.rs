//! A data folder that goes away, and the rows that tests put into it.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};
use switchyard_store::{NewAccountRow, Place, Store, StoreError};
use switchyard_types::{
    AccountId, AttemptView, Dialect, FailureClass, Outcome, Place as At, PlannedView, RequestId,
    RequestView, Secret, ServedBy, SkippedView, Standing, TraceView, Usage,
};
use tempfile::TempDir;

use crate::keychains::Held;

static MIGRATIONS: Migrator = sqlx::migrate!();

pub(crate) const NOW: i64 = 1_763_856_000_000;

pub(crate) struct Scene {
    temp: TempDir,
    pub(crate) data_key: Option<Secret>,
    pub(crate) keychain: Option<Arc<Held>>,
}

impl Scene {
    pub(crate) fn new() -> Self {
        Self { temp: tempfile::tempdir().unwrap(), data_key: None, keychain: None }
    }

    pub(crate) fn with_key(key: Secret) -> Self {
        Self { data_key: Some(key), ..Self::new() }
    }

    pub(crate) fn dir(&self) -> PathBuf {
        self.temp.path().join("data")
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.dir().join(name)
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.file("switchyard.db")
    }

    pub(crate) fn place(&self) -> Place {
        let keychain =
            self.keychain.clone().map(|held| held as Arc<dyn switchyard_store::Keychain>);
        Place { dir: self.dir(), data_key: self.data_key.clone(), keychain }
    }

    pub(crate) async fn try_open(&self) -> Result<Store, StoreError> {
        Store::open(self.place(), NOW).await
    }

    pub(crate) async fn open(&self) -> Store {
        self.try_open().await.unwrap()
    }

    /// Why the store does not open.
    pub(crate) async fn refusal(&self) -> StoreError {
        self.try_open().await.expect_err("the store should not open")
    }

    /// A connection past the store, as another program would have one.
    pub(crate) async fn raw(&self) -> SqliteConnection {
        raw(&self.database()).await
    }

    /// Runs statements past the store.
    pub(crate) async fn tamper(&self, sql: &'static str) {
        let mut connection = self.raw().await;
        sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    }

    /// Makes the database one that the first program left: its schema is the first, its accounts and
    /// keys are those of now.
    pub(crate) async fn age(&self) {
        let old = self.file("old.db");
        let options = SqliteConnectOptions::new().filename(&old).create_if_missing(true);
        let mut connection = options.connect().await.unwrap();
        MIGRATIONS.run_to(1, &mut connection).await.unwrap();
        sqlx::query("ATTACH ? AS now")
            .bind(self.database().to_str().unwrap())
            .execute(&mut connection)
            .await
            .unwrap();
        for (table, columns) in [
            ("data_key_check", "id, sealed"),
            ("client_keys", "id, name, hint, hash, created_at, last_used_at"),
            (
                "accounts",
                "id, vendor, name, enabled, priority, key_hint, sealed, created_at, last_used_at",
            ),
        ] {
            let copy =
                format!("INSERT INTO main.{table} ({columns}) SELECT {columns} FROM now.{table}");
            sqlx::query(AssertSqlSafe(copy)).execute(&mut connection).await.unwrap();
        }
        connection.close().await.unwrap();
        std::fs::rename(old, self.database()).unwrap();
        std::fs::remove_file(self.file("configuration.json")).unwrap();
    }

    /// Every file below the folder with its bytes.
    pub(crate) fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        files(&self.dir())
    }
}

pub(crate) async fn raw(database: &Path) -> SqliteConnection {
    SqliteConnectOptions::new().filename(database).connect().await.unwrap()
}

/// Every file below the folder with its bytes. The store puts files in place while this looks: a
/// look in which one was gone before it was read is not whole, and another is taken.
pub(crate) fn files(dir: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    loop {
        let mut found = Vec::new();
        match gather(dir, &mut found) {
            Ok(()) => return found,
            Err(error) => assert_eq!(error.kind(), ErrorKind::NotFound, "{error}"),
        }
    }
}

fn gather(dir: &Path, found: &mut Vec<(PathBuf, Vec<u8>)>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(dir)? {
        let path = entry?.path();
        if path.is_dir() {
            gather(&path, found)?;
        } else {
            found.push((path.clone(), std::fs::read(&path)?));
        }
    }
    Ok(())
}

pub(crate) fn account(name: &str, secret: Option<&str>) -> NewAccountRow {
    NewAccountRow {
        vendor: "glm".to_owned(),
        name: name.to_owned(),
        priority: None,
        secret: secret.map(Secret::new),
        fields: std::collections::BTreeMap::new(),
        created_at: NOW,
    }
}

pub(crate) fn by(account: &str) -> ServedBy {
    ServedBy {
        vendor: "glm".to_owned(),
        account: AccountId::new(account),
        account_name: "Work".to_owned(),
        model: "glm-5".to_owned(),
        dialect: Dialect::Messages,
    }
}

pub(crate) fn attempt(account: &str, failure: Option<FailureClass>) -> AttemptView {
    AttemptView {
        to: by(account),
        started: 3,
        millis: 120,
        status: Some(429),
        failure,
        message: Some("quota «spent» \u{1F6D1}\0".to_owned()),
        locked_until: Some(NOW + 1),
    }
}

/// A request with everything in it; `number` orders ids and times.
pub(crate) fn full_request(number: i64) -> RequestView {
    RequestView {
        id: RequestId::new(format!("req_{number:09}")),
        at: NOW + number,
        dialect: Dialect::Responses,
        model: "auto".to_owned(),
        combo: Some("daily".to_owned()),
        stream: true,
        key: Some("Claude Code".to_owned()),
        outcome: Outcome::Answered,
        status: 200,
        served_by: Some(by("acc_2")),
        attempts: vec![attempt("acc_1", Some(FailureClass::Quota)), attempt("acc_2", None)],
        skipped: vec![SkippedView {
            model: "glm/glm-5".to_owned(),
            account: Some(AccountId::new("acc_3")),
            reason: "it is off".to_owned(),
            until: None,
        }],
        losses: vec!["`logit_bias` has no place".to_owned()],
        first_content: Some(412),
        millis: 9_000,
        usage: Some(Usage { input: 10, output: 20, cache_read: 30, cache_write: 40, reasoning: 5 }),
        cost: Some(1_500),
        saved: Some(270),
        error: None,
        plan: Some(Box::new(TraceView {
            candidates: vec![PlannedView {
                to: by("acc_2"),
                standing: Standing::Bound,
                budgets: vec!["all".to_owned()],
            }],
            passed_over: Some((
                At { account: AccountId::new("acc_1"), model: "glm-5".to_owned() },
                NOW + 9,
            )),
            replay_of: Some(RequestId::new("req_0")),
        })),
    }
}

/// A request that nobody answered, with nothing optional in it.
pub(crate) fn bare_request(number: i64) -> RequestView {
    RequestView {
        combo: None,
        stream: false,
        key: None,
        outcome: Outcome::Exhausted,
        status: 503,
        served_by: None,
        attempts: Vec::new(),
        skipped: Vec::new(),
        losses: Vec::new(),
        first_content: None,
        usage: None,
        cost: None,
        saved: None,
        plan: None,
        error: Some("nobody could answer".to_owned()),
        ..full_request(number)
    }
}

/// Hands rows to the recorder and waits until they are written.
pub(crate) async fn record(store: &Store, rows: impl IntoIterator<Item = RequestView>) {
    for row in rows {
        store.recorder().record(row);
    }
    store.recorder().flush().await;
}
