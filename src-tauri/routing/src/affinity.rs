use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use switchyard_types::{Millis, Place};

/// How long a session without a request keeps its place: as long as any vendor keeps a prompt cache.
const KEPT: Millis = 60 * 60_000;

/// How far the clock may go back before a binding of what is now the future counts as void.
const CLOCK_SLACK: Millis = 60_000;

/// How many sessions are remembered; past that the ones idle longest are forgotten.
const MOST: usize = 10_000;

/// Who asks, as far as a prompt cache is concerned: a hash, so that nothing of the session is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SessionKey(u64);

impl SessionKey {
    /// As it is written down: sixteen hexadecimal digits.
    pub fn text(self) -> String {
        format!("{:016x}", self.0)
    }

    /// What [`SessionKey::text`] wrote.
    pub fn from_text(text: &str) -> Option<Self> {
        u64::from_str_radix(text, 16).ok().map(Self)
    }

    /// From what names the session: a header's value, a cache key, or the first message.
    pub fn of(parts: &[&[u8]]) -> Self {
        let mut hash = Fnv::default();
        for part in parts {
            hash.write(part);
            hash.write(&[0xff]);
        }
        Self(hash.0)
    }

    /// The same session asking for another model has another place: agents use a large and a small one
    /// side by side.
    pub(crate) fn asking(self, target: &str) -> Self {
        Self::of(&[&self.0.to_le_bytes(), target.as_bytes()])
    }
}

/// FNV-1a: the same in every build and on every machine, which a replay needs.
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Fnv {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

/// Where a session is served.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Binding {
    pub(crate) place: Place,
    /// Where it would be served if that had not been unavailable, and where it goes back to.
    pub(crate) home: Option<Place>,
    pub(crate) last_used: Millis,
}

impl Binding {
    fn holds(&self, now: Millis) -> bool {
        now < self.last_used.saturating_add(KEPT)
            && self.last_used <= now.saturating_add(CLOCK_SLACK)
    }
}

/// Which session is served where.
#[derive(Clone, Debug, Default)]
pub(crate) struct Affinity {
    bindings: HashMap<SessionKey, Binding>,
}

impl Affinity {
    pub(crate) fn get(&self, session: SessionKey, now: Millis) -> Option<&Binding> {
        self.bindings.get(&session).filter(|binding| binding.holds(now))
    }

    /// A session was served at a place; `home` is where it would rather have been.
    pub(crate) fn bind(
        &mut self,
        session: SessionKey,
        place: Place,
        home: Option<Place>,
        now: Millis,
    ) {
        if self.bindings.len() >= MOST && !self.bindings.contains_key(&session) {
            self.make_room(now);
        }
        let home = home.filter(|home| *home != place);
        self.bindings.insert(session, Binding { place, home, last_used: now });
    }

    pub(crate) fn len(&self) -> usize {
        self.bindings.len()
    }

    /// Forgets what has expired and, if that is little, the eighth that was idle longest.
    fn make_room(&mut self, now: Millis) {
        self.bindings.retain(|_, binding| binding.holds(now));
        if self.bindings.len() <= MOST - MOST / 8 {
            return;
        }
        let mut times: Vec<Millis> = self.bindings.values().map(|b| b.last_used).collect();
        times.sort_unstable();
        let oldest_kept = times.get(MOST / 8).copied().unwrap_or(now);
        let mut kept = 0;
        self.bindings.retain(|_, binding| {
            // Many may have been used at the same moment: the count decides then.
            let keep = binding.last_used >= oldest_kept && kept < MOST - MOST / 8;
            kept += usize::from(keep);
            keep
        });
    }
}

#[cfg(test)]
mod tests {
    use switchyard_types::AccountId;

    use super::*;

    fn place(account: &str) -> Place {
        Place { account: AccountId::new(account), model: "m".to_owned() }
    }

    #[test]
    fn a_session_is_forgotten_an_hour_after_its_last_request() {
        let mut affinity = Affinity::default();
        let session = SessionKey::of(&[b"s"]);
        affinity.bind(session, place("a"), None, 0);
        assert!(affinity.get(session, KEPT - 1).is_some());
        affinity.bind(session, place("a"), None, KEPT - 1);
        assert!(affinity.get(session, 2 * KEPT - 2).is_some());
        assert!(affinity.get(session, 2 * KEPT - 1).is_none());
        assert!(affinity.get(session, -CLOCK_SLACK).is_none(), "the clock went back");
    }

    #[test]
    fn the_table_stays_bounded_whatever_comes() {
        let mut affinity = Affinity::default();
        let last = 29_999_i64;
        for n in 0..=last {
            affinity.bind(SessionKey::of(&[&n.to_le_bytes()]), place("a"), None, n / 5_000);
            assert!(affinity.len() <= MOST);
        }
        assert!(affinity.get(SessionKey::of(&[&last.to_le_bytes()]), last / 5_000).is_some());
    }

    #[test]
    fn parts_do_not_run_together() {
        assert_ne!(SessionKey::of(&[b"ab", b"c"]), SessionKey::of(&[b"a", b"bc"]));
        let session = SessionKey::of(&[b"s"]);
        assert_ne!(session.asking("opus"), session.asking("haiku"));
    }
}
