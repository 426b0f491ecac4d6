//! The words of the combos' page.

pub(super) const TITLE: &str = "Combos";
pub(super) const NEW: &str = "New combo";
pub(super) const LIST: &str = "Combos";
pub(super) const ACTIVE: &str = "Active";
pub(super) const MAKE_ACTIVE: &str = "Make active";
pub(super) const NONE: &str = "No combos yet";
pub(super) const NONE_TEXT: &str = "A combo is a list of models in the order they are tried: when the first one's quota is spent, the next one answers.";
pub(super) const MISSING: &str = "There is no such combo";
pub(super) const MISSING_TEXT: &str = "It may have been renamed or removed.";
pub(super) const RENAME: &str = "Rename";
pub(super) const RENAME_LABEL: &str = "The combo’s name";
pub(super) const SAVE: &str = "Save";
pub(super) const REMOVE: &str = "Remove combo";
pub(super) const IN_AGENTS: &str = "Model name in agents";
pub(super) const OR: &str = "or";
pub(super) const AUTO: &str = "auto";
pub(super) const THE_NAME: &str = "the model name";
pub(super) const CANDIDATES: &str = "Candidates, tried from the top";
pub(super) const EMPTY: &str = "No candidates yet";
pub(super) const EMPTY_TEXT: &str = "Add the model that should answer first.";
pub(super) const ADD: &str = "Add candidates";
pub(super) const OPENS_IN: &str = "opens in";
pub(super) const ADD_KEY: &str = "Add a key";
pub(super) const UP: &str = "Move up";
pub(super) const DOWN: &str = "Move down";
pub(super) const TAKE_OUT: &str = "Take out";
pub(super) const HANDLE_HINT: &str = "Drag, or press ↑ and ↓";

pub(super) const PICK: &str = "Find a model, or type prefix/model";
pub(super) const PICK_TITLE: &str = "Add candidates";
pub(super) const NO_MODELS: &str =
    "No models are known yet. Add a provider’s key, or type prefix/model.";
pub(super) const DONE: &str = "Done";
pub(super) const IN_COMBO: &str = "in this combo";
pub(super) const NOT_CONNECTED: &str = "not connected";
pub(super) const LOCKED: &str = "locked";
pub(super) const CLEAR: &str = "clear";
pub(super) const AS_TYPED: &str = "as typed";

pub(super) const NEW_TITLE: &str = "New combo";
pub(super) const NAME: &str = "Name";
pub(super) const NAME_HINT: &str = "Agents ask for it by this name, as if it were a model.";
pub(super) const NAME_PLACEHOLDER: &str = "coding";
pub(super) const MAKE: &str = "Make combo";
pub(super) const NAME_MISSING: &str = "Give it a name first.";
pub(super) const NAME_TAKEN: &str = "Another combo has this name.";
pub(super) const NAME_SLASH: &str =
    "A combo’s name has no slash, so that it is never taken for prefix/model.";
pub(super) const NAME_AUTO: &str = "auto always means the active combo; choose another name.";

pub(super) const OFFER_TITLE: &str = "Add a shared combo?";
pub(super) const OFFER_TEXT: &str = "Somebody shares this with you by a link. Nothing is changed until you add it; accounts and budgets are yours to choose.";
pub(super) const OFFER_ADD: &str = "Add combo";
pub(super) const OFFER_IS_LOGIN: &str = "The answer was handed to the sign-in that waits for it.";
pub(super) const COPY_LINK: &str = "Copy as link";
pub(super) const LINK_COPIED: &str = "The link is copied: it names no account and no budget";
pub(super) const LINK_NOT_COPIED: &str = "The link could not be copied";

pub(super) const ALIASES: &str = "Aliases";
pub(super) const ALIASES_TEXT: &str = "For agents that insist on a model name of their own: what they ask for, and what it means here.";
pub(super) const ALIAS: &str = "Agents ask for";
pub(super) const TARGET: &str = "Means";
pub(super) const ALIAS_PLACEHOLDER: &str = "gpt-4o";
pub(super) const TARGET_PLACEHOLDER: &str = "auto, a combo or prefix/model";
pub(super) const ADD_ALIAS: &str = "Add alias";
pub(super) const ALIAS_INCOMPLETE: &str = "Both names are needed.";

pub(super) fn offer_renamed(shared_as: &str, name: &str) -> String {
    format!("It will be called {name}, since {shared_as} is here already.")
}

pub(super) fn remove_title(name: &str) -> String {
    format!("Remove the combo {name}?")
}

pub(super) fn remove_text(name: &str, active: bool) -> String {
    let auto = if active {
        " It is the active one: requests for auto fail until you choose another."
    } else {
        ""
    };
    format!(
        "Requests for the model {name} are refused from then on.{auto} Accounts and past requests stay."
    )
}

pub(super) fn removed(name: &str) -> String {
    format!("The combo {name} was removed")
}

pub(super) fn taken_out(model: &str) -> String {
    format!("{model} was taken out")
}

pub(super) fn count(clear: usize, all: usize) -> String {
    match all {
        0 => "empty".to_owned(),
        _ => format!("{clear} of {all} clear"),
    }
}

pub(super) fn handle(model: &str, place: usize, all: usize) -> String {
    format!("{model}, {place} of {all}. {HANDLE_HINT}")
}

pub(super) fn moved(model: &str, place: usize, all: usize) -> String {
    format!("{model} is now {place} of {all}")
}

pub(super) fn remove_alias(alias: &str) -> String {
    format!("Remove the alias {alias}")
}

pub(super) fn alias_removed(alias: &str) -> String {
    format!("The alias {alias} was removed")
}

pub(super) fn picked(n: usize) -> String {
    match n {
        0 => "No candidates yet. Enter adds the lit one.".to_owned(),
        1 => "1 candidate in this combo".to_owned(),
        _ => format!("{n} candidates in this combo"),
    }
}

pub(super) fn picked_at(place: usize) -> String {
    format!("no. {place}")
}
