use std::path::{Path, PathBuf};

use super::{Disk, FileError, Privacy, Seen};

/// How the names of half-written files end.
const ENDING: &str = ".switchyard";

/// Puts new content in a file's place, durably and in one step: whoever reads, and whatever breaks off,
/// finds the old or the new, never half.
///
/// Mode and owner stay, a link stays a link. If the file is no longer as it was seen, nothing is done.
/// Another program that writes between the last look and the rename is not noticed: that gap is
/// microseconds long, and no system closes it for programs that take no lock.
pub(crate) fn replace(
    disk: &dyn Disk,
    seen: &Seen,
    bytes: &[u8],
    privacy: Privacy,
) -> Result<(), FileError> {
    let target = &seen.target;
    check(disk, seen)?;
    let folder = target.parent().unwrap_or(Path::new("."));
    sweep(disk, target);
    let temporary = temporary_name(target)?;
    disk.create(&temporary).map_err(FileError::disk("make", &temporary))?;
    let done = fill_and_move(disk, seen, &temporary, bytes, privacy);
    if done.is_err() {
        // The first error is the one to tell; a leftover of ours harms nobody.
        let _ = disk.remove(&temporary);
        return done;
    }
    disk.sync_folder(folder).map_err(FileError::disk("make durable", folder))
}

fn fill_and_move(
    disk: &dyn Disk,
    seen: &Seen,
    temporary: &Path,
    bytes: &[u8],
    privacy: Privacy,
) -> Result<(), FileError> {
    let (mode, owner) = match (seen.meta, privacy) {
        (Some(meta), _) => (meta.mode, meta.owner),
        (None, Privacy::Private) => (Some(0o600), None),
        (None, Privacy::Usual) => (Some(0o644), None),
    };
    disk.fill(temporary, bytes).map_err(FileError::disk("write", temporary))?;
    disk.adopt(temporary, mode, owner)
        .map_err(FileError::disk("keep the owner of", &seen.target))?;
    disk.sync(temporary).map_err(FileError::disk("make durable", temporary))?;
    check(disk, seen)?;
    disk.rename(temporary, &seen.target).map_err(FileError::disk("replace", &seen.target))
}

/// Takes a file away, if it is still as it was seen.
pub(crate) fn remove(disk: &dyn Disk, seen: &Seen) -> Result<(), FileError> {
    if seen.bytes.is_none() {
        return Ok(());
    }
    check(disk, seen)?;
    disk.remove(&seen.target).map_err(FileError::disk("remove", &seen.target))?;
    let folder = seen.target.parent().unwrap_or(Path::new("."));
    disk.sync_folder(folder).map_err(FileError::disk("make durable", folder))
}

fn check(disk: &dyn Disk, seen: &Seen) -> Result<(), FileError> {
    let fresh = Seen::at(disk, &seen.path)?;
    let path = || seen.path.clone();
    if !seen.is_still(&fresh) {
        return Err(FileError::Changed { path: path() });
    }
    match fresh.meta {
        Some(meta) if meta.read_only => Err(FileError::ReadOnly { path: path() }),
        Some(meta) if meta.names > 1 => Err(FileError::OtherNames { path: path() }),
        Some(_) | None => Ok(()),
    }
}

/// A name that no other writer uses, beside the file and hidden.
fn temporary_name(target: &Path) -> Result<PathBuf, FileError> {
    let mut random = [0; 8];
    getrandom::fill(&mut random).map_err(|error| {
        FileError::disk("name a file beside", target)(std::io::Error::other(error))
    })?;
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    let random = u64::from_le_bytes(random);
    Ok(target.with_file_name(format!(".{name}.{random:016x}{ENDING}")))
}

/// What a writer that was killed left beside the file: none other is at work while we hold the lock.
fn sweep(disk: &dyn Disk, target: &Path) {
    for leftover in leftovers(disk, target) {
        let _ = disk.remove(&leftover);
    }
}

/// Half-written files beside a file. A folder that cannot be listed shows none.
pub(crate) fn leftovers(disk: &dyn Disk, target: &Path) -> Vec<PathBuf> {
    let folder = target.parent().unwrap_or(Path::new("."));
    let start = format!(".{}.", target.file_name().unwrap_or_default().to_string_lossy());
    let is_one = |name: &std::ffi::OsString| {
        let text = name.to_string_lossy();
        let middle = text.strip_prefix(&start).and_then(|rest| rest.strip_suffix(ENDING));
        middle.is_some_and(|hex| hex.len() == 16 && hex.bytes().all(|b| b.is_ascii_hexdigit()))
    };
    let names = disk.list(folder).unwrap_or_default();
    names.into_iter().filter(is_one).map(|name| folder.join(name)).collect()
}

/// Makes a folder and those above it that are missing; gives those made, the outermost first.
pub(crate) fn make_folders(disk: &dyn Disk, folder: &Path) -> Result<Vec<PathBuf>, FileError> {
    let mut missing = Vec::new();
    for at in folder.ancestors() {
        let there = disk.look(at).map_err(FileError::disk("look at", at))?.is_some();
        if there || at.as_os_str().is_empty() {
            break;
        }
        missing.push(at.to_owned());
    }
    missing.reverse();
    for at in &missing {
        match disk.make_folder(at) {
            Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
                return Err(FileError::disk("make", at)(error));
            }
            Ok(()) | Err(_) => {}
        }
    }
    Ok(missing)
}
