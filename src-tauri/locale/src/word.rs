use std::sync::{PoisonError, RwLock};

use crate::{Language, Table};

/// What stands between an English text and what tells it apart from the same text elsewhere.
const APART: &str = " | ";

/// The language in force and its table; English needs none.
static IN_FORCE: RwLock<(Language, Option<&'static Table>)> =
    RwLock::new((Language::English, None));

/// From now on every text is said in this language. The table is kept for as long as the program runs, since words
/// are handed out by reference.
pub fn speak(language: Language, table: Option<&'static Table>) {
    *IN_FORCE.write().unwrap_or_else(PoisonError::into_inner) = (language, table);
}

/// The language in force.
pub fn spoken() -> Language {
    IN_FORCE.read().unwrap_or_else(PoisonError::into_inner).0
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
        let table = IN_FORCE.read().unwrap_or_else(PoisonError::into_inner).1;
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
