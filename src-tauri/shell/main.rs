//! The tray app: the engine and its gateway in one process with a menu in the tray, and the dashboard in a window
//! with a process of its own.
//!
//! - [`backend`] starts and ends the engine and the gateway.
//! - [`tray`] keeps the menu in step with the engine; `switchyard_engine::tray` decides what
//!   it says and shows.
//! - [`notify`] shows notices as notifications.
//! - [`terminal`] opens a terminal with a coding tool in it.
//! - [`updates`] looks for newer versions and puts them in place.
//! - [`language`] knows in which language the desktop is spoken to.
//! - [`links`] follows `switchyard:` links.
//! - [`dashboard`] starts the window and lets it go; [`window`] is what it starts; [`wire`] is what they say to each
//!   other, and [`commands`] what the one may ask of the other.
//! - [`life`] decides when the program ends.
//!
//! It must not know how anything is decided: it calls the engine as every face does.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod autostart;
mod backend;
mod commands;
mod dashboard;
#[cfg(target_os = "linux")]
mod gl;
mod language;
mod life;
mod links;
mod notification_host;
mod notify;
mod section;
mod terminal;
mod tray;
mod tray_host;
mod updates;
mod window;
mod wire;

use std::path::PathBuf;
use std::process::ExitCode;

use switchyard_engine::Redactor;
use switchyard_locale::word;
use tauri::{AppHandle, Manager as _, RunEvent};
use tauri_plugin_dialog::{DialogExt as _, MessageDialogKind};
use tracing_subscriber::EnvFilter;

use backend::{Backend, StartError};
use life::Life;

/// glibc keeps what a rush of long conversations took, hundreds of megabytes for as long as the program runs.
/// This one gives it back to the system within moments.
#[cfg(target_os = "linux")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Start in the tray alone, as at login.
const HIDDEN: &str = "--hidden";

fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let redactor = Redactor::default();
    let out = redactor.clone();
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(move || out.writer(std::io::stderr()))
        .init();
    match start(redactor) {
        Ok(code) => ExitCode::from(u8::try_from(code).unwrap_or(1)),
        Err(error) => {
            tracing::error!("the window system did not start: {error}");
            ExitCode::FAILURE
        }
    }
}

fn start(redactor: Redactor) -> tauri::Result<i32> {
    if std::env::args().nth(1).as_deref() == Some(window::ARGUMENT) {
        return window::run();
    }
    #[cfg(target_os = "linux")]
    if let Err(error) = gl::leave_out() {
        tracing::debug!("the graphics stack is loaded, though the tray needs none: {error}");
    }
    run(redactor)
}

/// The program itself, though another version may stand in its place by now.
fn this_program() -> std::io::Result<PathBuf> {
    let program = std::env::current_exe()?;
    if cfg!(target_os = "linux") && !program.exists() {
        return Ok(PathBuf::from("/proc/self/exe"));
    }
    Ok(program)
}

fn run(redactor: Redactor) -> tauri::Result<i32> {
    let app = tauri::Builder::default()
        // First of all plugins: a second start must do nothing but bring the first to the front.
        .plugin(tauri_plugin_single_instance::init(|app, arguments, _folder| {
            // A link opens what it leads to.
            if !arguments.iter().any(|argument| links::is_one(argument)) {
                dashboard::open(app);
            }
        }))
        .plugin(tauri_plugin_deep_link::init())
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_clipboard_manager::init())
        .plugin(tauri_plugin_notification::init())
        .plugin(tauri_plugin_updater::Builder::new().build())
        .plugin(tauri_plugin_autostart::Builder::new().app_name("Switchyard").arg(HIDDEN).build())
        .manage(Life::default())
        .manage(dashboard::Dashboard::new(environment))
        .setup(move |app| {
            // The dock shows the window's process, while there is one.
            #[cfg(target_os = "macos")]
            app.set_activation_policy(tauri::ActivationPolicy::Accessory);
            begin(app.handle(), redactor);
            Ok(())
        })
        .build(context())?;
    Ok(app.run_return(|app, event| match event {
        RunEvent::ExitRequested { code, api, .. } => life::exit_requested(app, code, &api),
        // A second start, as macOS tells it.
        #[cfg(target_os = "macos")]
        RunEvent::Reopen { .. } => dashboard::open(app),
        _ => {}
    }))
}

fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The configuration, the dashboard's files and the capabilities, as they were when this was compiled.
#[expect(clippy::disallowed_methods, reason = "Tauri's macro ends a process that is broken anyway")]
fn context() -> tauri::Context {
    tauri::generate_context!()
}

/// Before the first window there is something to show in it, or a word on why there is not.
fn begin(app: &AppHandle, redactor: Redactor) {
    tauri::async_runtime::spawn(life::end_on_signal(app.clone()));
    match tauri::async_runtime::block_on(Backend::start(environment, redactor)) {
        Ok(backend) => {
            tracing::info!("listening on {}", backend.address());
            app.manage(backend);
            app.manage(updates::Updates::new(app));
            let hidden = std::env::args().any(|argument| argument == HIDDEN);
            if !hidden && links::of_this_start(app).is_empty() {
                dashboard::open(app);
            }
            links::listen(app);
            tauri::async_runtime::spawn(tray::run(app.clone()));
            tauri::async_runtime::spawn(notify::run(app.clone()));
            tauri::async_runtime::spawn(updates::keep_looking(app.clone()));
        }
        Err(error) => refuse(app, &error),
    }
}

fn refuse(app: &AppHandle, error: &StartError) {
    tracing::error!("Switchyard could not start: {error}");
    let ended = app.clone();
    app.dialog()
        .message(error.to_string())
        .title(language::voice(app).word(word!("Switchyard could not start")))
        .kind(MessageDialogKind::Error)
        .show(move |_| ended.exit(1));
}
