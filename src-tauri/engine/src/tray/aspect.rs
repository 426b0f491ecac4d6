//! What the tray's icon tells at a glance, as a signal beside the track does.

use switchyard_locale::{Word, word};
use switchyard_types::{CandidateState, Share};

use super::menu::{Routing, Seen, tightest};
use super::words::percent;

/// What the icon shows, the worst that is so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aspect {
    /// Ready, and nothing is asked.
    Idle,
    /// Requests are being served.
    Busy,
    /// A quota is nearly used up, or a part of the active combo cannot serve.
    Low,
    /// Nothing of the active combo can serve.
    Spent,
    /// Requests are refused.
    Down,
}

impl Aspect {
    /// How things stand.
    pub fn of(seen: &Seen<'_>) -> Self {
        let active = seen.combos.iter().find(|combo| combo.active);
        let candidates = active.map_or(&[][..], |combo| &combo.candidates);
        let clear = candidates
            .iter()
            .filter(|candidate| matches!(candidate.state, CandidateState::Clear))
            .count();
        let low = Share::LOW.hundredths();
        let tight = |quota| tightest(quota, seen.now).is_some_and(|(used, _)| used >= low);
        match seen.routing {
            Routing::Paused | Routing::Closing => Self::Down,
            Routing::On if clear == 0 && !candidates.is_empty() => Self::Spent,
            Routing::On if clear < candidates.len() || seen.quotas.iter().any(tight) => Self::Low,
            Routing::On if seen.under_way > 0 => Self::Busy,
            Routing::On => Self::Idle,
        }
    }

    /// The same in words, where a system shows some beside the icon.
    pub fn words(self) -> Word {
        match self {
            Self::Idle => word!("Switchyard: ready"),
            Self::Busy => word!("Switchyard: serving"),
            Self::Low => word!("Switchyard: running low"),
            Self::Spent => word!("Switchyard: nothing can serve now"),
            Self::Down => word!("Switchyard: requests are refused"),
        }
    }

    /// Short enough for a menu bar: how much of the tightest window is used, once that matters.
    pub fn title(self, seen: &Seen<'_>) -> Option<String> {
        match self {
            Self::Low | Self::Spent => {
                let used = seen.quotas.iter().filter_map(|quota| tightest(quota, seen.now));
                used.map(|(used, _)| used).max().map(|used| percent(seen.voice, used))
            }
            Self::Idle | Self::Busy | Self::Down => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use switchyard_types::ComboView;

    use super::*;
    use crate::tray::menu::examples::{NOW, combo, quota, seen};

    fn active(states: &[CandidateState]) -> [ComboView; 1] {
        [ComboView { active: true, ..combo("main", states) }]
    }

    #[test]
    fn the_worst_that_is_so_is_shown() {
        use CandidateState::{Clear, NoAccount};
        let (all, some, none) =
            (active(&[Clear]), active(&[NoAccount, Clear]), active(&[NoAccount]));
        let shown = |combos: &[ComboView], under_way, routing| {
            Aspect::of(&Seen { routing, under_way, ..seen(combos) })
        };
        assert_eq!(shown(&[], 0, Routing::On), Aspect::Idle);
        assert_eq!(shown(&all, 0, Routing::On), Aspect::Idle);
        assert_eq!(shown(&all, 2, Routing::On), Aspect::Busy);
        assert_eq!(shown(&some, 2, Routing::On), Aspect::Low);
        assert_eq!(shown(&none, 2, Routing::On), Aspect::Spent);
        assert_eq!(shown(&none, 2, Routing::Paused), Aspect::Down);
        assert_eq!(shown(&all, 2, Routing::Closing), Aspect::Down);
        assert_eq!(shown(&active(&[]), 0, Routing::On), Aspect::Idle, "an empty combo is new");
    }

    #[test]
    fn a_window_that_is_nearly_used_up_shows_with_its_share() {
        let quotas =
            [quota("a", "A", &[("5h", 8_000, None)]), quota("b", "B", &[("5h", 100, None)])];
        let low = Seen { quotas: &quotas, ..seen(&[]) };
        assert_eq!(Aspect::of(&low), Aspect::Low);
        assert_eq!(Aspect::Low.title(&low).as_deref(), Some("80 %"));
        assert_eq!(Aspect::Idle.title(&low), None);
        let quotas = [quota("a", "A", &[("5h", 7_999, None), ("weekly", 9_999, Some(NOW))])];
        assert_eq!(Aspect::of(&Seen { quotas: &quotas, ..seen(&[]) }), Aspect::Idle);
    }
}
