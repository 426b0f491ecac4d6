//! The words of the frame: navigation, palette, shortcuts, connection.

use crate::browser::theme::Theme;
use crate::facts::path::{Place, Section};

pub(crate) const STOPPED: &str =
    "The dashboard stopped because of a fault in it. Reload the page; requests are not affected.";

pub(super) const SAFE_MODE: &str =
    "Safe mode: a copy of your configuration serves, and nothing can be changed";
pub(super) const PAUSED: &str = "Routing is paused";
pub(super) const SINCE: &str = "since";
pub(super) const PAUSED_TEXT: &str = "Every request of an agent is refused until it is resumed.";
pub(super) const PAUSE: &str = "Pause routing";
pub(super) const RESUME: &str = "Resume routing";
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
        Place::Playground => "Playground",
        Place::Welcome => crate::pages::welcome::words::TITLE,
    }
}

pub(super) fn settings_section(section: Section) -> String {
    format!("Settings: {}", crate::pages::settings::words::section(section))
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
pub(super) const SHORTCUTS: [(&[&str], &str); 15] = [
    (&["Ctrl", "K"], "Find everything (⌘ K on a Mac)"),
    (&["g", "o"], "Go to the overview"),
    (&["g", "r"], "Go to requests"),
    (&["g", "u"], "Go to usage"),
    (&["g", "q"], "Go to quota"),
    (&["g", "p"], "Go to providers"),
    (&["g", "c"], "Go to combos"),
    (&["g", "t"], "Go to tools"),
    (&["g", "k"], "Go to keys"),
    (&["g", "y"], "Go to the playground"),
    (&["g", "s"], "Go to settings"),
    (&["g", "n"], "Open the notices"),
    (&["↑", "↓"], "Move between requests, or move a candidate by its handle"),
    (&["Esc"], "Close what is open"),
    (&["?"], "This list"),
];

pub(super) const NOTICES: &str = "Notices";
pub(super) const NO_NOTICES: &str = "Nothing was told yet";
pub(super) const NO_NOTICES_TEXT: &str =
    "Quotas that run low, fall-overs, budgets and logins that ended are told here, once each.";
pub(super) const SEE_QUOTA: &str = "See the quota";
pub(super) const SEE_PROVIDERS: &str = "See the account";
pub(super) const UNTIL: &str = "Until";

pub(super) fn notices_new(n: usize) -> String {
    match n {
        0 => "Notices".to_owned(),
        1 => "Notices, 1 new".to_owned(),
        n => format!("Notices, {n} new"),
    }
}

pub(super) fn quota_low(account: &str) -> String {
    format!("{account} runs low")
}

pub(super) fn quota_spent(account: &str) -> String {
    format!("{account} is spent")
}

pub(super) fn quota_reset(account: &str) -> String {
    format!("{account} has quota again")
}

pub(super) fn window(name: &str) -> String {
    format!("Window: {name}.")
}

pub(super) fn window_used(name: &str, used: &str) -> String {
    format!("Window: {name}, {used} used.")
}

pub(super) fn fell_over(to: &str) -> String {
    format!("Fell over to {to}")
}

pub(super) fn instead_of(from: &str, to: &str) -> String {
    format!("{to} serves in place of {from}.")
}

pub(super) fn recovered(model: &str) -> String {
    format!("{model} is back")
}

pub(super) fn serves_again(place: &str) -> String {
    format!("{place} serves again.")
}

pub(super) fn budget_low(budget: &str) -> String {
    format!("The budget {budget} runs low")
}

pub(super) fn budget_spent(budget: &str) -> String {
    format!("The budget {budget} is spent")
}

pub(super) fn spent(share: &str) -> String {
    format!("{share} of it is spent.")
}

pub(super) fn limit(limit: &str) -> String {
    format!("Its limit is {limit}.")
}

pub(super) fn tokens(n: &str) -> String {
    format!("{n} tokens")
}

pub(super) fn sign_in_needed(account: &str) -> String {
    format!("{account} must be signed in again")
}
