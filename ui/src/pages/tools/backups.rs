//! Copies of a tool's files that were kept before each write.

use leptos::prelude::*;
use leptos::task::spawn_local;
use switchyard_types::ToolBackupView;

use super::words;
use crate::app::{App, app};
use crate::browser::http::{self, Method};
use crate::facts::format;
use crate::facts::path::encode;
use crate::parts::dialog::Confirm;
use crate::parts::icon::{Glyph, Icon};
use crate::parts::rows::rows;
use crate::parts::time::Ago;

/// The copies of one tool, folded away.
#[component]
pub(super) fn Backups(id: String) -> impl IntoView {
    let app = app();
    app.tool_backups.want();
    let mine = Memo::new(move |_| {
        let of_tool = |backup: &&ToolBackupView| backup.tool == id;
        let mine =
            app.tool_backups.with(|all| all.iter().filter(of_tool).cloned().collect::<Vec<_>>());
        mine.unwrap_or_default()
    });
    let none = Memo::new(move |_| mine.with(Vec::is_empty));
    move || {
        (!none.get()).then(|| {
            view! {
                <details class="fold backups">
                    <summary>
                        <Icon of=Glyph::ChevronRight/>
                        {words::BACKUPS}
                        <span class="quiet num">{move || mine.with(Vec::len)}</span>
                    </summary>
                    <p class="hint">{words::BACKUPS_TEXT}</p>
                    <ul>
                        {rows(
                            move || mine.get(),
                            |backup| backup.id.clone(),
                            |backup| view! { <BackupRow backup/> },
                        )}
                    </ul>
                </details>
            }
        })
    }
}

fn restore(app: App, backup: ToolBackupView) {
    spawn_local(async move {
        let path = format!("/api/tool-backups/{}/restore", encode(&backup.id));
        match http::command(Method::Post, &path, &()).await {
            Ok(()) => {
                app.notices.done(words::restored(&backup.file));
                app.reload_tools();
            }
            Err(fault) => app.fault(&fault),
        }
    });
}

#[component]
fn BackupRow(backup: ToolBackupView) -> impl IntoView {
    let app = app();
    let asking = RwSignal::new(false);
    let label = words::restore_of(&backup.file);
    let (file, size, at) = (backup.file.clone(), format::bytes(backup.size), backup.at);
    let held = if backup.ours { words::HELD_OURS } else { words::HELD_YOURS };
    let question = move || {
        let backup = backup.clone();
        let title = words::RESTORE_TITLE.text();
        let text = words::restore_text(&backup.file);
        let confirm = Callback::new(move |()| restore(app, backup.clone()));
        let close = Callback::new(move |()| asking.set(false));
        view! { <Confirm title text action=words::RESTORE confirm close/> }
    };
    view! {
        <li class="backup">
            <code class="path">{file}</code>
            <span class="backup-about num"><Ago at/> " · " {size} " · " {held}</span>
            <button
                type="button"
                class="button is-small"
                aria-label=label
                on:click=move |_| asking.set(true)
            >
                {words::RESTORE}
            </button>
            {move || asking.get().then(question.clone())}
        </li>
    }
}
