//! The words of the frame: navigation, palette, shortcuts, connection.

use crate::browser::theme::Theme;
use crate::facts::path::{Place, Section};
use crate::word::Word;

pub(crate) const STOPPED: Word = word!(
    "The dashboard stopped because of a fault in it. Reload the page; requests are not affected."
);

pub(super) const SAFE_MODE: Word =
    word!("Safe mode: a copy of your configuration serves, and nothing can be changed");
pub(super) const PAUSED: Word = word!("Routing is paused.");
pub(super) const PAUSED_SINCE: Word = word!("Routing is paused since {time}.");
pub(super) const PAUSED_TEXT: Word =
    word!("Every request of an agent is refused until it is resumed.");
pub(super) const PAUSE: Word = word!("Pause routing");
pub(super) const RESUME: Word = word!("Resume routing");
pub(super) const NAME: Word = word!("Switchyard");
pub(super) const NAVIGATION: Word = word!("Pages");
pub(super) const SKIP: Word = word!("Skip to the page");
pub(super) const FIND: Word = word!("Find");
pub(super) const DEMO: Word = word!("Demo");
pub(super) const DEMO_TITLE: Word =
    word!("The vendors are simulated: nothing here costs or reaches anyone");
pub(super) const LIVE: Word = word!("Live");
pub(super) const OPENING: Word = word!("Connecting");
pub(super) const DOWN: Word = word!("Not connected");
pub(super) const SIGN_OUT: Word = word!("Sign out");
pub(super) const HELP: Word = word!("Keyboard shortcuts");
pub(super) const TRY_NOW: Word = word!("Try now");

pub(super) const MISSING: Word = word!("There is no such page");
pub(super) const MISSING_TEXT: Word =
    word!("The address may be from another version of Switchyard.");
pub(super) const TO_OVERVIEW: Word = word!("Go to the overview");

pub(super) const PALETTE: Word = word!("Find a page, a combo, a provider, a tool or an action");

pub(super) const NEVER_UP: Word = word!("Switchyard does not answer. Trying again and again.");

pub(super) fn down_since(time: &str) -> String {
    say!("No connection to Switchyard since {time}. What you see is from then.", time)
}

pub(super) fn place(place: Place) -> Word {
    match place {
        Place::Overview => word!("Overview"),
        Place::Requests => word!("Requests"),
        Place::Usage => word!("Usage"),
        Place::Quota => word!("Quota"),
        Place::Settings => word!("Settings"),
        Place::Providers => word!("Providers"),
        Place::Combos => word!("Combos"),
        Place::Tools => word!("Tools"),
        Place::Keys => word!("Keys"),
        Place::Playground => word!("Playground"),
        Place::Welcome => crate::pages::welcome::words::TITLE,
    }
}

pub(super) fn settings_section(section: Section) -> String {
    say!("Settings: {section}", section = crate::pages::settings::words::section(section).text())
}

pub(super) fn theme(theme: Theme) -> Word {
    match theme {
        Theme::System => word!("Theme: as the system"),
        Theme::Light => word!("Theme: light"),
        Theme::Dark => word!("Theme: dark"),
    }
}

pub(super) fn switch_to(combo: &str) -> String {
    say!("Switch auto to {combo}", combo)
}

pub(super) fn open_combo(combo: &str) -> String {
    say!("Open combo {combo}", combo)
}

pub(super) fn add_key(vendor: &str) -> String {
    say!("Add a key for {vendor}", vendor)
}

pub(super) fn connect(vendor: &str) -> String {
    say!("Connect {vendor}", vendor)
}

pub(super) fn sign_in_at(vendor: &str) -> String {
    say!("Sign in at {vendor}", vendor)
}

pub(super) fn set_up(tool: &str) -> String {
    say!("Set up {tool}", tool)
}

pub(super) const MAKE_KEY: Word = word!("Make a key for an agent");
pub(super) const TOOL: Word = word!("Tool");
pub(super) const COPY_ADDRESS: Word = word!("Copy the address for agents");
pub(super) const ADDRESS_COPIED: Word = word!("The address is on the clipboard");
pub(super) const NEXT_THEME: Word = word!("Change the theme");
pub(super) const PAGE: Word = word!("Page");
pub(super) const COMBO: Word = word!("Combo");
pub(super) const PROVIDER: Word = word!("Provider");
pub(super) const ACTION: Word = word!("Action");

/// What `?` lists: keys, and what they do.
pub(super) const SHORTCUTS: [(&[&str], Word); 15] = [
    (&["Ctrl", "K"], word!("Find everything (⌘ K on a Mac)")),
    (&["g", "o"], word!("Go to the overview")),
    (&["g", "r"], word!("Go to requests")),
    (&["g", "u"], word!("Go to usage")),
    (&["g", "q"], word!("Go to quota")),
    (&["g", "p"], word!("Go to providers")),
    (&["g", "c"], word!("Go to combos")),
    (&["g", "t"], word!("Go to tools")),
    (&["g", "k"], word!("Go to keys")),
    (&["g", "s"], word!("Go to settings")),
    (&["g", "y"], word!("Go to the playground")),
    (&["g", "n"], word!("Open the notices")),
    (&["↑", "↓"], word!("Move between requests, or move a candidate by its handle")),
    (&["Esc"], word!("Close what is open")),
    (&["?"], word!("This list")),
];

pub(super) const NOTICES: Word = word!("Notices");
pub(super) const NO_NOTICES: Word = word!("Nothing was told yet");
pub(super) const NO_NOTICES_TEXT: Word = word!(
    "Quotas that run low, fall-overs, budgets, logins that ended and newer versions are told here, once each."
);
pub(super) const SEE_QUOTA: Word = word!("See the quota");
pub(super) const SEE_PROVIDERS: Word = word!("See the account");
pub(super) const SEE_REQUESTS: Word = word!("See the requests");
pub(super) const SEE_BUDGETS: Word = word!("See the budgets");
pub(super) const QUIET_UNTIL: Word = word!("Notifications are quiet until {time}.");
pub(super) const END_QUIET: Word = word!("Show them again");
pub(super) const SEE_UPDATE: Word = word!("See the update");
pub(super) const UNTIL: Word = word!("Until {time}.");

pub(super) fn notices_new(n: usize) -> String {
    match n {
        0 => word!("Notices").owned(),
        1 => word!("Notices, 1 new").owned(),
        n => say!("Notices, {n} new", n),
    }
}

pub(super) fn quota_low(account: &str) -> String {
    say!("{account} runs low", account)
}

pub(super) fn quota_spent(account: &str) -> String {
    say!("{account} is spent", account)
}

pub(super) fn quota_reset(account: &str) -> String {
    say!("{account} has quota again", account)
}

pub(super) fn window(name: &str) -> String {
    say!("Window: {name}.", name)
}

pub(super) fn window_used(name: &str, used: &str) -> String {
    say!("Window: {name}, {used} used.", name, used)
}

pub(super) fn fell_over(to: &str) -> String {
    say!("Fell over to {to}", to)
}

pub(super) fn instead_of(from: &str, to: &str) -> String {
    say!("{to} serves in place of {from}.", to, from)
}

pub(super) fn recovered(model: &str) -> String {
    say!("{model} is back", model)
}

pub(super) fn serves_again(place: &str) -> String {
    say!("{place} serves again.", place)
}

pub(super) fn budget_low(budget: &str) -> String {
    say!("The budget {budget} runs low", budget)
}

pub(super) fn budget_spent(budget: &str) -> String {
    say!("The budget {budget} is spent", budget)
}

pub(super) fn spent(share: &str) -> String {
    say!("{share} of it is spent.", share)
}

pub(super) fn limit(limit: &str) -> String {
    say!("Its limit is {limit}.", limit)
}

pub(super) fn tokens(n: &str) -> String {
    say!("{n} tokens", n)
}

pub(super) const UPDATE_TEXT: Word =
    word!("The tray app’s settings show what is new in it and put it in place.");

pub(super) fn update(version: &str) -> String {
    say!("Version {version} of Switchyard is there", version)
}

pub(super) fn sign_in_needed(account: &str) -> String {
    say!("{account} must be signed in again", account)
}
