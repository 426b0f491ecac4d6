//! `Ctrl K`: everything by name.

use leptos::prelude::*;
use leptos::task::spawn_local;
use switchyard_types::{Login, Paused, VendorStatus};

use super::words;
use crate::app::{App, app};
use crate::browser::{clipboard, host};
use crate::facts::path::{Place, Route, Section};
use crate::facts::search;
use crate::pages::keys::make_agent_key;
use crate::pages::providers::sign_in::SigningIn;
use crate::parts::chooser::{Choice, Chooser, Lead};
use crate::parts::dialog::{Dialog, Stand};
use crate::parts::icon::Glyph;

/// How many answers are shown; who needs more types another letter.
const MOST: usize = 40;

#[derive(Clone)]
enum Deed {
    Go(Route),
    Activate(String),
    AddKey(String),
    SignIn(String),
    MakeKey,
    Shortcuts,
    SignOut,
    CopyAddress,
    Notices,
    NextTheme,
    Pause(Paused),
}

/// How the shortcut is written here.
pub(super) fn shortcut() -> &'static str {
    let platform = window().navigator().platform().unwrap_or_default();
    if platform.starts_with("Mac") || platform.starts_with("iP") { "⌘ K" } else { "Ctrl K" }
}

/// The palette.
#[component]
pub(super) fn Palette() -> impl IntoView {
    let app = app();
    let close = Callback::new(move |()| app.overlay.set(None));
    // The demo leaves coding tools alone.
    if app.status.with_untracked(|status| status.demo) == Some(false) {
        app.tools.want();
    }
    let query = RwSignal::new(String::new());
    let all = Memo::new_with_compare(move |_| deeds(app), |_, _| true);
    let choices = Signal::derive(move || {
        all.with(|all| {
            let found = query.with(|query| {
                search::ranked(query, all, |(choice, _)| {
                    format!("{} {}", choice.label, choice.note)
                })
            });
            found.into_iter().take(MOST).map(|index| all[index].0.clone()).collect::<Vec<_>>()
        })
    });
    let choose = Callback::new(move |id: String| {
        let deed = all.with_untracked(|all| {
            all.iter().find(|(choice, _)| choice.id == id).map(|(_, deed)| deed.clone())
        });
        close.run(());
        if let Some(deed) = deed {
            act(app, deed);
        }
    });
    view! {
        <Dialog stand=Stand::Top label=words::FIND close>
            <Chooser query choices choose placeholder=words::PALETTE empty=""/>
        </Dialog>
    }
}

fn act(app: App, deed: Deed) {
    match deed {
        Deed::Go(route) => app.address.go(route),
        Deed::Activate(combo) => app.activate(combo),
        Deed::AddKey(vendor) => app.adding_key.set(Some(vendor)),
        Deed::SignIn(vendor) => app.signing_in.set(Some(SigningIn { vendor, account: None })),
        Deed::MakeKey => make_agent_key(app),
        Deed::Shortcuts => app.overlay.set(Some(crate::app::Overlay::Shortcuts)),
        Deed::SignOut => app.sign_out(),
        Deed::Notices => app.overlay.set(Some(crate::app::Overlay::Inbox)),
        Deed::Pause(wanted) => app.pause(wanted),
        Deed::NextTheme => super::next_theme(app.theme),
        Deed::CopyAddress => spawn_local(async move {
            let Some(address) = app.status.with_untracked(|status| status.address.clone()) else {
                return;
            };
            if clipboard::copy(&address).await {
                app.notices.done(words::ADDRESS_COPIED.text());
            }
        }),
    }
}

fn deeds(app: App) -> Vec<(Choice, Deed)> {
    let mut all = Vec::new();
    let mut add = |lead: Lead, label: String, note: &str, deed: Deed| {
        let id = all.len().to_string();
        let note = note.to_owned();
        all.push((Choice { id, lead, label, mono: false, note, aspect: None }, deed));
    };
    for (place, glyph) in super::PLACES {
        add(
            Lead::Icon(glyph),
            words::place(place).owned(),
            words::PAGE.text(),
            Deed::Go(place.route()),
        );
    }
    let first = words::place(Place::Welcome).owned();
    add(Lead::Icon(Glyph::Check), first, words::PAGE.text(), Deed::Go(Route::Welcome));
    for section in Section::ALL {
        let label = words::settings_section(section);
        add(
            Lead::Icon(Glyph::Settings),
            label,
            words::PAGE.text(),
            Deed::Go(Route::Settings(section)),
        );
    }
    add(
        Lead::Icon(Glyph::Copy),
        words::COPY_ADDRESS.owned(),
        words::ACTION.text(),
        Deed::CopyAddress,
    );
    add(Lead::Icon(Glyph::Bell), words::NOTICES.owned(), words::ACTION.text(), Deed::Notices);
    let action = words::ACTION.text();
    add(Lead::Icon(Glyph::Keys), words::MAKE_KEY.owned(), action, Deed::MakeKey);
    add(Lead::Icon(Glyph::Help), words::HELP.owned(), action, Deed::Shortcuts);
    if !host::is_window() {
        add(Lead::Icon(Glyph::SignOut), words::SIGN_OUT.owned(), action, Deed::SignOut);
    }
    if let Some(paused) = app.status.with(|status| status.paused) {
        let (glyph, label) = if paused {
            (Glyph::Play, words::RESUME.text())
        } else {
            (Glyph::Pause, words::PAUSE.text())
        };
        let deed = Deed::Pause(Paused { paused: !paused });
        add(Lead::Icon(glyph), label.to_owned(), words::ACTION.text(), deed);
    }
    for combo in app.combos.rows() {
        let name = combo.name;
        if !combo.active {
            let (label, deed) = (words::switch_to(&name), Deed::Activate(name.clone()));
            add(Lead::Icon(Glyph::Yard), label, words::ACTION.text(), deed);
        }
        let label = words::open_combo(&name);
        add(
            Lead::Icon(Glyph::Combos),
            label,
            words::COMBO.text(),
            Deed::Go(Route::Combos(Some(name))),
        );
    }
    for tool in app.tools.rows() {
        let label = words::set_up(&tool.name);
        add(
            Lead::Icon(Glyph::Tools),
            label,
            words::TOOL.text(),
            Deed::Go(Route::Tools(Some(tool.id))),
        );
    }
    for vendor in app.vendors.rows() {
        let (id, name) = (vendor.id, vendor.name);
        // A server without a key is connected once.
        let here = || app.accounts.with(|all| all.iter().any(|one| one.vendor == id)) == Some(true);
        let key = match vendor.login {
            _ if vendor.status == VendorStatus::Retired => continue,
            Login::Key => Some(words::add_key(&name)),
            Login::None => (!here()).then(|| words::connect(&name)),
            Login::Account => None,
        };
        let lead = || Lead::Vendor(id.clone());
        if !vendor.ways.is_empty() {
            let (label, deed) = (words::sign_in_at(&name), Deed::SignIn(id.clone()));
            add(lead(), label, words::PROVIDER.text(), deed);
        }
        if let Some(label) = key {
            add(lead(), label, words::PROVIDER.text(), Deed::AddKey(id.clone()));
        }
    }
    add(Lead::Icon(Glyph::Sun), words::NEXT_THEME.owned(), words::ACTION.text(), Deed::NextTheme);
    all
}
