//! Exports and imports. An import is looked through in a store of its own before anything changes.

use switchyard_store::{Grain, StagedImport};
use switchyard_types::{
    ExportAsk, ExportPart, Exported, ImportAsk, ImportPreview, Millis, UsageAsk, UsageRow, UsageSum,
};

use crate::{Engine, EngineError};

impl Engine {
    /// Everything that the user configured, sealed under a passphrase.
    pub async fn export(&self, ask: ExportAsk) -> Result<Exported, EngineError> {
        Ok(Exported { text: self.inner.store.export(ask.passphrase, self.now()).await? })
    }

    /// Some combos or vendors, without secrets.
    pub async fn export_part(&self, part: &ExportPart) -> Result<Exported, EngineError> {
        Ok(Exported { text: self.inner.store.export_part(part).await? })
    }

    /// What an import would change.
    pub async fn preview_import(&self, ask: ImportAsk) -> Result<ImportPreview, EngineError> {
        let staged = self.stage(&ask).await?;
        let preview = self.inner.store.preview_import(&staged).await;
        staged.store.close().await;
        Ok(preview?)
    }

    /// Applies an import; says what it changed.
    pub async fn import(&self, ask: ImportAsk) -> Result<ImportPreview, EngineError> {
        let _writing = self.inner.writing.lock().await;
        let staged = self.stage(&ask).await?;
        let store = &self.inner.store;
        let done = async {
            let preview = store.preview_import(&staged).await?;
            store.apply_import(&staged, ask.clash, self.now()).await?;
            Ok::<_, EngineError>(preview)
        };
        let done = done.await;
        staged.store.close().await;
        let preview = done?;
        self.reload().await?;
        Ok(preview)
    }

    /// Reads an import, and sees that this program could run on it.
    async fn stage(&self, ask: &ImportAsk) -> Result<StagedImport, EngineError> {
        let staged = self.inner.store.stage_import(&ask.text, ask.passphrase.clone()).await?;
        match self.look_through(&staged).await {
            Ok(()) => Ok(staged),
            Err(error) => {
                staged.store.close().await;
                Err(error)
            }
        }
    }

    async fn look_through(&self, staged: &StagedImport) -> Result<(), EngineError> {
        let refused = |error: EngineError| {
            EngineError::invalid(
                format!("this cannot be imported: {error}"),
                "nothing was changed; export it anew where it came from",
            )
        };
        let live = crate::open::read_live(&staged.store, self.config()).await.map_err(refused)?;
        for combo in live.combos.iter() {
            crate::combos::checked_name("combo", &combo.name).map_err(refused)?;
        }
        for alias in staged.store.aliases().await? {
            crate::combos::checked_name("alias", &alias.alias).map_err(refused)?;
        }
        // A vendor of a part must not take the prefix of one that is here.
        let here = self.live();
        for (id, vendor) in staged.store.custom_vendors().await? {
            let holder = here.catalog.by_prefix(&vendor.prefix).filter(|holder| holder.id != id);
            if let Some(holder) = holder.filter(|holder| !holder.custom || !staged.is_whole()) {
                return Err(refused(EngineError::Conflict {
                    message: format!("{:?} wants the prefix of {:?}", id, holder.id),
                    hint: None,
                }));
            }
        }
        Ok(())
    }

    /// Sums of requests from `from` until before `until`, by hour or by day.
    pub async fn usage(
        &self,
        from: Millis,
        until: Millis,
        grain: Grain,
    ) -> Result<Vec<UsageSum>, EngineError> {
        self.inner.recorder.flush().await;
        Ok(self.inner.store.usage(from, until, grain).await?)
    }

    /// Sums of requests as one thing is told apart.
    pub async fn usage_sums(&self, asked: &UsageAsk) -> Result<Vec<UsageRow>, EngineError> {
        self.inner.recorder.flush().await;
        Ok(self.inner.store.usage_sums(asked).await?)
    }
}
