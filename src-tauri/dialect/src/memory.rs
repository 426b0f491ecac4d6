//! What has to be remembered from one request to the next because no client carries it.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::sync::Arc;

use crate::neutral::keepsake::Keepsake;

/// How many bare proofs are known by their vendor: weeks of turns.
const PROOFS: usize = 32_768;

/// A bounded memory of proofs of reasoning: keepsakes for clients whose dialect cannot hold them, and
/// which vendor gave a proof that a client holds bare.
///
/// What is oldest is forgotten first. Forgetting a keepsake costs the model its earlier reasoning, never an
/// error; a forgotten proof counts as the own of whoever is asked, so these have a shelf of their own that
/// no keepsake can crowd.
#[derive(Debug)]
pub struct Memory {
    kept: Shelf<Call, Keepsake>,
    proofs: Shelf<Fingerprint, Arc<str>>,
    /// The names of all vendors that ever gave a proof, each once.
    vendors: Vec<Arc<str>>,
}

/// A tool call, in the conversations of one client.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Call {
    whose: String,
    id: String,
}

/// What is known by a key, up to a size.
#[derive(Debug)]
struct Shelf<K, V> {
    limit: usize,
    size: usize,
    entries: HashMap<K, Entry<V>>,
    /// The keys in the order in which they came; those taken up again stand here more than once.
    order: VecDeque<(K, u64)>,
    clock: u64,
}

#[derive(Debug)]
struct Entry<V> {
    what: V,
    size: usize,
    at: u64,
}

/// What a bare proof is recognised by: two hashes of different making, since whole proofs are long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fingerprint(u64, u64);

impl Fingerprint {
    /// The fingerprint of a proof's text. Its ends and its length tell proofs apart well enough, and long
    /// ones stay cheap.
    pub fn of(proof: &str) -> Self {
        let bytes = proof.as_bytes();
        let head = bytes.get(..128).unwrap_or(bytes);
        let tail = bytes.get(bytes.len().saturating_sub(128)..).unwrap_or(bytes);
        let length = bytes.len().to_le_bytes();
        let fold = |basis: u64, prime: u64| {
            let bytes = head.iter().chain(tail).chain(&length);
            bytes.fold(basis, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(prime))
        };
        Self(
            fold(0xcbf2_9ce4_8422_2325, 0x0000_0100_0000_01b3),
            fold(0x9e37_79b9_7f4a_7c15, 0xff51_afd7_ed55_8ccd),
        )
    }

    /// As numbers, to be written down.
    pub fn numbers(self) -> [i64; 2] {
        [self.0, self.1].map(u64::cast_signed)
    }

    /// What was written down.
    pub fn from_numbers([one, other]: [i64; 2]) -> Self {
        Self(one.cast_unsigned(), other.cast_unsigned())
    }
}

impl Memory {
    /// An empty memory whose keepsakes take about that many bytes.
    pub fn new(limit: usize) -> Self {
        Self { kept: Shelf::new(limit), proofs: Shelf::new(PROOFS), vendors: Vec::new() }
    }

    /// Keeps what a reply to the client `whose` left behind.
    pub fn keep(&mut self, whose: &str, keepsakes: Vec<Keepsake>) {
        for kept in keepsakes {
            let key = Call { whose: whose.to_owned(), id: kept.call().to_owned() };
            let size = kept.size() + whose.len() + kept.call().len();
            self.kept.put(key, kept, size);
        }
    }

    /// What was kept for a tool call of the client `whose`.
    pub fn recall(&self, whose: &str, call: &str) -> Option<Keepsake> {
        self.kept.get(&Call { whose: whose.to_owned(), id: call.to_owned() }).cloned()
    }

    /// Notes that a vendor gave these proofs.
    pub fn issued(&mut self, vendor: &str, proofs: &[Fingerprint]) {
        let known = self.vendors.iter().find(|known| &***known == vendor).cloned();
        let vendor = known.unwrap_or_else(|| {
            let new = Arc::<str>::from(vendor);
            self.vendors.push(Arc::clone(&new));
            new
        });
        for proof in proofs {
            self.proofs.put(*proof, Arc::clone(&vendor), 1);
        }
    }

    /// Who gave a proof, if that is known.
    pub fn issuer(&self, proof: Fingerprint) -> Option<&str> {
        self.proofs.get(&proof).map(|vendor| &**vendor)
    }
}

impl<K: Clone + Eq + Hash, V> Shelf<K, V> {
    fn new(limit: usize) -> Self {
        Self { limit, size: 0, entries: HashMap::new(), order: VecDeque::new(), clock: 0 }
    }

    fn get(&self, key: &K) -> Option<&V> {
        self.entries.get(key).map(|entry| &entry.what)
    }

    fn put(&mut self, key: K, what: V, size: usize) {
        if size > self.limit {
            return;
        }
        self.clock += 1;
        let at = self.clock;
        self.order.push_back((key.clone(), at));
        self.size += size;
        if let Some(before) = self.entries.insert(key, Entry { what, size, at }) {
            self.size -= before.size;
        }
        if self.order.len() > 2 * self.entries.len() + 64 {
            let entries = &self.entries;
            self.order.retain(|(key, at)| entries.get(key).is_some_and(|entry| entry.at == *at));
        }
        while self.size > self.limit {
            let Some((oldest, at)) = self.order.pop_front() else { break };
            if self.entries.get(&oldest).is_some_and(|entry| entry.at == at)
                && let Some(gone) = self.entries.remove(&oldest)
            {
                self.size -= gone.size;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_is_forgotten_first_and_the_size_is_bounded() {
        let mut shelf = Shelf::new(100);
        for nth in 0..1000 {
            shelf.put(0, (), 1);
            shelf.put(nth, (), 1);
            assert!(shelf.size <= 100 && shelf.order.len() <= 2 * shelf.entries.len() + 65);
        }
        assert!(shelf.get(&999).is_some() && shelf.get(&1).is_none());
        assert!(shelf.get(&0).is_some(), "what is used stays");
    }

    #[test]
    fn a_proof_is_the_same_after_it_was_written_down() {
        for text in ["", "a", "EqQBCgIYAhIM"] {
            let proof = Fingerprint::of(text);
            assert_eq!(Fingerprint::from_numbers(proof.numbers()), proof);
        }
    }

    #[test]
    fn the_last_word_on_a_proof_counts() {
        let mut memory = Memory::new(10_000);
        memory.issued("one", &[Fingerprint::of("a")]);
        memory.issued("two", &[Fingerprint::of("a")]);
        assert_eq!(memory.issuer(Fingerprint::of("a")), Some("two"));
        assert_eq!(memory.issuer(Fingerprint::of("b")), None);
    }
}
