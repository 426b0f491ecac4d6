//! Copies of the configuration in the data folder.

use leptos::prelude::*;
use leptos::task::spawn_local;
use switchyard_types::BackupView;

use super::panel::Panel;
use super::words;
use crate::app::app;
use crate::browser::http::{self, Method};
use crate::facts::format;
use crate::facts::order::sort_by_key;
use crate::facts::path::encode;
use crate::parts::gate::{Blank, Gate};
use crate::parts::icon::{Glyph, Icon};
use crate::parts::time::Ago;

/// The panel.
#[component]
pub(super) fn Backups() -> impl IntoView {
    let app = app();
    app.backups.want();
    let retry = Callback::new(move |()| app.backups.retry());
    let busy = RwSignal::new(false);
    let make = move |_| {
        busy.set(true);
        spawn_local(async move {
            match http::change::<BackupView>(Method::Post, "/api/backups", &()).await {
                Ok(_) => {
                    app.notices.done(words::MADE.text());
                    app.backups.reload();
                }
                Err(fault) => app.fault(&fault),
            }
            let _ = busy.try_set(false);
        });
    };
    let rows = move || {
        let mut backups = app.backups.rows();
        if backups.is_empty() {
            return view! {
                <Blank glyph=Glyph::Page title=words::NO_BACKUPS text=words::NO_BACKUPS_TEXT/>
            }
            .into_any();
        }
        sort_by_key(&mut backups, |backup| std::cmp::Reverse(backup.at));
        let rows = backups.into_iter().map(|backup| view! { <Backup backup/> }).collect_view();
        view! { <ul class="backup-list">{rows}</ul> }.into_any()
    };
    let tool = view! {
                <button type="button" class="button is-small" disabled=busy on:click=make>
                    {move || if busy.get() { words::MAKING } else { words::MAKE }}
                </button>
    }
    .into_any();
    view! {
        <Panel title=words::BACKUPS hint=words::BACKUPS_TEXT.into_any() tool>
            <Gate state=app.backups.state retry rows=2>
                {rows}
            </Gate>
        </Panel>
    }
}

#[component]
fn Backup(backup: BackupView) -> impl IntoView {
    let app = app();
    let (name, at, bytes) = (backup.name, backup.at, backup.bytes);
    let (shown, label) = (name.clone(), words::check_of(&name));
    let check = move |_| {
        let name = name.clone();
        spawn_local(async move {
            let path = format!("/api/backups/{}/check", encode(&name));
            match http::change::<BackupView>(Method::Post, &path, &()).await {
                Ok(_) => app.notices.done(words::whole(&name)),
                Err(fault) => app.fault(&fault),
            }
        });
    };
    view! {
        <li class="backup-row">
            <span class="backup-name mono" title=shown.clone()>{shown.clone()}</span>
            <span class="quiet"><Ago at/> ", " <span class="num">{format::bytes(bytes)}</span></span>
            <button type="button" class="button is-quiet is-small" aria-label=label on:click=check>
                <Icon of=Glyph::Check/>
                {words::CHECK}
            </button>
        </li>
    }
}
