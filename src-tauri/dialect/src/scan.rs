//! A cursor over JSON bytes that finds the ends of values without building them.
//!
//! It is strict about structure (brackets, commas, numbers, escapes, depth) and blind to what strings
//! hold, so that long texts are skipped a block at a time.

use std::borrow::Cow;
use std::ops::Range;

use crate::quoted::{self, End, Wrong};

/// How deep containers may nest; serde's own limit, so that both readers agree.
const DEPTH: u32 = 127;

/// Where and why the bytes are not JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Flaw {
    pub(crate) offset: usize,
    pub(crate) problem: &'static str,
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;
const QUOTES: u64 = ONES * b'"' as u64;
const BACKSLASHES: u64 = ONES * b'\\' as u64;
const SPACES: u64 = ONES * b' ' as u64;

/// The high bits of the bytes of a word that are zero, and perhaps of ones above such a byte.
fn zeros(word: u64) -> u64 {
    word.wrapping_sub(ONES) & !word & HIGHS
}

/// Where a short string ends that is nothing but letters. Most strings are: keys, kinds, ids.
#[inline]
fn short_end(bytes: &[u8]) -> Option<usize> {
    for (nth, word) in bytes.as_chunks::<8>().0.iter().take(4).enumerate() {
        let word = u64::from_le_bytes(*word);
        // The lowest mark is exact; only marks above a true one can be false.
        let controls = word.wrapping_sub(SPACES) & !word & HIGHS;
        let marks = controls | zeros(word ^ QUOTES) | zeros(word ^ BACKSLASHES);
        if marks != 0 {
            let place = nth * 8 + (marks.trailing_zeros() / 8) as usize;
            return (bytes.get(place) == Some(&b'"')).then_some(place);
        }
    }
    None
}

/// A string in the source: its span without the quotes.
#[derive(Clone, Debug)]
pub(crate) struct Text {
    pub(crate) span: Range<usize>,
    escaped: bool,
}

/// How strings are looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Strings {
    /// What passes as it came is its reader's to judge.
    AsTheyAre,
    /// What is read must hold no control characters, as JSON demands.
    Strict,
}

/// The cursor.
pub(crate) struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
    strings: Strings,
}

/// The open containers, one bit each: set for an object.
#[derive(Default)]
struct Open {
    objects: u128,
    depth: u32,
}

impl Open {
    fn push(&mut self, object: u128) {
        self.objects = (self.objects << 1) | object;
        self.depth += 1;
    }

    fn pop(&mut self) {
        self.objects >>= 1;
        self.depth -= 1;
    }

    fn in_object(&self) -> bool {
        self.objects & 1 == 1
    }
}

impl<'a> Scanner<'a> {
    /// Starts after a byte order mark, if there is one.
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        let at = if bytes.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
        Self { bytes, at, strings: Strings::AsTheyAre }
    }

    pub(crate) fn at(&self) -> usize {
        self.at
    }

    pub(crate) fn flaw(&self, problem: &'static str) -> Flaw {
        Flaw { offset: self.at, problem }
    }

    pub(crate) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    pub(crate) fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn take(&mut self, byte: u8, problem: &'static str) -> Result<(), Flaw> {
        if self.peek() == Some(byte) {
            self.at += 1;
            Ok(())
        } else {
            Err(self.flaw(problem))
        }
    }

    /// What lies between, as bytes of the source.
    pub(crate) fn slice(&self, span: Range<usize>) -> &'a [u8] {
        self.bytes.get(span).unwrap_or_default()
    }

    /// Passes over a string.
    pub(crate) fn string(&mut self) -> Result<Text, Flaw> {
        let start = self.at + 1;
        let escaped = self.pass_string()?;
        Ok(Text { span: start..self.at - 1, escaped })
    }

    /// Passes over a string; says whether it has escapes.
    fn pass_string(&mut self) -> Result<bool, Flaw> {
        self.take(b'"', "a string was expected")?;
        let inside = self.bytes.get(self.at..).unwrap_or_default();
        let (end, control) = match short_end(inside) {
            Some(quote) => (End { quote, escaped: false }, None),
            None => quoted::end(inside).map_err(|wrong| self.wrong(wrong))?,
        };
        if let (Some(place), Strings::Strict) = (control, self.strings) {
            return Err(self.wrong(Wrong::Control(place)));
        }
        self.at += end.quote + 1;
        Ok(end.escaped)
    }

    /// What is wrong with the string whose inside begins at the cursor.
    fn wrong(&self, wrong: Wrong) -> Flaw {
        let (place, problem) = match wrong {
            Wrong::Endless => (0, "a string has no end"),
            Wrong::Control(place) => (place, "a string holds a control character"),
            Wrong::Escape(place) => (place, "an escape is not known"),
        };
        Flaw { offset: self.at + place, problem }
    }

    /// The text of a string passed over before; `None` where it is not UTF-8.
    pub(crate) fn text(&self, text: &Text) -> Option<Cow<'a, str>> {
        if text.escaped {
            let quoted = self.slice(text.span.start - 1..text.span.end + 1);
            return serde_json::from_slice::<String>(quoted).ok().map(Cow::Owned);
        }
        std::str::from_utf8(self.slice(text.span.clone())).ok().map(Cow::Borrowed)
    }

    /// Passes over one value of any kind.
    pub(crate) fn value(&mut self) -> Result<Range<usize>, Flaw> {
        self.space();
        let start = self.at;
        let mut open = Open::default();
        loop {
            self.space();
            self.enter(&mut open)?;
            if open.depth > DEPTH {
                return Err(self.flaw("it nests too deep"));
            }
            if self.bytes.get(self.at - 1).is_some_and(|last| matches!(last, b'{' | b'['))
                && self.begun(&mut open)?
            {
                continue;
            }
            if !self.leave(&mut open)? {
                return Ok(start..self.at);
            }
        }
    }

    /// Takes a scalar whole, or the opening bracket of a container.
    fn enter(&mut self, open: &mut Open) -> Result<(), Flaw> {
        match self.peek() {
            Some(b'{') => {
                self.at += 1;
                open.push(1);
                Ok(())
            }
            Some(b'[') => {
                self.at += 1;
                open.push(0);
                Ok(())
            }
            _ => self.scalar(),
        }
    }

    fn scalar(&mut self) -> Result<(), Flaw> {
        match self.peek() {
            Some(b'"') => self.pass_string().map(|_| ()),
            Some(b't') => self.literal(b"true"),
            Some(b'f') => self.literal(b"false"),
            Some(b'n') => self.literal(b"null"),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(_) => Err(self.flaw("a value was expected")),
            None => Err(self.flaw("it ends in the middle")),
        }
    }

    /// After an opening bracket: whether a value follows; an empty container is closed at once.
    fn begun(&mut self, open: &mut Open) -> Result<bool, Flaw> {
        self.space();
        let closing = if open.in_object() { b'}' } else { b']' };
        if self.peek() == Some(closing) {
            self.at += 1;
            open.pop();
            return Ok(false);
        }
        if open.in_object() {
            self.pass_key()?;
        }
        Ok(true)
    }

    /// After a value: closes what ends here; says whether another value follows.
    fn leave(&mut self, open: &mut Open) -> Result<bool, Flaw> {
        while open.depth > 0 {
            self.space();
            match (self.peek(), open.in_object()) {
                (Some(b','), true) => {
                    self.at += 1;
                    self.space();
                    self.pass_key()?;
                    return Ok(true);
                }
                (Some(b','), false) => {
                    self.at += 1;
                    return Ok(true);
                }
                (Some(b'}'), true) | (Some(b']'), false) => {
                    self.at += 1;
                    open.pop();
                }
                (None, _) => return Err(self.flaw("it ends in the middle")),
                _ => return Err(self.flaw("a comma or a closing bracket was expected")),
            }
        }
        Ok(false)
    }

    fn key(&mut self) -> Result<Text, Flaw> {
        let key = self.string()?;
        self.colon()?;
        Ok(key)
    }

    fn pass_key(&mut self) -> Result<(), Flaw> {
        self.pass_string()?;
        self.colon()
    }

    fn colon(&mut self) -> Result<(), Flaw> {
        self.space();
        self.take(b':', "a colon was expected after a key")
    }

    fn literal(&mut self, word: &'static [u8]) -> Result<(), Flaw> {
        if self.bytes.get(self.at..).is_some_and(|rest| rest.starts_with(word)) {
            self.at += word.len();
            Ok(())
        } else {
            Err(self.flaw("a value was expected"))
        }
    }

    fn digits(&mut self) -> Result<(), Flaw> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at == start { Err(self.flaw("a number has no digits")) } else { Ok(()) }
    }

    fn number(&mut self) -> Result<(), Flaw> {
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(())
    }

    /// Walks the entries of the object at the cursor. `each` is called with the cursor before the
    /// value and must pass over it.
    pub(crate) fn object(
        &mut self,
        mut each: impl FnMut(&mut Self, &Text) -> Result<(), Flaw>,
    ) -> Result<(), Flaw> {
        self.space();
        self.take(b'{', "an object was expected")?;
        self.space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(());
        }
        loop {
            self.space();
            let key = self.key()?;
            self.space();
            each(self, &key)?;
            self.space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return Ok(());
                }
                None => return Err(self.flaw("it ends in the middle")),
                Some(_) => return Err(self.flaw("a comma or a closing brace was expected")),
            }
        }
    }

    /// Walks the items of the array at the cursor, like [`object`](Self::object).
    pub(crate) fn array(
        &mut self,
        mut each: impl FnMut(&mut Self) -> Result<(), Flaw>,
    ) -> Result<(), Flaw> {
        self.take(b'[', "an array was expected")?;
        self.space();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(());
        }
        loop {
            each(self)?;
            self.space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    return Ok(());
                }
                None => return Err(self.flaw("it ends in the middle")),
                Some(_) => return Err(self.flaw("a comma or a closing bracket was expected")),
            }
        }
    }

    /// Whether a key is this one, however it is escaped.
    pub(crate) fn is(&self, key: &Text, name: &str) -> bool {
        if key.escaped {
            self.text(key).is_some_and(|text| text == name)
        } else {
            self.slice(key.span.clone()) == name.as_bytes()
        }
    }
}

/// The string under one key of an object, found without reading what follows it.
pub(crate) fn string_at<'a>(object: &'a [u8], name: &str) -> Option<Cow<'a, str>> {
    let mut found = None;
    let mut scanner = Scanner::new(object);
    // A flaw after the find does not matter, and before it there is nothing to find.
    let _ = scanner.object(|scanner, key| {
        if scanner.is(key, name) && scanner.peek() == Some(b'"') {
            let text = scanner.string()?;
            found = scanner.text(&text);
            return Err(scanner.flaw("found"));
        }
        scanner.value().map(|_| ())
    });
    found
}

/// The value under the first key of an object that is one of these, as it was written.
pub(crate) fn value_at<'a>(object: &'a [u8], names: &[&str]) -> Option<&'a [u8]> {
    let mut found = None;
    let mut scanner = Scanner::new(object);
    // As above: a flaw elsewhere is for whoever reads the whole.
    let _ = scanner.object(|scanner, key| {
        let wanted = names.iter().any(|name| scanner.is(key, name));
        let value = scanner.value()?;
        if wanted {
            found = Some(scanner.slice(value));
            return Err(scanner.flaw("found"));
        }
        Ok(())
    });
    found
}

/// Whether the bytes are one whole JSON value and nothing else.
pub(crate) fn is_whole(bytes: &[u8]) -> bool {
    let mut scanner = Scanner::new(bytes);
    if scanner.value().is_err() {
        return false;
    }
    scanner.space();
    scanner.peek().is_none()
}

/// A value or an object's key, and where it stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node {
    pub(crate) start: u32,
    pub(crate) end: u32,
    /// How many nodes it and all below it take.
    pub(crate) size: u32,
}

/// The structure of a document, found in one pass: each value stands before those inside it, each key before its value.
pub(crate) fn index(document: &str) -> Result<Vec<Node>, Flaw> {
    let mut scanner = Scanner { strings: Strings::Strict, ..Scanner::new(document.as_bytes()) };
    if u32::try_from(document.len()).is_err() {
        return Err(scanner.flaw("it is too long"));
    }
    let mut nodes = Vec::with_capacity(document.len() / 64);
    scanner.note(&mut nodes, 0)?;
    scanner.space();
    match scanner.peek() {
        None => Ok(nodes),
        Some(_) => Err(scanner.flaw("something follows the value")),
    }
}

impl Scanner<'_> {
    fn note(&mut self, nodes: &mut Vec<Node>, depth: u32) -> Result<(), Flaw> {
        self.space();
        let (place, start) = (nodes.len(), self.at);
        nodes.push(Node::over(start..start));
        match self.peek() {
            Some(b'{' | b'[') if depth == DEPTH => return Err(self.flaw("it nests too deep")),
            Some(b'{') => self.object(|scanner, key| {
                nodes.push(Node::over(key.span.start - 1..key.span.end + 1));
                scanner.note(nodes, depth + 1)
            })?,
            Some(b'[') => self.array(|scanner| scanner.note(nodes, depth + 1))?,
            _ => self.scalar()?,
        }
        let size = nodes.len() - place;
        if let Some(node) = nodes.get_mut(place) {
            *node = Node { size: short(size), ..Node::over(start..self.at) };
        }
        Ok(())
    }
}

impl Node {
    fn over(span: Range<usize>) -> Self {
        Self { start: short(span.start), end: short(span.end), size: 1 }
    }
}

/// Documents beyond what this can count are refused before.
fn short(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}
