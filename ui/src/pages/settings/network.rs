//! Where agents find Switchyard, and what is known of the listener.

use leptos::prelude::*;
use switchyard_types::Dialect;

use super::panel::Panel;
use super::words;
use crate::app::app;
use crate::facts::path::Route;
use crate::facts::words as facts;
use crate::parts::copy::CopyButton;
use crate::parts::gate::Gate;
use crate::parts::link::Link;

/// The base address that clients of a dialect are given, after the address itself.
fn base(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Chat | Dialect::Responses => "/v1",
        Dialect::Messages | Dialect::Gemini | Dialect::Ollama => "",
    }
}

const DIALECTS: [Dialect; 5] =
    [Dialect::Chat, Dialect::Responses, Dialect::Messages, Dialect::Gemini, Dialect::Ollama];

/// The section.
#[component]
pub(super) fn Network() -> impl IntoView {
    let app = app();
    let retry = Callback::new(move |()| app.status.retry());
    let address =
        Memo::new(move |_| app.status.with(|status| status.address.clone()).unwrap_or_default());
    let required =
        Memo::new(move |_| app.status.with(|status| status.keys_required).unwrap_or_default());
    let row = move |dialect: Dialect| {
        let text = Signal::derive(move || format!("{}{}", address.get(), base(dialect)));
        view! {
            <div class="fact">
                <dt>{facts::dialect(dialect)}</dt>
                <dd class="fact-copy">
                    <span class="mono">{text}</span>
                    <CopyButton text what=words::THE_ADDRESS/>
                </dd>
            </div>
        }
    };
    view! {
        <Panel title=words::ADDRESSES hint=words::ADDRESSES_TEXT.into_any()>
            <Gate state=app.status.state retry rows=3>
                <dl class="facts">
                    {DIALECTS.map(row).collect_view()}
                    <div class="fact">
                        <dt>{words::PROJECTS}</dt>
                        <dd>
                            <span class="mono">{move || words::project_address(&address.get())}</span>
                            <p class="hint">{words::PROJECTS_TEXT}</p>
                        </dd>
                    </div>
                </dl>
            </Gate>
        </Panel>
        <Panel title=words::LISTENER hint=words::LISTENER_TEXT.into_any()>
            <dl class="facts">
                <div class="fact">
                    <dt>{words::LISTENS}</dt>
                    <dd class="mono">{move || address.get().trim_start_matches("http://").to_owned()}</dd>
                </div>
                <div class="fact">
                    <dt>{words::KEYS_NEEDED}</dt>
                    <dd>
                        {move || if required.get() { words::KEYS_YES } else { words::KEYS_NO }}
                        " "
                        <Link to=Route::Keys class="quiet-link">{words::AT_KEYS}</Link>
                    </dd>
                </div>
            </dl>
        </Panel>
    }
}
