//! The words and numbers of the shared types, as columns hold them.

use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::{Error as WordError, StrDeserializer};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use switchyard_types::{DataKeySource, FailureClass, LoginState, Outcome, Tier};

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

pub(crate) fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Answered => "answered",
        Outcome::Broken => "broken",
        Outcome::Refused => "refused",
        Outcome::Exhausted => "exhausted",
        Outcome::Cancelled => "cancelled",
    }
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
            assert_eq!(meaning::<Outcome>(outcome(each)).unwrap(), each);
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
