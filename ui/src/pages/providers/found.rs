//! Logins that other programs keep on this computer, and vendor files that cannot be used.

use leptos::prelude::*;
use leptos::task::spawn_local;
use switchyard_types::{AccountView, FoundLogin, ImportLogin, VendorProblem, VendorStatus};

use super::sign_in_words as words;
use crate::app::{App, Load, app};
use crate::browser::http::{self, Method};
use crate::parts::dialog::{Dialog, PanelHead, Stand};
use crate::parts::gate::{Blank, Gate};
use crate::parts::icon::{Glyph, Icon};
use crate::parts::tile::Tile;

/// The panel that lists them and takes one over.
#[component]
pub(super) fn FoundLogins(finding: RwSignal<bool>) -> impl IntoView {
    let close = Callback::new(move |()| finding.set(false));
    view! {
        <Dialog stand=Stand::Right label=words::FOUND close>
            <PanelHead close>
                <h2>{words::FOUND}</h2>
            </PanelHead>
            <div class="form-body">
                <FoundList close/>
            </div>
        </Dialog>
    }
}

/// The logins, each with the way to take it over; `close` is run when one was.
#[component]
pub(crate) fn FoundList(close: Callback<()>) -> impl IntoView {
    let state = RwSignal::new(Load::<Vec<FoundLogin>>::Waiting);
    let look = move || {
        spawn_local(async move {
            let answer = http::get("/api/logins/found").await;
            let _ = state.try_set(answer.map_or_else(Load::Failed, Load::Ready));
        });
    };
    look();
    let retry = Callback::new(move |()| {
        state.set(Load::Waiting);
        look();
    });
    let rows = move || {
        let found = state.with(|state| state.ready().cloned()).unwrap_or_default();
        if found.is_empty() {
            return view! {
                <Blank glyph=Glyph::Search title=words::FOUND_NONE text=words::FOUND_NONE_TEXT/>
            }
            .into_any();
        }
        let rows = found.into_iter().map(|one| view! { <Found one close/> }).collect_view();
        view! {
            <p class="lead">{words::FOUND_TEXT}</p>
            <ul class="found">{rows}</ul>
        }
        .into_any()
    };
    view! {
        <Gate state retry rows=3>
            {rows}
        </Gate>
    }
}

#[component]
fn Found(one: FoundLogin, close: Callback<()>) -> impl IntoView {
    let app = app();
    let busy = RwSignal::new(false);
    let vendor = app.vendors.with_untracked(|vendors| {
        let vendor = vendors.iter().find(|vendor| vendor.id == one.vendor)?;
        Some((vendor.status == VendorStatus::Restricted, vendor.note.clone()))
    });
    let (restricted, note) = vendor.flatten().unwrap_or((false, None));
    let id = one.id.clone();
    let take = move |_| take_over(app, id.clone(), restricted, busy, close);
    let who = one.identity.clone().unwrap_or_else(|| one.path.clone());
    let usable = one.problem.is_none();
    view! {
        <li class="found-one">
            <Tile vendor=one.vendor.clone()/>
            <div class="found-body">
                <strong>{one.program.clone()}</strong>
                <p class="hint" title=one.path.clone()>{who}</p>
                {one.problem.clone().map(|problem| view! { <p class="found-problem">{problem}</p> })}
                {note.filter(|_| restricted && usable).map(|note| view! { <p class="hint">{note}</p> })}
            </div>
            {usable
                .then(|| {
                    let word = if restricted { words::TAKE_RESTRICTED } else { words::TAKE };
                    view! {
                        <button type="button" class="button is-small" disabled=busy on:click=take>
                            {word}
                        </button>
                    }
                })}
        </li>
    }
}

fn take_over(app: App, id: String, understood: bool, busy: RwSignal<bool>, close: Callback<()>) {
    busy.set(true);
    spawn_local(async move {
        let body = ImportLogin { id, name: String::new(), understood };
        match http::change::<AccountView>(Method::Post, "/api/logins/import", &body).await {
            Ok(account) => {
                app.notices.done(words::signed_in(&account.name));
                app.reload_lists();
                close.try_run(());
            }
            // What was taken over is not taken twice.
            Err(fault) => {
                app.fault(&fault);
                let _ = busy.try_set(false);
            }
        }
    });
}

/// What is wrong in the user's own vendor files, where anything is.
#[component]
pub(super) fn Problems() -> impl IntoView {
    let app = app();
    let problems = RwSignal::new(Vec::<VendorProblem>::new());
    Effect::new(move |_| {
        // Vendors that are read again may have been mended.
        app.vendors.with(|_| ());
        spawn_local(async move {
            if let Ok(found) = http::get("/api/vendors/problems").await {
                let _ = problems.try_set(found);
            }
        });
    });
    move || {
        let problems = problems.get();
        (!problems.is_empty()).then(|| {
            let row = |one: VendorProblem| {
                view! { <li class="mono">{words::problem(&one.file, one.line, &one.reason)}</li> }
            };
            view! {
                <div class="callout is-caution" role="status">
                    <Icon of=Glyph::Alert/>
                    <div>
                        <strong>{words::PROBLEMS}</strong>
                        <ul>{problems.into_iter().map(row).collect_view()}</ul>
                    </div>
                </div>
            }
        })
    }
}
