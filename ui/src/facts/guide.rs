//! Guides: the few forms of Markdown that they use, read into blocks.
//!
//! What is none of these forms is text. Nothing in a guide becomes markup of the page by itself.

/// Where a guide wants the key.
const KEY: &str = "{{key}}";

/// A piece of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Span {
    Text(String),
    Code(String),
}

/// A line of text.
pub(crate) type Spans = Vec<Span>;

/// A piece of a guide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Block {
    Heading(Spans),
    Paragraph(Spans),
    Code(String),
    /// Points, counted or not.
    List {
        counted: bool,
        items: Vec<Vec<Block>>,
    },
    Table {
        head: Vec<Spans>,
        rows: Vec<Vec<Spans>>,
    },
}

/// Puts the key, or what stands for it, where the guide wants it.
pub(crate) fn with_key(text: &str, key: &str) -> String {
    text.replace(KEY, key)
}

/// Whether the guide has a place for a key.
pub(crate) fn wants_key(text: &str) -> bool {
    text.contains(KEY)
}

/// Reads a guide.
pub(crate) fn blocks(text: &str) -> Vec<Block> {
    let lines: Vec<&str> = text.lines().collect();
    read(&lines)
}

fn read(lines: &[&str]) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut rest = lines;
    while let Some((first, after)) = rest.split_first() {
        if first.trim().is_empty() {
            rest = after;
        } else if let Some(heading) = first.strip_prefix('#') {
            blocks.push(Block::Heading(spans(heading.trim_start_matches('#').trim())));
            rest = after;
        } else if first.starts_with("```") {
            let end = after.iter().position(|line| line.starts_with("```"));
            let code = after.get(..end.unwrap_or(after.len())).unwrap_or_default();
            blocks.push(Block::Code(code.join("\n")));
            rest = after.get(code.len() + 1..).unwrap_or_default();
        } else if point(first).is_some() {
            let (list, left) = read_list(rest);
            blocks.push(list);
            rest = left;
        } else if first.starts_with('|') {
            let end = rest.iter().position(|line| !line.starts_with('|')).unwrap_or(rest.len());
            let (table, left) = rest.split_at(end);
            blocks.push(read_table(table));
            rest = left;
        } else {
            let end = rest.iter().position(|line| ends_paragraph(line)).unwrap_or(rest.len());
            let (words, left) = rest.split_at(end);
            let words: Vec<&str> = words.iter().map(|line| line.trim()).collect();
            blocks.push(Block::Paragraph(spans(&words.join(" "))));
            rest = left;
        }
    }
    blocks
}

fn ends_paragraph(line: &str) -> bool {
    line.trim().is_empty()
        || line.starts_with('#')
        || line.starts_with("```")
        || line.starts_with('|')
        || point(line).is_some()
}

/// How far a point's text is indented, and whether the point is counted.
fn point(line: &str) -> Option<(usize, bool)> {
    if line.starts_with("- ") {
        return Some((2, false));
    }
    let digits = line.len() - line.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let counted = digits > 0 && line.get(digits..)?.starts_with(". ");
    counted.then_some((digits + 2, true))
}

/// The points from here on, each with what is indented below it.
fn read_list<'a, 't>(lines: &'a [&'t str]) -> (Block, &'a [&'t str]) {
    let counted = lines.first().and_then(|line| point(line)).is_some_and(|(_, counted)| counted);
    let mut items = Vec::new();
    let mut rest = lines;
    while let Some((first, after)) = rest.split_first() {
        let Some((indent, is_counted)) = point(first) else { break };
        if is_counted != counted {
            break;
        }
        let mut item = vec![first.get(indent..).unwrap_or_default()];
        let mut taken = 0;
        for (at, line) in after.iter().enumerate() {
            let blank = line.trim().is_empty();
            let inner = line.get(..indent).is_some_and(|head| head.trim().is_empty());
            if !blank && !inner {
                break;
            }
            // Blank lines below the last point belong to nobody.
            if !blank {
                taken = at + 1;
            }
        }
        let (inner, left) = after.split_at(taken);
        item.extend(inner.iter().map(|line| line.get(indent..).unwrap_or_default()));
        items.push(read(&item));
        let blank = left.iter().take_while(|line| line.trim().is_empty()).count();
        let next = left.get(blank..).unwrap_or_default();
        rest = if next.first().is_some_and(|line| point(line).is_some()) { next } else { left };
    }
    (Block::List { counted, items }, rest)
}

fn read_table(lines: &[&str]) -> Block {
    let cells = |line: &&str| {
        let inner = line.trim().trim_start_matches('|').trim_end_matches('|');
        inner.split('|').map(|cell| spans(cell.trim())).collect::<Vec<_>>()
    };
    let is_rule = |line: &&&str| line.chars().all(|c| matches!(c, '|' | '-' | ':' | ' '));
    let mut rows = lines.iter().filter(|line| !is_rule(line)).map(cells);
    Block::Table { head: rows.next().unwrap_or_default(), rows: rows.collect() }
}

/// Code stands between backticks; one that is not closed is text.
pub(crate) fn spans(text: &str) -> Spans {
    let mut spans = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('`') {
        let Some((code, left)) = after.split_once('`') else { break };
        if !before.is_empty() {
            spans.push(Span::Text(before.to_owned()));
        }
        spans.push(Span::Code(code.to_owned()));
        rest = left;
    }
    if !rest.is_empty() {
        spans.push(Span::Text(rest.to_owned()));
    }
    spans
}

/// A line without its markup.
pub(crate) fn plain(spans: &[Span]) -> String {
    let text = |span: &Span| match span {
        Span::Text(text) | Span::Code(text) => text.clone(),
    };
    spans.iter().map(text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Span {
        Span::Text(text.to_owned())
    }

    fn code(text: &str) -> Span {
        Span::Code(text.to_owned())
    }

    fn paragraph(line: &str) -> Block {
        Block::Paragraph(vec![text(line)])
    }

    #[test]
    fn a_paragraph_runs_over_lines_and_holds_code() {
        assert_eq!(
            blocks("# Zed\n\nOne `two`\nthree.\n\nFour `open"),
            [
                Block::Heading(vec![text("Zed")]),
                Block::Paragraph(vec![text("One "), code("two"), text(" three.")]),
                Block::Paragraph(vec![text("Four `open")]),
            ]
        );
    }

    #[test]
    fn a_step_holds_the_code_below_it_and_the_count_goes_on() {
        let guide = "1. Add:\n\n   ```json\n   {\n     \"a\": 1\n   }\n   ```\n\n2. Save.\n\nTo go back, remove it.";
        assert_eq!(
            blocks(guide),
            [
                Block::List {
                    counted: true,
                    items: vec![
                        vec![paragraph("Add:"), Block::Code("{\n  \"a\": 1\n}".to_owned())],
                        vec![paragraph("Save.")],
                    ],
                },
                paragraph("To go back, remove it."),
            ]
        );
    }

    #[test]
    fn points_follow_a_paragraph_at_once() {
        let Block::List { counted: false, items } = &blocks("Choose\n- A: `b`\n- C\n")[1] else {
            panic!("no list")
        };
        assert_eq!(items[0], [Block::Paragraph(vec![text("A: "), code("b")])]);
        assert_eq!(items.len(), 2);
    }

    #[test]
    fn a_table_has_a_head_and_rows() {
        assert_eq!(
            blocks("| A | B |\n|---|---|\n| x | `y` |\nafter"),
            [
                Block::Table {
                    head: vec![vec![text("A")], vec![text("B")]],
                    rows: vec![vec![vec![text("x")], vec![code("y")]]],
                },
                paragraph("after"),
            ]
        );
    }

    #[test]
    fn code_that_is_never_closed_goes_to_the_end() {
        assert_eq!(blocks("```\na\n\nb"), [Block::Code("a\n\nb".to_owned())]);
        assert_eq!(blocks("```"), [Block::Code(String::new())]);
        assert_eq!(blocks(""), []);
    }

    #[test]
    fn a_line_without_its_markup_keeps_its_words() {
        assert_eq!(plain(&spans("Take `env.X` out")), "Take env.X out");
    }

    #[test]
    fn markup_in_a_guide_stays_text() {
        assert_eq!(blocks("<b>x</b> & é 1.5"), [paragraph("<b>x</b> & é 1.5")]);
    }

    #[test]
    fn the_key_stands_wherever_the_guide_wants_it() {
        assert!(wants_key("a {{key}}"));
        assert_eq!(with_key("{{key}} and {{key}}", "sy-1"), "sy-1 and sy-1");
        assert!(!wants_key("{{model}}"));
    }
}
