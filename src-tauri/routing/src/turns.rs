use std::collections::HashMap;

use switchyard_types::AccountId;

/// Whose turn it is, in each combo and among each vendor's accounts.
#[derive(Clone, Debug, Default)]
pub(crate) struct Turns {
    entries: HashMap<String, EntryTurn>,
    accounts: HashMap<String, AccountTurn>,
}

#[derive(Clone, Debug, Default)]
struct EntryTurn {
    last: Option<usize>,
    in_a_row: u32,
    /// What each entry is owed under weights; grows by its weight, falls by the whole when chosen.
    owed: Vec<i64>,
}

#[derive(Clone, Debug)]
struct AccountTurn {
    last: AccountId,
    in_a_row: u32,
}

impl Turns {
    /// The entry whose turn it is among so many.
    pub(crate) fn next_entry(&self, combo: &str, sticky: u32, count: usize) -> usize {
        let Some(turn) = self.entries.get(combo) else { return 0 };
        let Some(last) = turn.last.filter(|last| *last < count) else { return 0 };
        if turn.in_a_row < sticky.max(1) { last } else { (last + 1) % count.max(1) }
    }

    /// The entry that was chosen last.
    pub(crate) fn last_entry(&self, combo: &str) -> Option<usize> {
        self.entries.get(combo)?.last
    }

    /// What an entry is owed under weights, this turn included: the most owed comes first.
    pub(crate) fn owed(&self, combo: &str, entry: usize, weight: u32) -> i64 {
        let owed = self.entries.get(combo).and_then(|turn| turn.owed.get(entry)).copied();
        owed.unwrap_or(0).saturating_add(i64::from(weight))
    }

    /// An entry was chosen; `weights` are those of all entries of its combo.
    pub(crate) fn chose_entry(&mut self, combo: &str, entry: usize, weights: &[u32]) {
        let turn = self.entries.entry(combo.to_owned()).or_default();
        turn.in_a_row = if turn.last == Some(entry) { turn.in_a_row.saturating_add(1) } else { 1 };
        turn.last = Some(entry);
        turn.owed.resize(weights.len(), 0);
        let whole: i64 = weights.iter().map(|weight| i64::from(*weight)).sum();
        for (owed, weight) in turn.owed.iter_mut().zip(weights) {
            // One that cannot serve for days must not be flooded when it can again.
            *owed = owed.saturating_add(i64::from(*weight)).min(whole);
        }
        if let Some(owed) = turn.owed.get_mut(entry) {
            *owed = owed.saturating_sub(whole).max(-whole);
        }
    }

    /// The account that was chosen last among those of a key, and whether its turns in a row are up.
    pub(crate) fn last_account(&self, key: &str, sticky: u32) -> Option<(&AccountId, bool)> {
        self.accounts.get(key).map(|turn| (&turn.last, turn.in_a_row >= sticky.max(1)))
    }

    /// An account was chosen.
    pub(crate) fn chose_account(&mut self, key: &str, account: &AccountId) {
        match self.accounts.get_mut(key) {
            Some(turn) if turn.last == *account => turn.in_a_row = turn.in_a_row.saturating_add(1),
            Some(turn) => {
                turn.last = account.clone();
                turn.in_a_row = 1;
            }
            None => {
                let turn = AccountTurn { last: account.clone(), in_a_row: 1 };
                self.accounts.insert(key.to_owned(), turn);
            }
        }
    }

    /// Forgets the turns of combos that are gone.
    pub(crate) fn keep_combos(&mut self, exists: impl Fn(&str) -> bool) {
        self.entries.retain(|combo, _| exists(combo));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_met_exactly_and_spread_out() {
        let weights = [5, 1, 1];
        let mut turns = Turns::default();
        let mut chosen = [0; 3];
        let mut row = String::new();
        for _ in 0..14 {
            let next = (0..3).max_by_key(|n| (turns.owed("c", *n, weights[*n]), 3 - n)).unwrap();
            turns.chose_entry("c", next, &weights);
            chosen[next] += 1;
            row.push(char::from(b"abc"[next]));
        }
        assert_eq!(chosen, [10, 2, 2]);
        assert!(!row.contains("aaaaaa"), "{row}");
    }
}
