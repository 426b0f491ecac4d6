//! The keyboard: `g` and a letter, the palette, and the list of it all.

use leptos::ev;
use leptos::prelude::*;

use super::words;
use crate::app::{App, Overlay, Session, app};
use crate::browser;
use crate::facts::path::Place;
use crate::parts::dialog::{Dialog, PanelHead, Stand};
use crate::word::Word;

/// How long `g` waits for its letter, in milliseconds.
const PATIENCE: f64 = 1_200.0;

/// Follows the keyboard for as long as the page lives.
pub(super) fn listen(app: App) {
    let led = StoredValue::new(None::<f64>);
    let handle = window_event_listener(ev::keydown, move |event| {
        if app.session.get_untracked() == Session::SignInNeeded || event.is_composing() {
            return;
        }
        let key = event.key();
        if (event.ctrl_key() || event.meta_key()) && key.eq_ignore_ascii_case("k") {
            event.prevent_default();
            app.overlay.update(|overlay| {
                let open = *overlay == Some(Overlay::Palette);
                *overlay = (!open && !browser::is_modal()).then_some(Overlay::Palette);
            });
            return;
        }
        let modified = event.ctrl_key() || event.meta_key() || event.alt_key();
        if modified || browser::is_typing() || browser::is_modal() {
            return;
        }
        let after_g = led.get_value().is_some_and(|at| event.time_stamp() - at < PATIENCE);
        led.set_value(None);
        match (after_g, key.as_str()) {
            (true, "o") => app.address.go(Place::Overview.route()),
            (true, "r") => app.address.go(Place::Requests.route()),
            (true, "u") => app.address.go(Place::Usage.route()),
            (true, "q") => app.address.go(Place::Quota.route()),
            (true, "s") => app.address.go(Place::Settings.route()),
            (true, "n") => app.overlay.set(Some(Overlay::Inbox)),
            (true, "p") => app.address.go(Place::Providers.route()),
            (true, "c") => app.address.go(Place::Combos.route()),
            (true, "t") => app.address.go(Place::Tools.route()),
            (true, "y") => app.address.go(Place::Playground.route()),
            (true, "k") => app.address.go(Place::Keys.route()),
            (_, "g") => led.set_value(Some(event.time_stamp())),
            (_, "?") => app.overlay.set(Some(Overlay::Shortcuts)),
            _ => return,
        }
        event.prevent_default();
    });
    on_cleanup(move || handle.remove());
}

/// What `?` shows.
#[component]
pub(super) fn ShortcutList() -> impl IntoView {
    let app = app();
    let close = Callback::new(move |()| app.overlay.set(None));
    let row = |(keys, what): (&'static [&'static str], Word)| {
        view! {
            <div class="shortcut">
                <dt>{what}</dt>
                <dd>{keys.iter().map(|key| view! { <kbd>{*key}</kbd> }).collect_view()}</dd>
            </div>
        }
    };
    view! {
        <Dialog stand=Stand::Middle label=words::HELP close>
            <PanelHead close>
                <h2>{words::HELP}</h2>
            </PanelHead>
            <dl class="shortcuts">{words::SHORTCUTS.map(row).collect_view()}</dl>
        </Dialog>
    }
}
