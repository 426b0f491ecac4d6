#![cfg(test)]
//! Endpoints that a user adds.

use switchyard_catalog::{Auth, Catalog, CatalogError, Probe};
use switchyard_types::{Dialect, NewVendor, Tier};

fn new(dialect: Dialect, base_url: &str) -> NewVendor {
    NewVendor {
        name: "My server".to_owned(),
        prefix: "mine".to_owned(),
        dialect,
        base_url: base_url.to_owned(),
        allow_private: false,
        models: vec!["big".to_owned(), " big ".to_owned(), String::new(), "small".to_owned()],
        tier: Tier::Free,
    }
}

fn add(vendor: &NewVendor) -> Result<Catalog, CatalogError> {
    Catalog::builtin().unwrap().with_custom("my-server", vendor)
}

#[test]
fn the_dialect_decides_the_path_and_how_the_key_is_sent() {
    for (dialect, base, url, auth) in [
        (
            Dialect::Chat,
            "https://h.example/v1",
            "https://h.example/v1/chat/completions",
            Auth::Bearer,
        ),
        (
            Dialect::Chat,
            "https://h.example/v1/",
            "https://h.example/v1/chat/completions",
            Auth::Bearer,
        ),
        (Dialect::Chat, "https://h.example", "https://h.example/chat/completions", Auth::Bearer),
        (
            Dialect::Responses,
            "https://h.example/v1",
            "https://h.example/v1/responses",
            Auth::Bearer,
        ),
        (
            Dialect::Messages,
            "https://h.example/v1",
            "https://h.example/v1/messages",
            Auth::Header("x-api-key".to_owned()),
        ),
        (
            Dialect::Gemini,
            "https://h.example/v1beta",
            "https://h.example/v1beta/models/{model}:{action}",
            Auth::Header("x-goog-api-key".to_owned()),
        ),
        (Dialect::Ollama, "https://h.example", "https://h.example/api/{action}", Auth::Bearer),
        (Dialect::Ollama, "https://h.example/api/", "https://h.example/api/{action}", Auth::Bearer),
    ] {
        let catalog = add(&new(dialect, base)).unwrap();
        let endpoint = &catalog.by_prefix("mine").unwrap().endpoints[0];
        assert_eq!(endpoint.url.as_str(), url);
        assert_eq!((endpoint.dialect, &endpoint.auth), (dialect, &auth), "{base}");
    }
}

#[test]
fn it_stands_last_and_lists_each_model_once() {
    let catalog = add(&new(Dialect::Chat, "https://h.example/v1")).unwrap();
    let vendor = catalog.vendors().last().unwrap();
    assert_eq!((vendor.id.as_str(), vendor.custom, vendor.tier), ("my-server", true, Tier::Free));
    let models: Vec<&str> = vendor.models.iter().map(|model| model.id.as_str()).collect();
    assert_eq!(models, ["big", "small"]);
    assert!(vendor.hue < 360);
}

#[test]
fn a_key_is_checked_at_the_model_list_or_with_a_message() {
    let catalog = add(&new(Dialect::Chat, "https://h.example/v1")).unwrap();
    let Probe::Models { url, .. } = &catalog.vendor("my-server").unwrap().probe else { panic!() };
    assert_eq!(url.as_str(), "https://h.example/v1/models");
    for (base, probe) in [
        ("https://h.example", "https://h.example/api/tags"),
        ("https://h.example/api", "https://h.example/api/tags"),
    ] {
        let catalog = add(&new(Dialect::Ollama, base)).unwrap();
        let Probe::Models { url, .. } = &catalog.vendor("my-server").unwrap().probe else {
            panic!()
        };
        assert_eq!(url.as_str(), probe);
    }
    let catalog = add(&new(Dialect::Messages, "https://h.example/v1")).unwrap();
    let probe = &catalog.vendor("my-server").unwrap().probe;
    assert_eq!(*probe, Probe::Message { model: "big".to_owned() });
}

#[test]
fn private_addresses_need_consent() {
    let mut vendor = new(Dialect::Chat, "http://192.168.1.5:8000/v1");
    assert!(add(&vendor).unwrap_err().to_string().contains("allow private addresses"));
    vendor.allow_private = true;
    assert!(add(&vendor).unwrap().vendor("my-server").unwrap().allow_private);
}

#[test]
fn names_that_are_taken_or_wrong_are_refused() {
    let good = new(Dialect::Chat, "https://h.example/v1");
    let taken = NewVendor { prefix: "glm".to_owned(), ..good.clone() };
    let error = add(&taken).unwrap_err().to_string();
    assert!(error.contains("“glm” already means glm"), "{error}");
    for prefix in ["", "My", "a/b", "a b", "-a", "é"] {
        let wrong = NewVendor { prefix: prefix.to_owned(), ..good.clone() };
        assert!(add(&wrong).is_err(), "{prefix}");
    }
    let nameless = NewVendor { name: "  ".to_owned(), ..good.clone() };
    assert!(add(&nameless).unwrap_err().to_string().contains("needs a name"));
    assert!(Catalog::builtin().unwrap().with_custom("Bad Id", &good).is_err());
}

#[test]
fn a_list_of_models_without_end_is_refused() {
    let mut vendor = new(Dialect::Chat, "https://h.example/v1");
    vendor.models = (0..5_000).map(|n| format!("m{n}")).collect();
    assert!(add(&vendor).unwrap_err().to_string().contains("5000 models"));
}
