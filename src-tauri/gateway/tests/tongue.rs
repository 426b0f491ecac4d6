#![cfg(test)]
//! What the server says on the dashboard is in the language that the page asks for; agents and the command line hear
//! English.

mod world;

use reqwest::Method;
use serde_json::{Value, json};
use switchyard_engine::Machine;
use switchyard_simulator::Vendor;
use switchyard_types::Dialect;
use world::{Stream, World};

/// An answer of the admin API to a page that speaks this language.
async fn heard(world: &World, language: &str, method: Method, path: &str, body: Value) -> Value {
    let request = world
        .http
        .request(method, world.url(path))
        .bearer_auth(world.session().await)
        .header("content-type", "application/json")
        .header("accept-language", language)
        .body(body.to_string());
    json_of(request.send().await.unwrap()).await
}

async fn json_of(answer: reqwest::Response) -> Value {
    serde_json::from_str(&answer.text().await.unwrap()).unwrap()
}

#[tokio::test]
async fn an_error_and_its_hint_are_told_in_the_pages_language() {
    let world = World::start(&[("good", Dialect::Chat, Vendor::default())]).await;
    let combo = json!({ "candidates": ["nobody/model"] });
    let put = |language| heard(&world, language, Method::PUT, "/api/combos/mine", combo.clone());
    let told = put("vi").await;
    assert_eq!(
        told,
        json!({
            "code": "invalid",
            "message": "\"nobody/model\" không nêu nhà cung cấp, combo hay bí danh nào",
            "hint": "hãy viết mô hình dạng prefix/model, với tiền tố của một nhà cung cấp ở trang Nhà cung cấp",
        })
    );
    let told = put("zh-Hans-CN,zh;q=0.9,en;q=0.8").await;
    assert_eq!(told["message"], "\"nobody/model\" 不对应任何提供商、组合或别名");
    let (_, english) = world.admin(Method::PUT, "/api/combos/mine", combo.clone()).await;
    assert_eq!(english["message"], "\"nobody/model\" names no vendor, combo or alias");
    assert_eq!(put("en").await, english);
    assert_eq!(put("de").await, english);
}

#[tokio::test]
async fn who_is_not_signed_in_hears_so_in_their_language() {
    let world = World::start(&[]).await;
    let request = world.http.get(world.url("/api/accounts")).header("accept-language", "vi");
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 401);
    let told = json_of(answer).await;
    assert_eq!(told["message"], "bạn chưa đăng nhập, hoặc phiên của bạn đã kết thúc");
    assert_eq!(told["code"], "sign_in_needed");
}

#[tokio::test]
async fn reasons_of_a_plan_and_notes_of_vendors_are_told_and_names_are_not() {
    let world = World::start(&[("good", Dialect::Chat, Vendor::default())]).await;
    let ask = json!({ "model": "good/m\u{1F600}x/none", "dialect": "gemini" });
    let plan = heard(&world, "vi", Method::POST, "/api/plan", ask).await;
    assert_eq!(plan["error"], Value::Null, "{plan}");
    let unknown = json!({ "model": "nobody/m", "dialect": "chat" });
    let plan = heard(&world, "vi", Method::POST, "/api/plan", unknown).await;
    let error = plan["error"].as_str().unwrap();
    assert!(
        error.starts_with("“nobody” trong mô hình “nobody/m” không nêu nhà cung cấp nào."),
        "{error}"
    );
    let vendors = heard(&world, "zh-CN", Method::GET, "/api/vendors", Value::Null).await;
    let (_, english) = world.admin(Method::GET, "/api/vendors", Value::Null).await;
    let of = |vendors: &Value, field: &str| -> Vec<Value> {
        vendors.as_array().unwrap().iter().map(|vendor| vendor[field].clone()).collect()
    };
    assert_eq!(of(&vendors, "name"), of(&english, "name"));
    assert_eq!(of(&vendors, "models"), of(&english, "models"));
    let notes = of(&vendors, "note").into_iter().zip(of(&english, "note"));
    let notes: Vec<_> = notes.filter(|(_, english)| !english.is_null()).collect();
    assert!(notes.len() > 10 && notes.iter().all(|(told, english)| told != english), "{notes:?}");
}

#[tokio::test]
async fn a_tools_guide_is_told_line_by_line_and_its_code_is_not() {
    let home = tempfile::tempdir().unwrap();
    let world = World::start_with(&[], |config| {
        let env = [("HOME".to_owned(), home.path().to_str().unwrap().to_owned())];
        config.machine = Machine::this(env.into_iter(), &config.data_dir, None);
    })
    .await;
    let path = "/api/tools/generic/guide";
    let told = heard(&world, "vi", Method::GET, path, Value::Null).await;
    let (_, english) = world.admin(Method::GET, path, Value::Null).await;
    let (told, english) = (told["text"].as_str().unwrap(), english["text"].as_str().unwrap());
    assert!(told.contains("\nNhiều chương trình đọc các biến này:\n"), "{told}");
    assert_eq!(told.lines().count(), english.lines().count());
    let code = |text: &str| {
        text.lines().filter(|line| line.contains('=')).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(code(told), code(english));
}

#[tokio::test]
async fn agents_and_the_playground_hear_english() {
    let world = World::start(&[("good", Dialect::Chat, Vendor::default())]).await;
    let question = world::question_in(Dialect::Chat, "nobody/m", Stream::No);
    let request =
        world.post("/v1/chat/completions", question.to_string()).header("accept-language", "vi");
    let agents = json_of(request.send().await.unwrap()).await;
    let path = "/api/playground/v1/chat/completions";
    let playground = heard(&world, "vi", Method::POST, path, question).await;
    for told in [agents, playground] {
        let message = told["error"]["message"].as_str().unwrap();
        assert!(message.contains("names no vendor"), "{message}");
    }
}
