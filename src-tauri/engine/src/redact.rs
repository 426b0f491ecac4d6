//! The owner of secrets in text that leaves: logs, errors, traces, crash reports.
//!
//! Secrets have types that print nothing; this is for text that others wrote, such as a vendor that quotes
//! the key it refuses. Two nets: what is known to be secret, and what looks like it.

use std::borrow::Cow;
use std::collections::{HashSet, VecDeque};
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

use switchyard_types::{LoginTokens, Secret};

use crate::live::{Inner, Live};
use crate::log::LogFiles;

/// Stands where a secret stood.
const MARK: &str = "[a secret]";

/// Shorter ones would also be found in words that are none.
const SHORTEST: usize = 8;

/// How keys begin that are known by it: ours, and those of vendors and their clients.
const KEYS: [&str; 14] = [
    "sy-",
    "sk-",
    "sk_",
    "eyJ",
    "ya29.",
    "AIza",
    "ghp_",
    "gho_",
    "ghu_",
    "ghs_",
    "github_pat_",
    "xai-",
    "gsk_",
    "1//",
];

/// A key's least length.
const LEAST_KEY: usize = 20;

/// Letters of a session's token, a link's token and of anything else that is 256 bits in hexadecimal.
const HEX: usize = 64;

/// Secrets that were exchanged or removed are known for as long as no more than this come after them: a vendor may
/// still quote one.
const FORMER: usize = 64;

/// Cuts secrets out of text. Its copies share what they know.
#[derive(Clone, Debug, Default)]
pub struct Redactor {
    engine: Arc<OnceLock<Weak<Inner>>>,
    former: Arc<Mutex<VecDeque<Secret>>>,
    log: Arc<OnceLock<LogFiles>>,
}

impl Redactor {
    /// From now on, what this engine keeps is known.
    pub(crate) fn watch(&self, engine: &Arc<Inner>) {
        // A second engine in one process has a redactor of its own.
        let _ = self.engine.set(Arc::downgrade(engine));
    }

    /// From now on, what is logged goes into files of this data folder as well.
    pub(crate) fn keep_log(&self, data_dir: &Path) {
        // A process has one log.
        let _ = self.log.set(LogFiles::new(data_dir));
    }

    /// Remembers the secrets of `before` that `after` has no more.
    pub(crate) fn exchanged(&self, before: &Live, after: &Live) {
        let after: HashSet<&str> = secrets_in(after).map(Secret::expose).collect();
        let is_gone = |secret: &&Secret| !after.contains(secret.expose());
        let gone: Vec<Secret> = secrets_in(before).filter(is_gone).cloned().collect();
        let mut former = self.former.lock().unwrap_or_else(PoisonError::into_inner);
        former.extend(gone);
        let surplus = former.len().saturating_sub(FORMER);
        former.drain(..surplus);
    }

    /// The text without what is known to be secret or looks like it.
    pub fn clean<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut text = Cow::Borrowed(text);
        if let Some(engine) = self.engine.get().and_then(Weak::upgrade) {
            let live = engine.live.load();
            let config = &engine.config;
            let own = config.data_key.iter().chain(&config.initial_password);
            for secret in secrets_in(&live).chain(own) {
                text = without(text, secret);
            }
        }
        for secret in &*self.former.lock().unwrap_or_else(PoisonError::into_inner) {
            text = without(text, secret);
        }
        without_likely(text)
    }

    /// As [`Redactor::clean`], for a secret that is not kept yet too.
    pub(crate) fn clean_of(&self, text: String, secret: Option<&Secret>) -> String {
        let text = match secret {
            Some(secret) => without(Cow::Owned(text), secret),
            None => Cow::Owned(text),
        };
        self.clean(&text).into_owned()
    }

    /// Writes to `out`, and to the log's files where they are kept, what is written to it, cleaned. Each write is a whole message, as loggers do it.
    pub fn writer<W: Write>(&self, out: W) -> CleanWriter<W> {
        CleanWriter { redactor: self.clone(), out }
    }
}

/// What requests are sent with.
fn secrets_in(live: &Live) -> impl Iterator<Item = &Secret> {
    let logins = live.logins.values().flat_map(|login| secrets_of(&login.tokens));
    live.secrets.values().chain(live.proxies.values()).chain(logins)
}

fn secrets_of(tokens: &LoginTokens) -> impl Iterator<Item = &Secret> {
    let LoginTokens { access, refresh, id, client_secret } = tokens;
    [Some(access), refresh.as_ref(), id.as_ref(), client_secret.as_ref()].into_iter().flatten()
}

fn without<'a>(text: Cow<'a, str>, secret: &Secret) -> Cow<'a, str> {
    let hidden = secret.expose();
    if hidden.len() < SHORTEST {
        return text;
    }
    let text = without_exactly(text, hidden);
    let text = parts_of(hidden).iter().fold(text, |text, part| without_exactly(text, part));
    // As it stands inside a JSON string, where that is another text.
    match serde_json::to_string(hidden) {
        Ok(quoted) if quoted.len() > hidden.len() + 2 => {
            without_exactly(text, quoted.trim_matches('"').trim_end_matches('\\'))
        }
        Ok(_) | Err(_) => text,
    }
}

/// The secrets in one that is a JSON object, as a service account's is: its private key may be quoted alone, and a
/// line of it as well.
fn parts_of(secret: &str) -> Vec<String> {
    if !secret.trim_start().starts_with('{') {
        return Vec::new();
    }
    let Ok(serde_json::Value::Object(fields)) = serde_json::from_str(secret) else {
        return Vec::new();
    };
    let is_secret = |name: &str| ["key", "secret", "token"].iter().any(|word| name.contains(word));
    let values =
        fields.iter().filter(|(name, _)| is_secret(name)).filter_map(|(_, value)| value.as_str());
    let mut parts: Vec<String> = Vec::new();
    for value in values.filter(|value| value.len() >= SHORTEST) {
        // The whole before its lines, or the rest of it would not be found.
        parts.push(value.to_owned());
        parts.push(value.replace('\n', "\\n"));
        let lines =
            value.lines().filter(|line| line.len() >= LEAST_KEY && !line.starts_with("-----"));
        parts.extend(lines.map(str::to_owned));
    }
    // An address that tokens are fetched from is none.
    parts.retain(|part| !part.starts_with("https://"));
    parts
}

fn without_exactly<'a>(text: Cow<'a, str>, hidden: &str) -> Cow<'a, str> {
    if text.contains(hidden) { Cow::Owned(text.replace(hidden, MARK)) } else { text }
}

fn without_likely(text: Cow<'_, str>) -> Cow<'_, str> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | '+');
    let likely = |word: &str| {
        let bare = word.trim_end_matches('.');
        (bare.len() >= LEAST_KEY && KEYS.iter().any(|start| bare.starts_with(start)))
            || (bare.len() >= HEX && bare.bytes().all(|byte| byte.is_ascii_hexdigit()))
    };
    let mut cleaned = String::new();
    let mut rest = text.as_ref();
    let mut found = false;
    while let Some(start) = rest.find(is_part) {
        let (before, from) = rest.split_at(start);
        let (word, after) = from.split_at(from.find(|c| !is_part(c)).unwrap_or(from.len()));
        cleaned.push_str(before);
        // In a JSON string a word may begin with the letters of an escape.
        let (escape, word) = word.split_at(escape_before(before, word));
        cleaned.push_str(escape);
        cleaned.push_str(if likely(word) {
            found = true;
            MARK
        } else {
            word
        });
        rest = after;
    }
    cleaned.push_str(rest);
    if found { Cow::Owned(cleaned) } else { text }
}

/// How many letters of a word belong to the backslash before it.
fn escape_before(before: &str, word: &str) -> usize {
    if !before.ends_with('\\') {
        return 0;
    }
    match word.bytes().next() {
        Some(b'n' | b'r' | b't' | b'b' | b'f' | b'/') => 1,
        Some(b'u') => word.len().min(5),
        Some(_) | None => 0,
    }
}

/// See [`Redactor::writer`].
#[derive(Debug)]
pub struct CleanWriter<W> {
    redactor: Redactor,
    out: W,
}

impl<W: Write> Write for CleanWriter<W> {
    fn write(&mut self, message: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(message);
        let text = self.redactor.clean(&text);
        if let Some(log) = self.redactor.log.get() {
            log.write(&text);
        }
        self.out.write_all(text.as_bytes())?;
        Ok(message.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_key_is_cut_out_wherever_it_stands() {
        let redactor = Redactor::default();
        let hex = "0123456789abcdef".repeat(4);
        for (text, clean) in [
            ("key sk-ant-api03-0123456789 refused.", "key [a secret] refused."),
            ("{\"key\":\"sy-0123456789abcdefghij\"}", "{\"key\":\"[a secret]\"}"),
            ("Bearer eyJhbGciOiJIUzI1NiJ9.e30.abc, ja", "Bearer [a secret], ja"),
            (&format!("/enter?token={hex}"), "/enter?token=[a secret]"),
            ("größer sk-ant-api03-0123456789", "größer [a secret]"),
        ] {
            assert_eq!(redactor.clean(text), clean);
        }
    }

    #[test]
    fn a_secret_inside_a_json_string_is_cut_out_too() {
        let redactor = Redactor::default();
        let secret = Secret::new("-----BEGIN KEY-----\nabc\"def\n-----END KEY-----");
        let quoted = serde_json::to_string(&("a", secret.expose())).unwrap();
        let cleaned = redactor.clean_of(quoted, Some(&secret));
        assert_eq!(cleaned, r#"["a","[a secret]"]"#);
        for (text, clean) in [
            (r#""a\nsk-ant-api03-0123456789\nb""#, r#""a\n[a secret]\nb""#),
            (r#""\u0022sk-ant-api03-0123456789\u0022""#, r#""\u0022[a secret]\u0022""#),
        ] {
            assert_eq!(redactor.clean(text), clean);
        }
    }

    #[test]
    fn ordinary_words_stay_as_they_are_and_are_not_copied() {
        let redactor = Redactor::default();
        for text in ["", "sk-short", "skill issues of a desk-top", "req_0199aabb", "größer als 5 €"]
        {
            assert!(matches!(redactor.clean(text), Cow::Borrowed(same) if same == text), "{text}");
        }
    }

    #[test]
    fn a_secret_that_is_being_added_is_cut_out_though_it_looks_like_nothing() {
        let secret = Secret::new("swordfish-of-the-deep");
        let text = "no account has swordfish-of-the-deep".to_owned();
        assert_eq!(Redactor::default().clean_of(text, Some(&secret)), "no account has [a secret]");
    }

    #[test]
    fn a_service_accounts_private_key_is_cut_out_where_it_stands_alone_and_line_by_line() {
        let line = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj";
        let key = format!("-----BEGIN PRIVATE KEY-----\n{line}\n-----END PRIVATE KEY-----\n");
        let account = serde_json::json!({
            "type": "service_account", "private_key": key, "private_key_id": "0a1b2c3d4e5f",
            "token_uri": "https://oauth2.googleapis.com/token", "client_email": "me@x.example",
        });
        let secret = Secret::new(account.to_string());
        let quoted = serde_json::to_string(&key).unwrap();
        for text in [key.clone(), quoted, format!("bad line: {line}"), "kid 0a1b2c3d4e5f".into()] {
            let cleaned = Redactor::default().clean_of(text.clone(), Some(&secret));
            assert!(cleaned.contains(MARK), "{text}");
            assert!(!cleaned.contains(line) && !cleaned.contains("0a1b2c3d4e5f"), "{cleaned}");
        }
        let plain = "asking https://oauth2.googleapis.com/token for me@x.example".to_owned();
        assert_eq!(Redactor::default().clean_of(plain.clone(), Some(&secret)), plain);
    }

    #[test]
    fn what_is_logged_goes_into_a_file_too_without_secrets() {
        let folder = tempfile::tempdir().unwrap();
        let redactor = Redactor::default();
        redactor.keep_log(folder.path());
        let mut out = Vec::new();
        write!(redactor.writer(&mut out), "sk-ant-api03-0123456789").unwrap();
        let kept = std::fs::read(folder.path().join("logs/switchyard.log")).unwrap();
        assert_eq!((out.as_slice(), kept.as_slice()), (MARK.as_bytes(), MARK.as_bytes()));
    }

    #[test]
    fn a_log_is_written_without_them() {
        let mut out = Vec::new();
        write!(Redactor::default().writer(&mut out), "sk-ant-api03-0123456789").unwrap();
        assert_eq!(out, MARK.as_bytes());
    }
}
