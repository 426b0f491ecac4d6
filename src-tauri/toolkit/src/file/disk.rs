use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// What stands at a path; links are not followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meta {
    /// File, folder, link or else.
    pub kind: FileKind,
    /// Permission bits, where the system has them.
    pub mode: Option<u32>,
    /// User and group, where the system has them.
    pub owner: Option<(u32, u32)>,
    /// How many names the file has.
    pub names: u64,
    /// Whether its owner may not write it.
    pub read_only: bool,
}

/// What stands at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A plain file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link.
    Link,
    /// A socket, a device, or what else there is.
    Other,
}

/// Each step towards the disk, one method: a test fails or stops between any two of them.
pub trait Disk: Send + Sync {
    /// The whole file.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;
    /// What stands there, or nothing.
    fn look(&self, path: &Path) -> io::Result<Option<Meta>>;
    /// Where a link leads.
    fn read_link(&self, path: &Path) -> io::Result<PathBuf>;
    /// The names in a folder.
    fn list(&self, folder: &Path) -> io::Result<Vec<std::ffi::OsString>>;
    /// Makes one folder that only the user may enter.
    fn make_folder(&self, path: &Path) -> io::Result<()>;
    /// Makes an empty file that was not there, readable by the user alone.
    fn create(&self, path: &Path) -> io::Result<()>;
    /// Fills a file that [`Disk::create`] made.
    fn fill(&self, path: &Path, bytes: &[u8]) -> io::Result<()>;
    /// Sets owner, then permission bits.
    fn adopt(&self, path: &Path, mode: Option<u32>, owner: Option<(u32, u32)>) -> io::Result<()>;
    /// Makes a file's content durable.
    fn sync(&self, path: &Path) -> io::Result<()>;
    /// Puts one file in another's place, in one step.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Makes a folder's names durable.
    fn sync_folder(&self, path: &Path) -> io::Result<()>;
    /// Takes a file away.
    fn remove(&self, path: &Path) -> io::Result<()>;
    /// Takes an empty folder away.
    fn remove_folder(&self, path: &Path) -> io::Result<()>;
}

/// The machine's own disk.
#[derive(Clone, Copy, Debug, Default)]
pub struct RealDisk;

impl Disk for RealDisk {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        fs::read(path)
    }

    fn look(&self, path: &Path) -> io::Result<Option<Meta>> {
        match fs::symlink_metadata(path) {
            Ok(found) => Ok(Some(meta(&found))),
            // A plain file where a folder is meant: nothing can stand below it.
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
                ) =>
            {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    fn read_link(&self, path: &Path) -> io::Result<PathBuf> {
        fs::read_link(path)
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<std::ffi::OsString>> {
        fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.file_name())).collect()
    }

    fn make_folder(&self, path: &Path) -> io::Result<()> {
        private_folder(path)
    }

    fn create(&self, path: &Path) -> io::Result<()> {
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(path).map(drop)
    }

    fn fill(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut file = fs::OpenOptions::new().write(true).truncate(true).open(path)?;
        file.write_all(bytes)
    }

    fn adopt(&self, path: &Path, mode: Option<u32>, owner: Option<(u32, u32)>) -> io::Result<()> {
        adopt(path, mode, owner)
    }

    fn sync(&self, path: &Path) -> io::Result<()> {
        fs::OpenOptions::new().write(true).open(path)?.sync_all()
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        super::windows::patiently(|| fs::rename(from, to))
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        // Windows has no such call: its rename is journalled by the file system.
        if cfg!(unix) { fs::File::open(path)?.sync_all() } else { Ok(()) }
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        fs::remove_dir(path)
    }
}

fn kind(found: &fs::Metadata) -> FileKind {
    if found.is_symlink() {
        FileKind::Link
    } else if found.is_dir() {
        FileKind::Folder
    } else if found.is_file() {
        FileKind::File
    } else {
        FileKind::Other
    }
}

#[cfg(unix)]
fn private_folder(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new().mode(0o700).create(path)
}

#[cfg(not(unix))]
fn private_folder(path: &Path) -> io::Result<()> {
    fs::create_dir(path)
}

#[cfg(unix)]
fn meta(found: &fs::Metadata) -> Meta {
    use std::os::unix::fs::MetadataExt as _;
    Meta {
        kind: kind(found),
        mode: Some(found.mode() & 0o7777),
        owner: Some((found.uid(), found.gid())),
        names: found.nlink(),
        read_only: found.mode() & 0o200 == 0,
    }
}

#[cfg(not(unix))]
fn meta(found: &fs::Metadata) -> Meta {
    Meta {
        kind: kind(found),
        mode: None,
        owner: None,
        names: 1,
        read_only: found.permissions().readonly(),
    }
}

#[cfg(unix)]
fn adopt(path: &Path, mode: Option<u32>, owner: Option<(u32, u32)>) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
    if let Some((user, group)) = owner {
        let now = fs::metadata(path)?;
        let user = (now.uid() != user).then_some(user);
        let group = (now.gid() != group).then_some(group);
        if user.is_some() || group.is_some() {
            std::os::unix::fs::chown(path, user, group)?;
        }
    }
    match mode {
        Some(mode) => fs::set_permissions(path, fs::Permissions::from_mode(mode)),
        None => Ok(()),
    }
}

#[cfg(not(unix))]
fn adopt(_path: &Path, _mode: Option<u32>, _owner: Option<(u32, u32)>) -> io::Result<()> {
    Ok(())
}
