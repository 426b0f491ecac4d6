//! What other programs keep in the keychain of macOS, read by the system's own tool: it asks the user for leave, and
//! is on every Mac (`man security`: 44 stands for an item that is not there, 128 for a user who refused).

use std::path::Path;
use std::process::{Output, Stdio};
use std::time::Duration;

use tokio::process::Command;
use tokio::time::timeout;

/// How long the user may think about the system's question.
const PATIENCE: Duration = Duration::from_mins(2);

/// What the keychain said.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Kept {
    /// It holds nothing of that name.
    Nothing,
    /// What it holds.
    Text(String),
    /// It gave nothing away, for this reason.
    Refused(String),
}

/// Whether the keychain holds something for a service. What it is stays there.
pub(super) async fn holds(tool: &Path, service: &str) -> bool {
    ask(tool, &["find-generic-password", "-s", service])
        .await
        .is_ok_and(|said| said.status.success())
}

/// What the keychain holds for a service.
pub(super) async fn read(tool: &Path, service: &str) -> Kept {
    let said = match ask(tool, &["find-generic-password", "-s", service, "-w"]).await {
        Ok(said) => said,
        Err(reason) => return Kept::Refused(reason),
    };
    match said.status.code() {
        Some(0) => text(&said.stdout).map_or_else(
            || Kept::Refused("what the keychain holds is no text".to_owned()),
            Kept::Text,
        ),
        Some(44) => Kept::Nothing,
        _ => Kept::Refused(
            "the keychain did not give it; unlock it, and allow it when the system asks".to_owned(),
        ),
    }
}

async fn ask(tool: &Path, question: &[&str]) -> Result<Output, String> {
    let asked = Command::new(tool)
        .args(question)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .output();
    match timeout(PATIENCE, asked).await {
        Ok(Ok(said)) => Ok(said),
        Ok(Err(error)) => Err(format!("{} cannot be run: {error}", tool.display())),
        Err(_) => Err("nobody answered the system's question".to_owned()),
    }
}

/// The tool writes text as it is, and in hexadecimal where a letter is not of ASCII.
fn text(written: &[u8]) -> Option<String> {
    let written = std::str::from_utf8(written).ok()?.trim();
    let pairs = written.as_bytes().chunks(2);
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    match pairs.map(byte).collect::<Option<Vec<u8>>>() {
        Some(bytes) if !bytes.is_empty() && written.len() % 2 == 0 => String::from_utf8(bytes).ok(),
        _ => Some(written.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_read_in_both_ways_in_which_the_tool_writes_it() {
        assert_eq!(text(b"{\"a\":1}\n").as_deref(), Some("{\"a\":1}"));
        assert_eq!(text("{\"a\":\"ü\"}".as_bytes()).as_deref(), Some("{\"a\":\"ü\"}"));
        assert_eq!(text(b"7b2261223a22c3bc227d\n").as_deref(), Some("{\"a\":\"ü\"}"));
        assert_eq!(text(b"\xff"), None);
    }
}
