//! What it takes to answer a request, seen in one more pass over its bytes: no JSON tree.

use switchyard_types::Dialect;

use crate::scan::{Flaw, Scanner, Text, string_at, value_at};

/// What it takes to answer a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Demands {
    /// It shows images.
    pub images: bool,
    /// It offers tools.
    pub tools: bool,
    /// It asks the model to think first.
    pub thinking: bool,
}

/// Deeper than any dialect puts an image: turns, parts, a tool's result, its parts.
const DEEPEST: usize = 8;

/// Reads what a request takes. A body that cannot be read takes nothing: whoever translates it will say what
/// is wrong with it.
pub fn demands(client: Dialect, body: &[u8]) -> Demands {
    let mut found = Demands::default();
    // What was seen before a flaw was seen.
    let _flaw = top(client, body, &mut found);
    found
}

fn top(client: Dialect, body: &[u8], found: &mut Demands) -> Result<(), Flaw> {
    Scanner::new(body).object(|scanner, key| {
        let any = |names: &[&str]| names.iter().any(|name| scanner.is(key, name));
        if any(&["messages", "input", "contents", "images"]) {
            return images(scanner, key, 0, found);
        }
        let (tools, thinking) = (any(&["tools", "functions"]), any(&THINKING));
        let config = client == Dialect::Gemini && any(&["generationConfig", "generation_config"]);
        let value = scanner.value()?;
        let value = scanner.slice(value);
        found.tools |= tools && value.len() > 2 && !is_empty(value);
        found.thinking |= thinking && asks(value);
        if config && let Some(thinking) = value_at(value, &["thinkingConfig", "thinking_config"]) {
            let budget = value_at(thinking, &["thinkingBudget", "thinking_budget"]);
            found.thinking |= budget.is_none_or(|budget| budget != b"0");
        }
        Ok(())
    })
}

const THINKING: [&str; 5] =
    ["thinking", "reasoning", "reasoning_effort", "enable_thinking", "think"];

/// Whether the value under a key that speaks of thinking asks for it.
fn asks(value: &[u8]) -> bool {
    let off = |word: &str| matches!(word, "none" | "disabled" | "minimal" | "off" | "");
    match value.first() {
        Some(b'{') => {
            let word = |name| string_at(value, name);
            let (kind, effort) = (word("type"), word("effort"));
            !kind.is_some_and(|kind| off(&kind)) && !effort.is_some_and(|effort| off(&effort))
        }
        Some(b'"') => {
            let text = String::from_utf8_lossy(value);
            !off(text.trim_matches('"'))
        }
        Some(b't') => true,
        _ => false,
    }
}

fn is_empty(array: &[u8]) -> bool {
    let inner = array.strip_prefix(b"[").and_then(|rest| rest.strip_suffix(b"]"));
    inner.is_some_and(|inner| inner.iter().all(u8::is_ascii_whitespace))
}

/// Looks for images in the value under a key: a block that is one, or Ollama's list of them.
fn images(
    scanner: &mut Scanner<'_>,
    key: &Text,
    depth: usize,
    found: &mut Demands,
) -> Result<(), Flaw> {
    if found.images || depth > DEEPEST {
        return scanner.value().map(|_| ());
    }
    scanner.space();
    match scanner.peek() {
        Some(b'[') if scanner.is(key, "images") => {
            let list = scanner.value()?;
            found.images |= !is_empty(scanner.slice(list));
            Ok(())
        }
        Some(b'[') => scanner.array(|scanner| {
            scanner.space();
            match scanner.peek() {
                Some(b'{') => block(scanner, depth, found),
                _ => scanner.value().map(|_| ()),
            }
        }),
        Some(b'{') => block(scanner, depth, found),
        _ => scanner.value().map(|_| ()),
    }
}

fn block(scanner: &mut Scanner<'_>, depth: usize, found: &mut Demands) -> Result<(), Flaw> {
    scanner.object(|scanner, key| {
        let any = |names: &[&str]| names.iter().any(|name| scanner.is(key, name));
        if any(&["content", "parts", "output", "images"]) {
            return images(scanner, key, depth + 1, found);
        }
        let (kind, inline) = (any(&["type"]), any(&["inlineData", "inline_data", "fileData"]));
        let value = scanner.value()?;
        let value = scanner.slice(value);
        found.images |= kind && IMAGES.contains(&value);
        if inline {
            let mime = string_at(value, "mimeType").or_else(|| string_at(value, "mime_type"));
            found.images |= mime.is_some_and(|mime| mime.starts_with("image/"));
        }
        Ok(())
    })
}

const IMAGES: [&[u8]; 3] = [b"\"image\"", b"\"image_url\"", b"\"input_image\""];

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(client: Dialect, body: &str) -> (bool, bool, bool) {
        let Demands { images, tools, thinking } = demands(client, body.as_bytes());
        (images, tools, thinking)
    }

    #[test]
    fn images_are_seen_where_each_dialect_puts_them() {
        for (client, body) in [
            (
                Dialect::Messages,
                r#"{"messages":[{"role":"user","content":[{"type" : "image","source":{}}]}]}"#,
            ),
            (
                Dialect::Messages,
                r#"{"messages":[{"content":[{"type":"tool_result","content":[{"type":"image"}]}]}]}"#,
            ),
            (
                Dialect::Chat,
                r#"{"messages":[ {"content":[ {"type":"text"}, {"type":"image_url"}]}]}"#,
            ),
            (
                Dialect::Responses,
                r#"{"input":[{"role":"user","content":[{"type":"input_image"}]}]}"#,
            ),
            (
                Dialect::Gemini,
                r#"{"contents":[{"parts":[{"inlineData":{"mimeType":"image/png","data":""}}]}]}"#,
            ),
            (Dialect::Ollama, r#"{"messages":[{"role":"user","content":"x","images":["aGk="]}]}"#),
            (Dialect::Ollama, r#"{"prompt":"x","images":["aGk="]}"#),
        ] {
            assert_eq!(seen(client, body), (true, false, false), "{body}");
        }
    }

    #[test]
    fn words_about_images_are_none() {
        for body in [
            r#"{"messages":[{"content":"{\"type\":\"image\"}"}]}"#,
            r#"{"messages":[{"content":[{"type":"tool_use","input":{"type":"image_url"}}]}]}"#,
            r#"{"messages":[{"content":"x","images":[ ]}]}"#,
            r#"{"system":"image","metadata":{"type":"image"}}"#,
        ] {
            assert!(!seen(Dialect::Messages, body).0, "{body}");
        }
    }

    #[test]
    fn tools_and_thinking_are_seen_unless_there_are_none() {
        for (body, tools, thinking) in [
            (r#"{"tools":[{"name":"x"}],"thinking":{"type":"enabled"}}"#, true, true),
            (r#"{"tools":[ ],"thinking":{"type":"disabled"}}"#, false, false),
            (r#"{"reasoning_effort":"high"}"#, false, true),
            (r#"{"reasoning_effort":"none"}"#, false, false),
            (r#"{"reasoning":{"effort":"low"}}"#, false, true),
            (r#"{"think":true}"#, false, true),
            (r#"{"think":false}"#, false, false),
        ] {
            assert_eq!(seen(Dialect::Chat, body), (false, tools, thinking), "{body}");
        }
        let budget =
            |n| format!(r#"{{"generationConfig":{{"thinkingConfig":{{"thinkingBudget":{n}}}}}}}"#);
        assert!(seen(Dialect::Gemini, &budget(1024)).2);
        assert!(!seen(Dialect::Gemini, &budget(0)).2);
    }

    #[test]
    fn a_body_that_breaks_off_takes_what_was_seen_of_it() {
        let body = r#"{"tools":[{"name":"x"}],"messages":[{"content":[{"type":"ima"#;
        assert_eq!(seen(Dialect::Chat, body), (false, true, false));
        assert_eq!(seen(Dialect::Chat, "[]"), (false, false, false));
    }
}
