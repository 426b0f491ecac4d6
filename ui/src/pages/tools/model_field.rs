//! Choosing what a tool asks for: a combo, `auto`, an alias or a model.

use leptos::prelude::*;

use super::words;
use crate::app::app;
use crate::facts::tools::{Means, Offer, offers};
use crate::facts::words::Aspect;
use crate::parts::chooser::{Choice, Chooser, Lead};
use crate::parts::dialog::{Dialog, Stand};
use crate::parts::icon::{Glyph, Icon};
use crate::word::Word;

/// How many answers are shown; who needs more types another letter.
const MOST: usize = 60;

/// The model that is chosen, and the way to another. Where `main` is given, the field may stay
/// without a model of its own and says that instead.
#[component]
pub(crate) fn ModelField(
    #[prop(into)] label: String,
    /// An id that is unique on the page.
    id: String,
    #[prop(into)] value: Signal<Option<String>>,
    #[prop(optional)] main: Option<Word>,
    choose: Callback<Option<String>>,
) -> impl IntoView {
    let picking = RwSignal::new(false);
    let label_id = format!("{id}-label");
    let named_by = format!("{label_id} {id}");
    let title = label.clone();
    let shown = move || match (value.get().filter(|model| !model.is_empty()), main) {
        (Some(model), _) => view! { <span class="pick-name mono">{model}</span> }.into_any(),
        (None, Some(main)) => view! { <span class="pick-name quiet">{main}</span> }.into_any(),
        (None, None) => view! { <span class="pick-name quiet">{words::NO_MODEL}</span> }.into_any(),
    };
    view! {
        <div class="field">
            <span class="field-label" id=label_id>{label}</span>
            <button
                type="button"
                class="pick"
                id=id
                aria-labelledby=named_by
                aria-haspopup="dialog"
                title=move || value.get()
                on:click=move |_| picking.set(true)
            >
                {shown}
                <Icon of=Glyph::ChevronDown/>
            </button>
            {move || {
                picking.get().then(|| view! { <Picker title=title.clone() picking main choose/> })
            }}
        </div>
    }
}

#[component]
fn Picker(
    title: String,
    picking: RwSignal<bool>,
    main: Option<Word>,
    choose: Callback<Option<String>>,
) -> impl IntoView {
    let app = app();
    let query = RwSignal::new(String::new());
    let close = Callback::new(move |()| picking.set(false));
    let choices = Signal::derive(move || {
        let (combos, aliases, models) = (app.combos.rows(), app.aliases.rows(), app.models.rows());
        let query = query.get();
        let found = offers(&query, (&combos, &aliases, &models), app.clock.tens.get());
        let main = main.filter(|_| query.is_empty()).map(|word| Choice {
            id: String::new(),
            lead: Lead::Icon(Glyph::Up),
            label: word.owned(),
            mono: false,
            note: String::new(),
            aspect: None,
        });
        main.into_iter().chain(found.into_iter().take(MOST).map(row)).collect::<Vec<_>>()
    });
    let pick = Callback::new(move |name: String| {
        picking.set(false);
        choose.run(Some(name).filter(|name| !name.is_empty()));
    });
    view! {
        <Dialog stand=Stand::Top label=title close>
            <Chooser query choices choose=pick placeholder=words::PICK empty=words::NO_MODELS/>
        </Dialog>
    }
}

fn row(Offer { name, means }: Offer) -> Choice {
    let (lead, note, aspect) = match means {
        Means::Auto(active) => (Lead::Icon(Glyph::Yard), words::auto_means(&active), None),
        Means::Combo(many) => (Lead::Icon(Glyph::Combos), words::combo_of(many), None),
        Means::Alias(target) => (Lead::Icon(Glyph::ArrowRight), words::alias_of(&target), None),
        Means::Typed => (Lead::Icon(Glyph::Plus), words::AS_TYPED.owned(), None),
        Means::Model { vendor, connected, locked } => {
            let (note, aspect) = match (connected, locked) {
                (false, _) => (words::NOT_CONNECTED.text(), Aspect::Idle),
                (true, true) => (words::LOCKED.text(), Aspect::Stop),
                (true, false) => (words::CLEAR.text(), Aspect::Clear),
            };
            (Lead::Vendor(vendor), note.to_owned(), Some(aspect))
        }
    };
    Choice { id: name.clone(), lead, label: name, mono: true, note, aspect }
}
