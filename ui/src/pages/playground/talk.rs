//! What was asked and answered. It lives in the tab, whatever page is shown.

use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::Value;
use switchyard_types::{Dialect, ErrorBody, RequestId};
use web_sys::{AbortController, AbortSignal};

use super::words;
use crate::app::App;
use crate::browser;
use crate::browser::http::{self, Fault};
use crate::facts::answer::Answer;
use crate::facts::question::Question;
use crate::facts::tools::AUTO;
use crate::word::Word;

/// How far an answer is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Phase {
    Running,
    Ended,
    Stopped,
    Failed(Fault),
}

/// A question, and what came back.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Turn {
    /// Counted in this tab.
    pub(super) number: usize,
    pub(super) question: Question,
    /// The body as it was sent.
    pub(super) body: String,
    pub(super) status: Option<u16>,
    /// The reply's content type.
    pub(super) kind: String,
    /// The request, by which its trace is found.
    pub(super) id: Option<RequestId>,
    /// The reply so far.
    pub(super) answer: Answer,
    pub(super) phase: Phase,
}

/// The conversation, and how the next question is asked.
#[derive(Clone, Copy)]
pub(crate) struct Talk {
    pub(super) turns: RwSignal<Vec<Turn>>,
    pub(super) model: RwSignal<String>,
    pub(super) dialect: RwSignal<String>,
    pub(super) system: RwSignal<String>,
    pub(super) temperature: RwSignal<String>,
    pub(super) limit: RwSignal<String>,
    pub(super) stream: RwSignal<bool>,
    pub(super) draft: RwSignal<String>,
    pub(super) mistake: RwSignal<Option<Word>>,
    pub(super) busy: RwSignal<bool>,
    /// Ends the answer that is under way.
    abort: StoredValue<Option<AbortController>, LocalStorage>,
    asked: StoredValue<usize>,
}

/// Each dialect and its word in the list.
pub(super) const DIALECTS: [(Dialect, &str); 5] = [
    (Dialect::Chat, "chat"),
    (Dialect::Responses, "responses"),
    (Dialect::Messages, "messages"),
    (Dialect::Gemini, "gemini"),
    (Dialect::Ollama, "ollama"),
];

impl Talk {
    pub(crate) fn new() -> Self {
        let empty = || RwSignal::new(String::new());
        Self {
            turns: RwSignal::new(Vec::new()),
            model: empty(),
            dialect: RwSignal::new("chat".to_owned()),
            system: empty(),
            temperature: empty(),
            limit: empty(),
            stream: RwSignal::new(true),
            draft: empty(),
            mistake: RwSignal::new(None),
            busy: RwSignal::new(false),
            abort: StoredValue::new_local(None),
            asked: StoredValue::new(0),
        }
    }

    /// Looks at a turn; nothing where it is gone.
    pub(super) fn look<T: Default>(self, number: usize, look: impl FnOnce(&Turn) -> T) -> T {
        self.turns
            .with(|turns| turns.iter().find(|turn| turn.number == number).map(look))
            .unwrap_or_default()
    }

    fn change(self, number: usize, change: impl FnOnce(&mut Turn)) {
        self.turns.update(|turns| {
            if let Some(turn) = turns.iter_mut().find(|turn| turn.number == number) {
                change(turn);
            }
        });
    }

    /// Whom the next question asks: who was chosen, else the active combo, else whatever is connected.
    pub(super) fn asks(self, app: App) -> String {
        let chosen = self.model.get();
        if !chosen.is_empty() {
            return chosen;
        }
        if app.active_combo().is_some() {
            return AUTO.to_owned();
        }
        let models = app.models.rows();
        models.into_iter().find(|one| one.connected).map(|one| one.model).unwrap_or_default()
    }

    /// What is typed, as a question; or what is wrong with it.
    fn question(self, app: App) -> Result<Question, Word> {
        let model = untrack(|| self.asks(app));
        if model.is_empty() {
            return Err(words::NO_MODEL);
        }
        let is_warmth = |value: &Value| value.as_f64().is_some_and(|n| (0.0..=2.0).contains(&n));
        let is_length = |value: &Value| value.as_u64().is_some_and(|n| n > 0);
        let mut before = Vec::new();
        self.turns.with_untracked(|turns| {
            // What was not answered is not part of the conversation.
            for turn in turns {
                before.extend(turn.answer.text().map(|text| (turn.question.text.clone(), text)));
            }
        });
        let word = self.dialect.get_untracked();
        let dialect = DIALECTS.into_iter().find(|(_, held)| *held == word);
        Ok(Question {
            dialect: dialect.map_or(Dialect::Chat, |(dialect, _)| dialect),
            model,
            system: self.system.get_untracked().trim().to_owned(),
            temperature: typed(self.temperature, is_warmth).ok_or(words::TEMPERATURE_BAD)?,
            limit: typed(self.limit, is_length).ok_or(words::LIMIT_BAD)?,
            stream: self.stream.get_untracked(),
            before,
            text: self.draft.get_untracked().trim().to_owned(),
        })
    }

    /// Sends what is typed.
    pub(super) fn ask(self, app: App) {
        let is_empty = self.draft.with_untracked(|draft| draft.trim().is_empty());
        if is_empty || self.busy.get_untracked() {
            return;
        }
        let question = match self.question(app) {
            Ok(question) => question,
            Err(mistake) => return self.mistake.set(Some(mistake)),
        };
        let (Ok(abort), Ok(body)) =
            (AbortController::new(), serde_json::to_string_pretty(&question.body()))
        else {
            return;
        };
        let signal = abort.signal();
        self.mistake.set(None);
        self.busy.set(true);
        self.draft.set(String::new());
        self.abort.set_value(Some(abort));
        let number = self.asked.get_value();
        self.asked.set_value(number + 1);
        let (path, dialect) = (question.path(), question.dialect);
        let turn = Turn {
            number,
            question,
            body: body.clone(),
            status: None,
            kind: String::new(),
            id: None,
            answer: Answer::new(dialect),
            phase: Phase::Running,
        };
        self.turns.update(|turns| turns.push(turn));
        spawn_local(async move {
            let path = ["/api/playground", &path].concat();
            let phase = match self.hear(number, &path, &body, &signal).await {
                _ if signal.aborted() => Phase::Stopped,
                Ok(()) => Phase::Ended,
                Err(fault) => {
                    if fault.is_sign_in() {
                        app.fault(&fault);
                    }
                    Phase::Failed(fault)
                }
            };
            self.change(number, |turn| turn.phase = phase);
            self.busy.set(false);
        });
    }

    /// Asks, and tells the turn what comes.
    async fn hear(
        self,
        number: usize,
        path: &str,
        body: &str,
        signal: &AbortSignal,
    ) -> Result<(), Fault> {
        let response = http::ask(path, body, signal).await?;
        let header = |name| response.headers().get(name).ok().flatten();
        let (kind, id) = (header("content-type"), header("x-switchyard-request"));
        let of_ours = id.is_none();
        self.change(number, |turn| {
            turn.status = Some(response.status());
            turn.kind = kind.unwrap_or_default();
            turn.id = id.map(RequestId::new);
        });
        let body = http::Body::of(&response)?;
        while let Some(bytes) = body.next().await? {
            self.change(number, |turn| turn.answer.push(&bytes));
        }
        self.change(number, |turn| turn.answer.end());
        let refusal = || untrack(|| self.look(number, |turn| refused(turn.answer.raw())));
        match of_ours.then(refusal).flatten() {
            Some(refused) => Err(Fault::Refused(refused)),
            None => Ok(()),
        }
    }

    /// Ends the answer that is under way; the vendor's work ends with it.
    pub(super) fn stop(self) {
        self.abort.with_value(|abort| {
            if let Some(abort) = abort {
                abort.abort();
            }
        });
    }

    /// Forgets what was said.
    pub(super) fn clear(self) {
        self.stop();
        // The button that was pressed can be pressed no more.
        browser::focus_on(".composer textarea");
        self.turns.set(Vec::new());
    }
}

/// The reason for which we refused, where this is one.
fn refused(raw: &str) -> Option<ErrorBody> {
    serde_json::from_str(raw).ok()
}

/// The number in a field, as JSON has it; `Some(None)` where the field is empty, `None` where it is wrong.
#[expect(clippy::option_option, reason = "nothing typed is not the same as something wrong")]
fn typed(field: RwSignal<String>, fits: fn(&Value) -> bool) -> Option<Option<Value>> {
    let text = field.get_untracked();
    match text.trim() {
        "" => Some(None),
        text => Some(Some(serde_json::from_str(text).ok().filter(fits)?)),
    }
}
