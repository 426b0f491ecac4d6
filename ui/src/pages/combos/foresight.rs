//! Whom a request for this combo would ask now, without asking.

use leptos::prelude::*;
use leptos::task::spawn_local;
use switchyard_types::{Dialect, Millis, Needs, PlanAsk, PlanView};

use super::editor::Desk;
use super::words;
use crate::app::app;
use crate::browser::http::{self, Fault, Method};
use crate::facts::limits;
use crate::facts::words::Aspect;
use crate::pages::request::trace::{Skips, planned};
use crate::pages::request::words as request_words;
use crate::parts::gate::FormFault;
use crate::parts::icon::{Glyph, Icon};
use crate::parts::more::ShowAll;
use crate::parts::time::{Ago, Countdown};
use crate::word::Word;

/// Planned candidates that are shown before the rest is asked for.
const FEW: usize = 6;

/// The panel. It asks again when the combo changes, and when it is told to.
#[component]
pub(super) fn Foresight(name: String, desk: Desk) -> impl IntoView {
    let app = app();
    let needs = RwSignal::new(Needs::default());
    let fault = RwSignal::new(None::<Fault>);
    let plan = RwSignal::new(None::<(Millis, PlanView)>);
    let again = RwSignal::new(0_u32);
    let turn = StoredValue::new(0_u32);
    Effect::new(move |_| {
        desk.combo.track();
        desk.answered.track();
        again.track();
        let ask = PlanAsk {
            model: name.clone(),
            dialect: Dialect::Chat,
            needs: needs.get(),
            key: None,
            path: None,
        };
        let mine = turn.get_value().wrapping_add(1);
        turn.set_value(mine);
        spawn_local(async move {
            let answer = http::change::<PlanView>(Method::Post, "/api/plan", &ask).await;
            // A later question is under way, or the panel is gone.
            if turn.try_get_value() != Some(mine) {
                return;
            }
            match answer {
                Ok(view) => {
                    fault.set(None);
                    plan.set(Some((app.clock.now(), view)));
                }
                Err(problem) if problem.is_sign_in() => app.fault(&problem),
                Err(problem) => fault.set(Some(problem)),
            }
        });
    });
    let has = move |label: Word, read: fn(&mut Needs) -> &mut bool| {
        view! {
            <label class="day">
                <input
                    type="checkbox"
                    on:change=move |event| {
                        needs.update(|needs| *read(needs) = event_target_checked(&event));
                    }
                />
                <span>{label}</span>
            </label>
        }
    };
    let shown = move || plan.get().map(|(_, view)| plan_view(view));
    view! {
        <section class="panel foresight" aria-label=words::FORESIGHT>
            <header>
                <h3>{words::FORESIGHT}</h3>
                <span class="label">
                    {move || plan.with(|plan| plan.as_ref().map(|(at, _)| *at)).map(|at| view! { <Ago at/> })}
                </span>
                <button
                    type="button"
                    class="icon-button"
                    aria-label=words::ASK_ANEW
                    title=words::ASK_ANEW
                    on:click=move |_| again.update(|times| *times = times.wrapping_add(1))
                >
                    <Icon of=Glyph::Refresh/>
                </button>
            </header>
            <fieldset class="days">
                <legend class="off-screen">{words::FORESIGHT_OF}</legend>
                <span class="label" aria-hidden="true">{words::FORESIGHT_OF}</span>
                {has(words::WITH_IMAGES, |needs| &mut needs.images)}
                {has(words::WITH_TOOLS, |needs| &mut needs.tools)}
                {has(words::WITH_THINKING, |needs| &mut needs.thinking)}
                <label class="day">
                    <input
                        class="input is-short num"
                        type="text"
                        inputmode="numeric"
                        autocomplete="off"
                        placeholder="–"
                        on:change=move |event| {
                            let tokens = limits::number(&event_target_value(&event));
                            needs.update(|needs| needs.tokens = tokens);
                        }
                    />
                    <span>{words::WITH_TOKENS}</span>
                </label>
            </fieldset>
            <FormFault fault/>
            {shown}
        </section>
    }
}

fn plan_view(plan: PlanView) -> impl IntoView {
    let PlanView { candidates, skipped, unlisted, more, soonest, error, .. } = plan;
    let nobody = candidates.is_empty().then(|| match soonest {
        Some(until) => {
            words::NOBODY_UNTIL.around(view! { <Countdown until/> }.into_any()).into_any()
        }
        None => words::NOBODY.into_any(),
    });
    let all = RwSignal::new(candidates.len() <= FEW + 1);
    let rest = request_words::more_planned(candidates.len().saturating_sub(FEW));
    let candidates = StoredValue::new(candidates);
    let steps = move || {
        let many = if all.get() { usize::MAX } else { FEW };
        candidates.with_value(|candidates| {
            let steps = candidates.iter().take(many).enumerate().map(|(nth, one)| match nth {
                0 => planned(one, Aspect::Clear, words::ASKED_FIRST).into_any(),
                _ => planned(one, Aspect::Idle, words::ASKED_NEXT).into_any(),
            });
            steps.collect_view()
        })
    };
    view! {
        {error.map(|error| view! { <p class="make-fault" role="alert">{error}</p> })}
        {nobody.map(|nobody| view! { <p class="quiet">{nobody}</p> })}
        <ol class="steps">{steps} <Skips skipped/></ol>
        <ShowAll more=Signal::derive(move || !all.get()) all text=rest/>
        {(unlisted > 0).then(|| view! { <p class="hint">{words::unlisted(unlisted)}</p> })}
        {more.then(|| view! { <p class="hint">{words::MORE_FOLLOW}</p> })}
    }
}
