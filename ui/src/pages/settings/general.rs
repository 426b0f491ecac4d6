//! How the dashboard looks, and where else things are set.

use leptos::prelude::*;
use switchyard_locale::Language;

use super::panel::Panel;
use super::words;
use crate::app::app;
use crate::browser::language;
use crate::browser::theme::Theme;
use crate::facts::path::Route;
use crate::parts::link::Link;

const THEMES: [Theme; 3] = [Theme::System, Theme::Light, Theme::Dark];

/// The languages, in themselves; the system's stands in the language in force.
fn languages() -> impl IntoView {
    let chosen = language::chosen();
    let choice = |one: Option<Language>| {
        let (tag, name) = match one {
            Some(one) => (Some(one.tag()), one.endonym()),
            None => (None, words::AS_SYSTEM.text()),
        };
        view! {
            <label class="segment">
                <input
                    type="radio"
                    name="language"
                    prop:checked=one == chosen
                    on:change=move |_| language::choose(one)
                />
                <span lang=tag>{name}</span>
            </label>
        }
    };
    let all = std::iter::once(None).chain(Language::ALL.map(Some));
    view! { <div class="segments">{all.map(choice).collect_view()}</div> }
}

/// The section.
#[component]
pub(super) fn General() -> impl IntoView {
    let theme = app().theme;
    let choice = move |one: Theme| {
        view! {
            <label class="segment">
                <input
                    type="radio"
                    name="theme"
                    prop:checked=move || theme.get() == one
                    on:change=move |_| {
                        theme.set(one);
                        one.apply();
                    }
                />
                <span>{words::theme(one)}</span>
            </label>
        }
    };
    let elsewhere = [
        (Route::Providers, words::AT_PROVIDERS.text(), words::AT_PROVIDERS_TEXT.text()),
        (Route::Combos(None), words::AT_COMBOS.text(), words::AT_COMBOS_TEXT.text()),
        (Route::Tools(None), words::AT_TOOLS.text(), words::AT_TOOLS_TEXT.text()),
        (Route::Keys, words::AT_KEYS.text(), words::AT_KEYS_TEXT.text()),
    ];
    view! {
        <Panel title=words::THEME hint=words::THEME_TEXT.into_any()>
            <fieldset class="setting-theme">
                <legend class="off-screen">{words::THEME}</legend>
                <div class="segments">{THEMES.map(choice).collect_view()}</div>
            </fieldset>
        </Panel>
        <Panel title=words::LANGUAGE hint=words::LANGUAGE_TEXT.into_any()>
            <fieldset class="setting-language">
                <legend class="off-screen">{words::LANGUAGE}</legend>
                {languages()}
            </fieldset>
        </Panel>
        <Panel title=words::ELSEWHERE>
            <ul class="elsewhere">
                {elsewhere
                    .into_iter()
                    .map(|(to, name, text)| {
                        view! {
                            <li>
                                <Link to class="quiet-link">{name}</Link>
                                <span class="hint">{text}</span>
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
        </Panel>
    }
}
