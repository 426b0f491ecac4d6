//! What went another way lately, and which quotas it may be next.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use switchyard_types::{Millis, QuotaView, QuotaWindow, RequestFilter, RequestPage, RequestView};

use super::words;
use crate::app::{App, Load, app};
use crate::browser::http;
use crate::facts::live::Entry;
use crate::facts::order::sort_by_key;
use crate::facts::path::Route;
use crate::facts::quota as facts;
use crate::facts::sought::{Ended, Sought, asked, lets_through};
use crate::facts::words::Aspect;
use crate::pages::request::words as request;
use crate::parts::gate::Failed;
use crate::parts::link::Link;
use crate::parts::rows::rows;
use crate::parts::signal::SignalWord;
use crate::parts::tile::Tile;
use crate::parts::time::{Ago, Countdown};

/// How many of each are shown; a link leads to all.
const MOST: usize = 5;
/// A window counts as low from here on, in hundredths of a percent, as on the quota page.
const LOW: u32 = 8_000;

type Read = RwSignal<Load<Vec<Arc<RequestView>>>>;

fn fallen_over() -> RequestFilter {
    RequestFilter { fell_over: true, ..RequestFilter::default() }
}

fn read(app: App, state: Read) {
    spawn_local(async move {
        let path = format!("/api/requests?limit={MOST}&{}", asked(&fallen_over()));
        match http::get::<RequestPage>(&path).await {
            Ok(page) => {
                let rows = page.requests.into_iter().map(Arc::new).collect();
                let _ = state.try_set(Load::Ready(rows));
            }
            Err(fault) if fault.is_sign_in() => app.fault(&fault),
            // What was known stays, as in every list.
            Err(fault) => {
                let _ = state.try_update(|state| {
                    if state.ready().is_none() {
                        *state = Load::Failed(fault);
                    }
                });
            }
        }
    });
}

/// Requests that another candidate than the first answered, each with its reason. Nothing where there are none.
#[component]
pub(super) fn Fallen() -> impl IntoView {
    let app = app();
    let state: Read = RwSignal::new(Load::Waiting);
    Effect::new(move |_| {
        // Read, not only tracked: what nobody reads follows nothing.
        let _ = app.anew.get();
        read(app, state);
    });
    let retry = Callback::new(move |()| {
        state.set(Load::Waiting);
        read(app, state);
    });
    let shown = Memo::new(move |_| {
        let mut shown = state.with(|state| state.ready().cloned())?;
        app.live.with(|live| {
            for row in live.rows() {
                if let Entry::Done(done) = row
                    && lets_through(&fallen_over(), done, &[])
                    && shown.iter().all(|held| held.id != done.id)
                {
                    shown.push(Arc::clone(done));
                }
            }
        });
        sort_by_key(&mut shown, |row| std::cmp::Reverse(row.id.clone()));
        shown.truncate(MOST);
        Some(shown)
    });
    let failed = Memo::new(move |_| match state.with(Load::standing) {
        Load::Failed(fault) => Some(fault),
        Load::Waiting | Load::Ready(()) => None,
    });
    let some =
        Memo::new(move |_| shown.with(|shown| shown.as_ref().is_some_and(|all| !all.is_empty())));
    let list = move || {
        let all = Sought { ended: Some(Ended::FellOver), ..Sought::default() };
        view! {
            <header class="lately-head">
                <h2>{words::FALLEN}</h2>
                <Link to=Route::Requests(Box::new(all)) class="quiet-link">{words::ALL_FALLEN}</Link>
            </header>
            <ol class="fallen">
                {rows(
                    move || shown.get().unwrap_or_default(),
                    |row| row.id.to_string(),
                    |row| fallen(&row),
                )}
            </ol>
        }
    };
    move || {
        let inside = match (failed.get(), some.get()) {
            (Some(fault), _) => view! { <Failed fault retry/> }.into_any(),
            (None, true) => list().into_any(),
            (None, false) => return None,
        };
        Some(view! { <section class="panel lately" aria-label=words::FALLEN>{inside}</section> })
    }
}

fn fallen(row: &RequestView) -> impl IntoView + use<> {
    let by = row.served_by.as_ref().map(|by| (by.vendor.clone(), by.model.clone()));
    let why = request::why(row).unwrap_or_default();
    let (at, to) = (row.at, Route::Glance(row.id.clone()));
    view! {
        <li>
            <Link to class="fallen-row">
                <span class="fallen-when"><Ago at/></span>
                {by
                    .map(|(vendor, model)| {
                        view! {
                            <span class="fallen-by">
                                <Tile vendor/>
                                <span class="mono" title=model.clone()>{model.clone()}</span>
                            </span>
                        }
                    })}
                <span class="fallen-why" title=why.clone()>{why.clone()}</span>
            </Link>
        </li>
    }
}

/// A window that is spent or low, with whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Tight {
    vendor: String,
    account: String,
    window: QuotaWindow,
}

/// The windows that are spent or low now, the tightest first.
fn tight(quotas: Vec<QuotaView>, now: Millis) -> Vec<Tight> {
    let mut tight = Vec::new();
    for quota in quotas {
        for window in quota.windows {
            let is_over = window.resets_at.is_some_and(|at| at <= now);
            if !is_over && window.amount.used_share().is_some_and(|used| used >= LOW) {
                let (vendor, account) = (quota.vendor.clone(), quota.name.clone());
                tight.push(Tight { vendor, account, window });
            }
        }
    }
    sort_by_key(&mut tight, |one| {
        let used = one.window.amount.used_share().map(|used| used.min(10_000));
        (std::cmp::Reverse(used), one.window.resets_at.unwrap_or(Millis::MAX))
    });
    tight
}

/// What is spent or low, and when it returns. Nothing while all is well.
#[component]
pub(super) fn Low() -> impl IntoView {
    let app = app();
    app.quotas.want();
    let retry = Callback::new(move |()| app.quotas.retry());
    let all = Memo::new(move |_| tight(app.quotas.rows(), app.clock.tens.get()));
    let failed = Memo::new(move |_| match app.quotas.standing() {
        Load::Failed(fault) => Some(fault),
        Load::Waiting | Load::Ready(()) => None,
    });
    let list = move |all: Vec<Tight>| {
        let many = all.len();
        let chips = all.into_iter().take(MOST).map(|one| chip(app, one)).collect_view();
        view! {
            <h2 class="off-screen">{words::LOW}</h2>
            <ul>{chips}</ul>
            <Link to=Route::Quota class="quiet-link">
                {if many <= MOST { words::ALL_WINDOWS.owned() } else { words::all_windows(many) }}
            </Link>
        }
    };
    move || {
        let inside = match (failed.get(), all.get()) {
            (Some(fault), _) => view! { <Failed fault retry/> }.into_any(),
            (None, all) if all.is_empty() => return None,
            (None, all) => list(all).into_any(),
        };
        Some(view! { <section class="panel low" aria-label=words::LOW>{inside}</section> })
    }
}

fn chip(app: App, one: Tight) -> impl IntoView {
    let (word, aspect) = facts::aspect(&one.window, app.clock.now());
    let name = facts::name(&one.window.name);
    let name = match &one.window.models {
        Some(models) => format!("{name}, {models}"),
        None => name,
    };
    let used = match aspect {
        Aspect::Caution => facts::percent(&one.window).map(|used| format!(" {used}%")),
        _ => None,
    };
    let returns = match one.window.resets_at {
        Some(until) => words::RESETS_IN.around(view! { <Countdown until/> }.into_any()),
        None => words::NO_RESET.into_any(),
    };
    let title = format!("{}, {name}", one.account);
    view! {
        <li title=title>
            <Tile vendor=one.vendor/>
            <span class="low-name">{one.account} <span class="quiet">" " {name}</span></span>
            <SignalWord aspect word=format!("{}{}", word.text(), used.unwrap_or_default())/>
            <span class="low-until">{returns}</span>
        </li>
    }
}

#[cfg(test)]
mod tests {
    use switchyard_types::{AccountId, Forecast, QuotaAmount, QuotaSource};

    use super::*;

    fn window(name: &str, used: u32, resets_at: Option<Millis>) -> QuotaWindow {
        QuotaWindow {
            name: name.into(),
            models: None,
            amount: QuotaAmount::Share { used },
            closes: true,
            resets_at,
            length: None,
            source: QuotaSource::Reader,
            observed_at: 0,
            forecast: Forecast::Unknown,
        }
    }

    #[test]
    fn what_is_spent_stands_first_by_its_return_and_what_has_room_or_started_over_not_at_all() {
        let windows = vec![
            window("room", 7_999, None),
            window("low", 8_000, Some(50)),
            window("later", 10_000, Some(90)),
            window("over", 10_000, Some(10)),
            window("sooner", 10_300, Some(60)),
        ];
        let quota = QuotaView {
            account: AccountId::new("acc_1"),
            vendor: "glm".into(),
            name: "Main".into(),
            plan: None,
            windows,
            problem: None,
            readable: true,
        };
        let names: Vec<String> =
            tight(vec![quota], 10).into_iter().map(|one| one.window.name).collect();
        assert_eq!(names, ["sooner", "later", "low"]);
    }
}
