//! The order of lists: sorting one, and moving one of its rows.

use std::cmp::Ordering;

/// Sorts rows; equal ones keep their order. The sorting itself stands in the bundle once, for rows of every kind.
pub(crate) fn sort_by<T>(rows: &mut Vec<T>, compare: impl Fn(&T, &T) -> Ordering) {
    let places = places(rows.len(), &|a, b| match (rows.get(a), rows.get(b)) {
        (Some(a), Some(b)) => compare(a, b),
        _ => Ordering::Equal,
    });
    let mut unsorted: Vec<Option<T>> = rows.drain(..).map(Some).collect();
    let row = |place: usize| unsorted.get_mut(place).and_then(Option::take);
    rows.extend(places.into_iter().filter_map(row));
}

/// As [`sort_by`], by what a key says.
pub(crate) fn sort_by_key<T, K: Ord>(rows: &mut Vec<T>, key: impl Fn(&T) -> K) {
    sort_by(rows, |a, b| key(a).cmp(&key(b)));
}

fn places(count: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut places: Vec<usize> = (0..count).collect();
    places.sort_by(|a, b| compare(*a, *b));
    places
}

/// The list with the row at `from` standing at `to`; places beyond the end mean the last one.
pub(crate) fn moved<T: Clone>(rows: &[T], from: usize, to: usize) -> Vec<T> {
    let mut rows = rows.to_vec();
    if from < rows.len() {
        let row = rows.remove(from);
        rows.insert(to.min(rows.len()), row);
    }
    rows
}

/// Which priorities put rows into the order in which they stand here: those that they hold now, dealt out anew and set
/// apart where two are the same. Only what has to change is told, as the row and its new priority.
pub(crate) fn priorities(held: &[i64]) -> Vec<(usize, i64)> {
    let mut wanted = held.to_vec();
    sort_by(&mut wanted, Ord::cmp);
    let mut last = None::<i64>;
    for one in &mut wanted {
        *one = last.map_or(*one, |last| (*one).max(last.saturating_add(1)));
        last = Some(*one);
    }
    let changed = |(_, (held, wanted)): &(usize, (&i64, i64))| *held != wanted;
    let pairs = held.iter().zip(wanted).enumerate().filter(|pair| changed(pair));
    pairs.map(|(row, (_, wanted))| (row, wanted)).collect()
}

/// Where a row lands that was dragged by `pixels` over rows of one height.
pub(crate) fn landing(from: usize, pixels: f64, row_height: f64, len: usize) -> usize {
    if len == 0 || row_height <= 0.0 {
        return from;
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a drag spans a screen; `as` saturates beyond it"
    )]
    let rows = (pixels / row_height).round() as isize;
    from.saturating_add_signed(rows).min(len - 1)
}

/// How many rows, and in which direction, a row that is not dragged makes way.
pub(crate) fn makes_way(row: usize, from: usize, to: usize) -> i8 {
    let (up, down) = (from < row && row <= to, to <= row && row < from);
    i8::from(down) - i8::from(up)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_moves_and_the_others_keep_their_order() {
        assert_eq!(moved(&[1, 2, 3, 4], 0, 2), [2, 3, 1, 4]);
        assert_eq!(moved(&[1, 2, 3, 4], 3, 0), [4, 1, 2, 3]);
        assert_eq!(moved(&[1, 2], 0, 9), [2, 1]);
        assert_eq!(moved(&[1, 2], 7, 0), [1, 2]);
    }

    #[test]
    fn priorities_are_dealt_out_anew_and_ties_are_set_apart() {
        assert_eq!(priorities(&[0, 1, 5]), []);
        assert_eq!(priorities(&[5, 0, 1]), [(0, 0), (1, 1), (2, 5)]);
        assert_eq!(priorities(&[0, 5, 1]), [(1, 1), (2, 5)]);
        assert_eq!(priorities(&[3, 3, 3]), [(1, 4), (2, 5)]);
        assert_eq!(priorities(&[]), []);
    }

    #[test]
    fn telling_one_change_after_the_other_ends_in_the_order() {
        let mut held = vec![7, 7, 2, 9, 0];
        for _ in 0..held.len() {
            if let Some((row, priority)) = priorities(&held).first() {
                held[*row] = *priority;
            }
        }
        assert!(held.is_sorted_by(|a, b| a < b), "{held:?}");
    }

    #[test]
    fn a_drag_lands_within_the_list() {
        assert_eq!(landing(1, 30.0, 44.0, 4), 2);
        assert_eq!(landing(1, 20.0, 44.0, 4), 1);
        assert_eq!(landing(1, -900.0, 44.0, 4), 0);
        assert_eq!(landing(1, 9e30, 44.0, 4), 3);
    }

    #[test]
    fn rows_between_the_old_and_the_new_place_make_way() {
        let ways = |from, to| (0..4).map(|row| makes_way(row, from, to)).collect::<Vec<_>>();
        assert_eq!(ways(0, 2), [0, -1, -1, 0]);
        assert_eq!(ways(3, 1), [0, 1, 1, 0]);
        assert_eq!(ways(2, 2), [0, 0, 0, 0]);
    }
}
