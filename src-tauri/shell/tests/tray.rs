use std::io::{BufRead as _, BufReader};
use std::path::Path;

use serde_json::{Value, json};
use switchyard_engine::{Config, Engine};
use switchyard_types::{ComboBody, NotificationSettings};

use crate::desk::{Desktop, Line, Shows, runtime};
use crate::notifications::wait_for_trial;
use crate::scene::Scene;

#[test]
fn the_tray_lists_the_combos_and_switches_them() {
    let home = tempfile::tempdir().unwrap();
    seed(home.path());
    let desktop = Desktop::start(home);
    let tray = desktop.tray();

    let lines = tray.wait_for("the combos", |lines| lines.len() >= 8);
    assert_eq!(lines[0].label, format!("Listening on 127.0.0.1:{}", desktop.port));
    assert!(lines.iter().any(|line| line.label.starts_with("work") && line.checked));
    let night = lines.iter().find(|line| line.label.starts_with("night")).unwrap();
    assert!(!night.checked);
    let labels: Vec<_> = lines.iter().map(|line| line.label.as_str()).collect();
    assert!(
        labels.ends_with(&[
            "Pause routing",
            "Open dashboard",
            "Settings",
            "Copy address",
            "Start at login",
            "This build takes no updates",
            "",
            "Quit Switchyard"
        ]),
        "{labels:?}"
    );

    let only_night = |lines: &[Line]| {
        let mut checked = lines.iter().filter(|line| line.checked);
        checked.next().is_some_and(|line| line.id == night.id) && checked.next().is_none()
    };
    tray.click(night.id);
    tray.wait_for("the mark to move", only_night);
    // A click takes the mark off by itself; on the active combo it comes back.
    tray.click(night.id);
    tray.wait_for("the mark to stay", only_night);

    let quit = lines.iter().find(|line| line.label == "Quit Switchyard").unwrap();
    tray.click(quit.id);
    let home = desktop.ended_well();
    assert_eq!(active_combo(home.path()).as_deref(), Some("night"));
}

#[test]
fn the_tray_and_its_notifications_speak_the_system_s_language_until_another_is_chosen() {
    let home = tempfile::tempdir().unwrap();
    seed(home.path());
    let desktop = Desktop::start_set(home, Shows::Everything, &[("LC_ALL", "vi_VN.UTF-8")]);
    let tray = desktop.tray();
    let headline = format!("Đang lắng nghe tại 127.0.0.1:{}", desktop.port);
    let lines = tray.wait_for("the menu", |lines| lines.len() >= 8);
    assert_eq!(lines[0].label, headline);
    assert!(lines.iter().any(|line| line.label == "Mở bảng điều khiển"), "{lines:?}");
    wait_for_trial(&desktop, |status, _| status == 200);
    let shown = desktop.shown();
    assert_eq!(shown.title, "Thông báo hoạt động");
    assert!(shown.buttons.iter().any(|(_, name)| name == "Tắt thông báo 1 giờ"), "{shown:?}");

    let chosen = json!({ "language": "zh-CN" });
    assert_eq!(desktop.call("PUT", "/api/language", &chosen).0, 200);
    let headline = format!("正在监听 127.0.0.1:{}", desktop.port);
    tray.wait_for("the menu in Chinese", |lines| {
        lines[0].label == headline && lines.iter().any(|line| line.label == "打开仪表盘")
    });
    wait_for_trial(&desktop, |status, _| status == 200);
    assert_eq!(desktop.shown().title, "桌面通知可用");
    tray.click_on("退出 Switchyard");
    desktop.ended_well();
}

#[test]
fn a_panel_that_starts_after_the_program_gets_its_icon() {
    let desktop = Desktop::start_with(tempfile::tempdir().unwrap(), Shows::TraysLater);
    assert_eq!(desktop.call("GET", "/api/status", &Value::Null).0, 200);
    desktop.show_trays();
    desktop.tray().click_on("Quit Switchyard");
    desktop.ended_well();
}

#[test]
fn a_terminated_program_ends_in_order() {
    let home = tempfile::tempdir().unwrap();
    seed(home.path());
    let desktop = Desktop::start(home);
    desktop.tray().wait_for("the menu", |lines| !lines.is_empty());
    desktop.terminate();
    desktop.ended_well();
}

#[test]
fn a_stream_in_flight_ends_well_when_the_program_is_quit() {
    let scene = Scene::new(NotificationSettings::default());
    let desktop = Desktop::start(scene.home);
    let tray = desktop.tray();
    tray.wait_for("the menu", |lines| lines.iter().any(|line| line.label == "Quit Switchyard"));
    let body = json!({
        "model": "slow/m",
        "stream": true,
        "messages": [{ "role": "user", "content": "Hello" }],
    });
    let stream = desktop.begin("POST", "/v1/chat/completions", &scene.key, &body);
    let mut lines = BufReader::new(stream).lines().map(Result::unwrap);
    lines.find(|line| line.contains("word00")).expect("the answer begins");
    tray.click_on("Quit Switchyard");
    let rest = lines.collect::<Vec<_>>();
    assert!(rest.iter().any(|line| line.contains("word39")), "{rest:?}");
    assert!(rest.iter().any(|line| line == "data: [DONE]"), "{rest:?}");
    desktop.ended_well();
}

/// Two combos, of which `work` is the active one.
fn seed(home: &Path) {
    runtime().block_on(async {
        let engine = Engine::open(Config::new(home.join("data"))).await.unwrap();
        let body =
            |model: &str| ComboBody { candidates: vec![model.into()], ..ComboBody::default() };
        engine.put_combo("work", &body("openai/gpt-5")).await.unwrap();
        engine.put_combo("night", &body("openai/gpt-5-mini")).await.unwrap();
        engine.set_active_combo("work").await.unwrap();
        engine.close().await;
    });
}

fn active_combo(home: &Path) -> Option<String> {
    runtime().block_on(async {
        let engine = Engine::open(Config::new(home.join("data"))).await.unwrap();
        let active = engine.combos().into_iter().find(|combo| combo.active);
        engine.close().await;
        active.map(|combo| combo.name)
    })
}
