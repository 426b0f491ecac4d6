use std::time::Instant;

use switchyard_catalog::{FieldError, FieldValues, Vendor};
use switchyard_store::{Account, NewAccountRow};
use switchyard_types::{
    AccountChange, AccountId, AccountView, Login, NewAccount, ProbeResult, Secret, VendorStatus,
};
use switchyard_upstream::login::SignedIn;
use switchyard_upstream::{Verdict, WayOut, probe};

use crate::live::{KeptLogin, Live};
use crate::{Engine, EngineError};

/// The longest name of an account, in characters.
const LONGEST_NAME: usize = 80;

impl Engine {
    /// Every account, with what keeps it from serving now.
    pub async fn accounts(&self) -> Result<Vec<AccountView>, EngineError> {
        let accounts = self.inner.store.accounts().await?;
        let live = self.live();
        let now = self.now();
        Ok(accounts.into_iter().map(|account| view(&live, account, now)).collect())
    }

    /// Adds a key for a vendor, on request only after the vendor accepted it.
    pub async fn add_account(&self, new: NewAccount) -> Result<AccountView, EngineError> {
        let vendor = self.vendor(&new.vendor)?;
        if vendor.status == VendorStatus::Retired {
            return Err(EngineError::invalid(
                format!("{} is not offered", vendor.name),
                vendor.note.clone().unwrap_or_else(|| "choose another vendor".to_owned()),
            ));
        }
        let proxy = Some(&new.proxy).filter(|proxy| !proxy.expose().trim().is_empty());
        let way_out = proxy.map(read_proxy).transpose()?;
        let (secret, login) = match vendor.key_way() {
            Some(way) => {
                let desk = self.login_desk(&vendor, way, way_out.clone())?;
                (None, Some(desk.service_account(&new.key).await?))
            }
            None => (checked_key(&vendor, &new.key)?, None),
        };
        let (vendor, fields) = placed(&vendor, new.fields, login.as_ref())?;
        if new.check {
            let sent = login.as_ref().map(|login| &login.tokens.access).or(secret.as_ref());
            self.check(&vendor, sent, way_out).await?;
        }
        let _writing = self.inner.writing.lock().await;
        let identity = login.as_ref().and_then(|login| login.facts.identity.as_deref());
        let name = match (new.name.trim(), identity) {
            ("", identity) => identity.unwrap_or(&vendor.name),
            (name, _) => name,
        };
        let row = NewAccountRow {
            vendor: vendor.id.clone(),
            name: shortened(name),
            priority: None,
            secret,
            fields,
            created_at: self.now(),
        };
        let store = &self.inner.store;
        let account = match &login {
            Some(login) => store.add_login(row, &login.tokens, &login.facts).await?,
            None => store.add_account(row).await?,
        };
        if proxy.is_some() {
            store.set_account_proxy(&account.id, proxy).await?;
        }
        self.reload().await?;
        Ok(view(&self.live(), account, self.now()))
    }

    /// Renames, orders, or switches an account on or off, changes what it says of itself, or gives it a new key.
    pub async fn change_account(
        &self,
        id: &AccountId,
        change: &AccountChange,
    ) -> Result<AccountView, EngineError> {
        let mut change = change.clone();
        // Asks the provider where that is how a key becomes a login, so before anything is written.
        let signed_in = match change.key.take() {
            Some(key) => match self.new_key(id, &key).await? {
                NewKey::Kept(key) => {
                    change.key = Some(key);
                    None
                }
                NewKey::Login(signed_in) => Some(signed_in),
            },
            None => None,
        };
        if let Some(name) = &mut change.name {
            *name = shortened(name.trim());
            if name.is_empty() {
                return Err(EngineError::invalid("an account has a name", "give it one"));
            }
        }
        if let Some(fields) = &mut change.fields {
            let account = self.account(id).await?;
            let vendor = self.vendor(&account.vendor)?;
            (_, *fields) = placed(&vendor, std::mem::take(fields), None)?;
        }
        let _writing = self.inner.writing.lock().await;
        let account = self.inner.store.change_account(id, &change).await?;
        if let Some(SignedIn { tokens, facts }) = signed_in.as_deref() {
            self.inner.store.save_login(id, tokens, facts, self.now()).await?;
        }
        if signed_in.is_some() || change.key.is_some() {
            // What the old key was locked for says nothing of the new one.
            self.unlock(id, None);
        }
        self.reload().await?;
        Ok(view(&self.live(), account, self.now()))
    }

    /// What a new key becomes in an account that has one.
    async fn new_key(&self, id: &AccountId, key: &Secret) -> Result<NewKey, EngineError> {
        let account = self.account(id).await?;
        let vendor = self.vendor(&account.vendor)?;
        if let Some(way) = vendor.key_way() {
            let desk = self.login_desk(&vendor, way, self.way_out(id))?;
            return Ok(NewKey::Login(Box::new(desk.service_account(key).await?)));
        }
        if self.live().logins.contains_key(id) {
            return Err(EngineError::invalid(
                format!("{} has no key: it is signed in", account.name),
                "sign in again",
            ));
        }
        Ok(NewKey::Kept(checked_key(&vendor, key)?.unwrap_or_default()))
    }

    /// Removes an account with its key and its locks.
    pub async fn remove_account(&self, id: &AccountId) -> Result<(), EngineError> {
        let _writing = self.inner.writing.lock().await;
        self.inner.store.remove_account(id).await?;
        self.unlock(id, None);
        self.reload().await
    }

    /// Asks the vendor whether an account's key works.
    pub async fn test_account(&self, id: &AccountId) -> Result<ProbeResult, EngineError> {
        let account = self.account(id).await?;
        let live = arc_swap::Guard::into_inner(self.live());
        let vendor = live.vendor_for(&account.vendor, id).ok_or_else(|| {
            EngineError::invalid(
                format!("{} lacks what its vendor asks for", account.name),
                "change its fields",
            )
        })?;
        let asked = Instant::now();
        let verdict = match self.secret_for(id).await {
            Ok(secret) => probe(&self.inner.pool, vendor, secret.as_ref(), self.way_out(id)).await,
            Err(error) => Verdict::Refused(error.to_string()),
        };
        let millis = u64::try_from(asked.elapsed().as_millis()).unwrap_or(u64::MAX);
        let (ok, message) = match verdict {
            Verdict::Works => (true, format!("{} accepts this key", vendor.name)),
            Verdict::Refused(words) | Verdict::Unreachable(words) => (false, words),
            Verdict::Unclear(status, words) => {
                (false, format!("{} answered {status}: {words}", vendor.name))
            }
        };
        Ok(ProbeResult { ok, message: self.clean(message), millis })
    }

    /// Clears an account's locks by hand.
    pub async fn unlock_account(&self, id: &AccountId) -> Result<AccountView, EngineError> {
        let account = self.account(id).await?;
        self.unlock(id, None);
        self.tell(switchyard_types::Event::ConfigChanged);
        Ok(view(&self.live(), account, self.now()))
    }

    /// Clears an account's lock on one model by hand; one on the whole account stays.
    pub async fn unlock_model(
        &self,
        id: &AccountId,
        model: &str,
    ) -> Result<AccountView, EngineError> {
        let account = self.account(id).await?;
        self.unlock(id, Some(model));
        self.tell(switchyard_types::Event::ConfigChanged);
        Ok(view(&self.live(), account, self.now()))
    }

    pub(crate) async fn account(&self, id: &AccountId) -> Result<Account, EngineError> {
        let accounts = self.inner.store.accounts().await?;
        accounts
            .into_iter()
            .find(|account| account.id == *id)
            .ok_or_else(|| EngineError::NotFound { what: "account", name: id.to_string() })
    }

    pub(crate) fn vendor(&self, id: &str) -> Result<Vendor, EngineError> {
        self.live()
            .catalog
            .vendor(id)
            .cloned()
            .ok_or_else(|| EngineError::NotFound { what: "vendor", name: id.to_owned() })
    }

    /// Asks by the way that the account's requests will go.
    async fn check(
        &self,
        vendor: &Vendor,
        secret: Option<&Secret>,
        way_out: Option<WayOut>,
    ) -> Result<(), EngineError> {
        // Whatever a vendor says may quote the key.
        let clean = |words| self.config().redactor.clean_of(words, secret);
        match probe(&self.inner.pool, vendor, secret, way_out).await {
            Verdict::Works => Ok(()),
            Verdict::Refused(words) => {
                Err(EngineError::KeyRefused { vendor: vendor.name.clone(), words: clean(words) })
            }
            Verdict::Unclear(status, words) => Err(EngineError::VendorUnreachable {
                vendor: vendor.name.clone(),
                words: clean(format!("it answered {status}: {words}")),
            }),
            Verdict::Unreachable(words) => {
                let words = clean(words);
                Err(EngineError::VendorUnreachable { vendor: vendor.name.clone(), words })
            }
        }
    }
}

/// What was made of a key that takes another's place.
enum NewKey {
    /// A key; empty where the vendor needs none.
    Kept(Secret),
    /// The login of a service account.
    Login(Box<SignedIn>),
}

/// A name as it is kept.
fn shortened(name: &str) -> String {
    name.chars().take(LONGEST_NAME).collect()
}

/// A way out as the user wrote it.
pub(crate) fn read_proxy(text: &Secret) -> Result<WayOut, EngineError> {
    WayOut::parse(text).map_err(|error| {
        EngineError::invalid(error.to_string(), "write user and password before the host")
    })
}

/// The vendor as an account with these fields reaches it, and the fields as they are kept. What a login told is
/// not asked for again.
fn placed(
    vendor: &Vendor,
    mut said: FieldValues,
    login: Option<&SignedIn>,
) -> Result<(Vendor, FieldValues), EngineError> {
    said.retain(|_, value| !value.trim().is_empty());
    let project = login.and_then(|login| login.facts.project.clone());
    if let Some(project) = project.filter(|_| vendor.fields.iter().any(|f| f.name == "project")) {
        said.entry("project".to_owned()).or_insert(project);
    }
    let fields = vendor.checked_fields(&said).map_err(|error| malformed(&error))?;
    let placed = vendor.placed(&fields).ok_or_else(|| {
        EngineError::invalid("no address can be made of these fields", "look at each of them again")
    })?;
    Ok((placed, fields))
}

fn malformed(error: &FieldError) -> EngineError {
    let hint = match error {
        FieldError::Missing { .. } => "give it along with the key",
        FieldError::Unknown { .. } | FieldError::Malformed { .. } => "write it as the example is",
    };
    EngineError::invalid(error.to_string(), hint)
}

fn checked_key(vendor: &Vendor, key: &Secret) -> Result<Option<Secret>, EngineError> {
    let text = key.expose().trim();
    match (vendor.login, text) {
        (Login::None, "") => Ok(None),
        (Login::Key, "") if vendor.custom => Ok(None),
        (Login::Account, _) => Err(EngineError::invalid(
            format!("{} has no keys: one signs in", vendor.name),
            format!("run `switchyard login {}`", vendor.id),
        )),
        (Login::Key, "") => Err(EngineError::invalid(
            format!("{} needs a key", vendor.name),
            vendor.key_url.as_ref().map_or_else(
                || "paste the key that the vendor gave you".to_owned(),
                |url| format!("get one at {url}"),
            ),
        )),
        (Login::None | Login::Key, text) => {
            if text.chars().any(|c| c.is_control() || c.is_whitespace()) || !text.is_ascii() {
                return Err(EngineError::invalid(
                    "the key holds spaces, line breaks or characters that no key has",
                    "paste it again, alone",
                ));
            }
            Ok(Some(Secret::new(text)))
        }
    }
}

/// A proxy's address without the user and the password that may stand in it.
fn shown_proxy(proxy: &Secret) -> String {
    match proxy.expose().split_once("://") {
        Some((scheme, rest)) => {
            let place = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
            format!("{scheme}://{place}")
        }
        None => "set".to_owned(),
    }
}

pub(crate) fn view(live: &Live, account: Account, now: i64) -> AccountView {
    let locks = live
        .snapshot
        .locks()
        .of(&account.id)
        .iter()
        .filter(|lock| lock.holds(now))
        .map(Into::into)
        .collect();
    AccountView {
        id: account.id.clone(),
        vendor: account.vendor,
        name: account.name,
        key_hint: account.key_hint,
        enabled: account.enabled,
        priority: account.priority,
        locks,
        created_at: account.created_at,
        last_used_at: account.last_used_at,
        login: live.logins.get(&account.id).map(KeptLogin::view),
        any_client: account.any_client,
        proxy: live.proxies.get(&account.id).map(shown_proxy),
        fields: live.placed.get(&account.id).map(|own| own.fields.clone()).unwrap_or_default(),
    }
}
