use std::fmt;

use serde::{Deserialize, Serialize};

/// One step on the way to a value.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Into a table, by key.
    Key(String),
    /// Into a list of tables: the one whose `field` reads `is`.
    Item {
        /// The field that tells the tables apart.
        field: String,
        /// What it reads in the one meant.
        is: String,
    },
}

/// Where a value stands in a file: `env.ANTHROPIC_BASE_URL`, `customModels[model=auto]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KeyPath(Vec<Step>);

impl KeyPath {
    /// The root of the file.
    pub fn root() -> Self {
        Self::default()
    }

    /// A way through tables, key by key.
    pub fn keys<const N: usize>(keys: [&str; N]) -> Self {
        Self(keys.into_iter().map(|key| Step::Key(key.to_owned())).collect())
    }

    /// One key further.
    #[must_use]
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.0.push(Step::Key(key.into()));
        self
    }

    /// Into the table of a list whose `field` reads `is`.
    #[must_use]
    pub fn item(mut self, field: impl Into<String>, is: impl Into<String>) -> Self {
        self.0.push(Step::Item { field: field.into(), is: is.into() });
        self
    }

    /// The steps in order.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// The last key on the way, which names what the value is for.
    pub fn last_key(&self) -> Option<&str> {
        self.0.iter().rev().find_map(|step| match step {
            Step::Key(key) => Some(key.as_str()),
            Step::Item { .. } => None,
        })
    }

    /// Whether this place is `other` or lies below it.
    pub fn is_within(&self, other: &Self) -> bool {
        self.0.starts_with(&other.0)
    }

    /// The first `length` steps.
    #[must_use]
    pub fn up_to(&self, length: usize) -> Self {
        Self(self.0.iter().take(length).cloned().collect())
    }
}

impl fmt::Display for KeyPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, step) in self.0.iter().enumerate() {
            match step {
                Step::Key(key) => {
                    if at > 0 {
                        f.write_str(".")?;
                    }
                    let plain = !key.is_empty()
                        && key.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-/@$".contains(&b));
                    if plain { f.write_str(key)? } else { write!(f, "{key:?}")? }
                }
                Step::Item { field, is } => write!(f, "[{field}={is}]")?,
            }
        }
        Ok(())
    }
}
