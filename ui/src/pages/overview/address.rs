//! What to point an agent at: the first line of the page.

use leptos::prelude::*;

use super::words;
use crate::app::app;
use crate::facts::path::Route;
use crate::pages::keys::make_agent_key;
use crate::parts::copy::CopyButton;
use crate::parts::icon::{Glyph, Icon};
use crate::parts::link::Link;

/// The address and the model name, each with its copy button. Whoever makes no key of its own has one made here.
#[component]
pub(crate) fn AddressBar(#[prop(optional)] maker: Option<AnyView>) -> impl IntoView {
    let app = app();
    let address = Signal::derive(move || {
        app.status.with(|status| status.address.clone()).unwrap_or_default()
    });
    let known = Memo::new(move |_| app.status.with(|_| ()).is_some());
    let keys = Memo::new(move |_| app.status.with(|status| status.keys_required));
    let dropped = Memo::new(move |_| app.status.with(|status| status.dropped_records).unwrap_or(0));
    view! {
        <section class="address">
            <div class="address-part is-address">
                <span class="label">{words::ADDRESS}</span>
                <span class="address-value mono" class:bone=move || !known.get()>{address}</span>
                <CopyButton text=address what=words::THE_ADDRESS/>
            </div>
            <div class="address-part">
                <span class="label">{words::MODEL}</span>
                <span class="address-value mono">{words::AUTO}</span>
                <CopyButton text=words::AUTO what=words::THE_MODEL/>
            </div>
            {maker}
            {move || {
                keys.get()
                    .map(|required| {
                        let word = if required { words::KEY_NEEDED } else { words::KEY_OPTIONAL };
                        view! {
                            <Link to=Route::Keys class="address-note">
                                <Icon of=Glyph::Keys/>
                                {word}
                            </Link>
                        }
                    })
            }}
        </section>
        {move || {
            let n = dropped.get();
            (n > 0)
                .then(|| {
                    view! {
                        <div class="callout is-caution" role="status">
                            <Icon of=Glyph::Alert/>
                            <div>
                                <strong>{words::dropped(n)}</strong>
                                <p>{words::DROPPED_HINT}</p>
                            </div>
                        </div>
                    }
                })
        }}
    }
}

/// Makes a key for an agent, without leaving the page.
#[component]
pub(super) fn MakeKey() -> impl IntoView {
    let app = app();
    view! {
        <button
            type="button"
            class="button is-small"
            disabled=app.making_key
            on:click=move |_| make_agent_key(app)
        >
            <Icon of=Glyph::Plus/>
            {words::MAKE_KEY}
        </button>
    }
}
