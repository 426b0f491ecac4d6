use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use switchyard_types::AccountId;

/// What is looked up by account hundreds of times in a plan. The ids are made here and not by whoever sends
/// requests, so that the hash need not withstand chosen keys.
pub(crate) type ByAccount<T> = HashMap<AccountId, T, BuildHasherDefault<Quick>>;

/// Eight bytes at a time: turned, mixed in, and multiplied.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Quick(u64);

impl Quick {
    fn mix(&mut self, word: u64) {
        // The golden ratio in 64 bits: odd, and its bits in no pattern.
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

impl Hasher for Quick {
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            self.mix(u64::from_le_bytes(*word));
        }
        let mut last = [0; 8];
        for (to, from) in last.iter_mut().zip(rest) {
            *to = *from;
        }
        self.mix(u64::from_le_bytes(last));
    }

    fn write_u8(&mut self, byte: u8) {
        self.mix(u64::from(byte));
    }

    fn finish(&self) -> u64 {
        // The table takes its places from the low bits, which a product mixes least.
        self.0 ^ (self.0 >> 32)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::hash::{BuildHasher, RandomState};

    use super::*;

    fn places(hasher: &impl BuildHasher) -> usize {
        let id = |n: u64| AccountId::new(format!("acc_{:016x}", n * 40_503));
        (0..1_024).map(|n| hasher.hash_one(id(n)) % 1_024).collect::<HashSet<_>>().len()
    }

    #[test]
    fn ids_that_resemble_each_other_are_spread_as_well_as_by_chance() {
        let quick = places(&BuildHasherDefault::<Quick>::default());
        let chance = places(&RandomState::new());
        assert!(quick * 10 > chance * 9, "{quick} places of 1,024, by chance {chance}");
    }
}
