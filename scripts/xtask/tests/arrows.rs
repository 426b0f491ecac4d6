//! Which crate may use which: arrows run downward only, and the pure crates stay pure.
#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package, PackageId};

/// Every crate of the workspace, its floor, and what it may use of the workspace. A crate may use only
/// what stands here, and a test checks that what stands here runs downward.
const HOUSE: [Room; 17] = [
    Room { name: "switchyard-types", floor: 0, uses: &[] },
    Room { name: "switchyard-locale", floor: 0, uses: &[] },
    Room { name: "switchyard-dialect", floor: 1, uses: &["switchyard-types"] },
    Room { name: "switchyard-routing", floor: 1, uses: &["switchyard-types"] },
    Room { name: "switchyard-catalog", floor: 1, uses: &["switchyard-types"] },
    Room { name: "switchyard-upstream", floor: 2, uses: BELOW_UPSTREAM },
    Room { name: "switchyard-store", floor: 2, uses: BELOW_UPSTREAM },
    Room { name: "switchyard-toolkit", floor: 2, uses: BELOW_UPSTREAM },
    Room { name: "switchyard-sync", floor: 2, uses: BELOW_UPSTREAM },
    Room { name: "switchyard-engine", floor: 3, uses: BELOW_ENGINE },
    Room { name: "switchyard-gateway", floor: 4, uses: BELOW_GATEWAY },
    Room { name: "switchyard-cli", floor: 5, uses: BELOW_FACES_AND_SIMULATOR },
    Room { name: "switchyard-desktop", floor: 5, uses: BELOW_FACES },
    Room { name: "switchyard-ui", floor: 5, uses: &["switchyard-types", "switchyard-locale"] },
    Room { name: "switchyard-simulator", floor: 0, uses: &[] },
    Room { name: "switchyard-bench", floor: 0, uses: &[] },
    Room { name: "xtask", floor: 1, uses: &["switchyard-locale"] },
];

const BELOW_UPSTREAM: &[&str] =
    &["switchyard-types", "switchyard-dialect", "switchyard-routing", "switchyard-catalog"];
const BELOW_ENGINE: &[&str] = &[
    "switchyard-types",
    "switchyard-locale",
    "switchyard-dialect",
    "switchyard-routing",
    "switchyard-catalog",
    "switchyard-upstream",
    "switchyard-store",
    "switchyard-toolkit",
    "switchyard-sync",
];
/// The gateway reaches vendors, data and tools through the engine alone.
const BELOW_GATEWAY: &[&str] = &["switchyard-types", "switchyard-dialect", "switchyard-engine"];
const BELOW_FACES: &[&str] =
    &["switchyard-types", "switchyard-locale", "switchyard-engine", "switchyard-gateway"];
/// The command line also runs the demo, against the simulated vendor, and asks the running server.
const BELOW_FACES_AND_SIMULATOR: &[&str] = &[
    "switchyard-types",
    "switchyard-upstream",
    "switchyard-engine",
    "switchyard-gateway",
    "switchyard-simulator",
];

/// May be used by any crate's tests.
const FOR_TESTS: [&str; 1] = ["switchyard-simulator"];

/// The pure crates and all that they may use directly from outside the workspace: nothing here reads a
/// file, a clock or a socket, spawns, logs or draws random numbers.
const PURE: [(&str, &[&str]); 5] = [
    ("switchyard-types", &["serde"]),
    ("switchyard-locale", &[]),
    (
        "switchyard-dialect",
        &[
            "serde",
            "serde_json",
            "thiserror",
            "bytes",
            "memchr",
            "wide",
            "base64",
            "httpdate",
            "time",
            "aws-smithy-eventstream",
            "aws-smithy-types",
        ],
    ),
    ("switchyard-routing", &["serde", "serde_json", "thiserror", "httpdate", "time"]),
    ("switchyard-catalog", &["serde", "toml", "thiserror", "url"]),
];

/// What the pure crates may not use by any detour either.
const IMPURE: [&str; 14] = [
    "tokio",
    "async-std",
    "smol",
    "mio",
    "hyper",
    "reqwest",
    "sqlx",
    "sqlx-core",
    "rusqlite",
    "rustls",
    "tracing",
    "log",
    "rand",
    "getrandom",
];

/// What no program without a window may link.
const OF_WINDOWS: [&str; 10] = [
    "tauri",
    "tauri-runtime",
    "wry",
    "tao",
    "gtk",
    "gdk",
    "glib",
    "glib-sys",
    "webkit2gtk",
    "libappindicator",
];

struct Room {
    name: &'static str,
    floor: u8,
    uses: &'static [&'static str],
}

#[test]
fn every_crate_of_the_workspace_stands_in_the_house() {
    let metadata = metadata();
    let found: BTreeSet<&str> = members(&metadata).map(|member| member.name.as_str()).collect();
    let known: BTreeSet<&str> = HOUSE.iter().map(|room| room.name).collect();
    assert_eq!(found, known, "the table `HOUSE` and the workspace disagree");
}

#[test]
fn the_house_lets_nobody_use_their_own_floor_or_above() {
    let floors: BTreeMap<&str, u8> = HOUSE.iter().map(|room| (room.name, room.floor)).collect();
    for room in &HOUSE {
        for used in room.uses {
            assert!(
                floors[used] < room.floor,
                "{} (floor {}) may not use {used}",
                room.name,
                room.floor
            );
        }
    }
}

#[test]
fn crates_use_only_what_the_house_lets_them() {
    let metadata = metadata();
    let members: Vec<&Package> = members(&metadata).collect();
    let names: BTreeSet<&str> = members.iter().map(|member| member.name.as_str()).collect();
    let mut forbidden = Vec::new();
    for member in &members {
        let Some(room) = HOUSE.iter().find(|room| room.name == member.name.as_str()) else {
            continue;
        };
        for dependency in
            member.dependencies.iter().filter(|used| names.contains(used.name.as_str()))
        {
            let name = dependency.name.as_str();
            let in_tests_only = dependency.kind == DependencyKind::Development;
            let allowed = room.uses.contains(&name) || in_tests_only && FOR_TESTS.contains(&name);
            if !allowed {
                forbidden.push(format!("{} → {name}", room.name));
            }
        }
    }
    assert!(forbidden.is_empty(), "forbidden arrows: {forbidden:#?}");
}

#[test]
fn pure_crates_use_only_pure_crates() {
    let metadata = metadata();
    let mut forbidden = Vec::new();
    for (name, allowed) in PURE {
        let outside = package(&metadata, name).dependencies.iter().filter(|used| {
            used.kind != DependencyKind::Development && !used.name.starts_with("switchyard-")
        });
        forbidden.extend(
            outside
                .filter(|used| !allowed.contains(&used.name.as_str()))
                .map(|used| format!("{name} → {}", used.name)),
        );
        let detours = links(&metadata, name);
        forbidden.extend(
            IMPURE
                .iter()
                .filter(|impure| detours.contains(**impure))
                .map(|impure| format!("{name} ⇢ {impure}")),
        );
    }
    assert!(forbidden.is_empty(), "a pure crate does no IO: {forbidden:#?}");
}

#[test]
fn programs_without_a_window_link_no_window_system() {
    let metadata = metadata();
    for name in ["switchyard-cli", "switchyard-ui", "switchyard-gateway", "switchyard-simulator"] {
        let linked = links(&metadata, name);
        let windows: Vec<_> =
            OF_WINDOWS.iter().filter(|window| linked.contains(**window)).collect();
        assert!(windows.is_empty(), "{name} links {windows:?}");
    }
}

#[test]
fn the_dashboard_is_bound_by_the_version_it_was_compiled_with() {
    let metadata = metadata();
    let version = |name: &str| -> BTreeSet<String> {
        let found = metadata.packages.iter().filter(|package| package.name.as_str() == name);
        found.map(|package| package.version.to_string()).collect()
    };
    assert_eq!(version("wasm-bindgen"), version("wasm-bindgen-cli-support"));
}

fn metadata() -> Metadata {
    MetadataCommand::new()
        .manifest_path(concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.toml"))
        .other_options(["--locked".to_owned()])
        .exec()
        .unwrap()
}

fn members(metadata: &Metadata) -> impl Iterator<Item = &Package> {
    metadata.packages.iter().filter(|package| metadata.workspace_members.contains(&package.id))
}

fn package<'m>(metadata: &'m Metadata, name: &str) -> &'m Package {
    members(metadata).find(|package| package.name.as_str() == name).unwrap()
}

/// Every package that ends up in the program or library itself: no tests, no build scripts.
fn links(metadata: &Metadata, name: &str) -> BTreeSet<String> {
    let nodes: BTreeMap<&PackageId, _> =
        metadata.resolve.as_ref().unwrap().nodes.iter().map(|node| (&node.id, node)).collect();
    let names: BTreeMap<&PackageId, &str> =
        metadata.packages.iter().map(|package| (&package.id, package.name.as_str())).collect();
    let mut waiting = vec![&package(metadata, name).id];
    let mut seen = BTreeSet::new();
    while let Some(id) = waiting.pop() {
        if !seen.insert(id) {
            continue;
        }
        waiting.extend(
            nodes[id]
                .deps
                .iter()
                .filter(|used| {
                    used.dep_kinds.iter().any(|kind| kind.kind == DependencyKind::Normal)
                })
                .map(|used| &used.pkg),
        );
    }
    seen.into_iter().map(|id| names[id].to_owned()).collect()
}
