//! What was said in a request, where it is kept: by the agent, to the provider, and back.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use switchyard_types::{BodiesDeleted, ErrorCode, KeptBody, RequestBodies, RequestId, RequestView};

use super::replay::Replay;
use super::words;
use crate::app::app;
use crate::browser;
use crate::browser::http::{self, Fault, Method};
use crate::facts::path::{Route, Section, encode};
use crate::facts::{answer, format};
use crate::parts::copy::CopyButton;
use crate::parts::dialog::Confirm;
use crate::parts::gate::Failed;
use crate::parts::icon::{Glyph, Icon};
use crate::parts::link::Link;
use crate::parts::sending::Sending;
use crate::word::Word;

/// What is known of the bodies.
#[derive(Clone, PartialEq)]
enum State {
    /// Nobody asked for them: they may be long.
    Closed,
    Waiting,
    /// They are not kept.
    None,
    Some(Arc<RequestBodies>),
    Failed(Fault),
}

fn path_of(id: &RequestId) -> String {
    format!("/api/requests/{}/bodies", encode(id.as_str()))
}

fn fetch(id: RequestId, state: RwSignal<State>) {
    state.set(State::Waiting);
    spawn_local(async move {
        let now = match http::get::<RequestBodies>(&path_of(&id)).await {
            Ok(bodies) => State::Some(Arc::new(bodies)),
            Err(fault) if fault.code() == Some(ErrorCode::NotFound) => State::None,
            Err(fault) => State::Failed(fault),
        };
        // The panel may show another request by now.
        let _ = state.try_set(now);
    });
}

/// The section of a trace that shows it.
#[component]
pub(super) fn Said(done: Arc<RequestView>) -> impl IntoView {
    let state = RwSignal::new(State::Closed);
    let id = StoredValue::new(done.id.clone());
    let load = move || fetch(id.get_value(), state);
    let body = move || {
        match state.get() {
        State::Closed => view! {
            <button type="button" class="button is-small" on:click=move |_| load()>
                <Icon of=Glyph::Eye/>
                {words::SHOW_SAID}
            </button>
        }
        .into_any(),
        State::Waiting => view! {
            <p class="quiet" role="status" aria-label=words::LOOKING>
                <span class="bone is-line"></span>
            </p>
        }
        .into_any(),
        State::None => view! {
            <p>{words::NOT_KEPT}</p>
            <p class="hint">
                {words::HOW_TO_KEEP} " "
                <Link to=Route::Settings(Section::Data) class="quiet-link">{words::TO_KEEPING}</Link>
            </p>
        }
        .into_any(),
        State::Some(bodies) => {
            let done = Arc::clone(&done);
            view! { <Bodies bodies done state/> }.into_any()
        }
        State::Failed(fault) => {
            view! { <Failed fault retry=Callback::new(move |()| load())/> }.into_any()
        }
    }
    };
    view! {
        <section class="said-section" aria-label=words::SAID>
            <h3>{words::SAID}</h3>
            {body}
        </section>
    }
}

/// The four bodies, as tabs.
const TABS: [Word; 4] =
    [words::FROM_CLIENT, words::TO_VENDOR, words::FROM_VENDOR, words::TO_CLIENT];

fn tab_id(nth: usize) -> String {
    format!("said-tab-{nth}")
}

#[component]
fn Bodies(
    bodies: Arc<RequestBodies>,
    done: Arc<RequestView>,
    state: RwSignal<State>,
) -> impl IntoView {
    let open = RwSignal::new(0_usize);
    let replayed = Arc::clone(&bodies);
    let id = bodies.id.clone();
    let all = StoredValue::new([
        bodies.from_client.clone(),
        bodies.to_vendor.clone(),
        bodies.from_vendor.clone(),
        bodies.to_client.clone(),
    ]);
    let go = move |to: usize| {
        open.set(to);
        browser::focus_on(&format!("#{}", tab_id(to)));
    };
    let on_key = move |event: web_sys::KeyboardEvent| {
        let now = open.get_untracked();
        let to = match event.key().as_str() {
            "ArrowRight" => (now + 1) % TABS.len(),
            "ArrowLeft" => (now + TABS.len() - 1) % TABS.len(),
            "Home" => 0,
            "End" => TABS.len() - 1,
            _ => return,
        };
        event.prevent_default();
        event.stop_propagation();
        go(to);
    };
    let tab = move |(nth, name): (usize, Word)| {
        let lit = move || open.get() == nth;
        view! {
            <button
                type="button"
                role="tab"
                class="said-tab"
                id=tab_id(nth)
                aria-selected=move || lit().to_string()
                aria-controls="said-panel"
                tabindex=move || if lit() { "0" } else { "-1" }
                on:click=move |_| open.set(nth)
            >
                {name}
            </button>
        }
    };
    let panel = move || {
        let at = open.get();
        match all.with_value(|all| all.get(at).cloned().flatten()) {
            Some(body) => view! { <Body body/> }.into_any(),
            None => view! { <p class="quiet">{words::NOTHING_SAID}</p> }.into_any(),
        }
    };
    view! {
        <div class="said-tabs" role="tablist" aria-label=words::SAID on:keydown=on_key>
            {TABS.into_iter().enumerate().map(tab).collect_view()}
        </div>
        <div class="said-panel" id="said-panel" role="tabpanel" aria-labelledby=move || tab_id(open.get())>
            {panel}
        </div>
        <Delete id state/>
        <Replay done bodies=replayed/>
    }
}

#[component]
fn Body(body: KeptBody) -> impl IntoView {
    let text = answer::pretty(&body.text);
    let note = words::length(&format::bytes(body.bytes), body.cut);
    view! {
        <div class="said-line">
            <span class="hint num">{note}</span>
            <CopyButton text=body.text what=words::THIS_BODY/>
        </div>
        <pre class="said-text mono" tabindex="0">{text}</pre>
    }
}

#[component]
fn Delete(id: RequestId, state: RwSignal<State>) -> impl IntoView {
    let app = app();
    let asking = RwSignal::new(false);
    let sending = Sending::new();
    let delete = Callback::new(move |()| {
        let path = path_of(&id);
        let asked = async move { http::change::<BodiesDeleted>(Method::Delete, &path, &()).await };
        sending.send(asked, move |_| {
            app.notices.done(words::SAID_DELETED.text());
            let _ = state.try_set(State::None);
        });
    });
    let question = move || {
        let close = Callback::new(move |()| asking.set(false));
        view! {
            <Confirm
                title=words::DELETE_TITLE
                text=words::DELETE_TEXT
                action=words::DELETE
                confirm=delete
                close
            />
        }
    };
    Effect::new(move |_| {
        if let Some(fault) = sending.fault.get() {
            app.fault(&fault);
        }
    });
    view! {
        <div>
            <button
                type="button"
                class="button is-quiet is-small"
                disabled=sending.busy
                on:click=move |_| asking.set(true)
            >
                <Icon of=Glyph::Trash/>
                {words::DELETE_SAID}
            </button>
        </div>
        {move || asking.get().then(question)}
    }
}
