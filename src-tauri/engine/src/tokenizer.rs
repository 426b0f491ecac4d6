//! The tokenizer for estimates: loaded when it is first needed, let go when it has not been for a while,
//! since it takes tens of megabytes.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use switchyard_dialect::letters;
use tiktoken_rs::CoreBPE;

/// How long it is kept after its last use.
const KEPT: Duration = Duration::from_mins(5);

/// Texts are counted in pieces of this many bytes: a cut costs a token at most, and a piece bounds what the
/// tokenizer's patterns may search.
const PIECE: usize = 8 * 1024;

/// `OpenAI`'s newest public vocabulary. Other vendors' counts differ by some tenths of it; theirs are not public.
#[derive(Debug, Default)]
pub(crate) struct Tokenizer(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    loaded: Option<Loaded>,
    /// Whether somebody looks after it until it is let go.
    watched: bool,
}

struct Loaded {
    words: Arc<CoreBPE>,
    used: Instant,
}

impl std::fmt::Debug for Loaded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Loaded").field("used", &self.used).finish_non_exhaustive()
    }
}

impl Tokenizer {
    /// The tokenizer, loaded now if need be: that takes a moment, so it is asked for where waiting is allowed.
    /// `None` where it cannot be read; then letters are counted.
    pub(crate) fn words(&self) -> Words {
        let mut state = self.state();
        if let Some(loaded) = state.loaded.as_mut() {
            loaded.used = Instant::now();
            return Words(Some(Arc::clone(&loaded.words)));
        }
        let words = tiktoken_rs::o200k_base().ok().map(Arc::new);
        state.loaded = words.clone().map(|words| Loaded { words, used: Instant::now() });
        Words(words)
    }

    /// Lets it go if nobody has needed it for a while; says whether it is gone.
    pub(crate) fn let_go_if_idle(&self) -> bool {
        self.let_go_after(KEPT)
    }

    fn let_go_after(&self, kept: Duration) -> bool {
        let mut state = self.state();
        if state.loaded.as_ref().is_some_and(|loaded| loaded.used.elapsed() >= kept) {
            state.loaded = None;
        }
        if state.loaded.is_none() {
            state.watched = false;
        }
        state.loaded.is_none()
    }

    /// Whether the caller has to look after it from now on: it is loaded, and nobody else does.
    pub(crate) fn begin_watch(&self) -> bool {
        let mut state = self.state();
        state.loaded.is_some() && !std::mem::replace(&mut state.watched, true)
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        // Whoever panicked holding it left it whole: it is loaded or it is not.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A tokenizer in use.
pub(crate) struct Words(Option<Arc<CoreBPE>>);

impl Words {
    /// How many tokens a text takes.
    pub(crate) fn count(&self, text: &str) -> u64 {
        let Some(words) = &self.0 else { return letters(text) };
        pieces(text).map(|piece| words.encode_ordinary(piece).len() as u64).sum()
    }
}

/// The text in pieces that end between characters.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (piece, after) = rest.split_at_checked(rest.floor_char_boundary(PIECE))?;
        rest = after;
        (!piece.is_empty()).then_some(piece)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_counted_as_the_vocabulary_has_them() {
        let words = Tokenizer::default().words();
        // platform.openai.com/tokenizer, for GPT-4o.
        assert_eq!(words.count("Hello world"), 2);
        assert_eq!(words.count(""), 0);
        // Letters would say 6 for one token a word and 9 for wide ones.
        assert!(words.count("The quick brown fox jumps over the lazy dog.") <= 11);
    }

    #[test]
    fn long_and_hostile_texts_are_counted_in_pieces() {
        let words = Tokenizer::default().words();
        for text in [" ".repeat(300_000), "a".repeat(100_000), "世".repeat(50_000)] {
            assert!(words.count(&text) > 100);
        }
        let text = "世界".repeat(10_000);
        assert_eq!(pieces(&text).collect::<String>(), text);
    }

    #[test]
    fn it_is_let_go_when_nobody_needs_it() {
        let tokenizer = Tokenizer::default();
        assert!(tokenizer.let_go_if_idle());
        let _ = tokenizer.words();
        assert!(!tokenizer.let_go_if_idle());
        assert!(tokenizer.let_go_after(Duration::ZERO));
    }
}
