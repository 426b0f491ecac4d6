//! The list: every tool with how it stands.

use leptos::prelude::*;
use switchyard_types::ToolView;

use super::words;
use crate::app::{App, app};
use crate::facts::path::Route;
use crate::facts::tools::{Group, Standing};
use crate::parts::icon::{Glyph, Icon};
use crate::parts::link::Link;
use crate::parts::rows::rows;

/// One tool of the list, as long as it is there.
pub(crate) fn find(app: App, id: &str) -> Option<ToolView> {
    app.tools.with(|tools| tools.iter().find(|tool| tool.id == id).cloned()).flatten()
}

fn glyph(standing: Standing) -> Glyph {
    match standing {
        Standing::Missing => Glyph::Minus,
        Standing::Untouched => Glyph::Ring,
        Standing::Ours | Standing::Keyed => Glyph::Check,
        Standing::KeyRefused => Glyph::Keys,
        Standing::Drifted => Glyph::Pencil,
        Standing::Foreign => Glyph::External,
        Standing::Broken => Glyph::Alert,
        Standing::ByHand => Glyph::Page,
    }
}

/// How a tool stands: its icon and its word.
#[component]
pub(crate) fn StandingWord(#[prop(into)] standing: Signal<Standing>) -> impl IntoView {
    move || {
        let standing = standing.get();
        view! {
            <span class=format!("signal standing {}", standing.aspect().class())>
                <Icon of=glyph(standing)/>
                <span>{words::standing(standing)}</span>
            </span>
        }
    }
}

/// The list in its parts.
#[component]
pub(super) fn ToolList(chosen: Memo<Option<String>>) -> impl IntoView {
    let app = app();
    let part = move |group: Group| {
        let ids = Memo::new(move |_| {
            let in_group = |tool: &&ToolView| Group::of(tool) == group;
            let ids = app.tools.with(|tools| {
                tools.iter().filter(in_group).map(|tool| tool.id.clone()).collect::<Vec<_>>()
            });
            ids.unwrap_or_default()
        });
        let title = words::group(group);
        let section = move || {
            view! {
                <section class="tier" aria-label=title>
                    <header class="tier-head">
                        <h2>{title}</h2>
                        <p>{words::group_note(group)}</p>
                    </header>
                    <ul class="panel tool-rows">
                        {rows(
                            move || ids.get(),
                            ToString::to_string,
                            move |id| view! { <ToolRow id chosen/> },
                        )}
                    </ul>
                </section>
            }
        };
        let none = Memo::new(move |_| ids.with(Vec::is_empty));
        move || match (none.get(), group) {
            (false, _) => section().into_any(),
            (true, Group::Here) => {
                view! { <p class="panel tool-none">{words::NONE_HERE}</p> }.into_any()
            }
            (true, Group::ByHand | Group::Missing) => ().into_any(),
        }
    };
    view! {
        <nav class="tool-list" aria-label=words::TITLE>{Group::ALL.map(part).collect_view()}</nav>
    }
}

#[component]
fn ToolRow(id: String, chosen: Memo<Option<String>>) -> impl IntoView {
    let app = app();
    let own = id.clone();
    let is_lit = Memo::new(move |_| chosen.with(|chosen| chosen.as_deref() == Some(own.as_str())));
    let own = id.clone();
    let tool = Memo::new(move |_| find(app, &own));
    let standing =
        Memo::new(move |_| tool.with(|tool| tool.as_ref().map_or(Standing::Missing, Standing::of)));
    let shown = move |read: fn(&ToolView) -> String| {
        move || tool.with(|tool| tool.as_ref().map(read).unwrap_or_default())
    };
    let version = shown(|tool| tool.status.version.clone().unwrap_or_default());
    view! {
        <li class:is-lit=is_lit>
            <Link to=Route::Tools(Some(id)) class="tool-link">
                <span class="tool-name">
                    <span class="tool-title">{shown(|tool| tool.name.clone())}</span>
                    <span class="tool-version num">{version}</span>
                </span>
                <StandingWord standing/>
                <span class="tool-line">{shown(words::line)}</span>
            </Link>
        </li>
    }
}
