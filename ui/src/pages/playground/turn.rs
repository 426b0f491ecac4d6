//! One question with its answer, who gave it, and the exchange to the byte.

use std::sync::Arc;

use leptos::prelude::*;
use switchyard_types::RequestView;

use super::talk::{Phase, Turn};
use super::words;
use crate::app::app;
use crate::facts::answer::{pretty, stretches};
use crate::facts::format;
use crate::facts::live::Entry;
use crate::facts::path::Route;
use crate::facts::question::curl;
use crate::facts::sought::Sought;
use crate::facts::words::{self as facts, Aspect};
use crate::parts::copy::CopyButton;
use crate::parts::gate::FormFault;
use crate::parts::icon::{Glyph, Icon};
use crate::parts::link::Link;
use crate::parts::signal::SignalWord;
use crate::parts::tile::Tile;

/// A turn of the conversation.
pub(super) fn turn_row(turn: ArcRwSignal<Turn>) -> AnyView {
    let app = app();
    let turn = RwSignal::from(turn);
    let open = RwSignal::new(false);
    let row = Memo::new(move |_| {
        let id = turn.with(|turn| turn.id.clone())?;
        app.live.with(|live| match live.find(&id) {
            Some(Entry::Done(row)) => Some(Arc::clone(row)),
            Some(Entry::Running(_)) | None => None,
        })
    });
    let question = turn.with_untracked(|turn| turn.question.text.clone());
    let text = Memo::new(move |_| turn.with(|turn| turn.text.clone()));
    let phase = Memo::new(move |_| turn.with(|turn| turn.phase.clone()));
    let answer = move || {
        let piece = |(nth, text): (usize, String)| match nth % 2 {
            0 => text.into_any(),
            _ => view! { <code>{text}</code> }.into_any(),
        };
        let text = text.get();
        stretches(&text).into_iter().enumerate().map(piece).collect_view()
    };
    let fault = Signal::derive(move || match phase.get() {
        Phase::Failed(fault) => Some(fault),
        Phase::Running | Phase::Ended | Phase::Stopped => None,
    });
    let state = move || match (phase.get(), text.with(String::is_empty)) {
        (Phase::Running, true) => Some((words::WAITING, Aspect::Running)),
        (Phase::Stopped, _) => Some((words::STOPPED, Aspect::Idle)),
        (Phase::Ended, true) if turn.with(|turn| turn.error.is_none()) => {
            Some((words::NO_TEXT, Aspect::Caution))
        }
        (Phase::Running | Phase::Ended | Phase::Failed(_), _) => None,
    };
    view! {
        <li class="turn">
            <p class="turn-asked"><span class="off-screen">{words::YOU}": "</span>{question}</p>
            <div class="turn-answer">{answer}</div>
            {move || {
                state().map(|(word, aspect)| view! { <SignalWord aspect word=word.to_owned()/> })
            }}
            {move || refusal(turn)}
            <FormFault fault/>
            <div class="turn-foot">
                {move || row.get().map(|row| served(&row))}
                <button
                    type="button"
                    class="button is-quiet is-small"
                    aria-expanded=move || open.get().to_string()
                    on:click=move |_| open.update(|open| *open = !*open)
                >
                    <Icon of=Glyph::Requests/>
                    {words::EXCHANGE}
                </button>
            </div>
            {move || open.get().then(|| exchange(turn))}
        </li>
    }
    .into_any()
}

/// What the vendor, or Switchyard in its dialect, says against it: a sentence, and the envelope that it came in.
fn refusal(turn: RwSignal<Turn>) -> AnyView {
    let told = turn.with(|turn| {
        let ended = turn.phase == Phase::Ended;
        let error = turn.error.clone().filter(|_| ended)?;
        let envelope = if turn.text.is_empty() { pretty(&turn.raw) } else { String::new() };
        Some((words::failed(turn.status.unwrap_or_default()), error, envelope))
    });
    let Some((title, error, envelope)) = told else { return ().into_any() };
    view! {
        <div class="callout is-stop" role="alert">
            <Icon of=Glyph::Alert/>
            <div>
                <strong>{title}</strong>
                <p>{format::sentence(&error)}</p>
                {(!envelope.is_empty())
                    .then(|| view! { <pre class="said-text mono" tabindex="0">{envelope}</pre> })}
            </div>
        </div>
    }
    .into_any()
}

/// Who answered, and what it took.
fn served(row: &RequestView) -> AnyView {
    let (word, aspect) = facts::outcome(row.outcome);
    let by = row.served_by.clone().map(|by| {
        let name = words::by(&by.account_name, &by.model);
        view! {
            <Tile vendor=by.vendor/>
            <span class="turn-by" title=name.clone()>{name.clone()}</span>
        }
    });
    let tokens = row.usage.map(|usage| {
        words::tokens(&format::tokens(usage.input_total()), &format::tokens(usage.output))
    });
    let numbers = [tokens, Some(format::duration(row.millis)), row.cost.map(format::money)];
    let to = Route::Requests(Box::new(Sought { open: Some(row.id.clone()), ..Sought::default() }));
    view! {
        <SignalWord aspect word=word.to_owned()/>
        {by}
        <span class="num">{numbers.into_iter().flatten().collect::<Vec<_>>().join(" · ")}</span>
        <Link to class="quiet-link">{words::TRACE}</Link>
    }
    .into_any()
}

/// What was sent and what came, to the byte.
fn exchange(turn: RwSignal<Turn>) -> AnyView {
    let address = app().status.with_untracked(|status| status.address.clone()).unwrap_or_default();
    let (path, body) = turn.with_untracked(|turn| (turn.question.path(), turn.body.clone()));
    let sent = format!(
        "POST {address}/api/playground{path}\naccept: application/json\ncontent-type: \
         application/json\nauthorization: {}\n\n{body}",
        words::SESSION
    );
    let command = curl(&address, &path, &body);
    let came = move || {
        turn.with(|turn| {
            let status = turn.status?;
            let id = turn.id.as_ref().map_or_else(String::new, ToString::to_string);
            Some(format!(
                "{status}\ncontent-type: {}\nx-switchyard-request: {id}\n\n{}",
                turn.kind, turn.raw
            ))
        })
    };
    let raw = Signal::derive(move || turn.with(|turn| turn.raw.clone()));
    let part = |name: &'static str, text: Signal<String>, what: &'static str, shown: AnyView| {
        view! {
            <section aria-label=name>
                <div class="said-line">
                    <h3>{name}</h3>
                    <CopyButton text what/>
                </div>
                <pre class="said-text mono" tabindex="0">{shown}</pre>
            </section>
        }
    };
    view! {
        <div class="exchange">
            {part(words::REQUEST, body.into(), words::THE_BODY, sent.into_any())}
            {part(
                words::REPLY,
                raw,
                words::THE_REPLY,
                (move || came().unwrap_or_else(|| words::NOTHING_CAME.to_owned())).into_any(),
            )}
            <p class="said-line hint">
                {words::CURL} <CopyButton text=command what=words::THE_CURL/>
            </p>
        </div>
    }
    .into_any()
}
