//! What a login server has issued.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Mutex;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::{Login, Poll, QuotaPage, Rotation, Said, TokenFault};
use crate::live::hold;

/// What a login server was asked, counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LoginLog {
    /// Codes that became tokens.
    pub exchanges: u32,
    /// Refresh tokens that became newer ones.
    pub refreshes: u32,
    /// Refresh tokens that were refused.
    pub refused: u32,
    /// Polls of devices.
    pub polls: u32,
}

/// A login server at work.
#[derive(Debug)]
pub(crate) struct LoginState {
    pub(super) script: Login,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    made: u64,
    log: LoginLog,
    faults: VecDeque<TokenFault>,
    quota: Option<QuotaPage>,
    codes: HashMap<String, Grant>,
    devices: HashMap<String, VecDeque<Poll>>,
    access: HashSet<String>,
    refresh: HashSet<String>,
    /// Refresh tokens that end when the other token is first used.
    ending: HashMap<String, Vec<String>>,
}

/// What a code was given for.
#[derive(Debug, Clone, Default)]
pub(super) struct Grant {
    pub(super) challenge: Option<String>,
    pub(super) redirect: String,
    pub(super) client: Option<String>,
}

/// Tokens as they were issued.
#[derive(Debug, Clone)]
pub(super) struct Issued {
    pub(super) access: String,
    pub(super) refresh: Option<String>,
    /// How long the answer waits.
    pub(super) after: Option<Duration>,
}

impl LoginState {
    pub(crate) fn new(script: Login) -> Self {
        let inner =
            Inner { faults: script.faults.clone(), quota: script.quota, ..Inner::default() };
        Self { script, inner: Mutex::new(inner) }
    }

    pub(crate) fn log(&self) -> LoginLog {
        hold(&self.inner).log
    }

    /// Ends every access token.
    pub(crate) fn expire(&self) {
        hold(&self.inner).access.clear();
    }

    /// Ends every login.
    pub(crate) fn revoke(&self) {
        let mut inner = hold(&self.inner);
        inner.access.clear();
        inner.refresh.clear();
    }

    pub(crate) fn add_faults(&self, faults: impl IntoIterator<Item = TokenFault>) {
        hold(&self.inner).faults.extend(faults);
    }

    /// Whether it issued this access token and still holds it good. A first use ends what it replaced.
    pub(crate) fn accepts(&self, token: Option<&str>) -> bool {
        let Some(token) = token else { return false };
        let token = token.strip_prefix("workos:").unwrap_or(token);
        let mut inner = hold(&self.inner);
        if let Some(ended) = inner.ending.remove(token) {
            for old in ended {
                inner.refresh.remove(&old);
            }
        }
        inner.access.contains(token)
    }

    pub(super) fn quota(&self) -> Option<QuotaPage> {
        hold(&self.inner).quota
    }

    pub(crate) fn set_quota(&self, page: QuotaPage) {
        hold(&self.inner).quota = Some(page);
    }

    /// Whether a token is good for pages about the account; where nobody signs in, any key is.
    pub(super) fn knows(&self, token: Option<&str>) -> bool {
        let issues = hold(&self.inner).made > 0;
        let kept = |token: &str| hold(&self.inner).refresh.contains(token);
        self.accepts(token) || token.is_some_and(|token| !issues || kept(token))
    }

    pub(super) fn new_code(&self, grant: Grant) -> String {
        let mut inner = hold(&self.inner);
        let code = inner.name("code");
        inner.codes.insert(code.clone(), grant);
        code
    }

    /// What a code was given for, once.
    pub(super) fn redeem(&self, code: &str) -> Option<Grant> {
        hold(&self.inner).codes.remove(code)
    }

    pub(super) fn new_device(&self) -> String {
        let polls = self.script.polls.clone().into();
        let mut inner = hold(&self.inner);
        let code = inner.name("device");
        inner.devices.insert(code.clone(), polls);
        code
    }

    /// What a device hears now; `Ok(None)` is that its user agreed.
    pub(super) fn poll(&self, device: &str) -> Result<Option<Poll>, ()> {
        let mut inner = hold(&self.inner);
        inner.log.polls += 1;
        let said = inner.devices.get_mut(device).ok_or(())?.pop_front();
        if said.is_none() {
            inner.devices.remove(device);
        }
        Ok(said)
    }

    /// The fault that befalls this request of the token endpoint.
    pub(super) fn fault(&self) -> Option<TokenFault> {
        hold(&self.inner).faults.pop_front()
    }

    /// Tokens for a code or for a device.
    pub(super) fn issue(&self) -> Issued {
        let mut inner = hold(&self.inner);
        inner.log.exchanges += 1;
        inner.pair()
    }

    /// Tokens for a refresh token, or nothing where it is not good.
    pub(super) fn renew(&self, old: &str) -> Option<Issued> {
        let mut inner = hold(&self.inner);
        if let Some(ended) = inner.ending.remove(old) {
            for older in ended {
                inner.refresh.remove(&older);
            }
        }
        if !inner.refresh.contains(old) {
            inner.log.refused += 1;
            return None;
        }
        inner.log.refreshes += 1;
        let mut issued = inner.pair();
        match self.script.rotation {
            Rotation::Kept => {
                if let Some(unused) = issued.refresh.take() {
                    inner.refresh.remove(&unused);
                }
            }
            Rotation::AtOnce => {
                inner.refresh.remove(old);
            }
            Rotation::UntilUsed => {
                for newer in [Some(&issued.access), issued.refresh.as_ref()].into_iter().flatten() {
                    inner.ending.entry(newer.clone()).or_default().push(old.to_owned());
                }
            }
        }
        Some(issued)
    }

    /// Answers of the token endpoint, after its faults: `grant` makes the tokens, `shape` writes them.
    pub(super) fn tokens(
        &self,
        grant: impl FnOnce(&Self) -> Result<Issued, Said>,
        shape: impl FnOnce(&Issued) -> Value,
    ) -> Said {
        let after = match self.fault() {
            Some(TokenFault::Busy(wait)) => {
                return Said { retry_after: Some(wait), ..Said::error(429, "rate_limited") };
            }
            Some(TokenFault::InvalidGrant) => return Said::error(400, "invalid_grant"),
            Some(TokenFault::Broken) => return Said::error(500, "server_error"),
            Some(TokenFault::Slow(wait)) => Some(wait),
            None => None,
        };
        match grant(self) {
            Ok(issued) => {
                let issued = Issued { after, ..issued };
                Said { after: issued.after, ..Said::ok(shape(&issued)) }
            }
            Err(said) => said,
        }
    }

    /// Who signed in, as an identity token that nobody signed.
    pub(super) fn id_token(&self) -> String {
        let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let claims = json!({
            "email": self.script.identity,
            "https://api.openai.com/auth": {
                "chatgpt_account_id": "workspace-1",
                "chatgpt_plan_type": "plus",
            },
        });
        format!("{}.{}.c2ln", part(json!({ "alg": "none" })), part(claims))
    }
}

impl Inner {
    fn name(&mut self, kind: &str) -> String {
        self.made += 1;
        format!("simulated-{kind}-{:04}", self.made)
    }

    fn pair(&mut self) -> Issued {
        let (access, refresh) = (self.name("access"), self.name("refresh"));
        self.access.insert(access.clone());
        self.refresh.insert(refresh.clone());
        Issued { access, refresh: Some(refresh), after: None }
    }
}
