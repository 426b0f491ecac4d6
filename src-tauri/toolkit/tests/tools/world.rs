//! A home folder with a tool's files in it.
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use switchyard_toolkit::{Address, Ask, KeySeal, OfferedModel, Os, Places, Toolkit};
use switchyard_types::Secret;

pub(crate) const KEY: &str = "sy-canary-0123456789abcdefghij";
pub(crate) const NOW: i64 = 1_790_000_000_000;

pub(crate) struct World {
    folder: tempfile::TempDir,
    env: BTreeMap<String, String>,
    project: &'static str,
}

impl World {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["home", "data"] {
            std::fs::create_dir(folder.path().join(name)).unwrap();
        }
        Self { folder, env: BTreeMap::new(), project: "work" }
    }

    /// With the files that a tool has in `tests/data/tools`.
    pub(crate) fn of(tool: &str) -> Self {
        let world = Self::new();
        for (file, content) in samples(tool, "before") {
            world.write(&file, content);
        }
        world
    }

    pub(crate) fn with(files: &[(&str, &str)]) -> Self {
        let world = Self::new();
        for (file, content) in files {
            world.write(file, content);
        }
        world
    }

    pub(crate) fn variable(mut self, name: &str, value: &str) -> Self {
        self.env.insert(name.to_owned(), value.to_owned());
        self
    }

    /// With the home folder as the current one.
    pub(crate) fn worked_in_at_home(mut self) -> Self {
        self.project = "";
        self
    }

    pub(crate) fn home(&self, file: &str) -> PathBuf {
        self.folder.path().join("home").join(file)
    }

    pub(crate) fn write(&self, file: &str, content: impl AsRef<[u8]>) {
        let path = self.home(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    pub(crate) fn read(&self, file: &str) -> String {
        std::fs::read_to_string(self.home(file)).unwrap()
    }

    /// Every file of the home folder, by its name below it.
    pub(crate) fn files(&self) -> BTreeMap<String, String> {
        files_below(&self.home(""))
    }

    pub(crate) fn toolkit(&self) -> Toolkit {
        let places = Places {
            home: self.folder.path().join("home"),
            data: self.folder.path().join("data"),
            os: Os::Linux,
            env: self.env.clone(),
            projects: vec![self.home(self.project)],
        };
        Toolkit::new(places, Box::new(KeySeal::new([7; 32])), || NOW)
    }

    pub(crate) fn apply(&self, tool: &str, ask: &Ask) {
        let toolkit = self.toolkit();
        toolkit.apply(&toolkit.plan(tool, ask).unwrap()).unwrap();
    }

    pub(crate) fn revert(&self, tool: &str) {
        assert!(self.toolkit().revert(tool).unwrap().left.is_empty());
    }
}

pub(crate) fn address() -> Address {
    Address::new("http://localhost:20128/").unwrap()
}

/// One model, with another on offer.
pub(crate) fn ask(model: &str) -> Ask {
    let mut ask = Ask::new(address(), Secret::new(KEY), model);
    let (context, output) = (Some(200_000), Some(16_000));
    ask.models.push(OfferedModel { id: "auto".into(), name: "Auto".into(), context, output });
    ask.models.push(OfferedModel::named("tiny"));
    ask
}

pub(crate) fn writers() -> Vec<&'static str> {
    let all = switchyard_toolkit::tools::all();
    all.into_iter().filter(|tool| tool.writer().is_some()).map(|tool| tool.id).collect()
}

pub(crate) fn samples(tool: &str, stage: &str) -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/tools");
    files_below(&folder.join(tool).join(stage))
}

fn files_below(root: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut waiting = vec![root.to_owned()];
    while let Some(at) = waiting.pop() {
        for entry in std::fs::read_dir(&at).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
            } else {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
                found.insert(name, std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    found
}
