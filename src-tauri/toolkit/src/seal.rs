use chacha20poly1305::aead::{Aead as _, KeyInit as _};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

/// First byte of a sealed content: XChaCha20-Poly1305, a random nonce of 24 bytes, then the ciphertext.
const VERSION: u8 = 1;
const NONCE: usize = 24;

/// Closes what the user's files held, so that backups and receipts show no secret.
pub trait Seal: Send + Sync {
    /// Closes.
    fn seal(&self, plain: &[u8]) -> Result<Vec<u8>, SealError>;
    /// Opens what the same seal closed.
    fn open(&self, sealed: &[u8]) -> Result<Vec<u8>, SealError>;
}

/// Why a content was not closed or opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The system gave no random numbers, or the content is too long.
    #[error("the content could not be sealed")]
    Sealing,
    /// Closed under another key, or altered since.
    #[error("the content was sealed under another key, or altered since")]
    Opening,
}

/// A seal under a key of 32 bytes, which the caller keeps.
pub struct KeySeal(Zeroizing<[u8; 32]>);

impl KeySeal {
    /// Under this key.
    pub fn new(key: [u8; 32]) -> Self {
        Self(Zeroizing::new(key))
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&Key::from(*self.0))
    }
}

impl std::fmt::Debug for KeySeal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KeySeal(…)")
    }
}

impl Seal for KeySeal {
    fn seal(&self, plain: &[u8]) -> Result<Vec<u8>, SealError> {
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce).map_err(|_| SealError::Sealing)?;
        let closed =
            self.cipher().encrypt(&XNonce::from(nonce), plain).map_err(|_| SealError::Sealing)?;
        Ok([&[VERSION], nonce.as_slice(), &closed].concat())
    }

    fn open(&self, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let (&VERSION, rest) = sealed.split_first().ok_or(SealError::Opening)? else {
            return Err(SealError::Opening);
        };
        let (nonce, closed) = rest.split_first_chunk::<NONCE>().ok_or(SealError::Opening)?;
        self.cipher().decrypt(&XNonce::from(*nonce), closed).map_err(|_| SealError::Opening)
    }
}
