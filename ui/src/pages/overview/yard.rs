//! The yard: agents on the left, the points, and a track for each candidate.
//!
//! It is information: still when nothing moves, and a list when it is read out.

use std::sync::Arc;

use leptos::prelude::*;
use switchyard_types::{CandidateState, CandidateView, ComboView, Millis, Paused, RunningView};

use super::words;
use crate::app::{App, app};
use crate::facts::lanes::{self, ROW};
use crate::facts::live::Entry;
use crate::facts::order::sort_by;
use crate::facts::path::Route;
use crate::facts::words::{self as facts, Aspect};
use crate::parts::gate::{Blank, Gate};
use crate::parts::icon::{Glyph, Icon};
use crate::parts::link::Link;
use crate::parts::rows::rows;
use crate::parts::signal::SignalWord;
use crate::parts::tile::Tile;
use crate::parts::time::Countdown;

/// Where the trunk meets the first points, and how wide the ladder is, in pixels.
const TRUNK: u32 = 28;
const LADDER: u32 = 124;
/// Agents that are named; the others are counted.
const MOST_AGENTS: usize = 4;
/// Height of an agent's line, in pixels.
const AGENT: u32 = 26;
/// Width of the lines that bring the agents together, in pixels.
const FEEDERS: u32 = 28;
/// Lights on one track; the rest is a number.
const MOST_LIGHTS: usize = 6;

/// A light on a track.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Light {
    id: String,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Kind {
    /// Asked, and silent so far.
    Waiting,
    /// Content runs.
    Serving,
    /// This track failed it; it fades.
    Failed,
}

impl Kind {
    fn class(self) -> &'static str {
        match self {
            Self::Waiting => "light is-waiting",
            Self::Serving => "light is-serving",
            Self::Failed => "light is-failed",
        }
    }
}

/// The active combo as tracks.
#[component]
pub(super) fn Yard() -> impl IntoView {
    let app = app();
    let retry = Callback::new(move |()| app.combos.retry());
    view! {
        <section class="panel yard-panel" aria-label=words::YARD>
            <Gate state=app.combos.state retry rows=4>
                <YardOrBlank/>
            </Gate>
        </section>
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    NoVendor,
    NoCombo,
    NoActive,
    NoTracks,
    Tracks,
}

fn standing(app: App) -> Standing {
    let combos = app.combos.with(|combos| {
        let active = combos.iter().find(|combo| combo.active);
        (combos.is_empty(), active.map(|combo| combo.candidates.is_empty()))
    });
    match combos {
        Some((_, Some(false))) => Standing::Tracks,
        Some((_, Some(true))) => Standing::NoTracks,
        Some((false, None)) => Standing::NoActive,
        Some((true, None)) | None => {
            let connected = app.accounts.with(|accounts| !accounts.is_empty()).unwrap_or(true);
            if connected { Standing::NoCombo } else { Standing::NoVendor }
        }
    }
}

#[component]
fn YardOrBlank() -> impl IntoView {
    let app = app();
    let standing = Memo::new(move |_| standing(app));
    move || match standing.get() {
        Standing::NoVendor => view! {
            <Blank glyph=Glyph::Providers title=words::NO_VENDOR text=words::NO_VENDOR_TEXT>
                <Link to=Route::Welcome class="button is-primary">{words::FIRST_STEPS}</Link>
                <Link to=Route::Providers class="button">{words::CONNECT}</Link>
            </Blank>
        }
        .into_any(),
        Standing::NoCombo => view! {
            <Blank glyph=Glyph::Yard title=words::NO_COMBO text=words::NO_COMBO_TEXT>
                <Link to=Route::Combos(None) class="button is-primary">{words::MAKE_COMBO}</Link>
            </Blank>
        }
        .into_any(),
        Standing::NoActive => view! {
            <Blank glyph=Glyph::Yard title=words::NO_ACTIVE text=words::NO_ACTIVE_TEXT>
                <Link to=Route::Combos(None) class="button is-primary">{words::OPEN_COMBOS}</Link>
            </Blank>
        }
        .into_any(),
        Standing::NoTracks => view! {
            <YardHead/>
            <Blank glyph=Glyph::Yard title=words::NO_TRACKS text=words::NO_TRACKS_TEXT>
                <Link to=Route::Combos(None) class="button">{words::EDIT}</Link>
            </Blank>
        }
        .into_any(),
        Standing::Tracks => view! {
            <YardHead/>
            <Tracks/>
        }
        .into_any(),
    }
}

#[component]
fn YardHead() -> impl IntoView {
    let app = app();
    let combos = Memo::new(move |_| {
        let name = |combo: &ComboView| (combo.name.clone(), combo.active);
        app.combos.with(|combos| combos.iter().map(name).collect::<Vec<_>>()).unwrap_or_default()
    });
    let clear = Memo::new(move |_| {
        let combo = app.active_combo();
        let all = combo.as_ref().map_or(0, |combo| combo.candidates.len());
        let is_clear = |c: &&CandidateView| c.state == CandidateState::Clear;
        let clear = combo.map_or(0, |combo| combo.candidates.iter().filter(is_clear).count());
        (clear, all)
    });
    let paused = Memo::new(move |_| app.status.with(|status| status.paused).unwrap_or_default());
    let option = |(name, active): (String, bool)| {
        let text = name.clone();
        view! { <option value=name selected=active>{text}</option> }
    };
    view! {
        <header class="yard-head">
            <label class="label" for="active-combo">{words::ACTIVE}</label>
            <span class="select">
                <select
                    id="active-combo"
                    aria-label=words::ACTIVE_LABEL
                    on:change=move |event| app.activate(event_target_value(&event))
                >
                    {move || combos.get().into_iter().map(option).collect_view()}
                </select>
                <Icon of=Glyph::ChevronDown/>
            </span>
            <span class="yard-clear">
                {move || {
                    let (clear, all) = clear.get();
                    if paused.get() {
                        view! { <SignalWord aspect=Aspect::Caution word=words::PAUSED/> }.into_any()
                    } else {
                        words::tracks_clear(clear, all).into_any()
                    }
                }}
            </span>
            <span class="yard-tools">
                {move || {
                    let name = app.active_combo().map(|combo| combo.name);
                    view! { <Link to=Route::Combos(name) class="quiet-link">{words::EDIT}</Link> }
                }}
                {move || {
                    (!paused.get())
                        .then(|| {
                            view! {
                                <button
                                    type="button"
                                    class="icon-button"
                                    aria-label=words::PAUSE
                                    title=words::PAUSE_HINT
                                    on:click=move |_| app.pause(Paused { paused: true })
                                >
                                    <Icon of=Glyph::Pause/>
                                </button>
                            }
                        })
                }}
            </span>
        </header>
    }
}

#[component]
fn Tracks() -> impl IntoView {
    let app = app();
    let candidates =
        Memo::new(move |_| app.active_combo().map(|combo| combo.candidates).unwrap_or_default());
    let running = Memo::new(move |_| {
        app.live.with(|live| live.running().cloned().collect::<Vec<Arc<RunningView>>>())
    });
    let lights = Memo::new(move |_| {
        candidates.with(|tracks| running.with(|running| place_lights(running, tracks)))
    });
    let elsewhere = Memo::new(move |_| lights.with(|lights| lights.elsewhere));
    let tracks = move || {
        candidates.with(|tracks| {
            tracks.iter().map(|track| track.model.clone()).enumerate().collect::<Vec<_>>()
        })
    };
    let row = move |(lane, model): (usize, String)| {
        let track = Memo::new(move |_| candidates.with(|tracks| tracks.get(lane).cloned()));
        let lights = Memo::new(move |_| {
            lights.with(|lights| lights.lanes.get(lane).cloned().unwrap_or_default())
        });
        let points =
            Memo::new(move |_| candidates.with(|tracks| lanes::points(tracks)) == Some(lane));
        view! { <Track model track lights points/> }
    };
    view! {
        <div class="yard">
            <Agents running/>
            <Ladder candidates/>
            <ol class="tracks" aria-label=words::TRACKS>
                {rows(tracks, |(lane, model)| format!("{lane} {model}"), row)}
            </ol>
        </div>
        {move || {
            let n = elsewhere.get();
            (n > 0).then(|| view! { <p class="yard-foot">{words::elsewhere(n)}</p> })
        }}
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Lights {
    lanes: Vec<Vec<Light>>,
    elsewhere: usize,
}

/// Puts each running request onto its track: the one that answers, or the one that is most
/// likely asked now, which is the first clear one after those that failed it.
fn place_lights(running: &[Arc<RunningView>], tracks: &[CandidateView]) -> Lights {
    let mut placed = Lights { lanes: vec![Vec::new(); tracks.len()], elsewhere: 0 };
    for request in running {
        let id = request.id.as_str().to_owned();
        let failed: Vec<usize> = request
            .failed
            .iter()
            .filter_map(|attempt| lanes::lane_of(&attempt.to, tracks))
            .collect();
        for &lane in &failed {
            placed.lanes[lane].push(Light { id: id.clone(), kind: Kind::Failed });
        }
        let (lane, kind) = match &request.by {
            Some(by) => (lanes::lane_of(by, tracks), Kind::Serving),
            None if request.combo.is_none() => (None, Kind::Waiting),
            None => {
                let from = failed.iter().max().map_or(0, |last| last + 1);
                let next = lanes::points(tracks.get(from..).unwrap_or_default());
                (next.map(|lane| lane + from), Kind::Waiting)
            }
        };
        match lane.and_then(|lane| placed.lanes.get_mut(lane)) {
            Some(lane) => lane.push(Light { id, kind }),
            None => placed.elsewhere += 1,
        }
    }
    placed
}

#[component]
fn Ladder(candidates: Memo<Vec<CandidateView>>) -> impl IntoView {
    let lanes = Memo::new(move |_| candidates.with(Vec::len));
    let states = Memo::new(move |_| {
        candidates.with(|tracks| {
            let clear = |track: &CandidateView| track.state == CandidateState::Clear;
            (lanes::points(tracks), tracks.iter().map(clear).collect::<Vec<_>>())
        })
    });
    let height = move || ROW * u32::try_from(lanes.get()).unwrap_or(1);
    let piece = move |piece: lanes::Piece| {
        let (lane, branch) = (piece.lane, piece.branch);
        let set = move || {
            states.with(|(points, _)| {
                points.is_some_and(|at| if branch { at == lane } else { lane <= at })
            })
        };
        let closed =
            move || branch && states.with(|(_, clear)| clear.get(lane).is_some_and(|clear| !clear));
        view! { <path d=piece.path class="rail" class:is-set=set class:is-closed=closed></path> }
    };
    let trunk_set = move || states.with(|(points, _)| points.is_some());
    view! {
        <svg class="ladder" width=LADDER height=height aria-hidden="true">
            {move || lanes::ladder(lanes.get(), TRUNK, LADDER).into_iter().map(piece).collect_view()}
            <path
                d=format!("M0 {0}H{TRUNK}", ROW / 2)
                class="rail"
                class:is-set=trunk_set
            ></path>
            <circle class="points" cx=TRUNK cy=ROW / 2 r="3"></circle>
        </svg>
    }
}

/// Agents that were seen lately, each with how many of its requests run.
fn agents(app: App) -> Vec<(Option<String>, usize)> {
    app.live.with(|live| {
        let mut seen: Vec<(Option<String>, usize)> = Vec::new();
        for row in live.rows() {
            let (key, runs) = match row {
                Entry::Running(running) => (&running.key, 1),
                Entry::Done(done) => (&done.key, 0),
            };
            match seen.iter_mut().find(|(known, _)| known == key) {
                Some((_, count)) => *count += runs,
                None => seen.push((key.clone(), runs)),
            }
        }
        // Who runs something is named before who ran something.
        sort_by(&mut seen, |a, b| (a.1 == 0, a).cmp(&(b.1 == 0, b)));
        seen
    })
}

#[component]
fn Agents(running: Memo<Vec<Arc<RunningView>>>) -> impl IntoView {
    let app = app();
    let agents = Memo::new(move |_| {
        running.track();
        agents(app)
    });
    let shown = Memo::new(move |_| agents.with(|agents| agents.len().min(MOST_AGENTS)));
    let lines = move || {
        let lines = u32::try_from(shown.get().max(1)).unwrap_or(1);
        lanes::feeders(lines, AGENT, FEEDERS)
            .into_iter()
            .map(|path| view! { <path d=path class="rail"></path> })
            .collect_view()
    };
    let agent = |(key, runs): (Option<String>, usize)| {
        let name = key.unwrap_or_else(|| words::LOCAL.owned());
        let title = name.clone();
        view! {
            <li class="agent" class:is-running={runs > 0}>
                <span class="agent-name" title=title>{name}</span>
                {(runs > 0).then(|| view! { <span class="agent-runs num">{runs}</span> })}
            </li>
        }
    };
    view! {
        <div class="agents">
            <ul aria-label=words::AGENTS>
                {move || {
                    let all = agents.get();
                    let more = all.len().saturating_sub(MOST_AGENTS);
                    let none = all.is_empty();
                    view! {
                        {all.into_iter().take(MOST_AGENTS).map(agent).collect_view()}
                        {(more > 0)
                            .then(|| view! { <li class="agent is-more">{words::more_agents(more)}</li> })}
                        {none.then(|| view! { <li class="agent is-more">{words::NO_AGENT}</li> })}
                    }
                }}
            </ul>
            <svg
                class="feeders"
                width=FEEDERS
                height=move || ROW + AGENT * u32::try_from(shown.get()).unwrap_or(1)
                aria-hidden="true"
            >
                {lines}
            </svg>
        </div>
    }
}

#[component]
fn Track(
    model: String,
    track: Memo<Option<CandidateView>>,
    lights: Memo<Vec<Light>>,
    points: Memo<bool>,
) -> impl IntoView {
    let vendor = Signal::derive(move || {
        track.with(|track| {
            let track = track.as_ref();
            track.and_then(|track| track.vendor.clone()).unwrap_or_else(|| "?".to_owned())
        })
    });
    let state = Memo::new(move |_| {
        track.with(|track| {
            track.as_ref().map_or(facts::candidate(&CandidateState::Unknown), |track| {
                facts::candidate(&track.state)
            })
        })
    });
    let closed = Memo::new(move |_| {
        track.with(|track| track.as_ref().is_none_or(|track| track.state != CandidateState::Clear))
    });
    let opens = Memo::new(move |_| {
        track.with(|track| match track.as_ref().map(|track| &track.state) {
            Some(CandidateState::Locked { lock }) => Some(lock.until),
            Some(CandidateState::Clear | CandidateState::NoAccount | CandidateState::Unknown)
            | None => None,
        })
    });
    let why = move || {
        track.with(|track| match track.as_ref().map(|track| &track.state) {
            Some(CandidateState::Locked { lock }) => lock.message.clone(),
            Some(CandidateState::Clear | CandidateState::NoAccount | CandidateState::Unknown)
            | None => String::new(),
        })
    };
    let runs = Memo::new(move |_| {
        lights.with(|lights| lights.iter().filter(|light| light.kind != Kind::Failed).count())
    });
    let seen =
        move || lights.with(|lights| lights.iter().take(MOST_LIGHTS).cloned().collect::<Vec<_>>());
    let title = model.clone();
    view! {
        <li class="track" class:is-closed=closed class:is-set=points>
            <span class="track-name">
                <Tile vendor/>
                <span class="mono" title=title>{model}</span>
            </span>
            <span class="lane">
                {move || opens.get().map(|until| view! { <OpensIn until/> })}
                {rows(
                    seen,
                    |light| format!("{} {}", light.id, light.kind.class()),
                    |light| {
                        view! {
                            <span
                                class=light.kind.class()
                                style=("--lead", lead(&light.id))
                                aria-hidden="true"
                            ></span>
                        }
                    },
                )}
            </span>
            <span class="track-state" title=why>
                <SignalWord
                    aspect=Signal::derive(move || state.get().1)
                    word=Signal::derive(move || state.get().0.owned())
                />
                {move || {
                    let n = runs.get();
                    (n > 0).then(|| view! { <span class="track-runs num">{words::running_here(n)}</span> })
                }}
            </span>
        </li>
    }
}

/// How far a light is ahead of the others on its way, so that two never lie upon each other.
fn lead(id: &str) -> String {
    let sum =
        id.bytes().fold(0_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte)));
    format!("-{}ms", sum % 1_800)
}

#[component]
fn OpensIn(until: Millis) -> impl IntoView {
    view! {
        <span class="opens">
            <Icon of=Glyph::Clock/>
            <span class="opens-word">{words::OPENS_IN} " "</span>
            <Countdown until/>
        </span>
    }
}
