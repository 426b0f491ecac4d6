//! Two texts beside each other: which words stand in one alone.

/// A stretch of a text, and whether the other text has it at this place too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stretch {
    pub(crate) text: String,
    pub(crate) shared: bool,
}

/// Above this many pairs of words the comparison would be felt: only beginning and end are compared.
const MOST_PAIRS: usize = 4_000_000;

/// The words of a text, each with the space behind it, so that together they are the text.
fn words(text: &str) -> Vec<&str> {
    text.split_inclusive(char::is_whitespace).collect()
}

/// Both texts in stretches. A word is shared where the longest common row of words has it.
pub(crate) fn compare(left: &str, right: &str) -> (Vec<Stretch>, Vec<Stretch>) {
    let (a, b) = (words(left), words(right));
    // A word at the very end has no space behind it.
    let same = |x: &&str, y: &&str| x.trim_end() == y.trim_end();
    let head = a.iter().zip(&b).take_while(|(x, y)| same(x, y)).count();
    let rest = a.len().min(b.len()) - head;
    let tail =
        a.iter().rev().zip(b.iter().rev()).take(rest).take_while(|(x, y)| same(x, y)).count();
    let (inner_a, inner_b) = (&a[head..a.len() - tail], &b[head..b.len() - tail]);
    let (mut in_a, mut in_b) = (vec![true; a.len()], vec![true; b.len()]);
    let (shared_a, shared_b) = common(inner_a, inner_b);
    in_a[head..a.len() - tail].copy_from_slice(&shared_a);
    in_b[head..b.len() - tail].copy_from_slice(&shared_b);
    (stretches(&a, &in_a), stretches(&b, &in_b))
}

/// Which words of each belong to the longest common row.
fn common(a: &[&str], b: &[&str]) -> (Vec<bool>, Vec<bool>) {
    let (mut in_a, mut in_b) = (vec![false; a.len()], vec![false; b.len()]);
    if a.len().saturating_mul(b.len()) > MOST_PAIRS {
        return (in_a, in_b);
    }
    let same = |i: usize, j: usize| a[i].trim_end() == b[j].trim_end();
    let width = b.len() + 1;
    // How long the common row is from each pair of places on.
    let mut longest = vec![0_u32; (a.len() + 1) * width];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            longest[i * width + j] = if same(i, j) {
                longest[(i + 1) * width + j + 1] + 1
            } else {
                longest[(i + 1) * width + j].max(longest[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    while i < a.len() && j < b.len() {
        if same(i, j) {
            (in_a[i], in_b[j]) = (true, true);
            (i, j) = (i + 1, j + 1);
        } else if longest[(i + 1) * width + j] >= longest[i * width + j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    (in_a, in_b)
}

fn stretches(words: &[&str], shared: &[bool]) -> Vec<Stretch> {
    let mut out: Vec<Stretch> = Vec::new();
    for (word, &shared) in words.iter().zip(shared) {
        match out.last_mut() {
            Some(last) if last.shared == shared => last.text.push_str(word),
            Some(_) | None => out.push(Stretch { text: (*word).to_owned(), shared }),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(left: &str, right: &str) -> (String, String) {
        let mark = |side: Vec<Stretch>| {
            side.into_iter()
                .map(|one| if one.shared { one.text } else { format!("[{}]", one.text) })
                .collect::<String>()
        };
        let (left, right) = compare(left, right);
        (mark(left), mark(right))
    }

    #[test]
    fn words_that_differ_are_told_on_either_side() {
        let (left, right) = marked("the quick brown fox", "the slow brown fox jumps");
        assert_eq!(left, "the [quick ]brown fox");
        assert_eq!(right, "the [slow ]brown fox [jumps]");
    }

    #[test]
    fn equal_and_empty_texts_have_nothing_marked_that_is_not_there() {
        assert_eq!(marked("same text", "same text"), ("same text".into(), "same text".into()));
        assert_eq!(marked("", "new"), (String::new(), "[new]".into()));
        assert_eq!(marked("", ""), (String::new(), String::new()));
    }

    #[test]
    fn together_the_stretches_are_the_text() {
        let (a, b) = ("één  zwei\n\tdrei 四 ", "zwei 四\n五");
        let whole = |side: Vec<Stretch>| side.into_iter().map(|one| one.text).collect::<String>();
        let (left, right) = compare(a, b);
        assert_eq!((whole(left), whole(right)), (a.to_owned(), b.to_owned()));
    }

    #[test]
    fn very_long_texts_are_compared_at_their_ends_alone() {
        let left = format!("head {} tail", "a ".repeat(3_000));
        let right = format!("head {} tail", "b ".repeat(3_000));
        let (left, _) = compare(&left, &right);
        assert_eq!(left.len(), 3);
        assert!(left[0].shared && !left[1].shared && left[2].shared);
    }
}
