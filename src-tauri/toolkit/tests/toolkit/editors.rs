//! One value changes, and no other byte.
use switchyard_toolkit::edit::{Document, EditError, Format, KeyPath, Value};

fn path(text: &str) -> KeyPath {
    text.split('.').fold(KeyPath::root(), |path, step| match step.split_once('=') {
        Some((field, is)) => path.item(field, is),
        None => path.key(step),
    })
}

fn set(format: Format, before: &str, at: &str, value: impl Into<Value>) -> String {
    let mut document = Document::parse(before.as_bytes(), format).unwrap();
    document.set(&path(at), &value.into()).unwrap();
    String::from_utf8(document.bytes()).unwrap()
}

fn remove(format: Format, before: &str, at: &str) -> String {
    let mut document = Document::parse(before.as_bytes(), format).unwrap();
    assert!(document.remove(&path(at)).unwrap(), "{at} is there");
    String::from_utf8(document.bytes()).unwrap()
}

/// Adds a key, compares, and takes it out again.
fn adds(format: Format, before: &str, at: &str, after: &str) {
    assert_eq!(set(format, before, at, "v"), after);
    assert_eq!(remove(format, after, at), before, "and back");
}

fn refused(format: Format, text: &str) -> (usize, usize) {
    match Document::parse(text.as_bytes(), format).unwrap_err() {
        EditError::Syntax { line, column, .. } | EditError::NotText { line, column } => {
            (line, column)
        }
        error => panic!("{error}"),
    }
}

#[test]
fn a_json_key_is_added_in_the_style_of_its_neighbours() {
    use Format::Json;
    adds(Json, "{\n\t\"a\": 1\n}\n", "k", "{\n\t\"a\": 1,\n\t\"k\": \"v\"\n}\n");
    adds(
        Json,
        "{\r\n    \"a\": {\r\n        \"b\": 1\r\n    }\r\n}",
        "a.k",
        "{\r\n    \"a\": {\r\n        \"b\": 1,\r\n        \"k\": \"v\"\r\n    }\r\n}",
    );
    adds(Json, "{\"a\":1,\"b\":[]}", "k", "{\"a\":1,\"b\":[],\"k\":\"v\"}");
    adds(Json, "{ \"a\": 1 }", "k", "{ \"a\": 1, \"k\": \"v\" }");
    adds(Json, "{}", "k", "{\n  \"k\": \"v\"\n}");
    adds(Json, "{\n  \"env\": {}\n}\n", "env.k", "{\n  \"env\": {\n    \"k\": \"v\"\n  }\n}\n");
    assert_eq!(
        set(Json, "{\n  \"a\": 1\n}\n", "x.y.k", "v"),
        "{\n  \"a\": 1,\n  \"x\": {\n    \"y\": {\n      \"k\": \"v\"\n    }\n  }\n}\n"
    );
}

#[test]
fn json_comments_and_trailing_commas_stay_where_they_are() {
    use Format::Jsonc;
    adds(Jsonc, "{\n  \"a\": 1 // one\n}\n", "k", "{\n  \"a\": 1, // one\n  \"k\": \"v\"\n}\n");
    adds(
        Jsonc,
        "{\n  \"a\": 1, // one\n  // end\n}\n",
        "k",
        "{\n  \"a\": 1, // one\n  \"k\": \"v\",\n  // end\n}\n",
    );
    adds(Jsonc, "{\n  // nothing yet\n}\n", "k", "{\n  // nothing yet\n  \"k\": \"v\"\n}\n");
    adds(Jsonc, "{ \"a\": 1 /* , */ }", "k", "{ \"a\": 1, \"k\": \"v\" /* , */ }");
    assert_eq!(
        remove(Jsonc, "{\n  // mine\n  \"k\": 1, // why\n  \"b\": 2\n}\n", "k"),
        "{\n  // mine // why\n  \"b\": 2\n}\n"
    );
    assert_eq!(
        remove(Jsonc, "{\n  \"a\": 1, // a\n  \"k\": 1 }\n", "k"),
        "{\n  \"a\": 1 // a\n   }\n"
    );
}

#[test]
fn json5_is_written_as_the_file_writes_it() {
    use Format::Json5;
    adds(Json5, "{\n  a: 'x',\n}\n", "k", "{\n  a: 'x',\n  k: 'v',\n}\n");
    assert_eq!(set(Json5, "{a: 'it\\'s', b: 0x1F}", "a", "don't"), "{a: 'don\\'t', b: 0x1F}");
    assert_eq!(set(Json5, "{a: +.5}", "two words", "v"), "{a: +.5, \"two words\": \"v\"}");
    assert_eq!(
        Document::parse(b"{a: 'x\\\ny', \"b\": Infinity, c: 5.,}", Json5).unwrap().get(&path("a")),
        Some(Value::text("xy"))
    );
}

#[test]
fn an_entry_of_a_list_is_found_by_its_field_or_added() {
    let before = "{\n  \"m\": [\n    { \"id\": \"a\", \"n\": 1 }\n  ]\n}\n";
    let entry = || Value::table([("id", "b".into()), ("n", Value::integer(2))]);
    let after = set(Format::Json, before, "m.id=b", entry());
    assert_eq!(
        after,
        "{\n  \"m\": [\n    { \"id\": \"a\", \"n\": 1 },\n    {\n      \"id\": \"b\",\n      \"n\": 2\n    }\n  ]\n}\n"
    );
    assert_eq!(set(Format::Json, &after, "m.id=b", entry()), after, "no second one");
    assert_eq!(remove(Format::Json, &after, "m.id=b"), before);
    assert_eq!(set(Format::Json, before, "m.id=a.n", Value::integer(3)), before.replace('1', "3"));
    let root = set(Format::Json, "[]\n", "id=b", entry());
    assert_eq!(root, "[\n  {\n    \"id\": \"b\",\n    \"n\": 2\n  }\n]\n");
    assert_eq!(set(Format::Json, "", "id=b", entry()), root);
}

#[test]
fn toml_keys_are_added_to_their_table_and_tables_at_the_end() {
    use Format::Toml;
    adds(
        Toml,
        "# top\n\na = 1 # one\n\n[t]\nb = 2\n",
        "k",
        "# top\n\na = 1 # one\nk = \"v\"\n\n[t]\nb = 2\n",
    );
    adds(Toml, "a = 1\n\n[t]\nb = 2\n\n[u]\n", "t.k", "a = 1\n\n[t]\nb = 2\nk = \"v\"\n\n[u]\n");
    adds(
        Toml,
        "[t]\r\nb = [\r\n  1,\r\n]\r\n",
        "t.k",
        "[t]\r\nb = [\r\n  1,\r\n]\r\nk = \"v\"\r\n",
    );
    adds(Toml, "a.b = 1\n[x]\n", "a.k", "a.b = 1\na.k = \"v\"\n[x]\n");
    adds(Toml, "[t]\n  b = 1", "t.k", "[t]\n  b = 1\n  k = \"v\"");
    assert_eq!(set(Toml, "[t]\nb = 1\n", "k", "v"), "k = \"v\"\n\n[t]\nb = 1\n");
    assert_eq!(set(Toml, "# c\n# d\n\n[t]\n", "k", "v"), "# c\n# d\n\nk = \"v\"\n\n[t]\n");
    assert_eq!(set(Toml, "a = 1\n", "t.u v.k", "v"), "a = 1\n\n[t.\"u v\"]\nk = \"v\"\n");
    assert_eq!(set(Toml, "[t.u]\na = 1\n", "t.k", "v"), "[t.u]\na = 1\n\n[t]\nk = \"v\"\n");
    assert_eq!(set(Toml, "t = { a = 1 }\n", "t.k", "v"), "t = { a = 1, k = \"v\" }\n");
    assert_eq!(set(Toml, "t = {}\n", "t.k", "v"), "t = { k = \"v\" }\n");
    assert_eq!(set(Toml, "t = { u.a = 1 }\n", "t.u.k", "v"), "t = { u.a = 1, u.k = \"v\" }\n");
    adds(Toml, "t = { u.a = 1 } # c\n", "t.x.k", "t = { u.a = 1, x.k = \"v\" } # c\n");
    assert_eq!(remove(Toml, "t = { k = 1, a = 2 }\n", "t.k"), "t = { a = 2 }\n");
    assert_eq!(remove(Toml, "t = { k = 1 }\n", "t.k"), "t = {}\n");
    assert_eq!(set(Toml, "k = '''\nx\n''' # c\n", "k", "v"), "k = \"v\" # c\n");
    assert_eq!(remove(Toml, "a = 1\nk = 2 # why\n", "k"), "a = 1\n# why\n");
    assert_eq!(set(Toml, "", "k", "a\"\\\u{1}é"), "k = \"a\\\"\\\\\\u0001é\"\n");
}

#[test]
fn yaml_blocks_are_changed_line_by_line() {
    use Format::Yaml;
    adds(
        Yaml,
        "# c\na: 1 # one\nm:\n    x: y\n# end\n",
        "m.k",
        "# c\na: 1 # one\nm:\n    x: y\n    k: v\n# end\n",
    );
    adds(Yaml, "a: |\n  text\n  more\nb: 1\n", "k", "a: |\n  text\n  more\nb: 1\nk: v\n");
    adds(Yaml, "env:\nb: 1\n", "env.k", "env:\n  k: v\nb: 1\n");
    adds(Yaml, "a: {b: 1}\n", "a.k", "a: {b: 1, k: v}\n");
    adds(Yaml, "a: {b: {c: 1} } # note\nd: 2\n", "a.b.k", "a: {b: {c: 1, k: v} } # note\nd: 2\n");
    adds(Yaml, "{\"a\":\"b\" }", "k", "{\"a\":\"b\", k: v }");
    adds(Yaml, "a: 1", "k", "a: 1\nk: v");
    adds(Yaml, "---\na: 1\n...\n", "k", "---\na: 1\nk: v\n...\n");
    assert_eq!(set(Yaml, "é: 'x'   # c\r\nb: 2\r\n", "é", "on"), "é: \"on\"   # c\r\nb: 2\r\n");
    assert_eq!(set(Yaml, "k:\n", "k", "http://127.0.0.1:1/v1"), "k: http://127.0.0.1:1/v1\n");
    assert_eq!(set(Yaml, "a: 1\n", "x.s", "5"), "a: 1\nx:\n  s: \"5\"\n");
    assert_eq!(set(Yaml, "", "x.s", true), "x:\n  s: true\n");
    assert_eq!(set(Yaml, "# only words\n", "x", Value::Null), "# only words\nx: null\n");
}

#[test]
fn yaml_lists_of_tables_get_an_entry() {
    let entry = Value::table([("name", "sy".into()), ("url", "http://h/v1".into())]);
    for (before, after) in [
        (
            "m:\n- name: a\n  v: 1\nz: 1\n",
            "m:\n- name: a\n  v: 1\n- name: sy\n  url: http://h/v1\nz: 1\n",
        ),
        ("m:\n  - name: a # c\n", "m:\n  - name: a # c\n  - name: sy\n    url: http://h/v1\n"),
        ("z: 1\n", "z: 1\nm:\n  - name: sy\n    url: http://h/v1\n"),
        ("m: []\n", "m:\n  - name: sy\n    url: http://h/v1\n"),
    ] {
        assert_eq!(set(Format::Yaml, before, "m.name=sy", entry.clone()), after);
    }
    let after = "m:\n- name: a\n- name: sy\n  url: x\n# c\n";
    assert_eq!(remove(Format::Yaml, after, "m.name=sy"), "m:\n- name: a\n# c\n");
    assert_eq!(set(Format::Yaml, after, "m.name=sy", entry), after.replace(" x", " http://h/v1"));
}

#[test]
fn what_yaml_cannot_change_safely_is_refused_with_its_place() {
    for (text, at) in [
        ("base: &b\n  x: 1\nuse:\n  <<: *b\n", "base.k"),
        ("a: *x\n", "a.k"),
        ("a: !!map\n  x: 1\n", "a.k"),
        ("m: [{name: a}]\n", "m.name=b"),
        ("a: text\n", "a.k"),
    ] {
        let Ok(mut document) = Document::parse(text.as_bytes(), Format::Yaml) else { continue };
        let error = document.set(&path(at), &"v".into()).unwrap_err();
        let placed = matches!(
            error,
            EditError::Unsupported { line: 1.., column: 1.., .. } | EditError::WrongKind { .. }
        );
        assert!(placed, "{text}: {error:?}");
        assert_eq!(document.bytes(), text.as_bytes());
    }
    assert_eq!(refused(Format::Yaml, "a: 1\n---\nb: 2\n").0, 2);
}

#[test]
fn env_lines_keep_their_prefixes_quotes_and_comments() {
    use Format::Dotenv;
    adds(Dotenv, "# c\nA=1\n", "K", "# c\nA=1\nK=v\n");
    adds(Dotenv, "export A='1'", "K", "export A='1'\nexport K=v");
    assert_eq!(set(Dotenv, "K=\"old\" # why\r\nB=2\r\n", "K", "new"), "K=new # why\r\nB=2\r\n");
    assert_eq!(set(Dotenv, "K=1\nK=2\n", "K", "3"), "K=1\nK=3\n", "the last one counts");
    assert_eq!(set(Dotenv, "", "K", "a b#c"), "K='a b#c'\n");
    assert_eq!(set(Dotenv, "K=\n", "K", "v"), "K=v\n");
    let text = "A=\"two\nlines\"\nnot a line\n  export  B = x # c\nC='#'\n";
    let document = Document::parse(text.as_bytes(), Dotenv).unwrap();
    for (key, value) in [("A", "two\nlines"), ("B", "x"), ("C", "#")] {
        assert_eq!(document.get(&path(key)), Some(Value::text(value)), "{key}");
    }
    let mut twice = Document::parse(b"K=1\nK=2\n", Dotenv).unwrap();
    assert!(matches!(twice.remove(&path("K")), Err(EditError::Unsupported { .. })));
}

#[test]
fn a_byte_order_mark_stays_and_comes_to_no_other_file() {
    let mut document = Document::parse("\u{feff}{\"a\": 1}".as_bytes(), Format::Json).unwrap();
    document.set(&path("a"), &Value::integer(2)).unwrap();
    assert_eq!(document.bytes(), "\u{feff}{\"a\": 2}".as_bytes());
}

#[test]
fn a_value_that_says_the_same_keeps_its_spelling() {
    for (format, text) in [
        (Format::Json, "{\"a\": \"\\u0041\"}"),
        (Format::Json5, "{a: 'A'}"),
        (Format::Toml, "a = 'A'\n"),
        (Format::Yaml, "a: 'A'\n"),
        (Format::Dotenv, "a='A'\n"),
    ] {
        assert_eq!(set(format, text, "a", "A"), text);
    }
}

#[test]
fn what_does_not_parse_is_refused_with_line_and_column() {
    use Format::{Dotenv, Json, Json5, Jsonc, Toml, Yaml};
    assert_eq!(refused(Json, "{\n  \"a\": 1,\n}"), (2, 9));
    assert_eq!(refused(Json, "{\n  // c\n}"), (2, 3));
    assert_eq!(refused(Json, "{\"a\": 01}"), (1, 7));
    assert_eq!(refused(Json, "{\"a\": 'x'}"), (1, 7));
    assert_eq!(refused(Json, "{\"é\": \"\\q\"}"), (1, 8));
    assert_eq!(refused(Json, "{} {}"), (1, 4));
    assert_eq!(refused(Json, &"[".repeat(100_000)), (1, 129));
    assert_eq!(refused(Jsonc, "{ /* open"), (1, 3));
    assert_eq!(refused(Json5, "{a: 'x\ny'}"), (1, 7));
    assert_eq!(refused(Toml, "a = 1\na = 2\n").0, 2);
    assert_eq!(refused(Toml, "a = \n").0, 1);
    assert_eq!(refused(Yaml, "a: [1\nb: 2\n").0, 2);
    assert_eq!(refused(Dotenv, "A=1\nB=\"open\n"), (2, 3));
    let latin = Document::parse(b"{\n \"a\": \"\xe9\"}", Json).unwrap_err();
    assert_eq!(latin, EditError::NotText { line: 2, column: 8 });
}

#[test]
fn a_key_that_stands_twice_is_read_as_tools_read_it_and_never_half_removed() {
    let text = "{\"a\": 1, \"a\": 2}";
    assert_eq!(set(Format::Json, text, "a", Value::integer(3)), "{\"a\": 1, \"a\": 3}");
    let mut document = Document::parse(text.as_bytes(), Format::Json).unwrap();
    assert!(matches!(document.remove(&path("a")), Err(EditError::Unsupported { .. })));
}
