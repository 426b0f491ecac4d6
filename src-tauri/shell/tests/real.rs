//! The whole of it on a desktop of real programs: Xfce's panel, dunst for notifications, and GNOME's keychain.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use switchyard_simulator::Simulator;
use zbus::zvariant::OwnedObjectPath;

use crate::desk::{Desktop, PATIENCE, SHOWER, SHOWER_PATH, Shows, runtime};
use crate::scene::{active, ask, script};

const KEYCHAIN: (&str, &str, &str) =
    ("org.freedesktop.secrets", "/org/freedesktop/secrets", "org.freedesktop.Secret.Service");
/// What dunst showed, a title a line.
const SHOWN: &str = "shown";

#[test]
#[ignore = "wants a panel, a service of notifications and a keychain; scripts/test-desktop has them"]
fn on_a_real_desktop_all_of_it_works_together() {
    let runtime = runtime();
    let simulator = runtime.block_on(Simulator::start(script())).unwrap();
    let home = tempfile::tempdir().unwrap();
    let notifications = notifications(home.path());
    // In a home of its own Xfce asks which panel is wanted.
    let settings = [("XFCE_PANEL_MIGRATE_DEFAULT", "1"), ("NO_AT_BRIDGE", "1")];
    let mut desktop = Desktop::without_program(home, Shows::OfItsOwn, &settings);
    let unlock = ["--foreground", "--unlock", "--components=secrets"];
    let _keychain = desktop.beside("gnome-keyring-daemon", &unlock, "a password");
    let _notifications = desktop.beside("dunst", &["-conf", &notifications], "");
    let _panel = desktop.beside("xfce4-panel", &["--disable-wm-check"], "");
    desktop.wait_for_service((SHOWER, SHOWER_PATH, SHOWER), |shower| {
        shower.call::<_, _, Vec<String>>("GetCapabilities", &()).ok()
    });
    desktop.wait_for_service(KEYCHAIN, |keychain| {
        let found: OwnedObjectPath = keychain.call("ReadAlias", &"default").ok()?;
        (found.as_str() != "/").then_some(())
    });
    desktop.begin_with(Some("--hidden"));
    let tray = desktop.tray_in_panel();
    tray.wait_for("the menu", |lines| lines.iter().any(|line| line.label == "Quit Switchyard"));

    // Where there is a keychain, no file holds the key of the secrets.
    let key = seed(&desktop, &simulator);
    let data = fs::read_dir(desktop.home.path().join("data")).unwrap();
    let files: Vec<_> = data.map(|entry| entry.unwrap().file_name()).collect();
    assert!(!files.iter().any(|name| name.to_string_lossy().ends_with(".key")), "{files:?}");

    // The combo is switched in the menu, and back.
    for combo in ["spare", "main"] {
        let is_it = |label: &str| label.starts_with(combo);
        let lines = tray.wait_for(combo, |lines| lines.iter().any(|line| is_it(&line.label)));
        tray.click(lines.iter().find(|line| is_it(&line.label)).unwrap().id);
        // A click moves the mark by itself, before anything is switched.
        tray.wait_for("the combo", |lines| {
            let marked = lines.iter().any(|line| is_it(&line.label) && line.checked);
            marked && active(&desktop) == combo
        });
    }

    // A quota is spent: the notification is shown, and the menu says so.
    for _ in 0..3 {
        ask(&desktop, &key);
    }
    wait_until_shown(desktop.home.path(), "first is spent");
    wait_until_shown(desktop.home.path(), "Fell over to m");
    tray.wait_for("the fall-over", |lines| {
        lines.iter().any(|line| line.label.contains("100 %") || line.label.contains("spent"))
    });

    // A link is shown and changes nothing; the window closes to the tray, and opens again.
    let data = "eyJuYW1lIjoid29yayIsImNhbmRpZGF0ZXMiOlt7Im1vZGVsIjoiQGZyZWUifV19";
    let link = format!("switchyard://combo?v=1&data={data}");
    assert!(desktop.command().arg(link).status().unwrap().success());
    let window = desktop.wait_for_window("Combos · Switchyard");
    assert_eq!(active(&desktop), "main");
    desktop.close(window);
    desktop.wait_until_closed("Switchyard");
    tray.click_on("Open dashboard");
    desktop.wait_for_window("Switchyard");
    picture(&desktop);

    // It is quit while an answer is on its way, which ends as it should.
    let body = json!({
        "model": "slow/m",
        "stream": true,
        "messages": [{ "role": "user", "content": "Hello" }],
    });
    let stream = desktop.begin("POST", "/v1/chat/completions", &key, &body);
    let mut lines = BufReader::new(stream).lines().map(Result::unwrap);
    lines.find(|line| line.contains("word00")).expect("the answer begins");
    tray.click_on("Quit Switchyard");
    let rest = lines.collect::<Vec<_>>();
    assert!(rest.iter().any(|line| line.contains("word39")), "{rest:?}");
    assert!(rest.iter().any(|line| line == "data: [DONE]"), "{rest:?}");
    desktop.ended_well();
}

/// Dunst writes down what it shows. Its settings.
fn notifications(home: &Path) -> String {
    let (script, settings) = (home.join("on-shown"), home.join("dunstrc"));
    let shown = home.join(SHOWN);
    fs::write(&script, format!("#!/bin/sh\nprintf '%s\\n' \"$2\" >>'{}'\n", shown.display()))
        .unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o700)).unwrap();
    let rules = format!("[global]\n[write-down]\nsummary = \"*\"\nscript = {}\n", script.display());
    fs::write(&settings, rules).unwrap();
    settings.to_str().unwrap().to_owned()
}

fn wait_until_shown(home: &Path, title: &str) {
    let began = Instant::now();
    loop {
        let shown = fs::read_to_string(home.join(SHOWN)).unwrap_or_default();
        if shown.lines().any(|line| line.ends_with(title)) {
            return;
        }
        assert!(began.elapsed() < PATIENCE, "waiting for {title:?}; shown was {shown:?}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// The vendors of `scene`, told to the program as the dashboard does; an agent's key.
fn seed(desktop: &Desktop, simulator: &Simulator) -> String {
    let ok = |method: &str, path: &str, body: Value| {
        let (status, answer) = desktop.call(method, path, &body);
        assert!((200..300).contains(&status), "{path}: {status} {answer}");
        answer
    };
    for (name, called) in [("a", "first"), ("b", "second"), ("slow", "third")] {
        let vendor = json!({
            "name": name, "prefix": name, "dialect": "chat", "base_url": simulator.url(name),
            "allow_private": true, "models": ["m"], "tier": "cheap",
        });
        ok("POST", "/api/vendors", vendor);
        let account = json!({ "vendor": name, "name": called, "key": "key-of-a-simulated-vendor", "check": false });
        ok("POST", "/api/accounts", account);
    }
    for (name, candidates) in [("main", json!(["a/m", "b/m"])), ("spare", json!(["b/m"]))] {
        ok("PUT", &format!("/api/combos/{name}"), json!({ "candidates": candidates }));
    }
    ok("PUT", "/api/active-combo", json!({ "name": "main" }));
    let key = ok("POST", "/api/keys", json!({ "name": "agent" }));
    key["text"].as_str().unwrap().to_owned()
}

/// The whole screen, for who wants to look: `SWITCHYARD_PICTURE` names the file.
fn picture(desktop: &Desktop) {
    if let Some(file) = std::env::var_os("SWITCHYARD_PICTURE") {
        std::thread::sleep(Duration::from_secs(3));
        let _ = desktop.beside("import", &["-window", "root", file.to_str().unwrap()], "").0.wait();
    }
}
