//! What has to be remembered from one request to the next because no client carries it.

use std::collections::{HashMap, VecDeque};

use crate::neutral::keepsake::Keepsake;

/// A bounded memory of proofs of reasoning: keepsakes for clients whose dialect cannot hold them, and
/// which vendor gave a proof that a client holds bare.
///
/// What is oldest is forgotten first. Forgetting costs the model its earlier reasoning, never an error.
#[derive(Debug)]
pub struct Memory {
    limit: usize,
    size: usize,
    entries: HashMap<Key, Entry>,
    /// The keys in the order in which they came; those taken up again stand here more than once.
    order: VecDeque<(Key, u64)>,
    clock: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Key {
    /// A tool call, in the conversations of one client.
    Call {
        whose: String,
        id: String,
    },
    Proof(Fingerprint),
}

#[derive(Debug)]
struct Entry {
    what: What,
    size: usize,
    at: u64,
}

#[derive(Debug)]
enum What {
    Kept(Keepsake),
    Vendor(String),
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
}

impl Memory {
    /// An empty memory that holds about that many bytes.
    pub fn new(limit: usize) -> Self {
        Self { limit, size: 0, entries: HashMap::new(), order: VecDeque::new(), clock: 0 }
    }

    /// Keeps what a reply to the client `whose` left behind.
    pub fn keep(&mut self, whose: &str, keepsakes: Vec<Keepsake>) {
        for kept in keepsakes {
            let key = Key::Call { whose: whose.to_owned(), id: kept.call().to_owned() };
            let size = kept.size() + whose.len() + kept.call().len();
            self.put(key, What::Kept(kept), size);
        }
    }

    /// What was kept for a tool call of the client `whose`.
    pub fn recall(&self, whose: &str, call: &str) -> Option<Keepsake> {
        let key = Key::Call { whose: whose.to_owned(), id: call.to_owned() };
        match &self.entries.get(&key)?.what {
            What::Kept(kept) => Some(kept.clone()),
            What::Vendor(_) => None,
        }
    }

    /// Notes that a vendor gave these proofs.
    pub fn issued(&mut self, vendor: &str, proofs: &[Fingerprint]) {
        for proof in proofs {
            self.put(Key::Proof(*proof), What::Vendor(vendor.to_owned()), vendor.len() + 128);
        }
    }

    /// Who gave a proof, if that is known.
    pub fn issuer(&self, proof: Fingerprint) -> Option<&str> {
        match &self.entries.get(&Key::Proof(proof))?.what {
            What::Vendor(vendor) => Some(vendor),
            What::Kept(_) => None,
        }
    }

    fn put(&mut self, key: Key, what: What, size: usize) {
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
        let mut memory = Memory::new(10_000);
        let proof = |nth: usize| Fingerprint::of(&format!("proof {nth}"));
        for nth in 0..1000 {
            memory.issued("vendor", &[proof(0), proof(nth)]);
            assert!(memory.size <= 10_000 && memory.order.len() <= 2 * memory.entries.len() + 65);
        }
        assert_eq!(memory.issuer(proof(999)), Some("vendor"));
        assert_eq!(memory.issuer(proof(0)), Some("vendor"), "what is used stays");
        assert_eq!(memory.issuer(proof(1)), None);
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
