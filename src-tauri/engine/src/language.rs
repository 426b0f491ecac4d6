use switchyard_locale::{Language, Voice};
use switchyard_types::LanguageSetting;

use crate::{Engine, EngineError, tray};

impl Engine {
    /// The language in which the desktop is spoken to: the chosen one, or else the system's.
    pub fn language(&self) -> Language {
        let chosen = self.live().settings.language;
        Language::of_tag(chosen.as_str()).unwrap_or(self.inner.config.system_language)
    }

    /// The voice for it.
    pub fn voice(&self) -> Voice {
        tray::voice(self.language())
    }

    /// Changes which language the faces speak.
    pub async fn put_language(
        &self,
        setting: LanguageSetting,
    ) -> Result<LanguageSetting, EngineError> {
        let _writing = self.inner.writing.lock().await;
        let mut all = self.inner.store.settings().await?;
        all.language = setting.language;
        self.inner.store.save_settings(&all).await?;
        self.reload().await?;
        Ok(LanguageSetting { language: self.live().settings.language })
    }
}
