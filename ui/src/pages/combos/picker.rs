//! Finding models for a combo. It stays open, since a combo has several.

use leptos::prelude::*;

use super::editor::Desk;
use super::words;
use crate::app::app;
use crate::facts::search;
use crate::facts::words::Aspect;
use crate::parts::chooser::{Choice, Chooser, Lead};
use crate::parts::dialog::{Dialog, Stand};
use crate::parts::icon::Glyph;

/// How many answers are shown; who needs more types another letter.
const MOST: usize = 60;

/// The picker.
#[component]
pub(super) fn Picker(picking: RwSignal<bool>, desk: Desk) -> impl IntoView {
    let app = app();
    let close = Callback::new(move |()| picking.set(false));
    let query = RwSignal::new(String::new());
    let held = Memo::new(move |_| {
        desk.combo.track();
        desk.specs().into_iter().map(|spec| spec.model).collect::<Vec<_>>()
    });
    let choices = Signal::derive(move || {
        let now = app.clock.tens.get();
        held.with(|held| {
            app.models
                .with(|models| {
                    query.with(|query| {
                        let typed = search::free_text(query, models).map(|model| typed(&model));
                        let found = search::models(query, models).into_iter().take(MOST);
                        let mut choices: Vec<Choice> = found
                            .map(|choice| {
                                let is_held = held.contains(&choice.model);
                                let locked = choice.locked_until.is_some_and(|until| until > now);
                                let (note, aspect) = match (is_held, choice.connected, locked) {
                                    (true, _, _) => (words::IN_COMBO.text(), None),
                                    (false, false, _) => {
                                        (words::NOT_CONNECTED.text(), Some(Aspect::Idle))
                                    }
                                    (false, true, true) => {
                                        (words::LOCKED.text(), Some(Aspect::Stop))
                                    }
                                    (false, true, false) => {
                                        (words::CLEAR.text(), Some(Aspect::Clear))
                                    }
                                };
                                Choice {
                                    id: choice.model.clone(),
                                    lead: Lead::Vendor(choice.vendor.clone()),
                                    label: choice.model.clone(),
                                    mono: true,
                                    note: note.to_owned(),
                                    aspect,
                                }
                            })
                            .collect();
                        choices.extend(typed);
                        choices
                    })
                })
                .unwrap_or_default()
        })
    });
    let choose = Callback::new(move |model: String| desk.add(app, model));
    view! {
        <Dialog stand=Stand::Top label=words::PICK_TITLE close>
            <Chooser query choices choose placeholder=words::PICK empty=words::NO_MODELS/>
            <footer class="chooser-foot">
                <span class="quiet num">
                    {move || held.with(|held| super::words::picked(held.len()))}
                </span>
                <button type="button" class="button is-primary is-small" on:click=move |_| close.run(())>
                    {words::DONE}
                </button>
            </footer>
        </Dialog>
    }
}

/// The row for a model that the list does not have.
fn typed(model: &str) -> Choice {
    Choice {
        id: model.to_owned(),
        lead: Lead::Icon(Glyph::Plus),
        label: model.to_owned(),
        mono: true,
        note: words::AS_TYPED.owned(),
        aspect: None,
    }
}
