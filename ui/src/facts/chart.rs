//! What a chart of columns shows: how far it reaches, and what each column is made of.

/// Up to five round values from nothing to at least the largest, evenly apart.
pub(crate) fn ticks(largest: u64) -> Vec<u64> {
    if largest == 0 {
        return vec![0];
    }
    let rough = largest.div_ceil(4);
    let mut unit = 1_u64;
    while unit.saturating_mul(10) <= rough {
        unit = unit.saturating_mul(10);
    }
    let step = [1, 2, 5, 10]
        .into_iter()
        .map(|times: u64| unit.saturating_mul(times))
        .find(|step| *step >= rough)
        .unwrap_or(rough);
    let mut ticks = vec![0];
    let mut at = 0_u64;
    while at < largest {
        at = at.saturating_add(step);
        ticks.push(at);
    }
    ticks
}

/// Neighbouring columns as one, so many at a time; the last may be of fewer.
pub(crate) fn folded(columns: &[Vec<u64>], at_once: usize) -> Vec<Vec<u64>> {
    columns
        .chunks(at_once.max(1))
        .map(|chunk| {
            let parts = chunk.iter().map(Vec::len).max().unwrap_or(0);
            let part = |nth: usize| chunk.iter().filter_map(|column| column.get(nth)).sum();
            (0..parts).map(part).collect()
        })
        .collect()
}

/// A part of a column, in thousandths of the chart's height from its foot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    /// Whose part it is.
    pub(crate) series: usize,
    pub(crate) foot: u32,
    pub(crate) height: u32,
}

/// A column's parts, one upon the other.
pub(crate) fn stacked(parts: &[u64], top: u64) -> Vec<Block> {
    let place = |value: u64| {
        let thousandths = (u128::from(value) * 1_000).checked_div(u128::from(top)).unwrap_or(0);
        u32::try_from(thousandths).unwrap_or(1_000).min(1_000)
    };
    let mut below = 0_u64;
    let mut blocks = Vec::new();
    for (series, part) in parts.iter().enumerate().filter(|(_, part)| **part > 0) {
        let foot = place(below);
        below = below.saturating_add(*part);
        // The least thing is still seen.
        blocks.push(Block { series, foot, height: (place(below) - foot).max(4) });
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_reach_the_largest() {
        assert_eq!(ticks(0), [0]);
        assert_eq!(ticks(1), [0, 1]);
        assert_eq!(ticks(7), [0, 2, 4, 6, 8]);
        assert_eq!(ticks(1_000), [0, 500, 1_000]);
        assert_eq!(ticks(123_456), [0, 50_000, 100_000, 150_000]);
        for largest in [2, 9, 99, 101, 12_345_678, u64::MAX] {
            let ticks = ticks(largest);
            assert!(*ticks.last().unwrap() >= largest && ticks.len() <= 6, "{ticks:?}");
        }
    }

    #[test]
    fn columns_stand_on_one_another_without_leaving_the_chart() {
        let blocks = stacked(&[500, 0, 250], 1_000);
        assert_eq!(
            blocks,
            [
                Block { series: 0, foot: 0, height: 500 },
                Block { series: 2, foot: 500, height: 250 },
            ]
        );
        assert_eq!(stacked(&[1], 1_000_000)[0].height, 4);
        assert_eq!(stacked(&[5], 0)[0].height, 4);
    }

    #[test]
    fn weeks_are_made_of_days() {
        let days = [vec![1, 2], vec![3, 4], vec![5, 6]];
        assert_eq!(folded(&days, 2), [[4, 6], [5, 6]]);
        assert_eq!(folded(&days, 0).len(), 3);
    }
}
