use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use switchyard_types::{
    Millis, ToolConflict, ToolGuideView, ToolKey, ToolSlot, ToolState, ToolStatusView, ToolView,
    ToolWay,
};

use crate::ToolkitError;
use crate::ask::{Address, Ask};
use crate::backup::{Backup, Backups, Copy};
use crate::edit::Document;
use crate::file::{
    Disk, FileError, Lock, Privacy, RealDisk, Seen, leftovers, make_folders, replace, resolve,
};
use crate::places::{Look, Places};
use crate::receipt::{Before, Receipt, Receipts};
use crate::seal::Seal;
use crate::tool::{ConfigFile, Docs, Tool, Way, Writer};

/// What can be done with tools, on one machine for one user.
pub struct Toolkit {
    pub(crate) places: Places,
    pub(crate) disk: Box<dyn Disk>,
    pub(crate) seal: Box<dyn Seal>,
    pub(crate) tools: Vec<Tool>,
    clock: Box<dyn Fn() -> Millis + Send + Sync>,
    backups: PathBuf,
    receipts: PathBuf,
}

/// A tool's file, read.
pub(crate) struct Opened {
    pub(crate) config: ConfigFile,
    pub(crate) seen: Seen,
    pub(crate) document: Document,
}

impl Toolkit {
    /// All tools that we know. `clock` gives UTC milliseconds; `seal` closes what is kept of users'
    /// files.
    pub fn new(
        places: Places,
        seal: Box<dyn Seal>,
        clock: impl Fn() -> Millis + Send + Sync + 'static,
    ) -> Self {
        Self::with(places, seal, clock, crate::tools::all(), Box::new(RealDisk))
    }

    /// With other tools and another disk.
    pub fn with(
        places: Places,
        seal: Box<dyn Seal>,
        clock: impl Fn() -> Millis + Send + Sync + 'static,
        tools: Vec<Tool>,
        disk: Box<dyn Disk>,
    ) -> Self {
        let folder = places.join(&places.data, &["toolkit"]);
        let backups = places.join(&folder, &["backups"]);
        let receipts = places.join(&folder, &["receipts"]);
        let clock = Box::new(clock);
        Self { places, disk, seal, tools, clock, backups, receipts }
    }

    /// The tools, as they are listed.
    pub fn tools(&self) -> &[Tool] {
        &self.tools
    }

    /// One tool.
    pub fn tool(&self, id: &str) -> Result<&Tool, ToolkitError> {
        let found = self.tools.iter().find(|tool| tool.id == id);
        found.ok_or_else(|| ToolkitError::NoTool { id: id.to_owned() })
    }

    pub(crate) fn now(&self) -> Millis {
        (self.clock)()
    }

    pub(crate) fn look(&self) -> Look<'_> {
        Look { places: &self.places, disk: self.disk.as_ref() }
    }

    pub(crate) fn backup_folder(&self) -> Backups<'_> {
        let (disk, seal) = (self.disk.as_ref(), self.seal.as_ref());
        Backups { folder: &self.backups, disk, seal }
    }

    pub(crate) fn receipt_folder(&self) -> Receipts<'_> {
        Receipts { folder: &self.receipts, disk: self.disk.as_ref() }
    }

    /// One writer at a time, across threads and processes.
    pub(crate) fn lock(&self) -> Result<Lock, ToolkitError> {
        let folder = self.places.join(&self.places.data, &["toolkit"]);
        make_folders(self.disk.as_ref(), &folder)?;
        Ok(Lock::take(&self.places.join(&folder, &["lock"]))?)
    }

    pub(crate) fn writer(&self, id: &str) -> Result<(&Tool, &Writer), ToolkitError> {
        let tool = self.tool(id)?;
        let writer = tool.writer().ok_or(ToolkitError::ByHand { tool: tool.name })?;
        Ok((tool, writer))
    }

    pub(crate) fn open(&self, config: ConfigFile) -> Result<Opened, ToolkitError> {
        let seen = Seen::at(self.disk.as_ref(), &config.path)?;
        let document = match &seen.bytes {
            None => Document::empty(config.format),
            Some(bytes) => Document::parse(bytes, config.format)
                .map_err(|error| ToolkitError::Broken { path: config.path.clone(), error })?,
        };
        Ok(Opened { config, seen, document })
    }

    pub(crate) fn open_all(&self, writer: &Writer) -> Result<Vec<Opened>, ToolkitError> {
        let files = (writer.files)(&self.look());
        files.into_iter().map(|config| self.open(config)).collect()
    }

    pub(crate) fn docs(&self, opened: &[Opened]) -> Docs<'_> {
        let files: BTreeMap<_, _> =
            opened.iter().map(|file| (file.config.id, file.document.clone())).collect();
        Docs { places: &self.places, files }
    }

    /// How a tool stands. `ours` is where Switchyard listens.
    pub fn status(&self, id: &str, ours: &Address) -> Result<ToolStatusView, ToolkitError> {
        let tool = self.tool(id)?;
        let look = self.look();
        let binary = tool.binaries.iter().find_map(|name| look.binary(name));
        let version = binary.as_deref().and_then(|binary| package_version(&look, binary));
        let receipt = self.receipt_folder().read(id)?;
        let marks = (tool.marks)(&self.places);
        // What leaves no trace cannot be missing one.
        let traceless = marks.is_empty() && tool.binaries.is_empty();
        let marked = traceless || marks.iter().any(|path| look.exists(path));
        let mut view = ToolStatusView {
            state: if marked || binary.is_some() {
                ToolState::Untouched
            } else {
                ToolState::NotInstalled
            },
            binary: binary.map(|path| path.display().to_string()),
            version,
            files: Vec::new(),
            address: None,
            applied_at: receipt.as_ref().map(|receipt| receipt.at),
            conflicts: Vec::new(),
        };
        let Way::Writer(writer) = &tool.way else { return Ok(view) };
        let files = (writer.files)(&look);
        view.files = files.iter().map(|file| file.path.display().to_string()).collect();
        let opened = match self.open_all(writer) {
            Ok(opened) => opened,
            Err(ToolkitError::Broken { path, error }) => {
                let file = path.display().to_string();
                view.state = ToolState::BrokenFile { file, message: error.to_string() };
                return Ok(view);
            }
            Err(ToolkitError::File(error)) => {
                let file = files.first().map(|file| file.path.display().to_string());
                let (file, message) = (file.unwrap_or_default(), error.to_string());
                view.state = ToolState::BrokenFile { file, message };
                return Ok(view);
            }
            Err(error) => return Err(error),
        };
        let docs = self.docs(&opened);
        view.address = (writer.address)(&docs);
        view.conflicts = (writer.conflicts)(&look, &docs);
        let changed = receipt.as_ref().map(|receipt| drift(receipt, &opened)).unwrap_or_default();
        let here = view.address.as_deref().is_some_and(|found| ours.is_origin_of(found));
        view.state = match (here, &view.address, receipt) {
            (true, _, None) => ToolState::Ours,
            (true, _, Some(_)) if changed.is_empty() => ToolState::Ours,
            (_, _, Some(_)) if here || changed.is_empty() => ToolState::Drifted { changed },
            (_, Some(_), _) => ToolState::ForeignGateway,
            (_, None, Some(_)) => ToolState::Drifted { changed },
            (_, None, None) => view.state,
        };
        Ok(view)
    }

    /// A tool with its status, as faces list it.
    pub fn view(&self, id: &str, ours: &Address) -> Result<ToolView, ToolkitError> {
        let tool = self.tool(id)?;
        let (way, slots) = match &tool.way {
            Way::Writer(writer) => (ToolWay::Writer, writer.slots),
            Way::Guide(_) => (ToolWay::Guide, &[][..]),
        };
        let slots = slots.iter();
        Ok(ToolView {
            id: tool.id.to_owned(),
            name: tool.name.to_owned(),
            way,
            slots: slots
                .map(|slot| ToolSlot { id: slot.id.to_owned(), name: slot.name.to_owned() })
                .collect(),
            choice: self.choice(tool, ours),
            status: self.status(id, ours)?,
            key: ToolKey::None,
            running: Vec::new(),
        })
    }

    /// What a user does for a tool that we do not write for; the key's place stays marked `{{key}}`.
    pub fn guide(&self, id: &str, ask: &Ask) -> Result<Option<ToolGuideView>, ToolkitError> {
        let tool = self.tool(id)?;
        Ok(tool.guide().map(|guide| ToolGuideView {
            tool: tool.id.to_owned(),
            text: guide.filled(ask),
            caution: guide.caution.map(str::to_owned),
        }))
    }

    /// What beside its files may keep a tool from coming here.
    pub(crate) fn conflicts(&self, writer: &Writer, docs: &Docs<'_>) -> Vec<ToolConflict> {
        (writer.conflicts)(&self.look(), docs)
    }

    /// Reads a tool's files again: the keys that no longer hold what we wrote. None when all does.
    pub fn verify(&self, id: &str) -> Result<Vec<String>, ToolkitError> {
        let (_, writer) = self.writer(id)?;
        match self.receipt_folder().read(id)? {
            None => Ok(Vec::new()),
            Some(receipt) => Ok(drift(&receipt, &self.open_all(writer)?)),
        }
    }

    /// Copies of users' files, the newest first.
    pub fn backups(&self) -> Result<Vec<Backup>, ToolkitError> {
        self.backup_folder().list()
    }

    /// Puts a copy back in its file's place; what is there now is copied first.
    pub fn restore(&self, backup: &str) -> Result<Backup, ToolkitError> {
        let _lock = self.lock()?;
        let backups = self.backup_folder();
        let found = backups.find(backup)?;
        let bytes = backups.read(&found.hash)?;
        let seen = Seen::at(self.disk.as_ref(), &found.file)?;
        if seen.bytes.as_deref() == Some(&bytes) {
            return Ok(found);
        }
        self.keep(&found.tool, &seen)?;
        make_folders(self.disk.as_ref(), folder_of(&seen.target))?;
        replace(self.disk.as_ref(), &seen, &bytes, Privacy::Private)?;
        Ok(found)
    }

    /// Half-written files that a writer left which was killed, beside a tool's files.
    pub fn leftovers(&self, id: &str) -> Result<Vec<PathBuf>, ToolkitError> {
        let (_, writer) = self.writer(id)?;
        // A writer at work has one too: not while we hold the lock.
        let _lock = self.lock()?;
        Ok(self.half_written(writer))
    }

    /// Removes them; gives those that were there.
    pub fn sweep(&self, id: &str) -> Result<Vec<PathBuf>, ToolkitError> {
        let (_, writer) = self.writer(id)?;
        let _lock = self.lock()?;
        let found = self.half_written(writer);
        for path in &found {
            self.disk.remove(path).map_err(FileError::disk("remove", path))?;
        }
        Ok(found)
    }

    fn half_written(&self, writer: &Writer) -> Vec<PathBuf> {
        let disk = self.disk.as_ref();
        let files = (writer.files)(&self.look()).into_iter();
        let targets = files.filter_map(|file| resolve(disk, &file.path).ok());
        targets.flat_map(|target| leftovers(disk, &target)).collect()
    }

    /// Whether we wrote a tool's files, and there is something to take back.
    pub fn is_applied(&self, id: &str) -> Result<bool, ToolkitError> {
        Ok(self.receipt_folder().read(self.tool(id)?.id)?.is_some())
    }

    /// Where a tool's program is, if one is on the `PATH`.
    pub fn program(&self, id: &str) -> Result<Option<PathBuf>, ToolkitError> {
        let look = self.look();
        Ok(self.tool(id)?.binaries.iter().find_map(|name| look.binary(name)))
    }

    /// Takes a copy of a file before it is written.
    pub(crate) fn keep(&self, tool: &str, seen: &Seen) -> Result<(), ToolkitError> {
        let Some(bytes) = &seen.bytes else { return Ok(()) };
        let receipt = self.receipt_folder().read(tool)?;
        let hash = seen.hash();
        let ours = receipt.as_ref().and_then(|receipt| receipt.file(&seen.path));
        let ours = ours.is_some_and(|file| hash.is_some_and(|hash| file.after.contains(&hash)));
        let copy = Copy { tool, file: &seen.path, at: self.now(), bytes, ours };
        self.backup_folder().keep(&copy)?;
        Ok(())
    }

    /// Lets go of old copies that no receipt needs.
    pub(crate) fn prune_backups(&self) -> Result<(), ToolkitError> {
        let mut needed = BTreeSet::new();
        for tool in &self.tools {
            let receipt = self.receipt_folder().read(tool.id)?;
            let files = receipt.iter().flat_map(|receipt| &receipt.files);
            needed.extend(files.filter_map(|file| match &file.before {
                Before::Kept(hash) => Some(hash.clone()),
                Before::Absent | Before::Mixed => None,
            }));
        }
        self.backup_folder().prune(self.now(), &needed)
    }
}

impl std::fmt::Debug for Toolkit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Toolkit")
            .field("places", &self.places)
            .field("tools", &self.tools)
            .finish_non_exhaustive()
    }
}

pub(crate) fn folder_of(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new("."))
}

/// The keys that no longer read as we left them.
fn drift(receipt: &Receipt, opened: &[Opened]) -> Vec<String> {
    let mut changed = Vec::new();
    for file in &receipt.files {
        let Some(now) = opened.iter().find(|now| now.config.path == file.path) else { continue };
        let lost = file.keys.iter().filter(|key| !key.holds(&now.document));
        changed.extend(lost.map(|key| key.path.to_string()));
    }
    changed
}

/// The version of an npm package, from the file beside the program that a link on the `PATH` leads to.
fn package_version(look: &Look<'_>, binary: &Path) -> Option<String> {
    let target = resolve(look.disk, binary).ok()?;
    let packages = target.ancestors().skip(1).take(4);
    packages.map(|folder| look.places.join(folder, &["package.json"])).find_map(|path| {
        let package: serde_json::Value = serde_json::from_slice(&look.read(&path)?).ok()?;
        package.get("version")?.as_str().map(str::to_owned)
    })
}
