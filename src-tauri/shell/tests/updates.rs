use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::{Value, json};
use switchyard_types::NotificationSettings;
use tempfile::TempDir;

use crate::desk::{Desktop, Shows, wait_for_file};
use crate::driver::Driver;
use crate::notifications::wait_for_trial;
use crate::scene::Scene;

/// Names the key in what it signs.
const KEY_ID: [u8; 8] = *b"switchya";

struct Signer(Ed25519KeyPair);

impl Signer {
    fn new() -> Self {
        let seed = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
        Self(Ed25519KeyPair::from_pkcs8(seed.as_ref()).unwrap())
    }

    /// The key that is shipped.
    fn public(&self) -> String {
        let key = [b"Ed", &KEY_ID[..], self.0.public_key().as_ref()].concat();
        STANDARD.encode(format!("untrusted comment: public key\n{}\n", STANDARD.encode(key)))
    }

    /// A package's signature, which says for which version it is.
    fn sign(&self, package: &[u8], version: &str) -> String {
        let signed = self.0.sign(package);
        let told = format!("timestamp:1\tfile:package\tversion:{version}");
        let whole = self.0.sign(&[signed.as_ref(), told.as_bytes()].concat());
        let signed = STANDARD.encode([b"Ed", &KEY_ID[..], signed.as_ref()].concat());
        let whole = STANDARD.encode(whole);
        STANDARD.encode(format!(
            "untrusted comment: signature\n{signed}\ntrusted comment: {told}\n{whole}\n"
        ))
    }
}

/// Where updates are announced: one package, called this version, signed so.
fn place(package: Vec<u8>, version: &str, signature: &str) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let place = format!("http://{}", listener.local_addr().unwrap());
    let platform = json!({ "signature": signature, "url": format!("{place}/package") });
    let announced = json!({
        "version": version,
        "notes": "Brings <b>much</b>.",
        "platforms": { "linux-x86_64": platform, "linux-aarch64": platform },
    });
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let mut asked = String::new();
            let mut lines = BufReader::new(&stream);
            let _ = lines.read_line(&mut asked);
            let _ = lines.by_ref().lines().map_while(Result::ok).find(String::is_empty);
            let body = if asked.contains(" /stable.json ") {
                announced.to_string().into_bytes()
            } else {
                package.clone()
            };
            let head = format!(
                "HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                body.len()
            );
            let _ = stream.write_all(&[head.as_bytes(), &body].concat());
        }
    });
    format!("{place}/{{{{channel}}}}.json")
}

/// A package with a program that only says that it was started.
fn package(folder: &Path) -> Vec<u8> {
    let program = folder.join("new/Switchyard.AppImage");
    std::fs::create_dir_all(program.parent().unwrap()).unwrap();
    std::fs::write(&program, "#!/bin/sh\necho started > \"$HOME/restarted\"\n").unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let packed = Command::new("tar")
        .arg("-C")
        .arg(folder.join("new"))
        .args(["-czf", "-", "Switchyard.AppImage"])
        .output()
        .unwrap();
    assert!(packed.status.success());
    packed.stdout
}

/// A desktop on which the program believes to be the one file of an `AppImage`.
fn desktop(home: TempDir, place: &str, key: &str) -> Desktop {
    let image = home.path().join("Switchyard.AppImage");
    std::fs::write(&image, "the old one").unwrap();
    std::fs::set_permissions(&image, std::fs::Permissions::from_mode(0o755)).unwrap();
    let image = image.to_str().unwrap().to_owned();
    let settings = [
        ("APPIMAGE", image.as_str()),
        ("SWITCHYARD_UPDATE_PLACE", place),
        ("SWITCHYARD_UPDATE_KEY", key),
    ];
    Desktop::without_program(home, Shows::Everything, &settings)
}

fn look(driver: &Driver) -> Value {
    driver.invoke("look_for_update", &json!({}))["ok"].clone()
}

#[test]
fn a_newer_version_is_put_in_place_and_started_once_streams_have_ended() {
    let scene = Scene::new(NotificationSettings::default());
    let (signer, package) = (Signer::new(), package(scene.home.path()));
    let signature = signer.sign(&package, "9.9.9");
    let place = place(package, "9.9.9", &signature);
    let desktop = desktop(scene.home, &place, &signer.public());
    let driver = Driver::start(desktop.command());
    let tray = desktop.tray();
    tray.wait_for("the menu", |lines| lines.iter().any(|line| line.label == "Check for updates"));
    let found = look(&driver);
    let offered = json!({ "is": "offered", "version": "9.9.9", "notes": "Brings <b>much</b>." });
    assert_eq!(found, offered);
    tray.wait_for("the offer", |lines| {
        lines.iter().any(|line| line.label == "Version 9.9.9 is there…")
    });
    assert_eq!(desktop.shown().title, "Version 9.9.9 of Switchyard is there");
    assert_eq!(look(&driver), offered, "it is found again");
    wait_for_trial(&desktop, |status, _| status == 200);
    assert_eq!(desktop.shown().title, "Notifications work", "a version is told once");
    let (_, notices) = desktop.call("GET", "/api/notices", &Value::Null);
    let update = json!({ "at": notices[0]["at"], "type": "update", "version": "9.9.9" });
    assert_eq!(notices, json!([update]));

    let body = json!({ "model": "slow/m", "stream": true, "messages": [{ "role": "user", "content": "Hello" }] });
    let stream = desktop.begin("POST", "/v1/chat/completions", &scene.key, &body);
    let mut lines = BufReader::new(stream).lines().map(Result::unwrap);
    lines.find(|line| line.contains("word00")).expect("the answer begins");
    driver.run("window.__TAURI__.core.invoke('install_update'); done()");
    let rest = lines.collect::<Vec<_>>();
    assert!(rest.iter().any(|line| line.contains("word39")), "{rest:?}");
    assert_eq!(wait_for_file(&desktop.home.path().join("restarted")), "started\n");
}

#[test]
fn what_somebody_else_signed_or_what_is_signed_for_another_version_is_refused() {
    let home = tempfile::tempdir().unwrap();
    let (signer, package) = (Signer::new(), package(home.path()));
    for signature in [Signer::new().sign(&package, "9.9.9"), signer.sign(&package, "0.0.1")] {
        let place = place(package.clone(), "9.9.9", &signature);
        let desktop = desktop(tempfile::tempdir().unwrap(), &place, &signer.public());
        let driver = Driver::start(desktop.command());
        assert_eq!(look(&driver)["is"], "offered");
        let refused = driver.invoke("install_update", &json!({}));
        assert_eq!(refused["ok"]["is"], "failed", "{refused}");
        assert!(refused.to_string().contains("is not signed by who makes Switchyard"), "{refused}");
        let image =
            std::fs::read_to_string(desktop.home.path().join("Switchyard.AppImage")).unwrap();
        assert_eq!(image, "the old one");
        assert_eq!(desktop.call("GET", "/api/status", &Value::Null).0, 200, "it goes on");
    }
}

#[test]
fn the_menu_says_when_none_is_newer_and_when_none_can_be_found() {
    let signer = Signer::new();
    let current = env!("CARGO_PKG_VERSION");
    let current_place = place(Vec::new(), current, &signer.sign(b"", current));
    let newest = format!("{current} is the newest version");
    for (place, said) in [
        (current_place.as_str(), newest.as_str()),
        ("http://127.0.0.1:1/latest.json", "No update: check again"),
    ] {
        let mut desktop = desktop(tempfile::tempdir().unwrap(), place, &signer.public());
        desktop.begin_with(Some("--hidden"));
        let tray = desktop.tray();
        tray.click_on("Check for updates");
        tray.wait_for(said, |lines| lines.iter().any(|line| line.label == said));
        tray.click_on("Quit Switchyard");
        desktop.ended_well();
    }
}
