//! The time, corrected by the server's clock, and what happens later.

use std::time::Duration;

use leptos::prelude::*;
use switchyard_types::Millis;
use wasm_bindgen::prelude::*;

use crate::facts::format::Local;
use crate::facts::range::{Calendar, Date};

/// The server's time as signals: only the texts that show it follow them.
#[derive(Clone, Copy)]
pub(crate) struct Clock {
    /// Moves each second, while the page is seen.
    pub(crate) second: RwSignal<Millis>,
    /// Moves each ten seconds: enough for `3 min ago`.
    pub(crate) tens: RwSignal<Millis>,
    ahead: StoredValue<Millis>,
}

impl Clock {
    /// Starts ticking; `passed` hears the last and the present time of each tick.
    pub(crate) fn start(passed: impl Fn(Millis, Millis) + 'static) -> Self {
        let now = browser_now();
        let clock = Self {
            second: RwSignal::new(now),
            tens: RwSignal::new(now),
            ahead: StoredValue::new(0),
        };
        let tick = move || {
            if !document().hidden() {
                let last = clock.second.get_untracked();
                clock.move_to(clock.now());
                passed(last, clock.now());
            }
        };
        set_interval(tick, Duration::from_secs(1));
        clock
    }

    /// The server's time.
    pub(crate) fn now(&self) -> Millis {
        browser_now() + self.ahead.get_value()
    }

    /// Learns the server's time from an answer.
    pub(crate) fn correct(&self, server_now: Millis) {
        self.ahead.set_value(server_now - browser_now());
        self.move_to(self.now());
    }

    fn move_to(&self, now: Millis) {
        self.second.set(now);
        if (now - self.tens.get_untracked()).abs() >= 10_000 {
            self.tens.set(now);
        }
    }

    /// The clock of a coming or past moment: `15:40`.
    pub(crate) fn time_of(&self, at: Millis) -> String {
        local(at).clock(&local(self.now()))
    }
}

impl Calendar for Clock {
    fn midnight(&self, days_ago: i32) -> Millis {
        millis(&day(self.now(), days_ago))
    }

    fn midnight_of(&self, date: Date, days_later: i32) -> Millis {
        let month = i32::from(date.month) - 1;
        let day = i32::from(date.day) + days_later;
        let at = js_sys::Date::new_with_year_month_day(u32::from(date.year), month, day);
        millis(&at)
    }
}

impl Clock {
    /// Today's date, or that of so many days before.
    pub(crate) fn date(&self, days_ago: i32) -> Date {
        date_of(&day(self.now(), days_ago))
    }
}

/// The reader's zone now, in minutes east of UTC.
pub(crate) fn east() -> i32 {
    #[expect(clippy::cast_possible_truncation, reason = "minutes of a day")]
    let east = -js_sys::Date::new_0().get_timezone_offset() as i32;
    east
}

/// The day of a moment in the reader's zone: `Tue 18 Nov`.
pub(crate) fn day_of(at: Millis) -> String {
    local(at).day()
}

/// The date of a moment in the reader's zone.
pub(crate) fn date_at(at: Millis) -> Date {
    date_of(&day(at, 0))
}

/// The time of day of a moment in the reader's zone: `15:00`.
pub(crate) fn time_at(at: Millis) -> String {
    local(at).clock(&local(at))
}

/// A moment as other programs read it: `2026-11-23T14:40:09.000Z`.
pub(crate) fn iso(at: Millis) -> String {
    #[expect(clippy::cast_precision_loss, reason = "times of this age fit in 53 bits")]
    let date = js_sys::Date::new(&JsValue::from_f64(at as f64));
    date.to_iso_string().into()
}

fn date_of(date: &js_sys::Date) -> Date {
    Date {
        year: u16::try_from(date.get_full_year()).unwrap_or(u16::MAX),
        month: u8::try_from(date.get_month() + 1).unwrap_or(1),
        day: u8::try_from(date.get_date()).unwrap_or(1),
    }
}

/// The beginning of the reader's day so many days before a moment.
fn day(now: Millis, days_ago: i32) -> js_sys::Date {
    #[expect(clippy::cast_precision_loss, reason = "times of this age fit in 53 bits")]
    let today = js_sys::Date::new(&JsValue::from_f64(now as f64));
    let month = i32::try_from(today.get_month()).unwrap_or(0);
    let day = i32::try_from(today.get_date()).unwrap_or(1) - days_ago;
    js_sys::Date::new_with_year_month_day(today.get_full_year(), month, day)
}

fn millis(date: &js_sys::Date) -> Millis {
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 are whole")]
    let at = date.get_time() as Millis;
    at
}

/// A moment in the reader's zone, in full.
pub(crate) fn exact(at: Millis) -> String {
    local(at).exact()
}

fn local(at: Millis) -> Local {
    #[expect(clippy::cast_precision_loss, reason = "times of this age fit in 53 bits")]
    let date = js_sys::Date::new(&JsValue::from_f64(at as f64));
    #[expect(clippy::cast_possible_truncation, reason = "minutes of a day")]
    let east = -date.get_timezone_offset() as i64;
    Local::new(at, east)
}

fn browser_now() -> Millis {
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 are whole")]
    let now = js_sys::Date::now() as Millis;
    now
}

/// Something that happens later, unless this is dropped before.
pub(crate) struct Later {
    handle: Option<i32>,
    _action: Closure<dyn FnMut()>,
}

impl Drop for Later {
    fn drop(&mut self) {
        if let Some(handle) = self.handle {
            window().clear_timeout_with_handle(handle);
        }
    }
}

/// Does something after so many milliseconds, unless the answer is dropped before.
pub(crate) fn after(millis: i32, action: impl FnOnce() + 'static) -> Later {
    let action = Closure::once(action);
    let handle = window()
        .set_timeout_with_callback_and_timeout_and_arguments_0(
            action.as_ref().unchecked_ref(),
            millis,
        )
        .ok();
    Later { handle, _action: action }
}
