/// Longer names are not compared: the distance costs the product of both lengths, and a client
/// writes them.
const LONGEST: usize = 64;

/// The known name that is most likely meant by a mistyped one.
pub(crate) fn closest<'a>(typed: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let typed: Vec<char> = typed.chars().take(LONGEST + 1).flat_map(char::to_lowercase).collect();
    if typed.is_empty() || typed.len() > LONGEST {
        return None;
    }
    let allowed = (typed.len() / 3).clamp(1, 3);
    known
        .map(|name| (distance(&typed, name), name))
        .filter(|(distance, _)| *distance <= allowed)
        // The name decides between equals, since the order of a hash map is none.
        .min()
        .map(|(_, name)| name)
}

/// Insertions, deletions and replacements between the two, by one row of the usual table.
fn distance(typed: &[char], name: &str) -> usize {
    let name: Vec<char> = name.chars().take(LONGEST + 1).flat_map(char::to_lowercase).collect();
    let mut row: Vec<usize> = (0..=name.len()).collect();
    for (line, typed) in typed.iter().enumerate() {
        let mut left = line + 1;
        let mut diagonal = line;
        for (above, named) in row.iter_mut().skip(1).zip(&name) {
            let replaced = diagonal + usize::from(typed != named);
            diagonal = *above;
            left = replaced.min(diagonal + 1).min(left + 1);
            *above = left;
        }
        if let Some(first) = row.first_mut() {
            *first = line + 1;
        }
    }
    row.last().copied().unwrap_or(typed.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_a_letter_is_recognised() {
        for (typed, expected) in [
            ("codign", Some("coding")),
            ("Coding", Some("coding")),
            ("codin", Some("coding")),
            ("xcoding", Some("coding")),
            ("cheep", Some("cheap")),
            ("something", None),
            ("", None),
        ] {
            assert_eq!(closest(typed, ["coding", "cheap"].into_iter()), expected, "{typed}");
        }
    }

    #[test]
    fn an_endless_name_is_not_compared() {
        assert_eq!(closest(&"a".repeat(1_000_000), ["aaaa"].into_iter()), None);
    }

    #[test]
    fn the_distance_is_counted_in_letters() {
        let typed: Vec<char> = "kitten".chars().collect();
        assert_eq!(distance(&typed, "sitting"), 3);
        assert_eq!(distance(&typed, ""), 6);
        assert_eq!(distance(&['é'], "é"), 0);
    }
}
