use std::fmt::Write as _;

use switchyard_types::{FieldKind, FieldView};
use url::Url;

use crate::field::FieldValues;

/// An endpoint's address, in which the model and what is asked of it may stand as `{model}` and `{action}`, and
/// an account's fields by their names. `{name-}` is a field and a dash, or nothing where the field has its default.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    text: String,
    /// The same with everything filled in: its host and its reach are those of every address made of it.
    sample: Url,
}

const MODEL: &str = "{model}";
const ACTION: &str = "{action}";

impl Address {
    /// Reads an address with or without places to fill.
    pub(crate) fn parse(text: &str, fields: &[FieldView]) -> Result<Self, String> {
        check_places(text, fields)?;
        let plain = filled(text, fields, &FieldValues::new());
        let sample = plain.replace(MODEL, "model").replace(ACTION, "action");
        let url = Url::parse(&sample).map_err(|error| error.to_string())?;
        let text = if text.contains('{') { text.to_owned() } else { url.as_str().to_owned() };
        Ok(Self { text, sample: url })
    }

    /// The address of an account with these fields, as they were checked.
    pub(crate) fn placed(
        &self,
        fields: &[FieldView],
        values: &FieldValues,
    ) -> Result<Self, String> {
        Self::parse(&filled(&self.text, fields, values), &[])
    }

    /// The address as it is written, places included.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The same at another host; what is elsewhere stays.
    pub(crate) fn moved(&self, from: &Url, to: &Url) -> Self {
        let (from, to) = (from.origin().ascii_serialization(), to.origin().ascii_serialization());
        let moved = |text: &str| text.strip_prefix(&from).map(|path| format!("{to}{path}"));
        let sample = moved(self.sample.as_str()).and_then(|url| Url::parse(&url).ok());
        match (moved(&self.text), sample) {
            (Some(text), Some(sample)) => Self { text, sample },
            (_, _) => self.clone(),
        }
    }

    /// One address made of it, for its scheme, host and port.
    pub fn sample(&self) -> &Url {
        &self.sample
    }

    /// Whether the model stands in it.
    pub fn names_model(&self) -> bool {
        self.text.contains(MODEL)
    }

    /// Whether what is asked stands in it.
    pub fn names_action(&self) -> bool {
        self.text.contains(ACTION)
    }

    /// The address for a request. The model's name is a single part of the path, whatever it holds.
    pub fn fill(&self, model: &str, action: &str) -> String {
        self.text.replace(ACTION, action).replace(MODEL, &encoded(model))
    }
}

impl From<Url> for Address {
    fn from(url: Url) -> Self {
        Self { text: url.as_str().to_owned(), sample: url }
    }
}

/// Whatever is filled in, it must not change where the address leads: the model and the action stand in the path,
/// an address at the beginning, a word behind the host, and only a label in the host, before a part of it that
/// is fixed.
fn check_places(text: &str, fields: &[FieldView]) -> Result<(), String> {
    let path_at = text.match_indices('/').nth(2).map_or(text.len(), |(at, _)| at);
    let query_at = text.find(['?', '#']).unwrap_or(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, behind) = after.split_once('}').ok_or_else(|| "a { without its }".to_owned())?;
        let at = text.len() - rest.len() + before.len();
        let plain = name.strip_suffix('-').unwrap_or(name);
        let field = fields.iter().find(|field| field.name == plain);
        let begins = text.starts_with('{');
        let (in_path, in_host) =
            if begins { (at > 0, false) } else { (at > path_at, at < path_at) };
        match (name, field.map(|field| field.kind)) {
            ("model" | "action", _) if in_path && at < query_at => {}
            ("model" | "action", _) => {
                return Err("{model} and {action} may stand in the path only".to_owned());
            }
            (_, Some(FieldKind::Address)) if at == 0 && name == plain => {}
            (_, Some(FieldKind::Word | FieldKind::Label)) if in_path && name == plain => {}
            (_, Some(FieldKind::Label)) if in_host && fixed_behind(behind) => {}
            (_, Some(_)) => return Err(format!("{{{name}}} cannot stand where it does")),
            (_, None) => return Err(format!("there is nothing that {{{name}}} is filled with")),
        }
        rest = behind;
    }
    if rest.contains('}') { Err("a } without its {".to_owned()) } else { Ok(()) }
}

/// Whether the host goes on behind a place with a name of two parts that nobody else can register.
fn fixed_behind(behind: &str) -> bool {
    let host = behind.split(['/', '{', ':', '?']).next().unwrap_or_default();
    host.matches('.').count() >= 2 || (host.matches('.').count() == 1 && !host.starts_with('.'))
}

/// The text with the fields in it; what nobody said is its default or its example.
fn filled(text: &str, fields: &[FieldView], values: &FieldValues) -> String {
    let mut out = text.to_owned();
    for field in fields {
        let said = values.get(&field.name).or(field.default.as_ref()).unwrap_or(&field.example);
        let dashed = match &field.default {
            Some(default) if default == said => String::new(),
            Some(_) | None => format!("{said}-"),
        };
        out = out.replace(&format!("{{{}-}}", field.name), &dashed);
        out = out.replace(&format!("{{{}}}", field.name), said.trim_end_matches('/'));
    }
    out
}

/// Everything is escaped that RFC 3986 does not call unreserved, slashes among it.
fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                out.push(char::from(byte));
            }
            other => {
                // Writing to a string cannot fail.
                let _ = write!(out, "%{other:02X}");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(name: &str, kind: FieldKind, default: Option<&str>, example: &str) -> FieldView {
        FieldView {
            name: name.to_owned(),
            label: name.to_owned(),
            hint: None,
            kind,
            default: default.map(str::to_owned),
            example: example.to_owned(),
        }
    }

    #[test]
    fn a_models_name_cannot_lead_elsewhere() {
        let address =
            Address::parse("https://h.example/v1beta/models/{model}:{action}", &[]).unwrap();
        for (model, path) in [
            ("gemini-2.5-pro", "/v1beta/models/gemini-2.5-pro:go"),
            ("../../admin", "/v1beta/models/..%2F..%2Fadmin:go"),
            ("a?b#c", "/v1beta/models/a%3Fb%23c:go"),
            ("{action}", "/v1beta/models/%7Baction%7D:go"),
            ("é", "/v1beta/models/%C3%A9:go"),
            ("..", "/v1beta/models/..:go"),
        ] {
            let url = Url::parse(&address.fill(model, "go")).unwrap();
            assert_eq!((url.host_str(), url.path()), (Some("h.example"), path), "{model}");
            assert_eq!((url.query(), url.fragment()), (None, None), "{model}");
        }
    }

    #[test]
    fn places_stand_where_they_cannot_lead_elsewhere() {
        let fields = [
            field("base", FieldKind::Address, None, "https://h.example"),
            field("word", FieldKind::Word, None, "a-word"),
            field("label", FieldKind::Label, None, "label"),
        ];
        for text in [
            "https://{model}.example/v1",
            "https://h.example/v1?m={model}",
            "https://h.example/{other}",
            "https://h.example/{word",
            "https://h.example/word}",
            "https://{word}.h.example/v1",
            "https://{label}/v1",
            "https://{label}.example/v1",
            "https://h.{label}/v1",
            "https://h.example/{base}",
            "https://h.example/{word-}",
        ] {
            assert!(Address::parse(text, &fields).is_err(), "{text}");
        }
        for text in [
            "{base}/v1/{model}?v={word}",
            "https://{label}.h.example/{word}",
            "https://{label-}x.example/{label}",
        ] {
            assert!(Address::parse(text, &fields).is_ok(), "{text}");
        }
        assert!(!Address::parse("https://h.example/v1", &[]).unwrap().names_model());
    }

    #[test]
    fn a_field_and_its_dash_stand_in_the_host_unless_it_has_its_default() {
        let fields = [field("place", FieldKind::Label, Some("global"), "us-east1")];
        let address =
            Address::parse("https://{place-}ai.h.example/{place}/{model}", &fields).unwrap();
        let at = |values: &FieldValues| {
            let placed = address.placed(&fields, values).unwrap();
            placed.fill("m", "")
        };
        assert_eq!(at(&FieldValues::new()), "https://ai.h.example/global/m");
        let east = FieldValues::from([("place".to_owned(), "us-east1".to_owned())]);
        assert_eq!(at(&east), "https://us-east1-ai.h.example/us-east1/m");
    }
}
