use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use sha2::{Digest, Sha256};
use switchyard_types::Secret;
use zeroize::{Zeroize, Zeroizing};

use crate::{StoreError, random};

/// First byte of every sealed value: XChaCha20-Poly1305, a random nonce of 24 bytes, then the
/// ciphertext with its tag.
const VERSION: u8 = 1;
const NONCE: usize = 24;

/// The place that a sealed value belongs to: moved to another, it does not open.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Binding<'a> {
    pub(crate) table: &'a str,
    pub(crate) column: &'a str,
    pub(crate) row: &'a str,
}

impl Binding<'_> {
    /// Parts are set apart by their lengths, so that no two places read the same.
    fn bytes(self) -> Vec<u8> {
        let mut bytes = vec![VERSION];
        for part in [self.table, self.column, self.row] {
            bytes.extend((part.len() as u64).to_le_bytes());
            bytes.extend(part.as_bytes());
        }
        bytes
    }
}

/// Seals and opens values under the data key.
#[derive(Clone)]
pub(crate) struct Sealer(Zeroizing<[u8; 32]>);

/// A sealed value that this key does not open, or that was altered or moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unopened;

impl Sealer {
    pub(crate) fn new(key: Zeroizing<[u8; 32]>) -> Self {
        Self(key)
    }

    /// Whether it is the same key.
    pub(crate) fn is(&self, other: &Self) -> bool {
        *self.0 == *other.0
    }

    /// A key for one other purpose: who holds it learns nothing of this one.
    pub(crate) fn derive(&self, purpose: &str) -> Zeroizing<[u8; 32]> {
        let mut digest = Sha256::new();
        digest.update(b"switchyard derived key\0");
        digest.update(self.0.as_slice());
        digest.update(purpose.as_bytes());
        Zeroizing::new(digest.finalize().into())
    }

    /// The key as text, for a place that is itself sealed.
    pub(crate) fn to_secret(&self) -> Secret {
        Secret::new(STANDARD.encode(self.0.as_slice()))
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&Key::from(*self.0))
    }

    pub(crate) fn seal(
        &self,
        secret: &Secret,
        binding: Binding<'_>,
    ) -> Result<Vec<u8>, StoreError> {
        let nonce = random::bytes::<NONCE>()?;
        let payload = Payload { msg: secret.expose().as_bytes(), aad: &binding.bytes() };
        let ciphertext = self
            .cipher()
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| StoreError::Random("sealing failed".into()))?;
        let mut sealed = Vec::with_capacity(1 + NONCE + ciphertext.len());
        sealed.push(VERSION);
        sealed.extend(nonce);
        sealed.extend(ciphertext);
        Ok(sealed)
    }

    pub(crate) fn open(&self, sealed: &[u8], binding: Binding<'_>) -> Result<Secret, Unopened> {
        let (&VERSION, rest) = sealed.split_first().ok_or(Unopened)? else {
            return Err(Unopened);
        };
        let (nonce, ciphertext) = rest.split_first_chunk::<NONCE>().ok_or(Unopened)?;
        let payload = Payload { msg: ciphertext, aad: &binding.bytes() };
        let plain = self.cipher().decrypt(&XNonce::from(*nonce), payload).map_err(|_| Unopened)?;
        String::from_utf8(plain).map(Secret::new).map_err(|error| {
            error.into_bytes().zeroize();
            Unopened
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: Binding<'_> = Binding { table: "accounts", column: "sealed", row: "acc_1" };

    fn sealer(byte: u8) -> Sealer {
        Sealer::new(Zeroizing::new([byte; 32]))
    }

    #[test]
    fn a_sealed_value_opens_in_its_own_place_only() {
        let sealed = sealer(1).seal(&Secret::new("key"), HERE).unwrap();
        assert_eq!(sealer(1).open(&sealed, HERE).unwrap().expose(), "key");
        for elsewhere in [
            Binding { row: "acc_2", ..HERE },
            Binding { column: "name", ..HERE },
            Binding { table: "account", column: "ssealed", ..HERE },
        ] {
            assert_eq!(sealer(1).open(&sealed, elsewhere), Err(Unopened));
        }
    }

    #[test]
    fn another_key_opens_nothing() {
        let sealed = sealer(1).seal(&Secret::new("key"), HERE).unwrap();
        assert_eq!(sealer(2).open(&sealed, HERE), Err(Unopened));
    }

    #[test]
    fn a_value_with_any_byte_changed_or_cut_does_not_open() {
        let sealed = sealer(1).seal(&Secret::new("key"), HERE).unwrap();
        for at in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[at] ^= 1;
            assert_eq!(sealer(1).open(&altered, HERE), Err(Unopened), "byte {at}");
            assert_eq!(sealer(1).open(&sealed[..at], HERE), Err(Unopened), "cut at {at}");
        }
    }

    #[test]
    fn a_derived_key_is_stable_and_another_for_each_purpose_and_key() {
        assert_eq!(sealer(1).derive("tools"), sealer(1).derive("tools"));
        assert_ne!(sealer(1).derive("tools"), sealer(1).derive("sync"));
        assert_ne!(sealer(1).derive("tools"), sealer(2).derive("tools"));
        assert_ne!(*sealer(1).derive("tools"), [1; 32]);
    }

    #[test]
    fn the_same_secret_never_seals_to_the_same_bytes() {
        let seal = || sealer(1).seal(&Secret::new("key"), HERE).unwrap();
        assert_ne!(seal(), seal());
    }
}
