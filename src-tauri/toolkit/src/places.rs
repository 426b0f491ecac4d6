use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use crate::file::{Disk, FileKind};

/// Whose rules of paths hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Os {
    /// Linux and its like.
    Linux,
    /// macOS.
    Mac,
    /// Windows.
    Windows,
}

impl Os {
    /// The one this program was built for.
    pub fn current() -> Self {
        if cfg!(windows) {
            Self::Windows
        } else if cfg!(target_os = "macos") {
            Self::Mac
        } else {
            Self::Linux
        }
    }
}

/// Where things are on the user's machine. Nothing here touches the disk.
#[derive(Clone)]
pub struct Places {
    /// The user's home folder.
    pub home: PathBuf,
    /// Switchyard's own data folder: backups and receipts go below it.
    pub data: PathBuf,
    /// Whose rules of paths hold.
    pub os: Os,
    /// The environment as the user's shells see it.
    pub env: BTreeMap<String, String>,
    /// Folders of projects whose own settings may win over the user's; usually the current folder.
    pub projects: Vec<PathBuf>,
}

impl Places {
    /// A variable; one that is empty counts as absent. Windows does not tell case in names apart.
    pub fn variable(&self, name: &str) -> Option<&str> {
        let found = match self.os {
            Os::Linux | Os::Mac => self.env.get(name),
            Os::Windows => {
                let mut all = self.env.iter();
                all.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
            }
        };
        found.map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Below a folder, with the system's separator.
    pub fn join(&self, folder: &Path, parts: &[&str]) -> PathBuf {
        let separator = match self.os {
            Os::Linux | Os::Mac => "/",
            Os::Windows => "\\",
        };
        let folder = folder.to_string_lossy();
        let folder = folder.trim_end_matches(['/', if separator == "\\" { '\\' } else { '/' }]);
        PathBuf::from([&[folder], parts].concat().join(separator))
    }

    /// Below the home folder.
    pub fn home(&self, parts: &[&str]) -> PathBuf {
        self.join(&self.home, parts)
    }

    /// Below the folder that a variable names, with `~` for the home folder; otherwise below this
    /// folder of the home folder.
    pub fn home_or(&self, variable: &str, otherwise: &str, parts: &[&str]) -> PathBuf {
        let folder = self.variable(variable).map(|value| self.expand(value));
        self.join(&folder.unwrap_or_else(|| self.home(&[otherwise])), parts)
    }

    /// Below the folder that programs of the XDG manner use on every system: `$XDG_CONFIG_HOME`, else
    /// `~/.config`.
    pub fn xdg_config(&self, parts: &[&str]) -> PathBuf {
        self.home_or("XDG_CONFIG_HOME", ".config", parts)
    }

    /// Below the folder of applications' settings: as [`Places::xdg_config`] on Linux,
    /// `~/Library/Application Support` on macOS, `%APPDATA%` on Windows.
    pub fn application(&self, parts: &[&str]) -> PathBuf {
        match self.os {
            Os::Linux => self.xdg_config(parts),
            Os::Mac => self.join(&self.home(&["Library", "Application Support"]), parts),
            Os::Windows => match self.variable("APPDATA") {
                Some(folder) => self.join(Path::new(folder), parts),
                None => self.join(&self.home(&["AppData", "Roaming"]), parts),
            },
        }
    }

    /// Below the folder of settings that stay on one machine: `%LOCALAPPDATA%` on Windows, else as
    /// [`Places::application`].
    pub fn local_application(&self, parts: &[&str]) -> PathBuf {
        match (self.os, self.variable("LOCALAPPDATA")) {
            (Os::Windows, Some(folder)) => self.join(Path::new(folder), parts),
            (Os::Windows, None) => self.join(&self.home(&["AppData", "Local"]), parts),
            (Os::Linux | Os::Mac, _) => self.application(parts),
        }
    }

    /// A path as a user writes it.
    pub fn expand(&self, path: &str) -> PathBuf {
        match path.strip_prefix('~') {
            Some("") => self.home.clone(),
            Some(rest) if rest.starts_with(['/', '\\']) => {
                self.home(&[rest.trim_start_matches(['/', '\\'])])
            }
            Some(_) | None => PathBuf::from(path),
        }
    }

    /// Every file that a program of this name could be, in the order of `PATH`.
    pub fn binaries(&self, name: &str) -> Vec<PathBuf> {
        let (split, endings) = match self.os {
            Os::Linux | Os::Mac => (':', vec![String::new()]),
            Os::Windows => {
                let endings = self.variable("PATHEXT").unwrap_or(".COM;.EXE;.BAT;.CMD");
                (';', endings.split(';').map(str::to_ascii_lowercase).collect())
            }
        };
        let folders = self.variable("PATH").unwrap_or_default().split(split);
        folders
            .filter(|folder| !folder.is_empty())
            .flat_map(|folder| {
                let in_folder =
                    |ending: &String| self.join(Path::new(folder), &[&format!("{name}{ending}")]);
                endings.iter().map(in_folder).collect::<Vec<_>>()
            })
            .collect()
    }
}

/// Never the environment's values: secrets stand among them.
impl fmt::Debug for Places {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Places")
            .field("home", &self.home)
            .field("data", &self.data)
            .field("os", &self.os)
            .finish_non_exhaustive()
    }
}

/// The places with a look at the disk: what a tool may ask before anything is written.
#[derive(Clone, Copy)]
pub struct Look<'l> {
    /// Where things are.
    pub places: &'l Places,
    pub(crate) disk: &'l dyn Disk,
}

impl Look<'_> {
    /// Whether anything stands there.
    pub fn exists(&self, path: &Path) -> bool {
        matches!(self.disk.look(path), Ok(Some(_)))
    }

    /// Whether a folder stands there, or a link.
    pub fn is_folder(&self, path: &Path) -> bool {
        let found = self.disk.look(path);
        matches!(found, Ok(Some(meta)) if matches!(meta.kind, FileKind::Folder | FileKind::Link))
    }

    /// A file's content, if it can be read.
    pub fn read(&self, path: &Path) -> Option<Vec<u8>> {
        self.disk.read(path).ok()
    }

    /// The first of these files that is there, else the first.
    pub fn first_existing(&self, paths: Vec<PathBuf>) -> Option<PathBuf> {
        let found = paths.iter().find(|path| self.exists(path)).cloned();
        found.or_else(|| paths.into_iter().next())
    }

    /// A program on the user's `PATH`.
    pub fn binary(&self, name: &str) -> Option<PathBuf> {
        self.places.binaries(name).into_iter().find(|path| {
            self.exists(path)
                && !{
                    matches!(self.disk.look(path), Ok(Some(meta)) if meta.kind == FileKind::Folder)
                }
        })
    }
}
