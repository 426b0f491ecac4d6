//! The words of the combos' page.

use crate::word::Word;

pub(super) const TITLE: Word = word!("Combos");
pub(super) const NEW: Word = word!("New combo");
pub(super) const LIST: Word = word!("Combos");
pub(super) const ACTIVE: Word = word!("Active");
pub(super) const MAKE_ACTIVE: Word = word!("Make active");
pub(super) const NONE: Word = word!("No combos yet");
pub(super) const NONE_TEXT: Word = word!(
    "A combo is a list of models in the order they are tried: when the first one's quota is spent, the next one answers."
);
pub(super) const MISSING: Word = word!("There is no such combo");
pub(super) const MISSING_TEXT: Word = word!("It may have been renamed or removed.");
pub(super) const RENAME: Word = word!("Rename");
pub(super) const RENAME_LABEL: Word = word!("The combo’s name");
pub(super) const SAVE: Word = word!("Save");
pub(super) const REMOVE: Word = word!("Remove combo");
pub(super) const IN_AGENTS: Word = word!("Model name in agents");
pub(super) const OR: Word = word!("or");
pub(super) const AUTO: &str = "auto";
pub(super) const THE_NAME: Word = word!("the model name");
pub(super) const CANDIDATES: Word = word!("Candidates, tried from the top");
pub(super) const CANDIDATES_ALONE: Word = word!("Candidates");
pub(super) const EMPTY: Word = word!("No candidates yet");
pub(super) const EMPTY_TEXT: Word = word!("Add the model that should answer first.");
pub(super) const ADD: Word = word!("Add candidates");
pub(super) const OPENS_IN: Word = word!("opens in {time}");
pub(super) const ADD_KEY: Word = word!("Add a key");
pub(super) const UP: Word = word!("Move up");
pub(super) const DOWN: Word = word!("Move down");
pub(super) const TAKE_OUT: Word = word!("Take out");
pub(super) const HANDLE_HINT: Word = word!("Drag, or press ↑ and ↓");

pub(super) const CHOOSING: Word = word!("How it chooses");
pub(super) const STRATEGY: Word = word!("Strategy");
pub(super) const GROUPING: Word = word!("Grouping");
pub(super) const ACCOUNTS: Word = word!("Accounts of a provider");
pub(super) const TURNS: Word = word!("requests in a row for each");
pub(super) const ACCOUNT_TURNS: Word = word!("requests in a row for each account");

pub(super) const TERMS: Word = word!("Terms");
pub(super) const ANOTHER_HINT: Word = word!(
    "It stands in the combo already. Once more it needs another account, other requests or other hours."
);
pub(super) const WEIGHT: Word = word!("Weight");
pub(super) const WEIGHT_HINT: Word =
    word!("Its part beside the others’ weights. 0 asks it only when the others cannot.");
pub(super) const WEIGHT_BAD: Word = word!("Give a whole number from 0.");
pub(super) const ACCOUNT: Word = word!("Account");
pub(super) const ANY_ACCOUNT: Word = word!("Any account of the provider");
pub(super) const TAKES: Word = word!("Requests that it takes");
pub(super) const LEAST: Word = word!("Prompts from");
pub(super) const MOST: Word = word!("Prompts up to");
pub(super) const NO_LEAST: Word = word!("any length");
pub(super) const NO_MOST: Word = word!("no end");
pub(super) const TOKENS_HINT: Word = word!("In tokens, as estimated: 32,000 or 200k.");
pub(super) const TOKENS_BAD: Word = word!("Give a whole number, such as 32,000 or 200k.");
pub(super) const MOST_BELOW_LEAST: Word = word!("This is less than where prompts begin.");
pub(super) const IMAGES: Word = word!("Images");
pub(super) const TOOLS: Word = word!("Tools", as "that a request offers");
pub(super) const THINKING: Word = word!("Thinking");
pub(super) const EITHER: Word = word!("Either");
pub(super) const ONLY_WITH: Word = word!("Only with");
pub(super) const ONLY_WITHOUT: Word = word!("Only without");
pub(super) const HOURS: Word = word!("Only at some hours");
pub(super) const HOURS_HINT: Word = word!("In local time. At other times it is passed over.");
pub(super) const HOURS_DAYS: Word = word!("On days that begin on");
pub(super) const TERMS_GONE: Word =
    word!("This candidate was changed or taken out meanwhile. Close this and look again.");
pub(super) const TERMS_TWICE: Word =
    word!("The combo has this model for the same account, requests and hours already.");

pub(super) const FORESIGHT: Word = word!("What would happen now");
pub(super) const FORESIGHT_OF: Word = word!("For a request with");
pub(super) const WITH_IMAGES: Word = word!("images");
pub(super) const WITH_TOOLS: Word = word!("tools");
pub(super) const WITH_THINKING: Word = word!("thinking");
pub(super) const WITH_TOKENS: Word = word!("tokens of prompt");
pub(super) const ASK_ANEW: Word = word!("Look again");
pub(super) const ASKED_FIRST: Word = word!("Asked first");
pub(super) const ASKED_NEXT: Word = word!("Next, if that fails");
pub(super) const NOBODY: Word = word!("Nobody could answer now.");
pub(super) const NOBODY_UNTIL: Word = word!("Nobody could answer now. The first opens in {time}.");
pub(super) const MORE_FOLLOW: Word = word!("More would follow if all of these failed.");

pub(super) const TEMPLATES: Word = word!("Ready-made");
pub(super) const TEMPLATES_TEXT: Word =
    word!("One click makes it of whatever is connected, now and later.");
pub(super) const CONNECTED: Word = word!("connected");
pub(super) const USE_TEMPLATE: Word = word!("Use this");
pub(super) const OWN: Word = word!("Or choose the models yourself");

pub(super) const PICK: Word = word!("Find a model, or type prefix/model");
pub(super) const PICK_TITLE: Word = word!("Add candidates");
pub(super) const NO_MODELS: Word =
    word!("No models are known yet. Add a provider’s key, or type prefix/model.");
pub(super) const DONE: Word = word!("Done");
pub(super) const IN_COMBO: Word = word!("in this combo, once more?");
pub(super) const NOT_CONNECTED: Word = word!("not connected");
pub(super) const LOCKED: Word = word!("locked");
pub(super) const CLEAR: Word = word!("clear");
pub(super) const AS_TYPED: Word = word!("as typed");

pub(super) const NEW_TITLE: Word = word!("New combo");
pub(super) const NAME: Word = word!("Name");
pub(super) const NAME_HINT: Word = word!("Agents ask for it by this name, as if it were a model.");
pub(super) const NAME_PLACEHOLDER: Word = word!("coding");
pub(super) const MAKE: Word = word!("Make combo");
pub(super) const NAME_MISSING: Word = word!("Give it a name first.");
pub(super) const NAME_TAKEN: Word = word!("Another combo has this name.");
pub(super) const NAME_SLASH: Word =
    word!("A combo’s name has no slash, so that it is never taken for prefix/model.");
pub(super) const NAME_AUTO: Word =
    word!("auto always means the active combo; choose another name.");

pub(super) const OFFER_TITLE: Word = word!("Add a shared combo?");
pub(super) const OFFER_TEXT: Word = word!(
    "Somebody shares this with you by a link. Nothing is changed until you add it; accounts and budgets are yours to choose."
);
pub(super) const OFFER_ADD: Word = word!("Add combo");
pub(super) const OFFER_IS_LOGIN: Word =
    word!("The answer was handed to the sign-in that waits for it.");
pub(super) const COPY_LINK: Word = word!("Copy as link");
pub(super) const LINK_COPIED: Word = word!("The link is copied: it names no account and no budget");
pub(super) const LINK_NOT_COPIED: Word = word!("The link could not be copied");

pub(super) const ALIASES: Word = word!("Aliases");
pub(super) const ALIASES_TEXT: Word = word!(
    "For agents that insist on a model name of their own: what they ask for, and what it means here."
);
pub(super) const ALIAS: Word = word!("Agents ask for");
pub(super) const TARGET: Word = word!("Means");
pub(super) const ALIAS_PLACEHOLDER: &str = "gpt-4o";
pub(super) const TARGET_PLACEHOLDER: Word = word!("auto, a combo or prefix/model");
pub(super) const ADD_ALIAS: Word = word!("Add alias");
pub(super) const ALIAS_INCOMPLETE: Word = word!("Both names are needed.");

pub(super) fn offer_renamed(shared_as: &str, name: &str) -> String {
    say!("It will be called {name}, since {shared_as} is here already.", name, shared_as)
}

pub(super) fn terms_of(model: &str) -> String {
    say!("Terms of {model}", model)
}

pub(super) fn another(model: &str) -> String {
    say!("{model} once more", model)
}

pub(super) fn tried(models: &str) -> String {
    say!("Tries {models}", models)
}

pub(super) fn unlisted(n: usize) -> String {
    say!("{n} more are passed over.", n)
}

pub(super) fn remove_title(name: &str) -> String {
    say!("Remove the combo {name}?", name)
}

pub(super) fn remove_text(name: &str, active: bool) -> String {
    if active {
        say!(
            "Requests for the model {name} are refused from then on. It is the active one: requests for auto fail until you choose another. Accounts and past requests stay.",
            name
        )
    } else {
        say!(
            "Requests for the model {name} are refused from then on. Accounts and past requests stay.",
            name
        )
    }
}

pub(super) fn removed(name: &str) -> String {
    say!("The combo {name} was removed", name)
}

pub(super) fn taken_out(model: &str) -> String {
    say!("{model} was taken out", model)
}

pub(super) fn count(clear: usize, all: usize) -> String {
    match all {
        0 => word!("empty").owned(),
        _ => say!("{clear} of {all} clear", clear, all),
    }
}

pub(super) fn handle(model: &str, place: usize, all: usize) -> String {
    say!("{model}, {place} of {all}. {hint}", model, place, all, hint = HANDLE_HINT.text())
}

pub(super) fn moved(model: &str, place: usize, all: usize) -> String {
    say!("{model} is now {place} of {all}", model, place, all)
}

pub(super) fn remove_alias(alias: &str) -> String {
    say!("Remove the alias {alias}", alias)
}

pub(super) fn alias_removed(alias: &str) -> String {
    say!("The alias {alias} was removed", alias)
}

pub(super) fn picked(n: usize) -> String {
    match n {
        0 => word!("No candidates yet. Enter adds the lit one.").owned(),
        1 => word!("1 candidate in this combo").owned(),
        _ => say!("{n} candidates in this combo", n),
    }
}

pub(super) fn picked_at(place: usize) -> String {
    say!("no. {place}", place)
}
