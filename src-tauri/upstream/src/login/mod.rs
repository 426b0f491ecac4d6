//! The owner of signing in at vendors: pages, codes, devices, and the renewal of what they gave.
//!
//! [`Desk`] is one vendor's way of signing in. [`Desk::open`] begins with a page ([`PageLogin`]),
//! [`Desk::device`] with a code ([`DeviceLogin`]); both end in a [`SignedIn`]. [`Desk::refresh`] renews it.
//! Nothing here keeps anything: whoever calls makes the tokens durable before they are used.

mod claims;
mod client;
mod device;
mod error;
mod kiro;
mod listener;
mod page;
mod secret;
mod service_account;
mod settle;
mod wire;

use switchyard_catalog::{Flow, SignIn, Vendor};
use switchyard_types::{LoginFacts, LoginTokens, Millis, Secret};

use crate::pool::{Pool, WayOut};

pub use claims::facts_of_id_token;
pub use device::DeviceLogin;
pub use error::LoginError;
pub use listener::Outcome;
pub use page::{PageLogin, Pasted, Visit};
pub(crate) use wire::retry_after;

pub use secret::{SecretPlaces, client_secret};

/// What a login came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// What requests are sent with, and what renews it.
    pub tokens: LoginTokens,
    /// What is known of it.
    pub facts: LoginFacts,
}

/// One vendor's way of signing in.
#[derive(Clone, Debug)]
pub struct Desk {
    /// The connections.
    pub pool: Pool,
    /// The vendor.
    pub vendor: Vendor,
    /// The way.
    pub way: SignIn,
    /// The client's secret, where the vendor wants one.
    pub client_secret: Option<Secret>,
    /// How its requests leave this machine.
    pub way_out: Option<WayOut>,
    /// The time.
    pub now: Millis,
}

/// What of the user's own choice a device login needs (AWS).
#[derive(Clone, Debug, Default)]
pub struct Organisation {
    /// Its start page.
    pub start_url: Option<String>,
    /// Its region.
    pub region: Option<String>,
}

impl Desk {
    /// A fresh login's facts, of which no more is known than the way.
    fn facts(&self) -> LoginFacts {
        LoginFacts { way: self.way.id.clone(), ..LoginFacts::default() }
    }

    /// Renews a login. What the vendor does not say again stays as it was.
    pub async fn refresh(&self, old: &SignedIn) -> Result<SignedIn, LoginError> {
        let renewed = match self.way.flow {
            Flow::Code | Flow::Device if self.way.exchange_url.is_some() => {
                return self.exchange(old.clone()).await;
            }
            Flow::Code | Flow::Device => self.by_refresh_token(old).await?,
            Flow::AwsDevice => self.aws_refresh(old).await?,
            Flow::Pasted => self.kiro_refresh(old).await?,
            Flow::Cline => self.cline_refresh(old).await?,
            Flow::ServiceAccount => self.service_account_again(old).await?,
            Flow::Kilo => return Err(LoginError::NoRefresh { vendor: self.vendor.name.clone() }),
        };
        Ok(kept(renewed, old))
    }
}

/// The new login, with what only the old one said.
fn kept(new: SignedIn, old: &SignedIn) -> SignedIn {
    let (tokens, facts) = (new.tokens, new.facts);
    let before = &old.facts;
    SignedIn {
        tokens: LoginTokens {
            refresh: tokens.refresh.or_else(|| old.tokens.refresh.clone()),
            id: tokens.id.or_else(|| old.tokens.id.clone()),
            client_secret: tokens.client_secret.or_else(|| old.tokens.client_secret.clone()),
            access: tokens.access,
        },
        facts: LoginFacts {
            way: before.way.clone(),
            identity: facts.identity.or_else(|| before.identity.clone()),
            plan: facts.plan.or_else(|| before.plan.clone()),
            scopes: if facts.scopes.is_empty() { before.scopes.clone() } else { facts.scopes },
            vendor_account: facts.vendor_account.or_else(|| before.vendor_account.clone()),
            project: facts.project.or_else(|| before.project.clone()),
            profile: facts.profile.or_else(|| before.profile.clone()),
            base_url: facts.base_url.or_else(|| before.base_url.clone()),
            region: facts.region.or_else(|| before.region.clone()),
            client_id: facts.client_id.or_else(|| before.client_id.clone()),
            expires_at: facts.expires_at,
        },
    }
}

/// 256 bits that nobody can guess, safe in an address.
fn random_text() -> Result<String, LoginError> {
    use base64::Engine as _;
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| LoginError::Random(error.to_string()))?;
    Ok(base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes))
}
