//! The time, corrected by the server's clock, and what happens later.

use std::time::Duration;

use leptos::prelude::*;
use switchyard_types::Millis;
use wasm_bindgen::prelude::*;

use crate::facts::format::Local;

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
