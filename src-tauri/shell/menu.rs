//! What the tray's menu says, decided without any menu: a pure view of the engine's combos.

use switchyard_types::{CandidateState, ComboView};

use crate::words::shortened;

/// Menus grow off the screen; what is more than this is in the dashboard.
const MOST_COMBOS: usize = 15;
/// Names can be long; a menu as wide as the screen helps nobody. In characters.
const LONGEST_NAME: usize = 48;

/// The changing part of the tray's menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MenuView {
    /// The first line: where agents are to be pointed.
    pub(crate) headline: String,
    /// One line for each combo that fits.
    pub(crate) combos: Vec<ComboLine>,
    /// A line after the combos, when there are none or too many.
    pub(crate) note: Option<String>,
}

/// A combo in the menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ComboLine {
    /// Its name, for the engine.
    pub(crate) name: String,
    /// What the line says.
    pub(crate) text: String,
    /// Whether `auto` means it.
    pub(crate) active: bool,
}

/// What a click means. Lines are known by their place, since a menu's ids are fixed and its combos
/// are not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Choice {
    /// The combo on this line becomes the active one.
    Combo(usize),
    /// Show the window.
    Dashboard,
    /// Put the address on the clipboard.
    CopyAddress,
    /// End the program.
    Quit,
}

impl Choice {
    /// The id of its menu item.
    pub(crate) fn id(self) -> String {
        match self {
            Self::Combo(place) => format!("combo-{place}"),
            Self::Dashboard => "dashboard".to_owned(),
            Self::CopyAddress => "copy-address".to_owned(),
            Self::Quit => "quit".to_owned(),
        }
    }

    /// The choice with this id.
    pub(crate) fn of(id: &str) -> Option<Self> {
        match id.strip_prefix("combo-") {
            Some(place) => place.parse().ok().map(Self::Combo),
            None => [Self::Dashboard, Self::CopyAddress, Self::Quit]
                .into_iter()
                .find(|choice| choice.id() == id),
        }
    }
}

impl MenuView {
    /// The menu for these combos, of a gateway that listens on `address`.
    pub(crate) fn new(address: &str, combos: &[ComboView]) -> Self {
        let hidden = combos.len().saturating_sub(MOST_COMBOS);
        let note = match (combos.len(), hidden) {
            (0, _) => Some("No combos yet: make one in the dashboard".to_owned()),
            (_, 0) => None,
            (_, hidden) => Some(format!("{hidden} more in the dashboard")),
        };
        Self {
            headline: format!("Listening on {}", address.trim_start_matches("http://")),
            combos: shown(combos).map(ComboLine::new).collect(),
            note,
        }
    }
}

/// Another combo than the active one, of which something can serve now: the first in the user's order.
pub(crate) fn other_combo(combos: &[ComboView]) -> Option<&ComboView> {
    let clear = |combo: &&ComboView| {
        combo.candidates.iter().any(|candidate| matches!(candidate.state, CandidateState::Clear))
    };
    combos.iter().filter(|combo| !combo.active).find(clear)
}

/// The first that fit, and always the active one.
fn shown(combos: &[ComboView]) -> impl Iterator<Item = &ComboView> {
    let late = combos.iter().skip(MOST_COMBOS).find(|combo| combo.active);
    let early = combos.iter().take(MOST_COMBOS - usize::from(late.is_some()));
    early.chain(late)
}

impl ComboLine {
    fn new(combo: &ComboView) -> Self {
        let clear = combo
            .candidates
            .iter()
            .filter(|candidate| matches!(candidate.state, CandidateState::Clear))
            .count();
        let name = shortened(&combo.name, LONGEST_NAME);
        let text = match (combo.candidates.len(), clear) {
            (0, _) => format!("{name}  ·  empty"),
            (_, 0) => format!("{name}  ·  nothing can serve now"),
            (all, clear) if all == clear => name,
            (all, clear) => format!("{name}  ·  {clear} of {all} clear"),
        };
        Self { name: combo.name.clone(), text: literal(&text), active: combo.active }
    }
}

/// Menus take `&` for the mark of an access key.
fn literal(text: &str) -> String {
    text.replace('&', "&&")
}

#[cfg(test)]
mod tests {
    use switchyard_types::CandidateView;

    use super::*;

    fn combo(name: &str, states: &[CandidateState]) -> ComboView {
        let candidate = |state: &CandidateState| CandidateView {
            model: "a/b".to_owned(),
            vendor: Some("a".to_owned()),
            state: state.clone(),
            spec: None,
        };
        ComboView {
            name: name.to_owned(),
            candidates: states.iter().map(candidate).collect(),
            active: false,
            terms: switchyard_types::ComboTerms::default(),
        }
    }

    fn texts(combos: &[ComboView]) -> Vec<String> {
        let menu = MenuView::new("http://127.0.0.1:20128", combos);
        menu.combos.into_iter().map(|line| line.text).collect()
    }

    #[test]
    fn every_choice_is_found_again_by_its_id() {
        for choice in [Choice::Combo(7), Choice::Dashboard, Choice::CopyAddress, Choice::Quit] {
            assert_eq!(Choice::of(&choice.id()), Some(choice));
        }
        assert_eq!(Choice::of("combo-x"), None);
    }

    #[test]
    fn the_first_line_says_where_agents_are_pointed() {
        assert_eq!(
            MenuView::new("http://127.0.0.1:20128", &[]).headline,
            "Listening on 127.0.0.1:20128"
        );
    }

    #[test]
    fn a_combo_says_how_much_of_it_can_serve() {
        use CandidateState::{Clear, NoAccount, Unknown};
        assert_eq!(
            texts(&[
                combo("all", &[Clear, Clear]),
                combo("some", &[Clear, NoAccount]),
                combo("none", &[Unknown, NoAccount]),
                combo("bare", &[]),
            ]),
            ["all", "some  ·  1 of 2 clear", "none  ·  nothing can serve now", "bare  ·  empty"]
        );
    }

    #[test]
    fn another_combo_is_the_first_that_can_serve_and_is_not_the_active_one() {
        use CandidateState::{Clear, NoAccount};
        let active = ComboView { active: true, ..combo("active", &[Clear]) };
        let combos = [active, combo("closed", &[NoAccount]), combo("open", &[NoAccount, Clear])];
        assert_eq!(other_combo(&combos).map(|combo| combo.name.as_str()), Some("open"));
        assert_eq!(other_combo(&combos[..2]), None);
    }

    #[test]
    fn without_combos_the_menu_names_the_next_step() {
        let menu = MenuView::new("http://127.0.0.1:20128", &[]);
        assert!(menu.note.unwrap().contains("make one"));
    }

    #[test]
    fn a_long_menu_is_cut_but_keeps_the_active_combo() {
        let mut combos: Vec<_> =
            (0..40).map(|n| combo(&format!("combo-{n}"), &[CandidateState::Clear])).collect();
        combos[33].active = true;
        let menu = MenuView::new("http://127.0.0.1:20128", &combos);
        assert_eq!(menu.combos.len(), MOST_COMBOS);
        assert_eq!(menu.note.as_deref(), Some("25 more in the dashboard"));
        let active: Vec<_> = menu.combos.iter().filter(|line| line.active).collect();
        assert_eq!(active.len(), 1);
        assert_eq!(active[0].name, "combo-33");
    }

    #[test]
    fn a_name_is_shown_as_it_is_but_not_without_end() {
        assert_eq!(texts(&[combo("R&D", &[CandidateState::Clear])]), ["R&&D"]);
        let long = "é".repeat(60);
        let shown = texts(&[combo(&long, &[CandidateState::Clear])]).remove(0);
        assert_eq!(shown.chars().count(), LONGEST_NAME);
        assert!(shown.ends_with('…'));
    }
}
