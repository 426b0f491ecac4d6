use std::collections::HashSet;

use serde::Serialize;
use sqlx::query_builder::Separated;
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection};
use switchyard_types::{
    AccountId, Millis, Outcome, RequestFilter, RequestId, RequestPage, RequestView, ServedBy, Today,
};

use crate::error::{while_doing, while_doing_to};
use crate::usage::{self, saved, tokens};
use crate::words::{number, read_json, read_number, read_word};
use crate::{Store, StoreError};

/// The most rows that one page holds.
const LONGEST_PAGE: u32 = 500;

/// Rows removed in one transaction, so that pruning a long history never holds up other writers.
const PRUNED_AT_ONCE: i64 = 1_000;

impl Store {
    /// The newest requests, or the newest of those before one; newest first, at most 500.
    pub async fn page(
        &self,
        before: Option<&RequestId>,
        limit: u32,
    ) -> Result<RequestPage, StoreError> {
        self.find_requests(&RequestFilter::default(), before, limit).await
    }

    /// A page as [`Self::page`] gives it, of the requests that a filter lets through.
    pub async fn find_requests(
        &self,
        filter: &RequestFilter,
        before: Option<&RequestId>,
        limit: u32,
    ) -> Result<RequestPage, StoreError> {
        let limit = limit.clamp(1, LONGEST_PAGE);
        let mut query = QueryBuilder::new("SELECT * FROM requests WHERE TRUE");
        if let Some(before) = before {
            query.push(" AND id < ").push_bind(before.as_str());
        }
        narrow(&mut query, filter);
        // One row more than asked for tells whether there is another page.
        query.push(" ORDER BY id DESC LIMIT ").push_bind(i64::from(limit) + 1);
        let mut requests = query
            .build()
            .try_map(|row| request(&row))
            .fetch_all(self.readers())
            .await
            .map_err(while_doing("listing requests"))?;
        let more = requests.len() > limit as usize;
        requests.truncate(limit as usize);
        let next = requests.last().filter(|_| more).map(|last| last.id.clone());
        Ok(RequestPage { requests, next })
    }

    /// One request.
    pub async fn request(&self, id: &RequestId) -> Result<Option<RequestView>, StoreError> {
        sqlx::query("SELECT * FROM requests WHERE id = ?")
            .bind(id.as_str())
            .try_map(|row| request(&row))
            .fetch_optional(self.readers())
            .await
            .map_err(while_doing_to("reading request", id.as_str()))
    }

    /// Sums of the requests that came at `at` or later. A request fell over when the one that
    /// answered was not the first tried; it failed when nobody could answer or the answer broke off.
    pub async fn since(&self, at: Millis) -> Result<Today, StoreError> {
        // TOTAL, unlike SUM, does not fail on absurd counts; it is exact up to 2^53.
        sqlx::query(
            "SELECT COUNT(*) AS requests, \
             COUNT(*) FILTER (WHERE fell_over = 1) AS fell_over, \
             COUNT(*) FILTER (WHERE outcome IN (?, ?)) AS failed, \
             CAST(TOTAL(input) AS INTEGER) AS input, \
             CAST(TOTAL(output) AS INTEGER) AS output, \
             CAST(TOTAL(cache_read) AS INTEGER) AS cache_read, \
             CAST(TOTAL(cache_write) AS INTEGER) AS cache_write, \
             CAST(TOTAL(reasoning) AS INTEGER) AS reasoning, \
             CAST(TOTAL(cost) AS INTEGER) AS cost, \
             CAST(TOTAL(saved) AS INTEGER) AS saved, \
             CAST(TOTAL(cache_read) FILTER (WHERE saved IS NULL) AS INTEGER) AS unpriced \
             FROM requests WHERE at >= ?",
        )
        .bind(Outcome::Exhausted.as_str())
        .bind(Outcome::Broken.as_str())
        .bind(at)
        .try_map(|row: SqliteRow| {
            Ok(Today {
                requests: read_number(&row, "requests")?,
                fell_over: read_number(&row, "fell_over")?,
                failed: read_number(&row, "failed")?,
                usage: tokens(&row)?,
                cost: row.try_get("cost")?,
                saved: saved(&row)?,
            })
        })
        .fetch_one(self.readers())
        .await
        .map_err(while_doing("summing requests"))
    }

    /// Removes the requests that came before a time; says how many.
    pub async fn prune_requests(&self, older_than: Millis) -> Result<u64, StoreError> {
        let mut pruned = 0;
        loop {
            let step = sqlx::query(
                "DELETE FROM requests WHERE id IN \
                 (SELECT id FROM requests WHERE at < ? ORDER BY at LIMIT ?)",
            )
            .bind(older_than)
            .bind(PRUNED_AT_ONCE)
            .execute(self.writer())
            .await
            .map_err(while_doing("removing old requests"))?
            .rows_affected();
            pruned += step;
            if step == 0 {
                return Ok(pruned);
            }
        }
    }
}

/// The plus signs keep the planner on the order of ids: a page is full after a short walk down it, where
/// another index would first gather and sort all that the filter lets through. Ids sort by time, so a
/// span of time bounds that walk.
fn narrow(query: &mut QueryBuilder<Sqlite>, filter: &RequestFilter) {
    let RequestFilter {
        from,
        until,
        model,
        vendor,
        account,
        key,
        combo,
        tool,
        outcome,
        fell_over,
        text,
    } = filter;
    if let Some(from) = from {
        query.push(" AND +at >= ").push_bind(*from);
        query.push(" AND id > COALESCE((SELECT id FROM requests WHERE at < ").push_bind(*from);
        query.push(" ORDER BY at DESC LIMIT 1), '')");
    }
    if let Some(until) = until {
        query.push(" AND +at < ").push_bind(*until);
        query.push(" AND id < COALESCE((SELECT id FROM requests WHERE at >= ").push_bind(*until);
        query.push(" ORDER BY at LIMIT 1), '~')");
    }
    if let Some(model) = model {
        query.push(" AND (model = ").push_bind(model.clone());
        query.push(" OR vendor_model = ").push_bind(model.clone()).push(")");
    }
    if let Some(vendor) = vendor {
        query.push(" AND +vendor = ").push_bind(vendor.clone());
    }
    if let Some(account) = account {
        query.push(" AND +account = ").push_bind(account.as_str().to_owned());
    }
    match key.as_deref() {
        None => {}
        Some("") => {
            query.push(" AND key_name IS NULL");
        }
        Some(key) => {
            query.push(" AND key_name = ").push_bind(key.to_owned());
        }
    }
    match combo.as_deref() {
        None => {}
        Some("") => {
            query.push(" AND combo IS NULL");
        }
        Some(combo) => {
            query.push(" AND combo = ").push_bind(combo.to_owned());
        }
    }
    match tool.as_deref() {
        None => {}
        Some("") => {
            query.push(" AND COALESCE(key_name NOT IN (").push(KEYS_OF_TOOLS).push("), TRUE)");
        }
        Some(tool) => {
            query.push(" AND key_name IN (").push(KEYS_OF_TOOLS).push(" WHERE tool_keys.tool = ");
            query.push_bind(tool.to_owned()).push(")");
        }
    }
    if let Some(outcome) = outcome {
        query.push(" AND outcome = ").push_bind(outcome.as_str());
    }
    if *fell_over {
        query.push(" AND fell_over = 1");
    }
    if let Some(text) = text.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
        let pattern = containing(text);
        let mut before = " AND (";
        for column in SEARCHED {
            query.push(before).push(column).push(" LIKE ").push_bind(pattern.clone());
            query.push(r" ESCAPE '\'");
            before = " OR ";
        }
        query.push(")");
    }
}

/// The names of the client keys that were made for tools.
const KEYS_OF_TOOLS: &str = "SELECT client_keys.name FROM client_keys \
     JOIN tool_keys ON tool_keys.key = client_keys.id";

/// Where a filter's text is looked for.
const SEARCHED: [&str; 7] =
    ["id", "model", "combo", "key_name", "account_name", "vendor_model", "error"];

/// A pattern for what contains this text, as it stands.
fn containing(text: &str) -> String {
    let mut pattern = String::from("%");
    for letter in text.chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}

/// Writes rows and adds them to their hours; those that are there already stay, so that a batch can
/// be written again. A statement for all: each one costs a visit to another thread.
pub(crate) async fn insert(
    connection: &mut SqliteConnection,
    requests: &[RequestView],
) -> Result<(), sqlx::Error> {
    let mut there = those_there(connection, requests).await?;
    let mut new = Vec::with_capacity(requests.len());
    let mut encoded = Vec::with_capacity(requests.len());
    for request in requests.iter().filter(|request| there.insert(request.id.to_string())) {
        new.push((request, fell_over(request)));
        encoded.push(Encoded::of(request)?);
    }
    if new.is_empty() {
        return Ok(());
    }
    let mut query = QueryBuilder::<Sqlite>::new(
        "INSERT INTO requests (id, at, dialect, model, combo, stream, key_name, outcome, status, \
         fell_over, vendor, account, account_name, vendor_model, vendor_dialect, first_content, \
         millis, input, output, cache_read, cache_write, reasoning, cost, saved, error, \
         attempts, skipped, losses, plan) ",
    );
    query.push_values(new.iter().zip(encoded), |mut values, (&(request, fell_over), encoded)| {
        bind(&mut values, request, fell_over, encoded);
    });
    query.build().persistent(false).execute(&mut *connection).await?;
    usage::add(connection, &new).await
}

async fn those_there(
    connection: &mut SqliteConnection,
    requests: &[RequestView],
) -> Result<HashSet<String>, sqlx::Error> {
    let mut query = QueryBuilder::<Sqlite>::new("SELECT id FROM requests WHERE id IN (");
    let mut ids = query.separated(", ");
    for request in requests {
        ids.push_bind(request.id.as_str());
    }
    query.push(")");
    let there = query.build_query_scalar().persistent(false).fetch_all(connection).await?;
    Ok(there.into_iter().collect())
}

/// The columns that hold JSON.
struct Encoded {
    attempts: String,
    skipped: String,
    losses: String,
    plan: Option<String>,
}

impl Encoded {
    fn of(request: &RequestView) -> Result<Self, sqlx::Error> {
        Ok(Self {
            attempts: json(&request.attempts)?,
            skipped: json(&request.skipped)?,
            losses: json(&request.losses)?,
            plan: request.plan.as_ref().map(json).transpose()?,
        })
    }
}

/// Binds a row's columns, in the order of [`insert`].
fn bind(
    values: &mut Separated<'_, Sqlite, &'static str>,
    request: &RequestView,
    fell_over: bool,
    encoded: Encoded,
) {
    let by = request.served_by.as_ref();
    let usage = request.usage.as_ref();
    values
        .push_bind(request.id.as_str())
        .push_bind(request.at)
        .push_bind(request.dialect.as_str())
        .push_bind(&request.model)
        .push_bind(request.combo.as_deref())
        .push_bind(request.stream)
        .push_bind(request.key.as_deref())
        .push_bind(request.outcome.as_str())
        .push_bind(request.status)
        .push_bind(fell_over)
        .push_bind(by.map(|by| by.vendor.as_str()))
        .push_bind(by.map(|by| by.account.as_str()))
        .push_bind(by.map(|by| by.account_name.as_str()))
        .push_bind(by.map(|by| by.model.as_str()))
        .push_bind(by.map(|by| by.dialect.as_str()))
        .push_bind(request.first_content.map(number))
        .push_bind(number(request.millis))
        .push_bind(usage.map(|usage| number(usage.input)))
        .push_bind(usage.map(|usage| number(usage.output)))
        .push_bind(usage.map(|usage| number(usage.cache_read)))
        .push_bind(usage.map(|usage| number(usage.cache_write)))
        .push_bind(usage.map(|usage| number(usage.reasoning)))
        .push_bind(request.cost)
        .push_bind(request.saved)
        .push_bind(request.error.as_deref())
        .push_bind(encoded.attempts)
        .push_bind(encoded.skipped)
        .push_bind(encoded.losses)
        .push_bind(encoded.plan);
}

/// Whether another candidate than the first one tried answered.
fn fell_over(request: &RequestView) -> bool {
    let candidate = |by: &ServedBy| (by.account.clone(), by.model.clone());
    match (&request.served_by, request.attempts.first()) {
        (Some(by), Some(first)) => candidate(by) != candidate(&first.to),
        (None, _) | (_, None) => false,
    }
}

fn json(value: &impl Serialize) -> Result<String, sqlx::Error> {
    serde_json::to_string(value).map_err(|error| sqlx::Error::Encode(error.into()))
}

fn request(row: &SqliteRow) -> Result<RequestView, sqlx::Error> {
    Ok(RequestView {
        id: RequestId::new(row.try_get::<String, _>("id")?),
        at: row.try_get("at")?,
        dialect: read_word(row, "dialect")?,
        model: row.try_get("model")?,
        combo: row.try_get("combo")?,
        stream: row.try_get("stream")?,
        key: row.try_get("key_name")?,
        outcome: read_word(row, "outcome")?,
        status: read_number(row, "status")?,
        served_by: served_by(row)?,
        attempts: read_json(row, "attempts")?,
        skipped: read_json(row, "skipped")?,
        losses: read_json(row, "losses")?,
        first_content: match row.try_get::<Option<i64>, _>("first_content")? {
            Some(_) => Some(read_number(row, "first_content")?),
            None => None,
        },
        millis: read_number(row, "millis")?,
        usage: match row.try_get::<Option<i64>, _>("input")? {
            Some(_) => Some(tokens(row)?),
            None => None,
        },
        cost: row.try_get("cost")?,
        saved: row.try_get("saved")?,
        error: row.try_get("error")?,
        plan: match row.try_get::<Option<&str>, _>("plan")? {
            Some(_) => Some(read_json(row, "plan")?),
            None => None,
        },
    })
}

fn served_by(row: &SqliteRow) -> Result<Option<ServedBy>, sqlx::Error> {
    let Some(vendor) = row.try_get("vendor")? else { return Ok(None) };
    Ok(Some(ServedBy {
        vendor,
        account: AccountId::new(row.try_get::<String, _>("account")?),
        account_name: row.try_get("account_name")?,
        model: row.try_get("vendor_model")?,
        dialect: read_word(row, "vendor_dialect")?,
    }))
}
