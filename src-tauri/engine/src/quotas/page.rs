//! What is known of one account's quota, and when it is worth asking again.

use switchyard_catalog::Counted;
use switchyard_routing::{Share, Source, Window};
use switchyard_types::{AccountId, Forecast, Millis, QuotaAmount, QuotaSource, QuotaWindow};
use switchyard_upstream::QuotaReading;

const MINUTE: Millis = 60_000;

/// An account counts as used for so long after its last answer.
const FLOWING: Millis = 10 * MINUTE;

/// The longest rest after failures in a row.
const LONGEST_REST: Millis = 60 * MINUTE;

/// Whether anybody looks at the quotas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Watched {
    Yes,
    No,
}

/// One account's page.
#[derive(Clone, Debug, Default)]
pub(super) struct Page {
    pub(super) plan: Option<String>,
    pub(super) windows: Vec<QuotaWindow>,
    pub(super) problem: Option<String>,
    /// Whether the disk knows less.
    pub(super) unsaved: bool,
    read_at: Option<Millis>,
    flowed_at: Option<Millis>,
    not_before: Millis,
    failures: u32,
}

impl Page {
    /// What a restart leaves.
    pub(super) fn saved(windows: Vec<QuotaWindow>) -> Self {
        Self { windows, ..Self::default() }
    }

    /// Whether the vendor shall be asked now: often while somebody looks and the account is used, seldom
    /// while only one of both is so, else never.
    pub(super) fn is_due(&self, now: Millis, watched: Watched) -> bool {
        let flows = self.flowed_at.is_some_and(|at| now.saturating_sub(at) < FLOWING);
        let every = match (watched, flows) {
            (Watched::Yes, true) => MINUTE,
            (Watched::No, true) => 5 * MINUTE,
            (Watched::Yes, false) => 10 * MINUTE,
            (Watched::No, false) => return false,
        };
        if now < self.not_before {
            return false;
        }
        let told = || self.windows.iter().filter(|window| window.source != QuotaSource::Counted);
        // Headers that tell of every window make the question needless.
        let known = told().map(|window| window.observed_at).min().max(self.read_at);
        let Some(known) = known else { return true };
        let over = |at: Millis| at > known && at <= now;
        known > now || now - known >= every || told().filter_map(|w| w.resets_at).any(over)
    }

    /// Whether it is older than that, and the vendor may be asked.
    pub(super) fn is_older(&self, now: Millis, than: Millis) -> bool {
        now >= self.not_before && self.read_at.is_none_or(|at| at > now || now - at >= than)
    }

    /// The user says that what is known no longer holds: all but the counts is forgotten, so that the vendor is
    /// asked anew, unless it wants to be left alone.
    pub(super) fn forget(&mut self) {
        self.windows.retain(|window| window.source == QuotaSource::Counted);
        self.read_at = None;
        self.unsaved = true;
    }

    /// An answer came from the account.
    pub(super) fn flowed(&mut self, now: Millis) {
        self.flowed_at = Some(now);
    }

    /// The headers of an answer told of windows.
    pub(super) fn heard(&mut self, windows: &[Window]) {
        for window in windows {
            let Some(used) = window.used else { continue };
            let known = self
                .windows
                .iter_mut()
                .find(|known| (&known.name, &known.models) == (&window.name, &window.models));
            let heard = QuotaWindow {
                name: window.name.clone(),
                models: window.models.clone(),
                amount: QuotaAmount::Share { used: used.hundredths() },
                closes: true,
                resets_at: window.resets_at,
                length: window.length,
                source: QuotaSource::Headers,
                observed_at: window.observed_at,
                forecast: Forecast::Unknown,
            };
            match known {
                Some(known) => *known = heard,
                None => self.windows.push(heard),
            }
            self.unsaved = true;
        }
    }

    /// When a window starts over that the vendor told of; what is counted here is no word of its.
    pub(super) fn told_reset(&self, name: &str, now: Millis) -> Option<Millis> {
        let told =
            |window: &&QuotaWindow| window.name == name && window.source != QuotaSource::Counted;
        self.windows.iter().filter(told).find_map(|window| window.resets_at.filter(|at| *at > now))
    }

    /// Counts an answer in a window that its vendor tells nothing about.
    pub(super) fn count(&mut self, counted: &Counted, now: Millis) {
        let known = self.windows.iter().position(|window| {
            (&window.name, &window.models) == (&counted.name, &counted.models)
                && window.source == QuotaSource::Counted
        });
        let known = known.map(|at| self.windows.swap_remove(at));
        let running = known.filter(|window| window.resets_at.is_some_and(|at| at > now));
        let used = match running.as_ref().map(|window| &window.amount) {
            Some(QuotaAmount::Count { used, .. } | QuotaAmount::Used { used, .. }) => *used,
            Some(
                QuotaAmount::Share { .. } | QuotaAmount::Balance { .. } | QuotaAmount::Unlimited,
            )
            | None => 0,
        };
        let (used, unit) = (used.saturating_add(1), "requests".to_owned());
        self.windows.push(QuotaWindow {
            name: counted.name.clone(),
            models: counted.models.clone(),
            amount: match counted.limit {
                Some(limit) => QuotaAmount::Count { used, limit, unit },
                None => QuotaAmount::Used { used, unit },
            },
            // The vendor may count otherwise, and its word is what closes.
            closes: false,
            resets_at: running
                .and_then(|window| window.resets_at)
                .or_else(|| Some(counted.run.ends(now))),
            length: Some(counted.run.length()),
            source: QuotaSource::Counted,
            observed_at: now,
            forecast: Forecast::Unknown,
        });
        self.unsaved = true;
    }

    /// The vendor told: its windows take the place of what was known, but for what was counted here and what
    /// headers alone tell of.
    pub(super) fn read(&mut self, reading: QuotaReading, now: Millis) {
        let told = |known: &QuotaWindow| {
            let mut windows = reading.windows.iter();
            windows.any(|window| (&window.name, &window.models) == (&known.name, &known.models))
        };
        self.windows.retain(|window| match window.source {
            QuotaSource::Counted => true,
            QuotaSource::Headers => !told(window) && window.resets_at.is_some_and(|at| at > now),
            QuotaSource::Reader => false,
        });
        self.windows.extend(reading.windows);
        self.plan = reading.plan.or(self.plan.take());
        (self.problem, self.failures, self.not_before) = (None, 0, 0);
        self.read_at = Some(now);
        self.unsaved = true;
    }

    /// The vendor did not tell: it is left alone for as long as it says, else for longer each time.
    pub(super) fn failed(&mut self, problem: String, wait: Option<Millis>, now: Millis) {
        let rest = (MINUTE << self.failures.min(6)).min(LONGEST_REST);
        self.failures = self.failures.saturating_add(1);
        self.not_before = now.saturating_add(wait.unwrap_or(rest));
        self.problem = Some(problem);
    }
}

/// A window as routing sees it; `None` for one that keeps nobody from being asked.
pub(super) fn routed(account: &AccountId, window: &QuotaWindow) -> Option<Window> {
    let used = Share::of(window.amount.used_share().filter(|_| window.closes)?);
    Some(Window {
        account: account.clone(),
        name: window.name.clone(),
        models: window.models.clone(),
        used: Some(used),
        resets_at: window.resets_at,
        length: window.length,
        source: match window.source {
            QuotaSource::Headers => Source::Headers,
            QuotaSource::Reader => Source::Reader,
            QuotaSource::Counted => Source::Counted,
        },
        observed_at: window.observed_at,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use switchyard_catalog::Run;

    const HOUR: Millis = 60 * MINUTE;

    fn window(source: QuotaSource, observed_at: Millis) -> QuotaWindow {
        QuotaWindow {
            name: "5h".to_owned(),
            models: None,
            amount: QuotaAmount::Share { used: 5_000 },
            closes: true,
            resets_at: Some(3 * HOUR),
            length: None,
            source,
            observed_at,
            forecast: Forecast::Unknown,
        }
    }

    #[test]
    fn nobody_is_asked_while_nobody_looks_and_nothing_flows() {
        let mut page = Page::default();
        assert!(!page.is_due(HOUR, Watched::No));
        assert!(page.is_due(HOUR, Watched::Yes));
        page.flowed(HOUR);
        assert!(page.is_due(HOUR, Watched::No));
        assert!(!page.is_due(HOUR + FLOWING, Watched::No));
    }

    #[test]
    fn a_vendor_is_asked_more_often_the_more_there_is_to_see() {
        let mut page = Page::default();
        page.read(QuotaReading::default(), HOUR);
        assert!(!page.is_due(HOUR + 9 * MINUTE, Watched::Yes));
        assert!(page.is_due(HOUR + 10 * MINUTE, Watched::Yes));
        page.flowed(HOUR);
        assert!(!page.is_due(HOUR + 4 * MINUTE, Watched::No));
        assert!(page.is_due(HOUR + 5 * MINUTE, Watched::No));
        assert!(page.is_due(HOUR + MINUTE, Watched::Yes));
    }

    #[test]
    fn headers_that_tell_of_every_window_make_the_question_needless() {
        let mut page = Page::saved(vec![window(QuotaSource::Headers, HOUR)]);
        page.flowed(HOUR);
        assert!(!page.is_due(HOUR + MINUTE / 2, Watched::Yes));
    }

    #[test]
    fn a_window_that_started_over_is_asked_for_at_once() {
        let mut page = Page::saved(vec![window(QuotaSource::Reader, 3 * HOUR - 1)]);
        page.flowed(3 * HOUR - 1);
        assert!(!page.is_due(3 * HOUR - 1, Watched::Yes));
        assert!(page.is_due(3 * HOUR, Watched::Yes));
    }

    #[test]
    fn a_vendor_that_does_not_tell_is_left_alone_for_longer_each_time() {
        let mut page = Page::default();
        page.failed("silent".to_owned(), None, 0);
        assert!(!page.is_due(MINUTE - 1, Watched::Yes) && page.is_due(MINUTE, Watched::Yes));
        page.failed("silent".to_owned(), None, 0);
        assert!(!page.is_due(2 * MINUTE - 1, Watched::Yes));
        page.failed("busy".to_owned(), Some(9 * HOUR), 0);
        assert!(!page.is_due(9 * HOUR - 1, Watched::Yes));
        for _ in 0..100 {
            page.failed("silent".to_owned(), None, 0);
        }
        assert!(page.is_due(LONGEST_REST, Watched::Yes));
    }

    #[test]
    fn what_is_forgotten_is_asked_for_anew_and_counts_stay() {
        let mut page = Page::saved(vec![
            window(QuotaSource::Headers, HOUR),
            window(QuotaSource::Reader, HOUR),
            window(QuotaSource::Counted, HOUR),
        ]);
        page.read_at = Some(HOUR);
        assert!(!page.is_older(HOUR + 1, 15_000) && !page.is_due(HOUR + 1, Watched::Yes));
        page.forget();
        let sources: Vec<_> = page.windows.iter().map(|window| window.source).collect();
        assert_eq!(sources, [QuotaSource::Counted]);
        assert!(page.is_older(HOUR + 1, 15_000) && page.is_due(HOUR + 1, Watched::Yes));
        assert!(page.unsaved);
        page.failed("busy".to_owned(), Some(HOUR), HOUR);
        page.forget();
        assert!(!page.is_older(HOUR + 1, 15_000), "the vendor wants to be left alone");
    }

    #[test]
    fn what_is_counted_here_says_so_starts_over_and_closes_nothing() {
        let mut page = Page::default();
        let day =
            Counted { name: "day".to_owned(), models: None, run: Run::Daily(0), limit: Some(2) };
        for at in [HOUR, 2 * HOUR, 3 * HOUR] {
            page.count(&day, at);
        }
        let counted = &page.windows[0];
        assert_eq!(counted.source, QuotaSource::Counted);
        assert_eq!(counted.resets_at, Some(24 * HOUR));
        let amount = |used| QuotaAmount::Count { used, limit: 2, unit: "requests".to_owned() };
        assert_eq!(counted.amount, amount(3));
        assert_eq!(routed(&AccountId::new("a"), counted), None);
        page.count(&day, 24 * HOUR);
        assert_eq!((page.windows.len(), &page.windows[0].amount), (1, &amount(1)));
    }

    #[test]
    fn a_reading_takes_the_place_of_all_but_counts_and_what_headers_alone_tell() {
        let mut page = Page::default();
        let named = |name: &str, source| {
            let window = window(source, 0);
            QuotaWindow { name: name.to_owned(), ..window }
        };
        page.windows = vec![
            named("5h", QuotaSource::Headers),
            named("7d", QuotaSource::Headers),
            named("old", QuotaSource::Reader),
            named("day", QuotaSource::Counted),
        ];
        let windows = vec![named("5h", QuotaSource::Reader)];
        page.read(QuotaReading { plan: Some("max".to_owned()), windows }, HOUR);
        let names: Vec<_> = page.windows.iter().map(|window| window.name.as_str()).collect();
        assert_eq!(names, ["7d", "day", "5h"]);
        assert_eq!(page.plan.as_deref(), Some("max"));
    }

    #[test]
    fn windows_of_one_name_in_two_pools_are_two() {
        let mut page = Page::default();
        let pool = |models: &str, used| QuotaWindow {
            models: Some(models.to_owned()),
            amount: QuotaAmount::Share { used },
            ..window(QuotaSource::Reader, HOUR)
        };
        let windows = vec![pool("flash", 1_000), pool("pro", 2_000)];
        page.read(QuotaReading { plan: None, windows }, HOUR);
        let heard = routed(&AccountId::new("a"), &pool("pro", 3_000)).unwrap();
        page.heard(&[heard]);
        let used: Vec<_> = page.windows.iter().map(|window| window.amount.used_share()).collect();
        assert_eq!(used, [Some(1_000), Some(3_000)]);
        page.read(QuotaReading { plan: None, windows: vec![pool("flash", 4_000)] }, 2 * HOUR);
        let used: Vec<_> = page.windows.iter().map(|window| window.amount.used_share()).collect();
        assert_eq!(used, [Some(3_000), Some(4_000)], "headers alone told of the other");
    }
}
