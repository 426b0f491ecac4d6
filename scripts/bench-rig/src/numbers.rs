//! Percentiles, medians and spreads.

use std::time::Duration;

/// Microseconds.
pub(crate) fn micros(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e6
}

/// A count as a number to reckon with.
pub(crate) fn count(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::from(u32::MAX), f64::from)
}

/// The value that `percent` of all are not above; 0 of nothing.
pub(crate) fn percentile(values: &mut [f64], percent: usize) -> f64 {
    values.sort_by(f64::total_cmp);
    let rank = (values.len() * percent).div_ceil(100).max(1);
    values.get(rank - 1).copied().unwrap_or_default()
}

/// The median; of an even count the mean of both in the middle; 0 of nothing.
pub(crate) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match (sorted.get(middle.wrapping_sub(1)), sorted.get(middle)) {
        (Some(below), Some(above)) if sorted.len().is_multiple_of(2) => {
            f64::midpoint(*below, *above)
        }
        (_, Some(middle)) => *middle,
        (_, None) => 0.0,
    }
}

/// Where the middle half of the values begins and ends.
pub(crate) fn quartiles(values: &[f64]) -> [f64; 2] {
    let mut sorted = values.to_vec();
    [percentile(&mut sorted, 25), percentile(&mut sorted, 75)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_were_measured() {
        let mut values: Vec<f64> = (1..=200).rev().map(f64::from).collect();
        assert!((percentile(&mut values, 50) - 100.0).abs() < 1e-9);
        assert!((percentile(&mut values, 99) - 198.0).abs() < 1e-9);
        assert!(percentile(&mut [], 50).abs() < 1e-9);
    }

    #[test]
    fn a_median_of_an_even_count_lies_between_both_in_the_middle() {
        assert!((median(&[4.0, 1.0, 3.0, 2.0]) - 2.5).abs() < 1e-9);
        assert!((median(&[3.0, 1.0, 2.0]) - 2.0).abs() < 1e-9);
        assert!((median(&[5.0]) - 5.0).abs() < 1e-9);
        assert!(median(&[]).abs() < 1e-9);
    }
}
