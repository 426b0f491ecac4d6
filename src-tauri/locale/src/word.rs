use std::sync::{PoisonError, RwLock};

use crate::{Language, Table, Voice};

/// What stands between an English text and what tells it apart from the same text elsewhere.
const APART: &str = " | ";

/// What speaks where no other voice is named.
static IN_FORCE: RwLock<Voice> = RwLock::new(Voice::ENGLISH);

/// From now on every text is said by this voice, unless another one is named.
pub fn speak(voice: Voice) {
    *IN_FORCE.write().unwrap_or_else(PoisonError::into_inner) = voice;
}

/// The language in force.
pub fn spoken() -> Language {
    in_force().language()
}

pub(crate) fn in_force() -> Voice {
    *IN_FORCE.read().unwrap_or_else(PoisonError::into_inner)
}

/// A text for people, made by [`word!`](crate::word!) and translated where it is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word(&'static str);

impl Word {
    /// The word of this English text; [`word!`](crate::word!) is the way to write one, since translations are
    /// looked for by it.
    pub const fn new(key: &'static str) -> Self {
        Self(key)
    }

    /// The text in the language in force.
    #[inline(never)]
    pub fn text(self) -> &'static str {
        in_force().word(self)
    }

    pub(crate) fn translated(self, table: Option<&'static Table>) -> &'static str {
        translated(table, self.0)
    }
}

impl From<Word> for String {
    fn from(word: Word) -> Self {
        word.text().to_owned()
    }
}

/// The translation, or else the English text without what tells it apart.
fn translated(table: Option<&'static Table>, key: &'static str) -> &'static str {
    match table.and_then(|table| table.get(key)) {
        Some(text) => text,
        None => key.split_once(APART).map_or(key, |(text, _)| text),
    }
}

/// A text for people that is always the same. Where one English text is two in another language, `as` tells them
/// apart: `word!("Open", as "state of a lock")`.
#[macro_export]
macro_rules! word {
    ($text:literal) => {
        const { $crate::Word::new($text) }
    };
    ($text:literal, as $sense:literal) => {
        const { $crate::Word::new(concat!($text, " | ", $sense)) }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_without_a_translation_is_said_in_english() {
        let words = [("Open", "打开"), ("Open | state of a lock", "未锁定")];
        let table: &'static Table = Box::leak(Box::new(Table::new(words)));
        let said = |table, word: Word| translated(table, word.0);
        assert_eq!(said(Some(table), word!("Open")), "打开");
        assert_eq!(said(Some(table), word!("Open", as "state of a lock")), "未锁定");
        assert_eq!(said(Some(table), word!("Close")), "Close");
        assert_eq!(said(None, word!("Open", as "state of a lock")), "Open");
    }
}
