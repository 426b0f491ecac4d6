//! How a window went: its readings as a line of steps.

use leptos::prelude::*;
use leptos::task::spawn_local;
use switchyard_types::{AccountId, QuotaHistory, QuotaMeasure, QuotaWindow};

use super::words;
use crate::app::{App, Load, app};
use crate::browser::clock::{day_of, exact, time_at};
use crate::browser::http;
use crate::facts::course::{self, Course, KEPT, PLACES, edge, paths};
use crate::facts::path::encode;
use crate::facts::quota::name;
use crate::parts::gate::Failed;
use crate::parts::plot::Plot;

/// What is known of an account's past.
pub(super) type Past = RwSignal<Load<Vec<QuotaHistory>>>;

/// Reads it; what is shown stays until the answer is here.
pub(super) fn read(app: App, account: &AccountId, past: Past) {
    let from = app.clock.now() - KEPT;
    let path = format!("/api/quotas/{}/history?from={from}", encode(account.as_str()));
    spawn_local(async move {
        match http::get::<Vec<QuotaHistory>>(&path).await {
            Ok(history) => {
                let _ = past.try_set(Load::Ready(history));
            }
            Err(fault) if fault.is_sign_in() => app.fault(&fault),
            Err(fault) => {
                let _ = past.try_update(|past| {
                    if past.ready().is_none() {
                        *past = Load::Failed(fault);
                    }
                });
            }
        }
    });
}

/// One window's past.
#[component]
pub(super) fn WindowPast(
    window: Memo<QuotaWindow>,
    past: Past,
    retry: Callback<()>,
) -> impl IntoView {
    let clock = app().clock;
    let drawn = Memo::new(move |_| {
        let (name, models, length) =
            window.with(|window| (window.name.clone(), window.models.clone(), window.length));
        past.with(|past| {
            let same = |history: &&QuotaHistory| history.name == name && history.models == models;
            let history = past.ready()?.iter().find(same)?;
            let course = course::course(history, length, clock.tens.get())?;
            Some((course, history.measure))
        })
    });
    let fault = Memo::new(move |_| {
        past.with(|past| if let Load::Failed(fault) = past { Some(fault.clone()) } else { None })
    });
    let waits = Memo::new(move |_| past.with(|past| matches!(past, Load::Waiting)));
    // What is there stays, and moves: whoever looks at a place of it goes on doing so.
    let there = Memo::new(move |_| drawn.with(Option::is_some));
    move || match (fault.get(), there.get()) {
        (Some(fault), _) => view! { <Failed fault retry/> }.into_any(),
        (None, true) => view! { <Drawing drawn window/> }.into_any(),
        (None, false) if waits.get() => {
            view! { <div class="course"><span class="bone is-line"></span></div> }.into_any()
        }
        (None, false) => view! { <p class="course quiet">{words::NO_PAST}</p> }.into_any(),
    }
}

#[component]
fn Drawing(
    drawn: Memo<Option<(Course, QuotaMeasure)>>,
    window: Memo<QuotaWindow>,
) -> impl IntoView {
    let at = RwSignal::new(None);
    let marks = move || {
        drawn.with(|drawn| {
            let (course, measure) = drawn.as_ref()?;
            let top = course.scale.last().copied().unwrap_or(1).max(1);
            let mark = |value: &i64| {
                let up = value.saturating_mul(100) / top;
                view! {
                    <li style:bottom=format!("{up}%")>
                        <span class="num">{course::mark(*measure, *value)}</span>
                    </li>
                }
            };
            Some(course.scale.iter().map(mark).collect_view())
        })
    };
    let lines = Memo::new(move |_| {
        drawn.with(|drawn| drawn.as_ref().map(|(course, _)| paths(course))).unwrap_or_default()
    });
    let told = move |nth: usize| {
        drawn
            .with(|drawn| {
                let (course, measure) = drawn.as_ref()?;
                let value = course.places.get(nth).copied().flatten();
                let value = value.map(|value| {
                    window.with(|window| course::written(&window.amount, *measure, value))
                });
                let when = exact(edge(course.from, course.until, nth));
                Some(words::at(&when, &value.unwrap_or_else(|| words::NOT_READ.owned())))
            })
            .unwrap_or_default()
    };
    let said = Signal::derive(move || told(at.get().unwrap_or(PLACES - 1)));
    let label = Signal::derive(move || words::past_of(&window.with(|window| name(&window.name))));
    let begins = move || {
        drawn.with(|drawn| {
            let (course, _) = drawn.as_ref()?;
            let long = course.until - course.from > 36 * 3_600_000;
            Some(if long { day_of(course.from) } else { time_at(course.from) })
        })
    };
    view! {
        <div class="course">
            <Plot label places=PLACES at said>
                <ul class="ticks" aria-hidden="true">{marks}</ul>
                <svg
                    class="plot-columns"
                    aria-hidden="true"
                    viewBox=format!("0 0 {PLACES} 1000")
                    preserveAspectRatio="none"
                >
                    {move || {
                        at.get()
                            .map(|nth| {
                                view! { <rect class="course-at" x=nth y="0" width="1" height="1000"></rect> }
                            })
                    }}
                    <path class="course-ground" d=move || lines.with(|(_, ground)| ground.clone())></path>
                    <path
                        class="course-line"
                        d=move || lines.with(|(line, _)| line.clone())
                        vector-effect="non-scaling-stroke"
                    ></path>
                </svg>
            </Plot>
            <p class="plot-foot num" aria-hidden="true">
                {move || match at.get() {
                    Some(nth) => view! { <span>{told(nth)}</span> }.into_any(),
                    None => {
                        view! {
                            <span>{begins}</span>
                            <span>{words::NOW}</span>
                        }
                            .into_any()
                    }
                }}
            </p>
        </div>
    }
}
