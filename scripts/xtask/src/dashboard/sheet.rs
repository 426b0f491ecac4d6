//! One style sheet of the many that `index.html` names: a browser asks once, and what they have in common is
//! compressed together.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

/// Where the joined sheet stands in the bundle.
pub(crate) const PLACE: &str = "style/all.css";

const OPEN: &str = "<link rel=\"stylesheet\" href=\"/";
const CLOSE: &str = "\">";

/// The page with one sheet in place of its many, and that sheet.
pub(crate) fn join(page: &str, ui: &Path) -> Result<(String, String)> {
    let mut parts = page.split(OPEN);
    let mut joined = parts.next().unwrap_or_default().to_owned();
    let mut sheet = String::new();
    let mut is_named = false;
    for part in parts {
        let (path, rest) = part.split_once(CLOSE).context("a link of index.html is not closed")?;
        let path = ui.join(path);
        let text =
            fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
        squeeze(&text, &mut sheet);
        if !is_named {
            joined.extend([OPEN, PLACE, CLOSE]);
        }
        is_named = true;
        joined.push_str(if rest.trim_start().starts_with(OPEN) || rest.trim().is_empty() {
            rest.trim()
        } else {
            rest
        });
    }
    ensure!(is_named, "index.html names no style sheet");
    Ok((joined, sheet))
}

/// Appends a sheet without its comments and without the white space that says nothing. Strings stay as
/// they are.
fn squeeze(text: &str, sheet: &mut String) {
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '/' if letters.peek() == Some(&'*') => {
                letters.next();
                let mut last = ' ';
                for inner in letters.by_ref() {
                    if last == '*' && inner == '/' {
                        break;
                    }
                    last = inner;
                }
            }
            '"' | '\'' => {
                sheet.push(letter);
                let mut escaped = false;
                for inner in letters.by_ref() {
                    sheet.push(inner);
                    if inner == letter && !escaped {
                        break;
                    }
                    escaped = inner == '\\' && !escaped;
                }
            }
            _ if letter.is_whitespace() => {
                let says_nothing = sheet.is_empty() || sheet.ends_with(['{', '}', ';', ' ']);
                if !says_nothing {
                    sheet.push(' ');
                }
            }
            '{' | '}' | ';' => {
                if sheet.ends_with(' ') {
                    sheet.pop();
                }
                sheet.push(letter);
            }
            _ => sheet.push(letter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_keeps_what_it_says() {
        let mut sheet = String::new();
        let text = "/* a * b */\na  >  b ,\n c {\n  width: calc(1px + 2px) ;\n  content: \"  ; \\\"{ /* */\";\n}\n\n\
                    @media (width >= 1px) { d { e: 'x  y' } }\n";
        squeeze(text, &mut sheet);
        assert_eq!(
            sheet,
            "a > b , c{width: calc(1px + 2px);content: \"  ; \\\"{ /* */\";}@media (width >= 1px){d{e: 'x  y'}}"
        );
    }

    #[test]
    fn the_sheets_of_a_page_become_one_in_their_order() {
        let ui = tempfile::tempdir().unwrap();
        fs::write(ui.path().join("one.css"), "a { b: c }").unwrap();
        fs::write(ui.path().join("two.css"), "d { e: f }").unwrap();
        let link = |name: &str| format!("{OPEN}{name}{CLOSE}\n  ");
        let page = format!("<head>\n  {}{}</head>", link("two.css"), link("one.css"));
        let (page, sheet) = join(&page, ui.path()).unwrap();
        assert_eq!(sheet, "d{e: f}a{b: c}");
        assert_eq!(page, format!("<head>\n  {OPEN}{PLACE}{CLOSE}\n  </head>"));
        assert!(join("<head></head>", ui.path()).is_err());
        assert!(join(&link("three.css"), ui.path()).is_err());
    }
}
