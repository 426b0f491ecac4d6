//! The keys that an open store holds.

use std::sync::{Arc, PoisonError, RwLock};

use zeroize::Zeroizing;

use crate::StoreError;
use crate::data_key::{self, DataKey, ROOT_PLACE};
use crate::seal::Sealer;

/// The data key, which may be exchanged while the store is open, and the root of keys for other
/// files, which stays.
pub(crate) struct Vault {
    key: RwLock<DataKey>,
    root: Arc<Sealer>,
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Vault").field("kept_in", &self.key().source).finish_non_exhaustive()
    }
}

impl Vault {
    /// With the sealed root where there is one; without, the data key is the root.
    pub(crate) fn new(key: DataKey, root: Option<&[u8]>) -> Result<Self, StoreError> {
        let root = match root {
            None => Arc::clone(&key.sealer),
            Some(sealed) => {
                let text = key
                    .sealer
                    .open(sealed, ROOT_PLACE)
                    .map_err(|_| StoreError::altered("data_key_check", "1"))?;
                let bytes = data_key::decode(text.expose())
                    .ok_or_else(|| StoreError::altered("data_key_check", "1"))?;
                Arc::new(Sealer::new(bytes))
            }
        };
        Ok(Self { key: RwLock::new(key), root })
    }

    /// The key as it is now.
    pub(crate) fn key(&self) -> DataKey {
        // Whoever panicked holding it left it whole: it is only ever replaced.
        self.key.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn sealer(&self) -> Arc<Sealer> {
        self.key().sealer
    }

    pub(crate) fn exchange(&self, key: DataKey) {
        *self.key.write().unwrap_or_else(PoisonError::into_inner) = key;
    }

    /// The root, sealed under a new data key.
    pub(crate) fn root_under(&self, key: &DataKey) -> Result<Vec<u8>, StoreError> {
        key.sealer.seal(&self.root.to_secret(), ROOT_PLACE)
    }

    /// A key for one other purpose.
    pub(crate) fn derive(&self, purpose: &str) -> Zeroizing<[u8; 32]> {
        self.root.derive(purpose)
    }
}
