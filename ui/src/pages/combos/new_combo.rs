//! Making a combo: a name, then its candidates in the editor.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::editor::name_fault;
use super::saving::{body_of, put};
use super::words;
use crate::app::app;
use crate::browser::http::Fault;
use crate::facts::path::Route;
use crate::facts::search;
use crate::facts::words::Aspect;
use crate::parts::chooser::{Choice, Chooser, Lead};
use crate::parts::dialog::{Dialog, PanelHead, Stand};
use crate::parts::field::TextField;
use crate::parts::gate::FormFault;
use crate::parts::icon::{Glyph, Icon};
use crate::parts::words::CANCEL;

/// The panel.
#[component]
pub(super) fn NewCombo(making: RwSignal<bool>) -> impl IntoView {
    let app = app();
    let close = Callback::new(move |()| making.set(false));
    let name = RwSignal::new(String::new());
    let wrong = RwSignal::new(None::<&'static str>);
    let fault = RwSignal::new(None::<Fault>);
    let busy = RwSignal::new(false);
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
    let make = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let wish = name.get_untracked().trim().to_owned();
        wrong.set(name_fault(app, &wish, None));
        if wrong.get_untracked().is_some() || busy.get_untracked() {
            return;
        }
        busy.set(true);
        fault.set(None);
        let candidates = picked.get_untracked();
        spawn_local(async move {
            let answer = put(&wish, &body_of(candidates)).await;
            let _ = busy.try_set(false);
            match answer {
                Ok(combo) => {
                    app.combos.change(|combos| combos.push(combo));
                    app.reload_lists();
                    app.address.go(Route::Combos(Some(wish)));
                    // The user may have closed the panel meanwhile.
                    close.try_run(());
                }
                Err(problem) if problem.is_sign_in() => app.fault(&problem),
                Err(problem) => {
                    let _ = fault.try_set(Some(problem));
                }
            }
        });
    };
    let order = move || {
        let models = picked.get();
        models
            .into_iter()
            .map(|model| view! { <li class="mono" title=model.clone()>{model.clone()}</li> })
            .collect_view()
    };
    view! {
        <Dialog stand=Stand::Right label=words::NEW_TITLE close>
            <form class="panel-form" on:submit=make>
                <PanelHead close>
                    <h2>{words::NEW_TITLE}</h2>
                </PanelHead>
                <div class="form-body">
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
                    {move || {
                        wrong
                            .get()
                            .map(|text| {
                                view! {
                                    <div class="callout is-stop" role="alert">
                                        <Icon of=Glyph::Alert/>
                                        <div>{text}</div>
                                    </div>
                                }
                            })
                    }}
                    <FormFault fault/>
                </div>
                <footer class="form-foot">
                    <button type="button" class="button" on:click=move |_| close.run(())>
                        {CANCEL}
                    </button>
                    <button type="submit" class="button is-primary" disabled=busy>
                        {words::MAKE}
                    </button>
                </footer>
            </form>
        </Dialog>
    }
}

fn choice(model: String, lead: Lead, connected: bool, picked: &[String]) -> Choice {
    let place = picked.iter().position(|held| *held == model);
    let (note, aspect) = match place {
        Some(at) => (words::picked_at(at + 1), None),
        None if connected => (String::new(), None),
        None => (words::NOT_CONNECTED.to_owned(), Some(Aspect::Idle)),
    };
    Choice { id: model.clone(), lead, label: model, mono: true, note, aspect }
}
