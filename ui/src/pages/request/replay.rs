//! Asking a request again of another model, and both answers beside each other.

use std::sync::Arc;

use leptos::prelude::*;
use switchyard_types::{ReplayAsk, RequestBodies, RequestId, RequestView};

use super::words;
use crate::app::app;
use crate::browser::http;
use crate::facts::compare::{Stretch, compare};
use crate::facts::live::Entry;
use crate::facts::path::{Route, encode};
use crate::facts::sought::Sought;
use crate::facts::words as facts;
use crate::facts::{answer, format};
use crate::parts::dialog::{Dialog, PanelHead, Stand};
use crate::parts::gate::FormFault;
use crate::parts::icon::{Glyph, Icon};
use crate::parts::link::Link;
use crate::parts::sending::Sending;
use crate::parts::signal::SignalWord;
use crate::word::Word;

/// An answer that came back, and the request that brought it.
#[derive(Clone, PartialEq)]
struct Answered {
    id: RequestId,
    text: String,
}

/// The form, where what the agent sent is kept whole.
#[component]
pub(super) fn Replay(done: Arc<RequestView>, bodies: Arc<RequestBodies>) -> impl IntoView {
    let whole = bodies.from_client.as_ref().map(|sent| !sent.cut);
    match whole {
        None => ().into_any(),
        Some(false) => view! {
            <h3>{words::REPLAY}</h3>
            <p class="quiet">{words::REPLAY_CUT}</p>
        }
        .into_any(),
        Some(true) => view! { <Form done bodies/> }.into_any(),
    }
}

#[component]
fn Form(done: Arc<RequestView>, bodies: Arc<RequestBodies>) -> impl IntoView {
    let app = app();
    let model = RwSignal::new(String::new());
    let wrong = RwSignal::new(false);
    let answered = RwSignal::new(None::<Answered>);
    let sending = Sending::new();
    let path = format!("/api/requests/{}/replay", encode(done.id.as_str()));
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let ask = ReplayAsk { model: model.get_untracked().trim().to_owned() };
        wrong.set(ask.model.is_empty());
        if ask.model.is_empty() {
            return;
        }
        let path = path.clone();
        let asked = async move { http::replay(&path, &ask).await };
        sending.send(asked, move |(id, text)| {
            let _ = answered.try_set(Some(Answered { id: RequestId::new(id), text }));
        });
    };
    let names = move || {
        let combos = app.combos.rows().into_iter().map(|combo| combo.name);
        let models = app.models.rows().into_iter().filter(|one| one.connected).map(|one| one.model);
        combos.chain(models).map(|name| view! { <option value=name></option> }).collect_view()
    };
    let comparison = move || {
        answered.get().map(|new| {
            let close = Callback::new(move |()| answered.set(None));
            let (done, bodies) = (Arc::clone(&done), Arc::clone(&bodies));
            view! { <Comparison done bodies new close/> }
        })
    };
    view! {
        <form class="replay" on:submit=send>
            <h3>{words::REPLAY}</h3>
            <p class="hint">{words::REPLAY_TEXT}</p>
            <div class="replay-line">
                <input
                    class="input mono"
                    type="text"
                    list="replay-models"
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                    aria-label=words::REPLAY_MODEL
                    placeholder=words::REPLAY_MODEL
                    aria-invalid=move || wrong.get().to_string()
                    prop:value=model
                    on:input=move |event| {
                        model.set(event_target_value(&event));
                        wrong.set(false);
                    }
                />
                <datalist id="replay-models">{names}</datalist>
                <button type="submit" class="button" disabled=sending.busy>
                    <Icon of=Glyph::Play/>
                    {move || if sending.busy.get() { words::REPLAYING } else { words::REPLAY_NOW }}
                </button>
            </div>
            {move || {
                wrong.get().then(|| view! { <p class="field-fault" role="alert">{words::REPLAY_NOBODY}</p> })
            }}
            <FormFault fault=sending.fault/>
        </form>
        {comparison}
    }
}

/// Both answers. The new request's row comes with its last event.
#[component]
fn Comparison(
    done: Arc<RequestView>,
    bodies: Arc<RequestBodies>,
    new: Answered,
    close: Callback<()>,
) -> impl IntoView {
    let app = app();
    let id = new.id.clone();
    let row = Memo::new(move |_| {
        app.live.with(|live| match live.find(&id) {
            Some(Entry::Done(row)) => Some(Arc::clone(row)),
            Some(Entry::Running(_)) | None => None,
        })
    });
    let before = bodies.to_client.as_ref();
    let cut = before.is_some_and(|body| body.cut);
    let dialect = done.dialect;
    let left = before.and_then(|body| answer::text(dialect, &body.text)).unwrap_or_default();
    let right = answer::text(dialect, &new.text).unwrap_or_default();
    let same = !left.is_empty() && left == right;
    let (left, right) = compare(&left, &right);
    let to = Route::Requests(Box::new(Sought { open: Some(new.id.clone()), ..Sought::default() }));
    view! {
        <Dialog stand=Stand::Middle label=words::COMPARISON close>
            <div class="comparison">
                <PanelHead close>
                    <h2>{words::COMPARISON}</h2>
                </PanelHead>
                {same.then(|| view! { <p class="comparison-same">{words::SAME_ANSWER}</p> })}
                {cut.then(|| view! { <p class="comparison-same">{words::FIRST_CUT}</p> })}
                <div class="comparison-sides">
                    <section class="comparison-side" aria-label=words::BEFORE>
                        {side_head(words::BEFORE, &done)}
                        {marked(left, "del")}
                    </section>
                    <section class="comparison-side" aria-label=words::AFTER>
                        {move || match row.get() {
                            Some(row) => side_head(words::AFTER, &row).into_any(),
                            None => view! { <p class="quiet" role="status">{words::LOOKING}</p> }.into_any(),
                        }}
                        {marked(right, "ins")}
                    </section>
                </div>
                <footer class="form-foot">
                    <Link to class="button">{words::ITS_TRACE}</Link>
                    <button type="button" class="button is-primary" on:click=move |_| close.run(())>
                        {words::CLOSE_COMPARISON}
                    </button>
                </footer>
            </div>
        </Dialog>
    }
}

fn side_head(name: Word, row: &RequestView) -> impl IntoView + use<> {
    let model = row.served_by.as_ref().map_or_else(|| row.model.clone(), |by| by.model.clone());
    let (word, aspect) = facts::outcome(row.outcome);
    let sum = |name: Word, value: Option<String>| {
        view! {
            <div class="sum">
                <dd class="num">{value.unwrap_or_else(|| "–".to_owned())}</dd>
                <dt>{name}</dt>
            </div>
        }
    };
    view! {
        <div class="comparison-head">
            <span class="label">{name}</span>
            <strong class="mono" title=model.clone()>{model.clone()}</strong>
            <SignalWord aspect word=word.owned()/>
        </div>
        <dl class="trace-sums">
            {sum(words::TOTAL, Some(format::duration(row.millis)))}
            {sum(words::INPUT, row.usage.map(|usage| format::tokens(usage.input_total())))}
            {sum(words::OUTPUT, row.usage.map(|usage| format::tokens(usage.output)))}
            {sum(words::COST, row.cost.map(format::money))}
        </dl>
        {row.error.clone().map(|error| view! { <p class="field-fault">{error}</p> })}
    }
}

/// A text whose words that the other lacks are marked.
fn marked(stretches: Vec<Stretch>, mark: &'static str) -> impl IntoView {
    if stretches.is_empty() {
        return view! { <p class="quiet">{words::NO_TEXT}</p> }.into_any();
    }
    let piece = |one: Stretch| match (one.shared, mark) {
        (true, _) => one.text.into_any(),
        (false, "del") => view! { <del>{one.text}</del> }.into_any(),
        (false, _) => view! { <ins>{one.text}</ins> }.into_any(),
    };
    view! {
        <div class="comparison-text" tabindex="0">{stretches.into_iter().map(piece).collect_view()}</div>
    }
    .into_any()
}
