//! Coding tools: how each stands, and pointing it here and back, with every change shown before it
//! is written.

mod backups;
pub(crate) mod desk;
mod detail;
mod diff;
mod doctor;
mod everything;
mod guide;
pub(crate) mod list;
pub(crate) mod model_field;
mod plan;
pub(crate) mod setup;
mod words;

use leptos::ev;
use leptos::prelude::*;
use switchyard_types::{ErrorCode, ToolView};

use self::detail::Detail;
use self::doctor::Findings;
use self::everything::Everything;
use self::list::ToolList;
use crate::app::{App, Load, app};
use crate::browser::http::Fault;
use crate::facts::format::sentence;
use crate::facts::path::Route;
use crate::parts::gate::{Blank, Gate, Skeleton};
use crate::parts::icon::Glyph;
use crate::parts::link::Link;

/// The tool that the address names.
fn named(app: App) -> Option<String> {
    if let Route::Tools(id) = app.address.route() { id } else { None }
}

/// Why there are no tools here, where the server leaves them alone.
fn left_alone(state: &Load<Vec<ToolView>>) -> Option<(String, String)> {
    match state {
        Load::Failed(Fault::Refused(body)) if body.code == ErrorCode::Invalid => {
            Some((sentence(&body.message), sentence(body.hint.as_deref().unwrap_or_default())))
        }
        Load::Failed(_) | Load::Waiting | Load::Ready(_) => None,
    }
}

/// The page.
#[component]
pub(crate) fn Tools() -> impl IntoView {
    let app = app();
    // Files change without us: they are looked at again whenever the user comes here.
    app.tools.reload();
    let handle = window_event_listener(ev::focus, move |_| app.reload_tools());
    on_cleanup(move || handle.remove());
    let alone = Memo::new(move |_| app.tools.state.with(left_alone));
    let retry = Callback::new(move |()| app.tools.retry());
    view! {
        <div class="page tools">
            <header class="page-head">
                <h1>{words::TITLE}</h1>
            </header>
            <p class="lead">{words::LEAD}</p>
            {move || match alone.get() {
                Some((title, text)) => {
                    view! {
                        <div class="panel">
                            <Blank glyph=Glyph::Tools title=title text=text/>
                        </div>
                    }
                        .into_any()
                }
                None => {
                    view! {
                        <Gate state=app.tools.state retry rows=8>
                            <Content/>
                        </Gate>
                    }
                        .into_any()
                }
            }}
        </div>
    }
}

/// The list with what needs a look above it, which is awaited so that nothing jumps. Beside an open
/// tool it is left out: that tool says what is wrong with it.
#[component]
fn Content() -> impl IntoView {
    let app = app();
    app.findings.want();
    let is_open = Memo::new(move |_| named(app).is_some());
    let is_settled = Memo::new(move |_| {
        is_open.get() || app.findings.state.with(|state| *state != Load::Waiting)
    });
    move || {
        if is_settled.get() {
            view! {
                {move || (!is_open.get()).then(|| view! { <Findings/> })}
                <ToolDesk/>
                <Everything/>
            }
            .into_any()
        } else {
            view! { <Skeleton rows=8/> }.into_any()
        }
    }
}

#[component]
fn ToolDesk() -> impl IntoView {
    let app = app();
    let chosen = Memo::new(move |_| named(app));
    let is_known = Memo::new(move |_| {
        let id = chosen.get()?;
        app.tools.with(|tools| tools.iter().any(|tool| tool.id == id))
    });
    view! {
        <div class="tool-desk" class:is-open=move || chosen.with(Option::is_some)>
            <ToolList chosen/>
            {move || match (chosen.get(), is_known.get()) {
                (None, _) => ().into_any(),
                (Some(id), Some(true)) => view! { <Detail id/> }.into_any(),
                (Some(_), _) => {
                    view! {
                        <div class="panel">
                            <Blank glyph=Glyph::Tools title=words::MISSING text=words::MISSING_TEXT>
                                <Link to=Route::Tools(None) class="button">{words::ALL}</Link>
                            </Blank>
                        </div>
                    }
                        .into_any()
                }
            }}
        </div>
    }
}
