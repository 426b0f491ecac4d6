//! A guide: the steps for a tool that is set up by hand, with everything filled in.

use leptos::prelude::*;
use leptos::task::spawn_local;
use switchyard_types::{CreatedKey, ToolGuideView, ToolKey, ToolView};

use super::desk::path;
use super::model_field::ModelField;
use super::plan::callout;
use super::words;
use crate::app::{Load, app};
use crate::browser::http::{self, Method};
use crate::facts::guide::{self, Block, Span, Spans};
use crate::facts::path::encode;
use crate::facts::tools::first_choice;
use crate::facts::words::Aspect;
use crate::parts::copy::CopyButton;
use crate::parts::dialog::Confirm;
use crate::parts::gate::{Failed, Skeleton};

/// The guide with its model and its key.
#[component]
pub(super) fn GuideDesk(tool: Memo<ToolView>) -> impl IntoView {
    let app = app();
    let id = tool.with_untracked(|tool| tool.id.clone());
    let chosen = RwSignal::new(None::<String>);
    let model = Memo::new(move |_| {
        let usual = || {
            let first = |combos: &Vec<_>| tool.with(|tool| first_choice(tool, combos).model);
            app.combos.with(first).unwrap_or_default()
        };
        chosen.get().unwrap_or_else(usual)
    });
    let text = RwSignal::new(None::<String>);
    let state = RwSignal::new(Load::<ToolGuideView>::Waiting);
    let turn = RwSignal::new(0_u32);
    Effect::new(move |_| {
        turn.track();
        let asked = model.get();
        let path = format!("{}?model={}", path(&id, "guide"), encode(&asked));
        spawn_local(async move {
            let answer = http::get::<ToolGuideView>(&path).await;
            // Another model was chosen meanwhile.
            if model.try_get_untracked().as_ref() != Some(&asked) {
                return;
            }
            let _ = state.try_set(match answer {
                Ok(guide) => Load::Ready(guide),
                Err(fault) => Load::Failed(fault),
            });
        });
    });
    let retry = Callback::new(move |()| {
        state.set(Load::Waiting);
        turn.update(|turn| *turn += 1);
    });
    let choose = Callback::new(move |model| chosen.set(model));
    let value = Signal::derive(move || Some(model.get()));
    let wants_key = Memo::new(move |_| {
        state.with(|state| state.ready().is_some_and(|guide| guide::wants_key(&guide.text)))
    });
    view! {
        {move || {
            state
                .with(|state| state.ready().and_then(|guide| guide.caution.clone()))
                .map(|caution| callout(Aspect::Caution, words::FIRST.text(), caution))
        }}
        {move || {
            wants_key
                .get()
                .then(|| {
                    view! {
                        <div class="setup">
                            <div class="setup-fields">
                                <ModelField
                                    label=words::MODEL
                                    id="guide-model".to_owned()
                                    value
                                    choose
                                />
                                <KeyField tool text/>
                            </div>
                        </div>
                    }
                })
        }}
        {move || match state.get() {
            Load::Waiting => view! { <Skeleton rows=4/> }.into_any(),
            Load::Failed(fault) => view! { <Failed fault retry/> }.into_any(),
            Load::Ready(guide) => {
                let key = text.get().unwrap_or_else(|| words::YOUR_KEY.to_owned());
                view! { <GuideText text=guide::with_key(&guide.text, &key)/> }.into_any()
            }
        }}
    }
}

/// The key that the guide is filled with.
#[component]
fn KeyField(tool: Memo<ToolView>, text: RwSignal<Option<String>>) -> impl IntoView {
    let app = app();
    let asking = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let held = Memo::new(move |_| {
        tool.with(|tool| match &tool.key {
            ToolKey::Own { key } => Some(key.hint.clone()),
            ToolKey::None | ToolKey::Other { .. } | ToolKey::Revoked => None,
        })
    });
    let make = Callback::new(move |()| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        let path = path(&tool.with_untracked(|tool| tool.id.clone()), "key");
        spawn_local(async move {
            match http::change::<CreatedKey>(Method::Post, &path, &()).await {
                Ok(made) => {
                    let _ = text.try_set(Some(made.text));
                    app.keys.reload();
                    app.reload_tools();
                }
                Err(fault) => app.fault(&fault),
            }
            let _ = busy.try_set(false);
        });
    });
    let button = move || {
        let again = held.with(Option::is_some);
        view! {
            <button
                type="button"
                class="button"
                disabled=busy
                on:click=move |_| {
                    if again {
                        asking.set(true);
                    } else {
                        make.run(());
                    }
                }
            >
                {if again { words::MAKE_ANOTHER } else { words::MAKE_KEY }}
            </button>
            <p class="hint">
                {held.get().map_or_else(|| words::KEY_HINT.owned(), |hint| words::key_held(&hint))}
            </p>
        }
    };
    let question = move || {
        let name = tool.with_untracked(|tool| tool.name.clone());
        let hint = held.get_untracked().unwrap_or_default();
        let close = Callback::new(move |()| asking.set(false));
        view! {
            <Confirm
                title=words::another_title(&name)
                text=words::another_text(&name, &hint)
                action=words::MAKE_ANOTHER
                confirm=make
                close
            />
        }
    };
    view! {
        <div class="field" class:is-wide=move || text.with(Option::is_some)>
            <span class="field-label">{words::KEY}</span>
            {move || match text.get() {
                Some(text) => {
                    view! {
                        <div class="copy-line">
                            <code>{text.clone()}</code>
                            <CopyButton text what=words::THE_KEY worded=true/>
                        </div>
                        <p class="hint">{words::KEY_SHOWN}</p>
                    }
                        .into_any()
                }
                None => button().into_any(),
            }}
            {move || asking.get().then(question)}
        </div>
    }
}

#[component]
fn GuideText(text: String) -> impl IntoView {
    let mut blocks = guide::blocks(&text);
    // Its first line is the tool's name, which stands above.
    if matches!(blocks.first(), Some(Block::Heading(_))) {
        blocks.remove(0);
    }
    view! { <div class="guide">{blocks.into_iter().map(block).collect_view()}</div> }
}

fn block(it: Block) -> AnyView {
    match it {
        Block::Heading(text) => view! { <h3>{line(text)}</h3> }.into_any(),
        Block::Paragraph(text) => paragraph(text).into_any(),
        Block::Code(code) => view! {
            <div class="code-block">
                <pre class="mono" tabindex="0" aria-label=words::CODE>{code.clone()}</pre>
                <CopyButton text=code what=words::THIS/>
            </div>
        }
        .into_any(),
        Block::List { counted, items } => {
            let items = items.into_iter().map(|item| {
                view! { <li>{item.into_iter().map(block).collect_view()}</li> }
            });
            if counted {
                view! { <ol>{items.collect_view()}</ol> }.into_any()
            } else {
                view! { <ul>{items.collect_view()}</ul> }.into_any()
            }
        }
        Block::Table { head, rows } => {
            let names: Vec<String> = head.iter().map(|cell| guide::plain(cell)).collect();
            let head = head.into_iter().map(|cell| view! { <th>{line(cell)}</th> }).collect_view();
            let row = move |row: Vec<Spans>| {
                let cells = row.into_iter().enumerate().map(|(at, cell)| {
                    // Where there is little room, each cell carries its column's name.
                    let name = names.get(at).cloned();
                    view! { <td data-name=name>{line(cell)}</td> }
                });
                view! { <tr>{cells.collect_view()}</tr> }
            };
            view! {
                <div class="guide-table" tabindex="0" role="region" aria-label=words::TABLE>
                    <table>
                        <thead><tr>{head}</tr></thead>
                        <tbody>{rows.into_iter().map(row).collect_view()}</tbody>
                    </table>
                </div>
            }
            .into_any()
        }
    }
}

/// A line of text; one that names a value to fill in has it ready to copy.
fn paragraph(text: Spans) -> impl IntoView {
    let value = match text.as_slice() {
        [Span::Text(name), Span::Code(value)] if name.ends_with(": ") => Some(value.clone()),
        _ => None,
    };
    view! {
        <p>
            {line(text)}
            {value.map(|value| view! { <CopyButton text=value what=words::THIS/> })}
        </p>
    }
}

/// A line with its code as code.
pub(super) fn line(text: Spans) -> impl IntoView {
    let span = |span: Span| match span {
        Span::Text(text) => text.into_any(),
        Span::Code(code) => view! { <code>{code}</code> }.into_any(),
    };
    text.into_iter().map(span).collect_view()
}
