/// The translations of a language. The English texts are not in it, but hashes of them: they stand in the program
/// already, and a page that has them twice takes longer to load.
#[derive(Debug, Default)]
pub struct Table(Vec<(u32, &'static str)>);

/// How many letters a hash is written with.
const LETTERS: usize = 5;
/// How many bits a letter of a written hash holds.
const BITS: usize = 6;
/// The letter of nothing; the 63 after it are all printable.
const ZERO: u8 = b'0';

impl Table {
    /// Of pairs of an English text and its translation.
    pub fn new<'a>(words: impl IntoIterator<Item = (&'a str, &'static str)>) -> Self {
        let mut table: Vec<_> =
            words.into_iter().map(|(english, said)| (hash(english), said)).collect();
        table.sort_unstable();
        Self(table)
    }

    /// Of a text that [`written`] made.
    pub fn read(text: &'static str) -> Self {
        let mut lines = text.lines();
        let hashes = lines.next().unwrap_or_default().as_bytes().chunks(LETTERS);
        Self(hashes.map(read_hash).zip(lines).collect())
    }

    /// The translation of this English text.
    pub fn get(&self, english: &str) -> Option<&'static str> {
        let wanted = hash(english);
        let at = self.0.binary_search_by_key(&wanted, |(hash, _)| *hash).ok()?;
        self.0.get(at).map(|(_, said)| *said)
    }
}

/// A table as a page loads it: all hashes in a line, in their order, and below it a translation a line. `None` where
/// two texts have one hash, or a translation is of several lines.
pub fn written<'a>(words: impl IntoIterator<Item = (&'a str, &'a str)>) -> Option<String> {
    let mut words: Vec<_> =
        words.into_iter().map(|(english, said)| (hash(english), said)).collect();
    words.sort_unstable();
    let is_apart = words.windows(2).all(|pair| pair[0].0 != pair[1].0);
    if !is_apart || words.iter().any(|(_, said)| said.contains('\n')) {
        return None;
    }
    let letter = |hash: u32, nth: usize| {
        let bits = hash >> (BITS * nth) & 63;
        char::from(ZERO + u8::try_from(bits).unwrap_or_default())
    };
    let mut text: String =
        words.iter().flat_map(|(hash, _)| (0..LETTERS).map(|nth| letter(*hash, nth))).collect();
    for (_, said) in words {
        text.push('\n');
        text.push_str(said);
    }
    Some(text)
}

fn read_hash(letters: &[u8]) -> u32 {
    letters.iter().rev().fold(0, |hash, letter| hash << BITS | u32::from(letter.wrapping_sub(ZERO)))
}

/// FNV-1a, folded to as many bits as are written.
fn hash(text: &str) -> u32 {
    let step = |hash: u32, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    let hash = text.bytes().fold(0x811c_9dc5, step);
    (hash >> 30 ^ hash) & ((1 << 30) - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: [(&str, &str); 4] =
        [("Open", "打开"), ("", "nothing"), ("Save", "保存"), ("{n} of {all}", "{all} 中的 {n}")];

    #[test]
    fn what_is_written_is_read_as_it_was() {
        let text = Box::leak(written(WORDS).unwrap().into_boxed_str());
        assert!(!text.contains("Save"), "{text}");
        for table in [Table::read(text), Table::new(WORDS)] {
            for (english, said) in WORDS {
                assert_eq!(table.get(english), Some(said));
            }
            assert_eq!(table.get("Close"), None);
        }
    }

    #[test]
    fn a_file_that_is_none_holds_nothing_and_breaks_nothing() {
        for text in ["", "\n", "<!doctype html>\n<title>", "ÿ\u{7f}\n打开"] {
            assert_eq!(Table::read(text).get("Open"), None);
        }
        assert_eq!(written([("a", "two\nlines")]), None);
        assert_eq!(written([("a", "one"), ("a", "other")]), None);
    }
}
