//! Vendor files of the user's own: one adds a vendor, one takes a vendor's place, a wrong one says where it is
//! wrong and keeps nobody else from serving. And endpoints of the user's own, which can be changed.
#![cfg(test)]

mod world;

use switchyard_engine::{Config, Engine};
use switchyard_simulator::{Script, Simulator, Vendor};
use switchyard_types::{Dialect, NewAccount, NewKey, NewVendor, Secret, Tier};
use tempfile::TempDir;
use world::{Heard, Stream, World, question, vendor_key};

/// The file that the README shows.
fn shown() -> String {
    let readme = format!("{}/../../README.md", env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(readme).unwrap();
    let (_, rest) = readme.split_once("```toml\n").unwrap();
    rest.split_once("```").unwrap().0.to_owned()
}

fn write(folder: &TempDir, name: &str, text: &str) {
    let vendors = folder.path().join("vendors");
    std::fs::create_dir_all(&vendors).unwrap();
    std::fs::write(vendors.join(name), text).unwrap();
}

async fn open(folder: &TempDir) -> Engine {
    let mut config = Config::new(folder.path());
    config.port = 0;
    Engine::open(config).await.unwrap()
}

#[tokio::test]
async fn one_file_adds_a_vendor_without_code() {
    let vendor = Vendor::default().keys([vendor_key("acme")]);
    let simulator = Simulator::start(Script::default().vendor("acme", vendor)).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let text = shown().replace("https://api.acme.example", &simulator.root("acme"));
    write(&folder, "acme.toml", &format!("allow_private = true\n{text}"));
    let engine = open(&folder).await;
    assert!(engine.vendor_problems().is_empty(), "{:?}", engine.vendor_problems());
    let server = switchyard_gateway::serve(engine.clone(), switchyard_gateway::Options::default())
        .await
        .unwrap();
    let refused = NewAccount {
        vendor: "acme".to_owned(),
        name: String::new(),
        key: Secret::new("another-key"),
        check: true,
        ..NewAccount::default()
    };
    assert!(engine.add_account(refused.clone()).await.is_err());
    let good = NewAccount { key: Secret::new(vendor_key("acme")), ..refused };
    engine.add_account(good).await.unwrap();
    let key = engine.add_key(&NewKey::named("tests")).await.unwrap().text;
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    // A client of another dialect, and a model that the file does not list.
    for (path, model, stream) in [
        ("/v1/chat/completions", "acme/acme-large", Stream::Yes),
        ("/v1/messages", "acme/acme-large", Stream::No),
        ("/v1/chat/completions", "acme/another", Stream::No),
    ] {
        let sent = http
            .post(format!("{}{path}", server.address()))
            .bearer_auth(&key)
            .header("content-type", "application/json")
            .body(question(model, stream).to_string());
        let heard = Heard::from(sent.send().await.unwrap()).await;
        assert_eq!(heard.status, 200, "{model}: {}", heard.text);
    }
    let models = engine.models();
    let listed = models.iter().find(|choice| choice.model == "acme/acme-large").unwrap();
    assert!(listed.connected);
}

#[tokio::test]
async fn a_wrong_file_says_where_it_is_wrong_and_the_rest_works() {
    let folder = tempfile::tempdir().unwrap();
    let good = shown();
    write(&folder, "acme.toml", &good);
    let other = |id: &str| good.replace("\"acme\"", &format!("\"{id}\""));
    write(&folder, "broken.toml", "id = \"broken\"\nprefix = [\n");
    write(&folder, "hued.toml", &other("hued").replace("hue = 200", "hue = 400"));
    write(
        &folder,
        "open.toml",
        &other("open")
            .replace("https://api.acme.example/v1/chat", "http://api.acme.example/v1/chat"),
    );
    write(&folder, "typo.toml", &format!("{}\npirce = 3\n", other("typo")));
    // A prefix that a vendor has already.
    write(&folder, "zz.toml", &other("zz").replace("prefix = \"zz\"", "prefix = \"glm\""));
    let engine = open(&folder).await;
    let vendors = engine.vendors();
    let has = |id: &str| vendors.iter().any(|vendor| vendor.id == id);
    assert!(has("acme") && has("glm") && has("openai"));
    for id in ["broken", "hued", "open", "typo", "zz"] {
        assert!(!has(id), "{id}");
    }
    let line_of =
        |text: &str, part: &str| 1 + text.lines().position(|line| line.contains(part)).unwrap();
    let problems = engine.vendor_problems();
    let told: Vec<_> = problems.iter().map(|p| (p.file.as_str(), p.line as usize)).collect();
    let last = other("typo").lines().count() + 2;
    assert_eq!(
        told,
        [
            ("broken.toml", 2),
            ("hued.toml", line_of(&good, "hue =")),
            ("open.toml", line_of(&good, "/v1/chat")),
            ("typo.toml", last),
            ("zz.toml", line_of(&good, "prefix =")),
        ],
        "{problems:?}"
    );
    let reason = |file: &str| problems.iter().find(|p| p.file == file).unwrap().reason.clone();
    assert!(reason("hued.toml").contains("400"), "{problems:?}");
    assert!(reason("open.toml").contains("not https"), "{problems:?}");
    assert!(reason("typo.toml").contains("pirce"), "{problems:?}");
    assert!(reason("zz.toml").contains("glm"), "{problems:?}");
}

#[tokio::test]
async fn a_file_takes_the_place_of_a_vendor_with_its_models_and_prices() {
    let folder = tempfile::tempdir().unwrap();
    let text = shown().replace("\"acme\"", "\"deepseek\"");
    write(&folder, "deepseek.toml", &text);
    let engine = open(&folder).await;
    let vendors = engine.vendors();
    let vendor = vendors.iter().find(|vendor| vendor.id == "deepseek").unwrap();
    assert_eq!(vendor.host, "api.acme.example");
    let price = vendor.models[0].price.unwrap();
    assert_eq!(price.input, 3_000);
    assert_eq!(vendors.iter().filter(|vendor| vendor.id == "deepseek").count(), 1);
}

#[tokio::test]
async fn an_endpoint_that_was_added_before_a_vendor_of_that_name_came_stays_the_users() {
    let folder = tempfile::tempdir().unwrap();
    let engine = open(&folder).await;
    let own = NewVendor {
        name: "Mine".to_owned(),
        prefix: "acme".to_owned(),
        dialect: Dialect::Chat,
        base_url: "https://mine.example/v1".to_owned(),
        allow_private: false,
        models: vec!["m".to_owned()],
        tier: Tier::Cheap,
    };
    engine.add_vendor(&own).await.unwrap();
    engine.close().await;
    write(&folder, "acme.toml", &shown());
    let engine = open(&folder).await;
    let vendors = engine.vendors();
    let acme: Vec<_> = vendors.iter().filter(|vendor| vendor.prefix == "acme").collect();
    assert_eq!((acme.len(), acme[0].host.as_str()), (1, "mine.example"));
}

#[tokio::test]
async fn an_endpoint_of_any_dialect_imports_its_list_and_serves_clients_of_all() {
    for dialect in Dialect::ALL {
        let vendor = Vendor::default().models(["m", "listed"]);
        let world = World::start(&[("mine", dialect, vendor)]).await;
        let read = world.engine.read_models("mine").await.unwrap();
        let ids: Vec<_> = read.models.iter().map(|model| model.id.as_str()).collect();
        assert_eq!((ids, read.new), (vec!["m", "listed"], 1), "{dialect:?}");
        let known = |model: &str| world.engine.models().iter().any(|one| one.model == model);
        assert!(known("mine/m") && known("mine/listed"), "{dialect:?}");
        for client in Dialect::ALL {
            for stream in [Stream::No, Stream::Yes] {
                let heard = world.ask(client, "mine/listed", stream).await;
                assert_eq!(heard.status, 200, "{client:?} to {dialect:?}: {}", heard.text);
            }
        }
    }
}

#[tokio::test]
async fn the_headers_of_an_endpoint_go_with_its_requests_and_its_list() {
    let headed = r#"
[[endpoints]]
dialect = "chat"
url = "{base}/v1/chat/completions"
auth = { header = "x-api-key" }
headers = [["x-team", "blue"]]

[model_list]
url = "{base}/v1/models"
"#;
    let vendor = Vendor::default().models(["m"]);
    let world = World::start_files(&[("mine", headed, vendor)]).await;
    assert_eq!(world.ask(Dialect::Chat, "mine/m", Stream::Yes).await.status, 200);
    world.engine.read_models("mine").await.unwrap();
    let requests = world.simulator.requests();
    assert!(requests.len() >= 2);
    for request in requests {
        assert_eq!(request.header("x-team"), Some("blue"), "{}", request.path);
        assert_eq!(request.header("x-api-key"), Some(vendor_key("mine").as_str()));
    }
}

#[tokio::test]
async fn a_changed_endpoint_serves_its_accounts_from_its_new_address() {
    let vendors = ["house", "other"].map(|name| (name, Dialect::Chat, Vendor::default()));
    let world = World::start(&vendors).await;
    let session = world.session().await;
    let ask = async |method: reqwest::Method, id: &str, body: &NewVendor| {
        let asked = world.http.request(method, world.url(&format!("/api/vendors/{id}")));
        let asked = asked.bearer_auth(&session).header("content-type", "application/json");
        let asked = asked.body(serde_json::to_string(body).unwrap()).send().await.unwrap();
        (asked.status().as_u16(), asked.text().await.unwrap())
    };
    let (get, put) = (reqwest::Method::GET, reqwest::Method::PUT);
    let held = world.engine.custom_vendor("house").await.unwrap();
    let (status, told) = ask(get.clone(), "house", &held).await;
    assert_eq!((status, serde_json::from_str::<NewVendor>(&told).unwrap()), (200, held.clone()));

    let moved = NewVendor {
        name: "House gateway".to_owned(),
        base_url: world.simulator.url("other"),
        models: vec!["m".to_owned(), "n".to_owned()],
        tier: Tier::Free,
        ..held
    };
    for wrong in [
        NewVendor { prefix: "home".to_owned(), ..moved.clone() },
        NewVendor { allow_private: false, ..moved.clone() },
        NewVendor { name: " ".to_owned(), ..moved.clone() },
    ] {
        let (status, told) = ask(put.clone(), "house", &wrong).await;
        assert_eq!(status, 400, "{told}");
    }
    for (method, id) in [(&get, "glm"), (&put, "glm"), (&get, "nobody"), (&put, "nobody")] {
        assert_eq!(ask(method.clone(), id, &moved).await.0, 404, "{method} {id}");
    }
    let (status, told) = ask(put, "house", &moved).await;
    assert_eq!(status, 200, "{told}");
    assert!(told.contains("House gateway") && told.contains(r#""n""#), "{told}");

    let body = question("house/m", Stream::No).to_string();
    let heard = Heard::from(world.post("/v1/chat/completions", body).send().await.unwrap()).await;
    assert_eq!(heard.status, 200, "{}", heard.text);
    let request = world.simulator.requests().pop().unwrap();
    assert_eq!(&*request.vendor, "other");
    let key = format!("Bearer {}", vendor_key("house"));
    assert_eq!(request.header("authorization"), Some(key.as_str()), "its account is the same");
}
