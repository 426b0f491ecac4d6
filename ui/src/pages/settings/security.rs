//! The dashboard's password, and the key that seals secrets.

use leptos::prelude::*;
use switchyard_types::{DataKeySource, KeyPlace, PasswordChange, RotateAsk, Rotated, Secret};

use super::panel::Panel;
use super::words;
use crate::app::app;
use crate::browser::http::{self, Method};
use crate::parts::dialog::Confirm;
use crate::parts::field::{SecretField, SelectField};
use crate::parts::gate::FormFault;
use crate::parts::sending::Sending;

/// The panel that sets, changes or removes the password.
#[component]
pub(super) fn Password() -> impl IntoView {
    let app = app();
    let (current, new) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let sending = Sending::new();
    let some = |text: RwSignal<String>| {
        Some(text.get_untracked()).filter(|text| !text.is_empty()).map(Secret::new)
    };
    let change = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let body = PasswordChange { current: some(current), new: some(new) };
        let asked = async move { http::command(Method::Put, "/api/password", &body).await };
        sending.send(asked, move |()| {
            app.notices.done(words::CHANGED.text());
            let _ = (current.try_set(String::new()), new.try_set(String::new()));
        });
    };
    view! {
        <Panel title=words::PASSWORD hint=words::PASSWORD_TEXT.into_any()>
            <form class="setting-form" on:submit=change>
                <SecretField
                    label=words::CURRENT
                    value=current
                    id="password-so-far"
                    hint=words::CURRENT_HINT
                />
                <SecretField
                    label=words::NEW
                    value=new
                    id="password-new"
                    hint=words::NEW_HINT
                />
                <FormFault fault=sending.fault/>
                <button type="submit" class="button" disabled=sending.busy>
                    {words::CHANGE_PASSWORD}
                </button>
            </form>
        </Panel>
    }
}

const SAME: &str = "same";
const KEYCHAIN: &str = "keychain";
const FILE: &str = "file";

/// The panel that exchanges the key.
#[component]
pub(super) fn DataKey() -> impl IntoView {
    let app = app();
    let source = Memo::new(move |_| app.status.with(|status| status.data_key));
    // A key that the environment gives is exchanged there.
    let by_environment = move || source.get() == Some(DataKeySource::Environment);
    let place = RwSignal::new(SAME.to_owned());
    let asking = RwSignal::new(false);
    let left = RwSignal::new(Vec::<String>::new());
    let sending = Sending::new();
    let places = [
        (SAME, words::KEY_SAME.text()),
        (KEYCHAIN, words::KEY_KEYCHAIN.text()),
        (FILE, words::KEY_FILE.text()),
    ]
    .map(|(value, text)| (value.to_owned(), text.to_owned()));
    let rotate = Callback::new(move |()| {
        let to = match place.get_untracked().as_str() {
            KEYCHAIN => Some(KeyPlace::Keychain),
            FILE => Some(KeyPlace::File),
            _ => None,
        };
        left.set(Vec::new());
        let ask = RotateAsk { to, given: None };
        let asked =
            async move { http::change::<Rotated>(Method::Post, "/api/secrets/rotate", &ask).await };
        sending.send(asked, move |done| {
            app.notices.done(words::rotated(done.values, done.backups));
            let _ = left.try_set(done.left);
            app.reload_lists();
        });
    });
    let question = move || {
        let close = Callback::new(move |()| asking.set(false));
        view! {
            <Confirm
                title=words::ROTATE_TITLE
                text=words::ROTATE_TEXT
                action=words::ROTATE
                confirm=rotate
                close
            />
        }
    };
    view! {
        <Panel title=words::DATA_KEY hint=words::DATA_KEY_TEXT.into_any()>
            <div class="setting-form">
                <p>{move || source.get().map(|source| words::sealed_by(source).text())}</p>
                {move || {
                    if by_environment() {
                        view! { <p class="hint">{words::ROTATE_ENVIRONMENT}</p> }.into_any()
                    } else {
                        view! {
                            <SelectField
                                label=words::KEY_GOES
                                value=place
                                entries=Signal::stored(places.to_vec())
                                id="data-key-place"
                            />
                            <button
                                type="button"
                                class="button"
                                disabled=sending.busy
                                on:click=move |_| asking.set(true)
                            >
                                {move || if sending.busy.get() { words::ROTATING } else { words::ROTATE }}
                            </button>
                        }
                            .into_any()
                    }
                }}
                <FormFault fault=sending.fault/>
                {move || {
                    let left = left.get();
                    (!left.is_empty())
                        .then(|| {
                            view! {
                                <div class="callout is-caution" role="alert">
                                    <div>
                                        <strong>{words::LEFT}</strong>
                                        {left.into_iter().map(|one| view! { <p>{one}</p> }).collect_view()}
                                    </div>
                                </div>
                            }
                        })
                }}
                {move || asking.get().then(question)}
            </div>
        </Panel>
    }
}
