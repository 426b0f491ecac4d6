//! Which notices the desktop shows, and when it is quiet.

use std::collections::BTreeSet;

use leptos::prelude::*;
use switchyard_types::{Hours, NoticeKind, NotificationSettings};

use super::panel::{Panel, Save};
use super::words;
use crate::app::app;
use crate::browser::http::{self, Method};
use crate::facts::limits;
use crate::parts::field::{Switch, TextField};
use crate::parts::gate::{FormFault, Gate};
use crate::parts::icon::{Glyph, Icon};
use crate::parts::sending::Sending;
use crate::word::Word;

/// The section.
#[component]
pub(super) fn Notifications() -> impl IntoView {
    let app = app();
    app.notifications.want();
    let retry = Callback::new(move |()| app.notifications.retry());
    let testing = Sending::new();
    let test = move |_| {
        let asked = http::command(Method::Post, "/api/notifications/test", &());
        testing.send(asked, move |()| app.notices.done(words::TEST_SHOWN.text()));
    };
    let tool = view! {
                <button type="button" class="button is-small" disabled=testing.busy on:click=test>
                    <Icon of=Glyph::Bell/>
                    {move || if testing.busy.get() { words::TESTING } else { words::TEST }}
                </button>
    }
    .into_any();
    view! {
        <Panel title=words::NOTIFICATIONS hint=words::NOTIFICATIONS_TEXT.into_any() tool>
            <FormFault fault=testing.fault/>
            <Gate state=app.notifications.state retry rows=4>
                <Form/>
            </Gate>
        </Panel>
    }
}

#[component]
fn Form() -> impl IntoView {
    let app = app();
    let held = app.notifications.with_untracked(Clone::clone).unwrap_or_default();
    let on = RwSignal::new(held.on);
    let muted = RwSignal::new(held.muted);
    let is_quiet = RwSignal::new(held.quiet.is_some());
    let hours = held.quiet.unwrap_or(limits::NIGHT);
    let days = RwSignal::new(hours.days);
    let from = RwSignal::new(limits::minute_typed(hours.from));
    let to = RwSignal::new(limits::minute_typed(hours.to));
    let (from_wrong, to_wrong) = (RwSignal::new(None::<String>), RwSignal::new(None::<String>));
    let days_wrong = RwSignal::new(false);
    let sending = Sending::new();
    let time = move |typed: RwSignal<String>, wrong: RwSignal<Option<String>>| {
        let minute = limits::minute(&typed.get_untracked());
        wrong.set(minute.is_none().then(|| words::TIME_BAD.owned()));
        minute
    };
    let save = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let quiet = if is_quiet.get_untracked() {
            let days = days.get_untracked();
            days_wrong.set(days == 0);
            let (from, to) = (time(from, from_wrong), time(to, to_wrong));
            let (Some(from), Some(to), 1..) = (from, to, days) else { return };
            Some(Hours { days, from, to })
        } else {
            None
        };
        let settings =
            NotificationSettings { on: on.get_untracked(), muted: muted.get_untracked(), quiet };
        let asked = async move { http::change(Method::Put, "/api/notifications", &settings).await };
        sending.send(asked, move |settings| {
            app.notifications.put(settings);
            app.notices.done(words::SAVED.text());
        });
    };
    view! {
        <form class="setting-form" on:submit=save>
            <Switch
                label=words::SHOW_ANY
                on
                toggle=Callback::new(move |now| on.set(now))
            />
            <Kinds on muted/>
            <Switch
                label=words::QUIET
                on=is_quiet
                toggle=Callback::new(move |now| is_quiet.set(now))
            />
            <p class="hint">{words::QUIET_HINT}</p>
            {move || {
                is_quiet
                    .get()
                    .then(|| {
                        view! {
                            <div class="quiet-hours">
                                <TextField label=words::FROM value=from id="quiet-from" kind="time" wrong=from_wrong/>
                                <TextField label=words::TO value=to id="quiet-to" kind="time" wrong=to_wrong/>
                            </div>
                            <Days days wrong=days_wrong/>
                        }
                    })
            }}
            <Save sending/>
        </form>
    }
}

#[component]
fn Kinds(on: RwSignal<bool>, muted: RwSignal<BTreeSet<NoticeKind>>) -> impl IntoView {
    let kind = move |kind: NoticeKind| {
        let shown = Signal::derive(move || muted.with(|muted| !muted.contains(&kind)));
        let toggle = Callback::new(move |now: bool| {
            muted.update(|muted| {
                if now {
                    muted.remove(&kind);
                } else {
                    muted.insert(kind);
                }
            });
        });
        view! {
            <li><Switch label=words::kind(kind).owned() on=shown toggle/></li>
        }
    };
    view! {
        <fieldset class="notice-kinds" disabled=move || !on.get()>
            <legend class="field-label">{words::KINDS}</legend>
            <ul>{NoticeKind::ALL.map(kind).collect_view()}</ul>
        </fieldset>
    }
}

#[component]
fn Days(days: RwSignal<u8>, wrong: RwSignal<bool>) -> impl IntoView {
    let day = move |(nth, name): (u8, Word)| {
        view! {
            <label class="day">
                <input
                    type="checkbox"
                    prop:checked=move || limits::has_day(days.get(), nth)
                    on:change=move |_| days.update(|days| *days ^= 1 << nth)
                />
                <span>{name}</span>
            </label>
        }
    };
    view! {
        <fieldset class="field">
            <legend>{words::DAYS}</legend>
            <div class="days">{(0..).zip(words::DAY_NAMES).map(day).collect_view()}</div>
            {move || wrong.get().then(|| view! { <p class="field-fault" role="alert">{words::DAYS_NONE}</p> })}
        </fieldset>
    }
}
