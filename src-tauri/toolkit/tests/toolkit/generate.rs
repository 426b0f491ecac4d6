//! Files that nobody wrote, in every manner.
use proptest::prelude::*;

fn blank() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => Just(String::new()),
        2 => Just(" ".to_owned()),
        2 => Just("\n    ".to_owned()),
        1 => Just("\r\n\t".to_owned()),
    ]
}

fn gap(comments: bool) -> BoxedStrategy<String> {
    if !comments {
        return blank().boxed();
    }
    prop_oneof![
        4 => blank(),
        1 => "[a-z ]{0,6}".prop_map(|word| format!(" /* say {word}{{\",}} */ ")),
        1 => "[a-z ]{0,6}".prop_map(|word| format!("// say {word}\" }},\n")),
    ]
    .boxed()
}

fn scalar() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        (-1000i32..1000).prop_map(|number| number.to_string()),
        Just("1.50e+3".to_owned()),
        "[a-zé😀 ]{0,5}".prop_map(|text| format!("\"{text}\"")),
        Just("\"\\\"\\\\/\\u00e9 // no, }\"".to_owned()),
    ]
}

/// JSON text with blanks, and comments and trailing commas where allowed, in every place.
pub(crate) fn json(comments: bool) -> impl Strategy<Value = String> {
    let any = scalar().prop_recursive(4, 24, 4, move |inner| {
        let entry = (inner, gap(comments), gap(comments));
        let entries = prop::collection::vec(entry, 0..4);
        (entries, any::<bool>(), any::<bool>(), gap(comments)).prop_map(
            move |(entries, table, trailing, end)| {
                let [open, close] = if table { ["{", "}"] } else { ["[", "]"] };
                let count = entries.len();
                let mut text = open.to_owned();
                for (at, (value, before, after)) in entries.into_iter().enumerate() {
                    let key = if table { format!("\"k{at}\"{after}:") } else { String::new() };
                    let comma = at + 1 < count || comments && trailing;
                    let comma = if comma { "," } else { "" };
                    text.extend([&before, &key, &before, &value, &after, comma]);
                }
                text + &end + close
            },
        )
    });
    (any, gap(comments), blank()).prop_map(move |(value, gap, end)| {
        format!("{{{gap}\"env\":{{\"A\":{value}{gap}}},{gap}\"b\": {value}{gap}}}{end}")
    })
}

pub(crate) fn toml() -> impl Strategy<Value = String> {
    let value = prop_oneof![
        Just("1_000".to_owned()),
        Just("'lit # no'".to_owned()),
        Just("\"\"\"\nmany = 1\n[no]\n\"\"\"".to_owned()),
        Just("[ 1, # say one\n  2,\n]".to_owned()),
        Just("{ a = 1, b.c = \"x\" }".to_owned()),
        Just("1979-05-27T07:32:00Z".to_owned()),
    ];
    let comment = prop_oneof![Just(""), Just(" # say why"), Just("  ")];
    let line = ("[a-f]{1,6}", value, comment);
    let table = (prop::collection::vec(line, 0..4), any::<bool>(), any::<bool>());
    (prop::collection::vec(table, 1..5), any::<bool>()).prop_map(|(tables, windows)| {
        let mut text = String::new();
        for (at, (lines, spaced, comment)) in tables.into_iter().enumerate() {
            if spaced {
                text.push('\n');
            }
            if comment {
                text += "# say table\n";
            }
            if at > 0 {
                text.extend(["[t", &at.to_string(), ".x] # say header\n"]);
            }
            for (number, (key, value, end)) in lines.into_iter().enumerate() {
                text.extend([&key, &number.to_string(), " = ", &value, end, "\n"]);
            }
        }
        if windows { text.replace('\n', "\r\n") } else { text }
    })
}

pub(crate) fn yaml() -> impl Strategy<Value = String> {
    let value = prop_oneof![
        Just(" 1"),
        Just(" 'quo: # ted' # say q"),
        Just(" \"d\\\"q\"  # say d"),
        Just(" |\n    block # no\n\n    text"),
        Just("\n    x: 1 # say x\n    y: [a, {b: c}]"),
        Just("\n  - name: a\n    v: 1\n  # say dash\n  - name: b"),
        Just(""),
        Just(" plain words # say p"),
        Just(" &anchor text"),
    ];
    (prop::collection::vec((value, any::<bool>()), 0..6), any::<bool>()).prop_map(
        |(entries, cut)| {
            let mut text = "# say top\n".to_owned();
            for (at, (value, comment)) in entries.into_iter().enumerate() {
                if comment {
                    text += "  # say between\n";
                }
                text.extend(["k", &at.to_string(), ":", value, "\n"]);
            }
            if cut { text.trim_end().to_owned() } else { text }
        },
    )
}

pub(crate) fn env() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        Just("# say hello".to_owned()),
        Just(String::new()),
        Just("export A='one # no'".to_owned()),
        Just("B=\"two\nlines\" # say b".to_owned()),
        Just("C=three # say c".to_owned()),
        Just("nothing at all".to_owned()),
    ];
    (prop::collection::vec(line, 0..6), any::<bool>())
        .prop_map(|(lines, end)| lines.join("\n") + if end { "\n" } else { "" })
}
