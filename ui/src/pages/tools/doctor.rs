//! What was left behind, and its repair.

use leptos::prelude::*;
use leptos::task::spawn_local;
use switchyard_types::{Finding, Repaired, ToolFailure};

use super::everything::{Failure, name_of};
use super::words;
use crate::app::app;
use crate::browser::http::{self, Method};
use crate::facts::format::sentence;
use crate::facts::path::Route;
use crate::facts::words::Aspect;
use crate::parts::icon::{Glyph, Icon};
use crate::parts::link::Link;
use crate::parts::signal::Lamp;

/// What needs a look; nothing where nothing does.
#[component]
pub(super) fn Findings() -> impl IntoView {
    let app = app();
    let findings = Memo::new(move |_| app.findings.rows());
    let none = Memo::new(move |_| findings.with(Vec::is_empty));
    let can_repair =
        Memo::new(move |_| findings.with(|all| all.iter().any(|one| one.repair.is_some())));
    let busy = RwSignal::new(false);
    let failed = RwSignal::new(Vec::<ToolFailure>::new());
    let repair = move |_| {
        busy.set(true);
        failed.set(Vec::new());
        spawn_local(async move {
            match http::change::<Repaired>(Method::Post, "/api/doctor/repair", &()).await {
                Ok(repaired) => {
                    app.notices.done(words::repaired(repaired.done.len()));
                    let _ = failed.try_set(repaired.failed);
                    app.reload_tools();
                }
                Err(fault) => app.fault(&fault),
            }
            let _ = busy.try_set(false);
        });
    };
    let row = move |finding: Finding| {
        let name = name_of(app, &finding.tool);
        view! {
            <li class="finding">
                <Lamp aspect=Aspect::Caution/>
                <div class="finding-says">
                    <p>{sentence(&finding.message)}</p>
                    {finding
                        .repair
                        .map(|repair| {
                            view! { <p class="hint">{words::REPAIR_IS} " " {repair}</p> }
                        })}
                    {finding.hint.map(|hint| view! { <p class="hint">{sentence(&hint)}</p> })}
                </div>
                <Link to=Route::Tools(Some(finding.tool)) class="quiet-link">
                    {words::open(&name)}
                </Link>
            </li>
        }
    };
    move || {
        (!none.get()).then(|| {
            view! {
                <section class="panel findings" aria-label=words::FINDINGS>
                    <header class="findings-head">
                        <h2>{words::FINDINGS}</h2>
                        {move || {
                            can_repair
                                .get()
                                .then(|| {
                                    view! {
                                        <button
                                            type="button"
                                            class="button is-small"
                                            disabled=busy
                                            on:click=repair
                                        >
                                            <Icon of=Glyph::Check/>
                                            {words::REPAIR}
                                        </button>
                                    }
                                })
                        }}
                    </header>
                    <ul>{move || findings.get().into_iter().map(row).collect_view()}</ul>
                    {move || failed.get().into_iter().map(|one| view! { <Failure one/> }).collect_view()}
                </section>
            }
        })
    }
}
