use switchyard_routing::within;
use switchyard_types::{NoticeView, NotificationSettings};

use crate::combos::check_hours;
use crate::{Engine, EngineError};

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
            && !settings.muted.contains(&told.notice.kind())
            && !settings.quiet.is_some_and(quiet)
    }
}
