//! Coding tools: how one stands, where it is listed, and what it can be given.

use switchyard_types::{
    AliasView, ComboView, Millis, ModelChoice, ToolChoice, ToolKey, ToolState, ToolView, ToolWay,
};

use super::search;
use super::words::Aspect;

/// The name that stands for the active combo.
pub(crate) const AUTO: &str = "auto";

/// How a tool stands, as one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// No trace of it.
    Missing,
    /// With its own vendor.
    Untouched,
    /// Pointed here.
    Ours,
    /// Pointed here with a key that is refused.
    KeyRefused,
    /// Not as we wrote it any more.
    Drifted,
    /// Pointed at another gateway.
    Foreign,
    /// A file of it cannot be read.
    Broken,
    /// The user sets it up.
    ByHand,
    /// The user sets it up, and it has a key.
    Keyed,
}

impl Standing {
    pub(crate) fn of(tool: &ToolView) -> Self {
        if tool.way == ToolWay::Guide {
            return match tool.key {
                ToolKey::Own { .. } => Self::Keyed,
                ToolKey::None | ToolKey::Other { .. } | ToolKey::Revoked => Self::ByHand,
            };
        }
        let refused = tool.key == ToolKey::Revoked;
        match tool.status.state {
            ToolState::NotInstalled => Self::Missing,
            ToolState::Untouched => Self::Untouched,
            ToolState::Ours if refused => Self::KeyRefused,
            ToolState::Ours => Self::Ours,
            ToolState::Drifted { .. } => Self::Drifted,
            ToolState::ForeignGateway => Self::Foreign,
            ToolState::BrokenFile { .. } => Self::Broken,
        }
    }

    pub(crate) fn aspect(self) -> Aspect {
        match self {
            Self::Missing | Self::Untouched | Self::ByHand => Aspect::Idle,
            Self::Ours | Self::Keyed => Aspect::Clear,
            Self::Drifted | Self::Foreign => Aspect::Caution,
            Self::KeyRefused | Self::Broken => Aspect::Stop,
        }
    }
}

/// The parts of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Group {
    /// On this computer, written by us on request.
    Here,
    /// Set up by the user.
    ByHand,
    /// Not found on this computer.
    Missing,
}

impl Group {
    pub(crate) const ALL: [Self; 3] = [Self::Here, Self::ByHand, Self::Missing];

    pub(crate) fn of(tool: &ToolView) -> Self {
        match Standing::of(tool) {
            Standing::ByHand | Standing::Keyed => Self::ByHand,
            Standing::Missing if tool.status.applied_at.is_none() => Self::Missing,
            Standing::Missing
            | Standing::Untouched
            | Standing::Ours
            | Standing::KeyRefused
            | Standing::Drifted
            | Standing::Foreign
            | Standing::Broken => Self::Here,
        }
    }
}

/// What a form begins with: what the tool uses, else what most would choose.
pub(crate) fn first_choice(tool: &ToolView, combos: &[ComboView]) -> ToolChoice {
    tool.choice.clone().unwrap_or_else(|| {
        let active = combos.iter().any(|combo| combo.active).then(|| AUTO.to_owned());
        let first = || combos.first().map(|combo| combo.name.clone());
        ToolChoice { model: active.or_else(first).unwrap_or_default(), ..ToolChoice::default() }
    })
}

/// Gives a slot its model; the main model takes it out.
pub(crate) fn set_slot(choice: &mut ToolChoice, slot: &str, model: Option<String>) {
    match model {
        Some(model) => drop(choice.slots.insert(slot.to_owned(), model)),
        None => drop(choice.slots.remove(slot)),
    }
}

/// What a name stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Means {
    /// The active combo, by its name.
    Auto(String),
    /// A combo with so many candidates.
    Combo(usize),
    /// Another name.
    Alias(String),
    /// A vendor's model.
    Model { vendor: String, connected: bool, locked: bool },
    /// What was typed, if it is sound.
    Typed,
}

/// A name that a tool can be given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Offer {
    pub(crate) name: String,
    pub(crate) means: Means,
}

/// The names that answer a query: `auto` and combos, aliases, then models.
pub(crate) fn offers(
    query: &str,
    (combos, aliases, models): (&[ComboView], &[AliasView], &[ModelChoice]),
    now: Millis,
) -> Vec<Offer> {
    let active = combos.iter().find(|combo| combo.active);
    let auto = active.map(|combo| (AUTO.to_owned(), Means::Auto(combo.name.clone())));
    let combos =
        combos.iter().map(|combo| (combo.name.clone(), Means::Combo(combo.candidates.len())));
    let aliases =
        aliases.iter().map(|alias| (alias.alias.clone(), Means::Alias(alias.target.clone())));
    let named: Vec<Offer> = auto
        .into_iter()
        .chain(combos)
        .chain(aliases)
        .map(|(name, means)| Offer { name, means })
        .collect();
    let ranked = search::ranked(query, &named, |offer| match &offer.means {
        Means::Auto(other) | Means::Alias(other) => format!("{} {other}", offer.name),
        Means::Combo(_) | Means::Model { .. } | Means::Typed => offer.name.clone(),
    });
    let mut found: Vec<Offer> = ranked.into_iter().map(|index| named[index].clone()).collect();
    found.extend(search::models(query, models).into_iter().map(|choice| {
        let locked = choice.locked_until.is_some_and(|until| until > now);
        let (vendor, connected) = (choice.vendor.clone(), choice.connected);
        Offer { name: choice.model.clone(), means: Means::Model { vendor, connected, locked } }
    }));
    let typed = search::free_text(query, models);
    found.extend(typed.map(|name| Offer { name, means: Means::Typed }));
    found
}

#[cfg(test)]
mod tests {
    use switchyard_types::{CandidateView, KeyView, ToolStatusView};

    use super::*;

    fn tool(way: ToolWay, state: ToolState, key: ToolKey) -> ToolView {
        ToolView {
            id: "t".to_owned(),
            name: "T".to_owned(),
            way,
            slots: Vec::new(),
            status: ToolStatusView {
                state,
                binary: None,
                version: None,
                files: Vec::new(),
                address: None,
                applied_at: None,
                conflicts: Vec::new(),
            },
            choice: None,
            key,
            running: Vec::new(),
        }
    }

    fn combo(name: &str, active: bool) -> ComboView {
        ComboView {
            name: name.to_owned(),
            active,
            candidates: Vec::<CandidateView>::new(),
            terms: switchyard_types::ComboTerms::default(),
        }
    }

    #[test]
    fn a_tool_that_is_pointed_here_with_a_refused_key_is_not_well() {
        let standing = |state, key| Standing::of(&tool(ToolWay::Writer, state, key));
        assert_eq!(standing(ToolState::Ours, ToolKey::None), Standing::Ours);
        assert_eq!(standing(ToolState::Ours, ToolKey::Revoked), Standing::KeyRefused);
        assert_eq!(Standing::KeyRefused.aspect(), Aspect::Stop);
    }

    #[test]
    fn a_guide_says_whether_its_tool_has_a_key_and_never_that_it_is_missing() {
        let key = KeyView {
            id: switchyard_types::KeyId::new("k"),
            name: "T".to_owned(),
            hint: "sy-1…".to_owned(),
            created_at: 0,
            last_used_at: None,
            tool: None,
        };
        let by_hand = tool(ToolWay::Guide, ToolState::NotInstalled, ToolKey::None);
        let keyed = tool(ToolWay::Guide, ToolState::Untouched, ToolKey::Own { key });
        assert_eq!(Standing::of(&by_hand), Standing::ByHand);
        assert_eq!(Standing::of(&keyed), Standing::Keyed);
        assert_eq!((Group::of(&by_hand), Group::of(&keyed)), (Group::ByHand, Group::ByHand));
    }

    #[test]
    fn a_tool_that_is_gone_stays_in_reach_while_something_can_be_put_back() {
        let mut gone = tool(ToolWay::Writer, ToolState::NotInstalled, ToolKey::None);
        assert_eq!(Group::of(&gone), Group::Missing);
        gone.status.applied_at = Some(1);
        assert_eq!(Group::of(&gone), Group::Here);
    }

    #[test]
    fn a_form_begins_with_what_the_tool_uses_then_auto_then_the_first_combo() {
        let mut it = tool(ToolWay::Writer, ToolState::Untouched, ToolKey::None);
        let first = |tool: &ToolView, combos: &[ComboView]| first_choice(tool, combos).model;
        assert_eq!(first(&it, &[]), "");
        assert_eq!(first(&it, &[combo("a", false), combo("b", false)]), "a");
        assert_eq!(first(&it, &[combo("a", false), combo("b", true)]), "auto");
        it.choice = Some(ToolChoice { model: "x/y".to_owned(), ..ToolChoice::default() });
        assert_eq!(first(&it, &[combo("a", true)]), "x/y");
    }

    #[test]
    fn a_slot_with_the_main_model_is_not_named() {
        let mut choice = ToolChoice::default();
        set_slot(&mut choice, "haiku", Some("small".to_owned()));
        assert_eq!(choice.slots.get("haiku").map(String::as_str), Some("small"));
        set_slot(&mut choice, "haiku", None);
        assert!(choice.slots.is_empty());
    }

    #[test]
    fn names_of_the_users_own_stand_before_models_and_auto_only_where_a_combo_is_active() {
        let models = [ModelChoice {
            model: "v/work-1".to_owned(),
            name: "Work 1".to_owned(),
            vendor: "v".to_owned(),
            connected: true,
            locked_until: Some(5),
        }];
        let aliases = [AliasView { alias: "gpt-4o".to_owned(), target: "work".to_owned() }];
        let names = |query: &str, combos: &[ComboView]| {
            let all = offers(query, (combos, &aliases, &models), 10);
            all.into_iter().map(|offer| offer.name).collect::<Vec<_>>()
        };
        let combos = [combo("work", true), combo("智", false)];
        assert_eq!(names("", &combos), ["auto", "work", "智", "gpt-4o", "v/work-1"]);
        assert_eq!(names("work", &combos), ["work", "auto", "gpt-4o", "v/work-1"]);
        assert_eq!(names("", &[]), ["gpt-4o", "v/work-1"]);
        assert_eq!(names("or/new", &combos), ["or/new"]);
    }

    #[test]
    fn a_lock_that_is_over_does_not_show() {
        let model = |until| ModelChoice {
            model: "v/m".to_owned(),
            name: String::new(),
            vendor: "v".to_owned(),
            connected: true,
            locked_until: until,
        };
        let locked = |until| match &offers("", (&[], &[], &[model(until)]), 10)[0].means {
            Means::Model { locked, .. } => *locked,
            other => panic!("{other:?}"),
        };
        assert!(locked(Some(11)));
        assert!(!locked(Some(10)) && !locked(None));
    }
}
