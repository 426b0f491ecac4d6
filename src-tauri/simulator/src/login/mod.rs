//! A vendor's login server: pages, token endpoint and what it tells of quotas, in the vendors' own shapes.
//!
//! Pages sign in at once and lead back, as if a user had agreed. What is issued here is what the vendor's
//! other endpoints accept.

mod cline;
mod google;
mod kilo;
mod kiro;
mod oauth;
mod quota;
mod service_account;
mod state;

use std::collections::VecDeque;
use std::time::Duration;

use bytes::Bytes;
use http::request::Parts;
use http::{Method, Response, StatusCode};
use serde_json::{Value, json};

use crate::body::Steps;
use crate::record::UnderWay;
use crate::serve::{JSON, plain, set};

pub use quota::{QuotaPage, QuotaShape};
pub use service_account::service_account_file;
pub use state::LoginLog;
pub(crate) use state::LoginState;

/// How a vendor's logins go.
#[derive(Debug, Clone)]
pub struct Login {
    pub(crate) identity: String,
    pub(crate) life: Duration,
    pub(crate) rotation: Rotation,
    pub(crate) user: User,
    pub(crate) polls: Vec<Poll>,
    pub(crate) faults: VecDeque<TokenFault>,
    pub(crate) quota: Option<QuotaPage>,
    pub(crate) client_secret: Option<String>,
    pub(crate) project: Option<String>,
    pub(crate) base: Option<String>,
}

/// What becomes of a refresh token that was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rotation {
    /// It stays, and no other is given (Google).
    Kept,
    /// Another is given, and it ends when what was given with that one is first used.
    UntilUsed,
    /// Another is given, and it ends at once.
    AtOnce,
}

/// What the user does on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum User {
    /// Agrees.
    Agrees,
    /// Refuses.
    Refuses,
}

/// What a device hears before its user has agreed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Poll {
    /// Not yet.
    Pending,
    /// Not yet, and not so fast.
    SlowDown,
    /// The user refused.
    Denied,
    /// The code has ended.
    Expired,
}

/// What goes wrong at the token endpoint, one a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenFault {
    /// 429 with `retry-after`.
    Busy(Duration),
    /// 400 `invalid_grant`.
    InvalidGrant,
    /// 500.
    Broken,
    /// The tokens are made, and the answer waits so long.
    Slow(Duration),
}

impl Default for Login {
    fn default() -> Self {
        Self {
            identity: "ada@example.com".to_owned(),
            life: Duration::from_hours(1),
            rotation: Rotation::UntilUsed,
            user: User::Agrees,
            polls: Vec::new(),
            faults: VecDeque::new(),
            quota: None,
            client_secret: None,
            project: Some("simulated-project".to_owned()),
            base: None,
        }
    }
}

impl Login {
    /// Who signs in.
    #[must_use]
    pub fn identity(mut self, identity: impl Into<String>) -> Self {
        self.identity = identity.into();
        self
    }

    /// How long an access token is said to live.
    #[must_use]
    pub fn life(mut self, life: Duration) -> Self {
        self.life = life;
        self
    }

    /// What becomes of a refresh token that was used.
    #[must_use]
    pub fn rotation(mut self, rotation: Rotation) -> Self {
        self.rotation = rotation;
        self
    }

    /// What the user does on the page.
    #[must_use]
    pub fn user(mut self, user: User) -> Self {
        self.user = user;
        self
    }

    /// What a device hears, one a poll, before it gets its tokens.
    #[must_use]
    pub fn polls(mut self, polls: impl IntoIterator<Item = Poll>) -> Self {
        self.polls.extend(polls);
        self
    }

    /// Lets faults befall the token endpoint, one a request.
    #[must_use]
    pub fn token_faults(mut self, faults: impl IntoIterator<Item = TokenFault>) -> Self {
        self.faults.extend(faults);
        self
    }

    /// What is told of the quota.
    #[must_use]
    pub fn quota(mut self, page: QuotaPage) -> Self {
        self.quota = Some(page);
        self
    }

    /// Asks clients for this secret, where they have one at all.
    #[must_use]
    pub fn client_secret(mut self, secret: impl Into<String>) -> Self {
        self.client_secret = Some(secret.into());
        self
    }

    /// Names an address where this login is served (Copilot).
    #[must_use]
    pub fn served_at(mut self, base: impl Into<String>) -> Self {
        self.base = Some(base.into());
        self
    }

    /// The account has no project yet: it must be onboarded first (Google).
    #[must_use]
    pub fn without_project(mut self) -> Self {
        self.project = None;
        self
    }
}

/// A request to a login server.
pub(crate) struct Ask<'a> {
    pub(crate) method: &'a Method,
    /// The path below the vendor's own.
    pub(crate) path: &'a str,
    pub(crate) parts: &'a Parts,
    pub(crate) body: &'a Bytes,
}

impl Ask<'_> {
    fn posts(&self, ending: &str) -> bool {
        *self.method == Method::POST && self.path.ends_with(ending)
    }

    fn gets(&self, ending: &str) -> bool {
        *self.method == Method::GET && self.path.ends_with(ending)
    }

    /// A parameter of the address.
    fn query(&self, name: &str) -> Option<String> {
        let query = self.parts.uri.query().unwrap_or_default();
        find(url::form_urlencoded::parse(query.as_bytes()), name)
    }

    /// A field of the body, a form or JSON.
    fn field(&self, name: &str) -> Option<String> {
        if let Ok(json) = serde_json::from_slice::<Value>(self.body) {
            return json.get(name)?.as_str().map(str::to_owned);
        }
        find(url::form_urlencoded::parse(self.body), name)
    }

    /// The token that it shows.
    fn bearer(&self) -> Option<&str> {
        let value = self.parts.headers.get("authorization")?.to_str().ok()?;
        value.split_once(' ').map(|(_, token)| token)
    }
}

fn find(pairs: url::form_urlencoded::Parse<'_>, name: &str) -> Option<String> {
    pairs.into_iter().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

/// What a login server says.
#[derive(Debug)]
pub(crate) struct Said {
    status: u16,
    body: Value,
    location: Option<String>,
    retry_after: Option<Duration>,
    after: Option<Duration>,
}

impl Said {
    fn json(status: u16, body: Value) -> Self {
        Self { status, body, location: None, retry_after: None, after: None }
    }

    fn ok(body: Value) -> Self {
        Self::json(200, body)
    }

    fn error(status: u16, code: &str) -> Self {
        Self::json(status, json!({ "error": code, "error_description": format!("it is {code}") }))
    }

    fn redirect(to: String) -> Self {
        Self { location: Some(to), ..Self::json(302, Value::Null) }
    }
}

/// The answer of a vendor's login server; `None` leaves the request to its other endpoints.
pub(crate) async fn answer(
    state: &LoginState,
    ask: &Ask<'_>,
    under_way: UnderWay,
) -> Result<Response<Steps>, UnderWay> {
    // Copilot's page of quotas ends as GitHub's page of who one is.
    let said = quota::say(state, ask)
        .or_else(|| oauth::say(state, ask))
        .or_else(|| kiro::say(state, ask))
        .or_else(|| kilo::say(state, ask))
        .or_else(|| cline::say(state, ask))
        .or_else(|| google::say(state, ask));
    let Some(said) = said else { return Err(under_way) };
    if let Some(after) = said.after {
        tokio::time::sleep(after).await;
    }
    let body = match said.body {
        Value::Null => Bytes::new(),
        body => Bytes::from(body.to_string()),
    };
    let mut response = plain(said.status, JSON, body, under_way);
    if let Some(location) = said.location {
        set(&mut response, "location", &location);
        *response.status_mut() = StatusCode::FOUND;
    }
    if let Some(wait) = said.retry_after {
        set(&mut response, "retry-after", &wait.as_secs().to_string());
    }
    Ok(response)
}
