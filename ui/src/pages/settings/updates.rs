//! Newer versions of the tray app, looked for and agreed to in its own window.

use leptos::prelude::*;
use leptos::task::spawn_local;
use switchyard_types::UpdateView;

use super::words;
use crate::app::app;
use crate::browser::host;
use crate::parts::copy::CopyButton;

/// What is known, and what can be done.
#[component]
pub(super) fn Updates() -> impl IntoView {
    let app = app();
    let known = RwSignal::new(None::<UpdateView>);
    let ask = move |command: &'static str| {
        spawn_local(async move {
            match host::invoke::<UpdateView>(command).await {
                Ok(view) => {
                    let _ = known.try_set(Some(view));
                }
                Err(fault) => app.fault(&fault),
            }
        });
    };
    if host::is_window() {
        ask("update");
    }
    let look = move |_| {
        known.set(Some(UpdateView::Looking));
        ask("look_for_update");
    };
    let install = move |version: String| {
        known.set(Some(UpdateView::Installing { version }));
        ask("install_update");
    };
    let body = move |view: UpdateView| {
        let can_look = view.can_look();
        let said = words::update(&view);
        let more = match view {
            UpdateView::Managed { command: Some(command), .. } => view! {
                <p class="update-command">
                    <code class="mono">{command.clone()}</code>
                    <CopyButton text=command what=words::THE_COMMAND/>
                </p>
            }
            .into_any(),
            UpdateView::Offered { version, notes } => view! {
                <pre class="update-notes">{notes}</pre>
                <button
                    type="button"
                    class="button is-primary"
                    on:click=move |_| install(version.clone())
                >
                    {words::INSTALL}
                </button>
            }
            .into_any(),
            UpdateView::Managed { command: None, .. }
            | UpdateView::NotSetUp
            | UpdateView::Unknown { .. }
            | UpdateView::Looking
            | UpdateView::Newest { .. }
            | UpdateView::Installing { .. }
            | UpdateView::Failed { .. } => ().into_any(),
        };
        view! {
            <section class="panel setting" aria-label=words::UPDATES>
                <header>
                    <h2>{words::UPDATES}</h2>
                    <p class="hint" role="status">{said}</p>
                    {can_look
                        .then(|| {
                            view! {
                                <button type="button" class="button is-small" on:click=look>
                                    {words::LOOK}
                                </button>
                            }
                        })}
                </header>
                <div class="update-body">{more}</div>
            </section>
        }
    };
    move || known.get().map(body)
}
