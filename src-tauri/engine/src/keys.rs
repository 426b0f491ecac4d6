use switchyard_store::client_key_hash;
use switchyard_types::{CreatedKey, KeyId, KeyView, NewKey};

use crate::{Engine, EngineError};

/// SHA-256 of a client key's text.
pub(crate) type KeyHash = [u8; 32];

/// A client that showed a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientKey {
    /// The key's id.
    pub id: KeyId,
    /// What it is for.
    pub name: String,
}

impl Engine {
    /// Who sent this key; `None` when it is not one of ours.
    ///
    /// The text is hashed before it is looked up, so the time that this takes tells nothing about
    /// a key that exists.
    pub fn client(&self, key: &str) -> Option<ClientKey> {
        self.live().keys.get(&client_key_hash(key)).cloned()
    }

    /// Every client key, newest first, without its text.
    pub async fn keys(&self) -> Result<Vec<KeyView>, EngineError> {
        Ok(self.inner.store.keys().await?)
    }

    /// Makes a key; its text is returned here and never again.
    pub async fn add_key(&self, key: &NewKey) -> Result<CreatedKey, EngineError> {
        let name = key.name.trim();
        if name.is_empty() || name.chars().count() > 80 {
            return Err(EngineError::invalid(
                "a key needs a name of at most 80 characters",
                "name it after the tool that will use it",
            ));
        }
        let _writing = self.inner.writing.lock().await;
        if let Some(rule) = &key.rule {
            self.check_rule(rule)?;
        }
        let created = self.inner.store.add_scoped_key(name, key.rule.clone(), self.now()).await?;
        self.reload().await?;
        Ok(created)
    }

    /// Revokes a key at once.
    pub async fn remove_key(&self, id: &KeyId) -> Result<(), EngineError> {
        let _writing = self.inner.writing.lock().await;
        self.inner.store.remove_key(id).await?;
        self.reload().await
    }
}
