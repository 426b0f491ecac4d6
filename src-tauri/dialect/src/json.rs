//! Reading JSON leniently where vendors differ, and without altering what is only carried.

use std::borrow::Cow;
use std::{fmt, io};

use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::{Serialize, Serializer};
use serde_json::ser::Formatter;
use serde_json::value::RawValue;

use crate::BodyError;
use crate::neutral::loss::Losses;
use crate::neutral::text::{Text, unescaped};
use crate::scan::{Flaw, Node, index};

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

/// A JSON document whose structure was found in one pass; what is read of it is only looked up.
#[derive(Debug)]
pub(crate) struct Json<'a> {
    source: &'a str,
    nodes: Vec<Node>,
}

impl<'a> Json<'a> {
    /// The document in these bytes, which may start with a byte order mark.
    pub(crate) fn of_body(body: &'a [u8]) -> Result<Self, BodyError> {
        let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
        let source = std::str::from_utf8(body).map_err(|error| BodyError::NotJson {
            offset: error.valid_up_to(),
            problem: "it is not UTF-8".to_owned(),
        })?;
        Ok(Self::of(source)?)
    }

    pub(crate) fn of(source: &'a str) -> Result<Self, Flaw> {
        Ok(Self { source, nodes: index(source)? })
    }

    pub(crate) fn root(&self) -> Raw<'_> {
        Raw { source: self.source, nodes: &self.nodes }
    }

    /// The fields of the object that the document is.
    pub(crate) fn fields(&self) -> Result<Fields<'_>, BodyError> {
        Fields::of(self.root(), "").map_err(|_| BodyError::NotAnObject)
    }
}

/// A value in a [`Json`], exactly as it was written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Raw<'a> {
    source: &'a str,
    /// The value's own node and all below it.
    nodes: &'a [Node],
}

impl<'a> Raw<'a> {
    /// The value as it was written.
    pub(crate) fn get(self) -> &'a str {
        let span = self.nodes.first().map(|node| node.start as usize..node.end as usize);
        span.and_then(|span| self.source.get(span)).unwrap_or_default()
    }

    /// The value on its own.
    pub(crate) fn to_owned(self) -> Box<RawValue> {
        // What a document holds was checked when its structure was found.
        RawValue::from_string(self.get().to_owned()).unwrap_or_default()
    }

    /// What stands directly inside: items, or keys and values in turn.
    fn inner(self) -> impl Iterator<Item = Self> {
        let mut rest = self.nodes.get(1..).unwrap_or_default();
        std::iter::from_fn(move || {
            let size = rest.first()?.size as usize;
            let (nodes, after) = rest.split_at_checked(size)?;
            rest = after;
            Some(Self { source: self.source, nodes })
        })
    }
}

/// The fields of an object in their order, each value exactly as it was written.
///
/// A reader takes what it knows; what is left was not understood and becomes a loss. Of a name that stands twice the
/// last value counts.
#[derive(Debug, Default)]
pub(crate) struct Fields<'a>(Vec<(Cow<'a, str>, Raw<'a>)>);

impl<'a> Fields<'a> {
    /// The object under `path`.
    pub(crate) fn of(raw: Raw<'a>, path: &str) -> Result<Self, BodyError> {
        if !is_object(raw) {
            return Err(BodyError::field(path, "it should be an object"));
        }
        let mut fields: Vec<(Cow<'a, str>, Raw<'a>)> = Vec::new();
        let mut inner = raw.inner();
        while let (Some(name), Some(value)) = (inner.next(), inner.next()) {
            let name = key(name, path)?;
            match fields.iter_mut().find(|(known, _)| *known == name) {
                Some((_, known)) => *known = value,
                None => fields.push((name, value)),
            }
        }
        Ok(Self(fields))
    }

    /// Takes a field out; null counts as absent.
    pub(crate) fn take(&mut self, name: &str) -> Option<Raw<'a>> {
        let place = self.0.iter().position(|(known, _)| known == name)?;
        let (_, value) = self.0.remove(place);
        (value.get() != "null").then_some(value)
    }

    /// The name of the first field that is not null.
    pub(crate) fn first(&self) -> Option<&str> {
        let (name, _) = self.0.iter().find(|(_, value)| value.get() != "null")?;
        Some(name)
    }

    /// Looks at a field; null counts as absent.
    pub(crate) fn peek(&self, name: &str) -> Option<Raw<'a>> {
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

    /// Takes a field that must be text, which is only carried.
    pub(crate) fn take_words(&mut self, name: &str, path: &str) -> Result<Option<Text>, BodyError> {
        self.take(name).map(|raw| words(raw, &join(path, name))).transpose()
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
    ) -> Result<Option<Vec<Raw<'a>>>, BodyError> {
        self.take(name).map(|raw| list(raw, &join(path, name))).transpose()
    }

    /// Names what nobody took: who is done with an object hands the rest over, so that nothing is lost in silence.
    /// What is off or empty says nothing.
    pub(crate) fn hand_rest(self, at: &str, losses: &mut Losses) {
        for (name, value) in self.rest() {
            if !says_nothing(value.get()) {
                losses.uncarried(&join(at, &name));
            }
        }
    }

    /// What nobody took, nulls left out.
    pub(crate) fn rest(self) -> impl Iterator<Item = (Cow<'a, str>, Raw<'a>)> {
        self.0.into_iter().filter(|(_, value)| value.get() != "null")
    }
}

/// Whether a field that is written like this is as good as absent.
pub(crate) fn says_nothing(value: &str) -> bool {
    matches!(value, "null" | "false" | "[]" | "{}" | "\"\"")
}

/// Names a field of a reply that nobody carries, where it says something.
pub(crate) fn hand_over(name: &str, value: Option<&RawValue>, losses: &mut Losses) {
    if value.is_some_and(|value| !says_nothing(value.get())) {
        losses.uncarried(name);
    }
}

/// `path.name`, or the name alone at the top.
pub(crate) fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// A key's text: what stands between its quotes, unless something is escaped there.
fn key<'a>(raw: Raw<'a>, path: &str) -> Result<Cow<'a, str>, BodyError> {
    let quoted = raw.get();
    match quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(plain) if !plain.contains('\\') => Ok(Cow::Borrowed(plain)),
        _ => parse::<Str<'_>>(raw, path, "an object whose keys are text").map(|text| text.0),
    }
}

/// Reads a value as `what`.
pub(crate) fn parse<'a, T: Deserialize<'a>>(
    raw: Raw<'a>,
    path: &str,
    what: &str,
) -> Result<T, BodyError> {
    serde_json::from_str(raw.get())
        .map_err(|_| BodyError::field(path, format!("it should be {what}")))
}

pub(crate) fn text(raw: Raw<'_>, path: &str) -> Result<String, BodyError> {
    let plain = raw.get().strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    match plain.and_then(unescaped) {
        Some(text) => Ok(text.into_owned()),
        None => parse::<Str<'_>>(raw, path, "a string").map(|text| text.0.into_owned()),
    }
}

/// Text that is only carried, as it was written where that can be written again.
pub(crate) fn words(raw: Raw<'_>, path: &str) -> Result<Text, BodyError> {
    let inner = raw.get().strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    match inner.filter(|inner| memchr::memmem::find(inner.as_bytes(), b"\\u").is_none()) {
        Some(quoted) => Ok(Text::Quoted(quoted.to_owned())),
        None => text(raw, path).map(Text::Plain),
    }
}

pub(crate) fn list<'a>(raw: Raw<'a>, path: &str) -> Result<Vec<Raw<'a>>, BodyError> {
    if raw.get().starts_with('[') {
        Ok(raw.inner().collect())
    } else {
        Err(BodyError::field(path, "it should be a list"))
    }
}

/// Reads each item of the list at `path`; an error names the item's place.
pub(crate) fn each<'a, T>(
    items: Vec<Raw<'a>>,
    path: &str,
    mut read: impl FnMut(Raw<'a>) -> Result<T, BodyError>,
) -> Result<Vec<T>, BodyError> {
    let items = items.into_iter().enumerate();
    items.map(|(place, item)| read(item).map_err(|error| error.at(path, place))).collect()
}

/// Whether a value is text, judged by its first byte.
pub(crate) fn is_text(raw: Raw<'_>) -> bool {
    raw.get().starts_with('"')
}

/// Whether a value is an object, judged by its first byte.
pub(crate) fn is_object(raw: Raw<'_>) -> bool {
    raw.get().starts_with('{')
}

/// A raw value made from text that is known to be JSON; `None` where it is not.
pub(crate) fn raw(json: String) -> Option<Box<RawValue>> {
    RawValue::from_string(json).ok()
}

/// Serializes into bytes; our own types cannot fail to serialize.
pub(crate) fn to_vec<T: Serialize + ?Sized>(value: &T) -> Vec<u8> {
    to_bytes(value, 128)
}

/// The same for something of about this length.
pub(crate) fn to_bytes<T: Serialize + ?Sized>(value: &T, length: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(length + length / 8);
    let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, Verbatim);
    match value.serialize(&mut serializer) {
        Ok(()) => bytes,
        Err(_) => Vec::new(),
    }
}

/// A string on its way to [`to_vec`], which alone knows what is quoted already: hence no [`Text`] can be serialized
/// by itself.
#[derive(Clone, Copy)]
pub(crate) enum Said<'a> {
    Text(&'a Text),
    Letters(&'a str),
}

impl Serialize for Said<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(Text::Quoted(quoted)) => to.serialize_bytes(quoted.as_bytes()),
            Self::Text(Text::Plain(text)) => to.serialize_str(text),
            Self::Letters(text) => to.serialize_str(text),
        }
    }
}

/// Writes what JSON has no form for, bytes, as the inside of a string that is quoted already.
struct Verbatim;

impl Formatter for Verbatim {
    fn write_byte_array<W: io::Write + ?Sized>(
        &mut self,
        to: &mut W,
        quoted: &[u8],
    ) -> io::Result<()> {
        to.write_all(b"\"")?;
        to.write_all(quoted)?;
        to.write_all(b"\"")
    }
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
        let Ok(document) = Json::of(raw) else { return Self::default() };
        let fields = document.fields().unwrap_or_default().0.into_iter();
        Self(fields.map(|(name, value)| (name.into_owned(), value.to_owned())).collect())
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

/// JSON as it can stand in an event, which the end of a line would cut. Inside of strings JSON has no line's
/// end of its own.
pub(crate) fn in_one_line(json: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr2(b'\n', b'\r', json).is_none() {
        return Cow::Borrowed(json);
    }
    let space = |byte: &u8| if matches!(byte, b'\n' | b'\r') { b' ' } else { *byte };
    Cow::Owned(json.iter().map(space).collect())
}

/// A list in JSON of items in JSON.
pub(crate) fn list_of(items: impl IntoIterator<Item = String>) -> String {
    format!("[{}]", items.into_iter().collect::<Vec<_>>().join(","))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::de::IgnoredAny;
    use serde_json::Value;

    use super::*;

    fn says_the_same(raw: Raw<'_>, value: &Value) {
        match value {
            Value::Object(entries) => {
                let fields = Fields::of(raw, "").unwrap();
                assert_eq!(fields.0.len(), entries.len());
                for (name, inner) in &fields.0 {
                    says_the_same(*inner, &entries[&**name]);
                }
            }
            Value::Array(items) => {
                let listed = list(raw, "").unwrap();
                assert_eq!(listed.len(), items.len());
                for (inner, item) in listed.into_iter().zip(items) {
                    says_the_same(inner, item);
                }
            }
            Value::String(said) => assert_eq!(&text(raw, "").unwrap(), said),
            scalar => assert_eq!(&serde_json::from_str::<Value>(raw.get()).unwrap(), scalar),
        }
    }

    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            ".{0,30}".prop_map(Value::from),
        ];
        leaf.prop_recursive(5, 60, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::vec((".{0,8}", inner), 0..6)
                    .prop_map(|entries| Value::Object(entries.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_looked_up_is_what_a_parser_reads(value in values()) {
            for text in [value.to_string(), serde_json::to_string_pretty(&value).unwrap()] {
                says_the_same(Json::of(&text).unwrap().root(), &value);
            }
        }

        #[test]
        fn what_a_parser_takes_is_taken_and_nothing_else(
            text in r#"[\[\]{}":,0-9eE+.tfnrulas\\ \n\u{1}é-]{0,40}"#,
        ) {
            let taken = serde_json::from_str::<IgnoredAny>(&text).is_ok();
            prop_assert_eq!(Json::of(&text).is_ok(), taken, "{:?}", text);
        }
    }

    #[test]
    fn text_is_what_a_parser_reads_however_it_is_escaped() {
        for quoted in [
            r#""""#,
            r#""\"\\\/\b\f\n\r\t""#,
            r#""one\\ntwo\nthree\\\nfour""#,
            r#""süd – \ud83d\ude82 \u00fc\n""#,
        ] {
            let read: String = serde_json::from_str(quoted).unwrap();
            assert_eq!(text(Json::of(quoted).unwrap().root(), "").unwrap(), read);
        }
        let half = Json::of(r#""\ud83d""#).unwrap();
        assert!(text(half.root(), "messages[0].content").is_err());
        assert!(text(Json::of("12").unwrap().root(), "model").is_err());
    }

    #[test]
    fn of_a_name_that_stands_twice_the_last_value_counts() {
        let source = Json::of(r#"{"a":1,"b":2,"\u0061":3}"#).unwrap();
        let mut fields = source.fields().unwrap();
        assert_eq!(fields.take("a").unwrap().get(), "3");
        assert_eq!(fields.rest().count(), 1);
    }
}
