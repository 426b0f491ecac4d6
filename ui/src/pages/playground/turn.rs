//! One question with its answer, who gave it, and the exchange to the byte.

use leptos::prelude::*;
use switchyard_types::{ErrorBody, ErrorCode, RequestId, RequestView};

use super::talk::{Phase, Talk, Turn};
use super::words;
use crate::app::app;
use crate::browser::http::Fault;
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
pub(super) fn turn_row(talk: Talk, number: usize) -> AnyView {
    let app = app();
    let open = RwSignal::new(false);
    let question = untrack(|| talk.look(number, |turn| turn.question.text.clone()));
    let text = Memo::new(move |_| talk.look(number, |turn| turn.answer.text()));
    let answer = move || {
        let piece = |(nth, text): (usize, String)| {
            if nth % 2 == 0 { text.into_any() } else { view! { <code>{text}</code> }.into_any() }
        };
        stretches(&text.get().unwrap_or_default()).into_iter().enumerate().map(piece).collect_view()
    };
    let fault = Signal::derive(move || talk.look(number, fault));
    // The envelope in which it was told.
    let envelope = move || {
        let raw = talk.look(number, |turn| {
            let answer = &turn.answer;
            let alone =
                turn.phase == Phase::Ended && answer.error().is_some() && answer.is_silent();
            alone.then(|| pretty(answer.raw()))
        });
        raw.map(|raw| view! { <pre class="said-text mono" tabindex="0">{raw}</pre> })
    };
    let state = move || {
        let state = talk.look(number, |turn| match (&turn.phase, turn.answer.is_silent()) {
            (Phase::Running, true) => Some((words::WAITING, Aspect::Running)),
            (Phase::Running, false) => Some((words::ANSWERING, Aspect::Running)),
            (Phase::Stopped, _) => Some((words::STOPPED, Aspect::Idle)),
            (Phase::Ended, true) if turn.answer.error().is_none() => {
                Some((words::NO_TEXT, Aspect::Caution))
            }
            (Phase::Ended | Phase::Failed(_), _) => None,
        });
        state.map(|(word, aspect)| view! { <SignalWord aspect word=word.owned()/> })
    };
    // The row comes with the request's last event.
    let row = move || {
        let id = talk.look(number, |turn| turn.id.clone())?;
        app.live.with(|live| match live.find(&id) {
            Some(Entry::Done(row)) => Some(served(row)),
            Some(Entry::Running(_)) | None => None,
        })
    };
    view! {
        <li class="turn">
            <p class="turn-asked"><span class="off-screen">{words::YOU}": "</span>{question}</p>
            <div class="turn-answer">{answer}</div>
            {state}
            <FormFault fault/>
            {envelope}
            <div class="turn-foot">
                {row}
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
            {move || open.get().then(|| exchange(talk, number))}
        </li>
    }
    .into_any()
}

/// What went wrong: as the browser met it, or as the vendor, or Switchyard in its dialect, tells it, under a plain
/// sentence.
fn fault(turn: &Turn) -> Option<Fault> {
    match &turn.phase {
        Phase::Failed(fault) => Some(fault.clone()),
        Phase::Ended => turn.answer.error().map(|told| {
            let message = words::failed(turn.status.unwrap_or_default()).owned();
            Fault::Refused(ErrorBody {
                code: ErrorCode::Invalid,
                message,
                hint: Some(told.to_owned()),
                retry_at: None,
            })
        }),
        Phase::Running | Phase::Stopped => None,
    }
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
        <SignalWord aspect word=word.owned()/>
        {by}
        <span class="num">{numbers.into_iter().flatten().collect::<Vec<_>>().join(" · ")}</span>
        <Link to class="quiet-link">{words::TRACE}</Link>
    }
    .into_any()
}

/// What was sent and what came, to the byte.
fn exchange(talk: Talk, number: usize) -> AnyView {
    let address = app().status.with_untracked(|status| status.address.clone()).unwrap_or_default();
    let (path, body) =
        untrack(|| talk.look(number, |turn| (turn.question.path(), turn.body.clone())));
    let sent = format!(
        "POST {address}/api/playground{path}\naccept: application/json\ncontent-type: \
         application/json\nauthorization: {}\n\n{body}",
        words::SESSION.text()
    );
    let command = curl(&address, &path, &body);
    let came = Signal::derive(move || {
        talk.look(number, |turn| match turn.status {
            None => words::NOTHING_CAME.owned(),
            Some(status) => {
                let id = turn.id.as_ref().map(RequestId::as_str).unwrap_or_default();
                format!(
                    "{status}\ncontent-type: {}\nx-switchyard-request: {id}\n\n{}",
                    turn.kind,
                    turn.answer.raw()
                )
            }
        })
    });
    let raw = Signal::derive(move || talk.look(number, |turn| turn.answer.raw().to_owned()));
    let part = |name, text: Signal<String>, what, shown: Signal<String>| {
        view! {
            <section aria-label=name>
                <div class="said-line">
                    <span class="label">{name}</span>
                    <CopyButton text what/>
                </div>
                <pre class="said-text mono" tabindex="0">{shown}</pre>
            </section>
        }
    };
    view! {
        <div class="exchange">
            {part(words::REQUEST, body.into(), words::THE_BODY, sent.into())}
            {part(words::REPLY, raw, words::THE_REPLY, came)}
            <p class="said-line hint">
                {words::CURL} <CopyButton text=command what=words::THE_CURL/>
            </p>
        </div>
    }
    .into_any()
}
