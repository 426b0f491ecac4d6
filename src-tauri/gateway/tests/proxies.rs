//! The way out of one account's requests.
#![cfg(test)]

mod world;

use switchyard_simulator::{SocksProxy, Vendor};
use switchyard_types::{Dialect, NewAccount, NewVendor, Secret, Tier};
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;
use world::{Stream, World, vendor_key};

#[tokio::test]
async fn an_accounts_requests_leave_by_its_proxy_and_by_nothing_else() {
    let world = World::start(&[("near", Dialect::Chat, Vendor::default())]).await;
    // Nobody here can resolve this name: only a proxy finds the way.
    let far = NewVendor {
        name: "Far".to_owned(),
        prefix: "far".to_owned(),
        dialect: Dialect::Chat,
        base_url: "http://vendor.invalid/near/v1".to_owned(),
        allow_private: false,
        models: vec!["m".to_owned()],
        tier: Tier::Cheap,
    };
    world.engine.add_vendor(&far).await.unwrap();
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
    let far = NewVendor {
        name: "Far".to_owned(),
        prefix: "far".to_owned(),
        dialect: Dialect::Chat,
        base_url: "http://vendor.invalid/near/v1".to_owned(),
        allow_private: false,
        models: vec!["m".to_owned()],
        tier: Tier::Cheap,
    };
    world.engine.add_vendor(&far).await.unwrap();
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
