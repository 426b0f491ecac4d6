use std::collections::VecDeque;

use switchyard_engine::tray::{Card, Remedy, other_combo, shortened};
use switchyard_locale::{Voice, say, word};
use switchyard_types::{ComboView, Event, Millis, NoticeView};
use tauri::{AppHandle, Manager as _};
use tauri_plugin_notification::{Action, ActionPerformed, ActionType, NotificationExt as _};
use tokio::sync::broadcast::error::RecvError;

use crate::backend::Backend;
use crate::language::voice;
use crate::notification_host::{self, Host};
use crate::{dashboard, tray};

/// Notices that came while this listener was slow are read again; older ones are of no use at once.
const CAUGHT_UP: u32 = 20;
/// Twice as many, since some come while others are read.
const REMEMBERED: usize = 2 * CAUGHT_UP as usize;
/// A button with a longer name is cut by every desktop. In characters.
const LONGEST_BUTTON: usize = 32;

const OPEN: &str = "open";
const SWITCH: &str = "switch";
const SNOOZE: &str = "snooze";
/// A click on the notification itself.
const TAP: &str = "tap";

/// The keys of what a notification carries back.
const PAGE: &str = "page";
const COMBO: &str = "combo";

/// Shows notices as they are told, until the program ends.
pub(crate) async fn run(app: AppHandle) {
    let backend = app.state::<Backend>();
    let engine = backend.engine();
    let (mut events, mut trials) = (engine.events(), engine.trials());
    let mut heard = Heard::since(engine.config().clock.now());
    let there = app.clone();
    if let Err(error) = app.notification().on_action(move |action| chosen(&there, action)) {
        tracing::warn!("what is clicked in notifications will not be heard: {error}");
    }
    loop {
        tokio::select! {
            // What was told before a test was asked for is shown before it.
            biased;
            event = events.recv() => match event {
                Ok(event) => {
                    if let Event::Notice { told } = event {
                        tell(&app, &told, &mut heard).await;
                    }
                }
                Err(RecvError::Lagged(_)) => catch_up(&app, &mut heard).await,
                Err(RecvError::Closed) => return,
            },
            Some(told) = trials.recv() => {
                // Whoever asked may have gone.
                let _ = told.send(show(&app, &trial(voice(&app)), None).await);
            }
        }
    }
}

/// Which notices were heard. Those that are read again after this listener was slow are partly still to come by
/// themselves as well.
struct Heard {
    since: Millis,
    last: VecDeque<NoticeView>,
}

impl Heard {
    fn since(since: Millis) -> Self {
        Self { since, last: VecDeque::new() }
    }

    /// Takes note of a notice; whether it is new.
    fn takes(&mut self, told: &NoticeView) -> bool {
        if told.at < self.since || self.last.contains(told) {
            return false;
        }
        if self.last.len() == REMEMBERED {
            self.last.pop_front();
        }
        self.last.push_back(told.clone());
        true
    }
}

/// Shows the last that were told, where they were not heard.
async fn catch_up(app: &AppHandle, heard: &mut Heard) {
    let missed = app.state::<Backend>().engine().notices(CAUGHT_UP).await;
    for told in missed.unwrap_or_default().iter().rev() {
        tell(app, told, heard).await;
    }
}

async fn tell(app: &AppHandle, told: &NoticeView, heard: &mut Heard) {
    if !heard.takes(told) {
        return;
    }
    let backend = app.state::<Backend>();
    let engine = backend.engine();
    if !engine.shows(told) {
        return;
    }
    let accounts = engine.accounts().await.unwrap_or_default();
    let card = Card::new(engine.voice(), &told.notice, told.at, |id| {
        let account = accounts.iter().find(|account| account.id == *id);
        account.map_or_else(|| id.to_string(), |account| account.name.clone())
    });
    let combos = engine.combos();
    let other = match card.remedy {
        Remedy::SwitchCombo => other_combo(&combos),
        Remedy::None => None,
    };
    if let Err(words) = show(app, &card, other).await {
        tracing::warn!("a notice was not shown: {words}");
    }
}

fn trial(voice: Voice) -> Card {
    let body = word!("This is how Switchyard tells you of quotas, budgets and logins.");
    Card {
        title: voice.word(word!("Notifications work")).to_owned(),
        body: voice.word(body).to_owned(),
        page: "/",
        remedy: Remedy::None,
    }
}

async fn show(app: &AppHandle, card: &Card, other: Option<&ComboView>) -> Result<(), String> {
    let voice = voice(app);
    let body = match notification_host::ask().await {
        Host::Absent => {
            let nothing = word!("nothing on this desktop shows notifications");
            return Err(voice.word(nothing).to_owned());
        }
        Host::PlainText => card.body.clone(),
        Host::Markup => escaped(&card.body),
    };
    let kind = if other.is_some() { SWITCH } else { OPEN };
    let buttons = buttons(voice, other).into_iter();
    let buttons = buttons.map(|(id, title)| Action::builder(id, title).build()).collect();
    let desk = app.notification();
    desk.register_action_types(vec![ActionType::builder(kind).actions(buttons).build()])
        .map_err(|error| error.to_string())?;
    let notification = desk.builder().title(&card.title).body(body).action_type_id(kind);
    let notification = notification.extra(PAGE, card.page);
    let notification = match other {
        Some(combo) => notification.extra(COMBO, &combo.name),
        None => notification,
    };
    notification.show().map_err(|error| error.to_string())
}

/// The first is what macOS takes a click on its list of buttons for.
fn buttons(voice: Voice, other: Option<&ComboView>) -> Vec<(&'static str, String)> {
    let mut buttons = vec![(OPEN, voice.word(word!("Open")).to_owned())];
    if let Some(combo) = other {
        let combo = shortened(&combo.name, LONGEST_BUTTON);
        buttons.push((SWITCH, say!(voice, "Switch to {combo}", combo)));
    }
    buttons.push((SNOOZE, voice.word(word!("Quiet for an hour")).to_owned()));
    buttons
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn chosen(app: &AppHandle, action: &ActionPerformed) {
    let carried = |key| {
        let carried = action.notification()?.extra().get(key)?;
        carried.as_str().map(str::to_owned)
    };
    match action.action_id() {
        TAP | OPEN => dashboard::open_at(app, carried(PAGE).as_deref().unwrap_or("/")),
        SWITCH => {
            if let Some(name) = carried(COMBO) {
                tauri::async_runtime::spawn(tray::activate(app.clone(), name));
            }
        }
        SNOOZE => app.state::<Backend>().engine().snooze_notifications(),
        other => tracing::debug!("a notification was answered with {other:?}"),
    }
}

#[cfg(test)]
mod tests {
    use switchyard_types::{AccountId, Notice};

    use super::*;

    #[test]
    fn what_is_read_again_is_heard_once_and_what_came_in_the_same_moment_too() {
        let told = |at, window: &str| {
            let (account, window) = (AccountId::new("acc"), window.to_owned());
            NoticeView { at, notice: Notice::QuotaReset { account, window } }
        };
        let mut heard = Heard::since(100);
        assert!(!heard.takes(&told(99, "5h")), "from before the start");
        assert!(heard.takes(&told(101, "5h")));
        assert!(!heard.takes(&told(101, "5h")));
        assert!(heard.takes(&told(101, "7d")), "another one of the same moment");
        assert!(heard.takes(&told(100, "5h")), "one that comes late");
        for at in 200..500 {
            assert!(heard.takes(&told(at, "5h")));
        }
        assert_eq!(heard.last.len(), REMEMBERED);
    }

    #[test]
    fn names_do_not_become_markup() {
        assert_eq!(escaped("R&D <b>"), "R&amp;D &lt;b&gt;");
    }
}
