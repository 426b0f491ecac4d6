//! Making a combo: a name, then its candidates in the editor.

use leptos::prelude::*;
use switchyard_types::ComboView;

use super::editor::name_fault;
use super::saving::{new_body, put};
use super::templates::Templates;
use super::words;
use crate::app::app;
use crate::facts::path::Route;
use crate::facts::search;
use crate::facts::words::Aspect;
use crate::parts::chooser::{Choice, Chooser, Lead};
use crate::parts::field::TextField;
use crate::parts::form::{FormPanel, Mistake};
use crate::parts::icon::Glyph;
use crate::parts::sending::Sending;
use crate::word::Word;

/// The panel.
#[component]
pub(super) fn NewCombo(making: RwSignal<bool>) -> impl IntoView {
    let app = app();
    let close = Callback::new(move |()| making.set(false));
    let name = RwSignal::new(String::new());
    let wrong = RwSignal::new(None::<Word>);
    let sending = Sending::new();
    let picked = RwSignal::new(Vec::<String>::new());
    let query = RwSignal::new(String::new());
    let choices = Signal::derive(move || {
        app.models
            .with(|models| {
                query.with(|query| {
                    let typed = search::free_text(query, models);
                    let known = search::models(query, models).into_iter().take(40).map(|choice| {
                        (
                            choice.model.clone(),
                            Lead::Vendor(choice.vendor.clone()),
                            choice.connected,
                        )
                    });
                    let typed = typed.map(|model| (model, Lead::Icon(Glyph::Plus), true));
                    let rows = known.chain(typed);
                    picked.with(|picked| {
                        rows.map(|(model, lead, connected)| choice(model, lead, connected, picked))
                            .collect::<Vec<_>>()
                    })
                })
            })
            .unwrap_or_default()
    });
    let choose = Callback::new(move |model: String| {
        picked.update(|picked| match picked.iter().position(|held| *held == model) {
            Some(at) => drop(picked.remove(at)),
            None => picked.push(model),
        });
    });
    let made = Callback::new(move |combo: ComboView| {
        let name = combo.name.clone();
        app.combos.change(|combos| {
            combos.retain(|held| held.name != name);
            combos.push(combo);
        });
        app.reload_lists();
        app.address.go(Route::Combos(Some(name)));
        // The user may have closed the panel meanwhile.
        close.try_run(());
    });
    let make = Callback::new(move |()| {
        let wish = name.get_untracked().trim().to_owned();
        wrong.set(name_fault(app, &wish, None));
        if wrong.get_untracked().is_some() {
            return;
        }
        let candidates = picked.get_untracked();
        let asked = async move { put(&wish, &new_body(candidates)).await };
        sending.send(asked, move |combo| made.run(combo));
    });
    let order = move || {
        let models = picked.get();
        models
            .into_iter()
            .map(|model| view! { <li class="mono" title=model.clone()>{model.clone()}</li> })
            .collect_view()
    };
    view! {
        <FormPanel title=words::NEW_TITLE close save=make sending action=words::MAKE>
                    <Templates name sending made/>
                    <TextField
                        label=words::NAME
                        value=name
                        id="combo-name"
                        hint=words::NAME_HINT
                        placeholder=words::NAME_PLACEHOLDER
                        autofocus=true
                        mono=true
                    />
                    <div class="field">
                        <span class="field-label">{words::CANDIDATES}</span>
                        <ol class="picked">{order}</ol>
                        <div class="boxed">
                            <Chooser query choices choose placeholder=words::PICK empty=words::NO_MODELS/>
                        </div>
                    </div>
                    <Mistake text=wrong/>
        </FormPanel>
    }
}

fn choice(model: String, lead: Lead, connected: bool, picked: &[String]) -> Choice {
    let place = picked.iter().position(|held| *held == model);
    let (note, aspect) = match place {
        Some(at) => (words::picked_at(at + 1), None),
        None if connected => (String::new(), None),
        None => (words::NOT_CONNECTED.owned(), Some(Aspect::Idle)),
    };
    Choice { id: model.clone(), lead, label: model, mono: true, note, aspect }
}
