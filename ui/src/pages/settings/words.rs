//! The words of the settings page.

use switchyard_types::DataKeySource;

pub(super) const TITLE: &str = "Settings";
pub(super) const PASSWORD: &str = "Password";
pub(super) const PASSWORD_TEXT: &str =
    "Opens the dashboard in a browser, beside the one-time links of “switchyard link”.";
pub(super) const CURRENT: &str = "Password so far";
pub(super) const CURRENT_HINT: &str = "Empty where none was set.";
pub(super) const NEW: &str = "New password";
pub(super) const NEW_HINT: &str = "Empty removes it. Other browsers are signed out.";
pub(super) const CHANGE: &str = "Change the password";
pub(super) const CHANGED: &str = "The password is changed; other browsers are signed out";
pub(super) const BACKUPS: &str = "Backups";
pub(super) const BACKUPS_TEXT: &str =
    "Copies of your configuration in the data folder. One is made before every update of it.";
pub(super) const MAKE: &str = "Back up now";
pub(super) const MAKING: &str = "Backing up";
pub(super) const MADE: &str = "The backup is made";
pub(super) const CHECK: &str = "Check";
pub(super) const NO_BACKUPS: &str = "No backup yet";
pub(super) const NO_BACKUPS_TEXT: &str = "Make one now, or wait for the first that makes itself.";
pub(super) const ABOUT: &str = "About";
pub(super) const VERSION: &str = "Version";
pub(super) const FOLDER: &str = "Data folder";
pub(super) const THE_FOLDER: &str = "the data folder";
pub(super) const KEY: &str = "Secrets are sealed by";
pub(super) const STARTED: &str = "Running since";

pub(super) fn whole(name: &str) -> String {
    format!("{name} is whole and can be restored")
}

pub(super) fn check_of(name: &str) -> String {
    format!("Check {name}")
}

pub(super) fn kept(source: DataKeySource) -> &'static str {
    match source {
        DataKeySource::File => "a key file in the data folder",
        DataKeySource::Environment => "a key given in the environment",
        DataKeySource::Keychain => "a key in the system’s keychain",
    }
}
