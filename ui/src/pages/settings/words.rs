//! The words of the settings page.

use switchyard_types::{
    AccountOrder, DataKeySource, NoticeKind, RuleOf, UpdateChannel, UpdateView,
};

use crate::browser::theme::Theme;
use crate::facts::path::Section;

pub(super) const TITLE: &str = "Settings";
pub(super) const SECTIONS: &str = "Sections";
pub(super) const SAVE: &str = "Save";
pub(super) const SAVED: &str = "Saved";
pub(super) const CHANGE: &str = "Change";
pub(super) const REMOVE: &str = "Remove";
pub(super) const NAME: &str = "Name";
pub(super) const NAME_MISSING: &str = "Give it a name.";
pub(super) const NAME_TAKEN: &str = "There is one of this name already.";

pub(crate) fn section(section: Section) -> &'static str {
    match section {
        Section::General => "General",
        Section::Network => "Network",
        Section::Routing => "Routing",
        Section::Budgets => "Budgets",
        Section::Rules => "Rules",
        Section::Notifications => "Notifications",
        Section::Data => "Data",
        Section::Security => "Security",
        Section::About => "About",
    }
}

pub(super) fn change_of(name: &str) -> String {
    format!("Change {name}")
}

pub(super) fn remove_of(name: &str) -> String {
    format!("Remove {name}")
}

pub(super) fn saved(name: &str) -> String {
    format!("{name} is saved")
}

pub(super) fn removed(name: &str) -> String {
    format!("{name} is removed")
}

pub(super) fn remove_title(name: &str) -> String {
    format!("Remove the budget {name}?")
}

pub(super) const THEME: &str = "Theme";
pub(super) const THEME_TEXT: &str = "Kept in this browser.";
pub(super) const ELSEWHERE: &str = "Set on other pages";
pub(super) const AT_PROVIDERS: &str = "Providers";
pub(super) const AT_PROVIDERS_TEXT: &str =
    "Keys, logins, proxies, and which account is tried first";
pub(super) const AT_COMBOS: &str = "Combos";
pub(super) const AT_COMBOS_TEXT: &str = "The order of models, and what auto means";
pub(super) const AT_TOOLS: &str = "Tools";
pub(super) const AT_TOOLS_TEXT: &str = "Pointing coding tools here, and putting them back";
pub(super) const AT_KEYS: &str = "Keys";
pub(super) const AT_KEYS_TEXT: &str = "What agents show, and what each may do";

pub(super) fn theme(theme: Theme) -> &'static str {
    match theme {
        Theme::System => "As the system",
        Theme::Light => "Light",
        Theme::Dark => "Dark",
    }
}

pub(super) const ADDRESSES: &str = "Addresses for agents";
pub(super) const ADDRESSES_TEXT: &str =
    "The base address that each kind of client is given. Every one reaches every model.";
pub(super) const THE_ADDRESS: &str = "the address";
pub(super) const PROJECTS: &str = "For one project";
pub(super) const PROJECTS_TEXT: &str =
    "Requests below it follow the rule of that path, without a key of their own.";
pub(super) const LISTENER: &str = "Listener";
pub(super) const LISTENER_TEXT: &str = "Set when Switchyard starts: by “switchyard serve --host … --port …”, or by HOSTNAME, PORT and REQUIRE_API_KEY in its environment.";
pub(super) const LISTENS: &str = "Listens on";
pub(super) const KEYS_NEEDED: &str = "Agents";
pub(super) const KEYS_YES: &str = "must send a key.";
pub(super) const KEYS_NO: &str = "may come without a key from this computer.";

pub(super) fn project_address(address: &str) -> String {
    format!("{address}/k/NAME/v1")
}

pub(super) const ACCOUNTS: &str = "Accounts";
pub(super) const ACCOUNTS_TEXT: &str =
    "How accounts are chosen where no combo says it. A session stays with its account in any case.";
pub(super) const LEAVE: &str = "Leave a quota window early, at a use of (percent)";
pub(super) const LEAVE_HINT: &str = "From there on other accounts are asked first, so that something is left. Empty uses windows up.";
pub(super) const LEAVE_NEVER: &str = "used up";
pub(super) const PERCENT_BAD: &str = "Give a percent from 0 to 100, or nothing.";
pub(super) const ORDER: &str = "Several accounts at one provider";
pub(super) const ORDER_HINT: &str = "In which order they are tried.";
pub(super) const ORDER_NONE: &str = "No provider has several accounts yet.";
pub(super) const OWN_SHARES: &str = "Leave single accounts at another use";
pub(super) const OWN_SHARES_HINT: &str = "In percent. Empty does as above.";
pub(super) const TOOLS_QUIT: &str = "When Switchyard quits";
pub(super) const TOOLS_QUIT_TEXT: &str =
    "Whether coding tools are put back as they were is set beside them.";

pub(super) fn order(order: AccountOrder) -> &'static str {
    match order {
        AccountOrder::FillFirst => "One after the other, by their order",
        AccountOrder::RoundRobin { .. } => "In turn",
        AccountOrder::LeastUsed => "The least used first",
        AccountOrder::MostQuotaLeft => "The one whose quota would expire first",
    }
}

pub(super) fn order_of(vendor: &str) -> String {
    format!("Order of the accounts at {vendor}")
}

pub(super) fn share_of(account: &str) -> String {
    format!("Use at which {account} is left, in percent")
}

pub(super) const BUDGETS: &str = "Budgets";
pub(super) const BUDGETS_TEXT: &str = "What may be spent in a day or a month, in local time. A spent one refuses more, or only tells.";
pub(super) const ADD_BUDGET: &str = "Add a budget";
pub(super) const NO_BUDGETS: &str = "No budget yet";
pub(super) const NO_BUDGETS_TEXT: &str = "Add one for everybody, a combo, an account or a key, and its spending is counted from then on.";
pub(super) const BUDGET_NAME_HINT: &str =
    "Notices and traces call it so: letters, digits, dashes, dots, underscores.";
pub(super) const WHOSE: &str = "Whose spending counts";
pub(super) const WHOSE_HINT: &str = "Budgets of single candidates are set in their combo.";
pub(super) const IN_COMBO: &str = "Set in its combo";
pub(super) const OF: &str = "of";
pub(super) const STARTS_OVER: &str = "Starts over in";
pub(super) const SPENT: &str = "Spent";
pub(super) const LOW: &str = "Low";
pub(super) const CLEAR: &str = "Clear";
pub(super) const REMOVE_BUDGET_TEXT: &str =
    "Nothing is held to it any more, and what was counted for it is forgotten.";

pub(super) fn spent_share(name: &str, percent: u32) -> String {
    format!("{name}: {percent}% spent")
}

pub(super) const RULES: &str = "Rules of keys and paths";
pub(super) const RULES_TEXT: &str =
    "What a key or a project’s address may ask for, and what answers it. A key’s rule is made at";
pub(super) const ADD_PATH: &str = "Add a path";
pub(super) const NO_RULES: &str = "No rules yet";
pub(super) const NO_RULES_TEXT: &str =
    "Without one, every key and the plain address may ask for everything.";
pub(super) const PATH: &str = "Path";
pub(super) const PATH_HINT: &str =
    "It is reached as /k/ and this name: letters from a to z, digits, dashes, dots, underscores.";
pub(super) const PATH_MISSING: &str = "Give the path a name.";
pub(super) const PATH_TAKEN: &str = "This path has a rule already.";

pub(super) fn rule_removed(whose: &str) -> String {
    format!("The rule of {whose} is removed")
}

pub(super) fn remove_rule_title(whose: &str) -> String {
    format!("Remove the rule of {whose}?")
}

pub(super) fn remove_rule_text(of: &RuleOf) -> &'static str {
    match of {
        RuleOf::Client { .. } => "The key may ask for everything from now on.",
        RuleOf::Path { .. } => "The path leads nowhere from now on: requests to it are refused.",
    }
}

pub(super) const NOTIFICATIONS: &str = "Notifications";
pub(super) const NOTIFICATIONS_TEXT: &str =
    "What the tray app shows on the desktop. Every notice is in the inbox, shown or not.";
pub(super) const SHOW_ANY: &str = "Show notifications";
pub(super) const KINDS: &str = "Of these kinds";
pub(super) const QUIET: &str = "Quiet hours";
pub(super) const QUIET_HINT: &str = "None is shown meanwhile.";
pub(super) const FROM: &str = "From";
pub(super) const TO: &str = "To";
pub(super) const TIME_BAD: &str = "Give a time, such as 22:00.";
pub(super) const DAYS: &str = "On the nights or days that begin on";
pub(super) const DAYS_NONE: &str = "Choose at least one day.";
pub(super) const DAY_NAMES: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
pub(super) const TEST: &str = "Show one now";
pub(super) const TESTING: &str = "Asking the desktop";
pub(super) const TEST_SHOWN: &str = "The desktop showed it";

pub(super) fn kind(kind: NoticeKind) -> &'static str {
    match kind {
        NoticeKind::QuotaLow => "A quota runs low",
        NoticeKind::QuotaSpent => "A quota is spent",
        NoticeKind::QuotaReset => "A spent quota is back",
        NoticeKind::FellOver => "Requests fell over to another",
        NoticeKind::Recovered => "The preferred one serves again",
        NoticeKind::BudgetLow => "A budget runs low",
        NoticeKind::BudgetSpent => "A budget is spent",
        NoticeKind::SignInNeeded => "An account must be signed in again",
    }
}

pub(super) const BODIES: &str = "What agents and models say";
pub(super) const BODIES_TEXT: &str = "Kept sealed on this computer when you wish it, without secrets that are found in it; never sent anywhere. The page of a request shows it, and can ask again.";
pub(super) const KEEP: &str = "Keep what is said from now on";
pub(super) const KEEP_FIXED_ON: &str =
    "It is kept: ENABLE_REQUEST_LOGS in the environment says so.";
pub(super) const KEEP_FIXED_OFF: &str =
    "It is not kept: ENABLE_REQUEST_LOGS in the environment says so.";
pub(super) const KEEP_DAYS: &str = "For so many days";
pub(super) const KEEP_DAYS_HINT: &str = "From 1 to 90. Older ones are removed at once.";
pub(super) const DAYS_BAD: &str = "Give a number from 1 to 90.";
pub(super) const DELETE_ALL: &str = "Delete all";
pub(super) const DELETE_BODIES_TITLE: &str = "Delete everything that was said?";

pub(super) fn kept_bodies(requests: u64, bytes: &str, most: &str, largest: &str) -> String {
    let requests = match requests {
        0 => "Nothing is kept".to_owned(),
        1 => format!("1 request, {bytes}"),
        n => format!("{} requests, {bytes}", crate::facts::format::count(n)),
    };
    format!("{requests}. At most {most} in all, of one body its first {largest}.")
}

pub(super) fn delete_bodies_text(requests: u64) -> String {
    let what = match requests {
        1 => "What was said in 1 request is".to_owned(),
        n => format!("What was said in {} requests is", crate::facts::format::count(n)),
    };
    format!("{what} deleted for good. The requests themselves, their traces and sums stay.")
}

pub(super) fn bodies_deleted(requests: u64) -> String {
    match requests {
        1 => "What was said in 1 request is deleted".to_owned(),
        n => format!("What was said in {} requests is deleted", crate::facts::format::count(n)),
    }
}

pub(super) const EXPORT: &str = "Export";
pub(super) const EXPORT_TEXT: &str =
    "Everything that you set up, keys and logins too, in one file that only the passphrase opens.";
pub(super) const EXPORT_FILE: &str = "switchyard-export.json";
pub(super) const PASSPHRASE: &str = "Passphrase";
pub(super) const PASSPHRASE_HINT: &str =
    "At least 12 characters. Nobody can open the file without it, nor can we.";
pub(super) const PASSPHRASE_SHORT: &str = "It must have at least 12 characters.";
pub(super) const EXPORT_NOW: &str = "Export";
pub(super) const EXPORTING: &str = "Sealing";
pub(super) const EXPORTED: &str = "The file is among your downloads";
pub(super) const IMPORT: &str = "Import";
pub(super) const IMPORT_TEXT: &str =
    "Reads an exported file. You see what would change before anything does.";
pub(super) const FILE: &str = "File";
pub(super) const FILE_MISSING: &str = "Choose the file first.";
pub(super) const FILE_UNREAD: &str = "This file could not be read as text, or is too large.";
pub(super) const ITS_PASSPHRASE: &str = "Its passphrase";
pub(super) const ITS_PASSPHRASE_HINT: &str =
    "What it was sealed under. A file of combos or providers alone needs none.";
pub(super) const PASSPHRASE_WRONG: &str = "This passphrase does not open the file.";
pub(super) const CLASH: &str = "Where a name is taken";
pub(super) const CLASH_HINT: &str =
    "For a file of combos or providers alone; a whole one takes the place of everything.";
pub(super) const CLASH_KEEP: &str = "Keep what is here";
pub(super) const CLASH_REPLACE: &str = "Take what is in the file";
pub(super) const LOOK_THROUGH: &str = "See what would change";
pub(super) const NOTHING_CHANGES: &str = "Nothing would change.";
pub(super) const IS_WHOLE: &str = "It takes the place of everything here.";
pub(super) const IS_PART: &str = "It is added to what is here.";
pub(super) const MADE_AT: &str = "It was made";
pub(super) const ADDED: &str = "New";
pub(super) const CHANGED_TO: &str = "Changed";
pub(super) const REMOVED: &str = "Removed";
pub(super) const IMPORT_TITLE: &str = "Import this file?";
pub(super) const IMPORT_WHOLE_TEXT: &str = "What is set up here is replaced as shown. A backup of it is made first; requests go on meanwhile.";
pub(super) const IMPORT_PART_TEXT: &str = "What is shown is added. A backup is made first.";
pub(super) const IMPORT_NOW: &str = "Import";
pub(super) const IMPORTED: &str = "The file is imported";

/// What a table of an import holds.
pub(super) fn table(table: &str) -> String {
    match table {
        "accounts" => "Accounts".to_owned(),
        "logins" => "Logins".to_owned(),
        "custom_vendors" => "Endpoints".to_owned(),
        "custom_vendor_models" => "Models of endpoints".to_owned(),
        "combos" => "Combos".to_owned(),
        "combo_candidates" => "Candidates of combos".to_owned(),
        "aliases" => "Aliases".to_owned(),
        "client_keys" => "Keys of agents".to_owned(),
        "client_rules" => "Rules of keys".to_owned(),
        "path_rules" => "Rules of paths".to_owned(),
        "budgets" => "Budgets".to_owned(),
        "settings" => "Settings".to_owned(),
        "vendor_orders" => "Orders of accounts".to_owned(),
        "early_leaves" => "Windows left early".to_owned(),
        "tool_keys" => "Keys of tools".to_owned(),
        "dashboard_password" => "The dashboard’s password".to_owned(),
        // A newer server may have more.
        other => crate::facts::format::sentence(&other.replace('_', " ")),
    }
}

pub(super) const BACKUPS: &str = "Backups";
pub(super) const BACKUPS_TEXT: &str = "Copies of your configuration in the data folder. One is made before every update of it. “switchyard backup restore” puts one back.";
pub(super) const MAKE: &str = "Back up now";
pub(super) const MAKING: &str = "Backing up";
pub(super) const MADE: &str = "The backup is made";
pub(super) const CHECK: &str = "Check";
pub(super) const NO_BACKUPS: &str = "No backup yet";
pub(super) const NO_BACKUPS_TEXT: &str = "Make one now, or wait for the first that makes itself.";

pub(super) fn whole(name: &str) -> String {
    format!("{name} is whole and can be restored")
}

pub(super) fn check_of(name: &str) -> String {
    format!("Check {name}")
}

pub(super) const PASSWORD: &str = "Password";
pub(super) const PASSWORD_TEXT: &str =
    "Opens the dashboard in a browser, beside the one-time links of “switchyard link”.";
pub(super) const CURRENT: &str = "Password so far";
pub(super) const CURRENT_HINT: &str = "Empty where none was set.";
pub(super) const NEW: &str = "New password";
pub(super) const NEW_HINT: &str = "Empty removes it. Other browsers are signed out.";
pub(super) const CHANGE_PASSWORD: &str = "Change the password";
pub(super) const CHANGED: &str = "The password is changed; other browsers are signed out";
pub(super) const DATA_KEY: &str = "The key that seals secrets";
pub(super) const DATA_KEY_TEXT: &str =
    "Keys, logins and what is kept of requests stand in the database sealed by one key.";
pub(super) const KEY_GOES: &str = "Where the new one is kept";
pub(super) const KEY_SAME: &str = "Where the old one is";
pub(super) const KEY_KEYCHAIN: &str = "In the system’s keychain";
pub(super) const KEY_FILE: &str = "In a file in the data folder that only you can read";
pub(super) const ROTATE: &str = "Exchange the key";
pub(super) const ROTATING: &str = "Sealing anew";
pub(super) const ROTATE_TITLE: &str = "Exchange the key?";
pub(super) const ROTATE_TEXT: &str = "Every secret and every backup is sealed anew. Copies of the data folder that you keep elsewhere still need the old key.";
pub(super) const ROTATE_ENVIRONMENT: &str =
    "“switchyard secrets rotate” exchanges a key that the environment gives.";
pub(super) const LEFT: &str = "These backups still need the old key";

pub(super) fn sealed_by(source: DataKeySource) -> String {
    format!("It is {}.", kept(source))
}

pub(super) fn rotated(values: u64, backups: u64) -> String {
    format!("The key is exchanged: {values} secrets and {backups} backups are sealed anew")
}

pub(super) const ABOUT: &str = "About";
pub(super) const VERSION: &str = "Version";
pub(super) const FOLDER: &str = "Data folder";
pub(super) const THE_FOLDER: &str = "the data folder";
pub(super) const KEY: &str = "Secrets are sealed by";
pub(super) const STARTED: &str = "Running since";

pub(super) fn kept(source: DataKeySource) -> &'static str {
    match source {
        DataKeySource::File => "a key file in the data folder",
        DataKeySource::Environment => "a key given in the environment",
        DataKeySource::Keychain => "a key in the system’s keychain",
    }
}

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
