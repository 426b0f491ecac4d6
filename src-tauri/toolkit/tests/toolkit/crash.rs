//! Whatever breaks off, and whoever writes at the same time: old or new, never half, nothing lost.
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::time::Duration;

use switchyard_toolkit::ToolkitError;
use switchyard_toolkit::edit::{Document, Format};
use switchyard_toolkit::file::{Disk, FileError, Meta, RealDisk};

use crate::world::{CLAUDE, CODEX, World, ask, files_below, places, toolkit};

/// A disk on which the process dies at its nth step that changes anything: that step is cut half-way,
/// and none after it happens.
struct DyingDisk {
    steps: Arc<AtomicUsize>,
    dies_at: usize,
    /// A file whose replacement the system refuses, as Windows does over a WSL share.
    refuses: Option<&'static str>,
}

impl DyingDisk {
    fn living() -> Self {
        Self { steps: Arc::default(), dies_at: usize::MAX, refuses: None }
    }

    fn step(&self, half: impl FnOnce()) -> io::Result<()> {
        let step = self.steps.fetch_add(1, Ordering::SeqCst);
        if step == self.dies_at {
            half();
        }
        if step >= self.dies_at { Err(io::Error::other("the process died")) } else { Ok(()) }
    }

    fn whole(&self) -> io::Result<()> {
        self.step(|| {})
    }
}

impl Disk for DyingDisk {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        RealDisk.read(path)
    }
    fn look(&self, path: &Path) -> io::Result<Option<Meta>> {
        RealDisk.look(path)
    }
    fn read_link(&self, path: &Path) -> io::Result<PathBuf> {
        RealDisk.read_link(path)
    }
    fn list(&self, folder: &Path) -> io::Result<Vec<OsString>> {
        RealDisk.list(folder)
    }
    fn make_folder(&self, path: &Path) -> io::Result<()> {
        self.whole()?;
        RealDisk.make_folder(path)
    }
    fn create(&self, path: &Path) -> io::Result<()> {
        self.whole()?;
        RealDisk.create(path)
    }
    fn fill(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        self.step(|| RealDisk.fill(path, &bytes[..bytes.len() / 2]).unwrap())?;
        RealDisk.fill(path, bytes)
    }
    fn adopt(&self, path: &Path, mode: Option<u32>, owner: Option<(u32, u32)>) -> io::Result<()> {
        self.whole()?;
        RealDisk.adopt(path, mode, owner)
    }
    // A process that dies takes no page cache with it: the steps count, the waiting is spared.
    fn sync(&self, _: &Path) -> io::Result<()> {
        self.whole()
    }
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.whole()?;
        if self.refuses.is_some_and(|name| to.ends_with(name)) {
            return Err(io::Error::from_raw_os_error(50));
        }
        RealDisk.rename(from, to)
    }
    fn sync_folder(&self, _: &Path) -> io::Result<()> {
        self.whole()
    }
    fn remove(&self, path: &Path) -> io::Result<()> {
        self.whole()?;
        RealDisk.remove(path)
    }
    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        self.whole()?;
        RealDisk.remove_folder(path)
    }
}

/// The same without a death.
fn living(world: &World) -> switchyard_toolkit::Toolkit {
    toolkit(world.places(), Box::new(DyingDisk::living()))
}

fn apply(world: &World, model: &str) {
    let toolkit = living(world);
    toolkit.apply(&toolkit.plan("many", &ask(model)).unwrap()).unwrap();
}

const FILES: [(&str, &str); 5] = [
    (".many/main.json", include_str!("../data/many/main.json5")),
    (".many/more.jsonc", include_str!("../data/many/more.jsonc")),
    (".many/old.toml", include_str!("../data/many/old.toml")),
    (".many/.env", include_str!("../data/many/env")),
    // The fifth, the YAML file, is made.
    (".many/notes.txt", "nothing of the tool's"),
];

fn before() -> World {
    let world = World::new();
    for (file, text) in FILES {
        world.write(file, text);
    }
    world
}

/// The files of the home folder but for what a dead writer left, which the next one sweeps up.
fn home(world: &World) -> Vec<(PathBuf, Vec<u8>)> {
    let home = world.home("");
    let files = files_below(&home).into_iter();
    let files = files.filter(|(path, _)| path.extension().is_none_or(|end| end != "switchyard"));
    files.map(|(path, bytes)| (path.strip_prefix(&home).unwrap().to_owned(), bytes)).collect()
}

/// Runs `act` once whole, then dying at each of its steps, and looks at what is there then.
fn dying_at_each_step(
    start: impl Fn() -> World,
    act: fn(&switchyard_toolkit::Toolkit) -> Result<(), ToolkitError>,
    check: impl Fn(&World, usize),
) {
    let steps = Arc::new(AtomicUsize::new(0));
    let on = |world: &World, dies_at| {
        steps.store(0, Ordering::SeqCst);
        let disk = DyingDisk { steps: Arc::clone(&steps), dies_at, refuses: None };
        act(&toolkit(world.places(), Box::new(disk)))
    };
    on(&start(), usize::MAX).unwrap();
    let count = steps.load(Ordering::SeqCst);
    assert!(count > 20, "{count} steps");
    for dies_at in 0..count {
        let world = start();
        let _ = on(&world, dies_at);
        check(&world, dies_at);
    }
}

fn old_or_new(world: &World, step: usize, states: &[Vec<(PathBuf, Vec<u8>)>]) {
    for (path, bytes) in home(world) {
        let known = states.iter().flatten().any(|state| *state == (path.clone(), bytes.clone()));
        assert!(known, "step {step}: {} is half", path.display());
    }
}

#[test]
fn a_death_at_any_step_of_a_first_apply_leaves_old_or_new_and_a_way_back() {
    let was = home(&before());
    let done = before();
    apply(&done, "auto");
    let states = [was.clone(), home(&done)];
    let act =
        |toolkit: &switchyard_toolkit::Toolkit| toolkit.apply(&toolkit.plan("many", &ask("auto"))?);
    dying_at_each_step(before, act, |world, step| {
        old_or_new(world, step, &states);
        match living(world).revert("many") {
            Ok(plan) => assert!(plan.left.is_empty(), "step {step}: {:?}", plan.left),
            Err(ToolkitError::NothingToRevert { .. }) => {}
            Err(error) => panic!("step {step}: {error}"),
        }
        assert_eq!(home(world), was, "step {step}");
        apply(world, "auto");
        assert_eq!(home(world), states[1], "step {step}");
        let leftovers = files_below(world.folder.path()).into_iter();
        let leftovers =
            leftovers.filter(|(path, _)| path.to_string_lossy().ends_with(".switchyard"));
        assert_eq!(leftovers.count(), 0, "step {step}: leftovers are swept up");
    });
}

#[test]
fn a_death_at_any_step_of_a_second_apply_still_knows_what_the_user_had() {
    let was = home(&before());
    let first = || {
        let world = before();
        apply(&world, "first");
        world
    };
    let done = before();
    apply(&done, "auto");
    let states = [home(&first()), home(&done)];
    let act =
        |toolkit: &switchyard_toolkit::Toolkit| toolkit.apply(&toolkit.plan("many", &ask("auto"))?);
    dying_at_each_step(first, act, |world, step| {
        old_or_new(world, step, &states);
        let plan = living(world).revert("many").unwrap();
        assert!(plan.left.is_empty(), "step {step}: {:?}", plan.left);
        assert_eq!(home(world), was, "step {step}");
    });
}

#[test]
fn a_death_at_any_step_of_a_revert_is_finished_by_the_next() {
    let was = home(&before());
    let applied = || {
        let world = before();
        apply(&world, "auto");
        world
    };
    let states = [was.clone(), home(&applied())];
    let act = |toolkit: &switchyard_toolkit::Toolkit| toolkit.revert("many").map(drop);
    dying_at_each_step(applied, act, |world, step| {
        old_or_new(world, step, &states);
        match living(world).revert("many") {
            Ok(plan) => assert!(plan.left.is_empty(), "step {step}: {:?}", plan.left),
            Err(ToolkitError::NothingToRevert { .. }) => {}
            Err(error) => panic!("step {step}: {error}"),
        }
        assert_eq!(home(world), was, "step {step}");
    });
}

#[test]
fn way_16_a_file_whose_replacement_is_refused_stays_and_takes_the_others_back_with_it() {
    let world = before();
    let was = home(&world);
    let toolkit = toolkit(
        world.places(),
        Box::new(DyingDisk { refuses: Some(".env"), ..DyingDisk::living() }),
    );
    let error = toolkit.apply(&toolkit.plan("many", &ask("auto")).unwrap()).unwrap_err();
    assert!(error.to_string().contains("could not replace"), "{error}");
    assert_eq!(home(&world), was);
    assert!(matches!(
        world.toolkit().plan_revert("many"),
        Err(ToolkitError::NothingToRevert { .. })
    ));
}

#[test]
fn a_plan_is_not_applied_to_a_file_that_changed_since() {
    let world = World::with(CLAUDE, "{}\n");
    let toolkit = world.toolkit();
    let plan = toolkit.plan("claude-code", &ask("auto")).unwrap();
    world.write(CLAUDE, "{\"mine\": 1}\n");
    let error = toolkit.apply(&plan).unwrap_err();
    assert!(matches!(error, ToolkitError::File(FileError::Changed { .. })), "{error}");
    assert_eq!(world.read(CLAUDE).unwrap(), "{\"mine\": 1}\n");
}

/// Plans and applies until no other writer came between.
fn insist(folder: &Path, tool: &str, model: &str) {
    let toolkit = toolkit(places(folder), Box::new(RealDisk));
    loop {
        match toolkit.apply(&toolkit.plan(tool, &ask(model)).unwrap()) {
            Ok(()) => return,
            Err(ToolkitError::File(FileError::Changed { .. })) => {}
            Err(error) => panic!("{error}"),
        }
    }
}

#[test]
fn way_14_writers_at_once_lose_nothing() {
    let before = include_str!("../data/claude/hooks.json");
    let world = World::with(CLAUDE, before);
    let barrier = Barrier::new(4);
    std::thread::scope(|scope| {
        for writer in 0..4 {
            let (folder, barrier) = (world.folder.path(), &barrier);
            scope.spawn(move || {
                barrier.wait();
                let tool = if writer % 2 == 0 { "claude-code" } else { "guest" };
                for round in 0..8 {
                    insist(folder, tool, &format!("model-{writer}-{round}"));
                }
            });
        }
    });
    let now = world.read(CLAUDE).unwrap();
    let document = Document::parse(now.as_bytes(), Format::Json).unwrap();
    let all = format!("{:?}", document.value());
    assert!(all.contains("ANTHROPIC_BASE_URL") && all.contains("guest"), "{all}");
    let toolkit = world.toolkit();
    for tool in ["guest", "claude-code"] {
        assert!(toolkit.revert(tool).unwrap().left.is_empty());
    }
    assert_eq!(world.read(CLAUDE).unwrap(), before);
}

#[test]
#[ignore = "the child of the test below, which kills it"]
fn the_child_that_is_killed() {
    let Ok(folder) = std::env::var("SWITCHYARD_TOOLKIT_KILL") else { return };
    for round in 0.. {
        insist(Path::new(&folder), "codex", if round % 2 == 0 { "even" } else { "odd" });
    }
}

#[cfg(unix)]
#[test]
fn a_process_killed_at_any_moment_leaves_old_or_new_and_a_way_back() {
    let before = include_str!("../data/codex/full.toml");
    let world = World::with(CODEX, before);
    let variants: Vec<String> = ["even", "odd"]
        .map(|model| {
            let world = World::with(CODEX, before);
            world.apply_model("codex", model);
            world.read(CODEX).unwrap()
        })
        .into();
    for round in 0..12u64 {
        let mut child = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact", "crash::the_child_that_is_killed"])
            .env("SWITCHYARD_TOOLKIT_KILL", world.folder.path())
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(60 + round * 7));
        child.kill().unwrap();
        child.wait().unwrap();
        let now = world.read(CODEX).unwrap();
        assert!(now == before || variants.contains(&now), "round {round}: {now}");
    }
    assert!(variants.contains(&world.read(CODEX).unwrap()), "the child did write");
    assert!(world.toolkit().revert("codex").unwrap().left.is_empty());
    assert_eq!(world.read(CODEX).unwrap(), before);
}
