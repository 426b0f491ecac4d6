//! The dashboard's window as the program sees it: a process of its own, so that all it needed is given back with it.

use std::io;
use std::process::{ExitStatus, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use switchyard_locale::word;
use tauri::{AppHandle, Manager as _, Url};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinHandle;

use crate::language::voice;
use crate::wire::{self, FromWindow, ToWindow};
use crate::{commands, links, tray_host, window};

/// Whoever closes a window by mistake has it back at once; after that its memory is worth more.
const KEPT: Duration = Duration::from_mins(3);
/// A window that is to go and does not is ended.
const LEAVING: Duration = Duration::from_secs(5);
/// What is said to a window waits while it starts.
const SAID: usize = 16;

/// The window, while there is one.
pub(crate) struct Dashboard {
    /// How long a closed window keeps its memory.
    kept: Duration,
    /// How often it was opened or closed: what waits since an earlier turn is void.
    turn: AtomicU64,
    known: Mutex<Known>,
}

/// Held while a window is begun or ended: there is one.
#[derive(Default)]
struct Known {
    window: Option<Window>,
    /// Where it stood when it was closed.
    page: Option<String>,
}

/// A process with a window.
struct Window {
    /// What it is told. It goes when nobody can tell it anything any more.
    to: mpsc::Sender<ToWindow>,
    ended: JoinHandle<()>,
}

impl Dashboard {
    /// `SWITCHYARD_WINDOW_KEPT` says how many seconds a closed window is kept.
    pub(crate) fn new(environment: impl Fn(&str) -> Option<String>) -> Self {
        let seconds = environment("SWITCHYARD_WINDOW_KEPT").and_then(|text| text.parse().ok());
        Self {
            kept: seconds.map_or(KEPT, Duration::from_secs),
            turn: AtomicU64::new(0),
            known: Mutex::default(),
        }
    }

    fn begin_turn(&self) -> u64 {
        self.turn.fetch_add(1, Ordering::Relaxed) + 1
    }

    fn is_turn(&self, turn: u64) -> bool {
        self.turn.load(Ordering::Relaxed) == turn
    }

    /// Tells the window, if there is one.
    async fn tell(&self, said: ToWindow) {
        if let Some(window) = &self.known.lock().await.window {
            let _ = window.to.send(said).await;
        }
    }
}

impl Known {
    /// Lets the window go, and waits until it is gone: the next one reads what it writes last.
    async fn give_back(&mut self) {
        if let Some(Window { to, ended }) = self.window.take() {
            drop(to);
            if let Err(error) = ended.await {
                tracing::error!("the dashboard's window was lost: {error}");
            }
        }
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
    app.state::<Dashboard>().begin_turn();
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let dashboard = app.state::<Dashboard>();
        let mut known = dashboard.known.lock().await;
        if let Some(window) = &known.window
            && window.to.send(ToWindow::Show { page: page.clone() }).await.is_ok()
        {
            return;
        }
        match begin(&app) {
            Ok(window) => {
                let page = page.or_else(|| known.page.take());
                let _ = window.to.send(ToWindow::Show { page }).await;
                known.window = Some(window);
            }
            Err(error) => tracing::error!("the dashboard's window did not start: {error}"),
        }
    });
}

/// Ends the window, when the program does.
pub(crate) async fn leave(app: &AppHandle) {
    let dashboard = app.state::<Dashboard>();
    dashboard.begin_turn();
    dashboard.known.lock().await.give_back().await;
}

fn begin(app: &AppHandle) -> io::Result<Window> {
    let mut command = Command::new(crate::this_program()?);
    command.arg(window::ARGUMENT).stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
    // A terminal's Ctrl-C is for the program, which ends its window when it is done.
    #[cfg(unix)]
    command.process_group(0);
    #[cfg(target_os = "linux")]
    if let Some(variable) = crate::gl::not_for_others() {
        command.env_remove(variable);
    }
    let process = command.spawn()?;
    let (to, said) = mpsc::channel(SAID);
    let (app, answers) = (app.clone(), to.downgrade());
    let ended = tokio::spawn(async move {
        match accompany(&app, process, said, &answers).await {
            Ok(status) if status.success() => {}
            Ok(status) => tracing::error!("the dashboard's window ended: {status}"),
            Err(error) => tracing::error!("the dashboard's window was lost: {error}"),
        }
    });
    Ok(Window { to, ended })
}

/// Passes on what is said, until either side has nothing more to say.
async fn accompany(
    app: &AppHandle,
    mut process: Child,
    mut said: mpsc::Receiver<ToWindow>,
    answers: &mpsc::WeakSender<ToWindow>,
) -> io::Result<ExitStatus> {
    if let (Some(mut input), Some(output)) = (process.stdin.take(), process.stdout.take()) {
        let mut lines = BufReader::new(output).lines();
        loop {
            tokio::select! {
                said = said.recv() => match said {
                    Some(said) => input.write_all(&wire::line(&said)).await?,
                    None => break,
                },
                line = lines.next_line() => match line? {
                    Some(line) => hear(app, answers, &line),
                    None => break,
                },
            }
        }
    }
    // Whoever wants the window from now on wants another one.
    drop(said);
    if let Ok(status) = tokio::time::timeout(LEAVING, process.wait()).await {
        return status;
    }
    tracing::warn!("the dashboard's window did not go, and is ended");
    process.kill().await?;
    process.wait().await
}

fn hear(app: &AppHandle, answers: &mpsc::WeakSender<ToWindow>, line: &str) {
    match serde_json::from_str(line) {
        Ok(FromWindow::Call { id, command, arguments }) => {
            let (app, answers) = (app.clone(), answers.clone());
            tauri::async_runtime::spawn(async move {
                let outcome = commands::answer(&app, &command, arguments).await;
                // Who asked may be gone; and nobody holds a window for the sake of an answer.
                if let Some(to) = answers.upgrade() {
                    let _ = to.send(ToWindow::Answer { id, outcome }).await;
                }
            });
        }
        Ok(FromWindow::Closing { page }) => {
            tauri::async_runtime::spawn(close(app.clone(), page));
        }
        Ok(FromWindow::Reopened) => open(app),
        Ok(FromWindow::Quit) => app.exit(0),
        Ok(FromWindow::Links { links: given }) => {
            links::follow(app, given.iter().filter_map(|link| Url::parse(link).ok()).collect());
        }
        // Whatever the window loads writes to the same output.
        Err(error) => {
            tracing::debug!("the dashboard's window said what is not understood: {error}");
        }
    }
}

/// The tray is the way back in. Where nothing shows tray icons, a closed window would be gone for good and
/// agents would be served by a program that nobody sees: the user is asked.
async fn close(app: AppHandle, page: String) {
    let dashboard = app.state::<Dashboard>();
    if !tray_host::is_there().await {
        let voice = voice(&app);
        let message = word!(
            "Nothing on this desktop shows tray icons, so a closed window could not be opened again. Agents are served for as long as Switchyard runs."
        );
        let question = ToWindow::AskToQuit {
            title: voice.word(word!("Quit Switchyard?")).to_owned(),
            message: voice.word(message).to_owned(),
            quit: voice.word(word!("Quit")).to_owned(),
            keep: voice.word(word!("Keep it open")).to_owned(),
        };
        dashboard.tell(question).await;
        return;
    }
    let turn = dashboard.begin_turn();
    dashboard.tell(ToWindow::Hide).await;
    tokio::time::sleep(dashboard.kept).await;
    // Without a tray by now, it is what a second start brings to the front.
    if dashboard.is_turn(turn) && tray_host::is_there().await {
        let mut known = dashboard.known.lock().await;
        if dashboard.is_turn(turn) {
            known.page = Some(page);
            known.give_back().await;
        }
    }
}
