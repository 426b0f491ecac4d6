//! What can be set, in sections; what is set on other pages is linked.

mod about;
mod autostart;
mod backups;
mod bodies;
mod budgets;
mod general;
mod network;
mod notifications;
mod panel;
mod routing;
mod rules;
mod security;
mod transfer;
mod updates;
pub(crate) mod words;

use leptos::prelude::*;

use crate::app::app;
use crate::browser;
use crate::facts::path::{Route, Section};
use crate::parts::link::Link;

/// The page.
#[component]
pub(crate) fn Settings() -> impl IntoView {
    let address = app().address;
    // While the page is on its way out, its section stays.
    let section = Memo::new(move |last: Option<&Section>| {
        address.route().section().or_else(|| last.copied()).unwrap_or_default()
    });
    let entry = move |one: Section| {
        let lit = move || section.get() == one;
        view! {
            <li class:is-lit=lit aria-current=move || lit().then_some("page")>
                <Link to=Route::Settings(one) class="section-link">{words::section(one)}</Link>
            </li>
        }
    };
    // Where the index is narrower than its entries, the open one is brought into view.
    Effect::new(move |_| {
        section.track();
        browser::show(".sections .is-lit");
    });
    view! {
        <div class="page settings-page">
            <header class="page-head">
                <h1>{words::TITLE}</h1>
            </header>
            <div class="settings">
                <nav class="sections" aria-label=words::SECTIONS>
                    <ul>{Section::ALL.map(entry).collect_view()}</ul>
                </nav>
                <div class="settings-section">
                    {move || match section.get() {
                        Section::General => view! { <general::General/> }.into_any(),
                        Section::Network => view! { <network::Network/> }.into_any(),
                        Section::Routing => view! { <routing::Routing/> }.into_any(),
                        Section::Budgets => view! { <budgets::Budgets/> }.into_any(),
                        Section::Rules => view! { <rules::Rules/> }.into_any(),
                        Section::Notifications => {
                            view! { <notifications::Notifications/> }.into_any()
                        }
                        Section::Data => {
                            view! {
                                <bodies::Bodies/>
                                <transfer::Export/>
                                <transfer::Import/>
                                <backups::Backups/>
                            }
                                .into_any()
                        }
                        Section::Security => {
                            view! {
                                <security::Password/>
                                <security::DataKey/>
                            }
                                .into_any()
                        }
                        Section::About => {
                            view! {
                                <about::About/>
                                <updates::Updates/>
                            }
                                .into_any()
                        }
                    }}
                </div>
            </div>
        </div>
    }
}
