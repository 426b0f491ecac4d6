use switchyard_types::NotificationSettings;

use crate::desk::{Desktop, Line};
use crate::scene::{Scene, ask, try_to_ask};

fn begins(lines: &[Line], with: &str) -> bool {
    lines.iter().any(|line| line.label.starts_with(with))
}

#[test]
fn the_menu_shows_spent_accounts_and_falls_in_place() {
    let scene = Scene::new(NotificationSettings::default());
    let desktop = Desktop::start(scene.home);
    let tray = desktop.tray();
    let before = tray.wait_for("the menu", |lines| begins(lines, "Pause routing"));
    assert!(!begins(&before, "R&D") && !begins(&before, "Fell over"), "{before:#?}");
    for _ in 0..2 {
        ask(&desktop, &scene.key);
    }
    let after = tray.wait_for("what happened", |lines| {
        begins(lines, "R&D <first>  ·  5h: spent, back in ")
            && begins(lines, "Fell over to m via second  ·  ")
    });
    for line in &before {
        let same = after.iter().find(|other| other.id == line.id);
        assert!(same.is_some(), "{line:?} stays where it was: {after:#?}");
    }

    let fell = after.iter().find(|line| line.label.starts_with("Fell over")).unwrap();
    tray.click(fell.id);
    desktop.wait_for_window("Switchyard");
}

#[test]
fn routing_is_paused_and_resumed_in_the_menu() {
    let scene = Scene::new(NotificationSettings::default());
    let desktop = Desktop::start(scene.home);
    let tray = desktop.tray();
    let lines = tray.wait_for("the menu", |lines| begins(lines, "Pause routing"));
    let pause = lines.iter().find(|line| line.label == "Pause routing").unwrap().id;
    let says = |lines: &[Line], text: &str| {
        lines.iter().any(|line| line.id == pause && line.label == text)
    };

    tray.click(pause);
    let paused = tray.wait_for("the way back", |lines| says(lines, "Resume routing"));
    assert!(paused[0].label.starts_with("Paused: requests to 127.0.0.1:"), "{paused:#?}");
    let (status, answer) = try_to_ask(&desktop, &scene.key);
    assert_eq!(status, 503, "{answer}");
    assert!(answer.to_string().contains("resume it in the tray's menu"), "{answer}");

    tray.click(pause);
    tray.wait_for("routing again", |lines| says(lines, "Pause routing"));
    ask(&desktop, &scene.key);
}

/// An icon of the tray, as it was drawn for the program.
macro_rules! picture {
    ($name:literal) => {
        include_bytes!(concat!(env!("OUT_DIR"), "/", $name, ".png"))
    };
}

#[test]
fn the_icon_tells_what_can_serve() {
    let scene = Scene::new(NotificationSettings::default());
    let desktop = Desktop::start(scene.home);
    let tray = desktop.tray();
    let lines = tray.wait_for("the menu", |lines| begins(lines, "Pause routing"));
    let line = |name: &str| lines.iter().find(|line| line.label == name).unwrap().id;
    tray.wait_for_icon("at rest", picture!("tray"));
    ask(&desktop, &scene.key);
    tray.wait_for_icon("of what runs low", picture!("tray-low"));
    tray.click(line("Pause routing"));
    tray.wait_for_icon("of a pause", picture!("tray-stopped"));
    tray.click(line("Pause routing"));
    tray.wait_for_icon("of what still runs low", picture!("tray-low"));
}
