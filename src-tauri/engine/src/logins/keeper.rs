//! The owner of renewal: one at a time for each account, whoever waits for it; the new tokens are on the disk
//! before anything is sent with them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use switchyard_types::{AccountId, LoginState, Millis, Secret};
use switchyard_upstream::login::{Desk, LoginError, SignedIn};
use tokio::sync::Mutex as Gate;

use crate::Engine;
use crate::live::KeptLogin;

/// With less left than this a request waits for the new token instead of leaving with the old one.
const TOO_LITTLE: Millis = 60_000;

/// A vendor that wants to be left alone for no longer than this is waited for.
const SHORT_WAIT: Millis = 3_000;

/// The pauses between tries of a renewal that the vendor did not answer.
const PAUSES: [Duration; 2] = [Duration::from_millis(500), Duration::from_secs(2)];

/// How often logins are looked through.
const ROUND: Duration = Duration::from_secs(30);

/// How long a vendor that could not be asked is left alone, where it does not say.
const REST: Millis = 30_000;

/// What renewals under way share.
#[derive(Debug, Default)]
pub(crate) struct Keeper {
    accounts: Mutex<HashMap<AccountId, Arc<Place>>>,
}

/// One account's place: who holds its gate renews.
#[derive(Debug, Default)]
struct Place {
    gate: Arc<Gate<()>>,
    state: Mutex<PlaceState>,
}

#[derive(Debug, Default)]
struct PlaceState {
    /// Until when the vendor is left alone.
    not_before: Millis,
    /// Tokens that the vendor gave and the disk has not yet taken: the old ones may be of no use any more.
    unsaved: Option<SignedIn>,
}

impl Keeper {
    fn place(&self, account: &AccountId) -> Arc<Place> {
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(accounts.entry(account.clone()).or_default())
    }
}

impl Place {
    fn state(&self) -> std::sync::MutexGuard<'_, PlaceState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl KeptLogin {
    /// When its token wants renewing: the vendor's lead before its end, but never in the first half of its
    /// life, which is shorter than the lead at some vendors.
    fn renew_at(&self, lead: Millis) -> Option<Millis> {
        let ends = self.login.facts.expires_at?;
        let life = ends.saturating_sub(self.login.saved_at).max(0);
        Some(ends.saturating_sub(lead.min(life / 2)))
    }
}

impl Engine {
    /// What a request of this account is sent with: a key, or a token that is good for a while. Only a token
    /// that is as good as over keeps a request waiting.
    pub(crate) async fn secret_for(
        &self,
        account: &AccountId,
    ) -> Result<Option<Secret>, LoginError> {
        let live = arc_swap::Guard::into_inner(self.live());
        let secret = live.secrets.get(account).cloned();
        let Some(kept) = live.logins.get(account) else { return Ok(secret) };
        if kept.login.state == LoginState::SignInAgain {
            return Err(self.login_ended(account, kept));
        }
        let now = self.now();
        let due = kept.renew_at(self.lead_of(account)).is_some_and(|at| at <= now);
        if !due || kept.tokens.refresh.is_none() {
            return Ok(secret);
        }
        let old = kept.tokens.access.clone();
        let left = kept.login.facts.expires_at.map_or(Millis::MAX, |ends| ends - now);
        if left < TOO_LITTLE {
            return self.renewed(account, &old).await.map(Some);
        }
        if self.inner.keeper.place(account).gate.try_lock().is_ok() {
            let (engine, account) = (self.clone(), account.clone());
            self.inner.tasks.spawn(async move {
                // The request goes on with the old token; the round says what went wrong.
                let _ = engine.renewed(&account, &old).await;
            });
        }
        Ok(secret)
    }

    /// A token in place of one that failed or is about to. All who wait for it get the one renewal's.
    pub(crate) async fn renewed(
        &self,
        account: &AccountId,
        failed: &Secret,
    ) -> Result<Secret, LoginError> {
        let place = self.inner.keeper.place(account);
        let gate = Arc::clone(&place.gate).lock_owned().await;
        let kept = self.live().logins.get(account).cloned();
        let Some(kept) = kept else { return Err(LoginError::GivenUp) };
        if kept.login.state == LoginState::SignInAgain {
            return Err(self.login_ended(account, &kept));
        }
        if kept.tokens.access != *failed {
            return Ok(kept.tokens.access);
        }
        // A request that is given up must not take with it what the vendor has already changed.
        let (engine, account) = (self.clone(), account.clone());
        let renewal = self.inner.tasks.spawn(async move {
            let _gate = gate;
            engine.renew(&account, &place).await
        });
        renewal.await.unwrap_or(Err(LoginError::GivenUp))
    }

    async fn renew(&self, account: &AccountId, place: &Place) -> Result<Secret, LoginError> {
        let unsaved = place.state().unsaved.clone();
        if let Some(signed_in) = unsaved {
            return self.save(account, place, signed_in).await;
        }
        let now = self.now();
        let not_before = place.state().not_before;
        if not_before > now {
            let vendor = self.vendor_name(account);
            return Err(LoginError::Busy { vendor, wait: Some(not_before - now) });
        }
        let mut old = self.stored(account).await?;
        self.show(account, LoginState::Refreshing);
        loop {
            let desk = match self.desk_of(account, &old) {
                Ok(desk) => desk,
                Err(error) => {
                    self.show(account, LoginState::Ok);
                    return Err(error);
                }
            };
            match ask(&desk, &old).await {
                Ok(new) => return self.save(account, place, new).await,
                Err(error) if error.ends_the_login() => {
                    let stored = self.stored(account).await?;
                    if stored.tokens.refresh == old.tokens.refresh {
                        return Err(self.end(account, error).await);
                    }
                    old = stored;
                }
                Err(error) => {
                    let wait = match &error {
                        LoginError::Busy { wait: Some(wait), .. } => *wait,
                        _ => REST,
                    };
                    place.state().not_before = now.saturating_add(wait);
                    self.show(account, LoginState::Ok);
                    tracing::warn!(%account, "a login was not renewed: {error}");
                    return Err(error);
                }
            }
        }
    }

    /// The tokens as they are on the disk.
    async fn stored(&self, account: &AccountId) -> Result<SignedIn, LoginError> {
        match self.inner.store.login_tokens(account).await {
            Ok(Some((tokens, login))) => Ok(SignedIn { tokens, facts: login.facts }),
            Ok(None) => Err(LoginError::GivenUp),
            Err(error) => Err(self.not_on_disk(account, &error)),
        }
    }

    /// Makes new tokens durable, and only then known to requests.
    async fn save(
        &self,
        account: &AccountId,
        place: &Place,
        new: SignedIn,
    ) -> Result<Secret, LoginError> {
        let _writing = self.inner.writing.lock().await;
        let now = self.now();
        let saved = self.inner.store.save_login(account, &new.tokens, &new.facts, now).await;
        if let Err(error) = saved {
            place.state().unsaved = Some(new);
            self.show(account, LoginState::Ok);
            return Err(self.not_on_disk(account, &error));
        }
        *place.state() = PlaceState::default();
        let access = new.tokens.access.clone();
        self.change_login(account, |kept| {
            kept.tokens = new.tokens.clone();
            kept.login.facts = new.facts.clone();
            kept.login.state = LoginState::Ok;
            kept.login.reason = None;
            kept.login.saved_at = now;
        });
        self.tell_login(account, LoginState::Ok, None);
        Ok(access)
    }

    /// The vendor no longer accepts the login: only its user can bring it back.
    async fn end(&self, account: &AccountId, error: LoginError) -> LoginError {
        let reason = match &error {
            LoginError::Ended { words, .. } => words.clone(),
            other => other.to_string(),
        };
        let _writing = self.inner.writing.lock().await;
        let marked =
            self.inner.store.mark_login(account, LoginState::SignInAgain, Some(&reason)).await;
        if let Err(error) = marked {
            tracing::warn!(%account, "that a login has ended was not written to disk: {error}");
        }
        self.change_login(account, |kept| {
            kept.login.state = LoginState::SignInAgain;
            kept.login.reason = Some(reason.clone());
        });
        self.tell_login(account, LoginState::SignInAgain, Some(reason));
        error
    }

    fn show(&self, account: &AccountId, state: LoginState) {
        self.change_login(account, |kept| kept.login.state = state);
        self.tell_login(account, state, None);
    }

    /// Changes a login for the requests that come from now on.
    fn change_login(&self, account: &AccountId, change: impl Fn(&mut KeptLogin)) {
        self.inner.live.rcu(|live| {
            let Some(kept) = live.logins.get(account) else { return Arc::clone(live) };
            let (base, mut kept) = (kept.login.facts.base_url.clone(), kept.clone());
            change(&mut kept);
            if kept.login.facts.base_url != base {
                kept = KeptLogin::new(&kept.vendor, kept.tokens, kept.login, &live.catalog);
            }
            let mut fresh = crate::live::Live::clone(live);
            let mut secrets = HashMap::clone(&live.secrets);
            secrets.insert(account.clone(), kept.tokens.access.clone());
            let mut logins = HashMap::clone(&live.logins);
            logins.insert(account.clone(), kept);
            fresh.secrets = Arc::new(secrets);
            fresh.logins = Arc::new(logins);
            self.inner.config.redactor.exchanged(live, &fresh);
            Arc::new(fresh)
        });
    }

    fn desk_of(&self, account: &AccountId, old: &SignedIn) -> Result<Desk, LoginError> {
        let vendor = self.vendor_of(account).ok_or(LoginError::GivenUp)?;
        let way = vendor
            .way(Some(&old.facts.way))
            .ok_or_else(|| LoginError::NoRefresh { vendor: vendor.name.clone() })?;
        self.login_desk(&vendor, way, self.way_out(account))
    }

    fn vendor_of(&self, account: &AccountId) -> Option<switchyard_catalog::Vendor> {
        let live = self.live();
        let kept = live.logins.get(account)?;
        live.catalog.vendor(&kept.vendor).cloned()
    }

    fn vendor_name(&self, account: &AccountId) -> String {
        self.vendor_of(account).map_or_else(|| "the vendor".to_owned(), |vendor| vendor.name)
    }

    fn lead_of(&self, account: &AccountId) -> Millis {
        let way = self.live().logins.get(account).map(|kept| kept.login.facts.way.clone());
        self.vendor_of(account)
            .and_then(|vendor| vendor.way(way.as_deref()).map(|way| way.lead))
            .unwrap_or_default()
    }

    fn login_ended(&self, account: &AccountId, kept: &KeptLogin) -> LoginError {
        LoginError::Ended {
            vendor: self.vendor_name(account),
            words: kept.login.reason.clone().unwrap_or_else(|| "sign in again".to_owned()),
        }
    }

    fn not_on_disk(&self, account: &AccountId, error: &switchyard_store::StoreError) -> LoginError {
        tracing::error!(%account, "a login could not be read or saved: {error}");
        LoginError::Unreachable {
            vendor: self.vendor_name(account),
            words: "its login could not be saved, and is not used before it is".to_owned(),
        }
    }

    /// Renews every login that is due, whether its account serves at the moment or not: a quota that is spent
    /// comes back, a login that has ended does not.
    pub async fn renew_logins(&self) {
        let now = self.now();
        let live = arc_swap::Guard::into_inner(self.live());
        for (account, kept) in live.logins.iter() {
            let due = kept.renew_at(self.lead_of(account)).is_some_and(|at| at <= now);
            if due && kept.login.state == LoginState::Ok && kept.tokens.refresh.is_some() {
                // Said by `renew` already.
                let _ = self.renewed(account, &kept.tokens.access).await;
            }
        }
    }

    /// Looks through the logins until the engine stops. A renewal under way is brought to its end: what the
    /// vendor has given by then would be lost.
    pub(crate) fn keep_logins(&self) {
        self.in_rounds(ROUND, ROUND, |engine| async move { engine.renew_logins().await });
    }
}

/// Asks for new tokens; what was not heard is asked again, and a short wait is kept.
async fn ask(desk: &Desk, old: &SignedIn) -> Result<SignedIn, LoginError> {
    for pause in PAUSES {
        let pause = match desk.refresh(old).await {
            Err(LoginError::Busy { wait: Some(wait), .. }) if wait <= SHORT_WAIT => {
                Duration::from_millis(u64::try_from(wait).unwrap_or_default()).max(pause)
            }
            Err(LoginError::Unreachable { .. } | LoginError::Answered { status: 500.., .. }) => {
                pause
            }
            other => return other,
        };
        tokio::time::sleep(pause).await;
    }
    desk.refresh(old).await
}
