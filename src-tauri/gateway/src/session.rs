//! Sessions of people, and the one-time links that begin them.
//!
//! Tokens are 256 random bits; only their hashes are kept, and looking one up by its hash takes
//! the same time whether it exists or not.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use sha2::{Digest, Sha256};
use switchyard_types::{Millis, Secret};

/// How long a browser stays signed in.
const SESSION_LIFE: Millis = 30 * 24 * 60 * 60 * 1000;

/// How long a one-time link works.
pub(crate) const LINK_LIFE: Millis = 10 * 60 * 1000;

/// More than this many browsers or links are not kept: the oldest goes.
const MOST: usize = 64;

type Hash = [u8; 32];

/// The system gave no random bytes, so no token can be made.
#[derive(Debug, thiserror::Error)]
#[error("the system gave no random bytes; no sign-in can be made safely")]
pub struct NoRandomness;

/// Whose a session is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holder {
    /// A browser that was signed in.
    Browser,
    /// The program's own command line or window: whoever can read its token can read the data folder.
    Program,
}

#[derive(Debug)]
pub(crate) struct Sessions {
    /// The program's own session, one for its command line and its window. It ends with the server: whoever holds
    /// it reads it anew from the data folder at each start, and nothing would make another in between.
    program: (Secret, Hash),
    browsers: Mutex<HashMap<Hash, Millis>>,
    links: Mutex<HashMap<Hash, Millis>>,
}

impl Sessions {
    pub(crate) fn new() -> Result<Self, NoRandomness> {
        let token = random_token()?;
        let hash = hash(&token);
        let program = (Secret::new(token), hash);
        Ok(Self { program, browsers: Mutex::default(), links: Mutex::default() })
    }

    /// The token of the program's own session.
    pub(crate) fn program(&self) -> &Secret {
        &self.program.0
    }

    /// Begins a browser's session and returns its token.
    pub(crate) fn begin(&self, now: Millis) -> Result<String, NoRandomness> {
        mint(&self.browsers, now, now + SESSION_LIFE)
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

    /// Whose session this token is.
    pub(crate) fn holder(&self, token: &str, now: Millis) -> Option<Holder> {
        let hash = hash(token);
        if hash == self.program.1 {
            return Some(Holder::Program);
        }
        let until = lock(&self.browsers).get(&hash).copied()?;
        (until > now).then_some(Holder::Browser)
    }

    /// Ends every browser's session but this one's.
    pub(crate) fn end_browsers_but(&self, token: &str) {
        let kept = hash(token);
        lock(&self.browsers).retain(|hash, _| *hash == kept);
    }

    /// Ends a browser's session. The program's own stays: its command line has the same.
    pub(crate) fn end(&self, token: &str) {
        lock(&self.browsers).remove(&hash(token));
    }
}

/// Makes a token that works `until` then.
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
        let sessions = Sessions::new().unwrap();
        let link = sessions.make_link(0).unwrap();
        let session = sessions.redeem(&link, 1).unwrap();
        assert_eq!(sessions.holder(&session, 2), Some(Holder::Browser));
        assert!(sessions.redeem(&link, 2).is_none());
    }

    #[test]
    fn a_link_that_is_too_old_does_not_work() {
        let sessions = Sessions::new().unwrap();
        let link = sessions.make_link(0).unwrap();
        assert!(sessions.redeem(&link, LINK_LIFE).is_none());
    }

    #[test]
    fn a_session_ends_when_its_owner_signs_out_and_when_it_is_too_old() {
        let sessions = Sessions::new().unwrap();
        let session = sessions.begin(0).unwrap();
        assert!(sessions.holder(&session, SESSION_LIFE).is_none());
        sessions.end(&session);
        assert!(sessions.holder(&session, 1).is_none());
    }

    #[test]
    fn a_new_password_leaves_the_program_and_whoever_set_it_signed_in() {
        let sessions = Sessions::new().unwrap();
        let program = sessions.program().expose().to_owned();
        let other = sessions.begin(0).unwrap();
        let own = sessions.begin(0).unwrap();
        sessions.end_browsers_but(&own);
        assert!(sessions.holder(&own, 1).is_some() && sessions.holder(&program, 1).is_some());
        assert!(sessions.holder(&other, 1).is_none());
    }

    #[test]
    fn a_flood_of_links_does_not_grow_without_bound() {
        let sessions = Sessions::new().unwrap();
        for now in 0..1000 {
            sessions.make_link(now).unwrap();
        }
        assert_eq!(lock(&sessions.links).len(), MOST);
    }
}
