//! The password of the dashboard: its Argon2id hash is kept, and nothing else of it.

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use subtle::ConstantTimeEq;
use switchyard_types::{Millis, Secret};
use zeroize::Zeroizing;

use crate::error::while_doing;
use crate::{Store, StoreError, random};

/// What each try costs: OWASP's first choice for Argon2id (Password Storage Cheat Sheet, 2025).
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

const SALT: usize = 16;
const HASH: usize = 32;

/// A password as it is kept: `$argon2id$v=19$m=…,t=…,p=…$salt$hash`.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

impl PasswordHash {
    /// Hashes a password with a salt of its own. Takes a twentieth of a second and 19 MiB.
    pub fn of(password: &Secret) -> Result<Self, StoreError> {
        let salt = random::bytes::<SALT>()?;
        let hash = derive(password, &salt, MEMORY_KIB, PASSES, LANES)
            .ok_or_else(|| StoreError::import("the password could not be hashed"))?;
        let text = |bytes: &[u8]| STANDARD_NO_PAD.encode(bytes);
        Ok(Self(format!(
            "$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}${}${}",
            text(&salt),
            text(hash.as_slice())
        )))
    }

    /// Whether it is the hash of this password. Takes as long as making it; the comparison takes the same
    /// time whatever the difference. A hash that cannot be read is no password's.
    pub fn fits(&self, password: &Secret) -> bool {
        let fits = || {
            let mut parts = self.0.strip_prefix("$argon2id$v=19$")?.split('$');
            let (costs, salt, hash) = (parts.next()?, parts.next()?, parts.next()?);
            let cost = |name: &str| {
                costs.split(',').find_map(|part| part.strip_prefix(name)?.parse::<u32>().ok())
            };
            let (memory, passes, lanes) = (cost("m=")?, cost("t=")?, cost("p=")?);
            // Of a hash that came with an import: it may not ask for more than ours.
            if memory > MEMORY_KIB * 4 || passes > PASSES * 4 || lanes > LANES * 4 {
                return None;
            }
            let salt = STANDARD_NO_PAD.decode(salt).ok()?;
            let hash = STANDARD_NO_PAD.decode(hash).ok()?;
            let derived = derive(password, &salt, memory, passes, lanes)?;
            Some(bool::from(derived.as_slice().ct_eq(&hash)))
        };
        fits().unwrap_or(false)
    }
}

fn derive(
    password: &Secret,
    salt: &[u8],
    memory: u32,
    passes: u32,
    lanes: u32,
) -> Option<Zeroizing<[u8; HASH]>> {
    let params = Params::new(memory, passes, lanes, Some(HASH)).ok()?;
    let mut hash = Zeroizing::new([0; HASH]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(password.expose().as_bytes(), salt, hash.as_mut_slice())
        .ok()?;
    Some(hash)
}

impl Store {
    /// The dashboard's password; `None` where none is set.
    pub async fn password(&self) -> Result<Option<PasswordHash>, StoreError> {
        let hash = sqlx::query_scalar("SELECT hash FROM dashboard_password WHERE id = 1")
            .fetch_optional(self.readers())
            .await
            .map_err(while_doing("reading the dashboard's password"))?;
        Ok(hash.map(PasswordHash))
    }

    /// Sets the dashboard's password, or removes it.
    pub async fn set_password(
        &self,
        hash: Option<&PasswordHash>,
        now: Millis,
    ) -> Result<(), StoreError> {
        let query = match hash {
            Some(hash) => sqlx::query(
                "INSERT INTO dashboard_password (id, hash, changed_at) VALUES (1, ?, ?) \
                 ON CONFLICT (id) DO UPDATE SET hash = excluded.hash, \
                 changed_at = excluded.changed_at",
            )
            .bind(&hash.0)
            .bind(now),
            None => sqlx::query("DELETE FROM dashboard_password"),
        };
        let done = query.execute(self.writer()).await;
        done.map(|_| ()).map_err(while_doing("saving the dashboard's password"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_fits_its_own_hash_and_no_other_does() {
        let hash = PasswordHash::of(&Secret::new("correct horse")).unwrap();
        assert!(hash.fits(&Secret::new("correct horse")));
        for wrong in ["", "correct horse ", "Correct horse"] {
            assert!(!hash.fits(&Secret::new(wrong)), "{wrong:?}");
        }
        let again = PasswordHash::of(&Secret::new("correct horse")).unwrap();
        assert_ne!(hash, again, "each has a salt of its own");
    }

    #[test]
    fn a_hash_that_is_none_fits_nothing_and_costs_nothing() {
        for text in [
            "",
            "correct horse",
            "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$",
            "$argon2id$v=19$m=4294967295,t=2,p=1$c2FsdHNhbHRzYWx0$aGFzaA",
            "$argon2i$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0$aGFzaA",
        ] {
            assert!(!PasswordHash(text.to_owned()).fits(&Secret::new("")), "{text}");
        }
    }
}
