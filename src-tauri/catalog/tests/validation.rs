#![cfg(test)]
//! What a vendor's file may not say.

use switchyard_catalog::{Catalog, CatalogError};

const GOOD: &str = r#"
id = "acme"
prefix = "ac"
aliases = ["acme-ai"]
name = "Acme"
tier = "cheap"
hue = 10
login = "key"
status = "active"
key_url = "https://acme.example/keys"

[probe.models]
url = "https://api.acme.example/v1/models"
auth = "bearer"

[[endpoints]]
dialect = "chat"
url = "https://api.acme.example/v1/chat/completions"
auth = { header = "x-key" }
headers = [["x-version", "1"]]

[[models]]
id = "a-1"
context = 1_000
price = { input = 3, output = 15.5, cache_read = 0.3 }
"#;

fn load(text: &str) -> Result<Catalog, CatalogError> {
    Catalog::from_files(&[("acme.toml", text)])
}

fn refusal(text: &str) -> String {
    load(text).expect_err("accepted").to_string()
}

#[test]
fn an_address_has_the_places_that_its_dialect_fills() {
    let with = |dialect: &str, path: &str| {
        GOOD.replace("dialect = \"chat\"", &format!("dialect = \"{dialect}\""))
            .replace("v1/chat/completions", path)
    };
    assert!(load(&with("gemini", "v1beta/models/{model}:{action}")).is_ok());
    for (dialect, path) in
        [("gemini", "v1beta/models"), ("chat", "v1/{action}"), ("ollama", "api/chat")]
    {
        assert!(refusal(&with(dialect, path)).contains("needs"), "{dialect} {path}");
    }
}

#[test]
fn a_good_file_is_read() {
    let catalog = load(GOOD).unwrap();
    let vendor = catalog.by_prefix("acme-ai").unwrap();
    assert_eq!((vendor.id.as_str(), vendor.prefix.as_str()), ("acme", "ac"));
    assert_eq!(vendor.models[0].name, "a-1", "a model without a name goes by its id");
    let price = vendor.price("a-1").unwrap();
    assert_eq!((price.output, price.cache_read, price.cache_write), (15_500, 300, 3_000));
}

#[test]
fn each_rule_refuses_with_the_file_and_the_reason() {
    for (what, good, bad, reason) in [
        ("another file's id", "id = \"acme\"", "id = \"other\"", "not the file's name"),
        ("capital prefix", "\"ac\"", "\"AC\"", "cannot be an id or a prefix"),
        ("empty prefix", "\"ac\"", "\"\"", "cannot be an id or a prefix"),
        ("slash in a prefix", "\"ac\"", "\"a/c\"", "cannot be an id or a prefix"),
        ("dash at the end", "\"ac\"", "\"ac-\"", "cannot be an id or a prefix"),
        ("bad alias", "\"acme-ai\"", "\"acme ai\"", "cannot be an id or a prefix"),
        ("no name", "\"Acme\"", "\" \"", "name is empty"),
        ("unknown tier", "\"cheap\"", "\"dear\"", "dear"),
        ("hue", "hue = 10", "hue = 360", "hue"),
        ("negative hue", "hue = 10", "hue = -1", "-1"),
        ("unexplained status", "\"active\"", "\"retired\"", "needs a note"),
        ("unknown login", "login = \"key\"", "login = \"cookie\"", "cookie"),
        ("http", "https://api.acme.example/v1/c", "http://api.acme.example/v1/c", "not https"),
        (
            "http probe",
            "https://api.acme.example/v1/m",
            "http://api.acme.example/v1/m",
            "not https",
        ),
        ("http key page", "https://acme.example/keys", "http://acme.example/keys", "not https"),
        ("no address", "https://api.acme.example/v1/c", "api.acme.example/v1/c", "address"),
        ("metadata", "https://api.acme.example/v1/c", "https://169.254.169.254/v1/c", "never"),
        ("private", "https://api.acme.example/v1/c", "https://10.0.0.1/v1/c", "private"),
        ("loopback", "https://api.acme.example/v1/c", "http://127.0.0.1/v1/c", "private"),
        ("user info", "https://api.acme.example/v1/c", "https://a:b@acme.example/c", "password"),
        ("unknown dialect", "dialect = \"chat\"", "dialect = \"telex\"", "telex"),
        ("auth header", "\"x-key\"", "\"X Key\"", "no header's name"),
        ("header name", "\"x-version\"", "\"X-Version\"", "no header's name"),
        ("header value", "\"1\"", "\"1\\r\\nx: y\"", "cannot be sent"),
        ("empty model id", "id = \"a-1\"", "id = \"\"", "model id"),
        ("zero context", "context = 1_000", "context = 0", "limit"),
        ("negative price", "input = 3", "input = -3", "input = -3 is no price"),
        ("no number", "input = 3", "input = nan", "is no price"),
        ("too fine", "input = 3", "input = 0.0001", "finer"),
        ("half a price", "input = 3, output", "output", "missing field"),
        ("unknown field", "hue = 10", "hue = 10\ncolour = 1", "unknown field"),
        ("unknown endpoint field", "[[endpoints]]", "[[endpoints]]\nretry = 1", "unknown field"),
        ("unknown model field", "[[models]]", "[[models]]\nfree = true", "unknown field"),
        ("unknown ability", "[[models]]", "[[models]]\ncan = [\"sing\"]", "sing"),
        (
            "a contradiction",
            "[[models]]",
            "[[models]]\ncan = [\"tools\"]\ncannot = [\"tools\"]",
            "twice",
        ),
        ("unknown price field", "input = 3", "input = 3, tax = 1", "unknown field"),
        ("unknown probe field", "[probe.models]", "[probe.models]\nx = 1", "unexpected keys"),
        ("no toml", "hue = 10", "hue ~ 10", "acme.toml"),
    ] {
        let text = GOOD.replacen(good, bad, 1);
        assert_ne!(text, GOOD, "{what} changes nothing");
        let refusal = refusal(&text);
        assert!(refusal.contains("acme.toml"), "{what}: {refusal}");
        assert!(refusal.contains(reason), "{what}: {refusal}");
    }
}

#[test]
fn a_list_of_models_may_be_empty_only_where_it_is_left_to_the_vendor() {
    let (head, _) = GOOD.split_once("[[models]]").unwrap();
    assert!(refusal(head).contains("no models"));
    assert!(load(&format!("passthrough = true\n{head}")).is_ok());
}

#[test]
fn one_model_or_dialect_stands_once() {
    let model = format!("{GOOD}\n[[models]]\nid = \"a-1\"\n");
    assert!(refusal(&model).contains("twice"));
    let endpoint = format!(
        "{GOOD}\n[[endpoints]]\ndialect = \"chat\"\nurl = \"https://b.example/c\"\nauth = \"bearer\"\n"
    );
    assert!(refusal(&endpoint).contains("two endpoints"));
}

#[test]
fn http_is_for_the_users_own_machine_by_consent() {
    let local = GOOD.replace("https://api.acme.example", "http://127.0.0.1:8080");
    assert!(load(&format!("allow_private = true\n{local}")).is_ok());
    let lan = GOOD.replace("https://api.acme.example", "http://192.168.1.2");
    assert!(refusal(&format!("allow_private = true\n{lan}")).contains("not https"));
}

#[test]
fn two_vendors_cannot_share_a_name() {
    let other = GOOD.replace("\"acme\"", "\"zeta\"").replace("\"Acme\"", "\"Zeta\"");
    for (what, text) in [
        ("prefix", other.replace("\"acme-ai\"", "\"zeta-ai\"")),
        ("alias", other.replace("\"ac\"", "\"ze\"")),
        ("an id as prefix", other.replace("\"ac\"", "\"acme\"").replace("\"acme-ai\"", "\"z\"")),
    ] {
        let error = Catalog::from_files(&[("acme.toml", GOOD), ("zeta.toml", &text)]).unwrap_err();
        assert!(matches!(error, CatalogError::Taken { .. }), "{what}: {error}");
    }
}

#[test]
fn a_file_changes_one_model_or_one_price_and_leaves_the_rest_alone() {
    let change = "changes = \"acme\"\n[[models]]\nid = \"a-1\"\nprice = { output = 20 }\n\
                  [[models]]\nid = \"a-2\"\ncontext = 7\n";
    assert!(Catalog::is_change(change) && !Catalog::is_change(GOOD));
    let catalog = load(GOOD).unwrap().with_change("mine.toml", change).unwrap();
    let vendor = catalog.vendor("acme").unwrap();
    let price = vendor.price("a-1").unwrap();
    assert_eq!((price.input, price.output, price.cache_read), (3_000, 20_000, 300));
    assert_eq!(vendor.model("a-1").unwrap().context, Some(1_000));
    assert_eq!(vendor.model("a-2").unwrap().context, Some(7));
    assert_eq!(vendor.endpoints, load(GOOD).unwrap().vendor("acme").unwrap().endpoints);
}

#[test]
fn a_change_that_cannot_be_is_refused_with_its_line() {
    for (text, line, words) in [
        ("changes = \"nobody\"\nmodels = []\n", 1, "there is no vendor “nobody”"),
        ("changes = \"acme\"\n[[models]]\nid = \"new\"\nprice = { input = 1 }\n", 3, "both input"),
        ("changes = \"acme\"\n[[models]]\nid = \"a-1\"\nprice = { input = -1 }\n", 3, "no price"),
        ("changes = \"acme\"\n[[models]]\nid = \"a-1\"\nprise = 1\n", 4, "prise"),
        ("changes = \"acme\"\n[[models]]\nid = \"a-1\"\ncontext = 0\n", 3, "is 0"),
        (
            "changes = \"acme\"\n[[models]]\nid = \"a-1\"\ndialects = [\"gemini\"]\n",
            3,
            "no endpoint",
        ),
    ] {
        let error = load(GOOD).unwrap().with_change("mine.toml", text).unwrap_err();
        let problem = error.in_file("mine.toml", text);
        assert_eq!((problem.file.as_str(), problem.line), ("mine.toml", line), "{problem:?}");
        assert!(problem.reason.contains(words), "{problem:?}");
    }
}

#[test]
fn a_limit_has_words_in_lower_case_and_a_window_only_where_one_is_spent() {
    let with = |limit: &str| format!("{GOOD}\n[[limits]]\nreach = \"account\"\n{limit}\n");
    let good = load(&with("named = [\"1308\"]\nwindow = \"5h\"\ndaily_at = \"08:00\"")).unwrap();
    let limit = good.vendor("acme").unwrap().limits[0].clone();
    assert_eq!((limit.window.as_deref(), limit.starts_over.is_some()), (Some("5h"), true));
    for (limit, reason) in [
        ("window = \"5h\"", "needs the vendor's names or words"),
        ("says = [\" \"]", "needs the vendor's names or words"),
        ("says = [\"Usage limit\"]", "in lower case"),
        ("says = [\"no money\"]\nclass = \"billing\"\nwindow = \"5h\"", "is no limit's refusal"),
        ("says = [\"day\"]\ndaily_at = \"noon\"", "no time of day"),
        ("says = [\"day\"]\nresets = \"soon\"", "resets"),
    ] {
        let refusal = refusal(&with(limit));
        assert!(refusal.contains(reason), "{limit}: {refusal}");
    }
}

#[test]
fn a_home_is_a_domain() {
    let way = |home: &str| {
        let text = GOOD.replace("login = \"key\"", "login = \"account\"");
        format!(
            "{text}\n[[sign_in]]\nid = \"device\"\nname = \"Device\"\nflow = \"device\"\nclient_id = \"c\"\n\
             device_url = \"https://a.example/d\"\ntoken_url = \"https://a.example/t\"\nhome = \"{home}\"\n"
        )
    };
    assert!(load(&way("acme.example")).is_ok());
    for wrong in
        ["", "example", ".example", "acme..example", "https://acme.example", "ACME.example"]
    {
        assert!(refusal(&way(wrong)).contains("no domain"), "{wrong}");
    }
}
