//! The one owner of how a secret looks to a person.

/// Beginnings that vendors give to their keys.
const KEY_STARTS: [&str; 14] = [
    "sk-",
    "sk_",
    "sy-",
    "pk-",
    "ghp_",
    "gho_",
    "ghu_",
    "github_pat_",
    "AIza",
    "xai-",
    "gsk_",
    "ya29.",
    "eyJ",
    "hf_",
];

/// What stands for a secret: dots, and the end of one that is long enough not to be told by it.
pub(crate) fn hint(secret: &str) -> String {
    let length = secret.chars().count();
    if length < 16 {
        return "••••".to_owned();
    }
    let end: String = secret.chars().skip(length - 4).collect();
    format!("••••{end}")
}

/// Whether a key's name says that its value is secret.
pub(crate) fn is_secret_key(key: &str) -> bool {
    let lower = key.to_ascii_lowercase().replace(['-', '_', '.'], "");
    let counts =
        ["maxtokens", "tokenlimit", "tokencount", "tokens", "keybinding", "keymap", "author"];
    if counts.iter().any(|word| lower.contains(word)) {
        return false;
    }
    let secret = [
        "apikey",
        "token",
        "secret",
        "password",
        "passwd",
        "authorization",
        "credential",
        "bearer",
        "privatekey",
        "accesskey",
        "cookie",
    ];
    secret.iter().any(|word| lower.contains(word)) || lower.ends_with("key") || lower == "auth"
}

/// The text with whatever looks like a key masked: for comments and values whose name says nothing.
pub fn scrub(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut word = String::new();
    for c in text.chars() {
        if c.is_ascii_alphanumeric() || "-_.+/=~".contains(c) {
            word.push(c);
        } else {
            push_word(&mut out, &mut word);
            out.push(c);
        }
    }
    push_word(&mut out, &mut word);
    out
}

fn push_word(out: &mut String, word: &mut String) {
    // A `KEY=value` is one word here; its value is looked at alone.
    match word.split_once('=') {
        Some((name, value)) if looks_secret(value) => {
            out.push_str(name);
            out.push('=');
            out.push_str(&hint(value));
        }
        Some((name, value)) if !value.is_empty() && is_secret_key(name) => {
            out.push_str(name);
            out.push('=');
            out.push_str(&hint(value));
        }
        _ if looks_secret(word) => out.push_str(&hint(word)),
        _ => out.push_str(word),
    }
    word.clear();
}

fn looks_secret(word: &str) -> bool {
    if KEY_STARTS.iter().any(|start| word.starts_with(start) && word.len() >= start.len() + 8) {
        return true;
    }
    let has = |test: fn(&u8) -> bool| word.as_bytes().iter().any(test);
    word.len() >= 32
        && !word.contains('/')
        && has(u8::is_ascii_digit)
        && (has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase)
            || word.bytes().all(|b| b.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_secret_shows_nothing_of_itself() {
        assert_eq!(hint("sk-short"), "••••");
        assert_eq!(hint("sk-ant-0123456789abcdef"), "••••cdef");
    }

    #[test]
    fn names_of_secrets_are_told_from_names_of_counts() {
        for name in
            ["ANTHROPIC_AUTH_TOKEN", "apiKey", "OPENAI_API_KEY", "experimental_bearer_token"]
        {
            assert!(is_secret_key(name), "{name}");
        }
        for name in ["max_tokens", "model", "base_url", "keybindings", "author"] {
            assert!(!is_secret_key(name), "{name}");
        }
    }

    #[test]
    fn keys_in_comments_are_masked() {
        let scrubbed =
            scrub("# ANTHROPIC_API_KEY=sk-ant-0123456789abcdef and sk-proj-zzzzzzzzzzzz");
        assert!(!scrubbed.contains("0123456789"), "{scrubbed}");
        assert!(!scrubbed.contains("sk-proj"), "{scrubbed}");
        assert!(scrubbed.starts_with("# ANTHROPIC_API_KEY="), "{scrubbed}");
    }
}
