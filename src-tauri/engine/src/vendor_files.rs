//! The user's own vendor files: `vendors/*.toml` in the data folder add vendors, or take the place of those
//! that come with the program.

use std::path::Path;

use switchyard_catalog::Catalog;

/// No vendor's file is longer, in bytes.
const LONGEST: u64 = 1024 * 1024;

/// The catalog with every file that can be used. One that cannot is named in the log and left out: its
/// vendor is then unknown, and nothing is sent anywhere in its stead.
pub(crate) async fn read(data_dir: &Path, mut catalog: Catalog) -> Catalog {
    for (name, text) in texts(&data_dir.join("vendors")).await {
        match catalog.clone().with_file(&name, &text) {
            Ok(changed) => catalog = changed,
            Err(error) => tracing::error!("a vendor file is left out: {error}"),
        }
    }
    catalog
}

/// Names and texts, in the order of their names.
async fn texts(folder: &Path) -> Vec<(String, String)> {
    // Most users have no such folder.
    let Ok(mut entries) = tokio::fs::read_dir(folder).await else { return Vec::new() };
    let mut texts = Vec::new();
    while let Ok(Some(entry)) = entries.next_entry().await {
        let Ok(name) = entry.file_name().into_string() else { continue };
        if Path::new(&name).extension().is_none_or(|ending| ending != "toml") {
            continue;
        }
        let size = tokio::fs::metadata(entry.path()).await.map_or(0, |about| about.len());
        if size > LONGEST {
            tracing::error!("the vendor file {name} is left out: it is larger than 1 MB");
            continue;
        }
        match tokio::fs::read_to_string(entry.path()).await {
            Ok(text) => texts.push((name, text)),
            Err(error) => tracing::error!("the vendor file {name} is left out: {error}"),
        }
    }
    texts.sort();
    texts
}
