//! The list itself: only the rows in sight are on the page, and only those near them are kept.

use std::sync::Arc;

use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use switchyard_types::{RequestFilter, RequestId, RequestPage, RequestView, RunningView};

use super::filters::clear;
use super::words;
use crate::app::{App, Load, app};
use crate::browser::http::{self, Fault};
use crate::facts::history::{History, PAGE, Slot, Wanted, in_sight};
use crate::facts::live::Entry;
use crate::facts::path::{Route, encode};
use crate::facts::sought::{Sought, asked, lets_through, may_pass};
use crate::pages::request::cells::{RequestHead, done_cells, running_cells, walk};
use crate::parts::gate::{Blank, Failed, Gate};
use crate::parts::icon::Glyph;
use crate::parts::link::Link;
use crate::parts::rows::rows;

/// The height of a row in pixels; the style sheet has it, too.
const ROW: f64 = 48.0;

/// What the list knows, and what it is asking for.
#[derive(Clone, Copy)]
struct Reading {
    app: App,
    state: RwSignal<Load<History>>,
    filter: RwSignal<RequestFilter>,
    /// Counts the beginnings, so that answers to an earlier filter are dropped.
    turn: StoredValue<u32>,
    busy: RwSignal<bool>,
    /// Why older rows did not come.
    stuck: RwSignal<Option<Fault>>,
}

impl Reading {
    fn new(app: App) -> Self {
        Self {
            app,
            state: RwSignal::new(Load::Waiting),
            filter: RwSignal::new(RequestFilter::default()),
            turn: StoredValue::new(0),
            busy: RwSignal::new(false),
            stuck: RwSignal::new(None),
        }
    }

    /// Begins anew with another filter.
    fn begin(self, filter: RequestFilter) {
        self.filter.set(filter);
        self.busy.set(false);
        self.stuck.set(None);
        self.newest(|state, page| *state = Load::Ready(History::begin(page)));
    }

    /// Reads the newest page again, after events were missed.
    fn meet(self) {
        self.newest(|state, page| match state {
            Load::Ready(history) => {
                history.meet(page);
            }
            Load::Waiting | Load::Failed(_) => *state = Load::Ready(History::begin(page)),
        });
    }

    fn newest(self, take: impl FnOnce(&mut Load<History>, RequestPage) + 'static) {
        let turn = self.turn.get_value().wrapping_add(1);
        self.turn.set_value(turn);
        let wanted = Wanted { before: None, limit: PAGE };
        spawn_local(async move {
            let answer = self.read(&wanted).await;
            if self.turn.try_get_value() != Some(turn) {
                return;
            }
            match answer {
                Ok(page) => self.state.update(|state| take(state, page)),
                Err(fault) if fault.is_sign_in() => self.app.fault(&fault),
                Err(fault) => self.state.update(|state| {
                    if state.ready().is_none() {
                        *state = Load::Failed(fault);
                    }
                }),
            }
        });
    }

    /// Reads what the rows in sight lack.
    fn follow(self, places: &std::ops::Range<usize>) {
        if self.busy.get_untracked() || self.stuck.with_untracked(Option::is_some) {
            return;
        }
        let wanted = self.state.with_untracked(|state| state.ready()?.wanted(places));
        let Some(wanted) = wanted else { return };
        let (turn, places) = (self.turn.get_value(), places.clone());
        self.busy.set(true);
        spawn_local(async move {
            let answer = self.read(&wanted).await;
            if self.turn.try_get_value() != Some(turn) {
                return;
            }
            match answer {
                Ok(page) => self.state.update(|state| {
                    if let Load::Ready(history) = state {
                        history.take(&wanted, page, &places);
                    }
                }),
                Err(fault) => self.stuck.set(Some(fault)),
            }
            self.busy.set(false);
        });
    }

    async fn read(self, wanted: &Wanted) -> Result<RequestPage, Fault> {
        let filter = self.filter.with_untracked(asked);
        let before = wanted.before.as_ref();
        let before =
            before.map_or_else(String::new, |id| format!("&before={}", encode(id.as_str())));
        let path = format!("/api/requests?limit={}{before}&{filter}", wanted.limit);
        http::get(path.trim_end_matches('&')).await
    }
}

/// A row on the page.
#[derive(Clone, PartialEq)]
enum Item {
    Running(Arc<RunningView>),
    Done(Arc<RequestView>),
    Dropped(usize),
}

impl Item {
    fn key(&self) -> String {
        match self {
            // It is drawn anew with every step that it takes.
            Self::Running(one) => format!("{} {} {}", one.id, one.failed.len(), one.by.is_some()),
            Self::Done(one) => one.id.to_string(),
            Self::Dropped(place) => place.to_string(),
        }
    }
}

/// The list of the requests that are sought.
#[component]
pub(super) fn List(sought: Memo<Sought>, open: Memo<Option<RequestId>>) -> impl IntoView {
    let app = app();
    let reading = Reading::new(app);
    let listed = Memo::new(move |_| sought.with(Sought::list));
    let begin = move || {
        let filter = listed
            .with_untracked(|sought| sought.filter(sought.range.span(app.clock.now(), &app.clock)));
        reading.begin(filter);
    };
    Effect::new(move |_| {
        let _ = listed.get();
        begin();
    });
    Effect::new(move |last: Option<u32>| {
        let now = app.anew.get();
        if last.is_some_and(|last| last != now) {
            reading.meet();
        }
        now
    });
    let retry = Callback::new(move |()| {
        reading.state.set(Load::Waiting);
        begin();
    });
    let running = Memo::new(move |_| {
        reading.filter.with(|filter| {
            app.live.with(|live| {
                let keys = app.keys.rows();
                let passing = live.running().filter(|running| may_pass(filter, running, &keys));
                passing.cloned().collect::<Vec<_>>()
            })
        })
    });
    let (node, scrolled) = (NodeRef::<html::Div>::new(), RwSignal::new(0.0));
    take_in(reading, running, node, scrolled);
    let none = Memo::new(move |_| {
        reading.state.with(|state| state.ready().is_some_and(|history| history.len() == 0))
            && running.with(Vec::is_empty)
    });
    view! {
        <section class="panel history" aria-label=words::LIST>
            <Gate state=reading.state retry rows=12>
                {move || {
                    if none.get() {
                        view! { <Nothing sought/> }.into_any()
                    } else {
                        view! { <Rows reading listed running open node scrolled/> }.into_any()
                    }
                }}
            </Gate>
        </section>
    }
}

#[component]
fn Nothing(sought: Memo<Sought>) -> impl IntoView {
    let app = app();
    move || {
        if sought.with(Sought::narrows) {
            view! {
                <Blank glyph=Glyph::Search title=words::NO_MATCH text=words::NO_MATCH_TEXT>
                    <button type="button" class="button" on:click=move |_| clear(app, sought)>
                        {words::CLEAR}
                    </button>
                </Blank>
            }
            .into_any()
        } else {
            view! {
                <Blank glyph=Glyph::Requests title=words::NONE text=words::NONE_TEXT>
                    <Link to=Route::Overview class="button">{words::TO_OVERVIEW}</Link>
                </Blank>
            }
            .into_any()
        }
    }
}

#[component]
fn Rows(
    reading: Reading,
    listed: Memo<Sought>,
    running: Memo<Vec<Arc<RunningView>>>,
    open: Memo<Option<RequestId>>,
    node: NodeRef<html::Div>,
    scrolled: RwSignal<f64>,
) -> impl IntoView {
    let height = RwSignal::new(800.0);
    let measure = move || {
        // The frame that was asked for may come when the rows are gone.
        let Some(before) = height.try_get_untracked() else { return };
        let Some(node) = node.get_untracked() else { return };
        let now = f64::from(node.scroll_top());
        if (now - scrolled.get_untracked()).abs() >= 1.0 {
            scrolled.set(now);
        }
        let tall = f64::from(node.client_height());
        if (tall - before).abs() >= 1.0 {
            height.set(tall);
        }
    };
    Effect::new(move |_| {
        node.track();
        request_animation_frame(measure);
    });
    let resized = window_event_listener(leptos::ev::resize, move |_| measure());
    on_cleanup(move || resized.remove());

    let known =
        Memo::new(move |_| reading.state.with(|state| state.ready().map_or(0, History::len)));
    let total = Memo::new(move |_| running.with(Vec::len) + known.get());
    let places = Memo::new(move |_| in_sight(scrolled.get(), height.get(), ROW, total.get()));
    let rows_after = move |ahead: usize| {
        let places = places.get();
        places.start.saturating_sub(ahead)..places.end.saturating_sub(ahead)
    };
    let items = Memo::new(move |_| {
        let ahead = running.with(Vec::len);
        let mut items = running.with(|running| {
            let places = places.get();
            let shown = running.iter().take(places.end).skip(places.start).cloned();
            shown.map(Item::Running).collect::<Vec<_>>()
        });
        let slots = reading.state.with(|state| {
            state.ready().map(|history| history.slots(rows_after(ahead))).unwrap_or_default()
        });
        items.extend(slots.into_iter().map(|slot| match slot {
            Slot::Row(row) => Item::Done(row),
            Slot::Dropped(place) => Item::Dropped(place),
        }));
        items
    });
    Effect::new(move |_| {
        reading.state.track();
        reading.busy.track();
        reading.stuck.track();
        reading.follow(&rows_after(running.with(Vec::len)));
    });
    let before = move || format!("{}px", places.with(|places| places.start) * 48);
    let below =
        move || format!("{}px", total.get().saturating_sub(places.with(|places| places.end)) * 48);
    let more = Memo::new(move |_| {
        reading.state.with(|state| state.ready().is_some_and(History::has_more))
    });
    // Rows lead to the list as it is narrowed now.
    let body = move || {
        let list = listed.get();
        rows(
            move || items.get(),
            Item::key,
            move |item| {
                let key = item.key();
                // The head is the first row. One that is on its way out has no place any more.
                let nth = Memo::new(move |last: Option<&usize>| {
                    let at = items.with(|items| items.iter().position(|item| item.key() == key));
                    let start = places.with(|places| places.start);
                    at.map_or_else(|| last.copied().unwrap_or(0), |at| start + at + 2)
                });
                view! { <Row item nth list=list.clone() open/> }
            },
        )
    };
    view! {
        <div
            class="history-scroll"
            node_ref=node
            tabindex="-1"
            on:scroll=move |_| measure()
            on:keydown=move |event| walk(&event)
        >
            <table
                class="table request-table is-virtual"
                aria-rowcount=move || if more.get() { "-1".to_owned() } else { (total.get() + 1).to_string() }
            >
                <RequestHead/>
                <tbody aria-hidden="true" class="spacer">
                    <tr style:height=before></tr>
                </tbody>
                <tbody>{body}</tbody>
                <tbody aria-hidden="true" class="spacer">
                    <tr style:height=below></tr>
                </tbody>
            </table>
            <Foot reading more/>
        </div>
    }
}

/// Puts what ended meanwhile into the list. Where the reader is further down, the rows in sight stay
/// where they are.
fn take_in(
    reading: Reading,
    running: Memo<Vec<Arc<RunningView>>>,
    node: NodeRef<html::Div>,
    scrolled: RwSignal<f64>,
) {
    Effect::new(move |last: Option<usize>| {
        let ahead = running.with(Vec::len);
        let ended: Vec<Arc<RequestView>> = reading.app.live.with(|live| {
            let done = live.rows().iter().filter_map(|row| match row {
                Entry::Done(done) => Some(done),
                Entry::Running(_) => None,
            });
            reading.filter.with_untracked(|filter| {
                let keys = reading.app.keys.with_untracked(Clone::clone).unwrap_or_default();
                done.filter(|done| lets_through(filter, done, &keys)).cloned().collect()
            })
        });
        // A list that has just been read may lack what ended meanwhile.
        reading.state.track();
        let mut grown = 0_i32;
        reading.state.maybe_update(|state| {
            let Load::Ready(history) = state else { return false };
            grown = ended.iter().map(|row| i32::from(history.put(row))).sum();
            grown > 0
        });
        let moved = i64::try_from(ahead).unwrap_or(0)
            - i64::try_from(last.unwrap_or(ahead)).unwrap_or(0)
            + i64::from(grown);
        if moved != 0
            && scrolled.get_untracked() >= ROW
            && let Some(node) = node.get_untracked()
        {
            let top = i64::from(node.scroll_top()) + moved * 48;
            let top = i32::try_from(top.max(0)).unwrap_or(i32::MAX);
            request_animation_frame(move || {
                node.set_scroll_top(top);
                scrolled.set(f64::from(top));
            });
        }
        ahead
    });
}

#[component]
fn Foot(reading: Reading, more: Memo<bool>) -> impl IntoView {
    let retry = Callback::new(move |()| reading.stuck.set(None));
    move || match (reading.stuck.get(), more.get()) {
        (Some(fault), _) => view! { <Failed fault retry/> }.into_any(),
        (None, true) => {
            view! { <p class="history-end" role="status">{words::LOADING}</p> }.into_any()
        }
        (None, false) => view! { <p class="history-end">{words::END}</p> }.into_any(),
    }
}

#[component]
fn Row(item: Item, nth: Memo<usize>, list: Sought, open: Memo<Option<RequestId>>) -> impl IntoView {
    let to = |id: &RequestId| Route::Requests(Box::new(list.opening(Some(id.clone()))));
    let (id, running, cells) = match &item {
        Item::Running(one) => {
            (Some(one.id.clone()), true, running_cells(one, to(&one.id)).into_any())
        }
        Item::Done(one) => (Some(one.id.clone()), false, done_cells(one, to(&one.id)).into_any()),
        Item::Dropped(_) => {
            let bone = view! { <td colspan="8"><span class="bone is-line"></span></td> };
            (None, false, bone.into_any())
        }
    };
    let lit = Memo::new(move |_| id.is_some() && open.with(|open| *open == id));
    view! {
        <tr class:is-lit=lit class:is-running=running aria-rowindex=move || nth.get().to_string()>
            {cells}
        </tr>
    }
}
