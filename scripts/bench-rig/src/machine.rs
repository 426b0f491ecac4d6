//! What the figures were measured on.

use serde::Serialize;

/// The machine, as far as the system tells.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Machine {
    pub(crate) cores: usize,
    pub(crate) processor: String,
    pub(crate) kernel: String,
    /// Load averages when the run began: others' work, which the figures share the cores with.
    pub(crate) load_before: String,
}

impl Machine {
    pub(crate) fn look() -> Self {
        let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
        let processor = read("/proc/cpuinfo")
            .lines()
            .find_map(|line| line.strip_prefix("model name"))
            .map_or_else(String::new, |rest| rest.trim_start_matches([' ', '\t', ':']).to_owned());
        Self {
            cores: std::thread::available_parallelism().map_or(0, std::num::NonZero::get),
            processor,
            kernel: read("/proc/sys/kernel/osrelease").trim().to_owned(),
            load_before: load(),
        }
    }
}

/// The load averages of one, five and fifteen minutes.
pub(crate) fn load() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').take(3).collect::<Vec<_>>().join(" ")
}
