use switchyard_locale::{say, word};
use switchyard_types::{LinkView, Secret};
use tauri::{AppHandle, Manager as _, Url};
use tauri_plugin_deep_link::DeepLinkExt as _;
use tauri_plugin_dialog::{DialogExt as _, MessageDialogKind};

use crate::backend::Backend;
use crate::dashboard;
use crate::language::voice;

/// Follows the links that the system hands over: the one of this start, and those of later ones.
pub(crate) fn listen(app: &AppHandle) {
    let there = app.clone();
    app.deep_link().on_open_url(move |event| follow(&there, event.urls()));
    follow(app, of_this_start(app));
    #[cfg(target_os = "linux")]
    register(app);
}

/// The links that this start was asked for by.
pub(crate) fn of_this_start(app: &AppHandle) -> Vec<Url> {
    app.deep_link().get_current().ok().flatten().unwrap_or_default()
}

/// Whether this is what a system starts the program with when a link is followed.
pub(crate) fn is_one(argument: &str) -> bool {
    argument.starts_with("switchyard:")
}

/// A package tells the system of the scheme when it is installed; nobody does it for an `AppImage`.
#[cfg(target_os = "linux")]
fn register(app: &AppHandle) {
    if app.env().appimage.is_some() {
        let app = app.clone();
        tauri::async_runtime::spawn_blocking(move || {
            if let Err(error) = app.deep_link().register_all() {
                tracing::warn!("links will not lead here: {error}");
            }
        });
    }
}

/// Does what these links ask for, or says why not.
pub(crate) fn follow(app: &AppHandle, links: Vec<Url>) {
    for link in links {
        let app = app.clone();
        tauri::async_runtime::spawn(async move {
            let asked = Secret::new(link.as_str());
            match app.state::<Backend>().engine().follow_link(&asked).await {
                Ok(LinkView::Combo { .. }) => dashboard::open_at(&app, &page_of(&link)),
                Ok(LinkView::Login { .. }) => dashboard::open(&app),
                Err(error) => {
                    let error = error.body();
                    let (voice, message) = (voice(&app), error.message);
                    let text = match error.hint {
                        Some(hint) => {
                            say!(voice, "{message}.\n\nWhat to do: {hint}.", message, hint)
                        }
                        None => say!(voice, "{message}.", message),
                    };
                    app.dialog()
                        .message(text)
                        .title(voice.word(word!("The link was not followed")))
                        .kind(MessageDialogKind::Warning)
                        .show(|_| {});
                }
            }
        });
    }
}

/// Where the dashboard shows what a link offers.
fn page_of(link: &Url) -> String {
    let mut page = link.clone();
    page.set_query(None);
    page.query_pairs_mut().append_pair("link", link.as_str());
    format!("/combos?{}", page.query().unwrap_or_default())
}
