//! `WebKit`'s process for the network outlives the last page. It goes with it here, and the next page brings another.

use std::fs;

use rustix::process::{Pid, Signal, getpid, kill_process};

/// As the kernel tells names: cut to fifteen bytes.
const NAME: &str = "WebKitNetworkPr";

/// Ends what no page needs.
pub(crate) fn end() {
    for id in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let id = id.file_name().to_string_lossy().parse().ok().and_then(Pid::from_raw);
        if let Some(id) = id.filter(|id| is_ours(*id))
            && let Err(error) = kill_process(id, Signal::TERM)
        {
            tracing::debug!("WebKit's process for the network did not end: {error}");
        }
    }
}

/// Whether this program started it, and it is that process.
fn is_ours(id: Pid) -> bool {
    let stat = fs::read_to_string(format!("/proc/{}/stat", id.as_raw_nonzero()));
    let stat = stat.unwrap_or_default();
    // `17 (its name) S 4 …`: its state, and who started it.
    let Some((name, rest)) = stat.split_once('(').and_then(|(_, rest)| rest.rsplit_once(')'))
    else {
        return false;
    };
    let parent = rest.split_whitespace().nth(1).and_then(|parent| parent.parse().ok());
    name == NAME && parent == Some(getpid().as_raw_nonzero().get())
}
