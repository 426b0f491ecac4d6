use std::os::unix::fs::PermissionsExt as _;

use serde_json::json;

use crate::desk::{Desktop, Shows, wait_for_file};
use crate::driver::Driver;

fn refused(answer: &serde_json::Value) -> String {
    answer["refused"].to_string()
}

#[test]
fn the_window_may_call_what_is_listed_and_nothing_else() {
    let desktop = Desktop::without_program(tempfile::tempdir().unwrap(), Shows::Everything, &[]);
    let driver = Driver::start(desktop.command());
    let session = driver.invoke("session", &json!({}));
    assert_eq!(session["ok"]["base"], format!("http://127.0.0.1:{}", desktop.port), "{session}");
    assert_eq!(driver.invoke("autostart", &json!({}))["ok"], "off");
    assert_eq!(driver.invoke("set_autostart", &json!({ "wanted": "on" }))["ok"], "on");
    assert_eq!(driver.invoke("set_autostart", &json!({ "wanted": "off" }))["ok"], "off");
    let tools = driver.invoke("tool_status", &json!({}));
    assert!(tools["ok"].as_array().is_some_and(|tools| tools.len() > 5), "{tools}");
    let plan = driver
        .invoke("plan_tool", &json!({ "tool": "no-such-tool", "choice": { "model": "auto" } }));
    assert!(refused(&plan).contains("no-such-tool"), "{plan}");
    assert!(driver.invoke("test_notification", &json!({}))["ok"].is_null());
    assert_eq!(desktop.shown().title, "Notifications work");
    assert_eq!(driver.invoke("update", &json!({}))["ok"]["is"], "not_set_up");
    assert!(refused(&driver.invoke("install_update", &json!({}))).contains("no newer version"));

    // What plugins and Tauri offer, and nobody here needs.
    for (command, arguments) in [
        ("plugin:window|close", json!({})),
        ("plugin:webview|create_webview_window", json!({ "options": { "label": "other" } })),
        ("plugin:opener|open_url", json!({ "url": "https://example.com" })),
        ("plugin:clipboard-manager|read_text", json!({})),
        ("plugin:dialog|message", json!({ "message": "Hello" })),
        ("plugin:autostart|enable", json!({})),
        ("plugin:updater|check", json!({})),
        ("plugin:deep-link|register", json!({ "protocol": "https" })),
        ("plugin:event|emit", json!({ "event": "deep-link://new-url", "payload": [] })),
        ("plugin:path|resolve_directory", json!({ "directory": 1 })),
        ("plugin:process|exit", json!({})),
        ("plugin:shell|execute", json!({ "program": "sh", "args": [] })),
        ("plugin:fs|read_text_file", json!({ "path": "/etc/passwd" })),
    ] {
        let answer = driver.invoke(command, &arguments);
        let words = refused(&answer);
        assert!(
            words.contains("not allowed") || words.contains("not found"),
            "{command}: {answer}"
        );
    }

    // No other page comes into the window, so none can call.
    let here = driver.run("done(location.origin)");
    driver.run(&format!(
        "location.href = 'http://127.0.0.1:{}/'; setTimeout(done, 500)",
        desktop.port
    ));
    assert_eq!(driver.run("done(location.origin)"), here);
    let framed = driver.run(&format!(
        "const frame = document.createElement('iframe'); frame.src = 'http://127.0.0.1:{}/';
         document.addEventListener('securitypolicyviolation', (event) => done(event.effectiveDirective));
         document.body.append(frame);",
        desktop.port
    ));
    assert_eq!(framed, "frame-src");
    let told = driver.run(
        "addEventListener('securitypolicyviolation', (event) => done(event.effectiveDirective));
         fetch('https://example.com/').catch(() => {});",
    );
    assert_eq!(told, "connect-src");
}

#[test]
fn starting_at_login_is_chosen_in_the_window_s_settings() {
    let desktop = Desktop::without_program(tempfile::tempdir().unwrap(), Shows::Everything, &[]);
    let driver = Driver::start(desktop.command());
    let clicked = driver.run(
        "history.pushState(null, '', '/settings');
         dispatchEvent(new PopStateEvent('popstate'));
         const look = () => {
             const found = document.querySelector('[aria-label=\"Start at login\"] [role=switch]');
             if (!found) return setTimeout(look, 100);
             const before = found.checked;
             found.click();
             done(before);
         };
         look();",
    );
    assert_eq!(clicked, false, "it is off until it is chosen");
    let entry = desktop.home.path().join(".config/autostart/Switchyard.desktop");
    let written = wait_for_file(&entry);
    assert!(written.contains("switchyard-desktop") && written.contains("--hidden"), "{written}");
}

#[test]
fn a_tool_opens_in_the_users_terminal_and_a_page_says_no_more_than_its_name() {
    let home = tempfile::tempdir().unwrap();
    let (programs, opened) = (home.path().join("programs"), home.path().join("opened"));
    std::fs::create_dir(&programs).unwrap();
    let terminal = format!("#!/bin/sh\necho \"$PWD $*\" >'{}'\n", opened.display());
    for (name, script) in [("codex", "#!/bin/sh\n"), ("xdg-terminal-exec", &terminal)] {
        let program = programs.join(name);
        std::fs::write(&program, script).unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o700)).unwrap();
    }
    let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap());
    let expected = format!("{} {}\n", home.path().display(), programs.join("codex").display());
    let settings = [("PATH", path.as_str())];
    let desktop = Desktop::without_program(home, Shows::Everything, &settings);
    let driver = Driver::start(desktop.command());
    let unknown = driver.invoke("launch_tool", &json!({ "tool": "codex; rm" }));
    assert!(refused(&unknown).contains("codex; rm"), "{unknown}");
    let absent = driver.invoke("launch_tool", &json!({ "tool": "aider" }));
    assert!(refused(&absent).contains("was not found"), "{absent}");
    assert!(driver.invoke("launch_tool", &json!({ "tool": "codex" }))["ok"].is_null());
    assert_eq!(wait_for_file(&opened), expected);
}
