use std::process::Command;

use crate::desk::{Desktop, Shows, TrayMenu};

const NAME: &str = "Switchyard";
const SIZE: (u16, u16) = (900, 600);

/// A window that was made as large as `SIZE` and closed, and the tray's menu.
fn closed_at_size() -> (Desktop, TrayMenu) {
    let desktop = Desktop::start(tempfile::tempdir().unwrap());
    let tray = desktop.tray();
    tray.click_on("Open dashboard");
    let window = desktop.wait_for_window(NAME);
    desktop.resize(window, SIZE);
    desktop.wait_for_size(NAME, SIZE);
    desktop.close(window);
    desktop.wait_until_closed(NAME);
    (desktop, tray)
}

#[test]
fn a_closed_window_comes_back_as_large_as_it_was() {
    let (desktop, tray) = closed_at_size();
    tray.click_on("Open dashboard");
    desktop.wait_for_size(NAME, SIZE);
    tray.click_on("Quit Switchyard");
    desktop.ended_well();
}

#[test]
fn the_windows_size_outlives_the_program() {
    let (desktop, tray) = closed_at_size();
    tray.click_on("Quit Switchyard");
    let home = desktop.ended_well();
    let kept = home.path().join(".config/dev.switchyard.desktop/.window-state.json");
    let kept: serde_json::Value = serde_json::from_slice(&std::fs::read(kept).unwrap()).unwrap();
    let (width, height) = SIZE;
    assert_eq!((&kept["main"]["width"], &kept["main"]["height"]), (&width.into(), &height.into()));
}

#[test]
fn without_a_tray_a_window_does_not_close_unasked() {
    let desktop = Desktop::start_with(tempfile::tempdir().unwrap(), Shows::NoTray);
    desktop.close(desktop.wait_for_window(NAME));
    desktop.wait_for_window("Quit Switchyard?");
    desktop.wait_for_window(NAME);
    let id = desktop.program.0.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    desktop.ended_well();
}

#[test]
fn starting_at_login_is_off_until_it_is_chosen_and_can_be_taken_back() {
    let desktop = Desktop::start(tempfile::tempdir().unwrap());
    let tray = desktop.tray();
    let lines = tray.wait_for("the menu", |lines| lines.len() > 6);
    let line = lines.iter().find(|line| line.label == "Start at login").unwrap();
    let (id, entry) = (line.id, desktop.home.path().join(".config/autostart/Switchyard.desktop"));
    assert!(!line.checked && !entry.exists());

    tray.click(id);
    tray.wait_for("the mark", |lines| lines.iter().any(|line| line.id == id && line.checked));
    let written = std::fs::read_to_string(&entry).unwrap();
    assert!(written.contains("switchyard-desktop") && written.contains("--hidden"), "{written}");

    tray.click(id);
    tray.wait_for("no mark", |lines| lines.iter().any(|line| line.id == id && !line.checked));
    assert!(!entry.exists());
}
