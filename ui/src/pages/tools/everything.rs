//! All tools at once: putting everything back now, or whenever Switchyard quits.

use leptos::prelude::*;
use leptos::task::spawn_local;
use switchyard_types::{ToolFailure, ToolSettings, ToolsReverted};

use super::words;
use crate::app::{App, app};
use crate::browser::http::{self, Method};
use crate::facts::format::sentence;
use crate::parts::dialog::Confirm;
use crate::parts::field::Switch;
use crate::parts::icon::{Glyph, Icon};

fn set(app: App, settings: ToolSettings) {
    let before = app.tool_settings.with_untracked(Clone::clone);
    app.tool_settings.put(settings);
    spawn_local(async move {
        let answer = http::change(Method::Put, "/api/tool-settings", &settings).await;
        match answer {
            Ok(settings) => app.tool_settings.put(settings),
            Err(fault) => {
                if let Some(before) = before {
                    app.tool_settings.put(before);
                }
                app.fault(&fault);
            }
        }
    });
}

/// The name of a tool for people.
pub(super) fn name_of(app: App, id: &str) -> String {
    let name = app
        .tools
        .with(|tools| tools.iter().find(|tool| tool.id == id).map(|tool| tool.name.clone()));
    name.flatten().unwrap_or_else(|| id.to_owned())
}

/// The last part of the page.
#[component]
pub(super) fn Everything() -> impl IntoView {
    let app = app();
    app.tool_settings.want();
    let written = Memo::new(move |_| {
        app.tools
            .with(|tools| {
                let written = tools.iter().filter(|tool| tool.status.applied_at.is_some());
                written.map(|tool| tool.name.clone()).collect::<Vec<_>>()
            })
            .unwrap_or_default()
    });
    let none = Memo::new(move |_| written.with(Vec::is_empty));
    let on = Signal::derive(move || {
        app.tool_settings.with(|settings| settings.revert_on_quit).unwrap_or_default()
    });
    let toggle = Callback::new(move |revert_on_quit| set(app, ToolSettings { revert_on_quit }));
    let asking = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let failed = RwSignal::new(Vec::<ToolFailure>::new());
    let revert = Callback::new(move |()| {
        busy.set(true);
        failed.set(Vec::new());
        spawn_local(async move {
            let answer =
                http::change::<ToolsReverted>(Method::Post, "/api/revert-tools", &()).await;
            match answer {
                Ok(done) => {
                    let left = done.reverted.iter().map(|one| one.plan.left.len()).sum();
                    app.notices.done(words::all_back(done.reverted.len(), left));
                    let _ = failed.try_set(done.failed);
                    app.reload_tools();
                }
                Err(fault) => app.fault(&fault),
            }
            let _ = busy.try_set(false);
        });
    });
    let question = move || {
        let close = Callback::new(move |()| asking.set(false));
        let text = words::all_text(&written.get_untracked());
        view! {
            <Confirm title=words::ALL_TITLE text action=words::ALL_BACK confirm=revert close/>
        }
    };
    view! {
        <section class="panel everything" aria-label=words::ALL_BACK>
            <div class="everything-quit">
                <Switch label=words::ON_QUIT on toggle/>
                <p class="hint">{words::ON_QUIT_TEXT}</p>
            </div>
            <button
                type="button"
                class="button"
                disabled=move || busy.get() || none.get()
                on:click=move |_| asking.set(true)
            >
                {words::ALL_BACK}
            </button>
            {move || asking.get().then(question)}
            {move || failed.get().into_iter().map(|one| view! { <Failure one/> }).collect_view()}
        </section>
    }
}

/// A tool that could not be put back or repaired, and why.
#[component]
pub(super) fn Failure(one: ToolFailure) -> impl IntoView {
    let name = untrack(|| name_of(app(), &one.tool));
    view! {
        <div class="callout is-stop" role="alert">
            <Icon of=Glyph::Alert/>
            <div>
                <strong>{name} ": " {one.error.message}</strong>
                {one.error.hint.map(|hint| view! { <p>{sentence(&hint)}</p> })}
            </div>
        </div>
    }
}
