//! From a wish to a plan, and from a plan to files.

use std::collections::BTreeSet;

use switchyard_types::ToolLeft;

use crate::ToolkitError;
use crate::ask::Ask;
use crate::edit::{Document, EditError, KeyPath};
use crate::file::{ContentHash, FileError, Privacy, Seen, make_folders, remove, replace};
use crate::plan::{After, Edit, FilePlan, Plan, Purpose};
use crate::receipt::{Before, FileReceipt, KeyReceipt, Receipt};
use crate::tool::{ConfigFile, Wish, leaves, privacy};
use crate::toolkit::{Opened, Toolkit, folder_of};
use crate::undo::{UndoError, Undone, prune, remember, undo};

impl Toolkit {
    /// What would be written so that a tool does as asked. An empty plan: it does already.
    pub fn plan(&self, id: &str, ask: &Ask) -> Result<Plan, ToolkitError> {
        let (tool, writer) = self.writer(id)?;
        if let Some(slot) =
            ask.slots.keys().find(|slot| writer.slots.iter().all(|known| known.id != slot.as_str()))
        {
            return Err(ToolkitError::NoSlot { tool: tool.name, slot: slot.clone() });
        }
        let opened = self.open_all(writer)?;
        let docs = self.docs(&opened);
        let wishes = leaves((writer.wishes)(ask, &docs));
        let conflicts = self.conflicts(writer, &docs);
        let old = self.receipt_folder().read(id)?;
        let mut receipt = Receipt::new(id, self.now());
        receipt.files = old.iter().flat_map(|old| old.files.clone()).collect();
        let mut files = Vec::new();
        for file in opened {
            let mine: Vec<&Wish> =
                wishes.iter().filter(|wish| wish.file == file.config.id).collect();
            let known = old.as_ref().and_then(|old| old.file(&file.config.path));
            let Some(plan) = self.plan_file(file, &mine, known)? else { continue };
            receipt.files.retain(|known| known.path != plan.config.path);
            receipt.files.extend(plan.receipt.clone());
            files.push(plan);
        }
        let notes = if files.is_empty() { Vec::new() } else { writer.notes.to_vec() };
        let (purpose, left) = (Purpose::Apply, Vec::new());
        let receipts = [old, Some(receipt)];
        Ok(Plan { tool: tool.id, purpose, files, conflicts, notes, left, receipts })
    }

    fn plan_file(
        &self,
        file: Opened,
        wishes: &[&Wish],
        known: Option<&FileReceipt>,
    ) -> Result<Option<FilePlan>, ToolkitError> {
        let Opened { config, seen, document: before } = file;
        let edit_error = |error| ToolkitError::Edit { path: config.path.clone(), error };
        let mut after = before.clone();
        let ours: Vec<KeyReceipt> = known
            .map(|known| known.keys.iter().filter(|key| key.holds(&before)).cloned().collect())
            .unwrap_or_default();
        let mut touched = Vec::new();
        let retired: Vec<&KeyReceipt> =
            ours.iter().filter(|key| wishes.iter().all(|wish| wish.path != key.path)).collect();
        for key in retired.iter().rev() {
            undo(&mut after, key, self.seal.as_ref()).map_err(|error| match error {
                UndoError::Edit(error) => edit_error(error),
                UndoError::Toolkit(error) => error,
            })?;
            touched.push(key.path.clone());
        }
        let mut keys = Vec::new();
        for wish in wishes {
            let key = ours.iter().find(|key| key.path == wish.path);
            if before.get(&wish.path) == wish.value {
                keys.extend(key.cloned());
                continue;
            }
            match &wish.value {
                Some(value) => after.set(&wish.path, value).map_err(edit_error)?,
                None => {
                    after.remove(&wish.path).map_err(edit_error)?;
                }
            }
            let wrote = wish.value.as_ref();
            keys.push(remember(&before, &wish.path, wrote, (key, &ours), self.seal.as_ref())?);
            touched.push(wish.path.clone());
        }
        for key in retired {
            prune(&mut after, key).map_err(edit_error)?;
        }
        let wanted: Vec<_> = wishes.iter().map(|wish| (&wish.path, wish.value.as_ref())).collect();
        let edits = edits(&before, &after, &touched, &wanted);
        if edits.is_empty() {
            return Ok(None);
        }
        let fresh = || seen.hash().map_or(Before::Absent, Before::Kept);
        let stood = match known {
            Some(known) if seen.hash().is_some_and(|hash| known.after.contains(&hash)) => {
                known.before.clone()
            }
            // We made the file and something of ours is left in it: it is still no file of the user's
            // alone, and goes when nothing else is in it.
            Some(known) if !ours.is_empty() => match known.before {
                Before::Absent => Before::Absent,
                Before::Kept(_) | Before::Mixed => Before::Mixed,
            },
            Some(_) | None => fresh(),
        };
        let receipt = FileReceipt {
            id: config.id.to_owned(),
            path: config.path.clone(),
            before: stood,
            after: vec![ContentHash::of(&after.bytes())],
            folders: known.map(|known| known.folders.clone()).unwrap_or_default(),
            keys,
        };
        let (after, privacy) = (After::Holds(after), privacy(wishes));
        Ok(Some(FilePlan { config, seen, edits, before, after, privacy, receipt: Some(receipt) }))
    }

    /// What would be written so that a tool is as it was before us.
    pub fn plan_revert(&self, id: &str) -> Result<Plan, ToolkitError> {
        let (tool, writer) = self.writer(id)?;
        let old = self.receipt_folder().read(id)?;
        let Some(receipt) = &old else {
            return Err(ToolkitError::NothingToRevert { tool: tool.name });
        };
        let known = (writer.files)(&self.look());
        let (mut files, mut left) = (Vec::new(), Vec::new());
        for file in &receipt.files {
            // Where the file is may have moved with a variable since; its manner has not.
            let Some(same) = known.iter().find(|known| known.id == file.id) else {
                let reason = "this version of Switchyard does not know the file".to_owned();
                let path = file.path.display().to_string();
                left.push(ToolLeft { file: path, path: String::new(), reason });
                continue;
            };
            let format = if same.path == file.path {
                same.format
            } else {
                crate::edit::Format::of_path(&file.path).unwrap_or(same.format)
            };
            let config = ConfigFile::new(same.id, file.path.clone(), format);
            let opened = self.open(config)?;
            let (after, kept) = self.undo_file(&opened, file)?;
            left.extend(kept);
            let changed = after.bytes() != opened.seen.bytes;
            if changed {
                files.push(revert_plan(opened, file, after));
            }
        }
        let notes = if files.is_empty() { Vec::new() } else { writer.notes.to_vec() };
        let (purpose, conflicts) = (Purpose::Revert, Vec::new());
        Ok(Plan { tool: tool.id, purpose, files, conflicts, notes, left, receipts: [old, None] })
    }

    fn undo_file(
        &self,
        opened: &Opened,
        file: &FileReceipt,
    ) -> Result<(After, Vec<ToolLeft>), ToolkitError> {
        let Opened { config, seen, document } = opened;
        let Some(hash) = seen.hash() else { return Ok((After::Gone, Vec::new())) };
        if file.after.contains(&hash) {
            // Nothing else changed: the very bytes come back.
            match &file.before {
                Before::Absent => return Ok((After::Gone, Vec::new())),
                Before::Kept(before) => {
                    let bytes = self.backup_folder().read(before);
                    let whole =
                        bytes.ok().and_then(|bytes| Document::parse(&bytes, config.format).ok());
                    if let Some(whole) = whole {
                        return Ok((After::Holds(whole), Vec::new()));
                    }
                }
                Before::Mixed => {}
            }
        }
        let mut after = document.clone();
        let mut left = Vec::new();
        let mut leave = |key: &KeyReceipt, reason: String| {
            let (file, path) = (config.path.display().to_string(), key.path.to_string());
            left.push(ToolLeft { file, path, reason });
        };
        for key in file.keys.iter().rev() {
            match undo(&mut after, key, self.seal.as_ref()) {
                Ok(Undone::Back) => {}
                Ok(Undone::Left) => {
                    leave(key, "it was changed since and stays as it is".to_owned());
                }
                Err(UndoError::Edit(error)) => leave(key, error.to_string()),
                Err(UndoError::Toolkit(error)) => return Err(error),
            }
        }
        for key in &file.keys {
            // An empty table that cannot be taken out does no harm.
            let _: Result<(), EditError> = prune(&mut after, key);
        }
        let after = if file.before == Before::Absent && after.is_bare() {
            After::Gone
        } else {
            After::Holds(after)
        };
        Ok((after, left))
    }

    /// Writes what a plan says, if every file is still as the plan found it: all of them, or none.
    /// Says what was left on a revert.
    pub fn apply(&self, plan: &Plan) -> Result<(), ToolkitError> {
        let _lock = self.lock()?;
        let disk = self.disk.as_ref();
        for file in &plan.files {
            if !file.seen.is_still(&Seen::at(disk, &file.seen.path)?) {
                return Err(FileError::Changed { path: file.seen.path.clone() }.into());
            }
        }
        let [old, new] = &plan.receipts;
        if self.receipt_folder().read(plan.tool)? != *old {
            let path = plan.files.first().map(|file| file.seen.path.clone());
            return Err(FileError::Changed { path: path.unwrap_or_default() }.into());
        }
        if plan.is_empty() && plan.purpose == Purpose::Apply {
            return Ok(());
        }
        for file in &plan.files {
            self.keep(plan.tool, &file.seen)?;
        }
        let mut new = new.clone();
        if let Some(new) = &mut new {
            for file in &plan.files {
                self.make_way(file, new)?;
            }
            // Before the files: whatever breaks off now, a revert knows what stood there.
            let between = Receipt::between(old.as_ref(), new);
            self.receipt_folder().write(plan.tool, Some(&between))?;
        }
        if let Err(error) = self.write_all(plan) {
            // The first error is the one to tell. A receipt that stays too long harms nobody.
            let _ = self.receipt_folder().write(plan.tool, old.as_ref());
            return Err(error);
        }
        self.receipt_folder().write(plan.tool, new.as_ref())?;
        if plan.purpose == Purpose::Revert {
            self.remove_folders(old.as_ref());
        }
        self.prune_backups()
    }

    /// Undoes what was written, key by key; gives the plan that was carried out, with what was left.
    pub fn revert(&self, id: &str) -> Result<Plan, ToolkitError> {
        let plan = self.plan_revert(id)?;
        self.apply(&plan)?;
        Ok(plan)
    }

    /// The folders of a file that is to be made; the receipt names those that were not there.
    fn make_way(&self, file: &FilePlan, receipt: &mut Receipt) -> Result<(), ToolkitError> {
        let made = make_folders(self.disk.as_ref(), folder_of(&file.seen.target))?;
        let known = receipt.files.iter_mut().find(|known| known.path == file.config.path);
        if let Some(known) = known {
            known.folders.extend(made);
        }
        Ok(())
    }

    /// Folders that we made, if they are empty again.
    fn remove_folders(&self, receipt: Option<&Receipt>) {
        let files = receipt.iter().flat_map(|receipt| &receipt.files);
        for folder in files.flat_map(|file| file.folders.iter().rev()) {
            // One that holds anything refuses.
            let _ = self.disk.remove_folder(folder);
        }
    }

    fn write_all(&self, plan: &Plan) -> Result<(), ToolkitError> {
        for (at, file) in plan.files.iter().enumerate() {
            if let Err(error) = self.write(file) {
                for written in plan.files.iter().take(at) {
                    self.put_back(written);
                }
                return Err(error);
            }
        }
        Ok(())
    }

    fn write(&self, file: &FilePlan) -> Result<(), ToolkitError> {
        let disk = self.disk.as_ref();
        match file.after.bytes() {
            Some(bytes) => replace(disk, &file.seen, &bytes, file.privacy)?,
            None => remove(disk, &file.seen)?,
        }
        let now = Seen::at(disk, &file.seen.path)?;
        if now.bytes == file.after.bytes() {
            return Ok(());
        }
        Err(ToolkitError::NotAsWritten { path: file.seen.path.clone() })
    }

    /// A file written before another failed goes back, unless somebody wrote it since.
    fn put_back(&self, file: &FilePlan) {
        let disk = self.disk.as_ref();
        let Ok(now) = Seen::at(disk, &file.seen.path) else { return };
        if now.bytes != file.after.bytes() {
            return;
        }
        // The error that led here is the one to tell.
        let _ = match &file.seen.bytes {
            Some(bytes) => replace(disk, &now, bytes, Privacy::Private),
            None => remove(disk, &now),
        };
    }
}

fn revert_plan(opened: Opened, file: &FileReceipt, after: After) -> FilePlan {
    let Opened { config, seen, document: before } = opened;
    let empty = Document::empty(config.format);
    let then = match &after {
        After::Holds(document) => document,
        After::Gone => &empty,
    };
    let touched: Vec<KeyPath> = file.keys.iter().map(|key| key.path.clone()).collect();
    let edits = edits(&before, then, &touched, &[]);
    let privacy = Privacy::Private;
    FilePlan { config, seen, edits, before, after, privacy, receipt: None }
}

/// The keys that differ; values that were asked for as secrets stay marked so.
fn edits(
    before: &Document,
    after: &Document,
    touched: &[KeyPath],
    wanted: &[(&KeyPath, Option<&crate::edit::Value>)],
) -> Vec<Edit> {
    let mut seen = BTreeSet::new();
    let touched = touched.iter().filter(|path| seen.insert(*path));
    let edits = touched.map(|path| {
        let asked = wanted.iter().find(|(known, _)| *known == path).and_then(|(_, value)| *value);
        let new = after.get(path).map(|found| asked.cloned().unwrap_or(found));
        Edit { path: path.clone(), old: before.get(path), new }
    });
    edits.filter(|edit| edit.old != edit.new).collect()
}
