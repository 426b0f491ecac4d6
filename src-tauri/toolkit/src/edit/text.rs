use std::fmt;
use std::ops::Range;

/// What is wrong, and at which byte.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) at: usize,
    pub(super) what: What,
}

#[derive(Debug)]
pub(super) enum What {
    Syntax(String),
    /// The value `depth` steps down the way is not what the next step needs.
    Kind {
        depth: usize,
        wanted: &'static str,
    },
    Unsupported(&'static str),
}

impl Fault {
    pub(super) fn syntax(at: usize, message: impl Into<String>) -> Self {
        Self { at, what: What::Syntax(message.into()) }
    }

    pub(super) fn kind(at: usize, depth: usize, wanted: &'static str) -> Self {
        Self { at, what: What::Kind { depth, wanted } }
    }

    pub(super) fn unsupported(at: usize, why: &'static str) -> Self {
        Self { at, what: What::Unsupported(why) }
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax(message) => f.write_str(message),
            Self::Kind { wanted, .. } => write!(f, "not a {wanted}"),
            Self::Unsupported(why) => f.write_str(why),
        }
    }
}

/// A range of the text and what takes its place.
#[derive(Debug)]
pub(super) struct Splice {
    pub(super) range: Range<usize>,
    pub(super) with: String,
}

impl Splice {
    pub(super) fn put(at: usize, with: impl Into<String>) -> Self {
        Self { range: at..at, with: with.into() }
    }

    pub(super) fn cut(range: Range<usize>) -> Self {
        Self { range, with: String::new() }
    }
}

/// The text with the splices in; `None` if they overlap or split a character.
pub(super) fn splice(text: &str, mut splices: Vec<Splice>) -> Option<String> {
    splices.sort_by_key(|splice| splice.range.start);
    let mut out = String::with_capacity(text.len() + 64);
    let mut at = 0;
    for splice in splices {
        out.push_str(text.get(at..splice.range.start)?);
        out.push_str(&splice.with);
        at = splice.range.end;
    }
    out.push_str(text.get(at..)?);
    Some(out)
}

/// Line and column of a byte, from 1; the column in characters.
pub(super) fn position(text: &str, at: usize) -> (usize, usize) {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let before = part(text, 0..at);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line, column)
}

/// A part of the text; nothing where the range does not fit.
pub(super) fn part(text: &str, range: Range<usize>) -> &str {
    text.get(range).unwrap_or_default()
}

/// Where the line of a byte begins.
pub(super) fn line_start(text: &str, at: usize) -> usize {
    part(text, 0..at).rfind('\n').map_or(0, |newline| newline + 1)
}

/// Where the line of a byte ends: at its newline (before a carriage return), or at the end of the text.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    let rest = part(text, at..text.len());
    let end = rest.find('\n').map_or(text.len(), |newline| at + newline);
    if end < text.len() && part(text, at..end).ends_with('\r') { end - 1 } else { end }
}

/// The byte after the newline of a byte's line, or the end of the text.
pub(super) fn next_line(text: &str, at: usize) -> usize {
    part(text, at..text.len()).find('\n').map_or(text.len(), |newline| at + newline + 1)
}

/// The blanks that begin the line of a byte.
pub(super) fn indent_of(text: &str, at: usize) -> &str {
    let line = part(text, line_start(text, at)..at);
    let blanks = line.len() - line.trim_start_matches([' ', '\t']).len();
    part(line, 0..blanks)
}

/// The whole lines of a value; a comment behind it stays, on a line of its own.
pub(super) fn cut_lines(text: &str, value: Range<usize>, comment: char) -> Splice {
    let start = line_start(text, value.start);
    let rest = part(text, value.end..line_end(text, value.end));
    let said = rest.trim_start();
    if said.starts_with(comment) {
        let indent = indent_of(text, value.start).len();
        return Splice::cut(start + indent..value.end + rest.len() - said.len());
    }
    let next = next_line(text, value.end);
    if next == text.len() && !text.ends_with('\n') && start > 0 {
        let before = part(text, 0..start);
        let kept = before.strip_suffix("\r\n").or_else(|| before.strip_suffix('\n'));
        return Splice::cut(kept.map_or(start, str::len)..next);
    }
    Splice::cut(start..next)
}

/// A control character as JSON, TOML and YAML all take it: `\u001f`.
pub(super) fn escaped(c: char) -> String {
    format!("\\u{:04x}", u32::from(c))
}

/// How a file breaks and indents its lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Style {
    pub(super) newline: &'static str,
    pub(super) unit: String,
}

impl Style {
    /// As the first line break has it; LF where there is none.
    pub(super) fn newline_of(text: &str) -> &'static str {
        match text.find('\n') {
            Some(at) if part(text, 0..at).ends_with('\r') => "\r\n",
            Some(_) | None => "\n",
        }
    }

    /// As the first indented line has it; two blanks where there is none.
    pub(super) fn of(text: &str) -> Self {
        let indented = text.lines().find_map(|line| {
            let rest = line.trim_start_matches([' ', '\t']);
            let blanks = part(line, 0..line.len() - rest.len());
            // Lines of a block comment are indented by their own rule.
            (!blanks.is_empty() && !rest.is_empty() && !rest.starts_with(['*', '/', '#']))
                .then(|| blanks.to_owned())
        });
        Self { newline: Self::newline_of(text), unit: indented.unwrap_or_else(|| "  ".to_owned()) }
    }
}
