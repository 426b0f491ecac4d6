//! Quotas: what vendors tell of them, what flows by in headers, and what is counted here.

mod limits;
mod page;

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::join_all;
use switchyard_catalog::{QuotaShape, Vendor};
use switchyard_routing::{Candidate, Failure, Kept, LimitRule, Scope, Share, Source, Window};
use switchyard_store::Account;
use switchyard_types::{
    AccountId, Event, FailureClass, LoginFacts, LoginState, Millis, QuotaHistory, QuotaView,
    QuotaWindow, Secret,
};
use switchyard_upstream::{QuotaAsk, QuotaError, QuotaReading, read_quota};

use crate::{Engine, EngineError};
use page::{Page, Watched, routed};

/// How often is looked whether a vendor shall be asked, and what is new goes to the disk.
const ROUND: Duration = Duration::from_secs(30);

/// For so long after the last look somebody counts as looking.
const LOOKING: Millis = 2 * 60_000;

/// What is younger is not asked for again, however often somebody wants it.
const FRESH: Millis = 15_000;

/// The quotas of all accounts, as last known.
#[derive(Debug, Default)]
pub(crate) struct Quotas {
    pages: Mutex<HashMap<AccountId, Page>>,
    /// Accounts that are being asked for.
    asking: Mutex<HashSet<AccountId>>,
    looked_at: AtomicI64,
}

impl Quotas {
    fn pages(&self) -> MutexGuard<'_, HashMap<AccountId, Page>> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn asking(&self) -> MutexGuard<'_, HashSet<AccountId>> {
        self.asking.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Engine {
    /// What is known of the quotas, now. Who asks counts as looking, so that it is kept up to date for a while.
    pub async fn quotas(&self) -> Result<Vec<QuotaView>, EngineError> {
        let now = self.now();
        let before = self.inner.quotas.looked_at.swap(now, Ordering::Relaxed);
        if now.saturating_sub(before) >= LOOKING {
            let engine = self.clone();
            self.inner.tasks.spawn(async move { engine.quota_round().await });
        }
        self.known_quotas().await
    }

    /// Asks every vendor that tells, and waits for all of them. What was read a moment ago is not asked for
    /// again.
    pub async fn read_quotas(&self) -> Result<Vec<QuotaView>, EngineError> {
        let now = self.now();
        self.inner.quotas.looked_at.store(now, Ordering::Relaxed);
        self.read_where(|page| page.is_older(now, FRESH)).await?;
        self.known_quotas().await
    }

    /// One round: asks where it is worth it, and saves what is new.
    pub async fn quota_round(&self) {
        let now = self.now();
        let looked = now.saturating_sub(self.inner.quotas.looked_at.load(Ordering::Relaxed));
        let watched = if looked < LOOKING { Watched::Yes } else { Watched::No };
        if let Err(error) = self.read_where(|page| page.is_due(now, watched)).await {
            tracing::warn!("quotas were not read: {error}");
        }
        self.save_quotas().await;
    }

    async fn read_where(&self, wanted: impl Fn(&Page) -> bool) -> Result<(), EngineError> {
        if self.config().demo {
            return Ok(());
        }
        let accounts = self.inner.store.accounts().await?;
        self.inner.quotas.pages().retain(|id, _| accounts.iter().any(|account| account.id == *id));
        let due = accounts.into_iter().filter(|account| {
            let pages = self.inner.quotas.pages();
            account.enabled
                && pages.get(&account.id).map_or_else(|| wanted(&Page::default()), &wanted)
        });
        let due: Vec<Account> = due.collect();
        join_all(due.iter().map(|account| self.read_one(account))).await;
        Ok(())
    }

    /// Asks for one account; whoever else asks for it meanwhile does without.
    async fn read_one(&self, account: &Account) {
        let live = arc_swap::Guard::into_inner(self.live());
        let Some(vendor) = live.vendor_for(&account.vendor, &account.id) else { return };
        if vendor.quota.is_none() || !self.inner.quotas.asking().insert(account.id.clone()) {
            return;
        }
        let asked = self.ask_quota(vendor, &account.id).await;
        self.inner.quotas.asking().remove(&account.id);
        let now = self.now();
        let reading = match asked {
            Ok(reading) => reading,
            Err(error) => {
                let wait = match &error {
                    QuotaError::Busy { wait, .. } => *wait,
                    QuotaError::SignIn { .. }
                    | QuotaError::Answered { .. }
                    | QuotaError::Shape { .. }
                    | QuotaError::Unreachable { .. } => None,
                };
                tracing::info!(account = %account.id, "a quota was not read: {error}");
                let mut pages = self.inner.quotas.pages();
                pages.entry(account.id.clone()).or_default().failed(error.to_string(), wait, now);
                return;
            }
        };
        self.heed(&account.id, &reading.windows);
        let windows = {
            let mut pages = self.inner.quotas.pages();
            let page = pages.entry(account.id.clone()).or_default();
            page.read(reading, now);
            page.windows.clone()
        };
        let windows = self.foretold(&account.id, windows);
        self.tell(Event::QuotaRead { account: account.id.clone(), windows });
    }

    async fn ask_quota(
        &self,
        vendor: &Vendor,
        account: &AccountId,
    ) -> Result<QuotaReading, QuotaError> {
        let signed_out = |words: String| QuotaError::SignIn { vendor: vendor.name.clone(), words };
        let key = self.secret_for(account).await.map_err(|error| signed_out(error.to_string()))?;
        let asked = self.ask_with(vendor, account, key.as_ref()).await;
        let (Err(QuotaError::SignIn { .. }), Some(key)) = (&asked, &key) else { return asked };
        if !self.live().logins.contains_key(account) {
            return asked;
        }
        // The token may have ended early.
        let fresh =
            self.renewed(account, key).await.map_err(|error| signed_out(error.to_string()))?;
        self.ask_with(vendor, account, Some(&fresh)).await
    }

    async fn ask_with(
        &self,
        vendor: &Vendor,
        account: &AccountId,
        key: Option<&Secret>,
    ) -> Result<QuotaReading, QuotaError> {
        let Some(quota) = &vendor.quota else { return Ok(QuotaReading::default()) };
        let live = arc_swap::Guard::into_inner(self.live());
        let login = live.logins.get(account);
        let none = LoginFacts::default();
        let long_lived = login.and_then(|kept| kept.tokens.refresh.as_ref());
        let ask = QuotaAsk {
            vendor,
            quota,
            key: match quota.shape {
                QuotaShape::Copilot => long_lived.or(key),
                QuotaShape::Claude
                | QuotaShape::Codex
                | QuotaShape::CodeAssist
                | QuotaShape::Kiro
                | QuotaShape::Glm
                | QuotaShape::MiniMax
                | QuotaShape::Kimi
                | QuotaShape::OpenRouter
                | QuotaShape::DeepSeek => key,
            },
            facts: login.map_or(&none, |kept| &kept.login.facts),
            way_out: self.way_out(account),
            now: self.now(),
        };
        read_quota(&self.inner.pool, &ask).await
    }

    /// Lets routing know of windows.
    fn heed(&self, account: &AccountId, windows: &[QuotaWindow]) {
        let windows: Vec<_> = windows.iter().filter_map(|window| routed(account, window)).collect();
        self.take_windows(&windows);
    }

    /// An account answered: what its headers tell is noted, and what its vendor only publishes is counted.
    pub(crate) fn note_answer(
        &self,
        at: &Candidate,
        headers: &http::HeaderMap,
        answered: Answered,
    ) {
        let windows = self.read_windows(&at.account, headers);
        let live = self.live();
        let Some(vendor) = live.catalog.vendor(&at.vendor) else { return };
        if windows.is_empty() && vendor.quota.is_none() && vendor.counted.is_empty() {
            return;
        }
        let now = self.now();
        let mut pages = self.inner.quotas.pages();
        let page = pages.entry(at.account.clone()).or_default();
        page.flowed(now);
        page.heard(&windows);
        let counts = |models: &str| at.model.contains(models);
        let counted = vendor.counted.iter().filter(|_| answered == Answered::Well);
        for counted in counted.filter(|counted| counted.models.as_deref().is_none_or(counts)) {
            page.count(counted, now);
        }
    }

    /// What a vendor means by its refusals, for an account of it. A window starts over when that is published,
    /// else when the vendor last told.
    pub(crate) fn limit_rules<'v>(
        &self,
        vendor: &'v Vendor,
        account: &AccountId,
    ) -> Vec<LimitRule<'v>> {
        if vendor.limits.is_empty() {
            return Vec::new();
        }
        let now = self.now();
        let pages = self.inner.quotas.pages();
        limits::rules(vendor, |window| pages.get(account)?.told_reset(window, now), now)
    }

    /// What vendors told of an account's quota no longer counts.
    pub(crate) fn forget_quota(&self, account: &AccountId) {
        if let Some(page) = self.inner.quotas.pages().get_mut(account) {
            page.forget();
        }
    }

    /// An account's limit refused a request. Where its vendor tells of that window in no other way, the refusal
    /// is what is shown of it.
    pub(crate) fn note_refusal(&self, at: &Candidate, failure: &Failure) {
        let (FailureClass::Quota, Some(name), Some(reset)) =
            (failure.class, &failure.window, failure.reset)
        else {
            return;
        };
        let live = self.live();
        if live.catalog.vendor(&at.vendor).is_none_or(|vendor| vendor.quota.is_some()) {
            return;
        }
        let models = match failure.scope {
            Scope::Model => Some(at.model.clone()),
            Scope::Account => None,
        };
        let window = Window {
            account: at.account.clone(),
            name: name.clone(),
            models,
            used: Some(Share::FULL),
            resets_at: Some(reset),
            length: None,
            source: Source::Headers,
            observed_at: self.now(),
        };
        self.inner.quotas.pages().entry(at.account.clone()).or_default().heard(&[window]);
    }

    /// What is known of the quotas, now. Who asks here does not count as looking.
    pub async fn known_quotas(&self) -> Result<Vec<QuotaView>, EngineError> {
        let accounts = self.inner.store.accounts().await?;
        let live = self.live();
        let mut pages = self.inner.quotas.pages().clone();
        let views = accounts.into_iter().map(|account| {
            let page = pages.remove(&account.id).unwrap_or_default();
            let vendor = live.catalog.vendor(&account.vendor);
            let login = live.logins.get(&account.id);
            let ended = login.filter(|kept| kept.login.state == LoginState::SignInAgain);
            QuotaView {
                plan: page.plan.or_else(|| login.and_then(|kept| kept.login.facts.plan.clone())),
                problem: ended.map(|_| "sign in again".to_owned()).or(page.problem),
                windows: self.foretold(&account.id, page.windows),
                readable: vendor.is_some_and(|vendor| vendor.quota.is_some()),
                account: account.id,
                name: account.name,
                vendor: account.vendor,
            }
        });
        Ok(views.collect())
    }

    /// What was read of an account's windows from `from` on, thinned.
    pub async fn quota_history(
        &self,
        account: &AccountId,
        from: Millis,
    ) -> Result<Vec<QuotaHistory>, EngineError> {
        if !self.inner.store.accounts().await?.iter().any(|known| known.id == *account) {
            return Err(EngineError::NotFound { what: "account", name: account.to_string() });
        }
        // What has just been read shall be its end.
        self.save_quotas().await;
        Ok(self.inner.store.quota_history(account, from).await?)
    }

    /// The windows with when each runs out, as far as routing can tell.
    fn foretold(&self, account: &AccountId, windows: Vec<QuotaWindow>) -> Vec<QuotaWindow> {
        let (live, now) = (self.live(), self.now());
        let known = live.snapshot.quotas().of(account);
        let foretold = windows.into_iter().map(|window| {
            let same = |kept: &&Kept| {
                (&kept.window.name, &kept.window.models) == (&window.name, &window.models)
            };
            let forecast = known.iter().find(same).map(|kept| kept.forecast(now));
            QuotaWindow { forecast: forecast.unwrap_or_default(), ..window }
        });
        foretold.collect()
    }

    /// Writes what the disk does not know yet.
    pub(crate) async fn save_quotas(&self) {
        let unsaved: Vec<_> = {
            let mut pages = self.inner.quotas.pages();
            let unsaved = pages.iter_mut().filter_map(|(id, page)| {
                std::mem::take(&mut page.unsaved).then(|| (id.clone(), page.windows.clone()))
            });
            unsaved.collect()
        };
        if self.inner.store.safe_mode().is_some() {
            return;
        }
        for (account, windows) in unsaved {
            if let Err(error) = self.inner.store.put_quota_windows(&account, &windows).await {
                tracing::warn!(%account, "a quota was not written to disk: {error}");
            }
        }
    }

    /// Takes up what was shown before the start. What it cannot read costs a question to the vendor, no more.
    /// Routing has a memory of its own, in which a quota that was cleared by hand stays cleared.
    pub(crate) async fn recall_quotas(&self) {
        let saved = match self.inner.store.quota_windows().await {
            Ok(saved) => saved,
            Err(error) => {
                tracing::warn!("the quotas of before are forgotten: {error}");
                return;
            }
        };
        let mut by_account: HashMap<AccountId, Vec<QuotaWindow>> = HashMap::new();
        for (account, window) in saved {
            by_account.entry(account).or_default().push(window);
        }
        for (account, windows) in by_account {
            self.inner.quotas.pages().insert(account, Page::saved(windows));
        }
    }

    /// Keeps the quotas until the engine stops.
    pub(crate) fn keep_quotas(&self) {
        self.in_rounds(ROUND, ROUND, |engine| async move {
            engine.unless_stopping(engine.quota_round()).await;
        });
    }
}

/// How an account answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answered {
    Well,
    Badly,
}
