//! The words of the settings page.

use switchyard_types::{DataKeySource, UpdateChannel, UpdateView};

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

pub(super) const UPDATES: &str = "Updates";
pub(super) const LOOK: &str = "Check for updates";
pub(super) const INSTALL: &str = "Install and restart";
pub(super) const THE_COMMAND: &str = "the command";

pub(super) fn update(view: &UpdateView) -> String {
    let channel = |channel: &UpdateChannel| match channel {
        UpdateChannel::Stable => "",
        UpdateChannel::Beta => " Betas are offered too.",
    };
    match view {
        UpdateView::NotSetUp => {
            "This build takes no updates: it knows no key that they could be signed with."
                .to_owned()
        }
        UpdateView::Managed { by, .. } => format!("This copy is updated by {by}."),
        UpdateView::Unknown { channel: of } => {
            format!("Newer versions are looked for once a day.{}", channel(of))
        }
        UpdateView::Looking => "Looking for a newer version…".to_owned(),
        UpdateView::Newest { version, channel: of } => {
            format!("{version} is the newest version.{}", channel(of))
        }
        UpdateView::Offered { version, .. } => format!(
            "Version {version} is there. Its signature is checked before anything is put in place, and answers under way may end."
        ),
        UpdateView::Installing { version } => format!("Updating to {version}…"),
        UpdateView::Failed { message } => format!("There was no update: {message}."),
    }
}

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
