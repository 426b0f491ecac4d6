//! Which notices the desktop shows, and when it is quiet.

use std::collections::BTreeSet;

use leptos::prelude::*;
use switchyard_types::{NoticeKind, NotificationSettings};

use super::panel::{Panel, Save};
use super::words;
use crate::app::app;
use crate::browser::http::{self, Method};
use crate::facts::limits;
use crate::pages::limits::hours::{HoursFields, HoursForm};
use crate::parts::field::Switch;
use crate::parts::gate::{FormFault, Gate};
use crate::parts::icon::{Glyph, Icon};
use crate::parts::sending::Sending;

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
    let hours = HoursFields::of(held.quiet, limits::NIGHT);
    let sending = Sending::new();
    let save = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let Ok(quiet) = hours.read() else { return };
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
            <HoursForm
                fields=hours
                label=words::QUIET
                hint=words::QUIET_HINT
                days=words::DAYS
            />
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
