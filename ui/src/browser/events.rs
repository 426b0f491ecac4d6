//! Listens to the server's live events, and comes back after every interruption.

use std::cell::RefCell;

use js_sys::{Function, Promise};
use switchyard_types::{Event, RunningView, UnderWay};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::AbortController;

use super::clock;
use super::http::{self, Fault};
use crate::facts::sse::EventReader;

/// What the listener tells.
pub(crate) enum News {
    /// The stream is open; what happened before is not known.
    Connected,
    /// What runs now: said first, and again after events were lost.
    UnderWay(Vec<RunningView>),
    /// An event.
    Event(Event),
    /// The stream ended or did not open.
    Lost(Fault),
}

const FIRST_WAIT: u32 = 500;
const LONGEST_WAIT: u32 = 15_000;
/// The server sends comments more often than this; a stream that is silent for longer is dead,
/// as after a laptop's sleep.
const SILENCE: i32 = 45_000;

/// Listens until signing in is needed.
pub(crate) async fn listen(mut tell: impl FnMut(News)) {
    let mut wait = FIRST_WAIT;
    loop {
        let mut opened = false;
        let fault = match read(&mut tell, &mut opened).await {
            Ok(()) => Fault::Unreachable,
            Err(fault) => fault,
        };
        let over = fault.is_sign_in();
        tell(News::Lost(fault));
        if over {
            return;
        }
        wait = if opened { FIRST_WAIT } else { (wait * 2).min(LONGEST_WAIT) };
        sleep_until_woken(wait + jitter(wait)).await;
    }
}

thread_local! {
    /// Ends the wait before the next try.
    static WAKE: RefCell<Option<Function>> = const { RefCell::new(None) };
}

/// Tries again now, when the listener waits.
pub(crate) fn wake() {
    if let Some(wake) = WAKE.take() {
        let _ = wake.call0(&JsValue::UNDEFINED);
    }
}

async fn sleep_until_woken(millis: u32) {
    let woken = Promise::new(&mut |done, _| WAKE.set(Some(done)));
    let timer = clock::after(i32::try_from(millis).unwrap_or(i32::MAX), wake);
    let _ = JsFuture::from(woken).await;
    drop(timer);
}

/// Up to half as much again, so that several windows do not come back at once.
fn jitter(wait: u32) -> u32 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and half of 15,000"
    )]
    let extra = (js_sys::Math::random() * f64::from(wait) / 2.0) as u32;
    extra
}

async fn read(tell: &mut impl FnMut(News), opened: &mut bool) -> Result<(), Fault> {
    let abort = AbortController::new().map_err(|_| Fault::Unreachable)?;
    let response = http::stream("/api/events", &abort.signal()).await?;
    let body = http::Body::of(&response)?;
    *opened = true;
    tell(News::Connected);

    let mut events = EventReader::default();
    loop {
        let watchdog = clock::after(SILENCE, {
            let abort = abort.clone();
            move || abort.abort()
        });
        let chunk = body.next().await;
        drop(watchdog);
        let Some(bytes) = chunk? else { return Ok(()) };
        let texts = events.push(&bytes).map_err(|_| Fault::Unreadable(200))?;
        for text in texts {
            tell(news(&text));
        }
    }
}

fn news(text: &str) -> News {
    if let Ok(event) = serde_json::from_str(text) {
        return News::Event(event);
    }
    match serde_json::from_str(text) {
        Ok(UnderWay { under_way }) => News::UnderWay(under_way),
        // A newer server's event: whatever moved, a reload of the lists shows it.
        Err(_) => News::Event(Event::Lagged),
    }
}
