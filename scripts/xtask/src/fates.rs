//! The declared fates of the wire formats' fields, as a page for people.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;

/// The dialects whose fields are declared, and what they are called.
const DECLARED: [(&str, &str); 5] = [
    ("chat", "OpenAI Chat"),
    ("messages", "Anthropic Messages"),
    ("responses", "OpenAI Responses"),
    ("gemini", "Google Gemini"),
    ("ollama", "Ollama"),
];

/// All dialects, in the order of the columns.
const DIALECTS: [&str; 5] = ["chat", "messages", "responses", "gemini", "ollama"];

const SECTIONS: [(&str, &str); 3] = [
    ("request", "Fields of a request, towards a vendor that speaks"),
    ("reply", "Fields of a reply, towards a client that speaks"),
    ("event", "Fields of a stream's events, towards a client that speaks"),
];

type Table = BTreeMap<String, BTreeMap<String, Fate>>;

#[derive(Deserialize)]
#[serde(untagged)]
enum Fate {
    Everywhere(String),
    Each(BTreeMap<String, String>),
}

impl Fate {
    fn towards(&self, target: &str) -> &str {
        match self {
            Self::Everywhere(fate) => fate,
            Self::Each(fates) => {
                fates.get(target).or_else(|| fates.get("others")).map_or("", String::as_str)
            }
        }
    }
}

/// Writes the page beside the tables.
pub(crate) fn write(root: &Path) -> Result<()> {
    let page = root.join("src-tauri/dialect/FATES.md");
    let text = page_of(root)?;
    std::fs::write(&page, text).with_context(|| format!("writing {}", page.display()))?;
    println!("Wrote {}.", page.display());
    Ok(())
}

/// The page as it should be.
pub(crate) fn page_of(root: &Path) -> Result<String> {
    let mut page = String::from(
        "# What becomes of each field\n\n\
         Written by `cargo run -p xtask -- fates` from `fates/*.toml`; a test holds the two together, and others hold \
         the tables against every fixture.\n\n\
         *Carried*: the same thing under its name there. *Mapped*: said in another way. *Dropped*: the request's loss \
         report says so, with these words. *Refused*: the request cannot be served there.\n",
    );
    for (dialect, title) in DECLARED {
        let file = root.join(format!("src-tauri/dialect/fates/{dialect}.toml"));
        let text = std::fs::read_to_string(&file)
            .with_context(|| format!("reading {}", file.display()))?;
        let table: Table =
            toml::from_str(&text).with_context(|| format!("reading {}", file.display()))?;
        write!(page, "\n## {title}\n")?;
        for (section, heading) in SECTIONS {
            let Some(fields) = table.get(section) else { continue };
            let targets: Vec<&str> =
                DIALECTS.into_iter().filter(|target| *target != dialect).collect();
            write!(page, "\n### {heading}\n\n| field | {} |\n", targets.join(" | "))?;
            writeln!(page, "|---|{}", "---|".repeat(targets.len()))?;
            for (field, fate) in fields {
                let cells: Vec<String> =
                    targets.iter().map(|target| fate.towards(target).replace('|', "\\|")).collect();
                writeln!(page, "| `{field}` | {} |", cells.join(" | "))?;
            }
        }
    }
    accents(root, &mut page)?;
    Ok(page)
}

/// The vendors that depart from their dialect, and what they are called.
const ACCENTS: [(&str, &str); 7] = [
    ("code_assist", "Gemini CLI's code assist"),
    ("antigravity", "Antigravity"),
    ("codex", "ChatGPT (Codex)"),
    ("copilot", "GitHub Copilot"),
    ("kiro", "Kiro"),
    ("vertex", "Vertex AI"),
    ("cohere", "Cohere"),
];

/// What accents do to requests in their dialects.
fn accents(root: &Path, page: &mut String) -> Result<()> {
    let file = root.join("src-tauri/dialect/fates/accents.toml");
    let text =
        std::fs::read_to_string(&file).with_context(|| format!("reading {}", file.display()))?;
    let tables: BTreeMap<String, BTreeMap<String, BTreeMap<String, String>>> =
        toml::from_str(&text).with_context(|| format!("reading {}", file.display()))?;
    page.push_str(
        "\n## Vendors with an accent\n\n\
         What is changed for one vendor after a request is written in its dialect; *added* is what the vendor wants and \
         the dialect has not. A request that passes in its own dialect is changed in nothing else.\n",
    );
    for (accent, title) in ACCENTS {
        let dialects = tables.get(accent).with_context(|| format!("no fates of {accent}"))?;
        for (dialect, fields) in dialects {
            write!(page, "\n### {title}, in {dialect}\n\n| field | fate |\n|---|---|\n")?;
            for (field, fate) in fields {
                let field =
                    if field == "*" { "every other".to_owned() } else { format!("`{field}`") };
                writeln!(page, "| {field} | {} |", fate.replace('|', "\\|"))?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_what_the_tables_say() {
        let root = crate::repository_root();
        let page = std::fs::read_to_string(root.join("src-tauri/dialect/FATES.md")).unwrap();
        assert_eq!(page, page_of(&root).unwrap(), "run: cargo run -p xtask -- fates");
    }
}
