//! The log's files: in the data folder, without secrets, bounded in all. A tray app has no standard error that anybody
//! reads.

use std::borrow::Cow;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// The folder of the log, in the data folder.
const FOLDER: &str = "logs";

/// The file that is written; older ones have a number behind their name.
const NAME: &str = "switchyard.log";

/// Bytes of one file. A message is never cut in two, so a file may be shorter.
const LARGEST: u64 = 1024 * 1024;

/// Files that are kept besides the one that is written.
const KEPT: usize = 4;

/// The most of one message: whatever is longer tells nothing more.
const LONGEST: usize = 64 * 1024;

/// The files of one process.
#[derive(Debug)]
pub(crate) struct LogFiles {
    folder: PathBuf,
    largest: u64,
    /// None where the disk took nothing the last time.
    open: Mutex<Option<Open>>,
}

#[derive(Debug)]
struct Open {
    file: File,
    length: u64,
}

impl LogFiles {
    pub(crate) fn new(data_dir: &Path) -> Self {
        Self { folder: data_dir.join(FOLDER), largest: LARGEST, open: Mutex::default() }
    }

    /// Writes a message, which holds no secret any more. What the disk does not take is lost: a log stops nobody.
    pub(crate) fn write(&self, message: &str) {
        // The file holds no invariant that a panic elsewhere could have broken.
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let written = self.append(open.take(), &plain(message));
        *open = written.ok();
    }

    fn append(&self, open: Option<Open>, message: &str) -> io::Result<Open> {
        let bytes = message.as_bytes();
        let bytes = bytes.get(..LONGEST).unwrap_or(bytes);
        let more = bytes.len() as u64;
        let mut open = open.map_or_else(|| self.open(), Ok)?;
        if open.length > 0 && open.length + more > self.largest {
            drop(open);
            self.rotate()?;
            open = self.open()?;
        }
        open.file.write_all(bytes)?;
        open.length += more;
        Ok(open)
    }

    fn open(&self) -> io::Result<Open> {
        let mut folder = fs::DirBuilder::new();
        folder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
        folder.create(&self.folder)?;
        let mut options = OpenOptions::new();
        options.create(true).append(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(self.folder.join(NAME))?;
        let length = file.metadata()?.len();
        Ok(Open { file, length })
    }

    /// Each file takes the next one's name, and the oldest is gone.
    fn rotate(&self) -> io::Result<()> {
        let name = |nth: usize| match nth {
            0 => self.folder.join(NAME),
            nth => self.folder.join(format!("{NAME}.{nth}")),
        };
        (0..KEPT).rev().try_for_each(|nth| match fs::rename(name(nth), name(nth + 1)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            Ok(()) | Err(_) => Ok(()),
        })
    }
}

/// A message without the colours that a terminal would show.
fn plain(message: &str) -> Cow<'_, str> {
    if !message.contains('\u{1b}') {
        return Cow::Borrowed(message);
    }
    let mut parts = message.split("\u{1b}[");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        plain.push_str(part.split_once('m').map_or(part, |(_colour, text)| text));
    }
    Cow::Owned(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(folder: &Path, largest: u64) -> LogFiles {
        LogFiles { largest, ..LogFiles::new(folder) }
    }

    fn sizes(files: &LogFiles) -> Vec<u64> {
        let all = fs::read_dir(&files.folder).unwrap();
        all.map(|entry| entry.unwrap().metadata().unwrap().len()).collect()
    }

    #[test]
    fn the_log_is_bounded_and_its_newest_lines_are_kept_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let log = files(folder.path(), 100);
        for nth in 0..1_000 {
            log.write(&format!("line {nth:04}\n"));
        }
        let sizes = sizes(&log);
        assert_eq!(sizes.len(), KEPT + 1);
        assert!(sizes.iter().all(|size| *size <= 100), "{sizes:?}");
        let newest = fs::read_to_string(log.folder.join(NAME)).unwrap();
        assert!(newest.ends_with("line 0999\n"), "{newest}");
        let before = fs::read_to_string(log.folder.join(format!("{NAME}.1"))).unwrap();
        let first = newest.lines().next().unwrap();
        assert!(before.lines().all(|line| line < first), "{before} before {first}");
    }

    #[test]
    fn a_log_goes_on_where_the_last_process_left_it() {
        let folder = tempfile::tempdir().unwrap();
        files(folder.path(), 20).write("of the first\n");
        let next = files(folder.path(), 20);
        next.write("next\n");
        next.write("and more\n");
        assert_eq!(fs::read_to_string(next.folder.join(NAME)).unwrap(), "and more\n");
        let before = fs::read_to_string(next.folder.join(format!("{NAME}.1"))).unwrap();
        assert_eq!(before, "of the first\nnext\n");
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_can_read_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let log = files(folder.path(), 100);
        log.write("a line\n");
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&log.folder), mode(&log.folder.join(NAME))), (0o700, 0o600));
    }

    #[test]
    fn what_the_disk_does_not_take_is_lost_and_what_comes_after_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let log = files(folder.path(), 100);
        // A file where the folder should be: nothing can be written.
        fs::write(folder.path().join(FOLDER), "").unwrap();
        log.write("lost\n");
        fs::remove_file(folder.path().join(FOLDER)).unwrap();
        log.write("kept\n");
        assert_eq!(fs::read_to_string(log.folder.join(NAME)).unwrap(), "kept\n");
    }

    #[test]
    fn a_message_without_end_is_cut_and_colours_are_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let log = files(folder.path(), LARGEST);
        log.write(&"a".repeat(2 * LONGEST));
        assert_eq!(sizes(&log), [LONGEST as u64]);
        assert_eq!(plain("\u{1b}[31mERROR\u{1b}[0m at \u{1b}[2mx\u{1b}[0m"), "ERROR at x");
        assert!(matches!(plain("WARN at x"), Cow::Borrowed(_)));
    }
}
