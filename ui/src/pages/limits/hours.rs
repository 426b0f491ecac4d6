//! The fields of hours: on which days, from when, until when.

use leptos::prelude::*;
use switchyard_types::Hours;

use super::words;
use crate::facts::limits;
use crate::parts::field::{Switch, TextField};
use crate::word::Word;

/// What is typed, and what is wrong with it.
#[derive(Clone, Copy)]
pub(in crate::pages) struct HoursFields {
    on: RwSignal<bool>,
    days: RwSignal<u8>,
    from: RwSignal<String>,
    to: RwSignal<String>,
    from_wrong: RwSignal<Option<String>>,
    to_wrong: RwSignal<Option<String>>,
    days_wrong: RwSignal<bool>,
}

impl HoursFields {
    /// Those of hours, or of none, which begin as `first` once they are wished.
    pub(in crate::pages) fn of(hours: Option<Hours>, first: Hours) -> Self {
        let on = hours.is_some();
        let hours = hours.unwrap_or(first);
        Self {
            on: RwSignal::new(on),
            days: RwSignal::new(hours.days),
            from: RwSignal::new(limits::minute_typed(hours.from)),
            to: RwSignal::new(limits::minute_typed(hours.to)),
            from_wrong: RwSignal::new(None),
            to_wrong: RwSignal::new(None),
            days_wrong: RwSignal::new(false),
        }
    }

    /// The hours, where they are wished; the error stands beside its field.
    pub(in crate::pages) fn read(self) -> Result<Option<Hours>, ()> {
        if !self.on.get_untracked() {
            return Ok(None);
        }
        let time = |typed: RwSignal<String>, wrong: RwSignal<Option<String>>| {
            let minute = limits::minute(&typed.get_untracked());
            wrong.set(minute.is_none().then(|| words::TIME_BAD.owned()));
            minute
        };
        let days = self.days.get_untracked();
        self.days_wrong.set(days == 0);
        match (time(self.from, self.from_wrong), time(self.to, self.to_wrong), days) {
            (Some(from), Some(to), 1..) => Ok(Some(Hours { days, from, to })),
            _ => Err(()),
        }
    }
}

/// The fields themselves, behind a switch.
#[component]
pub(in crate::pages) fn HoursForm(
    fields: HoursFields,
    label: Word,
    hint: Word,
    /// What the days are of.
    days: Word,
) -> impl IntoView {
    let on = fields.on;
    view! {
        <div class="field">
            <Switch label on toggle=Callback::new(move |now| on.set(now))/>
            <p class="hint">{hint}</p>
        </div>
        {move || {
            on.get()
                .then(|| {
                    view! {
                        <div class="quiet-hours">
                            <TextField
                                label=words::FROM
                                value=fields.from
                                id="hours-from"
                                kind="time"
                                wrong=fields.from_wrong
                            />
                            <TextField
                                label=words::TO
                                value=fields.to
                                id="hours-to"
                                kind="time"
                                wrong=fields.to_wrong
                            />
                        </div>
                        <Days fields label=days/>
                    }
                })
        }}
    }
}

#[component]
fn Days(fields: HoursFields, label: Word) -> impl IntoView {
    let days = fields.days;
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
            <legend>{label}</legend>
            <div class="days">{(0..).zip(words::DAY_NAMES).map(day).collect_view()}</div>
            {move || {
                fields
                    .days_wrong
                    .get()
                    .then(|| view! { <p class="field-fault" role="alert">{words::DAYS_NONE}</p> })
            }}
        </fieldset>
    }
}
