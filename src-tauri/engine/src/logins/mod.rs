//! Logins: how users sign in, and how logins stay alive.

mod imports;
mod keeper;
mod system_keychain;
mod under_way;

use std::collections::BTreeMap;

use switchyard_catalog::{SignIn, Vendor};
use switchyard_store::NewAccountRow;
use switchyard_types::{AccountId, AccountView, Login, LoginState, Secret, VendorStatus};
use switchyard_upstream::WayOut;
use switchyard_upstream::login::{Desk, LoginError, SignedIn, client_secret};

pub(crate) use keeper::Keeper;
pub(crate) use under_way::UnderWay;

use crate::accounts::view;
use crate::live::KeptLogin;
use crate::{Engine, EngineError};

impl Engine {
    /// One way of signing in at a vendor, ready to be used.
    pub(crate) fn login_desk(
        &self,
        vendor: &Vendor,
        way: &SignIn,
        way_out: Option<WayOut>,
    ) -> Result<Desk, LoginError> {
        Ok(Desk {
            pool: self.inner.pool.clone(),
            client_secret: client_secret(vendor, way, &self.inner.config.places.secrets)?,
            vendor: vendor.clone(),
            way: way.clone(),
            way_out,
            now: self.now(),
        })
    }

    /// Whether an account serves its vendor's own client only, and this request is not that client's.
    pub(crate) fn kept_for_its_vendors_client(
        &self,
        vendor: &Vendor,
        account: &AccountId,
        headers: &http::HeaderMap,
    ) -> bool {
        let live = self.live();
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        vendor.status == VendorStatus::Restricted
            && live.logins.contains_key(account)
            && !live.open_to_all.contains(account)
            && !vendor.is_own_client(header)
    }

    /// How an account's requests leave this machine, where that is its own way.
    pub(crate) fn way_out(&self, account: &AccountId) -> Option<WayOut> {
        let live = self.live();
        live.proxies.get(account).and_then(|proxy| WayOut::parse(proxy).ok())
    }

    /// Sets or clears the way out of an account's requests.
    pub async fn set_account_proxy(
        &self,
        id: &AccountId,
        proxy: &Secret,
    ) -> Result<AccountView, EngineError> {
        let proxy = Some(proxy).filter(|proxy| !proxy.expose().trim().is_empty());
        if let Some(proxy) = proxy {
            crate::accounts::read_proxy(proxy)?;
        }
        let _writing = self.inner.writing.lock().await;
        self.inner.store.set_account_proxy(id, proxy).await?;
        self.reload().await?;
        self.account_view(id).await
    }

    async fn account_view(&self, id: &AccountId) -> Result<AccountView, EngineError> {
        let account = self.account(id).await?;
        Ok(view(&self.live(), account, self.now()))
    }

    /// The vendor at which somebody wants to sign in, if that can be.
    fn vendor_to_sign_in(&self, id: &str, understood: Understood) -> Result<Vendor, EngineError> {
        let vendor = self.vendor(id)?;
        let note = vendor.note.clone().unwrap_or_default();
        if vendor.status == VendorStatus::Retired {
            let message = format!("{} is not offered", vendor.name);
            return Err(EngineError::invalid(message, note));
        }
        if vendor.login != Login::Account {
            return Err(EngineError::invalid(
                format!("{} has no sign-in of its own", vendor.name),
                "add a key instead",
            ));
        }
        if vendor.status == VendorStatus::Restricted && understood == Understood::NotYet {
            return Err(EngineError::Conflict {
                message: format!("{} restricts this sign-in: {note}", vendor.name),
                hint: Some("say that you have understood this, and sign in again".to_owned()),
            });
        }
        Ok(vendor)
    }

    /// Keeps a login: in the account that was to sign in again, in the one that this user has at this vendor
    /// already, or in a new one.
    async fn keep_login(
        &self,
        vendor: &Vendor,
        name: &str,
        account: Option<&AccountId>,
        signed_in: &SignedIn,
    ) -> Result<AccountView, EngineError> {
        let SignedIn { tokens, facts } = signed_in;
        let _writing = self.inner.writing.lock().await;
        let now = self.now();
        let known = account.cloned().or_else(|| self.same_user(vendor, facts.identity.as_deref()));
        let id = if let Some(id) = known {
            self.inner.store.save_login(&id, tokens, facts, now).await?;
            id
        } else {
            let name = match (name.trim(), &facts.identity) {
                ("", Some(identity)) => identity.chars().take(80).collect(),
                ("", None) => vendor.name.clone(),
                (name, _) => name.chars().take(80).collect(),
            };
            let row = NewAccountRow {
                vendor: vendor.id.clone(),
                name,
                priority: None,
                secret: None,
                fields: BTreeMap::new(),
                created_at: now,
            };
            self.inner.store.add_login(row, tokens, facts).await?.id
        };
        // What the old tokens were locked for says nothing of the new ones.
        self.unlock(&id, None);
        self.reload().await?;
        self.tell_login(&id, LoginState::Ok, None);
        self.account_view(&id).await
    }

    /// The account that this user has at this vendor already.
    fn same_user(&self, vendor: &Vendor, identity: Option<&str>) -> Option<AccountId> {
        let identity = identity?;
        let live = self.live();
        let same = |kept: &KeptLogin| {
            kept.vendor == vendor.id && kept.login.facts.identity.as_deref() == Some(identity)
        };
        live.logins.iter().find(|(_, kept)| same(kept)).map(|(id, _)| id.clone())
    }

    fn tell_login(&self, id: &AccountId, state: LoginState, reason: Option<String>) {
        self.tell(switchyard_types::Event::LoginChanged { account: id.clone(), state, reason });
    }
}

/// Whether the user has read what a vendor restricts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Understood {
    Yes,
    NotYet,
}

impl From<bool> for Understood {
    fn from(said: bool) -> Self {
        if said { Self::Yes } else { Self::NotYet }
    }
}
