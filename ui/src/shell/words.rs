//! The words of the frame: navigation, palette, shortcuts, connection.

use crate::browser::theme::Theme;
use crate::facts::path::Place;

pub(crate) const STOPPED: &str =
    "The dashboard stopped because of a fault in it. Reload the page; requests are not affected.";

pub(super) const SAFE_MODE: &str =
    "Safe mode: a copy of your configuration serves, and nothing can be changed";
pub(super) const NAME: &str = "Switchyard";
pub(super) const NAVIGATION: &str = "Pages";
pub(super) const SKIP: &str = "Skip to the page";
pub(super) const FIND: &str = "Find";
pub(super) const DEMO: &str = "Demo";
pub(super) const DEMO_TITLE: &str =
    "The vendors are simulated: nothing here costs or reaches anyone";
pub(super) const LIVE: &str = "Live";
pub(super) const OPENING: &str = "Connecting";
pub(super) const DOWN: &str = "Not connected";
pub(super) const SIGN_OUT: &str = "Sign out";
pub(super) const HELP: &str = "Keyboard shortcuts";
pub(super) const TRY_NOW: &str = "Try now";

pub(super) const MISSING: &str = "There is no such page";
pub(super) const MISSING_TEXT: &str = "The address may be from another version of Switchyard.";
pub(super) const TO_OVERVIEW: &str = "Go to the overview";

pub(super) const PALETTE: &str = "Find a page, a combo, a provider, a tool or an action";

pub(super) const NEVER_UP: &str = "Switchyard does not answer. Trying again and again.";

pub(super) fn down_since(time: &str) -> String {
    format!("No connection to Switchyard since {time}. What you see is from then.")
}

pub(super) fn place(place: Place) -> &'static str {
    match place {
        Place::Overview => "Overview",
        Place::Requests => "Requests",
        Place::Usage => "Usage",
        Place::Quota => "Quota",
        Place::Settings => "Settings",
        Place::Providers => "Providers",
        Place::Combos => "Combos",
        Place::Tools => "Tools",
        Place::Keys => "Keys",
    }
}

pub(super) fn theme(theme: Theme) -> &'static str {
    match theme {
        Theme::System => "Theme: as the system",
        Theme::Light => "Theme: light",
        Theme::Dark => "Theme: dark",
    }
}

pub(super) fn switch_to(combo: &str) -> String {
    format!("Switch auto to {combo}")
}

pub(super) fn open_combo(combo: &str) -> String {
    format!("Open combo {combo}")
}

pub(super) fn add_key(vendor: &str) -> String {
    format!("Add a key for {vendor}")
}

pub(super) fn set_up(tool: &str) -> String {
    format!("Set up {tool}")
}

pub(super) const TOOL: &str = "Tool";
pub(super) const COPY_ADDRESS: &str = "Copy the address for agents";
pub(super) const ADDRESS_COPIED: &str = "The address is on the clipboard";
pub(super) const NEXT_THEME: &str = "Change the theme";
pub(super) const PAGE: &str = "Page";
pub(super) const COMBO: &str = "Combo";
pub(super) const PROVIDER: &str = "Provider";
pub(super) const ACTION: &str = "Action";

/// What `?` lists: keys, and what they do.
pub(super) const SHORTCUTS: [(&[&str], &str); 11] = [
    (&["Ctrl", "K"], "Find everything (⌘ K on a Mac)"),
    (&["g", "o"], "Go to the overview"),
    (&["g", "r"], "Go to requests"),
    (&["g", "u"], "Go to usage"),
    (&["g", "p"], "Go to providers"),
    (&["g", "c"], "Go to combos"),
    (&["g", "t"], "Go to tools"),
    (&["g", "k"], "Go to keys"),
    (&["↑", "↓"], "Move between requests, or move a candidate by its handle"),
    (&["Esc"], "Close what is open"),
    (&["?"], "This list"),
];
