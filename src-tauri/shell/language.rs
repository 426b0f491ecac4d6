//! In which language the desktop is spoken to.

use switchyard_engine::tray;
use switchyard_locale::{Language, Voice};
use tauri::{AppHandle, Manager as _};

use crate::backend::Backend;
use crate::environment;

/// As the user chose; before there is an engine, as the system has it.
pub(crate) fn voice(app: &AppHandle) -> Voice {
    match app.try_state::<Backend>() {
        Some(backend) => backend.engine().voice(),
        None => tray::voice(of_system(environment)),
    }
}

/// The environment says it where programs are started from a shell; macOS and Windows say it otherwise.
pub(crate) fn of_system(environment: impl Fn(&str) -> Option<String>) -> Language {
    Language::of_environment(environment).unwrap_or_else(of_desktop)
}

#[cfg(not(target_os = "linux"))]
fn of_desktop() -> Language {
    let wanted: Vec<String> = sys_locale::get_locales().collect();
    Language::choose(wanted.iter().map(String::as_str))
}

#[cfg(target_os = "linux")]
fn of_desktop() -> Language {
    Language::default()
}
