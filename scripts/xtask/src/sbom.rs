//! The list of all that is linked in, as `CycloneDX` 1.5: names, versions, licences and checksums.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::Path;

use anyhow::Context;
use cargo_metadata::{CargoOpt, DependencyKind, MetadataCommand, PackageId};
use serde::Deserialize;
use serde_json::{Value, json};

/// What is shipped; what only its tests and build steps use is not in it.
const SHIPPED: [&str; 3] = ["switchyard-cli", "switchyard-desktop", "switchyard-ui"];

#[derive(Deserialize)]
struct Lock {
    package: Vec<Locked>,
}

#[derive(Deserialize)]
struct Locked {
    name: String,
    version: String,
    checksum: Option<String>,
}

/// Writes the list to a file.
pub(crate) fn write(root: &Path, out: &Path) -> anyhow::Result<()> {
    let metadata = MetadataCommand::new()
        .manifest_path(root.join("Cargo.toml"))
        .features(CargoOpt::AllFeatures)
        .other_options(vec!["--locked".to_owned()])
        .exec()
        .context("asking cargo what is used")?;
    let lock = fs::read_to_string(root.join("Cargo.lock")).context("reading Cargo.lock")?;
    let lock: Lock = toml::from_str(&lock).context("reading Cargo.lock")?;
    let checksums: BTreeMap<_, _> = lock
        .package
        .into_iter()
        .filter_map(|locked| Some(((locked.name, locked.version), locked.checksum?)))
        .collect();
    let graph = metadata.resolve.as_ref().context("cargo resolved nothing")?;
    let linked: BTreeMap<&PackageId, Vec<&PackageId>> = graph
        .nodes
        .iter()
        .map(|node| {
            let linked = node.deps.iter().filter(|dependency| {
                dependency.dep_kinds.iter().any(|kind| kind.kind != DependencyKind::Development)
            });
            (&node.id, linked.map(|dependency| &dependency.pkg).collect())
        })
        .collect();
    let shipped =
        metadata.packages.iter().filter(|package| SHIPPED.contains(&package.name.as_str()));
    let mut waiting: Vec<_> = shipped.map(|package| &package.id).collect();
    let mut reached = HashSet::new();
    while let Some(id) = waiting.pop() {
        if reached.insert(id) {
            waiting.extend(linked.get(id).into_iter().flatten());
        }
    }
    let mut packages: Vec<_> =
        metadata.packages.iter().filter(|package| reached.contains(&package.id)).collect();
    packages.sort_by(|one, other| (&one.name, &one.version).cmp(&(&other.name, &other.version)));
    let url = |name: &str, version: &str| format!("pkg:cargo/{name}@{version}");
    let components: Vec<Value> = packages
        .iter()
        .map(|package| {
            let (name, version) = (package.name.to_string(), package.version.to_string());
            let mut component = json!({
                "type": "library",
                "bom-ref": url(&name, &version),
                "purl": url(&name, &version),
                "name": name,
                "version": version,
            });
            if let Some(license) = &package.license {
                component["licenses"] = json!([{ "expression": license.replace('/', " OR ") }]);
            }
            if let Some(sum) = checksums.get(&(name, version)) {
                component["hashes"] = json!([{ "alg": "SHA-256", "content": sum }]);
            }
            component
        })
        .collect();
    let count = components.len();
    let list = json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": { "component": {
            "type": "application",
            "name": "switchyard",
            "version": env!("CARGO_PKG_VERSION"),
        } },
        "components": components,
    });
    fs::write(out, serde_json::to_vec_pretty(&list)?)
        .with_context(|| format!("writing {}", out.display()))?;
    println!("{count} components in {}", out.display());
    Ok(())
}
