use switchyard_locale::{say, word};
use switchyard_types::{Autostart, ErrorBody, ErrorCode};
use tauri::AppHandle;
use tauri_plugin_autostart::ManagerExt as _;

use crate::language::voice;

/// How it stands; what cannot be read is off.
pub(crate) fn now(app: &AppHandle) -> Autostart {
    match app.autolaunch().is_enabled() {
        Ok(true) => Autostart::On,
        Ok(false) => Autostart::Off,
        Err(error) => {
            tracing::debug!("whether the program starts at login is not known: {error}");
            Autostart::Off
        }
    }
}

/// Changes it, and looks whether it did change.
pub(crate) fn set(app: &AppHandle, wanted: Autostart) -> Result<Autostart, ErrorBody> {
    let manager = app.autolaunch();
    let done = match wanted {
        Autostart::On => manager.enable(),
        Autostart::Off => manager.disable(),
    };
    done.map_err(|error| refused(app, &error.to_string()))?;
    match manager.is_enabled() {
        Ok(on) if on == (wanted == Autostart::On) => Ok(wanted),
        Ok(_) => {
            let kept = word!("the system kept what was set before");
            Err(refused(app, voice(app).word(kept)))
        }
        Err(error) => Err(refused(app, &error.to_string())),
    }
}

fn refused(app: &AppHandle, reason: &str) -> ErrorBody {
    let voice = voice(app);
    let hint = word!("look at the system’s own list of programs that start at login");
    ErrorBody {
        code: ErrorCode::Internal,
        message: say!(voice, "starting at login was not changed: {reason}", reason),
        hint: Some(voice.word(hint).to_owned()),
        retry_at: None,
    }
}
