//! The form of a tool that we write for: its model, its slots, and the way to the plan.

use leptos::prelude::*;
use leptos::task::spawn_local;
use switchyard_types::{ToolCheck, ToolSlot};

use super::desk::{Desk, Wish, path};
use super::model_field::ModelField;
use super::plan::{PlanDesk, callout};
use super::words;
use crate::app::app;
use crate::browser::http::{self, Method};
use crate::facts::tools::set_slot;
use crate::facts::words::Aspect;
use crate::parts::words::list;

/// The form.
#[component]
pub(crate) fn Setup(desk: Desk) -> impl IntoView {
    let slots = Memo::new(move |_| desk.tool.with(|tool| tool.slots.clone()));
    let choice = Memo::new(move |_| desk.choice());
    let can_revert = Memo::new(move |_| desk.tool.with(|tool| tool.status.applied_at.is_some()));
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        desk.ask(Wish::Apply(choice.get_untracked()));
    };
    let choose = Callback::new(move |model: Option<String>| {
        desk.change(|choice| choice.model = model.unwrap_or_default());
    });
    let slot = move |ToolSlot { id, name }: ToolSlot| {
        let own = id.clone();
        let value = Signal::derive(move || choice.with(|choice| choice.slots.get(&own).cloned()));
        let field = format!("slot-{id}");
        let choose = Callback::new(move |model| {
            desk.change(|choice| set_slot(choice, &id, model));
        });
        view! { <ModelField label=name id=field value main=words::SAME_AS_MAIN choose/> }
    };
    let main = Signal::derive(move || Some(choice.with(|choice| choice.model.clone())));
    view! {
        <form class="setup" on:submit=submit>
            <div class="setup-fields">
                <ModelField label=words::MODEL id="tool-model".to_owned() value=main choose/>
                {move || slots.get().into_iter().map(slot).collect_view()}
            </div>
            <div class="setup-tools">
                <button
                    type="submit"
                    class="button is-primary"
                    disabled=move || desk.busy.get() || choice.with(|choice| choice.model.is_empty())
                >
                    {words::SHOW_CHANGES}
                </button>
                {move || {
                    can_revert
                        .get()
                        .then(|| {
                            view! {
                                <button
                                    type="button"
                                    class="button"
                                    disabled=desk.busy
                                    on:click=move |_| desk.ask(Wish::Revert)
                                >
                                    {words::SHOW_BACK}
                                </button>
                                <CheckButton desk/>
                            }
                        })
                }}
            </div>
        </form>
        <PlanDesk desk/>
    }
}

/// Reads the files again, and lets the tool check them where it can.
#[component]
fn CheckButton(desk: Desk) -> impl IntoView {
    let app = app();
    let busy = RwSignal::new(false);
    let found = RwSignal::new(None::<ToolCheck>);
    let check = move |_| {
        busy.set(true);
        found.set(None);
        let path = path(&desk.tool.with_untracked(|tool| tool.id.clone()), "verify");
        spawn_local(async move {
            match http::change(Method::Post, &path, &()).await {
                Ok(check) => drop(found.try_set(Some(check))),
                Err(fault) => app.fault(&fault),
            }
            let _ = busy.try_set(false);
        });
    };
    view! {
        <button type="button" class="button is-quiet" disabled=busy on:click=check>
            {move || if busy.get() { words::CHECKING } else { words::CHECK }}
        </button>
        <div class="check" role="status">
            {move || found.get().map(|check| view! { <Checked check/> })}
        </div>
    }
}

#[component]
fn Checked(check: ToolCheck) -> impl IntoView {
    let files = if check.changed.is_empty() {
        callout(Aspect::Clear, words::AS_WRITTEN.text(), words::AS_WRITTEN_TEXT.text()).into_any()
    } else {
        let keys = list(&check.changed);
        callout(Aspect::Caution, words::NOT_AS_WRITTEN.text(), keys).into_any()
    };
    let run = check.dry_run.map(|run| {
        let (aspect, title) = match run.ok {
            Some(true) => (Aspect::Clear, words::run_well(&run.command)),
            Some(false) => (Aspect::Stop, words::run_ill(&run.command)),
            None => (Aspect::Caution, words::run_not(&run.command)),
        };
        let output = run.output.trim().to_owned();
        view! {
            {callout(aspect, title, String::new())}
            {(!output.is_empty())
                .then(|| {
                    view! {
                        <pre class="said mono" tabindex="0" aria-label=words::SAID>
                            {output}
                        </pre>
                    }
                })}
        }
    });
    view! {
        {files}
        {run}
    }
}
