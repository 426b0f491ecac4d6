//! Ready-made combos.

use leptos::prelude::*;
use leptos::task::spawn_local;
use switchyard_types::{ComboTemplate, ComboView, TemplateUse};

use super::terms::{free_name, said};
use super::words;
use crate::app::app;
use crate::browser::http::{self, Method};
use crate::facts::path::encode;
use crate::facts::words::{self as facts, Aspect};
use crate::parts::sending::Sending;
use crate::parts::signal::SignalWord;
use crate::parts::words::list;

/// Those that there are: each is made by one click, with the name that is typed or one of its own.
#[component]
pub(super) fn Templates(
    name: RwSignal<String>,
    sending: Sending,
    made: Callback<ComboView>,
) -> impl IntoView {
    let app = app();
    let all = RwSignal::new(Vec::<ComboTemplate>::new());
    spawn_local(async move {
        // Without them the combo can be made by hand all the same.
        if let Ok(templates) = http::get("/api/combo-templates").await {
            let _ = all.try_set(templates);
        }
    });
    let make = Callback::new(move |id: String| {
        let typed = name.get_untracked().trim().to_owned();
        let name = if typed.is_empty() {
            let combos = app.combos.with_untracked(Clone::clone).unwrap_or_default();
            free_name(&id, |name| combos.iter().any(|combo| combo.name == name))
        } else {
            typed
        };
        let path = format!("/api/combo-templates/{}", encode(&id));
        let asked = async move {
            let asked = TemplateUse { name: Some(name) };
            http::change::<ComboView>(Method::Post, &path, &asked).await
        };
        sending.send(asked, move |combo| made.run(combo));
    });
    let row = move |template: ComboTemplate| {
        let models: Vec<String> = template.candidates.into_iter().map(|spec| spec.model).collect();
        let strategy = said(template.terms).into_iter().map(|(_, name, _)| name);
        let how = strategy.collect::<Vec<_>>().join(" · ");
        let (word, aspect) = if template.ready {
            (words::CONNECTED, Aspect::Clear)
        } else {
            (words::NOT_CONNECTED, Aspect::Idle)
        };
        let (name, purpose) = facts::template(&template.id)
            .map_or((template.name, template.purpose), |(name, purpose)| {
                (name.into(), purpose.into())
            });
        let (label, id) = ([words::USE_TEMPLATE.text(), ": ", &name].concat(), template.id);
        view! {
            <li class="template">
                <div>
                    <strong>{name}</strong>
                    <SignalWord aspect word=word.owned()/>
                </div>
                <p>{purpose}</p>
                <p class="hint">{words::tried(&list(&models))} " · " {how}</p>
                <button
                    type="button"
                    class="button is-small"
                    aria-label=label
                    disabled=sending.busy
                    on:click=move |_| make.run(id.clone())
                >
                    {words::USE_TEMPLATE}
                </button>
            </li>
        }
    };
    move || {
        (!all.with(Vec::is_empty)).then(|| {
            view! {
                <section class="field" aria-label=words::TEMPLATES>
                    <h3>{words::TEMPLATES}</h3>
                    <p class="hint">{words::TEMPLATES_TEXT}</p>
                    <ul class="templates">{all.get().into_iter().map(row).collect_view()}</ul>
                </section>
                <h3>{words::OWN}</h3>
            }
        })
    }
}
