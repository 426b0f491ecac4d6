use std::fmt::{Display, Write as _};

use crate::word::in_force;
use crate::{Voice, Word};

/// A text for people in which values stand: `say!("{n} of {all}", n, all = list.len())`, in the order of the
/// English text. It becomes a `String` in the language in force, or by a [`Voice`](crate::Voice) that is named before
/// it: `say!(voice, "{n} of {all}", …)`. Another order of the names does not compile.
#[macro_export]
macro_rules! say {
    ($text:literal $(, $name:ident $(= $value:expr)?)* $(,)?) => {
        $crate::fill(
            const { $crate::named($text, &[$(stringify!($name)),*]) },
            &[$($crate::say!(@ $name $(= $value)?)),*],
        )
    };
    (@ $name:ident) => { &$name };
    (@ $name:ident = $value:expr) => { &$value };
    ($voice:expr, $text:literal $(, $name:ident $(= $value:expr)?)* $(,)?) => {
        $crate::Voice::fill(
            $voice,
            const { $crate::named($text, &[$(stringify!($name)),*]) },
            &[$($crate::say!(@ $name $(= $value)?)),*],
        )
    };
}

/// The text itself. For [`say!`](crate::say!), which calls it while compiling.
///
/// # Panics
/// Where these are not the names in the text, in the order of their first appearance.
pub const fn named(text: &'static str, names: &[&str]) -> &'static str {
    assert!(
        fits(text, names),
        "the names differ from those in the text, or stand in another order"
    );
    text
}

/// The text in the language in force, with the values in the places of its names: the first value
/// stands where the first name of the English text does. [`say!`](crate::say!) is the way to call it.
#[inline(never)]
pub fn fill(key: &'static str, values: &[&dyn Display]) -> String {
    in_force().fill(key, values)
}

impl Voice {
    /// The text in this language, with the values in the places of its names: the first value stands where the first
    /// name of the English text does. [`say!`](crate::say!) is the way to call it.
    pub fn fill(self, key: &'static str, values: &[&dyn Display]) -> String {
        put(key, self.word(Word::new(key)), values)
    }
}

fn put(key: &str, text: &str, values: &[&dyn Display]) -> String {
    let mut names = Vec::new();
    for (name, _) in placeholders(key) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let mut said = String::with_capacity(text.len());
    let mut rest = 0;
    for (name, start) in placeholders(text) {
        let value = names.iter().position(|known| *known == name).and_then(|at| values.get(at));
        let (Some(value), Some(before)) = (value, text.get(rest..start)) else { continue };
        said.push_str(before);
        // Writing to a string cannot fail.
        let _ = write!(said, "{value}");
        rest = start + name.len() + 2;
    }
    said.push_str(text.get(rest..).unwrap_or_default());
    said
}

/// The names that stand in braces, each with where its brace opens. A brace around anything but a name of small
/// letters is text.
pub fn placeholders(text: &str) -> impl Iterator<Item = (&str, usize)> {
    text.match_indices('{').filter_map(move |(start, _)| {
        let (name, _) = text.get(start + 1..)?.split_once('}')?;
        let is_name = !name.is_empty() && name.bytes().all(is_of_name);
        is_name.then_some((name, start))
    })
}

/// Whether these are the names that stand in the text, in the order of their first appearance.
const fn fits(text: &str, names: &[&str]) -> bool {
    let text = text.as_bytes();
    let (mut at, mut seen) = (0, 0);
    while at < text.len() {
        let start = at + 1;
        at += 1;
        if text[at - 1] != b'{' {
            continue;
        }
        while at < text.len() && is_of_name(text[at]) {
            at += 1;
        }
        if at == start || at == text.len() || text[at] != b'}' {
            continue;
        }
        let mut known = 0;
        while known < seen && !stands_at(text, start, at, names[known]) {
            known += 1;
        }
        if known == seen {
            if seen == names.len() || !stands_at(text, start, at, names[seen]) {
                return false;
            }
            seen += 1;
        }
    }
    seen == names.len()
}

const fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_'
}

const fn stands_at(text: &[u8], start: usize, end: usize, name: &str) -> bool {
    let name = name.as_bytes();
    if end - start != name.len() {
        return false;
    }
    let mut at = 0;
    while at < name.len() {
        if text[start + at] != name[at] {
            return false;
        }
        at += 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Language, Table};

    #[test]
    fn values_stand_where_the_translation_has_their_names() {
        let key = "{n} of {all} are {state}, {n}";
        let values: [&dyn Display; 3] = [&1, &"two", &'3'];
        assert_eq!(put(key, key, &values), "1 of two are 3, 1");
        assert_eq!(put(key, "{state}：{all} 中的 {n}", &values), "3：two 中的 1");
    }

    #[test]
    fn braces_around_no_name_of_the_text_are_text() {
        assert_eq!(put("{n} {} {A} {", "{n} {} {A} {other} {", &[&7]), "7 {} {A} {other} {");
        assert_eq!(put("no value", "keiner", &[]), "keiner");
        assert_eq!(put("{a}", "{a}{a}", &[&"{a}"]), "{a}{a}");
    }

    #[test]
    fn names_must_be_those_of_the_text_in_its_order() {
        assert!(fits("{a} {b} {a} {c_2}", &["a", "b", "c_2"]));
        assert!(fits("none {} { {A}", &[]));
        assert!(!fits("{a} {b}", &["b", "a"]));
        assert!(!fits("{a} {b}", &["a"]));
        assert!(!fits("{a}", &["a", "b"]));
        assert!(!fits("{ab}", &["a"]));
    }

    #[test]
    fn a_text_is_said_with_its_values() {
        let name = "work";
        assert_eq!(say!("{n} of {name}", n = 1 + 1, name), "2 of work");
        assert_eq!(say!("nothing"), "nothing");
    }

    #[test]
    fn a_named_voice_says_it_whatever_is_in_force() {
        let table = Table::new([("{n} of {name}", "{name} 中的 {n}")]);
        let voice = Voice::new(Language::Chinese, Box::leak(Box::new(table)));
        assert_eq!(say!(voice, "{n} of {name}", n = 1, name = "work"), "work 中的 1");
        assert_eq!(say!(Voice::ENGLISH, "{n} of {name}", n = 1, name = "work"), "1 of work");
        assert_eq!(say!("{n} of {name}", n = 1, name = "work"), "1 of work");
    }
}
