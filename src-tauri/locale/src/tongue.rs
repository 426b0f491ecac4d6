use std::borrow::Cow;
use std::collections::HashMap;

use crate::placeholders;

/// Says in a language what was written in English somewhere else, its values filled in already: a text is found by
/// itself, or by the template that it was filled from. What is not found stays as it is, letter for letter.
#[derive(Debug, Default)]
pub struct Tongue {
    same: HashMap<String, String>,
    /// The most particular first.
    templates: Vec<Template>,
}

/// Nobody writes longer ones, and who reads one does not wait for it.
const LONGEST: usize = 8192;
/// How deep a text may stand in others: an error's reason has a reason.
const DEEPEST: usize = 6;
/// How many ways of taking a text apart are tried before it is left alone.
const MOST_TRIES: usize = 4096;

/// How many bytes a clause has at least.
const LEAST_CLAUSE: usize = 16;
/// How many bytes nobody else says by chance.
const RARE: usize = 20;

/// What fills these is a text of ours that is known; where it is not, the template is another's.
const KNOWN: [&str; 5] = ["condition", "doing", "span", "thing", "what"];
/// The same, and it is a clause that nobody says by chance.
const CLAUSE: &str = "because";
/// What fills these may be a text of ours; a vendor's or a system's stays as it is.
const PERHAPS: [&str; 8] = ["error", "hint", "label", "note", "reason", "source", "whose", "why"];
/// What fills these are mostly a vendor's words: a text of ours only where nobody says it by chance.
const WORDS: [&str; 2] = ["message", "words"];
/// What fills this are several texts, each of which ends like a sentence.
const SENTENCES: &str = "sentences";
/// What fills these are digits.
const COUNTS: [&str; 8] =
    ["column", "count", "days", "hours", "line", "minutes", "seconds", "tokens"];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Filling {
    Known,
    Clause,
    Perhaps,
    Words,
    Sentences,
    Count,
    /// A name, a path, a vendor's words: never touched.
    Foreign,
}

#[derive(Debug)]
struct Slot {
    name: String,
    filling: Filling,
    /// What stands between it and the next, or the end.
    after: String,
}

#[derive(Debug)]
struct Template {
    before: String,
    slots: Vec<Slot>,
    said: String,
}

impl Tongue {
    /// Of pairs of an English text, or a template with names in braces, and its translation with the same names.
    pub fn new(words: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut tongue = Self::default();
        for (english, said) in words {
            match Template::read(&english, &said) {
                Some(template) => tongue.templates.push(template),
                None => {
                    tongue.same.insert(english, said);
                }
            }
        }
        tongue.templates.sort_by_cached_key(|template| std::cmp::Reverse(template.weight()));
        tongue
    }

    /// What stands where a vendor's words may stand: told only where nobody but us says it.
    pub fn tell_rare<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if text.len() > LONGEST {
            return Cow::Borrowed(text);
        }
        let mut telling = Telling { tongue: self, tries: MOST_TRIES };
        telling.find_rare(text, DEEPEST).map_or(Cow::Borrowed(text), Cow::Owned)
    }

    /// The text in this language, or as it is; of several lines each by itself.
    pub fn tell<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if text.len() > LONGEST {
            return Cow::Borrowed(text);
        }
        let mut telling = Telling { tongue: self, tries: MOST_TRIES };
        if text.contains('\n') {
            return telling.lines(text).map_or(Cow::Borrowed(text), Cow::Owned);
        }
        telling.find(text, DEEPEST).map_or(Cow::Borrowed(text), Cow::Owned)
    }
}

/// The template that stands in the source of a program, as translations are listed by it: every place has a name of
/// small letters, `{name:?}` being `{name}` and the places without a name being counted from `{0}`.
pub fn template(source: &str) -> String {
    let mut text = String::with_capacity(source.len());
    let (mut rest, mut unnamed) = (source, 0..);
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        text.push('{');
        rest = after;
        let Some((place, after)) = after.split_once('}') else { continue };
        let name = place.split(':').next().unwrap_or_default();
        if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            continue;
        }
        match name {
            "" => text.push_str(&unnamed.next().unwrap_or_default().to_string()),
            name => text.push_str(&name.to_ascii_lowercase()),
        }
        text.push('}');
        rest = after;
    }
    text.push_str(rest);
    text
}

impl Template {
    /// `None` where nothing stands in it, or two places touch, so that nobody could tell what fills which.
    fn read(english: &str, said: &str) -> Option<Self> {
        let places: Vec<_> = placeholders(english).collect();
        let before = english.get(..places.first()?.1)?.to_owned();
        let ends = places.iter().skip(1).map(|(_, start)| *start).chain([english.len()]);
        let slots: Option<Vec<_>> =
            places.iter().zip(ends).map(|(place, end)| slot(english, *place, end)).collect();
        let slots = slots?;
        let (_, inner) = slots.split_last()?;
        let is_apart = inner.iter().all(|slot| !slot.after.is_empty());
        is_apart.then(|| Self { before, slots, said: said.to_owned() })
    }

    /// Whether a text may be of it, at a glance.
    fn fits(&self, text: &str) -> bool {
        let Some(mut rest) = text.strip_prefix(self.before.as_str()) else { return false };
        let Some((last, inner)) = self.slots.split_last() else { return false };
        for slot in inner {
            let Some((_, after)) = rest.split_once(slot.after.as_str()) else { return false };
            rest = after;
        }
        rest.ends_with(last.after.as_str())
    }

    /// Whether it names a thing or a time within another text.
    fn is_plain(&self) -> bool {
        let mut fillings = self.slots.iter().map(|slot| slot.filling);
        let is_anchored =
            |filling| matches!(filling, Filling::Known | Filling::Clause | Filling::Count);
        let is_open =
            |filling| matches!(filling, Filling::Perhaps | Filling::Words | Filling::Sentences);
        fillings.clone().any(is_anchored) && !fillings.any(is_open)
    }

    /// Whether nobody else says such a thing: it has many words of its own, or begins with some, or holds a clause that
    /// must be known.
    fn is_rare(&self) -> bool {
        let begins = self.before.len() >= RARE / 2 && self.weight() >= RARE;
        let is_long = self.weight() >= 2 * RARE;
        is_long || begins || self.slots.iter().any(|slot| slot.filling == Filling::Clause)
    }

    /// How much of it is its own; what must be known tells it apart as well as a word does.
    fn weight(&self) -> usize {
        let own = |slot: &Slot| match slot.filling {
            Filling::Known | Filling::Clause => slot.after.len() + RARE / 2,
            _ => slot.after.len(),
        };
        self.before.len() + self.slots.iter().map(own).sum::<usize>()
    }
}

fn slot(english: &str, (name, start): (&str, usize), end: usize) -> Option<Slot> {
    let filling = match name {
        name if KNOWN.contains(&name) => Filling::Known,
        name if PERHAPS.contains(&name) => Filling::Perhaps,
        name if WORDS.contains(&name) => Filling::Words,
        CLAUSE => Filling::Clause,
        SENTENCES => Filling::Sentences,
        name if COUNTS.contains(&name) => Filling::Count,
        _ => Filling::Foreign,
    };
    let after = english.get(start + name.len() + 2..end)?.to_owned();
    Some(Slot { name: name.to_owned(), filling, after })
}

struct Telling<'a> {
    tongue: &'a Tongue,
    tries: usize,
}

impl<'a> Telling<'a> {
    fn find(&mut self, text: &str, depth: usize) -> Option<String> {
        if let Some(said) = self.tongue.same.get(text) {
            return Some(said.clone());
        }
        let depth = depth.checked_sub(1)?;
        let tongue = self.tongue;
        tongue.templates.iter().find_map(|template| self.fill(template, text, depth))
    }

    /// A whole text, or one in which nothing but names and numbers stands beside such a text.
    fn find_known(&mut self, text: &str, depth: usize) -> Option<String> {
        if let Some(said) = self.tongue.same.get(text) {
            return Some(said.clone());
        }
        let depth = depth.checked_sub(1)?;
        let tongue = self.tongue;
        let mut plain = tongue.templates.iter().filter(|template| template.is_plain());
        plain.find_map(|template| self.fill(template, text, depth))
    }

    /// Only what is too long, or too much our own, to be said by chance.
    fn find_rare(&mut self, text: &str, depth: usize) -> Option<String> {
        if let Some(said) = self.tongue.same.get(text) {
            return (text.len() >= RARE).then(|| said.clone());
        }
        let depth = depth.checked_sub(1)?;
        let tongue = self.tongue;
        let mut rare = tongue.templates.iter().filter(|template| template.is_rare());
        rare.find_map(|template| self.fill(template, text, depth))
    }

    /// Each line by itself; `None` where none is known.
    fn lines(&mut self, text: &str) -> Option<String> {
        let mut is_told = false;
        let lines: Vec<String> = text
            .split('\n')
            .map(|line| {
                let said = self.find(line, DEEPEST);
                is_told |= said.is_some();
                said.unwrap_or_else(|| line.to_owned())
            })
            .collect();
        is_told.then(|| lines.join("\n"))
    }

    fn fill(&mut self, template: &'a Template, text: &str, depth: usize) -> Option<String> {
        let rest = text.strip_prefix(template.before.as_str()).filter(|_| template.fits(text))?;
        let mut values = Vec::with_capacity(template.slots.len());
        self.take(&template.slots, rest, &mut values, depth)?;
        Some(put(&template.said, &values))
    }

    /// Fills the places from left to right, each as short as can be.
    fn take(
        &mut self,
        slots: &'a [Slot],
        text: &str,
        values: &mut Vec<(&'a str, String)>,
        depth: usize,
    ) -> Option<()> {
        let Some((slot, slots)) = slots.split_first() else { return text.is_empty().then_some(()) };
        if slots.is_empty() {
            let value = self.value(slot, text.strip_suffix(slot.after.as_str())?, depth)?;
            values.push((&slot.name, value));
            return Some(());
        }
        let filled = values.len();
        for (at, _) in text.match_indices(slot.after.as_str()) {
            self.tries = self.tries.checked_sub(1)?;
            let (value, rest) = (text.get(..at)?, text.get(at + slot.after.len()..)?);
            let Some(value) = self.value(slot, value, depth) else { continue };
            values.push((&slot.name, value));
            if self.take(slots, rest, values, depth).is_some() {
                return Some(());
            }
            values.truncate(filled);
        }
        None
    }

    /// A text within another, which may have taken its full stop off.
    fn part(&mut self, text: &str, depth: usize) -> Option<String> {
        self.find(text, depth).or_else(|| {
            let said = self.find(&[text, "."].concat(), depth)?;
            Some(said.trim_end_matches(['.', '。']).to_owned())
        })
    }

    fn value(&mut self, slot: &Slot, text: &str, depth: usize) -> Option<String> {
        self.tries = self.tries.checked_sub(1)?;
        match slot.filling {
            _ if text.is_empty() => None,
            Filling::Known => self.find_known(text, depth),
            Filling::Clause => {
                let same = self.tongue.same.get(text).filter(|_| text.len() >= LEAST_CLAUSE);
                same.cloned()
            }
            Filling::Perhaps => Some(self.part(text, depth).unwrap_or_else(|| text.to_owned())),
            Filling::Sentences => {
                let mut said = String::with_capacity(text.len());
                for sentence in text.split_inclusive(". ") {
                    let bare = sentence.trim_end_matches(' ');
                    said.push_str(&self.find(bare, depth).unwrap_or_else(|| bare.to_owned()));
                    said.push_str(sentence.get(bare.len()..)?);
                }
                Some(said)
            }
            Filling::Words => Some(self.find_rare(text, depth).unwrap_or_else(|| text.to_owned())),
            Filling::Count if !text.bytes().all(|byte| byte.is_ascii_digit()) => None,
            Filling::Count | Filling::Foreign => Some(text.to_owned()),
        }
    }
}

fn put(said: &str, values: &[(&str, String)]) -> String {
    let mut text = String::with_capacity(said.len());
    let mut rest = 0;
    for (name, start) in placeholders(said) {
        let value = values.iter().find(|(known, _)| *known == name);
        let (Some((_, value)), Some(before)) = (value, said.get(rest..start)) else { continue };
        text.push_str(before);
        text.push_str(value);
        rest = start + name.len() + 2;
    }
    text.push_str(said.get(rest..).unwrap_or_default());
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SOME: [(&str, &str); 11] = [
        ("the disk is full", "đĩa đã đầy"),
        ("saving the key of account", "lưu khóa của tài khoản"),
        ("sign in again", "đăng nhập lại"),
        ("{0} is not offered", "không cung cấp {0}"),
        ("{doing} {0}: {source}", "{doing} {0}: {source}"),
        ("{doing}: {source}", "{doing}: {source}"),
        ("{vendor} answered {status}: {words}", "{vendor} trả lời {status}: {words}"),
        ("there is no {what} {name}", "không có {what} {name}"),
        ("combo", "combo"),
        ("for {days} days", "trong {days} ngày"),
        ("“{asked}” stands for “{target}” here. {why}", "Ở đây “{asked}” là “{target}”. {why}"),
    ];

    fn of<'a>(words: impl IntoIterator<Item = (&'a str, &'a str)>) -> Tongue {
        Tongue::new(words.into_iter().map(|(english, said)| (english.to_owned(), said.to_owned())))
    }

    fn tongue() -> Tongue {
        of(SOME)
    }

    #[test]
    fn a_text_is_told_by_itself_or_by_the_template_it_was_filled_from() {
        let tongue = tongue();
        assert_eq!(tongue.tell("the disk is full"), "đĩa đã đầy");
        assert_eq!(tongue.tell("Acme is not offered"), "không cung cấp Acme");
        assert_eq!(
            tongue.tell("saving the key of account work: mail: the disk is full"),
            "lưu khóa của tài khoản work: mail: the disk is full",
            "the place that anything may fill takes as little as can be"
        );
        assert_eq!(
            tongue.tell("saving the key of account work: the disk is full"),
            "lưu khóa của tài khoản work: đĩa đã đầy"
        );
        assert_eq!(
            tongue.tell("“a” stands for “b” here. c is not offered"),
            "Ở đây “a” là “b”. không cung cấp c"
        );
    }

    #[test]
    fn what_is_not_ours_stays_as_it_is() {
        let tongue = tongue();
        for text in [
            "",
            "out of order",
            "error 401: sign in again",
            "there is no unicorn \"x\"",
            "for all days",
            "Sign in again",
        ] {
            assert!(matches!(tongue.tell(text), Cow::Borrowed(same) if same == text), "{text}");
        }
        assert_eq!(
            tongue.tell("Acme answered 401: sign in again"),
            "Acme trả lời 401: sign in again"
        );
        assert_eq!(
            tongue.tell("Acme answered 507: the disk is full"),
            "Acme trả lời 507: the disk is full"
        );
        assert_eq!(tongue.tell("there is no combo \"combo\""), "không có combo \"combo\"");
        assert_eq!(tongue.tell("for 7 days"), "trong 7 ngày");
        assert_eq!(tongue.tell("# x\n\nfor 7 days\n"), "# x\n\ntrong 7 ngày\n");
    }

    #[test]
    fn where_a_vendors_words_may_stand_only_what_nobody_else_says_is_told() {
        let tongue = tongue();
        for words in ["sign in again", "the disk is full", "Claude is not offered", "x: y"] {
            assert_eq!(tongue.tell_rare(words), words);
        }
        assert_eq!(tongue.tell_rare("saving the key of account"), "lưu khóa của tài khoản");
        assert_eq!(tongue.tell_rare("work: the disk is full"), "work: the disk is full");
        assert_eq!(tongue.tell_rare("x: sign in again"), "x: sign in again");
    }

    #[test]
    fn a_text_made_to_be_taken_apart_in_many_ways_is_left_alone() {
        let words = [("{a} {b} {c} {d} {e} {f}!", "{f} {e} {d} {c} {b} {a}!")];
        let text = "a ".repeat(2000);
        assert_eq!(of(words).tell(&text), text);
        let long = "the disk is full".repeat(1000);
        assert_eq!(tongue().tell(&long), long);
    }

    #[test]
    fn a_template_of_a_source_has_a_name_in_every_place() {
        assert_eq!(template("{} of {all:?}: {0} {MOST}"), "{0} of {all}: {0} {most}");
        assert_eq!(template("a {b c} and a {"), "a {b c} and a {");
        assert_eq!(template("nothing"), "nothing");
        assert_eq!(template("{}, {then} {}"), "{0}, {then} {1}");
    }

    proptest! {
        #[test]
        fn a_tongue_that_says_the_templates_themselves_leaves_any_text_as_it_is(
            text in "([a-z:`“”{} \\n]|the disk is full|for |days|is not offered|there is no |[0-9]|ệ|中){0,40}",
        ) {
            let english = of(SOME.map(|(english, _)| (english, english)));
            prop_assert_eq!(&*english.tell(&text), text.as_str());
        }

        #[test]
        fn what_fills_a_place_is_never_lost(
            vendor in "[a-zA-Z{}0-9ệ中]{1,12}", status in "[0-9]{3}", words in "[a-z{}: ]{0,30}[a-z}]",
        ) {
            let tongue = tongue();
            let told = tongue.tell(&format!("{vendor} answered {status}: {words}")).into_owned();
            prop_assert_eq!(told, format!("{vendor} trả lời {status}: {words}"));
        }
    }
}
