//! The models that vendors list: read seldom, kept on the disk, and lost by no failure.
//!
//! They are no part of exports and backups of the configuration: each is read again within minutes of an account's
//! coming, by what that account may use.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use switchyard_types::{AccountId, Millis, ModelsRead, VendorStatus};
use switchyard_upstream::{ModelListAsk, read_models};

use crate::{Engine, EngineError};

/// The first look; a start has better things to do.
const FIRST: Duration = Duration::from_mins(2);

/// How often is looked whether a list is old.
const ROUND: Duration = Duration::from_hours(1);

/// A list is read anew when it is older than this: vendors add models every few weeks.
const OLD: Millis = 24 * 60 * 60 * 1000;

/// When vendors were last asked, whatever they answered.
#[derive(Debug, Default)]
pub(crate) struct ModelLists(Mutex<HashMap<String, Millis>>);

impl Engine {
    /// Asks a vendor for its models and keeps the list; those that were not known can be named at once.
    pub async fn read_models(&self, vendor: &str) -> Result<ModelsRead, EngineError> {
        let known = self.vendor(vendor)?;
        let account = self.account_to_ask(vendor).await?;
        let account = account.ok_or_else(|| {
            EngineError::invalid(
                format!("no account of {} is switched on", known.name),
                "add an account first: the list is asked for with its key",
            )
        })?;
        let live = arc_swap::Guard::into_inner(self.live());
        let placed = live.vendor_for(vendor, &account).unwrap_or(&known);
        let unreachable =
            |words: String| EngineError::VendorUnreachable { vendor: known.name.clone(), words };
        let key = self.secret_for(&account).await?;
        let facts = live.logins.get(&account).map(|kept| kept.login.facts.clone());
        let ask = ModelListAsk {
            vendor: placed,
            key: key.as_ref(),
            facts: &facts.unwrap_or_default(),
            way_out: self.way_out(&account),
        };
        let read = read_models(&self.inner.pool, ask).await;
        let models = read.map_err(|error| {
            unreachable(self.config().redactor.clean_of(error.to_string(), key.as_ref()))
        })?;
        let new = models.iter().filter(|model| known.model(&model.id).is_none()).count();
        let _writing = self.inner.writing.lock().await;
        self.inner.store.put_model_list(vendor, &models, self.now()).await?;
        self.reload().await?;
        Ok(ModelsRead { vendor: vendor.to_owned(), models, new })
    }

    async fn account_to_ask(&self, vendor: &str) -> Result<Option<AccountId>, EngineError> {
        let accounts = self.inner.store.accounts().await?;
        let found = accounts.into_iter().find(|one| one.vendor == vendor && one.enabled);
        Ok(found.map(|account| account.id))
    }

    /// Reads every list that is old, of vendors that somebody uses.
    pub async fn model_list_round(&self) {
        if self.config().demo || self.inner.store.safe_mode().is_some() {
            return;
        }
        let Ok(accounts) = self.inner.store.accounts().await else { return };
        let read = self.inner.store.model_lists().await.unwrap_or_default();
        let mut asked: HashMap<String, Millis> =
            read.into_iter().map(|(vendor, _, at)| (vendor, at)).collect();
        if let Ok(tried) = self.inner.model_lists.0.lock() {
            asked.extend(tried.iter().map(|(vendor, at)| (vendor.clone(), *at)));
        }
        let now = self.now();
        let live = arc_swap::Guard::into_inner(self.live());
        for vendor in live.catalog.vendors() {
            let used = accounts.iter().any(|one| one.vendor == vendor.id && one.enabled);
            let old = asked.get(&vendor.id).is_none_or(|at| *at > now || now - at >= OLD);
            let lists = vendor.model_list.is_some() && vendor.status != VendorStatus::Retired;
            if !(used && old && lists) {
                continue;
            }
            if let Ok(mut tried) = self.inner.model_lists.0.lock() {
                tried.insert(vendor.id.clone(), now);
            }
            if let Err(error) = self.read_models(&vendor.id).await {
                tracing::info!("the models of {} stay as they are known: {error}", vendor.name);
            }
        }
    }

    /// Keeps the lists until the engine stops.
    pub(crate) fn keep_model_lists(&self) {
        self.in_rounds(FIRST, ROUND, |engine| async move {
            engine.unless_stopping(engine.model_list_round()).await;
        });
    }
}
