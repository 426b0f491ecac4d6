//! A home folder of its own for each test.
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use switchyard_toolkit::edit::{Format, KeyPath, Value};
use switchyard_toolkit::file::{Disk, RealDisk};
use switchyard_toolkit::{
    Address, Ask, ConfigFile, KeySeal, Os, Places, Tool, Toolkit, Way, Wish, Writer,
};
use switchyard_types::Secret;

pub(crate) const KEY: &str = "sy-canary-0123456789abcdefghij";
pub(crate) const CLAUDE: &str = ".claude/settings.json";
pub(crate) const CODEX: &str = ".codex/config.toml";
pub(crate) const NOW: i64 = 1_790_000_000_000;

/// A tool with files of every manner, a list of models and a fallback chain.
pub(crate) const MANY: Tool = Tool {
    id: "many",
    name: "Many",
    binaries: &[],
    marks: |places| vec![places.home(&[".many"])],
    way: Way::Writer(Writer {
        slots: &[],
        files: |look| {
            let file = |id, name: &str, format| {
                ConfigFile::new(id, look.places.home(&[".many", name]), format)
            };
            vec![
                file("json5", "main.json", Format::Json5),
                file("jsonc", "more.jsonc", Format::Jsonc),
                file("toml", "old.toml", Format::Toml),
                file("yaml", "config.yaml", Format::Yaml),
                file("env", ".env", Format::Dotenv),
            ]
        },
        wishes: |ask, _| {
            let entry = |model: &str| {
                Value::table([
                    ("id", model.into()),
                    ("url", ask.address.v1().into()),
                    ("apiKey", ask.key.clone().into()),
                ])
            };
            let list = KeyPath::keys(["models"]).item("id", "switchyard");
            vec![
                Wish::set(
                    "json5",
                    KeyPath::keys(["agents", "model", "primary"]),
                    ask.model.as_str(),
                ),
                Wish::set("json5", KeyPath::keys(["providers", "switchyard"]), entry("switchyard")),
                Wish::set("jsonc", list.clone(), entry("switchyard")),
                Wish::set("toml", KeyPath::keys(["gateway", "url"]), ask.address.root()),
                Wish::set("toml", KeyPath::keys(["gateway", "token"]), ask.key.clone()),
                Wish::set("yaml", KeyPath::keys(["model", "default"]), ask.model.as_str()),
                Wish::set("yaml", list, entry("switchyard")),
                Wish::set("env", KeyPath::keys(["BASE_URL"]), ask.address.root()),
                Wish::set("env", KeyPath::keys(["MANY_API_KEY"]), ask.key.clone()),
                Wish::remove("env", KeyPath::keys(["OTHER_API_KEY"])),
            ]
        },
        address: |docs| docs.text("env", &KeyPath::keys(["BASE_URL"])),
        conflicts: |_, _| Vec::new(),
        check: &[],
        notes: &[],
    }),
};

/// A second tool that writes into a file of Claude Code.
pub(crate) const GUEST: Tool = Tool {
    id: "guest",
    name: "Guest",
    binaries: &[],
    marks: |places| vec![places.home(&[".claude"])],
    way: Way::Writer(Writer {
        slots: &[],
        files: |look| {
            let path = look.places.home(&[".claude", "settings.json"]);
            vec![ConfigFile::new("settings", path, Format::Json)]
        },
        wishes: |ask, _| {
            vec![Wish::set("settings", KeyPath::keys(["guest", "model"]), ask.model.as_str())]
        },
        address: |_| None,
        conflicts: |_, _| Vec::new(),
        check: &[],
        notes: &[],
    }),
};

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

    pub(crate) fn write(&self, file: &str, content: impl AsRef<[u8]>) {
        let path = self.home(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    pub(crate) fn read(&self, file: &str) -> Option<String> {
        std::fs::read(self.home(file)).ok().map(|bytes| String::from_utf8(bytes).unwrap())
    }

    pub(crate) fn places(&self) -> Places {
        places(self.folder.path())
    }

    pub(crate) fn toolkit(&self) -> Toolkit {
        toolkit(self.places(), Box::new(RealDisk))
    }

    pub(crate) fn apply(&self, tool: &str) {
        self.apply_model(tool, "auto");
    }

    pub(crate) fn apply_model(&self, tool: &str, model: &str) {
        let toolkit = self.toolkit();
        toolkit.apply(&toolkit.plan(tool, &ask(model)).unwrap()).unwrap();
    }
}

pub(crate) fn places(folder: &Path) -> Places {
    Places {
        home: folder.join("home"),
        data: folder.join("data"),
        os: Os::Linux,
        env: BTreeMap::new(),
        projects: Vec::new(),
    }
}

pub(crate) fn toolkit(places: Places, disk: Box<dyn Disk>) -> Toolkit {
    let mut tools = switchyard_toolkit::tools::all();
    tools.extend([MANY, GUEST]);
    Toolkit::with(places, Box::new(KeySeal::new([7; 32])), || NOW, tools, disk)
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
