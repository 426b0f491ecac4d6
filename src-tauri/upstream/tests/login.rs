//! Signing in at simulated vendors, by the rows that ship: only their addresses are changed.
#![cfg(test)]

mod rows;

use std::time::Duration;

use rows::moved;
use switchyard_catalog::Vendor;
use switchyard_simulator::{Login, Poll, Rotation, Script, Simulator, TokenFault, User};
use switchyard_types::Secret;
use switchyard_upstream::login::{
    Desk, LoginError, Organisation, Outcome, Pasted, SecretPlaces, SignedIn, Visit, client_secret,
};
use switchyard_upstream::{Pool, Timers};

const NOW: i64 = 1_790_000_000_000;

/// A way of signing in that no row has, to hold the standard against.
const STANDARD: &str = r#"
id = "standard"
prefix = "std"
name = "Standard"
tier = "free"
hue = 1
login = "account"
status = "active"
[[sign_in]]
id = "browser"
name = "Sign in"
flow = "code"
client_id = "simulated-client"
client_secret = { env = "STANDARD_CLIENT_SECRET", installed = ["standard-cli"], begins = "SECRET-" }
authorize_url = "https://login.example/oauth/authorize"
token_url = "https://login.example/oauth/token"
identity_url = "https://login.example/userinfo"
project_url = "https://login.example/v1internal"
scopes = ["openid", "profile"]
redirect = "http://localhost/callback"
[[sign_in]]
id = "device"
name = "Type a code"
flow = "device"
client_id = "simulated-client"
device_url = "https://login.example/device/code"
token_url = "https://login.example/oauth/access_token"
exchange_url = "https://login.example/copilot_internal/v2/token"
identity_url = "https://login.example/user"
[[sign_in]]
id = "aws"
name = "Builder ID"
flow = "aws_device"
register_url = "https://login.example/client/register"
device_url = "https://login.example/device_authorization"
token_url = "https://login.example/token"
start_url = "https://view.awsapps.com/start"
scopes = ["codewhisperer:completions"]
[[sign_in]]
id = "google"
name = "Google"
flow = "pasted"
authorize_url = "https://login.example/login"
token_url = "https://login.example/oauth/token"
refresh_url = "https://login.example/refreshToken"
params = [["idp", "Google"]]
redirect = "kiro://kiro.kiroAgent/authenticate-success"
[probe.message]
model = "m"
[[endpoints]]
dialect = "chat"
url = "https://login.example/v1/chat/completions"
auth = "bearer"
[[models]]
id = "m"
"#;

struct Scene {
    simulator: Simulator,
    vendor: Vendor,
    http: reqwest::Client,
}

impl Scene {
    async fn standard(login: Login) -> Self {
        Self::of("standard", STANDARD, login).await
    }

    async fn row(id: &str, login: Login) -> Self {
        let path = format!("{}/../catalog/vendors/{id}.toml", env!("CARGO_MANIFEST_DIR"));
        Self::of(id, &std::fs::read_to_string(path).unwrap(), login).await
    }

    async fn of(id: &str, text: &str, login: Login) -> Self {
        let vendor = switchyard_simulator::Vendor::default().login(login);
        let simulator = Simulator::start(Script::default().vendor(id, vendor)).await.unwrap();
        let vendor = moved(id, text, &simulator.root(id));
        let http = switchyard_upstream::own_server_client().unwrap();
        Self { simulator, vendor, http }
    }

    fn desk(&self, way: &str) -> Desk {
        Desk {
            pool: Pool::new(&Timers::default()).unwrap(),
            vendor: self.vendor.clone(),
            way: self.vendor.way(Some(way)).unwrap().clone(),
            client_secret: None,
            way_out: None,
            now: NOW,
        }
    }

    /// Where the vendor's page leads the browser.
    async fn agree(&self, page: &str) -> String {
        let answer = self.http.get(page).send().await.unwrap();
        answer.headers()["location"].to_str().unwrap().to_owned()
    }

    async fn browse(&self, address: &str) -> String {
        self.http.get(address).send().await.unwrap().text().await.unwrap()
    }

    /// Signs in by page, through the listener.
    async fn by_page(&self, desk: &Desk) -> SignedIn {
        let mut login =
            desk.open(Some("http://127.0.0.1:20128/providers".to_owned())).await.unwrap();
        assert_eq!((login.returns(), login.note.as_deref()), (true, None));
        let address = self.agree(&login.url).await;
        let (page, signed_in) = tokio::join!(self.browse(&address), async {
            let visit = login.visit().await.unwrap();
            let signed_in = desk.finish(&login, &visit).await.unwrap();
            visit.tell(Outcome::Done(signed_in.facts.identity.clone()));
            signed_in
        });
        assert!(page.contains("You can close this page."), "{page}");
        assert!(page.contains("http://127.0.0.1:20128/providers"), "{page}");
        login.close().await;
        signed_in
    }
}

fn holds(signed_in: &SignedIn) -> bool {
    signed_in.tokens.access.expose().contains("simulated-access")
}

fn without_project(mut desk: Desk) -> Desk {
    desk.way.project_url = None;
    desk
}

#[tokio::test]
async fn a_page_signs_in_and_says_who_and_how_long() {
    let scene = Scene::standard(Login::default()).await;
    let desk = scene.desk("browser");
    let signed_in = scene.by_page(&desk).await;
    assert!(holds(&signed_in));
    assert_eq!(signed_in.facts.identity.as_deref(), Some("ada@example.com"));
    assert_eq!(signed_in.facts.expires_at, Some(NOW + 3_600_000));
    assert_eq!(signed_in.facts.project.as_deref(), Some("simulated-project"));
    let page = &scene.simulator.requests()[0].path;
    assert!(page.contains("code_challenge_method=S256") && page.contains("scope=openid%20profile"));
}

#[tokio::test]
async fn an_account_without_a_project_is_onboarded() {
    let scene = Scene::standard(Login::default().without_project()).await;
    let signed_in = scene.by_page(&scene.desk("browser")).await;
    assert_eq!(signed_in.facts.project.as_deref(), Some("onboarded-project"));
}

#[tokio::test]
async fn claudes_row_signs_in_and_renews_with_its_token_endpoint_in_json() {
    let scene = Scene::row("claude", Login::default()).await;
    let desk = scene.desk("browser");
    let signed_in = scene.by_page(&desk).await;
    let renewed = desk.refresh(&signed_in).await.unwrap();
    assert_ne!(renewed.tokens.access, signed_in.tokens.access);
    assert_ne!(renewed.tokens.refresh, signed_in.tokens.refresh);
    assert_eq!(renewed.facts.identity, signed_in.facts.identity);
    let posts = scene.simulator.requests();
    let posts: Vec<_> = posts.iter().filter(|request| request.method == "POST").collect();
    for post in &posts {
        assert_eq!(post.header("content-type"), Some("application/json"));
    }
    assert_eq!(posts[0].json()["grant_type"], "authorization_code");
    assert!(posts[0].json()["state"].is_string());
    assert_eq!(posts[1].json()["grant_type"], "refresh_token");
}

#[tokio::test]
async fn clines_row_leads_back_with_its_tokens_and_renews_them() {
    let scene = Scene::row("cline", Login::default()).await;
    let desk = scene.desk("browser");
    let signed_in = scene.by_page(&desk).await;
    assert!(signed_in.tokens.access.expose().starts_with("workos:simulated-access"));
    let renewed = desk.refresh(&signed_in).await.unwrap();
    assert!(renewed.tokens.access.expose().starts_with("workos:simulated-access"));
    assert_ne!(renewed.tokens.access, signed_in.tokens.access);
}

#[tokio::test]
async fn a_refusal_on_the_page_is_told_to_the_user_and_to_the_browser() {
    let scene = Scene::standard(Login::default().user(User::Refuses)).await;
    let desk = scene.desk("browser");
    let mut login = desk.open(None).await.unwrap();
    let address = scene.agree(&login.url).await;
    let (page, error) = tokio::join!(scene.browse(&address), login.visit());
    assert_eq!(error.unwrap_err(), LoginError::Refused("the user refused".to_owned()));
    assert!(page.contains("the user refused"), "{page}");
}

#[tokio::test]
async fn a_visit_with_another_state_changes_nothing_and_the_right_one_still_counts() {
    let scene = Scene::standard(Login::default()).await;
    let desk = scene.desk("browser");
    let mut login = desk.open(None).await.unwrap();
    let address = scene.agree(&login.url).await;
    let (wrong, _) = address.split_once("state=").unwrap();
    let wrong = format!("{wrong}state=another");
    let stranger = scene.browse(&wrong);
    let own = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        scene.browse(&address).await
    };
    let (stranger, own, visit) = tokio::join!(stranger, own, async {
        let visit = login.visit().await.unwrap();
        let done = desk.finish(&login, &visit).await.map(|_| ());
        visit.tell(Outcome::Done(None));
        done
    });
    assert!(stranger.contains("another sign-in"), "{stranger}");
    assert!(own.contains("You can close this page."), "{own}");
    visit.unwrap();
}

#[tokio::test]
async fn a_port_that_is_taken_leaves_the_way_of_pasting() {
    let taken = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = taken.local_addr().unwrap().port();
    let text =
        STANDARD.replacen("redirect = \"http", &format!("port = {port}\nredirect = \"http"), 1);
    let scene = Scene::of("standard", &text, Login::default()).await;
    let desk = without_project(scene.desk("browser"));
    let login = desk.open(None).await.unwrap();
    assert!(!login.returns());
    assert!(login.note.as_deref().unwrap().contains(&port.to_string()));
    let address = Secret::new(scene.agree(&login.url).await);
    let visit = Visit::pasted(Pasted::read(&address).unwrap());
    assert!(holds(&desk.finish(&login, &visit).await.unwrap()));
}

#[tokio::test]
async fn a_pasted_address_of_another_sign_in_is_refused() {
    let scene = Scene::standard(Login::default()).await;
    let desk = scene.desk("browser");
    let (one, other) = (desk.open(None).await.unwrap(), desk.open(None).await.unwrap());
    let address = Secret::new(scene.agree(&one.url).await);
    let visit = Visit::pasted(Pasted::read(&address).unwrap());
    assert_eq!(desk.finish(&other, &visit).await, Err(LoginError::StateMismatch));
}

#[tokio::test]
async fn a_device_waits_as_it_is_told_and_gets_copilots_own_token() {
    let login = Login::default().polls([Poll::Pending, Poll::SlowDown]);
    let scene = Scene::standard(login).await;
    let desk = scene.desk("device");
    let device = desk.device(&Organisation::default()).await.unwrap();
    assert_eq!(
        (device.url.as_str(), device.code.as_str()),
        ("https://example.com/device", "SIMU-LATE")
    );
    let begun = std::time::Instant::now();
    let signed_in = desk.agreed(&device).await.unwrap();
    // One second each, and five more after being told to slow down.
    assert!(begun.elapsed() >= Duration::from_secs(7), "{:?}", begun.elapsed());
    assert_eq!(scene.simulator.login_log("standard").polls, 3);
    assert_eq!(signed_in.facts.plan.as_deref(), Some("copilot_pro"));
    assert_ne!(Some(&signed_in.tokens.access), signed_in.tokens.refresh.as_ref());
    let renewed = desk.refresh(&signed_in).await.unwrap();
    assert_ne!(renewed.tokens.access, signed_in.tokens.access);
    assert_eq!(renewed.tokens.refresh, signed_in.tokens.refresh);
}

#[tokio::test]
async fn a_device_whose_user_refuses_or_whose_code_ends_says_so() {
    for (poll, error) in [
        (Poll::Denied, LoginError::Refused("it is access_denied".to_owned())),
        (Poll::Expired, LoginError::Expired),
    ] {
        for way in ["device", "aws"] {
            let scene = Scene::standard(Login::default().polls([poll])).await;
            let desk = scene.desk(way);
            let device = desk.device(&Organisation::default()).await.unwrap();
            assert_eq!(desk.agreed(&device).await, Err(error.clone()), "{way}");
        }
    }
}

#[tokio::test]
async fn aws_registers_a_client_for_the_login_and_renews_with_it() {
    let scene = Scene::standard(Login::default().polls([Poll::Pending])).await;
    let desk = scene.desk("aws");
    let device = desk.device(&Organisation::default()).await.unwrap();
    assert_eq!(device.code, "AWS-CODE");
    let signed_in = desk.agreed(&device).await.unwrap();
    assert_eq!(signed_in.facts.client_id.as_deref(), Some("simulated-client"));
    assert!(signed_in.facts.profile.as_deref().unwrap().starts_with("arn:aws:"));
    let renewed = desk.refresh(&signed_in).await.unwrap();
    assert_ne!(renewed.tokens.access, signed_in.tokens.access);
    assert_eq!(renewed.tokens.client_secret, signed_in.tokens.client_secret);
    assert_eq!(renewed.facts.client_id, signed_in.facts.client_id);
}

#[tokio::test]
async fn a_page_that_leads_to_another_program_is_finished_by_pasting() {
    let scene = Scene::standard(Login::default()).await;
    let desk = scene.desk("google");
    let login = desk.open(None).await.unwrap();
    assert!(!login.returns() && login.note.is_none());
    let address = scene.agree(&login.url).await;
    assert!(address.starts_with("kiro://kiro.kiroAgent/authenticate-success?"), "{address}");
    let visit = Visit::pasted(Pasted::read(&Secret::new(address)).unwrap());
    let signed_in = desk.finish(&login, &visit).await.unwrap();
    let renewed = desk.refresh(&signed_in).await.unwrap();
    assert_ne!(renewed.tokens.access, signed_in.tokens.access);
}

#[tokio::test]
async fn kilos_row_gives_a_key_that_does_not_end() {
    let scene = Scene::row("kilocode", Login::default().polls([Poll::Pending])).await;
    let desk = scene.desk("device");
    let device = desk.device(&Organisation::default()).await.unwrap();
    let signed_in = desk.agreed(&device).await.unwrap();
    assert_eq!((signed_in.facts.expires_at, &signed_in.tokens.refresh), (None, &None));
    assert!(matches!(desk.refresh(&signed_in).await, Err(LoginError::NoRefresh { .. })));
}

#[tokio::test]
async fn a_token_endpoint_that_is_busy_or_ends_the_login_is_told_apart() {
    let faults =
        [TokenFault::Busy(Duration::from_secs(7)), TokenFault::Broken, TokenFault::InvalidGrant];
    let scene = Scene::row("kimi-coding", Login::default()).await;
    let desk = scene.desk("device");
    let device = desk.device(&Organisation::default()).await.unwrap();
    let signed_in = desk.agreed(&device).await.unwrap();
    let vendor =
        switchyard_simulator::Vendor::default().login(Login::default().token_faults(faults));
    scene.simulator.set_vendor("kimi-coding", vendor);
    let busy = desk.refresh(&signed_in).await.unwrap_err();
    assert!(matches!(busy, LoginError::Busy { wait: Some(7_000), .. }), "{busy}");
    let broken = desk.refresh(&signed_in).await.unwrap_err();
    assert!(matches!(broken, LoginError::Answered { status: 500, .. }), "{broken}");
    let ended = desk.refresh(&signed_in).await.unwrap_err();
    assert!(ended.ends_the_login(), "{ended}");
}

#[tokio::test]
async fn a_vendor_that_keeps_its_refresh_token_leaves_ours_in_place() {
    let scene = Scene::standard(Login::default().rotation(Rotation::Kept)).await;
    let desk = without_project(scene.desk("browser"));
    let signed_in = scene.by_page(&desk).await;
    let renewed = desk.refresh(&signed_in).await.unwrap();
    assert_eq!(renewed.tokens.refresh, signed_in.tokens.refresh);
    desk.refresh(&renewed).await.unwrap();
}

#[tokio::test]
async fn a_clients_secret_is_read_from_its_own_program_or_from_the_environment() {
    let scene = Scene::standard(Login::default().client_secret("SECRET-of-the-client_1")).await;
    let folder = tempfile::tempdir().unwrap();
    let way = scene.vendor.way(None).unwrap();
    let mut places =
        SecretPlaces { folders: vec![folder.path().to_owned()], ..SecretPlaces::default() };
    let missing = client_secret(&scene.vendor, way, &places).unwrap_err();
    let hint = missing.body().hint.unwrap();
    assert!(hint.contains("STANDARD_CLIENT_SECRET") && hint.contains("standard-cli"), "{hint}");

    let program = folder.path().join("standard-cli/dist");
    std::fs::create_dir_all(&program).unwrap();
    std::fs::write(program.join("other.js"), "x='SECRET-of-another'").unwrap();
    std::fs::write(
        program.join("auth.js"),
        "const id='simulated-client', s=\"SECRET-of-the-client_1\";",
    )
    .unwrap();
    let found = client_secret(&scene.vendor, way, &places).unwrap();
    assert_eq!(found.as_ref().map(Secret::expose), Some("SECRET-of-the-client_1"));
    let desk = Desk { client_secret: found, ..scene.desk("browser") };
    assert!(holds(&scene.by_page(&desk).await));

    places.environment = vec![("STANDARD_CLIENT_SECRET".to_owned(), Secret::new("from-env"))];
    let given = client_secret(&scene.vendor, way, &places).unwrap();
    assert_eq!(given.as_ref().map(Secret::expose), Some("from-env"));
}
