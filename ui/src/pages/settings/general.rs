//! How the dashboard looks and speaks, and where else things are set.

use leptos::prelude::*;
use switchyard_locale::Language;
use switchyard_types::LanguageChoice;

use super::autostart::Autostart;
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
    let app = app();
    let chosen = move || app.status.with(|status| status.language);
    let choice = move |one: LanguageChoice| {
        let language = Language::of_tag(one.as_str());
        let name = language.map_or_else(|| words::AS_SYSTEM.text(), Language::endonym);
        view! {
            <label class="segment">
                <input
                    type="radio"
                    name="language"
                    prop:checked=move || chosen().unwrap_or_else(language::remembered) == one
                    on:change=move |_| app.speak(one)
                />
                <span lang=language.map(Language::tag)>{name}</span>
            </label>
        }
    };
    view! { <div class="segments">{LanguageChoice::ALL.map(choice).collect_view()}</div> }
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
        <Autostart/>
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
