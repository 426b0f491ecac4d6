#![cfg(test)]
//! The vendors that are built in.

use std::collections::BTreeSet;

use switchyard_catalog::{Auth, Catalog, Probe};
use switchyard_types::{Abilities, Ability, Accent, Dialect, Login, Tier, VendorStatus};

fn builtin() -> Catalog {
    Catalog::builtin().unwrap()
}

#[test]
fn every_file_of_the_folder_is_listed() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/vendors");
    let files: BTreeSet<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let listed: BTreeSet<String> =
        builtin().vendors().iter().map(|vendor| format!("{}.toml", vendor.id)).collect();
    assert_eq!(files, listed);
}

#[test]
fn prefixes_and_ids_name_their_vendor() {
    let catalog = builtin();
    for (prefix, id) in [
        ("anthropic", "anthropic"),
        ("openai", "openai"),
        ("glm", "glm"),
        ("glm-cn", "glm-cn"),
        ("kimi", "kimi"),
        ("minimax", "minimax"),
        ("minimax-cn", "minimax-cn"),
        ("openrouter", "openrouter"),
        ("gemini", "gemini"),
        ("alicode", "alicode"),
        ("alicode-intl", "alicode-intl"),
        ("ark", "volcengine-ark"),
        ("volcengine-ark", "volcengine-ark"),
        ("bpm", "byteplus"),
        ("byteplus", "byteplus"),
        ("ds", "deepseek"),
        ("deepseek", "deepseek"),
        ("groq", "groq"),
        ("xai", "xai"),
        ("mistral", "mistral"),
        ("pplx", "perplexity"),
        ("perplexity", "perplexity"),
        ("together", "together"),
        ("fireworks", "fireworks"),
        ("cerebras", "cerebras"),
        ("nebius", "nebius"),
        ("siliconflow", "siliconflow"),
        ("hyp", "hyperbolic"),
        ("nvidia", "nvidia"),
        ("ch", "chutes"),
        ("ollama-local", "ollama-local"),
        ("ollama", "ollama"),
        ("oc", "opencode"),
        ("ocg", "opencode-go"),
        ("cohere", "cohere"),
        ("bb", "blackbox"),
        ("cc", "claude"),
        ("cx", "codex"),
        ("gh", "github"),
        ("gc", "gemini-cli"),
        ("ag", "antigravity"),
        ("kr", "kiro"),
        ("qw", "qwen"),
        ("if", "iflow"),
        ("kmc", "kimi-coding"),
        ("cl", "cline"),
        ("kc", "kilocode"),
        ("azure", "azure"),
        ("cloudflare-ai", "cloudflare-ai"),
        ("vx", "vertex"),
        ("vertex", "vertex"),
        ("vxp", "vertex"),
        ("vertex-express", "vertex-express"),
        ("cb", "codebuddy"),
        ("qd", "qoder"),
    ] {
        assert_eq!(
            catalog.by_prefix(prefix).map(|vendor| vendor.id.as_str()),
            Some(id),
            "{prefix}"
        );
        assert!(catalog.vendor(id).is_some(), "{id}");
    }
    assert!(catalog.by_prefix("nobody").is_none());
    assert!(catalog.vendor("ds").is_none(), "a prefix is no id");
}

#[test]
fn anthropic_gets_the_key_in_its_own_header_with_the_version() {
    let catalog = builtin();
    let endpoint =
        catalog.vendor("anthropic").unwrap().endpoint(Dialect::Messages).unwrap().clone();
    assert_eq!(endpoint.url.as_str(), "https://api.anthropic.com/v1/messages");
    assert_eq!(endpoint.auth, Auth::Header("x-api-key".to_owned()));
    assert_eq!(endpoint.headers, [("anthropic-version".to_owned(), "2023-06-01".to_owned())]);
    let count = endpoint.count_tokens.unwrap();
    assert_eq!(count.as_str(), "https://api.anthropic.com/v1/messages/count_tokens");
}

#[test]
fn every_messages_endpoint_sends_the_version_that_the_dialect_requires() {
    for vendor in builtin().vendors() {
        // Kiro speaks a form of its own in the place of Messages.
        let plain = vendor.endpoint(Dialect::Messages).filter(|one| one.accent.is_none());
        if let Some(endpoint) = plain {
            let version = ("anthropic-version".to_owned(), "2023-06-01".to_owned());
            assert!(endpoint.headers.contains(&version), "{}", vendor.id);
        }
    }
}

#[test]
fn endpoints_end_where_their_dialect_is_served() {
    for vendor in builtin().vendors() {
        for endpoint in &vendor.endpoints {
            let end = match endpoint.dialect {
                _ if endpoint.accent == Some(Accent::Kiro) => "/generateAssistantResponse",
                _ if endpoint.accent == Some(Accent::Vertex) => "/models/{model}:{action}",
                // The envelope names the model.
                Dialect::Gemini if endpoint.accent.is_some() => "/v1internal:{action}",
                Dialect::Chat => "/chat/completions",
                Dialect::Responses => "/responses",
                Dialect::Messages => "/v1/messages",
                Dialect::Gemini => "/v1beta/models/{model}:{action}",
                Dialect::Ollama => "/api/{action}",
            };
            let address = endpoint.url.as_str();
            let address = address.split('?').next().unwrap();
            assert!(address.ends_with(end), "{}: {address}", vendor.id);
        }
    }
}

#[test]
fn a_known_price_is_held_in_nano_dollars_and_an_unknown_one_is_absent() {
    let catalog = builtin();
    let price = catalog.vendor("anthropic").unwrap().price("claude-sonnet-4-5-20250929").unwrap();
    assert_eq!((price.input, price.output), (3_000, 15_000));
    assert_eq!((price.cache_read, price.cache_write), (300, 3_750));
    assert_eq!(catalog.vendor("xai").unwrap().price("grok-4"), None);
    assert_eq!(catalog.vendor("xai").unwrap().price("no-such-model"), None);
}

#[test]
fn what_a_model_can_do_is_told_only_where_it_is_declared() {
    let catalog = builtin();
    let of = |name: &str| {
        let (prefix, model) = name.split_once('/').unwrap();
        catalog.by_prefix(prefix).unwrap().model(model).unwrap().abilities
    };
    let Abilities { images, tools, thinking } = of("anthropic/claude-opus-5-5");
    assert_eq!([images, tools, thinking], [Ability::Able; 3]);
    for text_only in ["glm/glm-4.7", "groq/openai/gpt-oss-120b", "minimax/MiniMax-M2.7"] {
        assert_eq!(of(text_only).images, Ability::Unable, "{text_only}");
    }
    assert_eq!(of("glm/glm-4.6v").images, Ability::Able);
    assert_eq!(of("kmc/kimi-for-coding"), Abilities::default(), "a name that may mean another");
}

#[test]
fn only_a_server_on_this_machine_needs_no_key() {
    for vendor in builtin().vendors() {
        let none = vendor.login == Login::None;
        assert_eq!(none, vendor.id == "ollama-local", "{}", vendor.id);
        assert_eq!(vendor.allow_private, none, "{}", vendor.id);
        for endpoint in &vendor.endpoints {
            assert_eq!(endpoint.auth == Auth::None, none, "{}", vendor.id);
        }
        if let (false, Probe::Models { auth, .. }) = (none, &vendor.probe) {
            assert_ne!(*auth, Auth::None, "the probe of {} would accept any key", vendor.id);
        }
    }
}

#[test]
fn every_tier_but_the_subscriptions_has_a_vendor() {
    let catalog = builtin();
    let of = |tier| catalog.vendors().iter().filter(|vendor| vendor.tier == tier).count();
    assert!(of(Tier::Cheap) > 0 && of(Tier::Free) > 0);
}

#[test]
fn a_probe_asks_for_a_model_that_the_vendor_lists() {
    for vendor in builtin().vendors().iter().filter(|vendor| !vendor.passthrough) {
        if let Probe::Message { model } = &vendor.probe {
            assert!(vendor.model(model).is_some(), "{}: {model}", vendor.id);
        }
    }
}

#[test]
fn the_view_shows_where_keys_go() {
    let catalog = builtin();
    let view = catalog.vendor("glm").unwrap().view();
    assert_eq!((view.id.as_str(), view.host.as_str()), ("glm", "api.z.ai"));
    assert_eq!(view.dialects, [Dialect::Messages, Dialect::Chat]);
    assert_eq!(view.status, VendorStatus::Active);
    assert!(!view.custom && !view.models.is_empty());
    assert_eq!(catalog.vendor("ollama-local").unwrap().view().host, "127.0.0.1:11434");
}

#[test]
fn vendors_stand_in_the_order_of_their_names() {
    let names: Vec<String> =
        builtin().vendors().iter().map(|vendor| vendor.name.to_lowercase()).collect();
    assert!(names.is_sorted(), "{names:?}");
}

#[test]
fn openrouter_is_told_our_own_name() {
    let catalog = builtin();
    let headers = &catalog.vendor("openrouter").unwrap().endpoints[0].headers;
    assert!(headers.contains(&("x-title".to_owned(), "Switchyard".to_owned())));
}

#[test]
fn who_signs_in_at_a_vendor_has_a_way_to_do_it_unless_it_has_ended() {
    for vendor in builtin().vendors() {
        let offered = vendor.login == Login::Account && vendor.status != VendorStatus::Retired;
        assert_eq!(!vendor.view().ways.is_empty(), offered, "{}", vendor.id);
        for way in &vendor.sign_in {
            assert_eq!(vendor.way(Some(&way.id)), Some(way), "{}", vendor.id);
        }
        assert_eq!(vendor.way(None), vendor.sign_in.first());
    }
}

#[test]
fn no_clients_secret_stands_in_any_file() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/vendors");
    for entry in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let file: toml::Table = text.parse().unwrap();
        for way in file.get("sign_in").and_then(toml::Value::as_array).into_iter().flatten() {
            let secret = way.get("client_secret").and_then(toml::Value::as_table);
            let said: Vec<&String> = secret.into_iter().flat_map(toml::Table::keys).collect();
            let allowed = ["env", "installed", "begins"];
            assert!(said.iter().all(|key| allowed.contains(&key.as_str())), "{said:?}");
        }
    }
}

#[test]
fn old_names_of_models_still_name_a_vendor_that_knows_them() {
    let catalog = builtin();
    for name in [
        "if/kimi-k2-thinking",
        "if/minimax-m2",
        "if/minimax-m2.1",
        "qw/qwen3-coder-plus",
        "gc/gemini-2.5-pro",
        "gc/gemini-3-flash-preview",
        "gh/gpt-5",
        "gh/claude-4.5-sonnet",
        "gh/gemini-3-pro",
        "cx/gpt-5.2-codex",
        "kr/claude-sonnet-4.5",
        "glm/glm-4.7",
        "minimax/MiniMax-M2.1",
    ] {
        let (prefix, model) = name.split_once('/').unwrap();
        let vendor = catalog.by_prefix(prefix).unwrap();
        assert!(vendor.model(model).is_some(), "{name}: {} does not list it", vendor.name);
        // What became of it is said where it is no more.
        assert!(vendor.status == VendorStatus::Active || vendor.note.is_some(), "{name}");
    }
}

#[test]
fn an_account_of_azure_is_reached_at_its_own_address() {
    let catalog = builtin();
    let azure = catalog.vendor("azure").unwrap();
    let said = |pairs: &[(&str, &str)]| {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        azure.checked_fields(&pairs.iter().map(own).collect())
    };
    let fields = said(&[
        ("address", " https://mine.openai.azure.com/ "),
        ("deployments", "gpt-5,, my mini\n gpt-4o"),
    ]);
    let fields = fields.unwrap();
    assert_eq!(azure.models_in(&fields), ["gpt-5", "my mini", "gpt-4o"]);
    let placed = azure.placed(&fields).unwrap();
    assert_eq!(
        placed.endpoint(Dialect::Chat).unwrap().url.fill("my mini", ""),
        "https://mine.openai.azure.com/openai/deployments/my%20mini/chat/completions?api-version=2024-10-21"
    );
    assert_eq!(placed.view().host, "mine.openai.azure.com");
    for (wrong, words) in [
        (said(&[]), "needs “Endpoint” (address)"),
        (said(&[("address", "http://mine.openai.azure.com")]), "not https"),
        (said(&[("address", "mine")]), "no address in full"),
        (said(&[("address", "https://169.254.169.254")]), "never a vendor's address"),
        (said(&[("address", "https://10.0.0.1")]), "private network"),
        (said(&[("address", "https://a.example"), ("api_version", "../x")]), "letters, digits"),
        (said(&[("address", "https://a.example"), ("key", "x")]), "has no field “key”"),
    ] {
        let error = wrong.unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }
}

#[test]
fn vertex_tells_publishers_apart_and_its_host_names_the_region() {
    let catalog = builtin();
    let vertex = catalog.vendor("vertex").unwrap();
    let all = [Dialect::Chat, Dialect::Messages, Dialect::Gemini];
    for (model, dialect) in [
        ("gemini-2.5-flash", Dialect::Gemini),
        ("gemini-of-tomorrow", Dialect::Gemini),
        ("claude-of-tomorrow@1", Dialect::Messages),
        ("meta/llama-of-tomorrow-maas", Dialect::Chat),
    ] {
        for best in all {
            assert_eq!(vertex.dialect_for(model, best, &all), dialect, "{model}");
        }
    }
    let at = |location: &str| {
        let fields = [("project", "p-1"), ("location", location)];
        let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let placed = vertex.placed(&vertex.checked_fields(&fields).unwrap()).unwrap();
        placed.endpoint(Dialect::Messages).unwrap().url.fill("claude-x@1", "rawPredict")
    };
    assert_eq!(
        at("us-east5"),
        "https://us-east5-aiplatform.googleapis.com/v1/projects/p-1/locations/us-east5/publishers/anthropic/models/claude-x%401:rawPredict"
    );
    assert!(
        at("global")
            .starts_with("https://aiplatform.googleapis.com/v1/projects/p-1/locations/global/")
    );
}

#[test]
fn what_is_not_offered_says_why() {
    let catalog = builtin();
    for id in ["codebuddy", "qoder"] {
        let vendor = catalog.vendor(id).unwrap();
        assert_eq!(vendor.status, VendorStatus::Retired);
        assert!(vendor.note.as_ref().unwrap().contains("its own client"), "{id}");
    }
}

#[test]
fn a_login_moves_below_its_vendors_home_alone() {
    let catalog = Catalog::builtin().unwrap();
    let github = catalog.vendor("github").unwrap();
    let moved = github.at_base("device", "https://api.business.githubcopilot.com").unwrap();
    let urls: Vec<_> = moved.endpoints.iter().map(|endpoint| endpoint.url.as_str()).collect();
    assert_eq!(
        urls,
        [
            "https://api.business.githubcopilot.com/chat/completions",
            "https://api.business.githubcopilot.com/responses",
        ]
    );
    let list = moved.model_list.unwrap();
    assert_eq!(list.url.as_str(), "https://api.business.githubcopilot.com/models");
    assert_eq!(moved.quota, github.quota, "it stands elsewhere");
    for elsewhere in [
        "http://api.githubcopilot.com",
        "https://githubcopilot.com.evil.example",
        "https://evilgithubcopilot.com",
        "https://user:word@api.githubcopilot.com",
        "https://127.0.0.1",
        "nonsense",
    ] {
        assert_eq!(github.at_base("device", elsewhere), None, "{elsewhere}");
    }
    let claude = catalog.vendor("claude").unwrap();
    assert_eq!(claude.at_base("browser", "https://api.anthropic.com"), None, "it has no home");
}

/// Those without a live list, and why.
const UNLISTED: [(&str, &str); 19] = [
    ("alicode", "a plan's models are in no list"),
    ("alicode-intl", "a plan's models are in no list"),
    ("azure", "deployments are the account's own, and named by it"),
    ("blackbox", "it has no list"),
    ("byteplus", "a plan's models are in no list"),
    ("cline", "its list is not documented"),
    ("codebuddy", "not served"),
    ("codex", "its list is by the version of its own client"),
    ("glm", "a plan's models are in no list"),
    ("glm-cn", "a plan's models are in no list"),
    ("iflow", "ended"),
    ("minimax", "it has no list"),
    ("minimax-cn", "it has no list"),
    ("perplexity", "it has no list"),
    ("qoder", "not served"),
    ("qwen", "ended"),
    ("vertex-express", "its keys cannot list"),
    ("volcengine-ark", "a plan's models are in no list"),
    ("zai", "it has no list"),
];

#[test]
fn every_vendor_lists_its_models_or_it_is_said_why_not() {
    for vendor in Catalog::builtin().unwrap().vendors() {
        let excused = UNLISTED.iter().any(|(id, why)| *id == vendor.id && !why.is_empty());
        assert_ne!(vendor.model_list.is_some(), excused, "{}", vendor.id);
    }
}

/// Of the vendors for language models that other gateways know, those that are left out here, by id and prefix,
/// and why.
const LEFT_OUT: [(&str, &str, &str); 5] = [
    ("cursor", "cu", "its own protocol, for its own client alone"),
    ("gitlab", "gl", "what it serves is no dialect that clients speak"),
    ("grok-web", "gw", "cookies of a consumer's web page"),
    ("perplexity-web", "pw", "cookies of a consumer's web page"),
    ("vertex-partner", "", "one vendor with Vertex AI: models are told apart by their ids"),
];

#[test]
fn who_is_left_out_is_no_vendor_and_no_prefix() {
    let catalog = builtin();
    for (id, prefix, why) in LEFT_OUT {
        assert!(catalog.vendor(id).is_none() && catalog.by_prefix(id).is_none(), "{id}: {why}");
        assert!(catalog.by_prefix(prefix).is_none(), "{prefix}: {why}");
    }
}
