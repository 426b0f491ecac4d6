//! The yard's tracks: which track a request runs on, where the points stand, and the lines.

use switchyard_types::{CandidateState, CandidateView, ServedBy};

/// Height of a track's row, in pixels; the style sheet's `--lane`.
pub(crate) const ROW: u32 = 48;

/// The track that leads to whoever is asked.
pub(crate) fn lane_of(by: &ServedBy, candidates: &[CandidateView]) -> Option<usize> {
    candidates.iter().position(|candidate| {
        candidate.vendor.as_deref() == Some(by.vendor.as_str())
            && candidate.model.split_once('/').is_some_and(|(_, model)| model == by.model)
    })
}

/// The track that the points lead to: the first that can serve.
pub(crate) fn points(candidates: &[CandidateView]) -> Option<usize> {
    candidates.iter().position(|candidate| candidate.state == CandidateState::Clear)
}

/// How far the ladder goes to the right with each row: flatter when there are many.
pub(crate) fn slant(lanes: usize, room: u32) -> u32 {
    let steps = u32::try_from(lanes.saturating_sub(1)).unwrap_or(u32::MAX).max(1);
    (room / steps).clamp(1, 20)
}

/// A piece of line of the ladder, as an SVG path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    /// The path.
    pub(crate) path: String,
    /// The piece lies on the way to this track and to all below it.
    pub(crate) lane: usize,
    /// Whether it leads into that track alone.
    pub(crate) branch: bool,
}

/// The ladder: along it the points, one a track, each with its branch to the right edge.
pub(crate) fn ladder(lanes: usize, start: u32, width: u32) -> Vec<Piece> {
    let room = width.saturating_sub(start + 20);
    let dx = slant(lanes, room);
    let spot = |lane: usize| {
        let lane = u32::try_from(lane).unwrap_or(0);
        (start + (dx * lane).min(room), ROW / 2 + ROW * lane)
    };
    let mut pieces = Vec::with_capacity(lanes * 2);
    for lane in 0..lanes {
        let (x, y) = spot(lane);
        if let Some(above) = lane.checked_sub(1) {
            let (from_x, from_y) = spot(above);
            let path = format!("M{from_x} {from_y}L{x} {y}");
            pieces.push(Piece { path, lane, branch: false });
        }
        pieces.push(Piece { path: format!("M{x} {y}H{width}"), lane, branch: true });
    }
    pieces
}

/// The agents' lines: each joins the slanting one that leads up to the trunk.
pub(crate) fn feeders(lines: u32, line_height: u32, width: u32) -> Vec<String> {
    let trunk = ROW / 2;
    let steps = lines.saturating_sub(1).max(1);
    let spot = |line: u32| {
        let back = (width - 8) * line / steps;
        ((width - 4).saturating_sub(back.min(line * 8)), trunk + line_height * line)
    };
    let join = |line: u32| {
        let (x, y) = spot(line);
        format!("M0 {y}H{x}")
    };
    let (last_x, last_y) = spot(lines.saturating_sub(1));
    let (first_x, _) = spot(0);
    let slope = format!("M{last_x} {last_y}L{first_x} {trunk}H{width}");
    (0..lines).map(join).chain([slope]).collect()
}

#[cfg(test)]
mod tests {
    use switchyard_types::{AccountId, Dialect};

    use super::*;

    fn candidate(model: &str, vendor: Option<&str>, state: CandidateState) -> CandidateView {
        CandidateView { model: model.into(), vendor: vendor.map(str::to_owned), state, spec: None }
    }

    fn by(vendor: &str, model: &str) -> ServedBy {
        ServedBy {
            vendor: vendor.into(),
            account: AccountId::new("acc_1"),
            account_name: String::new(),
            model: model.into(),
            dialect: Dialect::Chat,
        }
    }

    #[test]
    fn a_request_runs_on_the_track_of_its_vendor_and_model() {
        let tracks = [
            candidate("a/same", Some("one"), CandidateState::Clear),
            candidate("b/same", Some("two"), CandidateState::Clear),
            candidate("or/anthropic/claude", Some("openrouter"), CandidateState::Clear),
        ];
        assert_eq!(lane_of(&by("two", "same"), &tracks), Some(1));
        assert_eq!(lane_of(&by("openrouter", "anthropic/claude"), &tracks), Some(2));
        assert_eq!(lane_of(&by("two", "other"), &tracks), None);
    }

    #[test]
    fn the_points_lead_to_the_first_track_that_can_serve() {
        let tracks = [
            candidate("a/x", Some("a"), CandidateState::NoAccount),
            candidate("b/x", Some("b"), CandidateState::Clear),
            candidate("c/x", Some("c"), CandidateState::Clear),
        ];
        assert_eq!(points(&tracks), Some(1));
        assert_eq!(points(&tracks[..1]), None);
    }

    #[test]
    fn every_agent_has_a_line_to_the_trunk() {
        assert_eq!(feeders(1, 26, 28), ["M0 24H24", "M24 24L24 24H28"]);
        assert_eq!(feeders(3, 26, 28).len(), 4);
        assert_eq!(feeders(3, 26, 28)[3], "M8 76L24 24H28");
    }

    #[test]
    fn the_ladder_stays_within_its_width_however_many_tracks() {
        for lanes in [0, 1, 2, 5, 40, 400] {
            let pieces = ladder(lanes, 10, 120);
            assert_eq!(pieces.len(), (lanes * 2).saturating_sub(1));
            for piece in pieces.iter().filter(|piece| piece.branch) {
                let x: u32 = piece
                    .path
                    .strip_prefix('M')
                    .unwrap()
                    .split(' ')
                    .next()
                    .unwrap()
                    .parse()
                    .unwrap();
                assert!(x <= 100, "{} of {lanes}", piece.path);
            }
        }
    }
}
