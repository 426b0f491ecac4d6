use std::fmt::Display;
use std::sync::{Mutex, PoisonError};

use tauri::{AppHandle, ExitRequestApi, Manager as _};

use crate::backend::Backend;
use crate::{dashboard, tray};

/// How far the program is on its way out.
#[derive(Default)]
pub(crate) struct Life(Mutex<Stage>);

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Stage {
    #[default]
    Running,
    /// Answers under way may end.
    Draining,
    /// Nothing is left to lose.
    Over,
}

impl Life {
    /// Whether the program is on its way out.
    pub(crate) fn is_ending(&self) -> bool {
        self.stage() != Stage::Running
    }

    fn stage(&self) -> Stage {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Goes from running on to draining; whether it ran.
    fn begin_end(&self) -> bool {
        let mut stage = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let ran = *stage == Stage::Running;
        if ran {
            *stage = Stage::Draining;
        }
        ran
    }

    fn set(&self, stage: Stage) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = stage;
    }
}

/// Something wants the program to end: `code` is absent where nothing but a window is left, which this program has not.
pub(crate) fn exit_requested(app: &AppHandle, code: Option<i32>, api: &ExitRequestApi) {
    if app.try_state::<Backend>().is_none() {
        return;
    }
    let life = app.state::<Life>();
    if life.stage() == Stage::Over {
        return;
    }
    api.prevent_exit();
    // Agents are served without a window.
    let Some(code) = code else { return };
    // An update may end the program at the same time.
    if life.begin_end() {
        tauri::async_runtime::spawn(drain(app.clone(), code));
    }
}

async fn drain(app: AppHandle, code: i32) {
    stop(&app).await;
    app.exit(code);
}

/// Ends as from the menu, does what must not be done while anything runs, and starts what stands there then.
pub(crate) async fn replace<E: Display>(
    app: &AppHandle,
    put_in_place: impl FnOnce() -> Result<(), E>,
) {
    if app.state::<Life>().begin_end() {
        stop(app).await;
        if let Err(error) = put_in_place() {
            tracing::error!("the update was not put in place, so the same version starts: {error}");
        }
        app.request_restart();
    }
}

/// Answers under way may end.
async fn stop(app: &AppHandle) {
    tray::redraw(app).await;
    if let Some(backend) = app.try_state::<Backend>() {
        backend.stop().await;
    }
    dashboard::leave(app).await;
    app.state::<Life>().set(Stage::Over);
}

/// Ends as from the menu when the system asks.
pub(crate) async fn end_on_signal(app: AppHandle) {
    if wait_for_signal().await.is_ok() {
        app.exit(0);
    }
}

#[cfg(unix)]
async fn wait_for_signal() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = terminate.recv() => Ok(()),
        interrupted = tokio::signal::ctrl_c() => interrupted,
    }
}

#[cfg(not(unix))]
async fn wait_for_signal() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}
