//! The user's own commands and webhooks, told of notices.
//!
//! They stand in `events.toml` of the data folder and nowhere else: nothing that comes in over HTTP reaches a
//! process's arguments. A command is started without a shell and gets the notice as JSON on its standard
//! input; a webhook gets the same as a POST. Both are bounded in time, in number at once, and in what is
//! kept of their words.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use switchyard_catalog::check_base_url;
use switchyard_types::NoticeView;
use switchyard_upstream::Pool;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::environment::is_ours;

/// The file in the data folder.
const FILE: &str = "events.toml";

/// Longer than any list of hooks.
const LARGEST_FILE: u64 = 64 * 1024;

/// How long one may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// How many run at once; the others wait.
const AT_ONCE: usize = 4;

/// How many notices wait for their turn; past that they are dropped, and it is said.
const BACKLOG: usize = 64;

/// How much of a failing command's words is logged.
const WORDS: u64 = 2 * 1024;

/// Hands notices to the task that runs hooks.
#[derive(Debug)]
pub(crate) struct Hooks(mpsc::Sender<NoticeView>);

/// The other end.
pub(crate) struct Runner {
    queue: mpsc::Receiver<NoticeView>,
    file: PathBuf,
    pool: Pool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct File {
    command: Vec<Command>,
    webhook: Vec<Webhook>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Command {
    /// The program and its arguments.
    run: Vec<String>,
    #[serde(default)]
    events: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Webhook {
    url: String,
    #[serde(default)]
    allow_private: bool,
    #[serde(default)]
    events: Vec<String>,
}

/// One thing to do for a notice.
#[derive(Debug, PartialEq, Eq)]
enum Errand {
    Run(Vec<String>),
    Post(Url, bool),
}

pub(crate) fn hooks(data_dir: &Path, pool: Pool) -> (Hooks, Runner) {
    let (sender, queue) = mpsc::channel(BACKLOG);
    (Hooks(sender), Runner { queue, file: data_dir.join(FILE), pool })
}

impl Hooks {
    pub(crate) fn tell(&self, notice: NoticeView) {
        if self.0.try_send(notice).is_err() {
            tracing::warn!("a notice did not reach your commands: too many are waiting");
        }
    }
}

impl Runner {
    /// Runs hooks until the engine stops; what runs then is ended.
    pub(crate) async fn run(mut self, stopping: CancellationToken) {
        let mut running = JoinSet::new();
        loop {
            let notice = tokio::select! {
                () = stopping.cancelled() => return,
                notice = self.queue.recv() => notice,
            };
            let Some(notice) = notice else { return };
            let text: Arc<str> = match serde_json::to_string(&notice) {
                Ok(text) => text.into(),
                Err(error) => {
                    tracing::error!("a notice could not be written: {error}");
                    continue;
                }
            };
            for errand in self.errands(notice.notice.kind().as_str()).await {
                while running.len() >= AT_ONCE {
                    tokio::select! {
                        () = stopping.cancelled() => return,
                        _ended = running.join_next() => {}
                    }
                }
                running.spawn(carry_out(errand, Arc::clone(&text), self.pool.clone()));
            }
        }
    }

    /// What is to be done for a kind of notice, by the file as it is now.
    async fn errands(&self, kind: &str) -> Vec<Errand> {
        let text = match tokio::fs::metadata(&self.file).await {
            Ok(file) if file.len() <= LARGEST_FILE => tokio::fs::read_to_string(&self.file).await,
            Ok(_) => {
                tracing::warn!("{} is too large and is not read", self.file.display());
                return Vec::new();
            }
            Err(error) => Err(error),
        };
        match text {
            Ok(text) => read(&text, kind).unwrap_or_else(|error| {
                tracing::warn!("{} is not followed: {error}", self.file.display());
                Vec::new()
            }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
            Err(error) => {
                tracing::warn!("{} cannot be read: {error}", self.file.display());
                Vec::new()
            }
        }
    }
}

fn read(text: &str, kind: &str) -> Result<Vec<Errand>, String> {
    let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
    let wants = |events: &[String]| {
        events.is_empty()
            || events.iter().any(|event| match event.strip_suffix('*') {
                Some(start) => kind.starts_with(start),
                None => event == kind,
            })
    };
    let mut errands = Vec::new();
    for Command { run, events } in file.command {
        if run.is_empty() {
            return Err("a command without a program".to_owned());
        }
        if wants(&events) {
            errands.push(Errand::Run(run));
        }
    }
    for Webhook { url, allow_private, events } in file.webhook {
        let url = check_base_url(&url, allow_private).map_err(|error| error.to_string())?;
        if wants(&events) {
            errands.push(Errand::Post(url, allow_private));
        }
    }
    Ok(errands)
}

async fn carry_out(errand: Errand, text: Arc<str>, pool: Pool) {
    let outcome = match &errand {
        Errand::Run(words) => tokio::time::timeout(PATIENCE, start(words, &text)).await,
        Errand::Post(url, allow_private) => {
            let posted = async {
                let body = text.as_bytes().to_vec();
                match pool.post_json(url.clone(), *allow_private, body.into()).await {
                    Ok(status) if status.is_success() => Ok(()),
                    Ok(status) => Err(format!("it answered {status}")),
                    Err(fault) => Err(fault.message),
                }
            };
            tokio::time::timeout(PATIENCE, posted).await
        }
    };
    let what = match &errand {
        Errand::Run(words) => words.first().map_or("", String::as_str),
        Errand::Post(url, _) => url.host_str().unwrap_or_default(),
    };
    match outcome {
        Ok(Ok(())) => {}
        Ok(Err(words)) => tracing::warn!("{what} did not take a notice: {words}"),
        Err(_elapsed) => tracing::warn!("{what} took too long over a notice, and was ended"),
    }
}

/// Starts a program, hands it the notice and waits for its end. Dropped, it is killed.
async fn start(words: &[String], text: &str) -> Result<(), String> {
    let Some((program, arguments)) = words.split_first() else { return Ok(()) };
    let mut command = tokio::process::Command::new(program);
    // It runs in the user's environment, without what is said to us alone.
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(is_ours) {
            command.env_remove(name);
        }
    }
    let mut child = command
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| error.to_string())?;
    if let Some(mut stdin) = child.stdin.take() {
        // A program that does not read its input is none the worse for it.
        let _unread = stdin.write_all(text.as_bytes()).await;
    }
    let mut said = Vec::new();
    if let Some(stderr) = child.stderr.take() {
        let mut limited = stderr.take(WORDS);
        let _unheard = limited.read_to_end(&mut said).await;
        // What it says beyond that goes nowhere, and must not hold it up.
        let _drained = tokio::io::copy(&mut limited.into_inner(), &mut tokio::io::sink()).await;
    }
    let status = child.wait().await.map_err(|error| error.to_string())?;
    if status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&said);
    Err(format!("{status}: {}", said.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOOKS: &str = r#"
[[command]]
run = ["/usr/bin/notify", "--to", "me"]
events = ["quota.*", "signin.needed"]

[[webhook]]
url = "https://hooks.example/x"
"#;

    #[test]
    fn hooks_hear_of_the_events_that_they_name_and_of_all_where_they_name_none() {
        let run = Errand::Run(["/usr/bin/notify", "--to", "me"].map(str::to_owned).to_vec());
        let post = Errand::Post(Url::parse("https://hooks.example/x").unwrap(), false);
        assert_eq!(read(HOOKS, "quota.low").unwrap(), [run, post]);
        assert_eq!(read(HOOKS, "recovered").unwrap().len(), 1);
    }

    #[test]
    fn what_must_not_be_reached_is_refused() {
        for url in ["http://169.254.169.254/x", "http://127.0.0.1/x", "file:///etc/passwd"] {
            let text = format!("[[webhook]]\nurl = \"{url}\"\n");
            assert!(read(&text, "recovered").is_err(), "{url}");
        }
        assert!(read("[[command]]\nrun = []\n", "recovered").is_err());
        assert!(read("[[command]]\nsh = \"rm\"\n", "recovered").is_err());
    }
}
