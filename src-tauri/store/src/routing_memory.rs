//! What routing has learnt: written often, and worth no more than the vendors' next answers.

use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};
use switchyard_types::{AccountId, Millis, NoticeView, Place, Share};

use crate::error::while_doing;
use crate::words::{read_json, read_optional};
use crate::{Store, StoreError};

/// How many notices are kept.
const NOTICES_KEPT: i64 = 1_000;

/// Sessions idle for longer are not worth a row: no vendor keeps a prompt cache so long.
const SESSION_KEPT: Millis = 60 * 60_000;

/// How long it is known who gave a proof of reasoning: conversations are taken up again after weeks.
const PROOF_KEPT: Millis = 30 * 24 * 60 * 60_000;

/// And of how many at most: as many as requests look through.
const PROOFS_KEPT: i64 = 32_768;

/// All that routing has learnt.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoutingMemory {
    /// Quota windows.
    pub windows: Vec<WindowRow>,
    /// Where sessions are served.
    pub sessions: Vec<SessionRow>,
    /// What was spent of budgets: id, start of the period, nano-dollars or tokens.
    pub spending: Vec<(String, Millis, i64)>,
    /// What was told.
    pub told: Told,
    /// Who gave which proofs of reasoning, the oldest first.
    pub proofs: Vec<ProofRow>,
}

/// Who gave a proof of reasoning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProofRow {
    /// What it is recognised by.
    pub proof: [i64; 2],
    /// The vendor.
    pub vendor: String,
}

/// What was told, and until when that is remembered; and the resets that are still to be told: by run,
/// account, window and time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// By a key that routing makes.
    pub told: Vec<(String, Millis)>,
    /// Spent windows.
    pub awaited: Vec<(String, AccountId, String, Millis)>,
}

/// A quota window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WindowRow {
    /// The account.
    pub account: AccountId,
    /// Its name.
    pub name: String,
    /// A part of the ids of the models that it counts.
    pub models: Option<String>,
    /// What is used of it.
    pub used: Option<Share>,
    /// When it starts over.
    pub resets_at: Option<Millis>,
    /// How long it is, in milliseconds.
    pub length: Option<Millis>,
    /// Where it was read: routing's own word.
    pub source: String,
    /// When it was read.
    pub observed_at: Millis,
    /// Whether it was left early, and not yet returned to.
    pub left_early: bool,
    /// What was read of it of late: times and what was used.
    pub readings: Vec<(Millis, Share)>,
}

/// Where a session is served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRow {
    /// A hash in hexadecimal digits.
    pub session: String,
    /// Where it is served.
    pub place: Place,
    /// Where it goes back to once it can.
    pub home: Option<Place>,
    /// When it was last served.
    pub last_used: Millis,
}

/// What has changed since it was last written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Learning {
    /// Accounts with all of their windows.
    pub windows: Vec<(AccountId, Vec<WindowRow>)>,
    /// Sessions that were served.
    pub sessions: Vec<SessionRow>,
    /// All spending, where any changed.
    pub spending: Option<Vec<(String, Millis, i64)>>,
    /// All that was told, where any changed.
    pub told: Option<Told>,
    /// Notices to be listed.
    pub notices: Vec<NoticeView>,
    /// Proofs of reasoning that were given.
    pub proofs: Vec<ProofRow>,
}

impl Store {
    /// What routing had learnt.
    pub async fn routing_memory(&self) -> Result<RoutingMemory, StoreError> {
        const DOING: &str = "reading what routing has learnt";
        let mut transaction = self.readers().begin().await.map_err(while_doing(DOING))?;
        let memory = read(&mut transaction).await.map_err(while_doing(DOING))?;
        transaction.commit().await.map_err(while_doing(DOING))?;
        Ok(memory)
    }

    /// Writes what routing has learnt since, all of it or nothing. Rows of accounts that are gone are left
    /// out.
    pub async fn learn(&self, learning: &Learning, now: Millis) -> Result<(), StoreError> {
        const DOING: &str = "writing what routing has learnt";
        let mut transaction = self.begin(DOING).await?;
        write(&mut transaction, learning, now).await.map_err(while_doing(DOING))?;
        transaction.commit().await.map_err(while_doing(DOING))
    }

    /// The newest notices, newest first.
    pub async fn notices(&self, limit: u32) -> Result<Vec<NoticeView>, StoreError> {
        sqlx::query("SELECT notice FROM notices ORDER BY id DESC LIMIT ?")
            .bind(limit)
            .try_map(|row| read_json(&row, "notice"))
            .fetch_all(self.readers())
            .await
            .map_err(while_doing("listing notices"))
    }
}

async fn read(connection: &mut SqliteConnection) -> Result<RoutingMemory, sqlx::Error> {
    let windows = sqlx::query("SELECT * FROM routing_windows ORDER BY account, name, models")
        .try_map(|row| window(&row))
        .fetch_all(&mut *connection)
        .await?;
    let sessions = sqlx::query("SELECT * FROM routing_sessions ORDER BY last_used, session")
        .try_map(|row| session(&row))
        .fetch_all(&mut *connection)
        .await?;
    let spending =
        sqlx::query_as("SELECT budget, start, spent FROM routing_spending ORDER BY budget, start")
            .fetch_all(&mut *connection)
            .await?;
    let told = sqlx::query_as("SELECT told, until FROM routing_told ORDER BY told")
        .fetch_all(&mut *connection)
        .await?;
    let awaited: Vec<(String, String, String, Millis)> =
        sqlx::query_as("SELECT run, account, window, resets_at FROM routing_awaited ORDER BY run")
            .fetch_all(&mut *connection)
            .await?;
    let proofs: Vec<(i64, i64, String)> =
        sqlx::query_as("SELECT one, other, vendor FROM routing_proofs ORDER BY noted_at")
            .fetch_all(connection)
            .await?;
    let awaited = awaited
        .into_iter()
        .map(|(run, account, window, at)| (run, AccountId::new(account), window, at));
    let told = Told { told, awaited: awaited.collect() };
    let proofs = proofs
        .into_iter()
        .map(|(one, other, vendor)| ProofRow { proof: [one, other], vendor })
        .collect();
    Ok(RoutingMemory { windows, sessions, spending, told, proofs })
}

async fn write(
    connection: &mut SqliteConnection,
    learning: &Learning,
    now: Millis,
) -> Result<(), sqlx::Error> {
    for (account, windows) in &learning.windows {
        sqlx::query("DELETE FROM routing_windows WHERE account = ?")
            .bind(account.as_str())
            .execute(&mut *connection)
            .await?;
        for window in windows {
            put_window(connection, window).await?;
        }
    }
    for session in &learning.sessions {
        put_session(connection, session).await?;
    }
    if !learning.sessions.is_empty() {
        sqlx::query("DELETE FROM routing_sessions WHERE last_used < ?")
            .bind(now - SESSION_KEPT)
            .execute(&mut *connection)
            .await?;
    }
    if let Some(spending) = &learning.spending {
        sqlx::query("DELETE FROM routing_spending").execute(&mut *connection).await?;
        for (budget, start, spent) in spending {
            sqlx::query("INSERT INTO routing_spending (budget, start, spent) VALUES (?, ?, ?)")
                .bind(budget)
                .bind(start)
                .bind(spent)
                .execute(&mut *connection)
                .await?;
        }
    }
    if let Some(told) = &learning.told {
        put_told(connection, told).await?;
    }
    for notice in &learning.notices {
        let text =
            serde_json::to_string(notice).map_err(|error| sqlx::Error::Encode(error.into()))?;
        sqlx::query("INSERT INTO notices (at, notice) VALUES (?, ?)")
            .bind(notice.at)
            .bind(text)
            .execute(&mut *connection)
            .await?;
    }
    if !learning.notices.is_empty() {
        sqlx::query("DELETE FROM notices WHERE id <= (SELECT MAX(id) FROM notices) - ?")
            .bind(NOTICES_KEPT)
            .execute(&mut *connection)
            .await?;
    }
    if !learning.proofs.is_empty() {
        put_proofs(connection, &learning.proofs, now).await?;
    }
    Ok(())
}

async fn put_proofs(
    connection: &mut SqliteConnection,
    proofs: &[ProofRow],
    now: Millis,
) -> Result<(), sqlx::Error> {
    for ProofRow { proof: [one, other], vendor } in proofs {
        sqlx::query(
            "INSERT OR REPLACE INTO routing_proofs (one, other, vendor, noted_at) \
             VALUES (?, ?, ?, ?)",
        )
        .bind(one)
        .bind(other)
        .bind(vendor)
        .bind(now)
        .execute(&mut *connection)
        .await?;
    }
    sqlx::query(
        "DELETE FROM routing_proofs WHERE noted_at < ? OR noted_at < \
         (SELECT noted_at FROM routing_proofs ORDER BY noted_at DESC LIMIT 1 OFFSET ?)",
    )
    .bind(now - PROOF_KEPT)
    .bind(PROOFS_KEPT)
    .execute(connection)
    .await?;
    Ok(())
}

async fn put_window(connection: &mut SqliteConnection, row: &WindowRow) -> Result<(), sqlx::Error> {
    let readings =
        serde_json::to_string(&row.readings).map_err(|error| sqlx::Error::Encode(error.into()))?;
    sqlx::query(
        "INSERT INTO routing_windows (account, name, models, used, resets_at, length, source, \
         observed_at, left_early, readings) \
         SELECT id, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM accounts WHERE id = ?",
    )
    .bind(&row.name)
    .bind(row.models.as_deref().unwrap_or_default())
    .bind(row.used.map(Share::hundredths))
    .bind(row.resets_at)
    .bind(row.length)
    .bind(&row.source)
    .bind(row.observed_at)
    .bind(row.left_early)
    .bind(readings)
    .bind(row.account.as_str())
    .execute(connection)
    .await?;
    Ok(())
}

async fn put_session(
    connection: &mut SqliteConnection,
    row: &SessionRow,
) -> Result<(), sqlx::Error> {
    let home = row.home.as_ref();
    sqlx::query(
        "INSERT OR REPLACE INTO routing_sessions (session, account, model, home_account, \
         home_model, last_used) \
         SELECT ?, served.id, ?, home.id, CASE WHEN home.id IS NULL THEN NULL ELSE ? END, ? \
         FROM accounts AS served LEFT JOIN accounts AS home ON home.id = ? WHERE served.id = ?",
    )
    .bind(&row.session)
    .bind(&row.place.model)
    .bind(home.map(|home| home.model.as_str()))
    .bind(row.last_used)
    .bind(home.map(|home| home.account.as_str()))
    .bind(row.place.account.as_str())
    .execute(connection)
    .await?;
    Ok(())
}

async fn put_told(connection: &mut SqliteConnection, told: &Told) -> Result<(), sqlx::Error> {
    for sql in ["DELETE FROM routing_told", "DELETE FROM routing_awaited"] {
        sqlx::query(sql).execute(&mut *connection).await?;
    }
    for (key, until) in &told.told {
        sqlx::query("INSERT INTO routing_told (told, until) VALUES (?, ?)")
            .bind(key)
            .bind(until)
            .execute(&mut *connection)
            .await?;
    }
    for (run, account, window, at) in &told.awaited {
        sqlx::query(
            "INSERT INTO routing_awaited (run, account, window, resets_at) VALUES (?, ?, ?, ?)",
        )
        .bind(run)
        .bind(account.as_str())
        .bind(window)
        .bind(at)
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

fn window(row: &SqliteRow) -> Result<WindowRow, sqlx::Error> {
    Ok(WindowRow {
        account: AccountId::new(row.try_get::<String, _>("account")?),
        name: row.try_get("name")?,
        models: Some(row.try_get::<String, _>("models")?).filter(|part| !part.is_empty()),
        used: read_optional(row, "used")?.map(Share::of),
        resets_at: row.try_get("resets_at")?,
        length: row.try_get("length")?,
        source: row.try_get("source")?,
        observed_at: row.try_get("observed_at")?,
        left_early: row.try_get("left_early")?,
        readings: read_json(row, "readings")?,
    })
}

fn session(row: &SqliteRow) -> Result<SessionRow, sqlx::Error> {
    let place = |account: String, model: String| Place { account: AccountId::new(account), model };
    let home = match (row.try_get("home_account")?, row.try_get("home_model")?) {
        (Some(account), Some(model)) => Some(place(account, model)),
        (None, _) | (_, None) => None,
    };
    Ok(SessionRow {
        session: row.try_get("session")?,
        place: place(row.try_get("account")?, row.try_get("model")?),
        home,
        last_used: row.try_get("last_used")?,
    })
}
