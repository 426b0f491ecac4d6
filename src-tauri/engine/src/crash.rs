//! Reports of panics: kept in the data folder, without secrets, for whoever mends the program.

use std::backtrace::Backtrace;
use std::fmt::Display;
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use switchyard_types::Millis;

use crate::config::LogKeeping;
use crate::{Config, Redactor};

/// The folder of the reports, in the data folder.
const FOLDER: &str = "crashes";

/// More reports than this are not kept: the oldest go.
const MOST: usize = 20;

/// Keeps a report of every panic of this process from now on, and beside the reports the log. A panic ends the
/// request or the job that it happened in, and nothing else.
pub fn keep_crash_reports(config: &Config) {
    if config.log == LogKeeping::Files {
        config.redactor.keep_log(&config.data_dir);
    }
    let (dir, clock, redactor) =
        (config.data_dir.clone(), config.clock.clone(), config.redactor.clone());
    std::panic::set_hook(Box::new(move |info| {
        let words = info.payload_as_str().unwrap_or("a panic without words");
        let place = info.location().map_or_else(String::new, ToString::to_string);
        let trace = Backtrace::force_capture();
        let kept = write_report(
            &dir,
            clock.now(),
            &redactor,
            &Crash { words, place: &place, trace: &trace },
        );
        let words = redactor.clean(words);
        match kept {
            Ok(name) => tracing::error!("a fault of ours at {place}: {words}; see {FOLDER}/{name}"),
            Err(error) => tracing::error!("a fault of ours at {place}: {words}; not kept: {error}"),
        }
    }));
}

/// What is told of a panic.
pub(crate) struct Crash<'a> {
    pub(crate) words: &'a str,
    pub(crate) place: &'a str,
    pub(crate) trace: &'a dyn Display,
}

pub(crate) fn write_report(
    data_dir: &Path,
    now: Millis,
    redactor: &Redactor,
    crash: &Crash<'_>,
) -> io::Result<String> {
    let folder = data_dir.join(FOLDER);
    fs::create_dir_all(&folder)?;
    let Crash { words, place, trace } = crash;
    let text = format!(
        "Switchyard {} on {} {}\nat {now} (milliseconds since 1970)\n\n{place}\n{words}\n\n{trace}\n",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH,
    );
    let name = format!("crash-{now}.txt");
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(folder.join(&name))?.write_all(redactor.clean(&text).as_bytes())?;
    forget_oldest(&folder)?;
    Ok(name)
}

fn forget_oldest(folder: &Path) -> io::Result<()> {
    let mut names: Vec<_> =
        fs::read_dir(folder)?.filter_map(|entry| Some(entry.ok()?.file_name())).collect();
    // The time has as many digits in all of them for the next two centuries.
    names.sort();
    let surplus = names.len().saturating_sub(MOST);
    names.iter().take(surplus).try_for_each(|name| fs::remove_file(folder.join(name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_says_where_and_holds_no_key_and_only_the_newest_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        for nth in 0..25 {
            let words = format!("fault {nth} with sk-ant-api03-0123456789abcdef");
            let crash = Crash { words: &words, place: "src/x.rs:7", trace: &"0: main" };
            let at = 1_800_000_000_000 + nth;
            write_report(folder.path(), at, &Redactor::default(), &crash).unwrap();
        }
        let kept: Vec<_> = fs::read_dir(folder.path().join(FOLDER)).unwrap().collect();
        assert_eq!(kept.len(), MOST);
        let newest = folder.path().join(FOLDER).join("crash-1800000000024.txt");
        let text = fs::read_to_string(newest).unwrap();
        assert!(text.contains("src/x.rs:7") && text.contains("fault 24"), "{text}");
        assert!(!text.contains("sk-ant"), "{text}");
    }
}
