//! The sealed envelope of a whole export: a passphrase opens it, on any machine.

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use serde::{Deserialize, Serialize};
use switchyard_types::{Millis, Secret};
use zeroize::Zeroizing;

use crate::document::base64_text;
use crate::{StoreError, random};

/// The only format so far.
const FORMAT: u32 = 1;

/// What each try at the passphrase costs: RFC 9106's second choice, for machines without memory to spare.
const MEMORY_KIB: u32 = 64 * 1024;
const PASSES: u32 = 3;
const LANES: u32 = 1;

/// What a file may ask of the machine that opens it.
const MOST_MEMORY_KIB: u32 = 256 * 1024;
const MOST_PASSES: u32 = 16;
const MOST_LANES: u32 = 8;

/// Shorter ones are guessed, whatever each guess costs.
pub(crate) const SHORTEST_PASSPHRASE: usize = 12;

/// A sealed export, as its file has it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Envelope {
    format: u32,
    /// When it was made.
    made_at: Millis,
    kdf: Kdf,
    cipher: Cipher,
    #[serde(with = "base64_text")]
    nonce: Vec<u8>,
    #[serde(with = "base64_text")]
    content: Vec<u8>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kdf {
    name: KdfName,
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    #[serde(with = "base64_text")]
    salt: Vec<u8>,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum KdfName {
    Argon2id,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Cipher {
    XChaCha20Poly1305,
}

const SALT: usize = 16;
const NONCE: usize = 24;

impl Envelope {
    /// Seals content under a passphrase. Takes a second and 64 MiB.
    pub(crate) fn seal(
        content: &[u8],
        passphrase: &Secret,
        now: Millis,
    ) -> Result<Self, StoreError> {
        if passphrase.expose().chars().count() < SHORTEST_PASSPHRASE {
            return Err(StoreError::ShortPassphrase { least: SHORTEST_PASSPHRASE });
        }
        let nonce = random::bytes::<NONCE>()?;
        let kdf = Kdf {
            name: KdfName::Argon2id,
            memory_kib: MEMORY_KIB,
            passes: PASSES,
            lanes: LANES,
            salt: random::bytes::<SALT>()?.to_vec(),
        };
        let mut envelope = Self {
            format: FORMAT,
            made_at: now,
            kdf,
            cipher: Cipher::XChaCha20Poly1305,
            nonce: nonce.to_vec(),
            content: Vec::new(),
        };
        let payload = Payload { msg: content, aad: &envelope.head() };
        envelope.content = envelope
            .cipher(passphrase)?
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| StoreError::import("sealing it failed"))?;
        Ok(envelope)
    }

    /// Opens it. What it asks for is held to limits first.
    pub(crate) fn open(&self, passphrase: &Secret) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        if self.format != FORMAT {
            let why = format!("its format is {}, this program knows {FORMAT}", self.format);
            return Err(StoreError::import(why));
        }
        let kdf = &self.kdf;
        let modest = (8..=MOST_MEMORY_KIB).contains(&kdf.memory_kib)
            && (1..=MOST_PASSES).contains(&kdf.passes)
            && (1..=MOST_LANES).contains(&kdf.lanes)
            && (8..=64).contains(&kdf.salt.len());
        let nonce: Option<[u8; NONCE]> = self.nonce.as_slice().try_into().ok();
        let (true, Some(nonce)) = (modest, nonce) else {
            return Err(StoreError::import("its head asks for what no export needs"));
        };
        let payload = Payload { msg: &self.content, aad: &self.head() };
        self.cipher(passphrase)?
            .decrypt(&XNonce::from(nonce), payload)
            .map(Zeroizing::new)
            .map_err(|_| StoreError::WrongPassphrase)
    }

    /// When it was made, as its head says; only true once it was opened.
    pub(crate) fn made_at(&self) -> Millis {
        self.made_at
    }

    /// All that stands outside the seal; the seal covers it.
    fn head(&self) -> Vec<u8> {
        let mut head = b"switchyard export\0".to_vec();
        head.extend(self.format.to_le_bytes());
        head.extend(self.made_at.to_le_bytes());
        head.extend(self.kdf.memory_kib.to_le_bytes());
        head.extend(self.kdf.passes.to_le_bytes());
        head.extend(self.kdf.lanes.to_le_bytes());
        head.extend(&self.kdf.salt);
        head.extend(&self.nonce);
        head
    }

    fn cipher(&self, passphrase: &Secret) -> Result<XChaCha20Poly1305, StoreError> {
        let KdfName::Argon2id = self.kdf.name;
        let Cipher::XChaCha20Poly1305 = self.cipher;
        let failed = |error: argon2::Error| StoreError::import(error.to_string());
        let params = Params::new(self.kdf.memory_kib, self.kdf.passes, self.kdf.lanes, Some(32))
            .map_err(failed)?;
        let mut key = Zeroizing::new([0; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(passphrase.expose().as_bytes(), &self.kdf.salt, key.as_mut_slice())
            .map_err(failed)?;
        Ok(XChaCha20Poly1305::new(&Key::from(*key)))
    }
}
