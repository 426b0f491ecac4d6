//! What the command prints.

use std::io::Write;

use switchyard_engine::EngineError;

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
    let mut out = std::io::stderr().lock();
    let _ = writeln!(out, "switchyard: {told}");
    let hint = error.downcast_ref::<EngineError>().and_then(|error| error.body().hint);
    if let Some(hint) = hint {
        let _ = writeln!(out, "  {hint}");
    }
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

/// A moment as `2026-11-23 03:25 UTC`.
pub(crate) fn moment(millis: i64) -> String {
    let (days, rest) = (millis.div_euclid(86_400_000), millis.rem_euclid(86_400_000));
    // Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`.
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let (month, carry) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    let (hour, minute) = (rest / 3_600_000, rest / 60_000 % 60);
    format!("{:04}-{month:02}-{day:02} {hour:02}:{minute:02} UTC", year + era * 400 + carry)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_told_as_calendars_have_it() {
        assert_eq!(moment(0), "1970-01-01 00:00 UTC");
        assert_eq!(moment(951_782_400_000), "2000-02-29 00:00 UTC");
        assert_eq!(moment(1_795_404_305_000), "2026-11-23 03:25 UTC");
        assert_eq!(moment(-1), "1969-12-31 23:59 UTC");
    }
}
