//! What a refused replace means on Windows.
//!
//! `std::fs::rename` replaces an existing file there in one step (`FileRenameInfoEx` with POSIX
//! semantics, else `MoveFileExW` with `MOVEFILE_REPLACE_EXISTING`), in the same folder and so on the same
//! volume. It is refused for a moment while a virus scanner or an editor holds the file open without
//! sharing deletion, and for good on file systems that know no such replace (a WSL folder over
//! `\\wsl$`, some network shares). We wait out the first and say the second; the file stays as it was in
//! both, since a copy over it could be cut half-way.

use std::io;
use std::time::Duration;

/// What to do after a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// Try again after a while.
    Wait(Duration),
    /// It will not work.
    GiveUp,
}

/// Windows' codes for a file that another program holds: `ERROR_ACCESS_DENIED`,
/// `ERROR_SHARING_VIOLATION`, `ERROR_LOCK_VIOLATION`, `ERROR_USER_MAPPED_FILE`.
const HELD: [i32; 4] = [5, 32, 33, 1224];
const TRIES: u32 = 8;

/// What a refusal with this code means after so many tries: 10 ms at first, doubled each time, about
/// 2.5 s in all.
pub(crate) fn after_refusal(code: Option<i32>, tries: u32) -> Next {
    match code {
        Some(code) if HELD.contains(&code) && tries < TRIES => {
            Next::Wait(Duration::from_millis(10 << tries.min(10)))
        }
        Some(_) | None => Next::GiveUp,
    }
}

pub(super) fn patiently(mut act: impl FnMut() -> io::Result<()>) -> io::Result<()> {
    let mut tries = 0;
    loop {
        let error = match act() {
            Ok(()) => return Ok(()),
            // The codes above mean other things elsewhere.
            Err(error) if !cfg!(windows) => return Err(error),
            Err(error) => error,
        };
        match after_refusal(error.raw_os_error(), tries) {
            Next::Wait(time) => std::thread::sleep(time),
            Next::GiveUp => return Err(error),
        }
        tries += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_a_scanner_holds_is_waited_for_and_then_given_up() {
        let mut waited = Duration::ZERO;
        let mut tries = 0;
        while let Next::Wait(time) = after_refusal(Some(32), tries) {
            waited += time;
            tries += 1;
        }
        assert_eq!(tries, TRIES);
        assert!(waited > Duration::from_secs(2) && waited < Duration::from_secs(3), "{waited:?}");
    }

    #[test]
    fn a_file_system_without_replace_is_not_waited_for() {
        for code in [Some(50), Some(1), Some(17), Some(112), None] {
            assert_eq!(after_refusal(code, 0), Next::GiveUp, "{code:?}");
        }
    }
}
