use serde::{Deserialize, Serialize};

use crate::{
    AccountId, AttemptView, Dialect, LockView, LoginProgress, LoginState, Millis, NoticeView,
    QuotaWindow, RequestId, RequestView, ServedBy,
};

/// A request that has not ended, as far as it has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunningView {
    /// Its id.
    pub id: RequestId,
    /// When it came.
    pub at: Millis,
    /// What the client speaks.
    pub dialect: Dialect,
    /// The model that it asked for.
    pub model: String,
    /// The combo that this meant.
    pub combo: Option<String>,
    /// The name of the client key.
    pub key: Option<String>,
    /// What was tried in vain.
    pub failed: Vec<AttemptView>,
    /// Who answers, once its first content went to the client.
    pub by: Option<ServedBy>,
}

/// What `GET /api/events` sends before all [`Event`]s, and again after each [`Event::Lagged`]: every request that
/// runs. The events that follow begin where it ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnderWay {
    /// Those that run, oldest first.
    pub under_way: Vec<RunningView>,
}

/// What `GET /api/events` sends, one JSON object an SSE `data:` line.
///
/// Events say what moved; a listener that was away reads the lists again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    /// A request came in.
    RequestStarted {
        /// Its id.
        id: RequestId,
        /// When.
        at: Millis,
        /// What the client speaks.
        dialect: Dialect,
        /// The model that it asked for.
        model: String,
        /// The combo that this meant.
        combo: Option<String>,
        /// The name of the client key.
        key: Option<String>,
    },
    /// A candidate failed before its first content, and the next is tried.
    AttemptFailed {
        /// The request.
        id: RequestId,
        /// What was tried.
        attempt: AttemptView,
    },
    /// The first content of an answer went to the client.
    RequestServed {
        /// The request.
        id: RequestId,
        /// Who answers.
        by: ServedBy,
    },
    /// A request ended.
    RequestFinished {
        /// The whole row.
        request: Box<RequestView>,
    },
    /// An account was locked.
    Locked {
        /// The lock.
        lock: LockView,
    },
    /// An account's login changed its state.
    LoginChanged {
        /// The account.
        account: AccountId,
        /// How it stands now.
        state: LoginState,
        /// Why, where it no longer works.
        reason: Option<String>,
    },
    /// A sign-in under way took a step.
    LoginStepped {
        /// Where it stands.
        progress: LoginProgress,
    },
    /// An account's quota windows were read.
    QuotaRead {
        /// The account.
        account: AccountId,
        /// Its windows.
        windows: Vec<QuotaWindow>,
    },
    /// Something that the user may want to know of: a quota or a budget ran low or out or is back, another
    /// serves, an account must be signed in again.
    Notice {
        /// What, and when.
        told: NoticeView,
    },
    /// Accounts, combos, aliases, keys or settings changed: read the lists again.
    ConfigChanged,
    /// A tool's configuration was written or taken back: read the tools again.
    ToolsChanged,
    /// Events were lost because the listener was slow: read everything again. What runs follows as [`UnderWay`].
    Lagged,
}
