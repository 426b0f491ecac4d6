use x11rb::protocol::xproto::Window;

use crate::desk::{Desktop, Shape, Shows, TrayMenu};

const NAME: &str = "Switchyard";
const SHAPE: Shape = Shape { place: (120, 90), size: (900, 600) };

/// A window that stood like `SHAPE` on the page of settings and was closed, and the tray's menu.
fn closed(kept: &str) -> (Desktop, TrayMenu, Window) {
    let home = tempfile::tempdir().unwrap();
    let settings = [("SWITCHYARD_WINDOW_KEPT", kept)];
    let desktop = Desktop::start_set(home, Shows::Everything, &settings);
    let tray = desktop.tray();
    tray.click_on("Settings");
    let window = desktop.wait_for_window("Settings · Switchyard");
    desktop.place(window, SHAPE);
    desktop.wait_for_shape(NAME, SHAPE);
    desktop.close(window);
    desktop.wait_until_closed(NAME);
    (desktop, tray, window)
}

#[test]
fn a_window_that_was_just_closed_comes_back_with_all_that_it_held() {
    let (desktop, tray, window) = closed("600");
    tray.click_on("Open dashboard");
    assert_eq!(desktop.wait_for_shape("Settings · Switchyard", SHAPE), window);
    tray.click_on("Quit Switchyard");
    desktop.ended_well();
}

#[test]
fn a_window_that_gave_its_memory_back_comes_back_at_its_page_as_it_stood() {
    let (desktop, tray, window) = closed("0");
    desktop.wait_until_gone(window);
    desktop.wait_until_alone();
    tray.click_on("Open dashboard");
    desktop.wait_for_shape("Settings · Switchyard", SHAPE);
    tray.click_on("Quit Switchyard");
    desktop.ended_well();
}

#[test]
fn the_windows_shape_outlives_the_program() {
    let (desktop, tray, _) = closed("0");
    tray.click_on("Quit Switchyard");
    let home = desktop.ended_well();
    let kept = home.path().join(".config/dev.switchyard.desktop/.window-state.json");
    let kept: serde_json::Value = serde_json::from_slice(&std::fs::read(kept).unwrap()).unwrap();
    let kept = |name: &str| &kept["main"][name];
    let ((x, y), (width, height)) = (SHAPE.place, SHAPE.size);
    assert_eq!((kept("x"), kept("y")), (&x.into(), &y.into()));
    assert_eq!((kept("width"), kept("height")), (&width.into(), &height.into()));
}

#[test]
fn without_a_tray_a_window_does_not_close_unasked() {
    let desktop = Desktop::start_with(tempfile::tempdir().unwrap(), Shows::NoTray);
    desktop.close(desktop.wait_for_window(NAME));
    desktop.wait_for_window("Quit Switchyard?");
    desktop.wait_for_window(NAME);
    desktop.terminate();
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
