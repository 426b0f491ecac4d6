//! What the program and its window say to each other: a line of JSON each, through the window's own input and output.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What the program tells its window. When there is nothing more to hear, the window goes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "say", rename_all = "snake_case")]
pub(crate) enum ToWindow {
    /// Come to the front, at this page.
    Show {
        /// Where it stands otherwise, or the first one.
        page: Option<String>,
    },
    /// Be there without being seen.
    Hide,
    /// Ask whether the program is to end.
    AskToQuit {
        /// What the question is about.
        title: String,
        /// What there is to know.
        message: String,
        /// Yes.
        quit: String,
        /// No.
        keep: String,
    },
    /// What became of a call.
    Answer {
        /// The call's.
        id: u64,
        /// What it answered, or why it was refused.
        outcome: Result<Value, Value>,
    },
}

/// What the window tells the program.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "say", rename_all = "snake_case")]
pub(crate) enum FromWindow {
    /// The dashboard calls a command of the program.
    Call {
        /// Told apart by it.
        id: u64,
        /// Which.
        command: String,
        /// With what, by name.
        arguments: Value,
    },
    /// Its user closes it.
    Closing {
        /// Where it stands.
        page: String,
    },
    /// Its user wants it back, by a click in macOS's dock.
    Reopened,
    /// Its user wants the program to end.
    Quit,
    /// The system gave links to the window that were for the program, as macOS may.
    Links {
        /// As they were given.
        links: Vec<String>,
    },
}

/// As it goes through the pipe.
pub(crate) fn line(said: &impl Serialize) -> Vec<u8> {
    // What is said has nothing that JSON has no form for.
    let mut line = serde_json::to_vec(said).unwrap_or_default();
    line.push(b'\n');
    line
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn whatever_is_said_is_one_line_and_is_understood() {
        let message = "Two\nlines, “quoted”".to_owned();
        let keep = String::new();
        for said in [
            ToWindow::Show { page: Some("/combos?a=b".to_owned()) },
            ToWindow::Show { page: None },
            ToWindow::Hide,
            ToWindow::AskToQuit { title: keep.clone(), message, quit: keep.clone(), keep },
            ToWindow::Answer { id: u64::MAX, outcome: Ok(json!({ "a": [1, null] })) },
            ToWindow::Answer { id: 0, outcome: Err(json!("no\n")) },
        ] {
            let line = line(&said);
            assert_eq!(line.split(|byte| *byte == b'\n').count(), 2, "it ends with the only one");
            assert_eq!(serde_json::from_slice::<ToWindow>(&line).unwrap(), said);
        }
        let arguments = json!({ "tool": "a\nb" });
        let call = FromWindow::Call { id: 7, command: "plan_tool".to_owned(), arguments };
        for said in [call, FromWindow::Closing { page: "/".to_owned() }, FromWindow::Quit] {
            let line = line(&said);
            assert_eq!(line.split(|byte| *byte == b'\n').count(), 2, "it ends with the only one");
            assert_eq!(serde_json::from_slice::<FromWindow>(&line).unwrap(), said);
        }
    }
}
