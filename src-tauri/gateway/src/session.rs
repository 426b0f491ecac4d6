//! Sessions of people, and the one-time links that begin them.
//!
//! Tokens are 256 random bits; only their hashes are kept, and looking one up by its hash takes
//! the same time whether it exists or not.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use sha2::{Digest, Sha256};
use switchyard_types::Millis;

/// How long a browser stays signed in.
const SESSION_LIFE: Millis = 30 * 24 * 60 * 60 * 1000;

/// How long a one-time link works.
pub(crate) const LINK_LIFE: Millis = 10 * 60 * 1000;

/// More than this many sessions or links are not kept: the oldest goes.
const MOST: usize = 64;

type Hash = [u8; 32];

/// The system gave no random bytes, so no token can be made.
#[derive(Debug, thiserror::Error)]
#[error("the system gave no random bytes; no sign-in can be made safely")]
pub struct NoRandomness;

#[derive(Debug, Default)]
pub(crate) struct Sessions {
    sessions: Mutex<HashMap<Hash, Millis>>,
    links: Mutex<HashMap<Hash, Millis>>,
}

impl Sessions {
    /// Begins a session and returns its token.
    pub(crate) fn begin(&self, now: Millis) -> Result<String, NoRandomness> {
        mint(&self.sessions, now, now + SESSION_LIFE)
    }

    /// Makes a one-time link's token.
    pub(crate) fn make_link(&self, now: Millis) -> Result<String, NoRandomness> {
        mint(&self.links, now, now + LINK_LIFE)
    }

    /// Takes a link's token, once, for a session.
    pub(crate) fn redeem(&self, token: &str, now: Millis) -> Option<String> {
        let until = lock(&self.links).remove(&hash(token))?;
        if until <= now {
            return None;
        }
        self.begin(now).ok()
    }

    pub(crate) fn holds(&self, token: &str, now: Millis) -> bool {
        lock(&self.sessions).get(&hash(token)).is_some_and(|until| *until > now)
    }

    pub(crate) fn end(&self, token: &str) {
        lock(&self.sessions).remove(&hash(token));
    }
}

fn mint(
    table: &Mutex<HashMap<Hash, Millis>>,
    now: Millis,
    until: Millis,
) -> Result<String, NoRandomness> {
    let token = random_token()?;
    let mut table = lock(table);
    table.retain(|_, until| *until > now);
    if table.len() >= MOST
        && let Some(oldest) = table.iter().min_by_key(|(_, until)| **until).map(|(hash, _)| *hash)
    {
        table.remove(&oldest);
    }
    table.insert(hash(&token), until);
    Ok(token)
}

/// 256 random bits in hexadecimal.
pub(crate) fn random_token() -> Result<String, NoRandomness> {
    let quarter = || getrandom::u64().map_err(|_| NoRandomness);
    Ok(format!("{:016x}{:016x}{:016x}{:016x}", quarter()?, quarter()?, quarter()?, quarter()?))
}

fn hash(token: &str) -> Hash {
    Sha256::digest(token.as_bytes()).into()
}

/// The tables hold no invariant that a panic elsewhere could have broken.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_works_once() {
        let sessions = Sessions::default();
        let link = sessions.make_link(0).unwrap();
        let session = sessions.redeem(&link, 1).unwrap();
        assert!(sessions.holds(&session, 2));
        assert!(sessions.redeem(&link, 2).is_none());
    }

    #[test]
    fn a_link_that_is_too_old_does_not_work() {
        let sessions = Sessions::default();
        let link = sessions.make_link(0).unwrap();
        assert!(sessions.redeem(&link, LINK_LIFE).is_none());
    }

    #[test]
    fn a_session_ends_when_its_owner_signs_out_and_when_it_is_too_old() {
        let sessions = Sessions::default();
        let session = sessions.begin(0).unwrap();
        assert!(!sessions.holds(&session, SESSION_LIFE));
        sessions.end(&session);
        assert!(!sessions.holds(&session, 1));
    }

    #[test]
    fn a_flood_of_links_does_not_grow_without_bound() {
        let sessions = Sessions::default();
        for now in 0..1000 {
            sessions.make_link(now).unwrap();
        }
        assert_eq!(lock(&sessions.links).len(), MOST);
    }
}
