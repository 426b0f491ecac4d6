//! The panel that adds a vendor of the user's own.

use leptos::prelude::*;
use switchyard_types::{Dialect, NewVendor, Tier, VendorView};

use super::{TIERS, words};
use crate::app::app;
use crate::browser::http::{self, Method};
use crate::facts::words as facts;
use crate::parts::field::{Switch, TextField};
use crate::parts::form::{FormPanel, Mistake};
use crate::parts::sending::Sending;
use crate::word::Word;

/// What an endpoint may speak.
const SPOKEN: [Dialect; 3] = [Dialect::Chat, Dialect::Responses, Dialect::Messages];

/// One of a few, all seen at once.
#[component]
fn OneOf<T: Copy + PartialEq + Send + Sync + 'static>(
    label: Word,
    name: &'static str,
    all: [T; 3],
    chosen: RwSignal<T>,
    word: fn(T) -> Word,
) -> impl IntoView {
    let choice = move |one: T| {
        view! {
            <label class="segment">
                <input
                    type="radio"
                    name=name
                    prop:checked=move || chosen.get() == one
                    on:change=move |_| chosen.set(one)
                />
                <span>{word(one)}</span>
            </label>
        }
    };
    view! {
        <fieldset class="field">
            <legend>{label}</legend>
            <div class="segments">{all.map(choice).collect_view()}</div>
        </fieldset>
    }
}

/// The panel.
#[component]
pub(super) fn AddEndpoint(adding: RwSignal<bool>) -> impl IntoView {
    let app = app();
    let close = Callback::new(move |()| adding.set(false));
    let name = RwSignal::new(String::new());
    let prefix = RwSignal::new(String::new());
    let base_url = RwSignal::new(String::new());
    let models = RwSignal::new(String::new());
    let dialect = RwSignal::new(Dialect::Chat);
    let tier = RwSignal::new(Tier::Cheap);
    let allow_private = RwSignal::new(false);
    let wrong = RwSignal::new(None::<Word>);
    let sending = Sending::new();
    let add = Callback::new(move |()| {
        let text = |field: RwSignal<String>| field.get_untracked().trim().to_owned();
        let new = NewVendor {
            name: text(name),
            prefix: text(prefix),
            dialect: dialect.get_untracked(),
            base_url: text(base_url),
            allow_private: allow_private.get_untracked(),
            models: models.with_untracked(|models| {
                let lines = models.lines().map(str::trim).filter(|line| !line.is_empty());
                lines.map(str::to_owned).collect()
            }),
            tier: tier.get_untracked(),
        };
        wrong.set(mistake(&new));
        if wrong.get_untracked().is_some() {
            return;
        }
        let asked =
            async move { http::change::<VendorView>(Method::Post, "/api/vendors", &new).await };
        sending.send(asked, move |vendor| {
            let id = vendor.id.clone();
            app.vendors.change(|vendors| vendors.push(vendor));
            app.reload_lists();
            // The user may have closed the panel meanwhile.
            close.try_run(());
            // The next step is its key.
            app.adding_key.set(Some(id));
        });
    });
    view! {
        <FormPanel title=words::ENDPOINT close save=add sending action=words::ADD>
                    <p class="quiet">{words::ENDPOINT_TEXT}</p>
                    <TextField
                        label=words::ENDPOINT_NAME
                        value=name
                        id="endpoint-name"
                        autofocus=true
                    />
                    <TextField
                        label=words::BASE_URL
                        value=base_url
                        id="endpoint-url"
                        hint=words::BASE_URL_HINT
                        mono=true
                    />
                    <OneOf
                        label=words::SPEAKS
                        name="endpoint-dialect"
                        all=SPOKEN
                        chosen=dialect
                        word=facts::dialect
                    />
                    <TextField
                        label=words::PREFIX
                        value=prefix
                        id="endpoint-prefix"
                        hint=words::PREFIX_HINT
                        mono=true
                    />
                    <div class="field">
                        <label for="endpoint-models">{words::MODELS}</label>
                        <textarea
                            id="endpoint-models"
                            class="input mono"
                            rows="3"
                            spellcheck="false"
                            aria-describedby="endpoint-models-hint"
                            prop:value=models
                            on:input=move |event| models.set(event_target_value(&event))
                        ></textarea>
                        <p class="hint" id="endpoint-models-hint">{words::MODELS_HINT}</p>
                    </div>
                    <OneOf
                        label=words::TIER
                        name="endpoint-tier"
                        all=TIERS
                        chosen=tier
                        word=facts::tier
                    />
                    <div class="field">
                        <Switch
                            label=words::PRIVATE
                            on=allow_private
                            toggle=Callback::new(move |on| allow_private.set(on))
                        />
                        <p class="hint">{words::PRIVATE_HINT}</p>
                    </div>
                    <Mistake text=wrong/>
        </FormPanel>
    }
}

/// What the user must mend before the server is asked.
fn mistake(new: &NewVendor) -> Option<Word> {
    if new.name.is_empty() || new.prefix.is_empty() || new.base_url.is_empty() {
        return Some(words::INCOMPLETE);
    }
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-';
    (!new.prefix.chars().all(fits)).then_some(words::PREFIX_BAD)
}
