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

/// Whose a session is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holder {
    /// A browser that was signed in.
    Browser,
    /// The program's own command line or window: whoever can read its token can read the data folder.
    Program,
}

#[derive(Debug, Default)]
pub(crate) struct Sessions {
    sessions: Mutex<HashMap<Hash, Session>>,
    links: Mutex<HashMap<Hash, Millis>>,
}

#[derive(Clone, Copy, Debug)]
struct Session {
    until: Millis,
    holder: Holder,
}

/// What ends by itself.
trait Ends {
    fn until(&self) -> Millis;
}

impl Ends for Millis {
    fn until(&self) -> Millis {
        *self
    }
}

impl Ends for Session {
    fn until(&self) -> Millis {
        self.until
    }
}

impl Sessions {
    /// Begins a session and returns its token.
    pub(crate) fn begin(&self, holder: Holder, now: Millis) -> Result<String, NoRandomness> {
        mint(&self.sessions, now, Session { until: now + SESSION_LIFE, holder })
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
        self.begin(Holder::Browser, now).ok()
    }

    /// Whose session this token is.
    pub(crate) fn holder(&self, token: &str, now: Millis) -> Option<Holder> {
        let session = lock(&self.sessions).get(&hash(token)).copied()?;
        (session.until > now).then_some(session.holder)
    }

    /// Ends every browser's session but this one's.
    pub(crate) fn end_browsers_but(&self, token: &str) {
        let kept = hash(token);
        lock(&self.sessions)
            .retain(|hash, session| *hash == kept || session.holder == Holder::Program);
    }

    pub(crate) fn end(&self, token: &str) {
        lock(&self.sessions).remove(&hash(token));
    }
}

fn mint<T: Ends>(
    table: &Mutex<HashMap<Hash, T>>,
    now: Millis,
    made: T,
) -> Result<String, NoRandomness> {
    let token = random_token()?;
    let mut table = lock(table);
    table.retain(|_, one| one.until() > now);
    if table.len() >= MOST
        && let Some(oldest) = table.iter().min_by_key(|(_, one)| one.until()).map(|(hash, _)| *hash)
    {
        table.remove(&oldest);
    }
    table.insert(hash(&token), made);
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
        assert_eq!(sessions.holder(&session, 2), Some(Holder::Browser));
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
        let session = sessions.begin(Holder::Browser, 0).unwrap();
        assert!(sessions.holder(&session, SESSION_LIFE).is_none());
        sessions.end(&session);
        assert!(sessions.holder(&session, 1).is_none());
    }

    #[test]
    fn a_new_password_leaves_the_program_and_whoever_set_it_signed_in() {
        let sessions = Sessions::default();
        let program = sessions.begin(Holder::Program, 0).unwrap();
        let other = sessions.begin(Holder::Browser, 0).unwrap();
        let own = sessions.begin(Holder::Browser, 0).unwrap();
        sessions.end_browsers_but(&own);
        assert!(sessions.holder(&own, 1).is_some() && sessions.holder(&program, 1).is_some());
        assert!(sessions.holder(&other, 1).is_none());
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
