//! Text that is only carried: as JSON writes it on one side, so may the other.

use std::borrow::Cow;

/// What was said.
///
/// Prompts are long and full of escapes. Text read from JSON stays as it stood between its quotes until
/// somebody needs its letters, which on the way from one dialect to another nobody does.
#[derive(Clone, Debug)]
pub(crate) enum Text {
    /// In plain letters.
    Plain(String),
    /// As it stands between the quotes of a JSON string. Every escape was checked, and none is a code point in
    /// digits: half of a pair would be no text.
    Quoted(String),
}

impl Text {
    /// Its letters.
    pub(crate) fn letters(&self) -> Cow<'_, str> {
        match self {
            Self::Plain(text) => Cow::Borrowed(text),
            Self::Quoted(quoted) => unescaped(quoted).unwrap_or_default(),
        }
    }

    /// Its letters, and nothing else of it.
    pub(crate) fn into_letters(self) -> String {
        match self {
            Self::Plain(text) => text,
            Self::Quoted(quoted) if !quoted.contains('\\') => quoted,
            Self::Quoted(quoted) => unescaped(&quoted).unwrap_or_default().into_owned(),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Self::Plain(text) | Self::Quoted(text) => text.is_empty(),
        }
    }

    /// Whether nothing but space can be seen.
    pub(crate) fn is_blank(&self) -> bool {
        match self {
            Self::Plain(text) => text.trim().is_empty(),
            Self::Quoted(quoted) => {
                let mut letters = quoted.chars();
                std::iter::from_fn(|| match letters.next()? {
                    '\\' => letters.next().and_then(meaning),
                    plain => Some(plain),
                })
                .all(char::is_whitespace)
            }
        }
    }

    /// Adds to its end.
    pub(crate) fn push(&mut self, more: &Self) {
        match (&mut *self, more) {
            (Self::Plain(text), _) => text.push_str(&more.letters()),
            (Self::Quoted(quoted), Self::Quoted(more)) => quoted.push_str(more),
            (Self::Quoted(_), Self::Plain(more)) => {
                let mut text = std::mem::take(self).into_letters();
                text.push_str(more);
                *self = Self::Plain(text);
            }
        }
    }

    /// Several as one, with `between` between them; one alone stays as it is.
    pub(crate) fn join(texts: impl IntoIterator<Item = Self>, between: &str) -> Self {
        let mut texts = texts.into_iter();
        let Some(first) = texts.next() else { return Self::default() };
        let between = match serde_json::to_string(between) {
            Ok(quoted) => quoted.trim_matches('"').to_owned(),
            Err(_) => String::new(),
        };
        texts.fold(first, |mut joined, next| {
            joined.push(&Self::Quoted(between.clone()));
            joined.push(&next);
            joined
        })
    }
}

impl Default for Text {
    fn default() -> Self {
        Self::Plain(String::new())
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self::Plain(text)
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::Plain(text.to_owned())
    }
}

impl From<Cow<'_, str>> for Text {
    fn from(text: Cow<'_, str>) -> Self {
        Self::Plain(text.into_owned())
    }
}

/// What stands between the quotes of a string whose escapes were checked: each letter is copied once. `None` where
/// a code point is written in digits.
pub(crate) fn unescaped(quoted: &str) -> Option<Cow<'_, str>> {
    let Some(mut mark) = memchr::memchr(b'\\', quoted.as_bytes()) else {
        return Some(Cow::Borrowed(quoted));
    };
    let mut text = String::with_capacity(quoted.len());
    let mut rest = quoted;
    loop {
        text.push_str(rest.get(..mark)?);
        text.push(rest.get(mark + 1..)?.chars().next().and_then(meaning)?);
        rest = rest.get(mark + 2..)?;
        match memchr::memchr(b'\\', rest.as_bytes()) {
            Some(next) => mark = next,
            None => break,
        }
    }
    text.push_str(rest);
    Some(Cow::Owned(text))
}

/// The letter that an escape of two stands for.
fn meaning(escape: char) -> Option<char> {
    Some(match escape {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        'b' => '\u{8}',
        'f' => '\u{c}',
        '"' | '\\' | '/' => escape,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Text and its letters; quoted wherever JSON can write it without digits.
    fn texts() -> impl Strategy<Value = (Text, String)> {
        let letters = "[ a\n\t\r\"\\\\/\u{8}\u{c}üあ\u{2003}]{0,12}";
        (letters, any::<bool>()).prop_map(|(letters, quoted)| {
            let text = if quoted {
                let json = serde_json::to_string(&letters).unwrap();
                Text::Quoted(json.strip_prefix('"').unwrap().strip_suffix('"').unwrap().to_owned())
            } else {
                Text::Plain(letters.clone())
            };
            (text, letters)
        })
    }

    proptest! {
        #[test]
        fn quoted_text_says_what_plain_text_says((text, letters) in texts()) {
            prop_assert_eq!(text.letters(), letters.as_str());
            prop_assert_eq!(text.is_empty(), letters.is_empty());
            prop_assert_eq!(text.is_blank(), letters.trim().is_empty());
            prop_assert_eq!(text.into_letters(), letters);
        }

        #[test]
        fn texts_of_either_kind_are_put_together(several in prop::collection::vec(texts(), 0..5)) {
            let (texts, letters): (Vec<_>, Vec<_>) = several.into_iter().unzip();
            let joined = Text::join(texts.clone(), "\n\n");
            prop_assert_eq!(joined.letters(), letters.join("\n\n"));
            let mut grown = Text::default();
            for text in &texts {
                grown.push(text);
            }
            prop_assert_eq!(grown.letters(), letters.concat());
        }
    }
}
