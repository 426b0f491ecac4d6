//! Files that are there in full after a power cut, or not at all, and that only the user can read.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The path with something added to its file name.
pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Writes a whole file: to a neighbour first, which then takes the name.
pub(crate) fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    let neighbour = beside(path, ".new");
    let mut file = create_private(&neighbour)?;
    file.write_all(content)?;
    file.sync_all()?;
    drop(file);
    take_name(&neighbour, path)
}

/// Copies a file to a private one.
pub(crate) fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let mut source = File::open(from)?;
    let mut target = create_private(to)?;
    io::copy(&mut source, &mut target)?;
    target.sync_all()
}

/// Makes an empty file of mode 0600, in place of one left over from a cut attempt.
pub(crate) fn create_private(path: &Path) -> io::Result<File> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    owner_only(OpenOptions::new().write(true).create_new(true)).open(path)
}

/// Gives a finished file its name, durably.
pub(crate) fn take_name(from: &Path, to: &Path) -> io::Result<()> {
    File::options().read(true).write(true).open(from)?.sync_all()?;
    fs::rename(from, to)?;
    match to.parent() {
        Some(dir) => sync_dir(dir),
        None => Ok(()),
    }
}

#[cfg(unix)]
fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

/// Windows has no handle on a folder to flush; its file system journals names itself.
#[cfg(not(unix))]
fn sync_dir(_dir: &Path) -> io::Result<()> {
    Ok(())
}

/// A file made with these options is readable by its owner only.
#[cfg(unix)]
pub(crate) fn owner_only(options: &mut OpenOptions) -> &mut OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    options.mode(0o600)
}

/// On Windows the user's profile folder keeps others out.
#[cfg(not(unix))]
pub(crate) fn owner_only(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

/// Makes a folder and its parents; those made are of mode 0700.
pub(crate) fn make_private_dir(dir: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(dir)
}

/// Takes the rights of group and others off a file.
#[cfg(unix)]
pub(crate) fn make_private(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(path)?.permissions().mode();
    let others = mode & 0o077;
    if others == 0 {
        return Ok(());
    }
    tracing::warn!(path = %path.display(), "others could read this file; now only you can");
    fs::set_permissions(path, fs::Permissions::from_mode(0o600))
}

/// On Windows the user's profile folder keeps others out.
#[cfg(not(unix))]
pub(crate) fn make_private(_path: &Path) -> io::Result<()> {
    Ok(())
}
