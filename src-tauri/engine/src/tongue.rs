//! What the server says to people, told in the language of whoever reads it.
//!
//! Errors, reasons, notes and guides are written in English where they arise, far below the faces, and stay so for the
//! command line and for agents. An answer to the dashboard is told on its way out: here, once for all of them.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use switchyard_locale::{Language, Tongue};

/// The fields of answers in which a text of ours may stand; with the name of the list before the point where others
/// have that field too. What else stands in one, a vendor's words or a user's, is no text that is known, and stays.
const OURS: [&str; 12] = [
    "caution",
    "hint",
    "label",
    "losses",
    "message",
    "note",
    "notes",
    "output",
    "problem",
    "reason",
    "repair",
    "ways.name",
];
/// Those in which a vendor's words stand as well: of ours only what nobody else says.
const ANYBODYS: [&str; 7] = [
    "attempts.message",
    "error",
    "failed.reason",
    "lock.message",
    "locks.message",
    "login.reason",
    "unaided.reason",
];

static CHINESE: LazyLock<Tongue> =
    LazyLock::new(|| tongue(include_str!("../locales/said/zh-CN.json")));
static VIETNAMESE: LazyLock<Tongue> =
    LazyLock::new(|| tongue(include_str!("../locales/said/vi.json")));

fn tongue(json: &str) -> Tongue {
    Tongue::new(serde_json::from_str::<BTreeMap<_, _>>(json).unwrap_or_default())
}

fn of(language: Language) -> Option<&'static Tongue> {
    match language {
        Language::English => None,
        Language::Chinese => Some(&CHINESE),
        Language::Vietnamese => Some(&VIETNAMESE),
    }
}

/// A text of ours in a language; what is none of ours as it is.
pub fn tell(language: Language, text: &str) -> Cow<'_, str> {
    of(language).map_or(Cow::Borrowed(text), |tongue| tongue.tell(text))
}

/// An answer of the admin API in a language: compact JSON, in which nothing but texts of ours is changed.
pub fn tell_answer(language: Language, json: &str) -> Cow<'_, str> {
    of(language).map_or(Cow::Borrowed(json), |tongue| Cow::Owned(retold(tongue, json)))
}

/// Every byte passes but those of the texts, so that no number is read and written again.
fn retold(tongue: &Tongue, json: &str) -> String {
    let mut said = String::with_capacity(json.len() + json.len() / 8);
    let mut rest = json;
    // The name of the value at hand, and those of what it stands in; a list gives its own to its items.
    let (mut name, mut around) = ("", Vec::new());
    while let Some(at) = rest.find(['"', '[', ']', '{', '}']) {
        let (before, found) = rest.split_at(at);
        said.push_str(before);
        let sign = found.as_bytes().first().copied().unwrap_or_default();
        let (token, after) = found.split_at(if sign == b'"' { closed(found) } else { 1 });
        rest = after;
        match sign {
            b'"' if after.starts_with(':') => name = token.trim_matches('"'),
            b'"' => {
                let list = around.last().copied().unwrap_or_default();
                said.push_str(&retold_text(tongue, token, Speaker::of(list, name)));
                continue;
            }
            b'[' | b'{' => around.push(name),
            b']' | b'}' => name = around.pop().unwrap_or_default(),
            _ => {}
        }
        said.push_str(token);
    }
    said.push_str(rest);
    said
}

/// Whose words may stand in a field.
#[derive(Clone, Copy)]
enum Speaker {
    We,
    Anybody,
    Others,
}

impl Speaker {
    fn of(list: &str, name: &str) -> Self {
        let is_it = |field: &&str| match field.split_once('.') {
            None => *field == name,
            Some((wanted, field)) => wanted == list && field == name,
        };
        if ANYBODYS.iter().any(is_it) {
            Self::Anybody
        } else if OURS.iter().any(is_it) {
            Self::We
        } else {
            Self::Others
        }
    }
}

/// How long the text is that begins here, with its quotes.
fn closed(text: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

fn retold_text<'a>(tongue: &Tongue, token: &'a str, speaker: Speaker) -> Cow<'a, str> {
    let text = match speaker {
        Speaker::Others => return Cow::Borrowed(token),
        Speaker::We | Speaker::Anybody => serde_json::from_str::<String>(token),
    };
    let Ok(text) = text else { return Cow::Borrowed(token) };
    let told = match speaker {
        Speaker::We => tongue.tell(&text),
        Speaker::Anybody | Speaker::Others => tongue.tell_rare(&text),
    };
    match told {
        Cow::Borrowed(_) => Cow::Borrowed(token),
        Cow::Owned(told) => serde_json::to_string(&told).map_or(Cow::Borrowed(token), Cow::Owned),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn small() -> Tongue {
        let words = [("sign in again", "đăng nhập \"lại\""), ("Location", "Vị trí")];
        Tongue::new(words.map(|(english, said)| (english.to_owned(), said.to_owned())))
    }

    #[test]
    fn only_texts_of_ours_in_fields_that_hold_them_are_told() {
        let json = r#"{"name":"sign in again","hint":"sign in again","n":1.0,"notes":["sign in again","x\"y",{"id":"sign in again"},"sign in again"],"error":{"code":"invalid","message":"sign in again"},"fields":["Location"],"ways":[{"id":"Location","name":"Location"}],"ways_of":{"name":"Location"}}"#;
        let told = r#"{"name":"sign in again","hint":"đăng nhập \"lại\"","n":1.0,"notes":["đăng nhập \"lại\"","x\"y",{"id":"sign in again"},"đăng nhập \"lại\""],"error":{"code":"invalid","message":"đăng nhập \"lại\""},"fields":["Location"],"ways":[{"id":"Location","name":"Vị trí"}],"ways_of":{"name":"Location"}}"#;
        assert_eq!(retold(&small(), json), told);
    }

    #[test]
    fn english_is_not_looked_at() {
        let json = r#"{"hint":"sign in again"}"#;
        assert!(matches!(tell_answer(Language::English, json), Cow::Borrowed(_)));
        assert!(matches!(tell(Language::English, "sign in again"), Cow::Borrowed(_)));
    }

    fn words(language: &str) -> BTreeMap<String, String> {
        let json = match language {
            "zh-CN" => include_str!("../locales/said/zh-CN.json"),
            _ => include_str!("../locales/said/vi.json"),
        };
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn errors_within_errors_are_told_with_all_that_is_not_ours() {
        for (text, said) in [
            ("saving alias `fast`: the disk is full", "lưu bí danh `fast`: đĩa đã đầy"),
            (
                "Kimi could not be reached: no connection to api.kimi.example: sign in again",
                "không kết nối được tới Kimi: không kết nối được tới api.kimi.example: hãy đăng nhập lại",
            ),
            (
                "Kimi did not accept the key: sign in again",
                "Kimi không chấp nhận khóa: sign in again",
            ),
            (
                "No model of the combo \"work\" can answer now. kimi/k3 (a. b): Slow down, again in 5 min 3 s. \
                 glm/5: work: its quota is spent. The soonest recovers in 5 min 3 s.",
                "Hiện không mô hình nào của combo \"work\" trả lời được. kimi/k3 (a. b): Slow down, thử lại \
                 sau 5 phút 3 giây. glm/5: work: đã hết hạn mức. Sớm nhất sẽ có lại sau 5 phút 3 giây.",
            ),
            (
                "work: its quota is spent (Usage limit reached)",
                "work: đã hết hạn mức (Usage limit reached)",
            ),
            (
                "The alias “a” points at “b/c”, which is not known. Did you mean “d”?",
                "Bí danh “a” trỏ tới “b/c”, vốn không được biết. Ý bạn là “d”?",
            ),
            (
                "/home/a b/x.json, line 3, column 4: expected a key, found '}'. It was left as it is: mend it in \
                 an editor, then try again",
                "/home/a b/x.json, dòng 3, cột 4: cần một khóa, nhưng gặp '}'. Tệp được để nguyên: hãy sửa nó \
                 trong trình soạn thảo rồi thử lại",
            ),
        ] {
            assert_eq!(tell(Language::Vietnamese, text), said);
        }
    }

    /// Texts as they may come: ours, filled with anything, and anything.
    fn any_text() -> impl Strategy<Value = String> {
        let keys: Vec<String> = words("vi").into_keys().collect();
        let filled = (proptest::sample::select(keys), "[a-z:.,“”(){}` ệ中]{0,12}").prop_map(
            |(key, value)| {
                let mut text = key.clone();
                for (name, _) in switchyard_locale::placeholders(&key) {
                    text = text.replace(&["{", name, "}"].concat(), &value);
                }
                text
            },
        );
        proptest::collection::vec(prop_oneof![filled, "\\PC{0,12}"], 1..4)
            .prop_map(|parts| parts.concat())
    }

    proptest! {
        #[test]
        fn nothing_is_lost_of_any_text(text in any_text()) {
            // What is taken apart and put together by the English templates is the same again.
            static ENGLISH: LazyLock<Tongue> = LazyLock::new(|| {
                Tongue::new(words("vi").into_keys().map(|english| (english.clone(), english)))
            });
            prop_assert_eq!(&*ENGLISH.tell(&text), text.as_str());
            prop_assert_eq!(&*ENGLISH.tell_rare(&text), text.as_str());
            tell(Language::Chinese, &text);
        }

        #[test]
        fn whatever_comes_passes_where_nothing_is_to_be_told(json in r#"([{}\[\]:,"\\]|hint|ệ|\\u00e9|[0-9]|x){0,60}"#) {
            prop_assert_eq!(retold(&Tongue::default(), &json), json);
        }

        #[test]
        fn an_answer_stays_one(message in "\\PC{0,40}", name in "\\PC{0,20}") {
            let json = serde_json::json!({ "message": message, "hint": "sign in again", "name": name });
            let told: serde_json::Value =
                serde_json::from_str(&retold(&small(), &json.to_string())).unwrap();
            prop_assert_eq!(&told["hint"], "đăng nhập \"lại\"");
            prop_assert_eq!(&told["name"], &json["name"]);
        }
    }
}
