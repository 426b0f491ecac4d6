use crate::{Language, Table, Word};

/// A language and its words.
#[derive(Clone, Copy, Debug)]
pub struct Voice {
    language: Language,
    /// English needs none.
    table: Option<&'static Table>,
}

impl Voice {
    /// The texts as they stand in the source.
    pub const ENGLISH: Self = Self { language: Language::English, table: None };

    /// Of a language and its words, which are kept for as long as the program runs, since they are handed out by
    /// reference.
    pub const fn new(language: Language, table: &'static Table) -> Self {
        Self { language, table: Some(table) }
    }

    /// Which language it is.
    pub const fn language(self) -> Language {
        self.language
    }

    /// A text in this language.
    pub fn word(self, word: Word) -> &'static str {
        word.translated(self.table)
    }
}
