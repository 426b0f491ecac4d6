use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use switchyard_routing::Offset;
use switchyard_types::Millis;

/// Tells the time; tests hold it still and move it by hand.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands at `now` until [`Clock::advance`] moves it.
    pub fn manual(now: Millis) -> Self {
        Self(Source::Manual(Arc::new(AtomicI64::new(now))))
    }

    /// UTC milliseconds.
    pub fn now(&self) -> Millis {
        match &self.0 {
            Source::System => system_now(),
            Source::Manual(now) => now.load(Ordering::Relaxed),
        }
    }

    /// How far local time is ahead of UTC now; a manual clock stands in Greenwich.
    pub(crate) fn offset(&self) -> Offset {
        match &self.0 {
            Source::System => {
                let now = system_now();
                let zone = jiff::tz::TimeZone::system();
                let at = jiff::Timestamp::from_millisecond(now);
                Offset::from_minutes(at.map_or(0, |at| zone.to_offset(at).seconds() / 60))
            }
            Source::Manual(_) => Offset::default(),
        }
    }

    /// How long to sleep for this time, `most` at most. A manual clock may be moved at any moment.
    pub(crate) fn until(&self, at: Option<Millis>, most: Duration) -> Duration {
        let left = |at: Millis| u64::try_from(at.saturating_sub(self.now())).unwrap_or_default();
        match self.0 {
            Source::System => at.map_or(most, |at| Duration::from_millis(left(at)).min(most)),
            Source::Manual(_) => Duration::ZERO,
        }
    }

    /// Moves a manual clock; the machine's clock cannot be moved.
    pub fn advance(&self, by: Millis) {
        match &self.0 {
            Source::System => {}
            Source::Manual(now) => {
                now.fetch_add(by, Ordering::Relaxed);
            }
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
fn system_now() -> Millis {
    // A clock before 1970 reads as 1970: wrong, but no reason to stop serving.
    std::time::SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| Millis::try_from(since.as_millis()).unwrap_or(Millis::MAX))
}
