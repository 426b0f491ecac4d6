//! Reading JSON leniently where vendors differ, and without altering what is only carried.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::BodyError;

/// Text that borrows from the source where it has no escapes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Str<'a>(pub(crate) Cow<'a, str>);

impl Str<'_> {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Str<'a> {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        struct Borrow;
        impl<'de> Visitor<'de> for Borrow {
            type Value = Str<'de>;
            fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
                to.write_str("a string")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Str<'de>, E> {
                Ok(Str(Cow::Borrowed(text)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Str<'de>, E> {
                Ok(Str(Cow::Owned(text.to_owned())))
            }
            fn visit_string<E>(self, text: String) -> Result<Str<'de>, E> {
                Ok(Str(Cow::Owned(text)))
            }
        }
        source.deserialize_str(Borrow)
    }
}

/// A number of tokens, however a vendor writes it: absent, null, `12`, `12.0`, `"12"`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Count(pub(crate) u64);

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(source)?;
        let digits = raw.get().trim_matches('"');
        let whole = digits.split_once('.').map_or(digits, |(whole, _)| whole);
        Ok(Self(whole.parse().unwrap_or(0)))
    }
}

/// The fields of an object in their order, each value exactly as it was written.
///
/// A reader takes what it knows; what is left was not understood and becomes a loss.
#[derive(Debug, Default)]
pub(crate) struct Fields<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        struct Entries;
        impl<'de> Visitor<'de> for Entries {
            type Value = Fields<'de>;
            fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
                to.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields<'de>, A::Error> {
                let mut fields: Vec<(Cow<'de, str>, &'de RawValue)> = Vec::new();
                while let Some((Str(name), value)) = map.next_entry::<Str<'de>, &'de RawValue>()? {
                    if let Some(known) = fields.iter_mut().find(|(known, _)| *known == name) {
                        known.1 = value;
                    } else {
                        fields.push((name, value));
                    }
                }
                Ok(Fields(fields))
            }
        }
        source.deserialize_map(Entries)
    }
}

impl<'a> Fields<'a> {
    /// The object in these bytes, which may start with a byte order mark.
    pub(crate) fn of_body(body: &'a [u8]) -> Result<Self, BodyError> {
        let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
        serde_json::from_slice(body).map_err(|error| {
            if error.is_data() {
                return BodyError::NotAnObject;
            }
            BodyError::NotJson {
                offset: offset(body, error.line(), error.column()),
                problem: "it does not follow the JSON grammar".to_owned(),
            }
        })
    }

    /// The object under `path`.
    pub(crate) fn of(raw: &'a RawValue, path: &str) -> Result<Self, BodyError> {
        parse(raw, path, "an object")
    }

    /// Takes a field out; null counts as absent.
    pub(crate) fn take(&mut self, name: &str) -> Option<&'a RawValue> {
        let place = self.0.iter().position(|(known, _)| known == name)?;
        let (_, value) = self.0.remove(place);
        (value.get() != "null").then_some(value)
    }

    /// Looks at a field; null counts as absent.
    pub(crate) fn peek(&self, name: &str) -> Option<&'a RawValue> {
        let (_, value) = self.0.iter().find(|(known, _)| known == name)?;
        (value.get() != "null").then_some(*value)
    }

    /// Takes a field that must be text.
    pub(crate) fn take_text(
        &mut self,
        name: &str,
        path: &str,
    ) -> Result<Option<String>, BodyError> {
        self.take(name).map(|raw| text(raw, &join(path, name))).transpose()
    }

    /// Takes a field that must be true or false.
    pub(crate) fn take_flag(&mut self, name: &str, path: &str) -> Result<Option<bool>, BodyError> {
        self.take(name).map(|raw| parse(raw, &join(path, name), "true or false")).transpose()
    }

    /// Takes a field that must be a list.
    pub(crate) fn take_list(
        &mut self,
        name: &str,
        path: &str,
    ) -> Result<Option<Vec<&'a RawValue>>, BodyError> {
        self.take(name).map(|raw| list(raw, &join(path, name))).transpose()
    }

    /// What nobody took, nulls left out.
    pub(crate) fn rest(self) -> impl Iterator<Item = (Cow<'a, str>, &'a RawValue)> {
        self.0.into_iter().filter(|(_, value)| value.get() != "null")
    }
}

/// `path.name`, or the name alone at the top.
pub(crate) fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// Reads a value as `what`.
pub(crate) fn parse<'a, T: Deserialize<'a>>(
    raw: &'a RawValue,
    path: &str,
    what: &str,
) -> Result<T, BodyError> {
    serde_json::from_str(raw.get())
        .map_err(|_| BodyError::field(path, format!("it should be {what}")))
}

pub(crate) fn text(raw: &RawValue, path: &str) -> Result<String, BodyError> {
    parse::<Str<'_>>(raw, path, "a string").map(|text| text.0.into_owned())
}

pub(crate) fn list<'a>(raw: &'a RawValue, path: &str) -> Result<Vec<&'a RawValue>, BodyError> {
    parse(raw, path, "a list")
}

/// Whether a value is text, judged by its first byte.
pub(crate) fn is_text(raw: &RawValue) -> bool {
    raw.get().starts_with('"')
}

/// Whether a value is an object, judged by its first byte.
pub(crate) fn is_object(raw: &RawValue) -> bool {
    raw.get().starts_with('{')
}

/// A raw value made from text that is known to be JSON; `None` where it is not.
pub(crate) fn raw(json: String) -> Option<Box<RawValue>> {
    RawValue::from_string(json).ok()
}

/// Serializes into bytes; our own types cannot fail to serialize.
pub(crate) fn to_vec<T: serde::Serialize + ?Sized>(value: &T) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}

fn offset(body: &[u8], line: usize, column: usize) -> usize {
    let mut lines = body.split_inclusive(|byte| *byte == b'\n');
    let before: usize = lines.by_ref().take(line.saturating_sub(1)).map(<[u8]>::len).sum();
    before + column.saturating_sub(1)
}

/// Reads a field that may be absent or null as its default.
pub(crate) fn or_default<'de, D, T>(source: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Option::<T>::deserialize(source).map(Option::unwrap_or_default).map_err(D::Error::custom)
}

/// An object whose values stay exactly as they were written, to be changed field by field.
#[derive(Clone, Debug, Default)]
pub(crate) struct Object(Vec<(String, Box<RawValue>)>);

impl Object {
    /// The object in `raw`; an empty one where it is something else.
    pub(crate) fn of(raw: &str) -> Self {
        let fields = serde_json::from_str::<Fields<'_>>(raw).unwrap_or_default();
        Self(
            fields
                .0
                .into_iter()
                .map(|(name, value)| (name.into_owned(), value.to_owned()))
                .collect(),
        )
    }

    pub(crate) fn get(&self, name: &str) -> Option<&RawValue> {
        let (_, value) = self.0.iter().find(|(known, _)| known == name)?;
        (value.get() != "null").then_some(value)
    }

    pub(crate) fn text(&self, name: &str) -> Option<Cow<'_, str>> {
        Some(serde_json::from_str::<Str<'_>>(self.get(name)?.get()).ok()?.0)
    }

    pub(crate) fn number(&self, name: &str) -> Option<u64> {
        self.get(name)?.get().parse().ok()
    }

    /// The items of a list; none where there is no list.
    pub(crate) fn items(&self, name: &str) -> Vec<Box<RawValue>> {
        self.get(name).and_then(|list| serde_json::from_str(list.get()).ok()).unwrap_or_default()
    }

    /// Sets a field to JSON text.
    pub(crate) fn set(&mut self, name: &str, json: String) {
        let Some(value) = raw(json) else { return };
        match self.0.iter_mut().find(|(known, _)| known == name) {
            Some((_, old)) => *old = value,
            None => self.0.push((name.to_owned(), value)),
        }
    }

    pub(crate) fn set_text(&mut self, name: &str, text: &str) {
        self.set(name, serde_json::Value::from(text).to_string());
    }

    pub(crate) fn remove(&mut self, name: &str) {
        self.0.retain(|(known, _)| known != name);
    }

    pub(crate) fn fields(&self) -> impl Iterator<Item = (&str, &RawValue)> {
        self.0.iter().map(|(name, value)| (name.as_str(), &**value))
    }

    pub(crate) fn to_json(&self) -> String {
        let field = |(name, value): &(String, Box<RawValue>)| {
            format!("{}:{}", serde_json::Value::from(name.as_str()), value.get())
        };
        let fields: Vec<String> = self.0.iter().map(field).collect();
        format!("{{{}}}", fields.join(","))
    }
}

/// A list in JSON of items in JSON.
pub(crate) fn list_of(items: impl IntoIterator<Item = String>) -> String {
    format!("[{}]", items.into_iter().collect::<Vec<_>>().join(","))
}
