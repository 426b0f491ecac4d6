//! Spans of time as people choose them, and the moments that they mean.

use switchyard_types::Millis;

/// A span of time that ends now, or days by their dates.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Range {
    /// No bound.
    #[default]
    All,
    /// The last hour.
    Hour,
    /// Since midnight.
    Today,
    /// Today and the six days before.
    Week,
    /// Today and the 29 days before.
    Month,
    /// From the first through the last of these days.
    Days(Date, Date),
}

/// A day of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Date {
    pub(crate) year: u16,
    /// From one.
    pub(crate) month: u8,
    pub(crate) day: u8,
}

impl Date {
    /// Reads `2026-11-23`, as date fields give it.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
        let whole = parts.next().is_none() && year.len() == 4;
        let date =
            Self { year: year.parse().ok()?, month: month.parse().ok()?, day: day.parse().ok()? };
        let leap = date.year.is_multiple_of(4)
            && (!date.year.is_multiple_of(100) || date.year.is_multiple_of(400));
        let longest = match date.month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => return None,
        };
        (whole && (1..=longest).contains(&date.day)).then_some(date)
    }
}

impl std::fmt::Display for Date {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// Where days begin, in the reader's zone.
pub(crate) trait Calendar {
    /// The midnight with which today began, or the one so many days before it.
    fn midnight(&self, days_ago: i32) -> Millis;
    /// The midnight with which that day begins, or the one so many days after it.
    fn midnight_of(&self, date: Date, days_later: i32) -> Millis;
}

impl Range {
    /// Reads a word of an address: `7d`, `2026-11-01..2026-11-23`.
    pub(crate) fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "all" => Self::All,
            "1h" => Self::Hour,
            "today" => Self::Today,
            "7d" => Self::Week,
            "30d" => Self::Month,
            _ => {
                let (first, last) = word.split_once("..")?;
                let (first, last) = (Date::parse(first)?, Date::parse(last)?);
                Self::Days(first.min(last), first.max(last))
            }
        })
    }

    /// The word that [`Self::parse`] reads.
    pub(crate) fn word(&self) -> String {
        match self {
            Self::All => "all".to_owned(),
            Self::Hour => "1h".to_owned(),
            Self::Today => "today".to_owned(),
            Self::Week => "7d".to_owned(),
            Self::Month => "30d".to_owned(),
            Self::Days(first, last) => format!("{first}..{last}"),
        }
    }

    /// From when, and until before when; `None` has no end.
    pub(crate) fn span(
        &self,
        now: Millis,
        calendar: &impl Calendar,
    ) -> (Option<Millis>, Option<Millis>) {
        match self {
            Self::All => (None, None),
            Self::Hour => (Some(now - 3_600_000), None),
            Self::Today => (Some(calendar.midnight(0)), None),
            Self::Week => (Some(calendar.midnight(6)), None),
            Self::Month => (Some(calendar.midnight(29)), None),
            Self::Days(first, last) => {
                (Some(calendar.midnight_of(*first, 0)), Some(calendar.midnight_of(*last, 1)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Utc;

    impl Calendar for Utc {
        fn midnight(&self, days_ago: i32) -> Millis {
            (100 - Millis::from(days_ago)) * 86_400_000
        }

        fn midnight_of(&self, date: Date, days_later: i32) -> Millis {
            (Millis::from(date.day) + Millis::from(days_later)) * 86_400_000
        }
    }

    #[test]
    fn a_range_reads_back_from_its_word() {
        for word in ["all", "1h", "today", "7d", "30d", "2026-02-01..2026-11-23"] {
            assert_eq!(Range::parse(word).unwrap().word(), word);
        }
        let turned = Range::parse("2026-11-23..2026-02-01").unwrap();
        assert_eq!(turned.word(), "2026-02-01..2026-11-23");
    }

    #[test]
    fn what_is_no_date_is_no_range() {
        for word in ["", "8d", "2026-02-30..2026-03-01", "2026-13-01..2026-13-02", "26-1-1..26-1-2"]
        {
            assert_eq!(Range::parse(word), None, "{word}");
        }
        assert!(Date::parse("2024-02-29").is_some());
        assert_eq!(Date::parse("2026-02-29"), None);
        assert_eq!(Date::parse("2026-02-28-1"), None);
    }

    #[test]
    fn days_last_until_the_midnight_after_them() {
        let span = |word: &str| Range::parse(word).unwrap().span(100 * 86_400_000 + 9, &Utc);
        let day = |n: i64| Some(n * 86_400_000);
        assert_eq!(span("all"), (None, None));
        assert_eq!(span("7d"), (day(94), None));
        assert_eq!(span("30d"), (day(71), None));
        assert_eq!(span("2026-01-03..2026-01-03"), (day(3), day(4)));
        assert_eq!(span("1h"), (Some(100 * 86_400_000 + 9 - 3_600_000), None));
    }
}
