//! A tool's own file, in every manner of writing: what can be read is changed in one place and nowhere else.

use switchyard_toolkit::edit::{Document, Format, KeyPath, Value};

const FORMATS: [Format; 6] =
    [Format::Json, Format::Jsonc, Format::Json5, Format::Toml, Format::Yaml, Format::Dotenv];

/// Reads the bytes in each format, and sets, repeats and takes out a value of ours.
pub fn edit(bytes: &[u8]) {
    for format in FORMATS {
        let Ok(before) = Document::parse(bytes, format) else { continue };
        assert_eq!(before.bytes(), bytes, "{format:?}: what was only read was changed");
        let path = match format {
            Format::Dotenv => KeyPath::keys(["SWITCHYARD_FUZZ"]),
            _ => KeyPath::keys(["switchyard fuzz", "inner"]),
        };
        if before.get(&path).is_some() {
            continue;
        }
        set_and_remove(&before, format, &path);
    }
}

fn set_and_remove(before: &Document, format: Format, path: &KeyPath) {
    let value = Value::text("a \"value\" of ours");
    let mut document = before.clone();
    // A file whose root is a list or a word has no place for it, and says so.
    if document.set(path, &value).is_err() {
        assert_eq!(document.bytes(), before.bytes(), "{format:?}: a refused change changed it");
        return;
    }
    let once = document.bytes();
    let again = Document::parse(&once, format).expect("what was written can be read");
    assert_eq!(again.get(path), Some(value.clone()), "{format:?}");
    document.set(path, &value).expect("what was set can be set again");
    assert_eq!(document.bytes(), once, "{format:?}: the same value twice");
    assert!(document.remove(path).expect("what was set can be taken out"), "{format:?}");
    for (key, _) in before.value().as_table().unwrap_or_default() {
        // Of a name that stands twice, one value counts: the same as before.
        let path = KeyPath::root().key(key.as_str());
        assert_eq!(document.get(&path), before.get(&path), "{format:?}: {key}");
    }
}
