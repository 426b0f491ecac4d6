use serde::{Deserialize, Serialize};

use crate::KeyId;

/// What holds for the requests of one client key, or under one path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// Whose requests it is for.
    pub of: RuleOf,
    /// The combo that answers them, whatever model they ask for, unless `mapping` says otherwise.
    #[serde(default)]
    pub combo: Option<String>,
    /// The models that may be asked for, each with at most one star; none allows all.
    #[serde(default)]
    pub models: Vec<String>,
    /// Names that stand for others here, each with at most one star: `claude-opus-*` → `coding`.
    #[serde(default)]
    pub mapping: Vec<(String, String)>,
    /// How many requests may come in a minute.
    #[serde(default)]
    pub per_minute: Option<u32>,
}

/// Whose requests a rule is for.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum RuleOf {
    /// Those that carry this client key.
    Client {
        /// The key.
        key: KeyId,
    },
    /// Those that come to `/k/NAME/…`.
    Path {
        /// The name.
        name: String,
    },
}

/// `PUT /api/rules/keys/{id}` and `PUT /api/rules/paths/{name}`: makes or replaces a rule.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RuleBody {
    /// See [`Rule::combo`].
    pub combo: Option<String>,
    /// See [`Rule::models`].
    pub models: Vec<String>,
    /// See [`Rule::mapping`].
    pub mapping: Vec<(String, String)>,
    /// See [`Rule::per_minute`].
    pub per_minute: Option<u32>,
}

impl Rule {
    /// A rule for these requests.
    pub fn new(of: RuleOf, body: RuleBody) -> Self {
        let RuleBody { combo, models, mapping, per_minute } = body;
        Self { of, combo, models, mapping, per_minute }
    }

    /// What it says, whosever requests it is for.
    pub fn body(&self) -> RuleBody {
        let Self { of: _, combo, models, mapping, per_minute } = self.clone();
        RuleBody { combo, models, mapping, per_minute }
    }
}
