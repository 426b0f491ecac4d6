use tauri::webview::{NewWindowResponse, PageLoadEvent};
use tauri::{
    AppHandle, Manager as _, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder, WindowEvent,
};
use tauri_plugin_dialog::{DialogExt as _, MessageDialogButtons, MessageDialogKind};
use tauri_plugin_opener::OpenerExt as _;

use crate::tray_host;

const MAIN: &str = "main";

/// Brings the dashboard to the front. A closed window is gone with all its memory; a new one is made
/// from the configuration.
pub(crate) fn open(app: &AppHandle) {
    show(app, None);
}

/// Brings this page of the dashboard to the front.
pub(crate) fn open_at(app: &AppHandle, page: &str) {
    show(app, Some(page.to_owned()));
}

fn show(app: &AppHandle, page: Option<String>) {
    let app = app.clone();
    // Apart, since making a window inside an event's handler stands still on Windows.
    tauri::async_runtime::spawn(async move {
        let shown = match app.get_webview_window(MAIN) {
            Some(window) => {
                let led = page.map_or(Ok(()), |page| lead(&window, &page));
                led.and_then(|()| bring_forward(&window))
            }
            None => make(&app, page),
        };
        if let Err(error) = shown {
            tracing::error!("the dashboard's window could not be shown: {error}");
        }
    });
}

fn bring_forward(window: &WebviewWindow) -> tauri::Result<()> {
    window.unminimize()?;
    window.show()?;
    window.set_focus()
}

/// The dashboard listens to the browser's back and forward, and so goes to a page without loading anew.
fn lead(window: &WebviewWindow, page: &str) -> tauri::Result<()> {
    let page = serde_json::to_string(page)?;
    window.eval(format!(
        "history.pushState(null, '', {page}); dispatchEvent(new PopStateEvent('popstate'))"
    ))
}

/// It is shown once its page is there, so that no white window flashes up.
fn make(app: &AppHandle, page: Option<String>) -> tauri::Result<()> {
    let mut config = app.config().app.windows.first().cloned().unwrap_or_default();
    if let Some(page) = page {
        config.url = WebviewUrl::App(page.trim_start_matches('/').into());
    }
    let (outside, elsewhere) = (app.clone(), app.clone());
    let window = WebviewWindowBuilder::from_config(app, &config)?
        .visible(false)
        .on_page_load(|window, load| {
            let hidden = !window.is_visible().unwrap_or(false);
            if load.event() == PageLoadEvent::Finished
                && hidden
                && let Err(error) = bring_forward(&window)
            {
                tracing::error!("the dashboard's window could not be shown: {error}");
            }
        })
        .on_navigation(move |url| {
            let ours = is_ours(url);
            if !ours {
                open_outside(&outside, url);
            }
            ours
        })
        .on_new_window(move |url, _features| {
            open_outside(&elsewhere, &url);
            NewWindowResponse::Deny
        })
        .build()?;
    let closed = window.clone();
    window.on_window_event(move |event| {
        if let WindowEvent::CloseRequested { api, .. } = event {
            api.prevent_close();
            tauri::async_runtime::spawn(close(closed.clone()));
        }
    });
    Ok(())
}

/// The tray is the way back in. Where nothing shows tray icons, a closed window would be gone for good and
/// agents would be served by a program that nobody sees: the user is asked.
async fn close(window: WebviewWindow) {
    if tray_host::is_there().await {
        if let Err(error) = window.destroy() {
            tracing::error!("the dashboard's window could not be closed: {error}");
        }
        return;
    }
    let app = window.app_handle().clone();
    let quit = "Quit".to_owned();
    app.dialog()
        .message(
            "Nothing on this desktop shows tray icons, so a closed window could not be opened again. \
             Agents are served for as long as Switchyard runs.",
        )
        .title("Quit Switchyard?")
        .kind(MessageDialogKind::Info)
        .buttons(MessageDialogButtons::OkCancelCustom(quit, "Keep it open".to_owned()))
        .parent(&window)
        .show(move |quits| {
            if quits {
                app.exit(0);
            }
        });
}

/// The dashboard's own pages: they have another address on Windows.
fn is_ours(url: &Url) -> bool {
    let host = url.host_str();
    match url.scheme() {
        "tauri" => host == Some("localhost"),
        "http" | "https" => host == Some("tauri.localhost"),
        _ => false,
    }
}

/// Links lead to the user's browser; what is not a web address or a mail leads nowhere.
fn open_outside(app: &AppHandle, url: &Url) {
    if !matches!(url.scheme(), "http" | "https" | "mailto") {
        tracing::warn!("a link to {}: was not followed", url.scheme());
        return;
    }
    if let Err(error) = app.opener().open_url(url.as_str(), None::<&str>) {
        tracing::warn!("the browser could not be opened: {error}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_stays_on_the_dashboard() {
        let ours = |url: &str| is_ours(&Url::parse(url).unwrap());
        assert!(ours("tauri://localhost/overview"));
        assert!(ours("http://tauri.localhost/overview"));
        assert!(!ours("https://example.com/"));
        assert!(!ours("http://tauri.localhost.example.com/"));
        assert!(!ours("file:///etc/passwd"));
        assert!(!ours("http://127.0.0.1:20128/"));
    }
}
