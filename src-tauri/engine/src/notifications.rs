use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use switchyard_routing::within;
use switchyard_types::{Millis, NoticeView, NotificationSettings};
use tokio::sync::{mpsc, oneshot};

use crate::combos::check_hours;
use crate::{Engine, EngineError};

/// How long nothing is shown after the user asked for quiet.
const SNOOZE: Millis = 60 * 60 * 1000;
/// How long a desktop may take to show a notification.
const PATIENCE: Duration = Duration::from_secs(10);
/// Several may be asked for before the first is shown; more than these wait.
const TRIALS: usize = 4;

/// A notification that is to be shown for a test. The desktop answers with what came of it, in words where
/// it was not shown.
pub type Trial = oneshot::Sender<Result<(), String>>;

/// What stands between a notice and the desktop. It ends with the program.
#[derive(Debug, Default)]
pub(crate) struct Showing {
    quiet_until: AtomicI64,
    trials: Mutex<Option<mpsc::Sender<Trial>>>,
}

impl Engine {
    /// Which notices the desktop shows.
    pub fn notification_settings(&self) -> NotificationSettings {
        self.live().settings.notifications.clone()
    }

    /// Changes that.
    pub async fn put_notification_settings(
        &self,
        settings: NotificationSettings,
    ) -> Result<NotificationSettings, EngineError> {
        if let Some(quiet) = settings.quiet {
            check_hours("the quiet hours", quiet)?;
        }
        let _writing = self.inner.writing.lock().await;
        let mut all = self.inner.store.settings().await?;
        all.notifications = settings;
        self.inner.store.save_settings(&all).await?;
        self.reload().await?;
        Ok(self.notification_settings())
    }

    /// Whether the user wants to see this notice at once; it stands in the inbox anyway.
    pub fn shows(&self, told: &NoticeView) -> bool {
        let live = self.live();
        let settings = &live.settings.notifications;
        let quiet = |hours| within(hours, told.at, self.inner.config.clock.offset());
        settings.on
            && told.at >= self.inner.showing.quiet_until.load(Ordering::Relaxed)
            && !settings.muted.contains(&told.notice.kind())
            && !settings.quiet.is_some_and(quiet)
    }

    /// Shows no notice for the next hour.
    pub fn snooze_notifications(&self) {
        self.inner.showing.quiet_until.store(self.now() + SNOOZE, Ordering::Relaxed);
    }

    /// Shows notices again before that hour is over.
    pub fn end_snooze(&self) {
        self.inner.showing.quiet_until.store(0, Ordering::Relaxed);
    }

    /// Until when nothing is shown, where somebody asked for quiet.
    pub(crate) fn quiet_until(&self) -> Option<Millis> {
        let until = self.inner.showing.quiet_until.load(Ordering::Relaxed);
        (until > self.now()).then_some(until)
    }

    /// For the desktop that shows notifications: the tests of it that the user asks for.
    pub fn trials(&self) -> mpsc::Receiver<Trial> {
        let (sender, receiver) = mpsc::channel(TRIALS);
        *self.inner.showing.trials() = Some(sender);
        receiver
    }

    /// Has a notification shown, whatever the settings say, and waits until it was.
    pub async fn test_notification(&self) -> Result<(), EngineError> {
        let desktop = self.inner.showing.trials().clone();
        let (told, heard) = oneshot::channel();
        let asked = async {
            desktop?.send(told).await.ok()?;
            heard.await.ok()
        };
        match tokio::time::timeout(PATIENCE, asked).await {
            Ok(Some(Ok(()))) => Ok(()),
            Ok(Some(Err(words))) => Err(EngineError::conflict(
                words,
                "look at the system's settings for notifications; every notice is also in the inbox",
            )),
            Ok(None) => Err(EngineError::conflict(
                "no desktop shows notifications for this server",
                "start the tray app: a server alone shows none",
            )),
            Err(_) => Err(EngineError::conflict(
                "the desktop did not show the notification in time",
                "look at the system's settings for notifications; every notice is also in the inbox",
            )),
        }
    }
}

impl Showing {
    fn trials(&self) -> std::sync::MutexGuard<'_, Option<mpsc::Sender<Trial>>> {
        self.trials.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
