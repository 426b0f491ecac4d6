//! A unified diff, line by line, with the numbers that each line has on either side.

/// What a line of a diff is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Where the next lines stand: `@@ -1,3 +1,4 @@`.
    Hunk,
    /// Stands on both sides.
    Same,
    Added,
    Removed,
    /// About the line above it: it ends without a newline.
    Note,
}

/// A line of a diff without its sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) kind: Kind,
    /// Its number before, where it stood there.
    pub(crate) old: Option<u32>,
    /// Its number after, where it stands there.
    pub(crate) new: Option<u32>,
    pub(crate) text: String,
}

/// Reads a diff of one file; the two lines that name the file are left out.
pub(crate) fn lines(diff: &str) -> Vec<Line> {
    let (mut old, mut new) = (1, 1);
    let mut lines = Vec::new();
    for line in diff.split_terminator('\n') {
        let in_head = lines.is_empty();
        if in_head && (line.starts_with("--- ") || line.starts_with("+++ ")) {
            continue;
        }
        if let Some((at_old, at_new)) = hunk(line) {
            (old, new) = (at_old, at_new);
            lines.push(Line { kind: Kind::Hunk, old: None, new: None, text: line.to_owned() });
            continue;
        }
        let mut rest = line.chars();
        let kind = match rest.next() {
            Some('+') => Kind::Added,
            Some('-') => Kind::Removed,
            Some('\\') => Kind::Note,
            Some(_) | None => Kind::Same,
        };
        let text = rest.as_str().trim_end_matches('\r').trim_start_matches('\u{feff}').to_owned();
        let (has_old, has_new) = match kind {
            Kind::Same => (true, true),
            Kind::Removed => (true, false),
            Kind::Added => (false, true),
            Kind::Hunk | Kind::Note => (false, false),
        };
        lines.push(Line { kind, old: has_old.then_some(old), new: has_new.then_some(new), text });
        old += u32::from(has_old);
        new += u32::from(has_new);
    }
    lines
}

/// How many lines are added and removed.
pub(crate) fn size(lines: &[Line]) -> (usize, usize) {
    let count = |kind| lines.iter().filter(|line| line.kind == kind).count();
    (count(Kind::Added), count(Kind::Removed))
}

/// The first lines of a hunk, out of `@@ -OLD,N +NEW,N @@`.
fn hunk(line: &str) -> Option<(u32, u32)> {
    let (ranges, _) = line.strip_prefix("@@ -")?.split_once(" @@")?;
    let (old, new) = ranges.split_once(" +")?;
    let first = |range: &str| range.split(',').next()?.parse().ok();
    Some((first(old)?, first(new)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn short(diff: &str) -> Vec<(Kind, Option<u32>, Option<u32>, String)> {
        lines(diff).into_iter().map(|line| (line.kind, line.old, line.new, line.text)).collect()
    }

    #[test]
    fn every_line_has_its_number_on_the_sides_where_it_stands() {
        let diff = "--- a\n+++ a\n@@ -4,3 +4,3 @@\n  \"x\": {\n-    \"m\": 1\n+    \"m\": 2\n   }\n@@ -20 +20,2 @@\n z\n+w\n";
        assert_eq!(
            short(diff),
            [
                (Kind::Hunk, None, None, "@@ -4,3 +4,3 @@".to_owned()),
                (Kind::Same, Some(4), Some(4), " \"x\": {".to_owned()),
                (Kind::Removed, Some(5), None, "    \"m\": 1".to_owned()),
                (Kind::Added, None, Some(5), "    \"m\": 2".to_owned()),
                (Kind::Same, Some(6), Some(6), "  }".to_owned()),
                (Kind::Hunk, None, None, "@@ -20 +20,2 @@".to_owned()),
                (Kind::Same, Some(20), Some(20), "z".to_owned()),
                (Kind::Added, None, Some(21), "w".to_owned()),
            ]
        );
        assert_eq!(size(&lines(diff)), (2, 1));
    }

    #[test]
    fn a_changed_line_that_looks_like_a_file_name_is_a_line() {
        let diff = "--- f\n+++ f\n@@ -1,2 +1 @@\n--- a comment of SQL\n+++ plus\n";
        let texts: Vec<_> = lines(diff).into_iter().map(|line| line.text).collect();
        assert_eq!(texts, ["@@ -1,2 +1 @@", "-- a comment of SQL", "++ plus"]);
    }

    #[test]
    fn a_missing_last_newline_is_a_note_and_counts_no_line() {
        let diff = "--- f\n+++ f\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n";
        let kinds: Vec<_> = lines(diff).into_iter().map(|line| (line.kind, line.new)).collect();
        assert_eq!(
            kinds,
            [(Kind::Hunk, None), (Kind::Removed, None), (Kind::Note, None), (Kind::Added, Some(1))]
        );
    }

    #[test]
    fn windows_newlines_and_a_byte_order_mark_do_not_show() {
        let texts: Vec<_> = lines("@@ -1 +1 @@\n-\u{feff}{\r\n+\u{feff}{}\r\n");
        assert_eq!((texts[1].text.as_str(), texts[2].text.as_str()), ("{", "{}"));
        assert_eq!(lines(""), []);
    }
}
