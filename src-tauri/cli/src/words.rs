//! What the command prints.

use std::io::Write;

/// Prints lines on standard output. A closed pipe (`| head`) is no error.
pub(crate) fn say(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{text}");
    let _ = out.flush();
}

/// Prints a notice on standard error.
pub(crate) fn notice(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "note: {text}");
}

/// Prints an error with its causes, each once.
pub(crate) fn complain(error: &anyhow::Error) {
    let mut told = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !told.contains(&cause) {
            told.push_str(": ");
            told.push_str(&cause);
        }
    }
    let _ = writeln!(std::io::stderr().lock(), "switchyard: {told}");
}

/// A span of time in words.
pub(crate) fn span(millis: i64) -> String {
    let seconds = (millis.max(0) + 999) / 1000;
    match (seconds / 3600, seconds / 60 % 60) {
        (0, 0) => format!("{seconds} s"),
        (0, minutes) => format!("{minutes} min"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}
