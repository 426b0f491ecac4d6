use std::ops::Range;

use saphyr_parser::{Event, Parser, ScalarStyle, Span, StrInput};

use super::write;
use crate::edit::node::{Kind, Member, Node};
use crate::edit::text::{Fault, part};
use crate::edit::{Step, Value};

/// Deeper nesting than any tool's file has.
const DEEPEST: usize = 128;

/// A node with what decides whether it may be changed.
pub(super) struct Spot {
    pub(super) span: Range<usize>,
    /// An anchor, alias or tag: other places may depend on it.
    pub(super) marked: bool,
    /// Written within brackets.
    pub(super) flow: bool,
    pub(super) kind: SpotKind,
}

pub(super) enum SpotKind {
    Scalar(Value),
    List(Vec<Spot>),
    Table(Vec<Entry>),
}

pub(super) struct Entry {
    pub(super) key: String,
    pub(super) key_span: Range<usize>,
    pub(super) spot: Spot,
}

impl Entry {
    pub(super) fn end(&self) -> usize {
        self.key_span.end.max(self.spot.span.end)
    }
}

impl Spot {
    pub(super) fn node(&self) -> Node {
        let kind = match &self.kind {
            SpotKind::Scalar(value) => Kind::Scalar(value.clone()),
            SpotKind::List(items) => Kind::List(items.iter().map(Spot::node).collect()),
            SpotKind::Table(entries) => Kind::Table(
                entries
                    .iter()
                    .map(|entry| Member {
                        key: entry.key.clone(),
                        key_span: entry.key_span.clone(),
                        node: entry.spot.node(),
                    })
                    .collect(),
            ),
        };
        Node { span: self.span.clone(), kind }
    }

    /// A key with nothing behind it.
    pub(super) fn is_nothing(&self) -> bool {
        self.span.is_empty() && matches!(self.kind, SpotKind::Scalar(Value::Null))
    }

    pub(super) fn step(&self, step: &Step) -> Option<&Spot> {
        match (step, &self.kind) {
            (Step::Key(key), SpotKind::Table(entries)) => {
                entries.iter().rev().find(|entry| entry.key == *key).map(|entry| &entry.spot)
            }
            (Step::Item { field, is }, SpotKind::List(items)) => items.iter().find(|item| {
                item.step(&Step::Key(field.clone())).is_some_and(|found| {
                    matches!(&found.kind, SpotKind::Scalar(Value::Text(text)) if text == is)
                })
            }),
            (Step::Key(_) | Step::Item { .. }, _) => None,
        }
    }
}

pub(super) fn parse(text: &str) -> Result<Option<Spot>, Fault> {
    let offsets = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let mut reader = Reader { text, offsets, parser: Parser::new_from_str(text), depth: 0 };
    let mut root = None;
    loop {
        let (event, span) = reader.next()?;
        match event {
            Event::StreamEnd => return Ok(root),
            Event::DocumentStart(_) if root.is_some() => {
                return Err(Fault::syntax(span.start, "a second document, which is not edited"));
            }
            Event::Nothing | Event::StreamStart | Event::DocumentStart(_) | Event::DocumentEnd => {}
            event => root = Some(reader.spot(event, span)?),
        }
    }
}

struct Reader<'t> {
    text: &'t str,
    /// The byte of each character: the parser counts characters.
    offsets: Vec<usize>,
    parser: Parser<'t, StrInput<'t>>,
    depth: usize,
}

impl<'t> Reader<'t> {
    fn next(&mut self) -> Result<(Event<'t>, Range<usize>), Fault> {
        match self.parser.next_event() {
            None => Ok((Event::StreamEnd, self.text.len()..self.text.len())),
            Some(Ok((event, span))) => Ok((event, self.bytes(span))),
            Some(Err(error)) => Err(Fault::syntax(self.byte(error.marker().index()), error.info())),
        }
    }

    fn byte(&self, character: usize) -> usize {
        self.offsets.get(character).copied().unwrap_or(self.text.len())
    }

    fn bytes(&self, span: Span) -> Range<usize> {
        let start = self.byte(span.start.index());
        start..self.byte(span.end.index()).max(start)
    }

    fn spot(&mut self, event: Event<'t>, span: Range<usize>) -> Result<Spot, Fault> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Fault::syntax(span.start, "nested too deep"));
        }
        let mut spot = match event {
            Event::Scalar(said, style, anchor, tag) => {
                let plain = style == ScalarStyle::Plain && tag.is_none();
                let value =
                    if plain { write::plain(&said) } else { Value::Text(said.into_owned()) };
                let marked = anchor != 0 || tag.is_some();
                let span = self.without_comment(span, style);
                Spot { span, marked, flow: false, kind: SpotKind::Scalar(value) }
            }
            Event::Alias(anchor) => {
                let kind = SpotKind::Scalar(Value::Text(format!("*{anchor}")));
                Spot { span, marked: true, flow: false, kind }
            }
            Event::SequenceStart(anchor, tag) => self.list(&span, anchor != 0 || tag.is_some())?,
            Event::MappingStart(anchor, tag) => self.table(&span, anchor != 0 || tag.is_some())?,
            Event::Nothing
            | Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(_)
            | Event::DocumentEnd
            | Event::SequenceEnd
            | Event::MappingEnd => return Err(Fault::syntax(span.start, "expected a value")),
        };
        self.depth -= 1;
        // A block text's place reaches to the next value; it ends with its last line.
        spot.span.end = spot.span.start + part(self.text, spot.span.clone()).trim_end().len();
        Ok(spot)
    }

    /// The parser lets a quoted text reach over the comment behind it.
    fn without_comment(&self, span: Range<usize>, style: ScalarStyle) -> Range<usize> {
        let text = part(self.text, span.clone());
        let end = match style {
            ScalarStyle::SingleQuoted => closing(text, '\''),
            ScalarStyle::DoubleQuoted => closing(text, '"'),
            ScalarStyle::Plain | ScalarStyle::Literal | ScalarStyle::Folded => None,
        };
        end.map_or(span.clone(), |end| span.start..span.start + end)
    }

    /// Whether a list or table ends with this bracket, and so stands within a line. The parser lets it reach over the
    /// space behind.
    fn closes(&self, end: &Range<usize>, bracket: &str) -> bool {
        part(self.text, end.clone()).starts_with(bracket)
    }

    fn list(&mut self, open: &Range<usize>, marked: bool) -> Result<Spot, Fault> {
        let mut items: Vec<Spot> = Vec::new();
        loop {
            let (event, span) = self.next()?;
            if event == Event::SequenceEnd {
                let flow = self.closes(&span, "]");
                let start = items.first().map_or(open.start, |item| item.span.start);
                let end = items.iter().map(|item| item.span.end).max().unwrap_or(open.end);
                let span = if flow { open.start..span.start + 1 } else { start..end };
                return Ok(Spot { span, marked, flow, kind: SpotKind::List(items) });
            }
            items.push(self.spot(event, span)?);
        }
    }

    fn table(&mut self, open: &Range<usize>, marked: bool) -> Result<Spot, Fault> {
        let mut entries: Vec<Entry> = Vec::new();
        loop {
            let (event, key_span) = self.next()?;
            let key = match event {
                Event::MappingEnd => {
                    let flow = self.closes(&key_span, "}");
                    let start = entries.first().map_or(open.start, |entry| entry.key_span.start);
                    let end = entries.iter().map(Entry::end).max().unwrap_or(open.end);
                    let span = if flow { open.start..key_span.start + 1 } else { start..end };
                    return Ok(Spot { span, marked, flow, kind: SpotKind::Table(entries) });
                }
                Event::Scalar(key, ..) => key.into_owned(),
                Event::Alias(anchor) => format!("*{anchor}"),
                _ => return Err(Fault::syntax(key_span.start, "a key that is no text")),
            };
            let (event, span) = self.next()?;
            let spot = self.spot(event, span)?;
            entries.push(Entry { key, key_span, spot });
        }
    }
}

/// Where a quoted text ends. An anchor or tag may stand before its first quote.
fn closing(text: &str, quote: char) -> Option<usize> {
    let start = text.find(quote)?;
    let mut chars = text.char_indices().skip_while(|(at, _)| *at <= start).peekable();
    while let Some((at, c)) = chars.next() {
        let doubled = quote == '\'' && chars.peek().is_some_and(|(_, next)| *next == quote);
        match c {
            '\\' if quote == '"' => drop(chars.next()),
            c if c == quote && doubled => drop(chars.next()),
            c if c == quote => return Some(at + 1),
            _ => {}
        }
    }
    None
}
