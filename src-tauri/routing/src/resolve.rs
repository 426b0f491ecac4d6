use crate::Snapshot;
use crate::closest::closest;

/// Why a model name cannot be followed. The message says what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// The name is no combo, no alias and no `prefix/model`.
    #[error("The model “{model}” is not known. {hint}")]
    UnknownModel {
        /// What the client asked for.
        model: String,
        /// What to do.
        hint: String,
    },
    /// What stands before the slash names no vendor.
    #[error("“{prefix}” in the model “{model}” names no vendor. {hint}")]
    UnknownVendor {
        /// What the client asked for, or what its alias stands for.
        model: String,
        /// What stood before the slash.
        prefix: String,
        /// What to do.
        hint: String,
    },
    /// The client asked for `auto`, and no combo is active.
    #[error("No combo is active. Choose one on the Combos page, or ask for a combo by its name.")]
    NoActiveCombo,
    /// The combo that `auto` means is gone.
    #[error(
        "The active combo “{name}” does not exist any more. Choose another on the Combos page."
    )]
    ActiveComboGone {
        /// Its name.
        name: String,
    },
    /// The combo names no model.
    #[error("The combo “{name}” is empty. Add a model to it.")]
    EmptyCombo {
        /// Its name.
        name: String,
    },
    /// The alias leads back to itself.
    #[error("The alias “{alias}” leads back to itself. Point it at a combo or at prefix/model.")]
    AliasCycle {
        /// What the client asked for.
        alias: String,
    },
    /// The alias stands for something that is not known.
    #[error("The alias “{alias}” points at “{target}”, which is not known. {hint}")]
    AliasTarget {
        /// What the client asked for.
        alias: String,
        /// Where it led.
        target: String,
        /// What to do.
        hint: String,
    },
}

/// What a model name means.
#[derive(Debug)]
pub(crate) enum Target<'a> {
    /// A combo, under its own name.
    Combo {
        /// Its name.
        name: &'a str,
        /// Its models, at least one.
        models: &'a [String],
    },
    /// One `prefix/model` whose prefix names a vendor.
    Model(&'a str),
}

/// Takes `prefix/model` apart at the first slash; the model id may hold more of them.
pub(crate) fn split(name: &str) -> Option<(&str, &str)> {
    name.split_once('/').filter(|(prefix, model)| !prefix.is_empty() && !model.is_empty())
}

/// Follows a model name: `auto`, then combos, then aliases, then `prefix/model`. Nothing else is
/// guessed, since a guess would send a request to a vendor that nobody named.
pub(crate) fn resolve<'a>(snapshot: &'a Snapshot, asked: &'a str) -> Result<Target<'a>, PlanError> {
    let mut name = asked;
    // As many hops as there are aliases visit each once; one more has gone in a circle.
    for _ in 0..=snapshot.alias_count() {
        match step(snapshot, name)? {
            Step::Done(target) => return Ok(target),
            Step::Alias(target) => name = target,
            Step::Nothing if name == asked => {
                let hint = unknown_hint(snapshot, asked);
                return Err(PlanError::UnknownModel { model: asked.to_owned(), hint });
            }
            Step::Nothing => {
                let hint = unknown_hint(snapshot, name);
                let (alias, target) = (asked.to_owned(), name.to_owned());
                return Err(PlanError::AliasTarget { alias, target, hint });
            }
        }
    }
    Err(PlanError::AliasCycle { alias: asked.to_owned() })
}

enum Step<'a> {
    Done(Target<'a>),
    Alias(&'a str),
    Nothing,
}

fn step<'a>(snapshot: &'a Snapshot, name: &'a str) -> Result<Step<'a>, PlanError> {
    let plain = without_suffix(name);
    if plain == "auto" {
        return active(snapshot).map(Step::Done);
    }
    for name in [name, plain] {
        if let Some((name, models)) = snapshot.combo_entry(name) {
            return combo(name, models).map(Step::Done);
        }
    }
    for name in [name, plain] {
        if let Some(target) = snapshot.alias(name) {
            return Ok(Step::Alias(target));
        }
    }
    let Some((prefix, _)) = split(name) else { return Ok(Step::Nothing) };
    if snapshot.vendor(prefix).is_some() {
        return Ok(Step::Done(Target::Model(name)));
    }
    let hint = match closest(prefix, snapshot.known_prefixes()) {
        Some(near) => format!("Did you mean “{near}”?"),
        None => "See the Vendors page for the prefixes, or add that vendor.".to_owned(),
    };
    Err(PlanError::UnknownVendor { model: name.to_owned(), prefix: prefix.to_owned(), hint })
}

fn active(snapshot: &Snapshot) -> Result<Target<'_>, PlanError> {
    let name = snapshot.active_combo().ok_or(PlanError::NoActiveCombo)?;
    match snapshot.combo_entry(name) {
        Some((name, models)) => combo(name, models),
        None => Err(PlanError::ActiveComboGone { name: name.to_owned() }),
    }
}

fn combo<'a>(name: &'a str, models: &'a [String]) -> Result<Target<'a>, PlanError> {
    if models.is_empty() {
        return Err(PlanError::EmptyCombo { name: name.to_owned() });
    }
    Ok(Target::Combo { name, models })
}

/// A name without a mark such as `[1m]`, which coding agents append to ask for a larger window.
fn without_suffix(name: &str) -> &str {
    match name.strip_suffix(']').and_then(|rest| rest.rsplit_once('[')) {
        Some((plain, mark)) if !plain.is_empty() && !mark.is_empty() => plain,
        _ => name,
    }
}

fn unknown_hint(snapshot: &Snapshot, name: &str) -> String {
    let names = snapshot.known_names().chain(["auto"]);
    match closest(without_suffix(name), names) {
        Some(near) => format!("Did you mean “{near}”?"),
        None => "Ask for a combo, for auto, or for prefix/model; or make an alias of that name."
            .to_owned(),
    }
}
