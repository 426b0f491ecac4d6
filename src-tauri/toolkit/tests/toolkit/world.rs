//! A home folder of its own for each test.
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use switchyard_toolkit::file::{Disk, RealDisk};
use switchyard_toolkit::{Address, Ask, KeySeal, Os, Places, Toolkit};
use switchyard_types::Secret;

pub(crate) const KEY: &str = "sy-canary-0123456789abcdefghij";
pub(crate) const CLAUDE: &str = ".claude/settings.json";
pub(crate) const CODEX: &str = ".codex/config.toml";

pub(crate) struct World {
    pub(crate) folder: tempfile::TempDir,
}

impl World {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("home")).unwrap();
        std::fs::create_dir(folder.path().join("data")).unwrap();
        Self { folder }
    }

    pub(crate) fn with(file: &str, content: impl AsRef<[u8]>) -> Self {
        let world = Self::new();
        world.write(file, content);
        world
    }

    pub(crate) fn home(&self, file: &str) -> PathBuf {
        self.folder.path().join("home").join(file)
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub(crate) fn write(&self, file: &str, content: impl AsRef<[u8]>) {
        let path = self.home(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    pub(crate) fn read(&self, file: &str) -> Option<String> {
        std::fs::read(self.home(file)).ok().map(|bytes| String::from_utf8(bytes).unwrap())
    }

    pub(crate) fn places(&self) -> Places {
        Places {
            home: self.home(""),
            data: self.data(),
            os: Os::Linux,
            env: BTreeMap::new(),
            projects: Vec::new(),
        }
    }

    pub(crate) fn toolkit(&self) -> Toolkit {
        self.toolkit_on(Box::new(RealDisk))
    }

    pub(crate) fn toolkit_on(&self, disk: Box<dyn Disk>) -> Toolkit {
        self.toolkit_in(self.places(), disk)
    }

    pub(crate) fn toolkit_in(&self, places: Places, disk: Box<dyn Disk>) -> Toolkit {
        let seal = Box::new(KeySeal::new([7; 32]));
        Toolkit::with(places, seal, || 1_790_000_000_000, switchyard_toolkit::tools::all(), disk)
    }

    pub(crate) fn apply(&self, tool: &str) {
        let toolkit = self.toolkit();
        toolkit.apply(&toolkit.plan(tool, &ask("auto")).unwrap()).unwrap();
    }
}

pub(crate) fn address() -> Address {
    Address::new("http://localhost:20128/").unwrap()
}

pub(crate) fn ask(model: &str) -> Ask {
    Ask::new(address(), Secret::new(KEY), model)
}

/// Every file below a folder, with its content.
pub(crate) fn files_below(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(at) = waiting.pop() {
        for entry in std::fs::read_dir(&at).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.is_symlink() {
                waiting.push(path);
            } else if path.is_file() {
                found.push((path.clone(), std::fs::read(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}
