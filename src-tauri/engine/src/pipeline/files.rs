//! Files that a request names by address, for vendors that take bytes only: fetched together, and kept for
//! a while, since an agent sends its whole conversation with every turn.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::future::join_all;
use switchyard_dialect::FetchedFile;
use switchyard_upstream::{Pool, Reach};

/// How many files one request may have fetched; vendors take no more images than that in one request.
const MOST: usize = 20;

/// How much is kept, in bytes of base64.
const KEPT: usize = 32 * 1024 * 1024;

/// How long it is kept, in milliseconds: what stands at an address may change.
const LASTS: i64 = 10 * 60 * 1000;

/// What became of each address.
pub(crate) type Files = HashMap<String, Result<FetchedFile, String>>;

/// The files that were fetched lately, oldest first.
#[derive(Debug, Default)]
pub(crate) struct FileShelf(Mutex<VecDeque<Kept>>);

#[derive(Debug)]
struct Kept {
    address: String,
    file: FetchedFile,
    at: i64,
}

impl FileShelf {
    /// The files at these addresses; those that cannot be had say why.
    pub(crate) async fn fetch(
        &self,
        pool: &Pool,
        reach: Reach,
        addresses: Vec<String>,
        now: i64,
    ) -> Files {
        let fetched = addresses.into_iter().enumerate().map(async |(index, address)| {
            if index >= MOST {
                let reason = format!("a request may name at most {MOST} files");
                return (address, Err(reason));
            }
            if let Some(file) = self.kept(&address, now) {
                return (address, Ok(file));
            }
            let fetched = pool.fetch(&address, reach).await.map_err(|error| error.to_string());
            let file = fetched.map(|file| FetchedFile {
                media_type: file.media_type.to_owned(),
                base64: STANDARD.encode(&file.bytes),
            });
            if let Ok(file) = &file {
                self.keep(Kept { address: address.clone(), file: file.clone(), at: now });
            }
            (address, file)
        });
        join_all(fetched).await.into_iter().collect()
    }

    fn kept(&self, address: &str, now: i64) -> Option<FetchedFile> {
        let mut shelf = self.shelf();
        shelf.retain(|kept| now.saturating_sub(kept.at) < LASTS);
        shelf.iter().find(|kept| kept.address == address).map(|kept| kept.file.clone())
    }

    fn keep(&self, kept: Kept) {
        let mut shelf = self.shelf();
        shelf.retain(|other| other.address != kept.address);
        shelf.push_back(kept);
        while shelf.iter().map(|kept| kept.file.base64.len()).sum::<usize>() > KEPT {
            shelf.pop_front();
        }
    }

    fn shelf(&self) -> std::sync::MutexGuard<'_, VecDeque<Kept>> {
        // Whoever panicked holding it left each entry whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(address: &str, size: usize, at: i64) -> Kept {
        let file = FetchedFile { media_type: "image/png".to_owned(), base64: "a".repeat(size) };
        Kept { address: address.to_owned(), file, at }
    }

    #[test]
    fn a_file_is_kept_for_a_while_and_then_fetched_anew() {
        let shelf = FileShelf::default();
        shelf.keep(kept("https://h.example/a", 10, 1_000));
        assert!(shelf.kept("https://h.example/a", 2_000).is_some());
        assert!(shelf.kept("https://h.example/b", 2_000).is_none());
        assert!(shelf.kept("https://h.example/a", 1_000 + LASTS).is_none());
    }

    #[test]
    fn what_is_oldest_makes_room() {
        let shelf = FileShelf::default();
        for (at, address) in ["a", "b", "c"].into_iter().enumerate() {
            shelf.keep(kept(address, KEPT / 2, i64::try_from(at).unwrap()));
        }
        assert!(shelf.kept("a", 3).is_none());
        assert!(shelf.kept("b", 3).is_some() && shelf.kept("c", 3).is_some());
    }
}
