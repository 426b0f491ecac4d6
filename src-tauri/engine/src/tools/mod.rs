//! The coding tools on the user's machine: what the toolkit can do, as use cases with keys and models.

mod change;
mod choice;
mod doctor;
mod dry_run;
mod key;
mod machine;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

pub use doctor::Asker;
pub use machine::Machine;
use switchyard_toolkit::{Address, Ask, Backup, KeySeal, Toolkit, ToolkitError};
use switchyard_types::{
    Secret, ToolBackupView, ToolCheck, ToolGuideView, ToolKey, ToolSettings, ToolStatusView,
    ToolView, ToolWay,
};

use crate::{Config, Engine, EngineError};

/// What the data key is made into for the toolkit's receipts and backups.
const PURPOSE: &str = "toolkit";

impl Engine {
    /// Every tool that is known, with how it stands. `address` is where the caller listens.
    pub async fn tools(&self, address: &str) -> Result<Vec<ToolView>, EngineError> {
        let address = own(address)?;
        let desk = self.desk(None)?;
        let views = blocking(move || {
            let ids = desk.toolkit.tools().iter().map(|tool| tool.id);
            let running = (desk.running)();
            let all: Result<Vec<_>, _> = ids.map(|id| desk.view(id, &address, &running)).collect();
            all
        });
        let mut tools = Vec::new();
        for (view, shown) in views.await? {
            tools.push(self.with_key(view, shown.as_ref()).await?);
        }
        Ok(tools)
    }

    /// One tool.
    pub async fn tool(&self, id: &str, address: &str) -> Result<ToolView, EngineError> {
        let (address, id) = (own(address)?, id.to_owned());
        let desk = self.desk(None)?;
        let (view, shown) = blocking(move || {
            let running = (desk.running)();
            desk.view(&id, &address, &running)
        })
        .await?;
        self.with_key(view, shown.as_ref()).await
    }

    /// Where a tool's program is, if one is on the user's `PATH`.
    pub async fn tool_program(&self, id: &str) -> Result<Option<PathBuf>, EngineError> {
        let (desk, id) = (self.desk(None)?, id.to_owned());
        blocking(move || desk.toolkit.program(&id)).await
    }

    /// Reads a tool's files again, and lets the tool itself check them where it can.
    pub async fn verify_tool(&self, id: &str) -> Result<ToolCheck, EngineError> {
        let desk = self.desk(None)?;
        let places = desk.places.clone();
        let wanted = id.to_owned();
        let (changed, program) = blocking(move || {
            let changed = desk.toolkit.verify(&wanted)?;
            let program = desk.toolkit.program(&wanted)?;
            let tool = desk.toolkit.tool(&wanted)?;
            let check = tool.writer().map(|writer| writer.check).unwrap_or_default();
            Ok((changed, program.filter(|_| !check.is_empty()).map(|path| (path, check))))
        })
        .await?;
        let dry_run = match program {
            None => None,
            Some((program, arguments)) => Some(dry_run::run(&program, arguments, &places).await),
        };
        Ok(ToolCheck { changed, dry_run })
    }

    /// How a user sets up a tool that we do not write for, with this address and model.
    pub async fn tool_guide(
        &self,
        id: &str,
        model: Option<&str>,
        address: &str,
    ) -> Result<ToolGuideView, EngineError> {
        let model = match model.filter(|model| !model.is_empty()) {
            Some(model) => self.known_model(model)?.to_owned(),
            None => self.usual_model().unwrap_or_else(|| "auto".to_owned()),
        };
        let ask = Ask::new(own(address)?, Secret::default(), model);
        let (desk, id) = (self.desk(None)?, id.to_owned());
        let (found, id) = blocking(move || Ok((desk.toolkit.guide(&id, &ask)?, id))).await?;
        found.ok_or(EngineError::NotFound { what: "guide for the tool", name: id })
    }

    /// Copies of tools' files, the newest first.
    pub async fn tool_backups(&self) -> Result<Vec<ToolBackupView>, EngineError> {
        let desk = self.desk(None)?;
        blocking(move || Ok(desk.toolkit.backups()?.iter().map(Backup::view).collect())).await
    }

    /// Puts a copy back in its file's place; what is there now is copied first.
    pub async fn restore_tool_backup(&self, id: &str) -> Result<ToolBackupView, EngineError> {
        let _tooling = self.inner.tooling.lock().await;
        let (desk, id) = (self.desk(None)?, id.to_owned());
        let restored = blocking(move || Ok(desk.toolkit.restore(&id)?.view())).await?;
        self.tell(switchyard_types::Event::ToolsChanged);
        Ok(restored)
    }

    /// What the user set for all tools.
    pub fn tool_settings(&self) -> ToolSettings {
        ToolSettings { revert_on_quit: self.live().settings.revert_tools }
    }

    /// Changes that.
    pub async fn put_tool_settings(
        &self,
        settings: ToolSettings,
    ) -> Result<ToolSettings, EngineError> {
        let _writing = self.inner.writing.lock().await;
        let mut all = self.inner.store.settings().await?;
        all.revert_tools = settings.revert_on_quit;
        self.inner.store.save_settings(&all).await?;
        self.reload().await?;
        Ok(self.tool_settings())
    }

    /// The toolkit on the user's machine, with a project's folder to look at.
    pub(crate) fn desk(&self, project: Option<&str>) -> Result<Desk, EngineError> {
        let machine = self.inner.config.machine.as_ref().ok_or_else(|| {
            EngineError::invalid(
                "coding tools are left alone here",
                if self.inner.config.demo {
                    "the demo is gone when it ends; start `switchyard serve` to set up tools"
                } else {
                    "no home folder is known: set HOME"
                },
            )
        })?;
        let mut places = machine.places.clone();
        if let Some(project) = project.filter(|project| std::path::Path::new(project).is_absolute())
        {
            places.projects = vec![project.into()];
        }
        let seal = KeySeal::new(*self.inner.store.derived_key(PURPOSE));
        let clock = self.inner.config.clock.clone();
        let toolkit = Toolkit::new(places.clone(), Box::new(seal), move || clock.now());
        Ok(Desk { toolkit: Arc::new(toolkit), places, running: machine.running })
    }
}

/// The toolkit and what it was made with.
#[derive(Clone)]
pub(crate) struct Desk {
    pub(crate) toolkit: Arc<Toolkit>,
    pub(crate) places: switchyard_toolkit::Places,
    running: fn() -> BTreeSet<String>,
}

impl Desk {
    /// A tool and the key that it shows.
    pub(crate) fn view(
        &self,
        id: &str,
        address: &Address,
        running: &BTreeSet<String>,
    ) -> Result<(ToolView, Option<Secret>), ToolkitError> {
        let mut view = self.toolkit.view(id, address)?;
        let tool = self.toolkit.tool(id)?;
        if view.way == ToolWay::Writer {
            view.running = among(running, tool.binaries);
        }
        // A file that cannot be read shows no key; the status says what is wrong with it.
        let shown = self.toolkit.found(id).ok().and_then(|found| found.key);
        Ok((view, shown))
    }

    /// Half-written files; none where nothing was ever written, since looking takes a lock of its own.
    pub(crate) fn leftovers(&self, id: &str) -> Result<Vec<std::path::PathBuf>, ToolkitError> {
        if self.places.join(&self.places.data, &["toolkit"]).exists() {
            self.toolkit.leftovers(id)
        } else {
            Ok(Vec::new())
        }
    }

    /// Which of these programs run now.
    pub(crate) fn running(&self, binaries: &[&str]) -> Vec<String> {
        if binaries.is_empty() { Vec::new() } else { among(&(self.running)(), binaries) }
    }
}

fn among(running: &BTreeSet<String>, binaries: &[&str]) -> Vec<String> {
    let mine = binaries.iter().filter(|name| running.contains(**name));
    mine.map(|name| (*name).to_owned()).collect()
}

/// How a tool stands as this process sees it, whose environment may not be the server's: variables move
/// a tool's files and win over them.
pub fn tool_from_here(
    config: &Config,
    id: &str,
    address: &str,
) -> Result<Option<ToolStatusView>, EngineError> {
    let Some(machine) = &config.machine else { return Ok(None) };
    // Nothing sealed is opened by looking.
    let seal = Box::new(KeySeal::new([0; 32]));
    let clock = config.clock.clone();
    let toolkit = Toolkit::new(machine.places.clone(), seal, move || clock.now());
    Ok(Some(toolkit.status(id, &own(address)?)?))
}

/// Work on files, off the threads that serve requests.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ToolkitError> + Send + 'static,
) -> Result<T, EngineError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => Ok(done?),
        Err(error) => {
            Err(EngineError::Fault { message: format!("work on a tool broke off: {error}") })
        }
    }
}

pub(crate) fn own(address: &str) -> Result<Address, EngineError> {
    Address::new(address).map_err(|error| EngineError::Fault { message: error.to_string() })
}

/// What the tool's own key is, told from what it shows.
pub(crate) fn told(own: Option<ToolKey>, other: Option<ToolKey>) -> ToolKey {
    own.or(other).unwrap_or_default()
}
