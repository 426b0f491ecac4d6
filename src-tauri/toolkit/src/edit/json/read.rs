use std::ops::Range;

use crate::edit::node::{Kind, Member, Node};
use crate::edit::text::{Fault, part};
use crate::edit::{Format, Value};

/// Deeper nesting than any tool's file has; a hostile file may not overflow the stack.
const DEEPEST: usize = 128;

/// Reads a whole file into values with their places.
pub(crate) fn read(text: &str, format: Format) -> Result<Node, Fault> {
    let mut reader = Reader { text, format, at: 0, depth: 0 };
    reader.skip()?;
    if reader.at == text.len() {
        return Ok(Node::table(text.len()..text.len(), Vec::new()));
    }
    let root = reader.value()?;
    reader.skip()?;
    match reader.peek() {
        None => Ok(root),
        Some(c) => Err(Fault::syntax(reader.at, format!("{c:?} after the end of the value"))),
    }
}

/// The next place after `at` that is neither blank nor comment.
pub(super) fn skip_from(text: &str, at: usize) -> usize {
    let mut reader = Reader { text, format: Format::Json5, at, depth: 0 };
    match reader.skip() {
        Ok(()) => reader.at,
        Err(fault) => fault.at,
    }
}

/// The end of the last comment that begins between `at` and the end of its line, or `at`.
pub(super) fn after_comments_of_line(text: &str, at: usize) -> usize {
    let (mut scan, mut end) = (at, at);
    loop {
        let rest = part(text, scan..text.len());
        if rest.starts_with([' ', '\t']) {
            scan += 1;
        } else if rest.starts_with("//") {
            return super::line_end(text, scan);
        } else if let Some(comment) = rest.strip_prefix("/*") {
            let Some(length) = comment.find("*/") else { return end };
            scan += length + 4;
            end = scan;
        } else {
            return end;
        }
    }
}

struct Reader<'t> {
    text: &'t str,
    format: Format,
    at: usize,
    depth: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        part(self.text, self.at..self.text.len()).chars().next()
    }

    fn bump(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    fn five(&self) -> bool {
        self.format == Format::Json5
    }

    fn strict(&self) -> bool {
        self.format == Format::Json
    }

    fn fault<T>(&self, why: &str) -> Result<T, Fault> {
        let message = match self.peek() {
            Some(c) => format!("{why}, found {c:?}"),
            None => format!("{why}, but the file ends"),
        };
        Err(Fault::syntax(self.at, message))
    }

    fn is_blank(&self, c: char) -> bool {
        matches!(c, ' ' | '\t' | '\r' | '\n')
            || self.five() && (c.is_whitespace() || c == '\u{feff}')
    }

    fn skip(&mut self) -> Result<(), Fault> {
        while let Some(c) = self.peek() {
            if self.is_blank(c) {
                self.bump();
            } else if c == '/' && !self.strict() {
                self.comment()?;
            } else if c == '/' {
                return Err(Fault::syntax(self.at, "a comment, which this file may not have"));
            } else {
                break;
            }
        }
        Ok(())
    }

    fn comment(&mut self) -> Result<(), Fault> {
        let rest = part(self.text, self.at..self.text.len());
        if rest.starts_with("//") {
            let ends = |c| c == '\n' || self.five() && matches!(c, '\r' | '\u{2028}' | '\u{2029}');
            self.at += rest.find(ends).unwrap_or(rest.len());
            return Ok(());
        }
        if !rest.starts_with("/*") {
            return self.fault("expected a value");
        }
        match part(rest, 2..rest.len()).find("*/") {
            Some(length) => {
                self.at += length + 4;
                Ok(())
            }
            None => Err(Fault::syntax(self.at, "a comment that does not end")),
        }
    }

    fn value(&mut self) -> Result<Node, Fault> {
        let start = self.at;
        let kind = match self.peek() {
            Some('{') => self.nested(Self::table)?,
            Some('[') => self.nested(Self::list)?,
            Some('"') => Kind::Scalar(Value::Text(self.string('"')?)),
            Some('\'') if self.five() => Kind::Scalar(Value::Text(self.string('\'')?)),
            Some(_) => Kind::Scalar(self.word()?),
            None => return self.fault("expected a value"),
        };
        Ok(Node { span: start..self.at, kind })
    }

    fn nested(&mut self, inner: fn(&mut Self) -> Result<Kind, Fault>) -> Result<Kind, Fault> {
        if self.depth == DEEPEST {
            return Err(Fault::syntax(self.at, "nested too deep"));
        }
        self.depth += 1;
        self.bump();
        let kind = inner(self)?;
        self.depth -= 1;
        Ok(kind)
    }

    /// After an entry: whether another may follow; the closing sign is taken.
    fn goes_on(&mut self, close: char) -> Result<bool, Fault> {
        self.skip()?;
        if self.peek() == Some(close) {
            self.bump();
            return Ok(false);
        }
        if self.peek() != Some(',') {
            return self.fault(&format!("expected ',' or {close:?}"));
        }
        let comma = self.at;
        self.bump();
        self.skip()?;
        if self.peek() != Some(close) {
            return Ok(true);
        }
        if self.strict() {
            return Err(Fault::syntax(comma, "a trailing comma, which this file may not have"));
        }
        self.bump();
        Ok(false)
    }

    fn table(&mut self) -> Result<Kind, Fault> {
        let mut members = Vec::new();
        self.skip()?;
        if self.peek() == Some('}') {
            self.bump();
            return Ok(Kind::Table(members));
        }
        loop {
            let (key, key_span) = self.key()?;
            self.skip()?;
            if self.peek() != Some(':') {
                return self.fault("expected ':' after the key");
            }
            self.bump();
            self.skip()?;
            members.push(Member { key, key_span, node: self.value()? });
            if !self.goes_on('}')? {
                return Ok(Kind::Table(members));
            }
        }
    }

    fn list(&mut self) -> Result<Kind, Fault> {
        let mut items = Vec::new();
        self.skip()?;
        if self.peek() == Some(']') {
            self.bump();
            return Ok(Kind::List(items));
        }
        loop {
            items.push(self.value()?);
            if !self.goes_on(']')? {
                return Ok(Kind::List(items));
            }
        }
    }

    fn key(&mut self) -> Result<(String, Range<usize>), Fault> {
        let start = self.at;
        let key = match self.peek() {
            Some('"') => self.string('"')?,
            Some('\'') if self.five() => self.string('\'')?,
            Some(c) if self.five() && (c.is_alphabetic() || matches!(c, '$' | '_')) => {
                while self.peek().is_some_and(|c| {
                    c.is_alphanumeric() || matches!(c, '$' | '_' | '\u{200c}' | '\u{200d}')
                }) {
                    self.bump();
                }
                part(self.text, start..self.at).to_owned()
            }
            Some(_) | None => return self.fault("expected a key"),
        };
        Ok((key, start..self.at))
    }

    fn string(&mut self, quote: char) -> Result<String, Fault> {
        let start = self.at;
        self.bump();
        let mut out = String::new();
        loop {
            let here = self.at;
            match self.bump() {
                Some(c) if c == quote => return Ok(out),
                Some('\\') => self.escape(&mut out)?,
                Some(c) if c < ' ' && !(self.five() && c == '\t') => {
                    let message = "a line break or control character inside a text";
                    return Err(Fault::syntax(here, message));
                }
                Some(c) => out.push(c),
                None => return Err(Fault::syntax(start, "a text that does not end")),
            }
        }
    }

    fn escape(&mut self, out: &mut String) -> Result<(), Fault> {
        let here = self.at.saturating_sub(1);
        let c = match self.bump() {
            Some(c @ ('"' | '\\' | '/')) => c,
            Some('b') => '\u{8}',
            Some('f') => '\u{c}',
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some('u') => self.unicode(here)?,
            Some('x') if self.five() => {
                let code = self.hex(2, here)?;
                char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)
            }
            Some('v') if self.five() => '\u{b}',
            Some('0') if self.five() => '\0',
            Some('\r') if self.five() => {
                if self.peek() == Some('\n') {
                    self.bump();
                }
                return Ok(());
            }
            Some('\n' | '\u{2028}' | '\u{2029}') if self.five() => return Ok(()),
            Some(c) if self.five() && !c.is_ascii_digit() => c,
            Some(_) | None => return Err(Fault::syntax(here, "an unknown escape in a text")),
        };
        out.push(c);
        Ok(())
    }

    fn unicode(&mut self, here: usize) -> Result<char, Fault> {
        let high = self.hex(4, here)?;
        if !(0xd800..0xdc00).contains(&high) {
            return Ok(char::from_u32(high).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        let resume = self.at;
        if part(self.text, self.at..self.text.len()).starts_with("\\u") {
            self.at += 2;
            let low = self.hex(4, here)?;
            if (0xdc00..0xe000).contains(&low) {
                let code = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
                return Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            self.at = resume;
        }
        Ok(char::REPLACEMENT_CHARACTER)
    }

    fn hex(&mut self, digits: usize, here: usize) -> Result<u32, Fault> {
        let mut code = 0;
        for _ in 0..digits {
            let digit = self.bump().and_then(|c| c.to_digit(16));
            code = code * 16
                + digit.ok_or_else(|| Fault::syntax(here, "an unknown escape in a text"))?;
        }
        Ok(code)
    }

    fn word(&mut self) -> Result<Value, Fault> {
        let start = self.at;
        while self.peek().is_some_and(|c| c.is_ascii_alphanumeric() || "+-._$".contains(c)) {
            self.bump();
        }
        let word = part(self.text, start..self.at);
        match word {
            "null" => return Ok(Value::Null),
            "true" => return Ok(Value::Bool(true)),
            "false" => return Ok(Value::Bool(false)),
            _ => {}
        }
        if is_number(word) || self.five() && is_number_of_five(word) {
            return Ok(Value::Number(word.to_owned()));
        }
        self.at = start;
        self.fault("expected a value")
    }
}

fn is_number(word: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let word = word.strip_prefix('-').unwrap_or(word);
    let (mantissa, exponent) = match word.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (word, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let exponent = exponent.map(|text| text.strip_prefix(['+', '-']).unwrap_or(text));
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(digits)
}

fn is_number_of_five(word: &str) -> bool {
    let word = word.strip_prefix(['+', '-']).unwrap_or(word);
    if matches!(word, "Infinity" | "NaN") {
        return true;
    }
    if let Some(hex) = word.strip_prefix("0x").or_else(|| word.strip_prefix("0X")) {
        return !hex.is_empty() && hex.bytes().all(|b| b.is_ascii_hexdigit());
    }
    let has_digit = word.as_bytes().first().is_some_and(u8::is_ascii_digit)
        || word.as_bytes().get(1).is_some_and(u8::is_ascii_digit);
    let padded = match word.split_once('.') {
        Some(("", rest)) => format!("0.{rest}"),
        Some((whole, "")) => whole.to_owned(),
        Some((whole, rest)) if rest.starts_with(['e', 'E']) => format!("{whole}{rest}"),
        Some(_) | None => word.to_owned(),
    };
    has_digit && is_number(&padded)
}
