//! The panel that adds a vendor of the user's own, or changes one.

use leptos::prelude::*;
use leptos::task::spawn_local;
use switchyard_types::{Dialect, NewVendor, Tier, VendorView};

use super::{TIERS, words};
use crate::app::app;
use crate::browser::http::{self, Method};
use crate::facts::path::encode;
use crate::facts::words as facts;
use crate::parts::field::{Switch, TextField};
use crate::parts::form::{FormPanel, Mistake};
use crate::parts::icon::{Glyph, Icon};
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

/// The panel that adds one.
#[component]
pub(super) fn AddEndpoint(adding: RwSignal<bool>) -> impl IntoView {
    let app = app();
    let close = Callback::new(move |()| adding.set(false));
    let saved = Callback::new(move |vendor: VendorView| {
        let id = vendor.id.clone();
        app.vendors.change(|vendors| vendors.push(vendor));
        app.reload_lists();
        // The user may have closed the panel meanwhile.
        close.try_run(());
        // The next step is its key.
        app.adding_key.set(Some(id));
    });
    let new = NewVendor {
        name: String::new(),
        prefix: String::new(),
        dialect: Dialect::Chat,
        base_url: String::new(),
        allow_private: false,
        models: Vec::new(),
        tier: Tier::Cheap,
    };
    view! { <EndpointForm held=new at="/api/vendors" title=words::ENDPOINT saved close/> }
}

/// The button that changes one, and its panel.
#[component]
pub(super) fn ChangeEndpoint(vendor: VendorView) -> impl IntoView {
    let app = app();
    let VendorView { id, name, .. } = vendor;
    let at = format!("/api/vendors/{}", encode(&id));
    let held = RwSignal::new(None::<NewVendor>);
    let close = Callback::new(move |()| held.set(None));
    let path = at.clone();
    let open = move |_| {
        let path = path.clone();
        spawn_local(async move {
            match http::get::<NewVendor>(&path).await {
                Ok(vendor) => {
                    let _ = held.try_set(Some(vendor));
                }
                Err(fault) => app.fault(&fault),
            }
        });
    };
    let saved = Callback::new(move |vendor: VendorView| {
        app.notices.done(words::changed(&vendor.name));
        close.try_run(());
        app.vendors.change(|vendors| {
            if let Some(held) = vendors.iter_mut().find(|held| held.id == vendor.id) {
                *held = vendor;
            }
        });
        app.reload_lists();
    });
    let title = words::change_of(&name);
    view! {
        <button
            type="button"
            class="icon-button"
            aria-label=title.clone()
            title=words::CHANGE
            on:click=open
        >
            <Icon of=Glyph::Pencil/>
        </button>
        {move || {
            let (at, title) = (at.clone(), title.clone());
            held.get().map(|held| view! { <EndpointForm held at title saved close/> })
        }}
    }
}

/// The form for an endpoint as it is now. One that has a prefix keeps it: combos name its models by it.
#[component]
fn EndpointForm(
    held: NewVendor,
    /// Where it is sent.
    #[prop(into)]
    at: String,
    #[prop(into)] title: String,
    saved: Callback<VendorView>,
    close: Callback<()>,
) -> impl IntoView {
    let is_new = held.prefix.is_empty();
    let (method, action, text) = if is_new {
        (Method::Post, words::ADD, words::ENDPOINT_TEXT)
    } else {
        (Method::Put, words::CHANGE_SAVE, words::ENDPOINT_MOVES)
    };
    let name = RwSignal::new(held.name);
    let prefix = RwSignal::new(held.prefix);
    let base_url = RwSignal::new(held.base_url);
    let models = RwSignal::new(held.models.join("\n"));
    let dialect = RwSignal::new(held.dialect);
    let tier = RwSignal::new(held.tier);
    let allow_private = RwSignal::new(held.allow_private);
    let wrong = RwSignal::new(None::<Word>);
    let sending = Sending::new();
    let save = Callback::new(move |()| {
        let text = |field: RwSignal<String>| field.get_untracked().trim().to_owned();
        let vendor = NewVendor {
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
        wrong.set(mistake(&vendor));
        if wrong.get_untracked().is_some() {
            return;
        }
        let at = at.clone();
        let asked = async move { http::change::<VendorView>(method, &at, &vendor).await };
        sending.send(asked, move |vendor| saved.run(vendor));
    });
    let prefixed = is_new.then(|| {
        view! {
            <TextField
                label=words::PREFIX
                value=prefix
                id="endpoint-prefix"
                hint=words::PREFIX_HINT
                mono=true
            />
        }
    });
    view! {
        <FormPanel title close save sending action>
                    <p class="quiet">{text}</p>
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
                    {prefixed}
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
