use crate::desk::{Desktop, Shows, wait_for_file};

/// A second start, as a desktop makes one for a link that was followed.
fn follow(desktop: &Desktop, link: &str) {
    let ended = desktop.command().arg(link).status().unwrap();
    assert!(ended.success(), "the second start hands its link over and ends: {ended}");
}

#[test]
fn a_link_reaches_the_program_that_runs_and_a_bad_one_is_refused_in_words() {
    let desktop = Desktop::start(tempfile::tempdir().unwrap());
    desktop.tray().wait_for("the menu", |lines| !lines.is_empty());
    follow(&desktop, "switchyard://login?code=c&state=of-nobody");
    desktop.wait_for_window("The link was not followed");
    // {"name":"work","candidates":[{"model":"@free"}]}
    let data = "eyJuYW1lIjoid29yayIsImNhbmRpZGF0ZXMiOlt7Im1vZGVsIjoiQGZyZWUifV19";
    follow(&desktop, &format!("switchyard://combo?v=1&data={data}"));
    desktop.wait_for_window("Combos · Switchyard");
    let (_, combos) = desktop.call("GET", "/api/combos", &serde_json::Value::Null);
    assert_eq!(combos, serde_json::json!([]), "nothing is made unasked");
}

#[test]
fn an_app_image_tells_the_system_that_links_lead_to_it() {
    let home = tempfile::tempdir().unwrap();
    let image = home.path().join("Switchyard.AppImage");
    let settings = [("APPIMAGE", image.to_str().unwrap())];
    let desktop = Desktop::start_set(home, Shows::Everything, &settings);
    let folder = desktop.home.path().join(".local/share/applications");
    let entry = wait_for_file(&folder.join("switchyard-desktop-handler.desktop"));
    assert!(entry.contains("MimeType=x-scheme-handler/switchyard"), "{entry}");
    assert!(entry.contains(image.to_str().unwrap()) && entry.contains("%u"), "{entry}");
}
