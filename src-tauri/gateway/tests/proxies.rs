//! The way out of one account's requests.
#![cfg(test)]

mod world;

#[cfg(target_os = "linux")]
use switchyard_simulator::{Issuer, TlsProxy};
use switchyard_simulator::{SocksProxy, Vendor};
use switchyard_types::{Dialect, NewAccount, NewVendor, Secret, Tier};
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;
use world::{Stream, World, vendor_key};

/// Nobody here can resolve its name: only a proxy finds the way.
fn far_vendor(scheme: &str) -> NewVendor {
    NewVendor {
        name: "Far".to_owned(),
        prefix: "far".to_owned(),
        dialect: Dialect::Chat,
        base_url: format!("{scheme}://vendor.invalid/near/v1"),
        allow_private: false,
        models: vec!["m".to_owned()],
        tier: Tier::Cheap,
    }
}

#[tokio::test]
async fn an_accounts_requests_leave_by_its_proxy_and_by_nothing_else() {
    let world = World::start(&[("near", Dialect::Chat, Vendor::default())]).await;
    world.engine.add_vendor(&far_vendor("http")).await.unwrap();
    let new = NewAccount {
        vendor: "far".to_owned(),
        name: String::new(),
        key: Secret::new(vendor_key("far")),
        check: false,
        ..NewAccount::default()
    };
    let account = world.engine.add_account(new).await.unwrap();
    assert_ne!(world.ask(Dialect::Chat, "far/m", Stream::No).await.status, 200);
    world.engine.unlock_account(&account.id).await.unwrap();

    // A proxy is a server that is asked for whole addresses; the simulator answers those as its own.
    let proxy = Secret::new(format!("http://user:word@{}", world.simulator.address()));
    world.engine.set_account_proxy(&account.id, &proxy).await.unwrap();
    let heard = world.ask(Dialect::Chat, "far/m", Stream::No).await;
    assert_eq!(heard.status, 200, "{}", heard.text);
    let heard = world.ask(Dialect::Chat, "far/m", Stream::Yes).await;
    assert_eq!(heard.status, 200, "{}", heard.text);
    assert!(world.engine.test_account(&account.id).await.unwrap().ok);
    // The other account still goes its own way.
    let heard = world.ask(Dialect::Chat, "near/m", Stream::No).await;
    assert_eq!(heard.status, 200, "{}", heard.text);
    let requests = world.simulator.requests();
    assert!(requests.iter().all(|request| request.header("proxy-authorization").is_none()
        || request.header("host") == Some("vendor.invalid")));
    let far = requests.iter().filter(|request| request.header("host") == Some("vendor.invalid"));
    assert_eq!(far.count(), 3);

    world.engine.set_account_proxy(&account.id, &Secret::new("")).await.unwrap();
    assert_ne!(world.ask(Dialect::Chat, "far/m", Stream::No).await.status, 200);
}

#[tokio::test]
async fn what_is_no_proxy_is_refused_with_what_to_write() {
    let world = World::start(&[("near", Dialect::Chat, Vendor::default())]).await;
    let account = world.engine.accounts().await.unwrap().remove(0);
    for nonsense in ["127.0.0.1:8080", "ftp://proxy:1", "http://", "socks4://proxy:1080"] {
        let refused = world.engine.set_account_proxy(&account.id, &Secret::new(nonsense)).await;
        let words = refused.unwrap_err().to_string();
        assert!(words.contains("socks5://host:port"), "{nonsense}: {words}");
    }
    for good in ["https://proxy.example:8443", "socks5://user:word@proxy.example:1080"] {
        world.engine.set_account_proxy(&account.id, &Secret::new(good)).await.unwrap();
    }
}

#[tokio::test]
async fn a_key_is_checked_and_used_by_a_socks_proxy_that_resolves_the_name() {
    let world = World::start(&[("near", Dialect::Chat, Vendor::default())]).await;
    let socks = SocksProxy::start("ada", "pw-1", world.simulator.address()).await.unwrap();
    world.engine.add_vendor(&far_vendor("http")).await.unwrap();
    let new = |proxy: String| NewAccount {
        vendor: "far".to_owned(),
        key: Secret::new(vendor_key("far")),
        check: true,
        proxy: Secret::new(proxy),
        ..NewAccount::default()
    };
    let address = socks.address();
    assert!(world.engine.add_account(new(String::new())).await.is_err(), "no way leads there");
    let wrong = format!("socks5://ada:wrong@{address}");
    assert!(world.engine.add_account(new(wrong)).await.is_err());
    assert_eq!(socks.asked(), [""; 0]);
    let right = format!("socks5://ada:pw-1@{address}");
    let account = world.engine.add_account(new(right)).await.unwrap();
    assert_eq!(account.proxy, Some(format!("socks5://{address}")));
    assert_eq!(socks.asked(), ["vendor.invalid:80"]);
    let heard = world.ask(Dialect::Chat, "far/m", Stream::Yes).await;
    assert_eq!(heard.status, 200, "{}", heard.text);
    assert!(socks.asked().iter().all(|asked| asked == "vendor.invalid:80"));
}

#[tokio::test]
async fn an_https_proxy_hears_nothing_in_the_clear() {
    let world = World::start(&[("near", Dialect::Chat, Vendor::default())]).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let heard = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut bytes = vec![0; 1024];
        let count = stream.read(&mut bytes).await.unwrap();
        bytes.truncate(count);
        bytes
    });
    let account = world.engine.accounts().await.unwrap().remove(0);
    let proxy = Secret::new(format!("https://ada:pw-1@localhost:{}", address.port()));
    world.engine.set_account_proxy(&account.id, &proxy).await.unwrap();
    assert_ne!(world.ask(Dialect::Chat, "near/m", Stream::No).await.status, 200);
    let bytes = heard.await.unwrap();
    assert_eq!(bytes.first(), Some(&0x16), "a TLS handshake");
    let text = String::from_utf8_lossy(&bytes);
    assert!(!text.contains("CONNECT") && !text.contains("uthorization"), "{text}");
}

/// Where this process finds what it has to trust, and who issued it.
#[cfg(target_os = "linux")]
const TRUSTED: &str = "SWITCHYARD_TEST_TRUSTS";

/// What is trusted is read once and from the environment, so that a process of its own tries it.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_tunnel_is_asked_of_an_https_proxy_inside_tls_and_with_its_credentials() {
    const NAME: &str = "a_tunnel_is_asked_of_an_https_proxy_inside_tls_and_with_its_credentials";
    let Some(kept) = std::env::var_os(TRUSTED) else {
        let folder = tempfile::tempdir().unwrap();
        let issuer = Issuer::of(&["localhost", "vendor.invalid"]).unwrap();
        let root = folder.path().join("root.pem");
        std::fs::write(&root, issuer.root()).unwrap();
        let kept = folder.path().join("issuer");
        std::fs::write(&kept, issuer.keep()).unwrap();
        let tried = tokio::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", NAME, "--nocapture"])
            .env("SSL_CERT_FILE", root)
            .env(TRUSTED, kept)
            .output()
            .await
            .unwrap();
        let told =
            [tried.stdout, tried.stderr].map(|told| String::from_utf8_lossy(&told).into_owned());
        assert!(tried.status.success() && told[0].contains("1 passed"), "{}", told.concat());
        return;
    };
    let issuer = Issuer::kept(&std::fs::read(kept).unwrap()).unwrap();
    let world = World::start(&[("near", Dialect::Chat, Vendor::default())]).await;
    let proxy = TlsProxy::start(&issuer, "ada", "pw-1", world.simulator.address()).await.unwrap();
    world.engine.add_vendor(&far_vendor("https")).await.unwrap();
    let port = proxy.address().port();
    let new = |word: &str| NewAccount {
        vendor: "far".to_owned(),
        key: Secret::new(vendor_key("far")),
        check: true,
        proxy: Secret::new(format!("https://ada:{word}@localhost:{port}")),
        ..NewAccount::default()
    };
    assert!(world.engine.add_account(new("wrong")).await.is_err());
    assert_eq!(proxy.asked(), [""; 0]);
    let account = world.engine.add_account(new("pw-1")).await.unwrap();
    assert_eq!(account.proxy, Some(format!("https://localhost:{port}")));
    for stream in [Stream::No, Stream::Yes] {
        let heard = world.ask(Dialect::Chat, "far/m", stream).await;
        assert_eq!(heard.status, 200, "{}", heard.text);
    }
    assert!(!proxy.asked().is_empty());
    assert!(proxy.asked().iter().all(|asked| asked == "vendor.invalid:443"), "{:?}", proxy.asked());
    // The vendor hears nothing of how it was reached.
    let requests = world.simulator.requests();
    assert!(requests.iter().all(|request| request.header("proxy-authorization").is_none()));
}
