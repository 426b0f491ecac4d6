//! The user's own vendor files: `vendors/*.toml` in the data folder add vendors, take the place of those that
//! come with the program, or change some models of one.

use std::path::Path;

use switchyard_catalog::{Catalog, CatalogError};
use switchyard_types::{NewVendor, VendorProblem};

/// No vendor's file is longer, in bytes.
const LONGEST: u64 = 1024 * 1024;

/// The catalog with every file that can be used, and what is wrong with those that cannot. One that cannot is
/// left out: its vendor is then unknown, and nothing is sent anywhere in its stead.
pub(crate) async fn read(data_dir: &Path, mut catalog: Catalog) -> (Catalog, Vec<VendorProblem>) {
    let (texts, mut problems) = texts(&data_dir.join("vendors")).await;
    let (changes, vendors): (Vec<_>, Vec<_>) =
        texts.into_iter().partition(|(_, text)| Catalog::is_change(text));
    for (name, text) in vendors {
        match catalog.clone().with_file(&name, &text) {
            Ok(changed) => catalog = changed,
            Err(error) => problems.push(error.in_file(&name, &text)),
        }
    }
    for (name, text) in changes {
        match catalog.clone().with_change(&name, &text) {
            Ok(changed) => catalog = changed,
            Err(error) => problems.push(error.in_file(&name, &text)),
        }
    }
    problems.sort_by(|a, b| a.file.cmp(&b.file));
    for VendorProblem { file, line, reason } in &problems {
        tracing::error!("the vendor file {file} is left out, line {line}: {reason}");
    }
    (catalog, problems)
}

/// The catalog with an endpoint that the user added. Where a vendor of that name has come since, the name stays
/// the user's.
pub(crate) fn with_custom(
    catalog: Catalog,
    id: &str,
    vendor: &NewVendor,
) -> Result<Catalog, CatalogError> {
    match catalog.clone().with_custom(id, vendor) {
        Err(CatalogError::Taken { holder, .. }) => {
            tracing::warn!(
                "{id} is your own endpoint; the vendor {holder} of that name is left out"
            );
            catalog.without(&holder)?.with_custom(id, vendor)
        }
        made => made,
    }
}

/// Names and texts, in the order of their names, and the files that cannot be read.
async fn texts(folder: &Path) -> (Vec<(String, String)>, Vec<VendorProblem>) {
    // Most users have no such folder.
    let Ok(mut entries) = tokio::fs::read_dir(folder).await else { return <_>::default() };
    let (mut texts, mut unread) = (Vec::new(), Vec::new());
    while let Ok(Some(entry)) = entries.next_entry().await {
        let Ok(name) = entry.file_name().into_string() else { continue };
        if Path::new(&name).extension().is_none_or(|ending| ending != "toml") {
            continue;
        }
        let size = tokio::fs::metadata(entry.path()).await.map_or(0, |about| about.len());
        if size > LONGEST {
            let reason = "it is larger than 1 MB".to_owned();
            unread.push(VendorProblem { file: name, line: 1, reason });
            continue;
        }
        match tokio::fs::read_to_string(entry.path()).await {
            Ok(text) => texts.push((name, text)),
            Err(error) => {
                unread.push(VendorProblem { file: name, line: 1, reason: error.to_string() });
            }
        }
    }
    texts.sort();
    (texts, unread)
}
