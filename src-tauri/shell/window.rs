use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use switchyard_locale::word;
use tauri::utils::config::Color;
use tauri::webview::{NewWindowResponse, PageLoadEvent};
use tauri::{
    AppHandle, Manager as _, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder, WindowEvent,
};
use tauri_plugin_dialog::{DialogExt as _, MessageDialogButtons, MessageDialogKind};
use tauri_plugin_opener::OpenerExt as _;

use crate::language::voice;
use crate::tray_host;

const MAIN: &str = "main";
/// Whoever closes a window by mistake has it back at once; after that its memory is worth more.
const KEPT: Duration = Duration::from_mins(3);
/// A page that was closed may still have something to write down.
#[cfg(target_os = "linux")]
const LAST_WORDS: Duration = Duration::from_secs(1);
/// A page that does not say that it is there is shown as it is.
const UNANNOUNCED: Duration = Duration::from_secs(5);

/// What is known of the window while it is not shown.
pub(crate) struct Shelf {
    /// How long a closed window keeps its memory.
    kept: Duration,
    known: Mutex<Known>,
    /// Held while a window is looked for or made: there is one.
    making: Mutex<()>,
}

#[derive(Default)]
struct Known {
    /// How often it was opened or closed: what waits since an earlier turn is void.
    turn: u64,
    /// Whether its page is there.
    painted: bool,
    /// Where it stood when its memory was given back.
    page: Option<String>,
}

impl Shelf {
    /// `SWITCHYARD_WINDOW_KEPT` says how many seconds a closed window is kept.
    pub(crate) fn new(environment: impl Fn(&str) -> Option<String>) -> Self {
        let seconds = environment("SWITCHYARD_WINDOW_KEPT").and_then(|text| text.parse().ok());
        Self {
            kept: seconds.map_or(KEPT, Duration::from_secs),
            known: Mutex::default(),
            making: Mutex::default(),
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn turn(&self) -> u64 {
        let mut known = self.known();
        known.turn += 1;
        known.turn
    }
}

/// Brings the dashboard to the front, at the page where it was.
pub(crate) fn open(app: &AppHandle) {
    show(app, None);
}

/// Brings this page of the dashboard to the front.
pub(crate) fn open_at(app: &AppHandle, page: &str) {
    show(app, Some(page.to_owned()));
}

fn show(app: &AppHandle, page: Option<String>) {
    app.state::<Shelf>().turn();
    let app = app.clone();
    // Apart, since making a window inside an event's handler stands still on Windows.
    tauri::async_runtime::spawn(async move {
        let shelf = app.state::<Shelf>();
        let _making = shelf.making.lock().unwrap_or_else(PoisonError::into_inner);
        let shown = if let Some(window) = app.get_webview_window(MAIN) {
            let led = page.map_or(Ok(()), |page| lead(&window, &page));
            let painted = shelf.known().painted;
            led.and_then(|()| if painted { bring_forward(&window) } else { Ok(()) })
        } else {
            let before = shelf.known().page.take();
            make(&app, page.or(before))
        };
        tell(shown, "shown");
    });
}

fn tell(outcome: tauri::Result<()>, what: &str) {
    if let Err(error) = outcome {
        tracing::error!("the dashboard's window could not be {what}: {error}");
    }
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

/// It is not shown before its page says so, and no white window flashes up.
fn make(app: &AppHandle, page: Option<String>) -> tauri::Result<()> {
    let mut config = app.config().app.windows.first().cloned().unwrap_or_default();
    if let Some(page) = page {
        config.url = WebviewUrl::App(page.trim_start_matches('/').into());
    }
    app.state::<Shelf>().known().painted = false;
    let (outside, elsewhere) = (app.clone(), app.clone());
    let window = WebviewWindowBuilder::from_config(app, &config)?
        .visible(false)
        .on_document_title_changed(|window, title| {
            tell(window.set_title(&title), "named after its page");
        })
        .on_page_load(|window, load| {
            if load.event() == PageLoadEvent::Finished {
                tauri::async_runtime::spawn(async move {
                    tokio::time::sleep(UNANNOUNCED).await;
                    reveal(&window);
                });
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

/// The page stands in the window, on a ground of this colour (red, green, blue).
#[tauri::command]
pub(crate) async fn page_ready(window: WebviewWindow, ground: [u8; 3]) {
    let [red, green, blue] = ground;
    let coloured = window.set_background_color(Some(Color(red, green, blue, u8::MAX)));
    tell(coloured, "given its ground");
    reveal(&window);
}

/// Shows a window for the first time.
fn reveal(window: &WebviewWindow) {
    let painted = std::mem::replace(&mut window.state::<Shelf>().known().painted, true);
    if !painted {
        tell(bring_forward(window), "shown");
    }
}

/// The tray is the way back in. Where nothing shows tray icons, a closed window would be gone for good and
/// agents would be served by a program that nobody sees: the user is asked.
async fn close(window: WebviewWindow) {
    let app = window.app_handle().clone();
    if tray_host::is_there().await {
        let turn = app.state::<Shelf>().turn();
        tell(window.hide(), "closed");
        tokio::time::sleep(app.state::<Shelf>().kept).await;
        let waits = || app.state::<Shelf>().known().turn == turn;
        // Without a tray by now, it is what a second start brings to the front.
        if waits() && tray_host::is_there().await && waits() {
            give_back(&window);
            #[cfg(target_os = "linux")]
            {
                tokio::time::sleep(LAST_WORDS).await;
                if waits() {
                    crate::web_process::end();
                }
            }
        }
        return;
    }
    let voice = voice(&app);
    let (quit, keep) = (voice.word(word!("Quit")), voice.word(word!("Keep it open")));
    app.dialog()
        .message(voice.word(word!(
            "Nothing on this desktop shows tray icons, so a closed window could not be opened again. Agents are served for as long as Switchyard runs."
        )))
        .title(voice.word(word!("Quit Switchyard?")))
        .kind(MessageDialogKind::Info)
        .buttons(MessageDialogButtons::OkCancelCustom(quit.to_owned(), keep.to_owned()))
        .parent(&window)
        .show(move |quits| {
            if quits {
                app.exit(0);
            }
        });
}

/// The page goes with all its memory; where it stood is known.
fn give_back(window: &WebviewWindow) {
    if let Ok(url) = window.url() {
        let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
        window.state::<Shelf>().known().page = Some(format!("{}{query}", url.path()));
    }
    tell(window.destroy(), "given back");
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
