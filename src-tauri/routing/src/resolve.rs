use std::borrow::Cow;

use switchyard_types::Millis;

use crate::closest::closest;
use crate::config::{AUTO, Config, Route};
use crate::desk::Desk;
use crate::rule::{allows, mapped};
use crate::{Ask, Rule, RuleOf};

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
    /// The client asked for `auto`, no combo is active, and nothing is connected.
    #[error(
        "No combo is active, and no vendor is connected that “auto” could mean. Add an account, or choose \
         a combo on the Combos page."
    )]
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
    /// A rule of the client key or of the path sends the request to something that cannot be followed.
    #[error("“{asked}” stands for “{target}” here. {why}")]
    RuleTarget {
        /// What the client asked for.
        asked: String,
        /// What the rule makes of it.
        target: String,
        /// Why that cannot be followed.
        why: String,
    },
    /// The path names neither a rule nor a combo.
    #[error(
        "The address names “{name}” after /k/, which is neither a rule's name nor a combo. {hint}"
    )]
    UnknownPath {
        /// What stood in the path.
        name: String,
        /// What to do.
        hint: String,
    },
    /// The client key or the path may not ask for this model.
    #[error("“{model}” is not among the models allowed here: {allowed}.")]
    NotAllowed {
        /// What the client asked for.
        model: String,
        /// What it may ask for.
        allowed: String,
    },
    /// The client key or the path has had its requests for this minute.
    #[error("More than {most} requests in a minute are not allowed here.")]
    TooOften {
        /// The limit.
        most: u32,
        /// When the next one may come.
        until: Millis,
    },
}

/// What a model name means.
#[derive(Debug)]
pub(crate) enum Goal<'a> {
    /// A combo.
    Route(&'a Route),
    /// One `prefix/model` whose prefix names a vendor.
    Model(String),
}

/// Takes `prefix/model` apart at the first slash; the model id may hold more of them.
pub(crate) fn split(name: &str) -> Option<(&str, &str)> {
    name.split_once('/').filter(|(prefix, model)| !prefix.is_empty() && !model.is_empty())
}

/// Follows what a client asks for: through the rules of its path and its key, then `auto`, combos, aliases
/// and `prefix/model`. Nothing else is guessed, since a guess would send a request to a vendor that nobody
/// named.
pub(crate) fn resolve<'a>(
    config: &'a Config,
    desk: &Desk,
    ask: &Ask<'_>,
    now: Millis,
) -> Result<Goal<'a>, PlanError> {
    match ruled(config, desk, ask, now)? {
        None => follow(config, ask.model),
        // A name that a rule gives must be there, whatever the client asked for.
        Some(target) => follow(config, &target).map_err(|error| PlanError::RuleTarget {
            asked: ask.model.to_owned(),
            why: error.to_string(),
            target,
        }),
    }
}

/// What the rules of the path and of the client key make of the model's name.
fn ruled(
    config: &Config,
    desk: &Desk,
    ask: &Ask<'_>,
    now: Millis,
) -> Result<Option<String>, PlanError> {
    let mut target = None;
    let named = named_by_path(config, ask)?;
    for rule in rules(config, ask) {
        if let Some(until) = desk.rates.full_until(rule, now) {
            let most = rule.per_minute.unwrap_or(0);
            return Err(PlanError::TooOften { most, until });
        }
        if !allows(rule, ask.model) && !allows(rule, without_suffix(ask.model)) {
            let (model, allowed) = (ask.model.to_owned(), rule.models.join(", "));
            return Err(PlanError::NotAllowed { model, allowed });
        }
        let mapped = |model| mapped(&rule.mapping, model);
        let mapped = || mapped(ask.model).or_else(|| mapped(without_suffix(ask.model)));
        target = target.or_else(mapped).or_else(|| rule.combo.clone());
    }
    // A key that is bound stays so: naming a combo in the address does not set it free.
    Ok(target.or_else(|| named.map(|route| route.name.clone())))
}

/// The combo that a path without a rule of its own names. One that names nothing is an error, whatever the
/// client key is bound to: its user meant something else than will be served.
pub(crate) fn named_by_path<'a>(
    config: &'a Config,
    ask: &Ask<'_>,
) -> Result<Option<&'a Route>, PlanError> {
    let Some(name) = ask.path else { return Ok(None) };
    if config.rule(&RuleOf::Path { name: name.to_owned() }).is_some() {
        return Ok(None);
    }
    config.route(name).map(Some).ok_or_else(|| {
        let hint = match closest(name, config.path_names()) {
            Some(near) => format!("Did you mean “{near}”?"),
            None => {
                "Make a combo or a rule of that name, or leave /k/ and the name out.".to_owned()
            }
        };
        PlanError::UnknownPath { name: name.to_owned(), hint }
    })
}

/// The rules that hold for a request, the narrower first.
pub(crate) fn rules<'a>(config: &'a Config, ask: &Ask<'_>) -> impl Iterator<Item = &'a Rule> {
    let path = ask.path.and_then(|name| config.rule(&RuleOf::Path { name: name.to_owned() }));
    let client = ask.client.and_then(|key| config.rule(&RuleOf::Client { key: key.clone() }));
    path.into_iter().chain(client)
}

pub(crate) fn follow<'a>(config: &'a Config, asked: &str) -> Result<Goal<'a>, PlanError> {
    let mut name = Cow::Borrowed(asked);
    // As many hops as there are aliases visit each once; one more has gone in a circle.
    for _ in 0..=config.aliases.len() + config.patterns.len() {
        match step(config, &name)? {
            Step::Done(goal) => return Ok(goal),
            Step::Alias(target) => name = Cow::Owned(target),
            Step::Nothing if name == asked => {
                let hint = unknown_hint(config, asked);
                return Err(PlanError::UnknownModel { model: asked.to_owned(), hint });
            }
            Step::Nothing => {
                let hint = unknown_hint(config, &name);
                let (alias, target) = (asked.to_owned(), name.into_owned());
                return Err(PlanError::AliasTarget { alias, target, hint });
            }
        }
    }
    Err(PlanError::AliasCycle { alias: asked.to_owned() })
}

enum Step<'a> {
    Done(Goal<'a>),
    Alias(String),
    Nothing,
}

fn step<'a>(config: &'a Config, name: &str) -> Result<Step<'a>, PlanError> {
    let plain = without_suffix(name);
    if plain == AUTO {
        return active(config).map(Step::Done);
    }
    for name in [name, plain] {
        if let Some(route) = config.route(name) {
            return combo(route).map(Step::Done);
        }
    }
    for name in [name, plain] {
        if let Some(target) = config.aliases.get(name) {
            return Ok(Step::Alias(target.clone()));
        }
    }
    for name in [name, plain] {
        if let Some(target) = mapped(&config.patterns, name) {
            return Ok(Step::Alias(target));
        }
    }
    let Some((prefix, _)) = split(name) else { return Ok(Step::Nothing) };
    if config.vendor(prefix).is_some() {
        return Ok(Step::Done(Goal::Model(name.to_owned())));
    }
    let hint = match closest(prefix, config.known_prefixes()) {
        Some(near) => format!("Did you mean “{near}”?"),
        None => "See the Vendors page for the prefixes, or add that vendor.".to_owned(),
    };
    Err(PlanError::UnknownVendor { model: name.to_owned(), prefix: prefix.to_owned(), hint })
}

fn active(config: &Config) -> Result<Goal<'_>, PlanError> {
    let Some(name) = &config.active_combo else {
        return config.auto().map(Goal::Route).ok_or(PlanError::NoActiveCombo);
    };
    match config.route(name) {
        Some(route) => combo(route),
        None => Err(PlanError::ActiveComboGone { name: name.clone() }),
    }
}

fn combo(route: &Route) -> Result<Goal<'_>, PlanError> {
    if route.steps.is_empty() {
        return Err(PlanError::EmptyCombo { name: route.name.clone() });
    }
    Ok(Goal::Route(route))
}

/// A name without a mark such as `[1m]`, which coding agents append to ask for a larger window.
pub(crate) fn without_suffix(name: &str) -> &str {
    match name.strip_suffix(']').and_then(|rest| rest.rsplit_once('[')) {
        Some((plain, mark)) if !plain.is_empty() && !mark.is_empty() => plain,
        _ => name,
    }
}

/// The words for how much to reason that coding agents append to a model's name (`gpt-5.1-high`), as
/// `OpenAI` and Anthropic spell them. `-max` is none of them: a model may be called so.
const EFFORTS: [&str; 6] = ["none", "minimal", "low", "medium", "high", "xhigh"];

/// The model that a name means at a vendor: without marks such as `[1m]` and `-high` where the vendor has
/// the model without them and none that is called so. Of models that are not declared nothing is guessed.
pub fn plain_model(name: &str, declares: impl Fn(&str) -> bool) -> &str {
    let bare = without_suffix(name);
    let plain = bare.rsplit_once('-').filter(|(_, word)| EFFORTS.contains(word));
    [Some(name), Some(bare), plain.map(|(model, _)| model)]
        .into_iter()
        .flatten()
        .find(|model| declares(model))
        .unwrap_or(name)
}

fn unknown_hint(config: &Config, name: &str) -> String {
    let names = config.known_names().chain(["auto"]);
    match closest(without_suffix(name), names) {
        Some(near) => format!("Did you mean “{near}”?"),
        None => "Ask for a combo, for auto, or for prefix/model; or make an alias of that name."
            .to_owned(),
    }
}
