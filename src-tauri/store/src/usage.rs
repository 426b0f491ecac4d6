//! Sums of requests by hour and by day. They are added to with each request, and stay when its row
//! is pruned.

use std::collections::BTreeMap;

use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection};
use switchyard_types::{
    CacheSaved, Millis, Outcome, RequestView, Usage, UsageAsk, UsageBy, UsageRow, UsageStep,
    UsageSum,
};

use crate::error::while_doing;
use crate::words::{number, read_number};
use crate::{Store, StoreError};

const HOUR: Millis = 3_600_000;
const DAY: Millis = 24 * HOUR;

/// How long hours are kept apart before they are folded into their days.
pub(crate) const HOURS_KEPT: Millis = 90 * DAY;

/// How finely sums of usage are cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grain {
    /// By hour; those older than 90 days are only known by day.
    Hour,
    /// By day, UTC.
    Day,
}

const COUNTS: &str = "SUM(requests) AS requests, SUM(fell_over) AS fell_over, SUM(failed) AS failed, \
     SUM(millis) AS millis, SUM(input) AS input, SUM(output) AS output, \
     SUM(cache_read) AS cache_read, SUM(cache_write) AS cache_write, \
     SUM(reasoning) AS reasoning, SUM(cost) AS cost, SUM(saved) AS saved, \
     SUM(unpriced) AS unpriced";

impl Store {
    /// The sums from `from` until before `until`, each with when its span begins, oldest first.
    pub async fn usage(
        &self,
        from: Millis,
        until: Millis,
        grain: Grain,
    ) -> Result<Vec<UsageSum>, StoreError> {
        let by_hour = spans("start");
        let by_day = spans("start / 86400000 * 86400000");
        let sql = match grain {
            Grain::Hour => by_hour,
            Grain::Day => by_day,
        };
        sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(from)
            .bind(until)
            .bind(from)
            .bind(until)
            .try_map(|row| sum(&row))
            .fetch_all(self.readers())
            .await
            .map_err(while_doing("summing usage"))
    }
}

impl Store {
    /// Sums as one thing is told apart, cut in time, the oldest first.
    pub async fn usage_sums(&self, asked: &UsageAsk) -> Result<Vec<UsageRow>, StoreError> {
        let span = match asked.step {
            UsageStep::Hour => "start",
            UsageStep::Day => "(start + ?3) / 86400000 * 86400000 - ?3",
            UsageStep::Whole => "?1",
        };
        let (of, vendor) = match asked.by {
            UsageBy::Model => ("model", "vendor"),
            UsageBy::Vendor => ("vendor", "vendor"),
            UsageBy::Account => ("account", "vendor"),
            UsageBy::Key => ("key_name", "''"),
            UsageBy::Tool => (TOOL_OF_KEY, "''"),
            UsageBy::Combo => ("combo", "''"),
            UsageBy::Time => ("''", "''"),
        };
        let sql = format!(
            "SELECT {span} AS span, {of} AS of, {vendor} AS of_vendor, {COUNTS} FROM \
             (SELECT * FROM usage_hours WHERE start >= ?1 AND start < ?2 \
              UNION ALL SELECT * FROM usage_days WHERE start >= ?1 AND start < ?2) \
             GROUP BY span, of, of_vendor ORDER BY span, of, of_vendor"
        );
        sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(asked.from)
            .bind(asked.until)
            .bind(i64::from(asked.east) * 60_000)
            .try_map(|row| usage_row(&row))
            .fetch_all(self.readers())
            .await
            .map_err(while_doing("summing usage"))
    }
}

/// The tool that the key of this name was made for, empty where for none.
const TOOL_OF_KEY: &str = "COALESCE((SELECT tool FROM tool_keys \
     JOIN client_keys ON client_keys.id = tool_keys.key \
     WHERE client_keys.name = key_name LIMIT 1), '')";

fn usage_row(row: &SqliteRow) -> Result<UsageRow, sqlx::Error> {
    Ok(UsageRow {
        start: row.try_get("span")?,
        of: row.try_get("of")?,
        vendor: Some(row.try_get::<String, _>("of_vendor")?).filter(|vendor| !vendor.is_empty()),
        requests: read_number(row, "requests")?,
        fell_over: read_number(row, "fell_over")?,
        failed: read_number(row, "failed")?,
        millis: read_number(row, "millis")?,
        usage: tokens(row)?,
        cost: row.try_get("cost")?,
        saved: saved(row)?,
    })
}

/// Tokens as they stand in a row, or summed over several.
pub(crate) fn tokens(row: &SqliteRow) -> Result<Usage, sqlx::Error> {
    Ok(Usage {
        input: read_number(row, "input")?,
        output: read_number(row, "output")?,
        cache_read: read_number(row, "cache_read")?,
        cache_write: read_number(row, "cache_write")?,
        reasoning: read_number(row, "reasoning")?,
    })
}

/// What reading from the prompt cache saved.
pub(crate) fn saved(row: &SqliteRow) -> Result<CacheSaved, sqlx::Error> {
    Ok(CacheSaved { money: row.try_get("saved")?, unpriced: read_number(row, "unpriced")? })
}

fn spans(start: &str) -> String {
    format!(
        "SELECT {start} AS span, vendor, account, model, combo, key_name, {TOOL_OF_KEY} AS tool, \
         {COUNTS} FROM \
         (SELECT * FROM usage_hours WHERE start >= ? AND start < ? \
          UNION ALL SELECT * FROM usage_days WHERE start >= ? AND start < ?) \
         GROUP BY span, vendor, account, model, combo, key_name \
         ORDER BY span, vendor, account, model, combo, key_name"
    )
}

/// What is told apart within an hour.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Bucket<'a> {
    start: Millis,
    vendor: &'a str,
    account: &'a str,
    model: &'a str,
    combo: &'a str,
    key: &'a str,
}

impl<'a> Bucket<'a> {
    fn of(request: &'a RequestView) -> Self {
        let by = request.served_by.as_ref();
        Self {
            start: request.at.div_euclid(HOUR) * HOUR,
            vendor: by.map_or("", |by| by.vendor.as_str()),
            account: by.map_or("", |by| by.account.as_str()),
            model: by.map_or(request.model.as_str(), |by| by.model.as_str()),
            combo: request.combo.as_deref().unwrap_or_default(),
            key: request.key.as_deref().unwrap_or_default(),
        }
    }
}

/// The columns that are added up, in the order of [`add`].
type Sums = [i64; 12];

fn sums(request: &RequestView, fell_over: bool) -> Sums {
    let usage = request.usage.unwrap_or_default();
    let failed = matches!(request.outcome, Outcome::Exhausted | Outcome::Broken);
    [
        1,
        i64::from(fell_over),
        i64::from(failed),
        sane(request.millis),
        sane(usage.input),
        sane(usage.output),
        sane(usage.cache_read),
        sane(usage.cache_write),
        sane(usage.reasoning),
        request.cost.unwrap_or_default().clamp(-LARGEST, LARGEST),
        request.saved.unwrap_or_default().clamp(0, LARGEST),
        sane(request.saved.map_or(usage.cache_read, |_| 0)),
    ]
}

/// Adds requests to their hours, each with whether it fell over.
pub(crate) async fn add(
    connection: &mut SqliteConnection,
    requests: &[(&RequestView, bool)],
) -> Result<(), sqlx::Error> {
    let mut hours = BTreeMap::<Bucket<'_>, Sums>::new();
    for &(request, fell_over) in requests {
        let hour = hours.entry(Bucket::of(request)).or_default();
        for (sum, part) in hour.iter_mut().zip(sums(request, fell_over)) {
            *sum = sum.saturating_add(part);
        }
    }
    if hours.is_empty() {
        return Ok(());
    }
    let mut query = QueryBuilder::<Sqlite>::new(
        "INSERT INTO usage_hours (start, vendor, account, model, combo, key_name, requests, \
         fell_over, failed, millis, input, output, cache_read, cache_write, reasoning, cost, \
         saved, unpriced) ",
    );
    query.push_values(hours, |mut values, (hour, sums)| {
        let Bucket { start, vendor, account, model, combo, key } = hour;
        values.push_bind(start).push_bind(vendor).push_bind(account).push_bind(model);
        values.push_bind(combo).push_bind(key);
        for sum in sums {
            values.push_bind(sum);
        }
    });
    query.push(ADD_UP).build().persistent(false).execute(connection).await?;
    Ok(())
}

/// What becomes of sums where the span has some already.
const ADD_UP: &str = " ON CONFLICT (start, vendor, account, model, combo, key_name) DO UPDATE SET \
     requests = requests + excluded.requests, fell_over = fell_over + excluded.fell_over, \
     failed = failed + excluded.failed, millis = millis + excluded.millis, \
     input = input + excluded.input, output = output + excluded.output, \
     cache_read = cache_read + excluded.cache_read, \
     cache_write = cache_write + excluded.cache_write, \
     reasoning = reasoning + excluded.reasoning, cost = cost + excluded.cost, \
     saved = saved + excluded.saved, unpriced = unpriced + excluded.unpriced";

/// Far beyond any true count, and small enough that millions of them still add up.
const LARGEST: i64 = 1 << 42;

fn sane(count: u64) -> i64 {
    number(count).min(LARGEST)
}

/// Folds the hours before a day into their days.
pub(crate) async fn fold_hours(
    connection: &mut SqliteConnection,
    before: Millis,
) -> Result<u64, sqlx::Error> {
    let before = before.div_euclid(DAY) * DAY;
    let folded = format!(
        "INSERT INTO usage_days SELECT start / 86400000 * 86400000 AS day, vendor, account, model, \
         combo, key_name, SUM(requests), SUM(fell_over), SUM(failed), SUM(millis), SUM(input), \
         SUM(output), SUM(cache_read), SUM(cache_write), SUM(reasoning), SUM(cost), \
         SUM(saved), SUM(unpriced) \
         FROM usage_hours WHERE start < ? \
         GROUP BY day, vendor, account, model, combo, key_name{ADD_UP}"
    );
    sqlx::query(sqlx::AssertSqlSafe(folded)).bind(before).execute(&mut *connection).await?;
    let folded = sqlx::query("DELETE FROM usage_hours WHERE start < ?")
        .bind(before)
        .execute(connection)
        .await?;
    Ok(folded.rows_affected())
}

fn sum(row: &SqliteRow) -> Result<UsageSum, sqlx::Error> {
    let named = |column: &str| {
        row.try_get::<String, _>(column).map(|text| Some(text).filter(|text| !text.is_empty()))
    };
    Ok(UsageSum {
        start: row.try_get("span")?,
        vendor: named("vendor")?,
        account: named("account")?,
        model: row.try_get("model")?,
        combo: named("combo")?,
        key: named("key_name")?,
        tool: named("tool")?,
        requests: read_number(row, "requests")?,
        fell_over: read_number(row, "fell_over")?,
        failed: read_number(row, "failed")?,
        millis: read_number(row, "millis")?,
        usage: tokens(row)?,
        cost: row.try_get("cost")?,
        saved: saved(row)?,
    })
}
