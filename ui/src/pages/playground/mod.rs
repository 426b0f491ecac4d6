//! Asking any model in any dialect, and seeing the exchange.

pub(crate) mod talk;
mod turn;
mod words;

use leptos::prelude::*;

use self::talk::{DIALECTS, Talk};
use self::turn::turn_row;
use crate::app::app;
use crate::facts::words::dialect;
use crate::pages::tools::model_field::ModelField;
use crate::parts::field::{AreaField, SelectField, Switch, TextField};
use crate::parts::form::Mistake;
use crate::parts::gate::Blank;
use crate::parts::icon::{Glyph, Icon};
use crate::parts::rows::rows;

/// The page.
#[component]
pub(crate) fn Playground() -> impl IntoView {
    let app = app();
    app.bodies.want();
    let talk = app.talk;
    let none = Memo::new(move |_| talk.turns.with(Vec::is_empty));
    let kept = Memo::new(move |_| app.bodies.with(|bodies| bodies.keep).unwrap_or_default());
    view! {
        <div class="page playground">
            <header class="page-head">
                <h1>{words::TITLE}</h1>
                <div class="page-tools">
                    <button type="button" class="button" disabled=none on:click=move |_| talk.clear()>
                        <Icon of=Glyph::Trash/>
                        {words::CLEAR}
                    </button>
                </div>
            </header>
            <p class="lead">
                {words::LEAD} " " {words::IN_TAB} " " {move || kept.get().then_some(words::KEPT)}
            </p>
            <div class="play">
                {setup(talk)}
                <div class="panel talk-panel">
                    <div
                        class="talk"
                        tabindex="0"
                        role="log"
                        aria-label=words::TALK
                        aria-busy=move || talk.busy.get().to_string()
                    >
                        <ol>
                            {rows(
                                move || {
                                    talk.turns.with(|turns| turns.iter().map(|turn| turn.number).collect())
                                },
                                usize::to_string,
                                move |number| turn_row(talk, number),
                            )}
                        </ol>
                        {move || {
                            none.get()
                                .then(|| {
                                    view! {
                                        <Blank glyph=Glyph::Talk title=words::EMPTY text=words::EMPTY_TEXT/>
                                    }
                                })
                        }}
                    </div>
                    {composer(talk)}
                </div>
            </div>
        </div>
    }
}

fn setup(talk: Talk) -> AnyView {
    let app = app();
    let value = Signal::derive(move || Some(talk.asks(app)));
    let choose =
        Callback::new(move |model: Option<String>| talk.model.set(model.unwrap_or_default()));
    let entries: Vec<_> =
        DIALECTS.into_iter().map(|(of, word)| (word.to_owned(), dialect(of).owned())).collect();
    view! {
        <section class="panel play-setup" aria-label=words::SETUP>
            <ModelField label=words::MODEL id="play-model".to_owned() value choose/>
            <SelectField label=words::DIALECT value=talk.dialect entries id="play-dialect"/>
            <details class="form-more">
                <summary>{words::MORE}</summary>
                <AreaField label=words::SYSTEM value=talk.system id="play-system"/>
                <TextField label=words::TEMPERATURE value=talk.temperature id="play-temperature"/>
                <TextField label=words::LIMIT value=talk.limit id="play-limit"/>
                <Switch
                    label=words::STREAM.owned()
                    on=talk.stream
                    toggle=Callback::new(move |on| talk.stream.set(on))
                />
            </details>
        </section>
    }
    .into_any()
}

fn composer(talk: Talk) -> AnyView {
    let app = app();
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if talk.busy.get_untracked() {
            talk.stop();
        } else {
            talk.ask(app);
        }
    };
    let on_key = move |event: web_sys::KeyboardEvent| {
        // An input method's Enter takes a word, not the message.
        if event.key() == "Enter" && !event.shift_key() && !event.is_composing() {
            event.prevent_default();
            talk.ask(app);
        }
    };
    view! {
        <form class="composer" on:submit=send>
            <Mistake text=talk.mistake/>
            <textarea
                class="input"
                rows="2"
                autofocus
                aria-label=words::MESSAGE
                placeholder=words::MESSAGE_HINT
                prop:value=talk.draft
                on:input=move |event| talk.draft.set(event_target_value(&event))
                on:keydown=on_key
            ></textarea>
            <button type="submit" class="button" class:is-primary=move || !talk.busy.get()>
                {move || if talk.busy.get() { words::STOP } else { words::SEND }}
            </button>
        </form>
    }
    .into_any()
}
