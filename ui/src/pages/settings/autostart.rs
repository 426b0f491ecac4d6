//! Whether the system starts the tray app at login: its own window can ask.

use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::json;
use switchyard_types::Autostart as Wanted;

use super::panel::Panel;
use super::words;
use crate::app::app;
use crate::browser::host;
use crate::browser::http::Fault;
use crate::parts::field::Switch;

/// The panel; nothing in a browser.
#[component]
pub(super) fn Autostart() -> impl IntoView {
    let app = app();
    let known = RwSignal::new(None::<Wanted>);
    let take = move |answer: Result<Wanted, Fault>| match answer {
        Ok(now) => {
            let _ = known.try_set(Some(now));
        }
        Err(fault) => {
            // What was shown before the click stands again.
            let _ = known.try_update(|_| ());
            app.fault(&fault);
        }
    };
    if host::is_window() {
        spawn_local(async move { take(host::invoke("autostart").await) });
    }
    let toggle = Callback::new(move |on| {
        let wanted = if on { Wanted::On } else { Wanted::Off };
        let wanted = json!({ "wanted": wanted });
        spawn_local(async move { take(host::invoke_with("set_autostart", &wanted).await) });
    });
    move || {
        known.get().map(|now| {
            view! {
                <Panel title=words::AUTOSTART hint=words::AUTOSTART_TEXT.into_any()>
                    <Switch
                        label=Signal::derive(move || words::AUTOSTART_LABEL.owned())
                        on=Signal::derive(move || now == Wanted::On)
                        toggle
                    />
                </Panel>
            }
        })
    }
}
