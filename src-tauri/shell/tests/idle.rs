//! What the program costs while nobody looks at it and no agent asks: `scripts/idle`.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::Path;
use std::time::Duration;

use crate::desk::{Desktop, Shows};

/// What was begun by opening and closing the window is over by then.
const SETTLING: Duration = Duration::from_secs(40);
const MEASURED: Duration = Duration::from_mins(1);

/// The whole tree of processes may hold this much, in kilobytes.
const MOST_MEMORY: u64 = 80_000;
/// And all of its threads may wake so often in a minute.
const MOST_WAKES: u64 = 60;

#[test]
#[ignore = "takes two minutes and wants a quiet machine; scripts/idle runs it"]
fn at_rest_it_holds_little_and_hardly_wakes() {
    let settings = [("SWITCHYARD_WINDOW_KEPT", "0")];
    let home = tempfile::tempdir().unwrap();
    let desktop = Desktop::start_set(home, Shows::Everything, &settings);
    let tray = desktop.tray();
    tray.click_on("Open dashboard");
    let window = desktop.wait_for_window("Switchyard");
    desktop.close(window);
    desktop.wait_until_gone(window);
    std::thread::sleep(SETTLING);
    let tree = tree(desktop.id());
    let before = switches(&tree);
    std::thread::sleep(MEASURED);
    let mut wakes: Vec<_> = switches(&tree)
        .into_iter()
        .map(|(thread, after)| (after - before.get(&thread).copied().unwrap_or(0), thread))
        .filter(|(wakes, _)| *wakes > 0)
        .collect();
    wakes.sort_unstable_by(|a, b| b.cmp(a));
    let sum = |field: &str| tree.iter().map(|id| kilobytes(*id, field)).sum::<u64>();
    let (resident, share) = (sum("Rss:"), sum("Pss:"));
    let woken: u64 = wakes.iter().map(|(wakes, _)| wakes).sum();
    for id in &tree {
        let name = fs::read_to_string(format!("/proc/{id}/comm")).unwrap_or_default();
        println!("{:24} {:>8} KB of its own", name.trim(), kilobytes(*id, "Pss:"));
    }
    for (wakes, thread) in &wakes {
        println!("{:24} {wakes:>8} wake-ups", thread.name);
    }
    println!("{share} KB (PSS), {resident} KB (RSS); {woken} wake-ups in a minute");
    assert!(share < MOST_MEMORY, "{share} KB");
    assert!(woken < MOST_WAKES, "{woken} wake-ups a minute");
}

/// The process and all that it started, and what those started.
pub(crate) fn tree(root: u32) -> Vec<u32> {
    let mut children: HashMap<u32, Vec<u32>> = HashMap::new();
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        let Ok(id) = entry.file_name().to_string_lossy().parse() else { continue };
        let status = fs::read_to_string(entry.path().join("status")).unwrap_or_default();
        if let Some(parent) = field(&status, "PPid:") {
            children.entry(u32::try_from(parent).unwrap()).or_default().push(id);
        }
    }
    let mut found = vec![root];
    let mut next = 0;
    while next < found.len() {
        found.extend(children.remove(&found[next]).unwrap_or_default());
        next += 1;
    }
    found
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Thread {
    id: u32,
    name: String,
}

/// How often each thread has gone to sleep by itself.
fn switches(tree: &[u32]) -> HashMap<Thread, u64> {
    let mut found = HashMap::new();
    for id in tree.iter().copied().collect::<HashSet<_>>() {
        let Ok(tasks) = fs::read_dir(format!("/proc/{id}/task")) else { continue };
        for task in tasks.flatten() {
            let status = fs::read_to_string(task.path().join("status")).unwrap_or_default();
            let name = fs::read_to_string(task.path().join("comm")).unwrap_or_default();
            let Ok(id) = task.file_name().to_string_lossy().parse() else { continue };
            let Some(switches) = field(&status, "voluntary_ctxt_switches:") else { continue };
            found.insert(Thread { id, name: name.trim().to_owned() }, switches);
        }
    }
    found
}

fn kilobytes(id: u32, name: &str) -> u64 {
    let path = format!("/proc/{id}/smaps_rollup");
    let text = fs::read_to_string(Path::new(&path)).unwrap_or_default();
    field(&text, name).unwrap_or(0)
}

fn field(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}
