//! The words and numbers of the shared types, as columns hold them.

use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::{Error as WordError, StrDeserializer};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use switchyard_types::{
    AccountOrder, DataKeySource, FailureClass, Grouping, Limit, LoginState, NanoDollars, Period,
    Strategy, Strictness, Tier, Want,
};

pub(crate) fn tier(tier: Tier) -> &'static str {
    match tier {
        Tier::Subscription => "subscription",
        Tier::Cheap => "cheap",
        Tier::Free => "free",
    }
}

/// `Refreshing` does not outlive the program that refreshes.
pub(crate) fn login_state(state: LoginState) -> &'static str {
    match state {
        LoginState::Ok | LoginState::Refreshing => "ok",
        LoginState::SignInAgain => "sign_in_again",
    }
}

pub(crate) fn class(class: FailureClass) -> &'static str {
    match class {
        FailureClass::ClientFault => "client_fault",
        FailureClass::SignIn => "sign_in",
        FailureClass::Billing => "billing",
        FailureClass::Quota => "quota",
        FailureClass::Rate => "rate",
        FailureClass::ContextTooLong => "context_too_long",
        FailureClass::ModelMissing => "model_missing",
        FailureClass::ContentPolicy => "content_policy",
        FailureClass::Transient => "transient",
        FailureClass::Transport => "transport",
        FailureClass::Cancelled => "cancelled",
    }
}

pub(crate) fn data_key_source(source: DataKeySource) -> &'static str {
    match source {
        DataKeySource::File => "file",
        DataKeySource::Environment => "environment",
        DataKeySource::Keychain => "keychain",
    }
}

pub(crate) fn strategy(strategy: Strategy) -> (&'static str, Option<u32>) {
    match strategy {
        Strategy::Fallback => ("fallback", None),
        Strategy::RoundRobin { sticky } => ("round_robin", Some(sticky)),
        Strategy::Weighted => ("weighted", None),
        Strategy::Cheapest => ("cheapest", None),
        Strategy::MostQuotaLeft => ("most_quota_left", None),
        Strategy::Fastest => ("fastest", None),
    }
}

pub(crate) fn account_order(order: AccountOrder) -> (&'static str, Option<u32>) {
    match order {
        AccountOrder::FillFirst => ("fill_first", None),
        AccountOrder::RoundRobin { sticky } => ("round_robin", Some(sticky)),
        AccountOrder::LeastUsed => ("least_used", None),
        AccountOrder::MostQuotaLeft => ("most_quota_left", None),
    }
}

pub(crate) fn grouping(grouping: Grouping) -> &'static str {
    match grouping {
        Grouping::AsListed => "as_listed",
        Grouping::ByTier => "by_tier",
    }
}

pub(crate) fn want(want: Want) -> &'static str {
    match want {
        Want::Any => "any",
        Want::With => "with",
        Want::Without => "without",
    }
}

pub(crate) fn period(period: Period) -> &'static str {
    match period {
        Period::Day => "day",
        Period::Month => "month",
    }
}

pub(crate) fn strictness(strictness: Strictness) -> &'static str {
    match strictness {
        Strictness::Soft => "soft",
        Strictness::Hard => "hard",
    }
}

/// A limit as two columns: money or tokens.
pub(crate) fn limit(limit: Limit) -> (Option<NanoDollars>, Option<i64>) {
    match limit {
        Limit::Money(money) => (Some(money), None),
        Limit::Tokens(tokens) => (None, Some(number(tokens))),
    }
}

/// Reads two columns that hold money or tokens; `None` where neither does.
pub(crate) fn read_limit(
    row: &SqliteRow,
    money: &str,
    tokens: &str,
) -> Result<Option<Limit>, sqlx::Error> {
    let money: Option<NanoDollars> = row.try_get(money)?;
    let tokens = read_optional(row, tokens)?.map(Limit::Tokens);
    Ok(money.map(Limit::Money).or(tokens))
}

/// Reads how accounts are ordered from two columns; `None` where there is no word.
pub(crate) fn read_account_order(
    row: &SqliteRow,
    word: &str,
    sticky: &str,
) -> Result<Option<AccountOrder>, sqlx::Error> {
    let Some(text) = row.try_get::<Option<String>, _>(word)? else { return Ok(None) };
    Ok(Some(match text.as_str() {
        "fill_first" => AccountOrder::FillFirst,
        "round_robin" => {
            AccountOrder::RoundRobin { sticky: read_optional(row, sticky)?.unwrap_or(1) }
        }
        "least_used" => AccountOrder::LeastUsed,
        "most_quota_left" => AccountOrder::MostQuotaLeft,
        other => return Err(undecodable(word, format!("`{other}` orders no accounts"))),
    }))
}

/// Reads a combo's strategy.
pub(crate) fn read_strategy(row: &SqliteRow) -> Result<Strategy, sqlx::Error> {
    Ok(match row.try_get::<&str, _>("strategy")? {
        "fallback" => Strategy::Fallback,
        "round_robin" => {
            Strategy::RoundRobin { sticky: read_optional(row, "sticky")?.unwrap_or(1) }
        }
        "weighted" => Strategy::Weighted,
        "cheapest" => Strategy::Cheapest,
        "most_quota_left" => Strategy::MostQuotaLeft,
        "fastest" => Strategy::Fastest,
        other => return Err(undecodable("strategy", format!("`{other}` is no strategy"))),
    })
}

/// The enum that a word stands for.
fn meaning<'de, T: Deserialize<'de>>(word: &'de str) -> Result<T, WordError> {
    let deserializer: StrDeserializer<'de, WordError> = word.into_deserializer();
    T::deserialize(deserializer)
}

/// Reads a column that holds the word of an enum.
pub(crate) fn read_word<T>(row: &SqliteRow, column: &str) -> Result<T, sqlx::Error>
where
    T: for<'de> Deserialize<'de>,
{
    meaning(row.try_get(column)?).map_err(|error| undecodable(column, error))
}

/// Reads a column that holds a JSON document.
pub(crate) fn read_json<T>(row: &SqliteRow, column: &str) -> Result<T, sqlx::Error>
where
    T: for<'de> Deserialize<'de>,
{
    serde_json::from_str(row.try_get(column)?).map_err(|error| undecodable(column, error))
}

/// Reads a column whose number fits a smaller or unsigned type.
pub(crate) fn read_number<T>(row: &SqliteRow, column: &str) -> Result<T, sqlx::Error>
where
    T: TryFrom<i64, Error: std::error::Error + Send + Sync + 'static>,
{
    row.try_get::<i64, _>(column)?.try_into().map_err(|error| undecodable(column, error))
}

/// The same for a column that may be empty.
pub(crate) fn read_optional<T>(row: &SqliteRow, column: &str) -> Result<Option<T>, sqlx::Error>
where
    T: TryFrom<i64, Error: std::error::Error + Send + Sync + 'static>,
{
    let number = row.try_get::<Option<i64>, _>(column)?;
    number.map(|number| number.try_into().map_err(|error| undecodable(column, error))).transpose()
}

/// A count as a column holds it. No true count comes near the end of the range.
pub(crate) fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

pub(crate) fn undecodable(
    column: &str,
    source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> sqlx::Error {
    sqlx::Error::ColumnDecode { index: column.to_owned(), source: source.into() }
}

#[cfg(test)]
mod tests {
    use switchyard_types::Outcome;

    use super::*;

    #[test]
    fn every_word_is_the_one_that_the_admin_api_says() {
        for each in [Tier::Subscription, Tier::Cheap, Tier::Free] {
            assert_eq!(meaning::<Tier>(tier(each)).unwrap(), each);
        }
        for each in [LoginState::Ok, LoginState::SignInAgain] {
            assert_eq!(meaning::<LoginState>(login_state(each)).unwrap(), each);
        }
        for each in [DataKeySource::File, DataKeySource::Environment, DataKeySource::Keychain] {
            assert_eq!(meaning::<DataKeySource>(data_key_source(each)).unwrap(), each);
        }
        for each in [
            Outcome::Answered,
            Outcome::Broken,
            Outcome::Refused,
            Outcome::Exhausted,
            Outcome::Cancelled,
        ] {
            assert_eq!(meaning::<Outcome>(each.as_str()).unwrap(), each);
        }
        for each in [
            FailureClass::ClientFault,
            FailureClass::SignIn,
            FailureClass::Billing,
            FailureClass::Quota,
            FailureClass::Rate,
            FailureClass::ContextTooLong,
            FailureClass::ModelMissing,
            FailureClass::ContentPolicy,
            FailureClass::Transient,
            FailureClass::Transport,
            FailureClass::Cancelled,
        ] {
            assert_eq!(meaning::<FailureClass>(class(each)).unwrap(), each);
        }
    }
}
