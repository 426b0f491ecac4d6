//! Where a vendor's client secret is found. None is in this program: it is read from the user's own
//! installation of the vendor's client, or given in the environment.

use std::fs;
use std::path::{Path, PathBuf};

use switchyard_catalog::{SignIn, Vendor};
use switchyard_types::Secret;

use super::LoginError;

/// Where to look.
#[derive(Clone, Debug, Default)]
pub struct SecretPlaces {
    /// What the environment says, by name.
    pub environment: Vec<(String, Secret)>,
    /// Folders below which programs are installed (`…/lib/node_modules`).
    pub folders: Vec<PathBuf>,
}

/// Files larger than this are no source of a program.
const LARGEST: u64 = 32 * 1024 * 1024;

/// How many files are read at most.
const MOST_FILES: usize = 4_000;

/// The secret of the client; `None` where the vendor wants none.
pub fn client_secret(
    vendor: &Vendor,
    way: &SignIn,
    places: &SecretPlaces,
) -> Result<Option<Secret>, LoginError> {
    let Some(wanted) = &way.client_secret else { return Ok(None) };
    let given = places.environment.iter().find(|(name, _)| *name == wanted.env);
    if let Some((_, secret)) = given {
        return Ok(Some(secret.clone()));
    }
    if let (Some(begins), Some(id)) = (&wanted.begins, &way.client_id) {
        let found = places
            .folders
            .iter()
            .flat_map(|folder| wanted.installed.iter().map(move |program| folder.join(program)));
        for program in found.filter(|path| path.exists()) {
            if let Some(secret) = search(&program, id, begins) {
                return Ok(Some(secret));
            }
        }
    }
    Err(LoginError::NoClientSecret {
        vendor: vendor.name.clone(),
        env: wanted.env.clone(),
        program: wanted.installed.first().cloned(),
    })
}

/// Looks for the secret in a program's files: in one that also names the client, quoted.
fn search(program: &Path, client_id: &str, begins: &str) -> Option<Secret> {
    let mut waiting = vec![program.to_owned()];
    let mut left = MOST_FILES;
    while let Some(path) = waiting.pop() {
        let about = fs::symlink_metadata(&path).ok()?;
        if about.is_dir() {
            let entries = fs::read_dir(&path).ok()?;
            waiting.extend(entries.flatten().map(|entry| entry.path()));
            continue;
        }
        let source = path
            .extension()
            .and_then(|extension| extension.to_str())
            .is_some_and(|extension| ["js", "mjs", "cjs"].contains(&extension));
        if !source || !about.is_file() || about.len() > LARGEST {
            continue;
        }
        left = left.checked_sub(1)?;
        if let Ok(text) = fs::read_to_string(&path)
            && text.contains(client_id)
            && let Some(secret) = quoted(&text, begins)
        {
            return Some(secret);
        }
    }
    None
}

/// The first quoted text that begins so.
fn quoted(text: &str, begins: &str) -> Option<Secret> {
    ['"', '\'', '`'].iter().find_map(|quote| {
        let (_, rest) = text.split_once(&format!("{quote}{begins}"))?;
        let (end, _) = rest.split_once(*quote)?;
        let plain = end.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        (plain && !end.is_empty()).then(|| Secret::new(format!("{begins}{end}")))
    })
}
