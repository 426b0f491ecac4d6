//! One request's decision: who was passed over, who was tried, who answered, and why.

use std::sync::Arc;

use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;
use switchyard_types::{
    AttemptView, ErrorCode, PlannedView, RequestId, RequestView, RunningView, SkippedView, Usage,
};

use super::said::Said;
use super::unaided::Without;
use super::words;
use crate::app::{App, Load, app};
use crate::browser;
use crate::browser::clock::exact;
use crate::browser::http::{self, Fault};
use crate::facts::format;
use crate::facts::live::Entry;
use crate::facts::path::{self, Route};
use crate::facts::sought::Sought;
use crate::facts::words::{self as facts, Aspect};
use crate::parts::copy::CopyButton;
use crate::parts::dialog::PanelHead;
use crate::parts::gate::{Blank, Failed, Skeleton};
use crate::parts::icon::{Glyph, Icon};
use crate::parts::link::Link;
use crate::parts::signal::{Lamp, SignalWord};
use crate::parts::tile::Tile;
use crate::parts::time::{Ago, ClockTime};
use crate::parts::words::list;
use crate::word::Word;

/// Skipped candidates that are shown before the rest is asked for.
const FEW: usize = 6;

type Fetched = RwSignal<Option<(RequestId, Load<Arc<RequestView>>)>>;

/// What the panel shows.
#[derive(Clone, PartialEq)]
enum Shown {
    Nothing,
    Loading,
    Running(Arc<RunningView>),
    Done(Arc<RequestView>),
    Gone,
    Failed(RequestId, Fault),
}

/// The panel beside the list. It is not modal: the list stays in reach.
#[component]
pub(in crate::pages) fn TracePanel(
    open: Memo<Option<RequestId>>,
    close: Callback<()>,
) -> impl IntoView {
    let app = app();
    let fetched: Fetched = RwSignal::new(None);
    let here = Memo::new(move |_| {
        let id = open.get();
        app.live.with(|live| id.is_some_and(|id| live.find(&id).is_some()))
    });
    Effect::new(move |_| {
        // One that ran when the connection broke may have ended since, and stand in no list.
        let (Some(id), here, _) = (open.get(), here.get(), app.anew.get()) else { return };
        let known = fetched.with_untracked(|held| match held {
            Some((held, Load::Waiting | Load::Ready(_))) => *held == id,
            Some((_, Load::Failed(_))) | None => false,
        });
        if !here && !known {
            fetch(app, id, fetched);
        }
    });
    let shown = Memo::new(move |_| {
        let Some(id) = open.get() else { return Shown::Nothing };
        match app.live.with(|live| live.find(&id).cloned()) {
            Some(Entry::Running(running)) => return Shown::Running(running),
            Some(Entry::Done(done)) => return Shown::Done(done),
            None => {}
        }
        fetched.with(|held| match held {
            Some((held, Load::Ready(done))) if *held == id => Shown::Done(Arc::clone(done)),
            Some((held, Load::Failed(fault))) if *held == id => {
                if fault.code() == Some(ErrorCode::NotFound) {
                    // What runs is in no list before the events say so.
                    let unheard = app.link.get() == crate::app::Link::Opening;
                    if unheard { Shown::Loading } else { Shown::Gone }
                } else {
                    Shown::Failed(id, fault.clone())
                }
            }
            Some(_) | None => Shown::Loading,
        })
    });
    let handle = window_event_listener(ev::keydown, move |event| {
        if event.key() == "Escape" && !browser::is_modal() && open.get_untracked().is_some() {
            close.run(());
        }
    });
    on_cleanup(move || handle.remove());
    let body = move || match shown.get() {
        Shown::Nothing => ().into_any(),
        Shown::Loading => view! {
            <PanelHead close>
                <h2>{words::TRACE}</h2>
            </PanelHead>
            <Skeleton rows=5/>
        }
        .into_any(),
        Shown::Running(running) => running_trace(&running, close).into_any(),
        Shown::Done(done) => done_trace(&done, close).into_any(),
        Shown::Gone => view! {
            <PanelHead close>
                <h2>{words::TRACE}</h2>
            </PanelHead>
            <Blank glyph=Glyph::Clock title=words::GONE text=words::GONE_TEXT/>
        }
        .into_any(),
        Shown::Failed(id, fault) => {
            let retry = Callback::new(move |()| fetch(app, id.clone(), fetched));
            view! {
                <PanelHead close>
                    <h2>{words::TRACE}</h2>
                </PanelHead>
                <Failed fault retry/>
            }
            .into_any()
        }
    };
    let is_open = Memo::new(move |_| open.with(Option::is_some));
    move || {
        is_open.get().then(|| {
            view! { <aside class="trace" aria-label=words::TRACE>{body}</aside> }
        })
    }
}

fn fetch(app: App, id: RequestId, fetched: Fetched) {
    fetched.set(Some((id.clone(), Load::Waiting)));
    spawn_local(async move {
        let path = format!("/api/requests/{}", path::encode(id.as_str()));
        let answer = http::get::<RequestView>(&path).await;
        if let Err(fault) = &answer
            && fault.is_sign_in()
        {
            app.fault(fault);
        }
        let load = answer.map_or_else(Load::Failed, |view| Load::Ready(Arc::new(view)));
        let _ = fetched.try_update(|held| {
            if held.as_ref().is_some_and(|(held, _)| *held == id) {
                *held = Some((id, load));
            }
        });
    });
}

fn running_trace(running: &Arc<RunningView>, close: Callback<()>) -> impl IntoView + use<> {
    let asked = running.model.clone();
    let (at, spoken) = (running.at, facts::dialect(running.dialect));
    let agent = running.key.clone().unwrap_or_else(|| words::LOCAL.owned());
    let total = running.failed.iter().map(|one| one.started + one.millis).max().unwrap_or(1);
    let attempts = running.failed.iter().map(|one| attempt(one, total)).collect_view();
    let untroubled = running.failed.is_empty();
    let serving = running.by.clone().map(|by| {
        view! {
            <li class="step is-running">
                <span class="step-mark"><Lamp aspect=Aspect::Running/></span>
                <div class="step-body">
                    <div class="step-line">
                        <Tile vendor=by.vendor.clone()/>
                        <span class="mono step-model">{by.model.clone()}</span>
                    </div>
                    <p class="step-note">{by.account_name.clone()}</p>
                </div>
            </li>
        }
    });
    view! {
        <PanelHead close>
            <SignalWord aspect=Aspect::Running word=words::RUNNING/>
            <h2 class="mono">{asked.clone()}</h2>
        </PanelHead>
        <div class="trace-body">
            <section>
                <h3>{words::DECISION}</h3>
                {untroubled.then(|| view! { <p class="quiet">{words::NOTHING_YET}</p> })}
                <ol class="steps">{attempts} {serving}</ol>
            </section>
            <section>
                <h3>{words::FACTS}</h3>
                <dl class="facts">
                    <Fact name=words::KEY>{agent}</Fact>
                    {running
                        .combo
                        .clone()
                        .map(|combo| view! { <Fact name=words::COMBO>{combo}</Fact> })}
                    <Fact name=words::DIALECT>{spoken}</Fact>
                    <Fact name=words::CAME><Ago at/></Fact>
                </dl>
            </section>
        </div>
    }
}

fn done_trace(done: &Arc<RequestView>, close: Callback<()>) -> impl IntoView + use<> {
    let (word, aspect) = facts::outcome(done.outcome);
    let total = done.millis.max(1);
    let attempts = done.attempts.iter().map(|one| attempt(one, total)).collect_view();
    let spared = spared(done)
        .into_iter()
        .map(|one| planned(&one, Aspect::Idle, words::NOT_NEEDED))
        .collect_view();
    let id = done.id.clone();
    let nothing = done.attempts.is_empty() && done.skipped.is_empty();
    let error = done.error.clone().map(|error| {
        view! {
            <div class=format!("callout {}", aspect.class())>
                <Icon of=Glyph::Alert/>
                <div><p>{error}</p></div>
            </div>
        }
    });
    let losses = (!done.losses.is_empty()).then(|| {
        let losses =
            done.losses.iter().map(|loss| view! { <li>{loss.clone()}</li> }).collect_view();
        view! {
            <section>
                <h3>{words::LOSSES}</h3>
                <ul class="losses">{losses}</ul>
            </section>
        }
    });
    let asked = done.model.clone();
    view! {
        <PanelHead close>
            <SignalWord aspect word=word.owned()/>
            <h2 class="mono" title=asked.clone()>{asked.clone()}</h2>
        </PanelHead>
        <div class="trace-body">
            <dl class="trace-sums">
                {sum(words::TOTAL, Some(format::duration(done.millis)))}
                {sum(words::FIRST, done.first_content.map(format::duration))}
                {sum(words::INPUT, done.usage.map(|usage| format::tokens(usage.input_total())))}
                {sum(words::OUTPUT, done.usage.map(|usage| format::tokens(usage.output)))}
                {sum(words::COST, done.cost.map(format::money))}
            </dl>
            {error}
            <section>
                <h3>{words::DECISION}</h3>
                {nothing.then(|| view! { <p class="quiet">{words::NOT_TRIED}</p> })}
                <ol class="steps"><Skips skipped=done.skipped.clone()/> {attempts} {spared}</ol>
            </section>
            <Without id/>
            {losses}
            <Said done=Arc::clone(done)/>
            <section>
                <h3>{words::FACTS}</h3>
                {request_facts(done)}
            </section>
        </div>
    }
}

fn sum(name: Word, value: Option<String>) -> impl IntoView {
    view! {
        <div class="sum">
            <dd class="num">{value.unwrap_or_else(|| "–".to_owned())}</dd>
            <dt>{name}</dt>
        </div>
    }
}

#[component]
fn Fact(name: Word, children: Children) -> impl IntoView {
    view! {
        <div class="fact">
            <dt>{name}</dt>
            <dd>{children()}</dd>
        </div>
    }
}

fn request_facts(done: &RequestView) -> impl IntoView + use<> {
    let id = done.id.as_str().to_owned();
    let how = if done.stream { words::STREAMED } else { words::WHOLE };
    let spoken = format!("{}, {}", facts::dialect(done.dialect).text(), how.text());
    let agent = words::agent(done);
    let replay_of = done.plan.as_ref().and_then(|plan| plan.replay_of.clone());
    let usage = done.usage.map(usage_facts);
    let (asked, status, came) = (done.model.clone(), done.status, exact(done.at));
    view! {
        <dl class="facts">
            <Fact name=words::ASKED_FOR><span class="mono">{asked}</span></Fact>
            {done.combo.clone().map(|combo| view! { <Fact name=words::COMBO>{combo}</Fact> })}
            <Fact name=words::KEY>{agent}</Fact>
            {replay_of
                .map(|id| {
                    let to = Sought { open: Some(id), ..Sought::default() };
                    view! {
                        <Fact name=words::REPLAY_OF>
                            <Link to=Route::Requests(Box::new(to)) class="quiet-link">
                                {words::THE_FIRST}
                            </Link>
                        </Fact>
                    }
                })}
            <Fact name=words::DIALECT>{spoken}</Fact>
            <Fact name=words::STATUS><span class="num">{status}</span></Fact>
            {usage}
            <Fact name=words::CAME>{came}</Fact>
            <Fact name=words::ID>
                <span class="fact-copy">
                    <span class="mono">{id.clone()}</span>
                    <CopyButton text=id what=words::THE_ID/>
                </span>
            </Fact>
        </dl>
    }
}

fn usage_facts(usage: Usage) -> impl IntoView {
    let row = |name: Word, n: u64| {
        (n > 0).then(|| {
            view! {
                <Fact name>
                    <span class="num">{words::tokens(&format::count(n))}</span>
                </Fact>
            }
        })
    };
    let output = format::count(usage.output);
    let output = match usage.reasoning {
        0 => words::tokens(&output),
        reasoning => words::tokens_with_reasoning(&output, &format::count(reasoning)),
    };
    view! {
        {row(words::FRESH, usage.input)}
        {row(words::CACHE_READ, usage.cache_read)}
        {row(words::CACHE_WRITE, usage.cache_write)}
        <Fact name=words::OUTPUT>
            <span class="num">{output}</span>
        </Fact>
    }
}

/// Those that were passed over, and why.
#[component]
pub(in crate::pages) fn Skips(skipped: Vec<SkippedView>) -> impl IntoView {
    let all = RwSignal::new(skipped.len() <= FEW + 1);
    let rest = skipped.len().saturating_sub(FEW);
    let skipped = StoredValue::new(skipped);
    let step = move |one: &SkippedView| {
        let account = one.account.as_ref().and_then(|id| {
            app().accounts.with_untracked(|accounts| {
                accounts
                    .iter()
                    .find(|account| account.id == *id)
                    .map(|account| account.name.clone())
            })
        });
        view! {
            <li class="step is-skipped">
                <span class="step-mark"><Lamp aspect=Aspect::Idle/></span>
                <div class="step-body">
                    <div class="step-line">
                        <span class="mono step-model">{one.model.clone()}</span>
                        <span class="step-word">{words::PASSED_OVER}</span>
                    </div>
                    <p class="step-note">
                        {account.flatten().map(|name| format!("{name}: "))} {one.reason.clone()}
                        {one
                            .until
                            .map(|until| {
                                view! { <span class="step-until">" " {words::UNTIL.around(view! { <ClockTime at=until/> }.into_any())}</span> }
                            })}
                    </p>
                </div>
            </li>
        }
    };
    view! {
        {move || {
            let shown = if all.get() { usize::MAX } else { FEW };
            skipped.with_value(|skipped| skipped.iter().take(shown).map(step).collect_view())
        }}
        {move || {
            (!all.get())
                .then(|| {
                    view! {
                        <li class="step is-more">
                            <span class="step-mark"></span>
                            <button
                                type="button"
                                class="button is-quiet is-small"
                                on:click=move |_| all.set(true)
                            >
                                {words::more_skipped(rest)}
                            </button>
                        </li>
                    }
                })
        }}
    }
}

/// Those of the plan that were neither asked nor passed over: somebody before them answered.
fn spared(done: &RequestView) -> Vec<PlannedView> {
    let Some(plan) = &done.plan else { return Vec::new() };
    let asked = |one: &PlannedView| {
        done.attempts
            .iter()
            .any(|attempt| attempt.to.account == one.to.account && attempt.to.model == one.to.model)
    };
    plan.candidates.iter().filter(|one| !asked(one)).cloned().collect()
}

/// A candidate of a plan that was not asked, and what that means for it.
pub(in crate::pages) fn planned(
    one: &PlannedView,
    aspect: Aspect,
    word: Word,
) -> impl IntoView + use<> {
    let budgets = (!one.budgets.is_empty())
        .then(|| format!(" · {} {}", words::BUDGETS.text(), list(&one.budgets)));
    view! {
        <li class="step is-spared">
            <span class="step-mark"><Lamp aspect/></span>
            <div class="step-body">
                <div class="step-line">
                    <Tile vendor=one.to.vendor.clone()/>
                    <span class="mono step-model" title=one.to.model.clone()>{one.to.model.clone()}</span>
                    <span class="step-word">{word}</span>
                </div>
                <p class="step-note">
                    {one.to.account_name.clone()}
                    " · "
                    {words::standing(one.standing)}
                    {budgets}
                </p>
            </div>
        </li>
    }
}

/// One try, with its place in the request's time.
fn attempt(one: &AttemptView, total: u64) -> impl IntoView + use<> {
    let (word, aspect) = match one.failure {
        Some(class) => (facts::failure(class), facts::locked(class).1),
        None => (words::SERVED, Aspect::Clear),
    };
    let percent = |n: u64| format!("{}%", n.min(total).saturating_mul(100) / total.max(1));
    let status = one.status.map(|status| {
        view! { <span class="status num">{status}</span> }
    });
    let account = one.to.account_name.clone();
    let time = match one.failure {
        Some(_) => words::took(&format::duration(one.millis)),
        None => words::first_content_at(&format::duration(one.started + one.millis)),
    };
    let said =
        one.message.clone().map(|said| view! { <blockquote class="said">{said}</blockquote> });
    let lock = one.locked_until.map(|until| {
        view! {
            <p class="step-lock">
                <Icon of=Glyph::Clock/>
                {words::LOCKED_UNTIL.around(view! { <ClockTime at=until/> }.into_any())}
            </p>
        }
    });
    view! {
        <li class=format!("step {}", aspect.class())>
            <span class="step-mark"><Lamp aspect/></span>
            <div class="step-body">
                <div class="step-line">
                    <Tile vendor=one.to.vendor.clone()/>
                    <span class="mono step-model" title=one.to.model.clone()>{one.to.model.clone()}</span>
                    {status}
                </div>
                <p class="step-note">
                    <span class="step-class">{word}</span>
                    " · "
                    {account}
                    " · "
                    {facts::dialect(one.to.dialect)}
                    " · "
                    <span class="num">{time}</span>
                </p>
                {said}
                {lock}
                <span class="timeline" aria-hidden="true">
                    <span
                        class="timeline-bar"
                        style=("--from", percent(one.started))
                        style=("--share", percent(one.millis))
                    ></span>
                    {one
                        .failure
                        .is_none()
                        .then(|| {
                            view! { <span class="timeline-rest" style=("--from", percent(one.started + one.millis))></span> }
                        })}
                </span>
            </div>
        </li>
    }
}
