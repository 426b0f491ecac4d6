//! What would be written, before anything is; and what came of it.

use leptos::html;
use leptos::prelude::*;
use switchyard_types::{ToolConflict, ToolEdit, ToolFileFate, ToolFilePlan, ToolLeft};

use super::desk::{Desk, Outcome, Planned, Wish};
use super::diff::Diff;
use super::guide::line;
use super::words;
use crate::browser;
use crate::facts::diff;
use crate::facts::format::sentence;
use crate::facts::guide;
use crate::facts::words::Aspect;
use crate::parts::dialog::focus_when_there;
use crate::parts::gate::FormFault;
use crate::parts::icon::{Glyph, Icon};
use crate::parts::signal::Lamp;
use crate::parts::words::{CANCEL, DISMISS};

/// Edits that are shown before the rest is asked for.
const FEW: usize = 12;

/// The plan, its faults and its outcome, whichever there is.
#[component]
pub(super) fn PlanDesk(desk: Desk) -> impl IntoView {
    view! {
        <FormFault fault=desk.fault/>
        {move || desk.planned.get().map(|planned| view! { <PlanBox desk planned/> })}
        {move || desk.outcome.get().map(|outcome| view! { <Done desk outcome/> })}
    }
}

#[component]
fn PlanBox(desk: Desk, planned: Planned) -> impl IntoView {
    let head = NodeRef::<html::H3>::new();
    focus_when_there(head);
    let Planned { wish, plan, moved } = planned;
    let nothing = plan.files.is_empty();
    // Those of the tool as it stands are told above the form.
    let told = desk.tool.with_untracked(|tool| tool.status.conflicts.clone());
    let new = plan.conflicts.into_iter().filter(|conflict| !told.contains(conflict));
    let conflicts: Vec<ToolConflict> = new.collect();
    let (title, action) = match (&wish, nothing) {
        (Wish::Apply(_), false) => (words::PLAN.text(), words::WRITE.text()),
        (Wish::Apply(_), true) => (words::NOTHING_TO_WRITE.text(), words::WRITE.text()),
        (Wish::Revert, false) => (words::PLAN_BACK.text(), words::PUT_BACK.text()),
        (Wish::Revert, true) => (words::NOTHING_TO_PUT_BACK.text(), words::FINISH.text()),
    };
    // An apply that writes nothing has nothing to do; a revert still forgets the tool and its key.
    let acts = !nothing || wish == Wish::Revert;
    let note = match (&wish, nothing) {
        (Wish::Apply(_), false) => words::PLAN_NOTE,
        (Wish::Apply(_), true) => words::NOTHING_NOTE,
        (Wish::Revert, false) => words::BACK_NOTE,
        (Wish::Revert, true) => words::NOTHING_BACK_NOTE,
    };
    view! {
        <section class="plan" aria-labelledby="plan-title">
            <header class="plan-head">
                <h3 id="plan-title" tabindex="-1" node_ref=head>{title}</h3>
                <p>{note}</p>
            </header>
            {moved.then(|| callout(Aspect::Caution, words::MOVED.text(), words::MOVED_TEXT.text()))}
            {plan.files.into_iter().map(|file| view! { <FilePlan file/> }).collect_view()}
            <LeftList left=plan.left/>
            <Conflicts conflicts/>
            <Notes notes=plan.notes/>
            <footer class="plan-foot">
                <button type="button" class="button" on:click=move |_| {
                    desk.dismiss();
                    browser::focus_on(".setup-tools button");
                }>
                    {if acts { CANCEL } else { words::GOOD }}
                </button>
                {acts
                    .then(|| {
                        view! {
                            <button
                                type="button"
                                class="button is-primary"
                                disabled=desk.busy
                                on:click=move |_| desk.carry_out()
                            >
                                {action}
                            </button>
                        }
                    })}
            </footer>
        </section>
    }
}

#[component]
fn FilePlan(file: ToolFilePlan) -> impl IntoView {
    let lines = diff::lines(&file.diff);
    let (added, removed) = diff::size(&lines);
    let fate = match file.fate {
        ToolFileFate::Made => words::MADE,
        ToolFileFate::Changed => words::CHANGED,
        ToolFileFate::Removed => words::REMOVED,
    };
    let path = file.path;
    let summary = words::diff_size(added, removed);
    let label = words::diff_of(&path);
    view! {
        <article class="plan-file">
            <header class="plan-file-head">
                <code class="path">{path}</code>
                <span class="tag">{fate}</span>
            </header>
            <Edits edits=file.edits/>
            <details class="fold" open>
                <summary>
                    <Icon of=Glyph::ChevronRight/>
                    {words::DIFF}
                    <span class="quiet num">{summary}</span>
                </summary>
                <Diff lines label=label/>
            </details>
        </article>
    }
}

#[component]
fn Edits(edits: Vec<ToolEdit>) -> impl IntoView {
    let many = edits.len();
    let all = RwSignal::new(many <= FEW + 1);
    let shown = move || {
        let few = if all.get() { usize::MAX } else { FEW };
        edits.iter().take(few).cloned().map(edit_row).collect_view()
    };
    view! {
        <ul class="edits" aria-label=words::EDITS>{shown}</ul>
        {move || {
            (!all.get())
                .then(|| {
                    view! {
                        <button
                            type="button"
                            class="button is-quiet is-small"
                            on:click=move |_| all.set(true)
                        >
                            {words::show_all(many)}
                        </button>
                    }
                })
        }}
    }
}

fn edit_row(edit: ToolEdit) -> impl IntoView {
    let value = |value: Option<String>, class: &'static str, none: &'static str| match value {
        Some(value) => view! { <code class=class>{value}</code> }.into_any(),
        None => view! { <span class="quiet">{none}</span> }.into_any(),
    };
    view! {
        <li class="edit">
            <code class="edit-key">{edit.path}</code>
            <span class="edit-values">
                {value(edit.old, "edit-old", words::NOT_THERE.text())}
                <Icon of=Glyph::ArrowRight/>
                <span class="off-screen">{words::BECOMES}</span>
                {value(edit.new, "edit-new", words::TAKEN_OUT.text())}
            </span>
        </li>
    }
}

#[component]
fn LeftList(left: Vec<ToolLeft>) -> impl IntoView {
    (!left.is_empty()).then(|| {
        let row = |left: ToolLeft| {
            view! {
                <li>
                    <code class="path">{left.path}</code>
                    <span>{sentence(&left.reason)}</span>
                    <code class="path quiet">{left.file}</code>
                </li>
            }
        };
        view! {
            <div class="callout is-caution">
                <Icon of=Glyph::Pencil/>
                <div>
                    <strong>{words::LEFT}</strong>
                    <ul class="left-list">{left.into_iter().map(row).collect_view()}</ul>
                </div>
            </div>
        }
    })
}

/// What keeps a tool from coming here all the same.
#[component]
pub(super) fn Conflicts(conflicts: Vec<ToolConflict>) -> impl IntoView {
    let row = |conflict: ToolConflict| {
        view! {
            <div class="callout is-caution">
                <Lamp aspect=Aspect::Caution/>
                <div>
                    <strong>{words::conflict(conflict.kind)} " "</strong>
                    <code class="path">{conflict.place}</code>
                    <p>{said(&conflict.message)}</p>
                </div>
            </div>
        }
    };
    conflicts.into_iter().map(row).collect_view()
}

#[component]
fn Notes(notes: Vec<String>) -> impl IntoView {
    (!notes.is_empty()).then(|| {
        view! {
            <ul class="notes-list">
                {notes.into_iter().map(|note| view! { <li>{said(&note)}</li> }).collect_view()}
            </ul>
        }
    })
}

#[component]
fn Done(desk: Desk, outcome: Outcome) -> impl IntoView {
    let node = NodeRef::<html::Div>::new();
    focus_when_there(node);
    view! {
        <div class="done" role="status" tabindex="-1" node_ref=node>
            <div class="callout is-clear">
                <Icon of=Glyph::Check/>
                <div>
                    <strong>{outcome.title}</strong>
                    <Notes notes=outcome.notes/>
                </div>
                <button
                    type="button"
                    class="icon-button"
                    aria-label=DISMISS
                    title=DISMISS
                    on:click=move |_| desk.outcome.set(None)
                >
                    <Icon of=Glyph::Close/>
                </button>
            </div>
            <LeftList left=outcome.left/>
        </div>
    }
}

/// A message of the server: a sentence, with its code as code.
pub(super) fn said(message: &str) -> impl IntoView + use<> {
    line(guide::spans(&sentence(message)))
}

/// A callout with a title and a line.
pub(super) fn callout(
    aspect: Aspect,
    title: impl Into<String>,
    text: impl Into<String>,
) -> impl IntoView {
    let (title, text) = (title.into(), text.into());
    view! {
        <div class=format!("callout {}", aspect.class())>
            <Lamp aspect/>
            <div>
                <strong>{title}</strong>
                <p>{text}</p>
            </div>
        </div>
    }
}
