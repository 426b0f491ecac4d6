//! The words of the settings page.

use switchyard_types::{DataKeySource, NoticeKind, RuleOf, UpdateChannel, UpdateView};

use crate::browser::theme::Theme;
use crate::facts::format::{count, sentence};
use crate::facts::path::Section;
use crate::word::Word;

pub(super) const TITLE: Word = word!("Settings");
pub(super) const SECTIONS: Word = word!("Sections");
pub(super) const SAVE: Word = word!("Save");
pub(super) const SAVED: Word = word!("Saved");
pub(super) const CHANGE: Word = word!("Change");
pub(super) const REMOVE: Word = word!("Remove");
pub(super) const NAME: Word = word!("Name");
pub(super) const NAME_MISSING: Word = word!("Give it a name.");
pub(super) const NAME_TAKEN: Word = word!("There is one of this name already.");

pub(crate) fn section(section: Section) -> Word {
    match section {
        Section::General => word!("General"),
        Section::Network => word!("Network"),
        Section::Routing => word!("Routing"),
        Section::Budgets => word!("Budgets"),
        Section::Rules => word!("Rules"),
        Section::Notifications => word!("Notifications"),
        Section::Data => word!("Data"),
        Section::Security => word!("Security"),
        Section::About => word!("About"),
    }
}

pub(super) fn change_of(name: &str) -> String {
    say!("Change {name}", name)
}

pub(super) fn remove_of(name: &str) -> String {
    say!("Remove {name}", name)
}

pub(super) fn saved(name: &str) -> String {
    say!("{name} is saved", name)
}

pub(super) fn removed(name: &str) -> String {
    say!("{name} is removed", name)
}

pub(super) fn remove_title(name: &str) -> String {
    say!("Remove the budget {name}?", name)
}

pub(super) const THEME: Word = word!("Theme");
pub(super) const THEME_TEXT: Word = word!("Kept in this browser.");
pub(super) const AUTOSTART: Word = word!("Start at login");
pub(super) const AUTOSTART_TEXT: Word =
    word!("Agents find Switchyard running as soon as you are there. It starts in the tray alone.");
pub(super) const AUTOSTART_LABEL: Word = word!("The system starts Switchyard at login");
pub(super) const LANGUAGE: Word = word!("Language");
pub(super) const LANGUAGE_TEXT: Word = word!(
    "Of the dashboard in every browser, the tray and its notifications. What the server and providers say in their own words stays in English."
);
pub(super) const AS_SYSTEM: Word = word!("As the system");
pub(super) const ELSEWHERE: Word = word!("Set on other pages");
pub(super) const AT_PROVIDERS: Word = word!("Providers");
pub(super) const AT_PROVIDERS_TEXT: Word =
    word!("Keys, logins, proxies, and which account is tried first");
pub(super) const AT_COMBOS: Word = word!("Combos");
pub(super) const AT_COMBOS_TEXT: Word = word!("The order of models, and what auto means");
pub(super) const AT_TOOLS: Word = word!("Tools");
pub(super) const AT_TOOLS_TEXT: Word = word!("Pointing coding tools here, and putting them back");
pub(super) const AT_KEYS: Word = word!("Keys");
pub(super) const AT_KEYS_TEXT: Word = word!("What agents show, and what each may do");

pub(super) fn theme(theme: Theme) -> Word {
    match theme {
        Theme::System => AS_SYSTEM,
        Theme::Light => word!("Light"),
        Theme::Dark => word!("Dark"),
    }
}

pub(super) const ADDRESSES: Word = word!("Addresses for agents");
pub(super) const ADDRESSES_TEXT: Word =
    word!("The base address that each kind of client is given. Every one reaches every model.");
pub(super) const THE_ADDRESS: Word = word!("the address");
pub(super) const PROJECTS: Word = word!("For one project");
pub(super) const PROJECTS_TEXT: Word =
    word!("Requests below it follow the rule of that path, without a key of their own.");
pub(super) const LISTENER: Word = word!("Listener");
pub(super) const LISTENER_TEXT: Word = word!(
    "Set when Switchyard starts: by “switchyard serve --host … --port …”, or by HOSTNAME, PORT and REQUIRE_API_KEY in its environment."
);
pub(super) const LISTENS: Word = word!("Listens on");
pub(super) const KEYS_NEEDED: Word = word!("Agents");
pub(super) const KEYS_YES: Word = word!("must send a key.");
pub(super) const KEYS_NO: Word = word!("may come without a key from this computer.");

pub(super) fn project_address(address: &str) -> String {
    format!("{address}/k/NAME/v1")
}

pub(super) const ACCOUNTS: Word = word!("Accounts");
pub(super) const ACCOUNTS_TEXT: Word = word!(
    "How accounts are chosen where no combo says it. A session stays with its account in any case."
);
pub(super) const LEAVE: Word = word!("Leave a quota window early, at a use of (percent)");
pub(super) const LEAVE_HINT: Word = word!(
    "From there on other accounts are asked first, so that something is left. Empty uses windows up."
);
pub(super) const LEAVE_NEVER: Word = word!("used up");
pub(super) const PERCENT_BAD: Word = word!("Give a percent from 0 to 100, or nothing.");
pub(super) const ORDER: Word = word!("Several accounts at one provider");
pub(super) const ORDER_HINT: Word = word!("In which order they are tried.");
pub(super) const ORDER_NONE: Word = word!("No provider has several accounts yet.");
pub(super) const OWN_SHARES: Word = word!("Leave single accounts at another use");
pub(super) const OWN_SHARES_HINT: Word = word!("In percent. Empty does as above.");
pub(super) const TOOLS_QUIT: Word = word!("When Switchyard quits");
pub(super) const TOOLS_QUIT_TEXT: Word =
    word!("Whether coding tools are put back as they were is set beside them.");

pub(super) fn order_of(vendor: &str) -> String {
    say!("Order of the accounts at {vendor}", vendor)
}

pub(super) fn share_of(account: &str) -> String {
    say!("Use at which {account} is left, in percent", account)
}

pub(super) const BUDGETS: Word = word!("Budgets");
pub(super) const BUDGETS_TEXT: Word = word!(
    "What may be spent in a day or a month, in local time. A spent one refuses more, or only tells."
);
pub(super) const ADD_BUDGET: Word = word!("Add a budget");
pub(super) const NO_BUDGETS: Word = word!("No budget yet");
pub(super) const NO_BUDGETS_TEXT: Word = word!(
    "Add one for everybody, a combo, an account or a key, and its spending is counted from then on."
);
pub(super) const BUDGET_NAME_HINT: Word =
    word!("Notices and traces call it so: letters, digits, dashes, dots, underscores.");
pub(super) const WHOSE: Word = word!("Whose spending counts");
pub(super) const WHOSE_HINT: Word = word!("Budgets of single candidates are set in their combo.");
pub(super) const IN_COMBO: Word = word!("Set in its combo");
pub(super) const STARTS_OVER: Word = word!("Starts over in {time}");
pub(super) const SPENT: Word = word!("Spent");
pub(super) const LOW: Word = word!("Low");
pub(super) const CLEAR: Word = word!("Clear");
pub(super) const REMOVE_BUDGET_TEXT: Word =
    word!("Nothing is held to it any more, and what was counted for it is forgotten.");

pub(super) fn spent_of(spent: &str, limit: &str) -> String {
    say!("{spent} of {limit}", spent, limit)
}

pub(super) fn spent_share(name: &str, percent: u32) -> String {
    say!("{name}: {percent}% spent", name, percent)
}

pub(super) const RULES: Word = word!("Rules of keys and paths");
pub(super) const RULES_TEXT: Word = word!(
    "What a key or a project’s address may ask for, and what answers it. A key’s rule is made at {keys}."
);
pub(super) const ADD_PATH: Word = word!("Add a path");
pub(super) const NO_RULES: Word = word!("No rules yet");
pub(super) const NO_RULES_TEXT: Word =
    word!("Without one, every key and the plain address may ask for everything.");
pub(super) const PATH: Word = word!("Path");
pub(super) const PATH_HINT: Word = word!(
    "It is reached as /k/ and this name: letters from a to z, digits, dashes, dots, underscores."
);
pub(super) const PATH_MISSING: Word = word!("Give the path a name.");
pub(super) const PATH_TAKEN: Word = word!("This path has a rule already.");

pub(super) fn rule_removed(whose: &str) -> String {
    say!("The rule of {whose} is removed", whose)
}

pub(super) fn remove_rule_title(whose: &str) -> String {
    say!("Remove the rule of {whose}?", whose)
}

pub(super) fn remove_rule_text(of: &RuleOf) -> Word {
    match of {
        RuleOf::Client { .. } => word!("The key may ask for everything from now on."),
        RuleOf::Path { .. } => {
            word!("The path leads nowhere from now on: requests to it are refused.")
        }
    }
}

pub(super) const NOTIFICATIONS: Word = word!("Notifications");
pub(super) const NOTIFICATIONS_TEXT: Word =
    word!("What the tray app shows on the desktop. Every notice is in the inbox, shown or not.");
pub(super) const SHOW_ANY: Word = word!("Show notifications");
pub(super) const KINDS: Word = word!("Of these kinds");
pub(super) const QUIET: Word = word!("Quiet hours");
pub(super) const QUIET_HINT: Word = word!("None is shown meanwhile.");
pub(super) const DAYS: Word = word!("On the nights or days that begin on");
pub(super) const TEST: Word = word!("Show one now");
pub(super) const TESTING: Word = word!("Asking the desktop");
pub(super) const TEST_SHOWN: Word = word!("The desktop showed it");

pub(super) fn kind(kind: NoticeKind) -> Word {
    match kind {
        NoticeKind::QuotaLow => word!("A quota runs low"),
        NoticeKind::QuotaSpent => word!("A quota is spent"),
        NoticeKind::QuotaReset => word!("A spent quota is back"),
        NoticeKind::FellOver => word!("Requests fell over to another"),
        NoticeKind::Recovered => word!("The preferred one serves again"),
        NoticeKind::BudgetLow => word!("A budget runs low"),
        NoticeKind::BudgetSpent => word!("A budget is spent"),
        NoticeKind::SignInNeeded => word!("An account must be signed in again"),
        NoticeKind::Update => word!("A newer version is there"),
    }
}

pub(super) const BODIES: Word = word!("What agents and models say");
pub(super) const BODIES_TEXT: Word = word!(
    "Kept sealed on this computer when you wish it, without secrets that are found in it; never sent anywhere. The page of a request shows it, and can ask again."
);
pub(super) const KEEP: Word = word!("Keep what is said from now on");
pub(super) const KEEP_FIXED_ON: Word =
    word!("It is kept: ENABLE_REQUEST_LOGS in the environment says so.");
pub(super) const KEEP_FIXED_OFF: Word =
    word!("It is not kept: ENABLE_REQUEST_LOGS in the environment says so.");
pub(super) const KEEP_DAYS: Word = word!("For so many days");
pub(super) const KEEP_DAYS_HINT: Word = word!("From 1 to 90. Older ones are removed at once.");
pub(super) const DAYS_BAD: Word = word!("Give a number from 1 to 90.");
pub(super) const DELETE_ALL: Word = word!("Delete all");
pub(super) const DELETE_BODIES_TITLE: Word = word!("Delete everything that was said?");

pub(super) fn kept_bodies(requests: u64, bytes: &str, most: &str, largest: &str) -> String {
    match requests {
        0 => say!(
            "Nothing is kept. At most {most} in all, of one body its first {largest}.",
            most,
            largest
        ),
        1 => say!(
            "1 request, {bytes}. At most {most} in all, of one body its first {largest}.",
            bytes,
            most,
            largest
        ),
        n => say!(
            "{n} requests, {bytes}. At most {most} in all, of one body its first {largest}.",
            n = count(n),
            bytes,
            most,
            largest
        ),
    }
}

pub(super) fn delete_bodies_text(requests: u64) -> String {
    match requests {
        1 => word!("What was said in 1 request is deleted for good. The requests themselves, their traces and sums stay.").owned(),
        n => say!(
            "What was said in {n} requests is deleted for good. The requests themselves, their traces and sums stay.",
            n = count(n)
        ),
    }
}

pub(super) fn bodies_deleted(requests: u64) -> String {
    match requests {
        1 => word!("What was said in 1 request is deleted").owned(),
        n => say!("What was said in {n} requests is deleted", n = count(n)),
    }
}

pub(super) const EXPORT: Word = word!("Export");
pub(super) const EXPORT_TEXT: Word = word!(
    "Everything that you set up, keys and logins too, in one file that only the passphrase opens."
);
pub(super) const EXPORT_FILE: &str = "switchyard-export.json";
pub(super) const PASSPHRASE: Word = word!("Passphrase");
pub(super) const PASSPHRASE_HINT: Word =
    word!("At least 12 characters. Nobody can open the file without it, nor can we.");
pub(super) const PASSPHRASE_SHORT: Word = word!("It must have at least 12 characters.");
pub(super) const EXPORT_NOW: Word = word!("Export");
pub(super) const EXPORTING: Word = word!("Sealing");
pub(super) const EXPORTED: Word = word!("The file is among your downloads");
pub(super) const IMPORT: Word = word!("Import");
pub(super) const IMPORT_TEXT: Word =
    word!("Reads an exported file. You see what would change before anything does.");
pub(super) const FILE: Word = word!("File");
pub(super) const FILE_MISSING: Word = word!("Choose the file first.");
pub(super) const FILE_UNREAD: Word = word!("This file could not be read as text, or is too large.");
pub(super) const ITS_PASSPHRASE: Word = word!("Its passphrase");
pub(super) const ITS_PASSPHRASE_HINT: Word =
    word!("What it was sealed under. A file of combos or providers alone needs none.");
pub(super) const PASSPHRASE_WRONG: Word = word!("This passphrase does not open the file.");
pub(super) const CLASH: Word = word!("Where a name is taken");
pub(super) const CLASH_HINT: Word =
    word!("For a file of combos or providers alone; a whole one takes the place of everything.");
pub(super) const CLASH_KEEP: Word = word!("Keep what is here");
pub(super) const CLASH_REPLACE: Word = word!("Take what is in the file");
pub(super) const LOOK_THROUGH: Word = word!("See what would change");
pub(super) const NOTHING_CHANGES: Word = word!("Nothing would change.");
pub(super) const IS_WHOLE: Word = word!("It takes the place of everything here.");
pub(super) const IS_PART: Word = word!("It is added to what is here.");
pub(super) const MADE_AT: Word = word!("It was made {ago}.");
pub(super) const ADDED: Word = word!("New");
pub(super) const CHANGED_TO: Word = word!("Changed");
pub(super) const REMOVED: Word = word!("Removed");
pub(super) const IMPORT_TITLE: Word = word!("Import this file?");
pub(super) const IMPORT_WHOLE_TEXT: Word = word!(
    "What is set up here is replaced as shown. A backup of it is made first; requests go on meanwhile."
);
pub(super) const IMPORT_PART_TEXT: Word = word!("What is shown is added. A backup is made first.");
pub(super) const IMPORT_NOW: Word = word!("Import");
pub(super) const IMPORTED: Word = word!("The file is imported");

/// What a table of an import holds.
pub(super) fn table(table: &str) -> String {
    match table {
        "accounts" => word!("Accounts").owned(),
        "logins" => word!("Logins").owned(),
        "custom_vendors" => word!("Endpoints").owned(),
        "custom_vendor_models" => word!("Models of endpoints").owned(),
        "combos" => word!("Combos").owned(),
        "combo_candidates" => word!("Candidates of combos").owned(),
        "aliases" => word!("Aliases").owned(),
        "client_keys" => word!("Keys of agents").owned(),
        "client_rules" => word!("Rules of keys").owned(),
        "path_rules" => word!("Rules of paths").owned(),
        "budgets" => word!("Budgets").owned(),
        "settings" => word!("Settings").owned(),
        "vendor_orders" => word!("Orders of accounts").owned(),
        "early_leaves" => word!("Windows left early").owned(),
        "tool_keys" => word!("Keys of tools").owned(),
        "dashboard_password" => word!("The dashboard’s password").owned(),
        // A newer server may have more.
        other => sentence(&other.replace('_', " ")),
    }
}

pub(super) const BACKUPS: Word = word!("Backups");
pub(super) const BACKUPS_TEXT: Word = word!(
    "Copies of your configuration in the data folder. One is made before every update of it. “switchyard backup restore” puts one back."
);
pub(super) const MAKE: Word = word!("Back up now");
pub(super) const MAKING: Word = word!("Backing up");
pub(super) const MADE: Word = word!("The backup is made");
pub(super) const CHECK: Word = word!("Check");
pub(super) const NO_BACKUPS: Word = word!("No backup yet");
pub(super) const NO_BACKUPS_TEXT: Word =
    word!("Make one now, or wait for the first that makes itself.");

pub(super) fn whole(name: &str) -> String {
    say!("{name} is whole and can be restored", name)
}

pub(super) fn check_of(name: &str) -> String {
    say!("Check {name}", name)
}

pub(super) const PASSWORD: Word = word!("Password");
pub(super) const PASSWORD_TEXT: Word =
    word!("Opens the dashboard in a browser, beside the one-time links of “switchyard link”.");
pub(super) const CURRENT: Word = word!("Password so far");
pub(super) const CURRENT_HINT: Word = word!("Empty where none was set.");
pub(super) const NEW: Word = word!("New password");
pub(super) const NEW_HINT: Word = word!("Empty removes it. Other browsers are signed out.");
pub(super) const CHANGE_PASSWORD: Word = word!("Change the password");
pub(super) const CHANGED: Word = word!("The password is changed; other browsers are signed out");
pub(super) const DATA_KEY: Word = word!("The key that seals secrets");
pub(super) const DATA_KEY_TEXT: Word =
    word!("Keys, logins and what is kept of requests stand in the database sealed by one key.");
pub(super) const KEY_GOES: Word = word!("Where the new one is kept");
pub(super) const KEY_SAME: Word = word!("Where the old one is");
pub(super) const KEY_KEYCHAIN: Word = word!("In the system’s keychain");
pub(super) const KEY_FILE: Word = word!("In a file in the data folder that only you can read");
pub(super) const ROTATE: Word = word!("Exchange the key");
pub(super) const ROTATING: Word = word!("Sealing anew");
pub(super) const ROTATE_TITLE: Word = word!("Exchange the key?");
pub(super) const ROTATE_TEXT: Word = word!(
    "Every secret and every backup is sealed anew. Copies of the data folder that you keep elsewhere still need the old key."
);
pub(super) const ROTATE_ENVIRONMENT: Word =
    word!("“switchyard secrets rotate” exchanges a key that the environment gives.");
pub(super) const LEFT: Word = word!("These backups still need the old key");

pub(super) fn sealed_by(source: DataKeySource) -> Word {
    match source {
        DataKeySource::File => word!("It is a key file in the data folder."),
        DataKeySource::Environment => word!("It is a key given in the environment."),
        DataKeySource::Keychain => word!("It is a key in the system’s keychain."),
    }
}

pub(super) fn rotated(values: u64, backups: u64) -> String {
    say!(
        "The key is exchanged: {values} secrets and {backups} backups are sealed anew",
        values,
        backups
    )
}

pub(super) const ABOUT: Word = word!("About");
pub(super) const VERSION: Word = word!("Version");
pub(super) const FOLDER: Word = word!("Data folder");
pub(super) const THE_FOLDER: Word = word!("the data folder");
pub(super) const KEY: Word = word!("Secrets are sealed by");
pub(super) const STARTED: Word = word!("Running since");

pub(super) fn kept(source: DataKeySource) -> Word {
    match source {
        DataKeySource::File => word!("a key file in the data folder"),
        DataKeySource::Environment => word!("a key given in the environment"),
        DataKeySource::Keychain => word!("a key in the system’s keychain"),
    }
}

pub(super) const UPDATES: Word = word!("Updates");
pub(super) const LOOK: Word = word!("Check for updates");
pub(super) const INSTALL: Word = word!("Install and restart");
pub(super) const THE_COMMAND: Word = word!("the command");

pub(super) fn update(view: &UpdateView) -> String {
    match view {
        UpdateView::NotSetUp => {
            word!("This build takes no updates: it knows no key that they could be signed with.")
                .owned()
        }
        UpdateView::Managed { by: Some(by), .. } => say!("This copy is updated by {by}.", by),
        UpdateView::Managed { by: None, .. } => {
            word!("This copy is updated the way it was installed.").owned()
        }
        UpdateView::Unknown { channel: UpdateChannel::Stable } => {
            word!("Newer versions are looked for once a day.").owned()
        }
        UpdateView::Unknown { channel: UpdateChannel::Beta } => {
            word!("Newer versions are looked for once a day. Betas are offered too.").owned()
        }
        UpdateView::Looking => word!("Looking for a newer version…").owned(),
        UpdateView::Newest { version, channel: UpdateChannel::Stable } => {
            say!("{version} is the newest version.", version)
        }
        UpdateView::Newest { version, channel: UpdateChannel::Beta } => {
            say!("{version} is the newest version. Betas are offered too.", version)
        }
        UpdateView::Offered { version, .. } => say!(
            "Version {version} is there. Its signature is checked before anything is put in place, and answers under way may end.",
            version
        ),
        UpdateView::Installing { version } => say!("Updating to {version}…", version),
        UpdateView::Failed { message } => say!("There was no update: {message}.", message),
    }
}
