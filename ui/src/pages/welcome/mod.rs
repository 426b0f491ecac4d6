//! The first steps: from nothing to an agent that works. Every step shows how the server stands, so that
//! they can be taken in any order, and a reload loses nothing.

mod steps;
pub(crate) mod words;

use leptos::prelude::*;
use switchyard_types::ToolView;

use crate::app::{App, Load, app};
use crate::browser;
use crate::facts::path::Route;
use crate::facts::tools::Standing;
use crate::facts::words::Aspect;
use crate::parts::icon::{Glyph, Icon};
use crate::parts::signal::SignalWord;
use crate::word::Word;

/// Under this the browser remembers that the steps were left.
const LEFT: &str = "switchyard-welcome";

/// Shows the first steps in place of the overview, once, where nothing was ever connected or asked and the
/// user has not left them before.
pub(crate) fn show_when_new(app: App) {
    let decided = StoredValue::new(false);
    Effect::new(move |_| {
        let here = app.address.route() == Route::Overview;
        let asked = app.first_page.with(|page| *page == Load::Ready(()));
        let demo = app.status.with(|status| status.demo || status.safe_mode.is_some());
        let (Some(none), Some(false), true) = (app.accounts.with(Vec::is_empty), demo, asked)
        else {
            return;
        };
        if decided.get_value() {
            return;
        }
        decided.set_value(true);
        let new = none && app.live.with_untracked(|live| live.rows().is_empty());
        if here && new && browser::recall(LEFT).is_none() {
            app.address.replace(Route::Welcome);
        }
    });
}

/// Which steps are taken, as the server stands.
#[derive(Clone, Copy)]
struct Taken {
    connected: Memo<bool>,
    routed: Memo<bool>,
    pointed: Memo<bool>,
    asked: Memo<bool>,
}

impl Taken {
    fn by(app: App) -> Self {
        let is_ours = |tool: &ToolView| {
            matches!(Standing::of(tool), Standing::Ours | Standing::Drifted | Standing::Keyed)
        };
        Self {
            connected: Memo::new(move |_| app.accounts.with(Vec::is_empty) == Some(false)),
            routed: Memo::new(move |_| {
                app.active_combo().is_some_and(|combo| !combo.candidates.is_empty())
            }),
            pointed: Memo::new(move |_| {
                let some = app.tools.with(|tools| tools.iter().any(is_ours)).unwrap_or_default();
                some || app.keys.with(Vec::is_empty) == Some(false)
            }),
            asked: Memo::new(move |_| app.live.with(|live| !live.rows().is_empty())),
        }
    }
}

/// The page.
#[component]
pub(crate) fn Welcome() -> impl IntoView {
    let app = app();
    app.tools.want();
    let taken = Taken::by(app);
    let all =
        move || [taken.connected, taken.routed, taken.pointed, taken.asked].iter().all(Memo::get);
    let leave = move |_| {
        browser::remember(LEFT, Some("left"));
        app.address.go(Route::Overview);
    };
    view! {
        <div class="page welcome">
            <header class="page-head">
                <h1>{words::TITLE}</h1>
                <button type="button" class="button" class:is-primary=all on:click=leave>
                    {move || if all() { words::READY } else { words::SKIP }}
                </button>
            </header>
            <p class="lead">{words::LEAD}</p>
            <ol class="first-steps">
                {step("1", words::FOUND, None, steps::found(app))}
                {step("2", words::CONNECT, Some(taken.connected), steps::connect(app))}
                {step("3", words::ROUTE, Some(taken.routed), steps::route(app))}
                {step("4", words::TOOL, Some(taken.pointed), steps::tool(app))}
                {step("5", words::REQUEST, Some(taken.asked), steps::request(app))}
            </ol>
        </div>
    }
}

/// A step: what it is for, whether it is taken, and the way to take it. The first only tells.
fn step(number: &'static str, title: Word, taken: Option<Memo<bool>>, body: AnyView) -> AnyView {
    let is_taken = move || taken.is_some_and(|taken| taken.get());
    let state = taken.map(|_| {
        let aspect = Signal::derive(move || if is_taken() { Aspect::Clear } else { Aspect::Idle });
        let word = Signal::derive(move || {
            let word = if is_taken() { words::DONE } else { words::TO_DO };
            word.owned()
        });
        view! { <SignalWord aspect word/> }
    });
    view! {
        <li class="panel first-step" class:is-taken=is_taken>
            <section aria-label=title>
                <header class="first-head">
                    <span class="first-mark num" aria-hidden="true">
                        {move || {
                            if is_taken() {
                                view! { <Icon of=Glyph::Check/> }.into_any()
                            } else {
                                number.into_any()
                            }
                        }}
                    </span>
                    <h2>{title}</h2>
                    <span role="status">{state}</span>
                </header>
                {body}
            </section>
        </li>
    }
    .into_any()
}
