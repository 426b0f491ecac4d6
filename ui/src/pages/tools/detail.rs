//! One tool: how it stands, what to do about it, and what is known of it.

use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::json;
use switchyard_types::{ToolKey, ToolState, ToolView, ToolWay};

use super::backups::Backups;
use super::desk::Desk;
use super::guide::GuideDesk;
use super::list::{StandingWord, find};
use super::plan::{Conflicts, callout};
use super::setup::Setup;
use super::words;
use crate::app::{App, app};
use crate::browser::{self, host};
use crate::facts::path::Route;
use crate::facts::tools::Standing;
use crate::facts::words::Aspect;
use crate::parts::copy::CopyButton;
use crate::parts::dialog::{PanelHead, focus_when_there};
use crate::parts::icon::{Glyph, Icon};
use crate::parts::time::Ago;
use crate::parts::words::list;

/// What the page shows below a tool's head.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Body {
    Form,
    Broken,
    Guide,
}

fn body(tool: &ToolView) -> Body {
    match (tool.way, &tool.status.state) {
        (ToolWay::Guide, _) => Body::Guide,
        (ToolWay::Writer, ToolState::BrokenFile { .. }) => Body::Broken,
        (
            ToolWay::Writer,
            ToolState::NotInstalled
            | ToolState::Untouched
            | ToolState::Ours
            | ToolState::Drifted { .. }
            | ToolState::ForeignGateway,
        ) => Body::Form,
    }
}

/// The panel beside the list.
#[component]
pub(super) fn Detail(id: String) -> impl IntoView {
    let app = app();
    untrack(|| find(app, &id)).map(|first| panel(app, id, first))
}

fn panel(app: App, id: String, first: ToolView) -> impl IntoView {
    let own = id.clone();
    // While the list is read again the last one known stays.
    let tool = Memo::new(move |before: Option<&ToolView>| {
        find(app, &own).or_else(|| before.cloned()).unwrap_or_else(|| first.clone())
    });
    let standing = Memo::new(move |_| tool.with(Standing::of));
    let shape = Memo::new(move |_| tool.with(body));
    let own = id.clone();
    let close = Callback::new(move |()| {
        app.address.go(Route::Tools(None));
        let row = Route::Tools(Some(own.clone())).href();
        browser::focus_on(&format!(".tool-link[href='{row}']"));
    });
    let head = NodeRef::<html::H2>::new();
    focus_when_there(head);
    let desk = Desk::new(app, tool);
    view! {
        <section class="panel tool" aria-labelledby="tool-name">
            <PanelHead close>
                <h2 id="tool-name" tabindex="-1" node_ref=head>{move || tool.with(|tool| tool.name.clone())}</h2>
                <span class="tool-version num">
                    {move || tool.with(|tool| tool.status.version.clone())}
                </span>
                <StandingWord standing/>
            </PanelHead>
            <div class="tool-body">
                <p class="tool-says">{move || tool.with(words::line)}</p>
                <Troubles tool/>
                {move || match shape.get() {
                    Body::Form => view! { <Setup desk/> }.into_any(),
                    Body::Broken => view! { <Broken tool/> }.into_any(),
                    Body::Guide => view! { <GuideDesk tool/> }.into_any(),
                }}
                <Facts tool/>
                <Backups id/>
            </div>
        </section>
    }
}

/// What stands in its way now.
#[component]
fn Troubles(tool: Memo<ToolView>) -> impl IntoView {
    let conflicts = Memo::new(move |_| tool.with(|tool| tool.status.conflicts.clone()));
    let running = Memo::new(move |_| {
        tool.with(|tool| match Standing::of(tool) {
            Standing::Ours | Standing::Drifted | Standing::KeyRefused => tool.running.clone(),
            Standing::Missing
            | Standing::Untouched
            | Standing::Foreign
            | Standing::Broken
            | Standing::ByHand
            | Standing::Keyed => Vec::new(),
        })
    });
    view! {
        {move || view! { <Conflicts conflicts=conflicts.get()/> }}
        {move || {
            running
                .with(|running| {
                    (!running.is_empty())
                        .then(|| callout(
                            Aspect::Caution,
                            words::RUNNING.text(),
                            words::running(&list(running)),
                        ))
                })
        }}
    }
}

#[component]
fn Broken(tool: Memo<ToolView>) -> impl IntoView {
    let app = app();
    let what = move || {
        tool.with(|tool| match &tool.status.state {
            ToolState::BrokenFile { file, message } => {
                let (file, message) = (file.clone(), message.clone());
                Some(view! {
                    <code class="path">{file}</code>
                    <p>{message}</p>
                })
            }
            ToolState::NotInstalled
            | ToolState::Untouched
            | ToolState::Ours
            | ToolState::Drifted { .. }
            | ToolState::ForeignGateway => None,
        })
    };
    view! {
        <div class="callout is-stop" role="alert">
            <Icon of=Glyph::Alert/>
            <div class="broken">
                <strong>{words::BROKEN}</strong>
                {what}
                <p>{words::BROKEN_TEXT}</p>
                <button type="button" class="button is-small" on:click=move |_| app.reload_tools()>
                    <Icon of=Glyph::Refresh/>
                    {words::LOOK_AGAIN}
                </button>
            </div>
        </div>
    }
}

/// Opens a terminal with it: the tray app's window can ask for one.
#[component]
fn Launch(id: String) -> impl IntoView {
    let app = app();
    let launch = move |_| {
        let tool = json!({ "tool": id });
        spawn_local(async move {
            if let Err(fault) = host::invoke_with::<()>("launch_tool", &tool).await {
                app.fault(&fault);
            }
        });
    };
    view! {
        <p>
            <button type="button" class="button is-small" on:click=launch>
                <Icon of=Glyph::Tools/>
                {words::LAUNCH}
            </button>
        </p>
    }
}

/// Where its things are.
#[component]
fn Facts(tool: Memo<ToolView>) -> impl IntoView {
    let key = |key: ToolKey| match key {
        ToolKey::None => None,
        ToolKey::Own { key } => {
            let used = match key.last_used_at {
                Some(at) => words::USED.around(view! { <Ago at/> }.into_any()),
                None => view! { {words::NEVER_USED} }.into_any(),
            };
            Some(view! { <code>{key.hint}</code> " " <span class="quiet">{used}</span> }.into_any())
        }
        ToolKey::Other { name } => Some(view! { {words::other_key(&name)} }.into_any()),
        ToolKey::Revoked => Some(view! { {words::REVOKED_KEY} }.into_any()),
    };
    let place = |path: String| {
        view! {
            <span class="fact-path">
                <code class="path">{path.clone()}</code>
                <CopyButton text=path what=words::THE_PATH/>
            </span>
        }
    };
    let fact = |name: &'static str, value: Option<AnyView>| {
        value.map(|value| {
            view! {
                <div class="fact">
                    <dt>{name}</dt>
                    <dd>{value}</dd>
                </div>
            }
        })
    };
    move || {
        let ToolView { id, status, key: held, .. } = tool.get();
        let launches = host::is_window() && status.binary.is_some();
        let files = (!status.files.is_empty())
            .then(|| status.files.into_iter().map(place).collect_view().into_any());
        let written = status.applied_at.map(|at| view! { <Ago at/> }.into_any());
        let address = status.address.map(|to| view! { <code class="path">{to}</code> }.into_any());
        view! {
            {launches.then(|| view! { <Launch id=id.clone()/> })}
            <dl class="tool-facts">
                {fact(words::FILES.text(), files)}
                {fact(words::PROGRAM.text(), status.binary.map(|path| place(path).into_any()))}
                {fact(words::POINTS_AT.text(), address)}
                {fact(words::KEY.text(), key(held))}
                {fact(words::WRITTEN.text(), written)}
            </dl>
        }
    }
}
