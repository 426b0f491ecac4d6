//! Everything in one file that a passphrase opens: written here, looked through and taken over here.

use leptos::prelude::*;
use leptos::task::spawn_local;
use switchyard_types::{
    ErrorCode, ExportAsk, Exported, ImportAsk, ImportChange, ImportPreview, OnClash, Secret,
};

use super::panel::Panel;
use super::words;
use crate::app::app;
use crate::browser::http::{self, Fault, Method};
use crate::browser::{download, files};
use crate::parts::dialog::Confirm;
use crate::parts::field::{SecretField, SelectField};
use crate::parts::gate::FormFault;
use crate::parts::sending::Sending;
use crate::parts::time::Ago;
use crate::parts::words::list;

/// The shortest passphrase that the server takes.
const SHORTEST: usize = 12;

/// The panel that writes the file.
#[component]
pub(super) fn Export() -> impl IntoView {
    let app = app();
    let passphrase = RwSignal::new(String::new());
    let wrong = RwSignal::new(false);
    let sending = Sending::new();
    let export = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let text = passphrase.get_untracked();
        wrong.set(text.chars().count() < SHORTEST);
        if wrong.get_untracked() {
            return;
        }
        let ask = ExportAsk { passphrase: Secret::new(text) };
        let asked =
            async move { http::change::<Exported>(Method::Post, "/api/export", &ask).await };
        sending.send(asked, move |file| {
            if download::save(words::EXPORT_FILE, "application/json", &file.text) {
                app.notices.done(words::EXPORTED.text());
                let _ = passphrase.try_set(String::new());
            }
        });
    };
    view! {
        <Panel title=words::EXPORT hint=words::EXPORT_TEXT.into_any()>
            <form class="setting-form" on:submit=export>
                <SecretField
                    label=words::PASSPHRASE
                    value=passphrase
                    id="export-passphrase"
                    hint=words::PASSPHRASE_HINT
                />
                {move || {
                    wrong
                        .get()
                        .then(|| view! { <p class="field-fault" role="alert">{words::PASSPHRASE_SHORT}</p> })
                }}
                <FormFault fault=sending.fault/>
                <button type="submit" class="button" disabled=sending.busy>
                    {move || if sending.busy.get() { words::EXPORTING } else { words::EXPORT_NOW }}
                </button>
            </form>
        </Panel>
    }
}

/// The panel that reads one: first what would change, then the change.
#[component]
pub(super) fn Import() -> impl IntoView {
    let app = app();
    let file = RwSignal::new(None::<(String, String)>);
    let passphrase = RwSignal::new(String::new());
    let clash = RwSignal::new("keep".to_owned());
    let preview = RwSignal::new(None::<ImportPreview>);
    let unread = RwSignal::new(false);
    let missing = RwSignal::new(false);
    let asking = RwSignal::new(false);
    let sending = Sending::new();
    let anew = move || {
        preview.set(None);
        sending.fault.set(None);
    };
    let choose = move |event: web_sys::Event| {
        anew();
        missing.set(false);
        file.set(None);
        spawn_local(async move {
            let read = files::chosen(&event).await;
            let _ = unread.try_set(read.is_err());
            let _ = file.try_set(read.ok().flatten());
        });
    };
    let ask = move || {
        let (_, text) = file.get_untracked()?;
        let passphrase = Some(passphrase.get_untracked()).filter(|text| !text.is_empty());
        let clash =
            if clash.get_untracked() == "replace" { OnClash::Replace } else { OnClash::Keep };
        Some(ImportAsk { text, passphrase: passphrase.map(Secret::new), clash })
    };
    let look = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        preview.set(None);
        missing.set(file.with_untracked(Option::is_none));
        let Some(ask) = ask() else { return };
        let asked = async move { http::change(Method::Post, "/api/import/preview", &ask).await };
        sending.send(asked, move |told| drop(preview.try_set(Some(told))));
    };
    let apply = Callback::new(move |()| {
        let Some(ask) = ask() else { return };
        let asked =
            async move { http::change::<ImportPreview>(Method::Post, "/api/import", &ask).await };
        sending.send(asked, move |_| {
            app.notices.done(words::IMPORTED.text());
            app.reload_lists();
            app.budgets.reload();
            let _ = (preview.try_set(None), passphrase.try_set(String::new()));
        });
    });
    let wrong_passphrase = move || {
        sending
            .fault
            .with(|fault| fault.as_ref().and_then(Fault::code) == Some(ErrorCode::WrongPassphrase))
    };
    let clashes = [("keep", words::CLASH_KEEP.text()), ("replace", words::CLASH_REPLACE.text())]
        .map(|(value, text)| (value.to_owned(), text.to_owned()));
    let question = move || {
        let close = Callback::new(move |()| asking.set(false));
        let whole = preview.with_untracked(|told| told.as_ref().is_some_and(|told| told.whole));
        let text = if whole { words::IMPORT_WHOLE_TEXT } else { words::IMPORT_PART_TEXT };
        view! { <Confirm title=words::IMPORT_TITLE text action=words::IMPORT_NOW confirm=apply close/> }
    };
    view! {
        <Panel title=words::IMPORT hint=words::IMPORT_TEXT.into_any()>
            <form class="setting-form" on:submit=look>
                <div class="field">
                    <label for="import-file">{words::FILE}</label>
                    <input
                        id="import-file"
                        class="input"
                        type="file"
                        accept=".json,.switchyard,application/json"
                        aria-invalid=move || (unread.get() || missing.get()).to_string()
                        on:change=choose
                    />
                    {move || {
                        let text = if unread.get() {
                            Some(words::FILE_UNREAD)
                        } else {
                            missing.get().then_some(words::FILE_MISSING)
                        };
                        text.map(|text| view! { <p class="field-fault" role="alert">{text}</p> })
                    }}
                </div>
                <SecretField
                    label=words::ITS_PASSPHRASE
                    value=passphrase
                    id="import-passphrase"
                    hint=words::ITS_PASSPHRASE_HINT
                />
                {move || {
                    wrong_passphrase()
                        .then(|| view! { <p class="field-fault" role="alert">{words::PASSPHRASE_WRONG}</p> })
                }}
                <SelectField
                    label=words::CLASH
                    value=clash
                    entries=Signal::stored(clashes.to_vec())
                    id="import-clash"
                    hint=words::CLASH_HINT
                />
                <FormFault fault=Signal::derive(move || {
                    sending.fault.get().filter(|fault| fault.code() != Some(ErrorCode::WrongPassphrase))
                })/>
                <button type="submit" class="button" disabled=sending.busy>
                    {words::LOOK_THROUGH}
                </button>
            </form>
            {move || {
                preview
                    .get()
                    .map(|told| {
                        view! { <Preview told/> }
                    })
            }}
            {move || {
                preview
                    .with(|told| told.as_ref().is_some_and(|told| !told.changes.is_empty()))
                    .then(|| {
                        view! {
                            <button
                                type="button"
                                class="button is-primary"
                                disabled=sending.busy
                                on:click=move |_| asking.set(true)
                            >
                                {words::IMPORT_NOW}
                            </button>
                        }
                    })
            }}
            {move || asking.get().then(question)}
        </Panel>
    }
}

/// What would change, by what it is.
#[component]
fn Preview(told: ImportPreview) -> impl IntoView {
    let none = told.changes.is_empty().then(|| view! { <p>{words::NOTHING_CHANGES}</p> });
    let whole = if told.whole { words::IS_WHOLE } else { words::IS_PART };
    view! {
        <div class="preview" role="status">
            <p>
                {whole}
                {told.made_at.map(|at| view! { " " {words::MADE_AT.around(view! { <Ago at/> }.into_any())} })}
            </p>
            {none}
            <dl class="facts">{told.changes.into_iter().map(change).collect_view()}</dl>
        </div>
    }
}

fn change(change: ImportChange) -> impl IntoView {
    let kinds = [
        (words::ADDED.text(), change.added),
        (words::CHANGED_TO.text(), change.changed),
        (words::REMOVED.text(), change.removed),
    ];
    let kind = |(word, names): (&'static str, Vec<String>)| {
        (!names.is_empty()).then(|| {
            view! {
                <p class="preview-names">
                    <strong>{word} " " <span class="num">{names.len()}</span></strong>
                    ": "
                    {list(&names)}
                </p>
            }
        })
    };
    view! {
        <div class="fact">
            <dt>{words::table(&change.table)}</dt>
            <dd>{kinds.map(kind).collect_view()}</dd>
        </div>
    }
}
