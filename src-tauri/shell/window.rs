//! The dashboard's window: a process of its own, which the program starts when somebody wants to see it and lets go
//! when nobody does. It passes on what the dashboard calls, and decides nothing.

use std::collections::HashMap;
use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tauri::ipc::{Invoke, InvokeBody, InvokeError};
use tauri::utils::config::Color;
use tauri::webview::{NewWindowResponse, PageLoadEvent};
use tauri::{
    AppHandle, Manager as _, RunEvent, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder,
    WindowEvent,
};
use tauri_plugin_dialog::{DialogExt as _, MessageDialogButtons, MessageDialogKind};
use tauri_plugin_opener::OpenerExt as _;
use tauri_plugin_window_state::StateFlags;
use tokio::sync::oneshot;

use crate::wire::{self, FromWindow, ToWindow};

/// Be the window, not the program.
pub(crate) const ARGUMENT: &str = "--window";

const MAIN: &str = "main";
/// A page that does not say that it is there is shown as it is.
const UNANNOUNCED: Duration = Duration::from_secs(5);

/// The calls that are not answered yet.
#[derive(Default)]
struct Calls {
    last: AtomicU64,
    open: Mutex<HashMap<u64, oneshot::Sender<Result<Value, Value>>>>,
}

impl Calls {
    fn open(&self) -> MutexGuard<'_, HashMap<u64, oneshot::Sender<Result<Value, Value>>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether the window was shown.
#[derive(Default)]
struct Painted(AtomicBool);

/// Shows the window until the program has nothing more to say to it.
pub(crate) fn run() -> tauri::Result<i32> {
    if io::stdin().is_terminal() {
        tracing::error!(
            "{ARGUMENT} is for Switchyard alone: start it without, and open the dashboard from its tray"
        );
        return Ok(2);
    }
    let app = tauri::Builder::default()
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_opener::init())
        .plugin(
            tauri_plugin_window_state::Builder::new()
                .with_state_flags(StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED)
                .build(),
        )
        .manage(Calls::default())
        .manage(Painted::default())
        .invoke_handler(take)
        .setup(|app| {
            let app = app.handle().clone();
            std::thread::Builder::new().name("listener".to_owned()).spawn(move || listen(&app))?;
            Ok(())
        })
        .build(crate::context())?;
    Ok(app.run_return(|_, event| match event {
        // It ends when it is told to, not when its window is gone.
        RunEvent::ExitRequested { code: None, api, .. } => api.prevent_exit(),
        #[cfg(target_os = "macos")]
        RunEvent::Reopen { .. } => say(&FromWindow::Reopened),
        #[cfg(target_os = "macos")]
        RunEvent::Opened { urls } => {
            say(&FromWindow::Links { links: urls.into_iter().map(String::from).collect() });
        }
        _ => {}
    }))
}

fn say(said: &FromWindow) {
    let mut out = io::stdout().lock();
    if let Err(error) = out.write_all(&wire::line(said)).and_then(|()| out.flush()) {
        tracing::debug!("the program is gone: {error}");
    }
}

/// Does as the program says, until it says nothing more.
fn listen(app: &AppHandle) {
    for line in io::stdin().lock().lines().map_while(Result::ok) {
        match serde_json::from_str(&line) {
            Ok(ToWindow::Show { page }) => tell(show(app, page), "shown"),
            Ok(ToWindow::Hide) => {
                tell(app.get_webview_window(MAIN).map_or(Ok(()), |window| window.hide()), "closed");
            }
            Ok(ToWindow::AskToQuit { title, message, quit, keep }) => {
                let buttons = MessageDialogButtons::OkCancelCustom(quit, keep);
                let question = app.dialog().message(message).title(title).buttons(buttons);
                let question = match app.get_webview_window(MAIN) {
                    Some(window) => question.parent(&window),
                    None => question,
                };
                question.kind(MessageDialogKind::Info).show(|quits| {
                    if quits {
                        say(&FromWindow::Quit);
                    }
                });
            }
            Ok(ToWindow::Answer { id, outcome }) => {
                if let Some(asked) = app.state::<Calls>().open().remove(&id) {
                    // The page may be gone.
                    let _ = asked.send(outcome);
                }
            }
            Err(error) => tracing::error!("the program said what is not understood: {error}"),
        }
    }
    app.exit(0);
}

/// What the dashboard calls. Whether it may was looked at before.
fn take(invoke: Invoke) -> bool {
    let own: fn(Invoke) -> bool = tauri::generate_handler![page_ready];
    if invoke.message.command() == "page_ready" { own(invoke) } else { pass_on(invoke) }
}

/// A call for the program.
fn pass_on(invoke: Invoke) -> bool {
    let Invoke { message, resolver, .. } = invoke;
    let arguments = match message.payload() {
        InvokeBody::Json(arguments) => arguments.clone(),
        InvokeBody::Raw(_) => return false,
    };
    let calls = message.webview_ref().state::<Calls>();
    let id = calls.last.fetch_add(1, Ordering::Relaxed);
    let (asked, answered) = oneshot::channel();
    calls.open().insert(id, asked);
    say(&FromWindow::Call { id, command: message.command().to_owned(), arguments });
    resolver.respond_async(async move {
        // Whatever is not answered goes with the window.
        answered.await.unwrap_or(Err(Value::Null)).map_err(InvokeError)
    });
    true
}

fn show(app: &AppHandle, page: Option<String>) -> tauri::Result<()> {
    let Some(window) = app.get_webview_window(MAIN) else { return make(app, page) };
    page.map_or(Ok(()), |page| lead(&window, &page))?;
    let painted = app.state::<Painted>().0.load(Ordering::Relaxed);
    if painted { bring_forward(&window) } else { Ok(()) }
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
            let window = closed.clone();
            // Apart, since asking for the page inside an event's handler stands still.
            tauri::async_runtime::spawn(async move {
                say(&FromWindow::Closing { page: page_of(&window) });
            });
        }
    });
    Ok(())
}

/// Where the window stands.
fn page_of(window: &WebviewWindow) -> String {
    let Ok(url) = window.url() else { return "/".to_owned() };
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    format!("{}{query}", url.path())
}

/// The page stands in the window, on a ground of this colour (red, green, blue).
#[tauri::command]
async fn page_ready(window: WebviewWindow, ground: [u8; 3]) {
    let [red, green, blue] = ground;
    let coloured = window.set_background_color(Some(Color(red, green, blue, u8::MAX)));
    tell(coloured, "given its ground");
    reveal(&window);
}

/// Shows a window for the first time.
fn reveal(window: &WebviewWindow) {
    let painted = window.state::<Painted>().0.swap(true, Ordering::Relaxed);
    if !painted {
        tell(bring_forward(window), "shown");
    }
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
